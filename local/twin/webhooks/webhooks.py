"""An app's webhooks: hears of changes, and hands signed deliveries to whoever takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.twin.webhooks.queue import Queue
from local.twin.webhooks.signing import signed_headers

if TYPE_CHECKING:
    from local.twin.changes import Change
    from local.twin.clock import Clock
    from local.twin.faults.plan import Faults
    from local.twin.webhooks.queue import Delivery
    from local.twin.webhooks.subscriptions import Subscribed

# Takes headers and raw body, returns the status of the answer; raises OSError for none.
Post = Callable[[dict[str, str], bytes], int]
_FINE = range(200, 300)


@dataclass(slots=True)
class Webhooks:
    """Nothing is heard before `subscribed` is set, and nothing leaves in an outage."""

    clock: Clock
    faults: Faults
    subscribed: Subscribed | None = None
    secret: str = ""
    # The public URL as HubSpot knows it, which is signed; requests may go elsewhere.
    signed_as: str = ""
    queue: Queue = field(default_factory=Queue)

    def subscribe(self, subscribed: Subscribed, secret: str, signed_as: str = "") -> None:
        """Begin to send; `secret` is the app's client secret."""
        if not secret:
            raise ValueError("webhooks are signed with the app's client secret, and there is none")
        self.subscribed, self.secret = subscribed, secret
        self.signed_as = signed_as or subscribed.target_url

    def hear(self, change: Change) -> None:
        """Queue an event for every subscription that wants the change."""
        if self.subscribed is not None:
            for one in self.subscribed.subscriptions:
                if one.wants(change):
                    self.queue.put(change, one)

    def take(self) -> Delivery | None:
        """Return one delivery that is due by the twin's clock, or None."""
        now = self.clock.now()
        return None if self.faults.is_out(now) else self.queue.take(now)

    def deliver(self, delivery: Delivery, post: Post) -> int | None:
        """Sign a delivery as of now and post it; returns the status, None for no answer."""
        body = delivery.body()
        headers = signed_headers(self.secret, self.signed_as, body, self.clock.now())
        try:
            status = post(headers, body)
        except OSError:
            status = None
        self.queue.settle(delivery, accepted=status in _FINE)
        return status

    def pump(self, post: Post) -> int:
        """Deliver all that is due by the twin's clock, one after another; return how many."""
        made = 0
        while (delivery := self.take()) is not None:
            self.deliver(delivery, post)
            made += 1
        return made

    def clear(self) -> None:
        """Forget what waits and what is to go wrong; subscriptions stay."""
        self.queue = Queue(app_id=self.queue.app_id, delay_ms=self.queue.delay_ms)
