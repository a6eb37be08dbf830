"""What inbound needs from a store, of one tenant. Every read is strongly consistent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.audit import Entry
    from core.crm.ports import Key
    from core.crm.properties import ObjectType
    from core.crm.subjects import Subject
    from core.customers.model import Customer, Identity
    from core.customers.resolve import Guard
    from core.orders.model import Header


class LinkStore(Protocol):
    """Links and marks. Each write is one transaction with its entry, made once.

    Writes return False, and leave all as it is, when what they rest on has changed.
    """

    def names(self, kind: ObjectType, hubspot_ids: Iterable[str]) -> dict[str, str]:
        """Return what contacts and products are to us, by HubSpot's id: customer id or SKU."""
        ...

    def repair(self, subject: Subject, forget: Iterable[str], entry: Entry) -> bool:
        """Owe a record that nobody has changed since to HubSpot, unless it is owed already.

        `forget` are shared properties on which the sides no longer agree, so that ours are sent.
        """
        ...

    def agree(self, subject: Subject, prints: Mapping[str, str]) -> None:
        """Note shared values that both sides have now, if the record still stands there."""
        ...

    def undo(self, subject: Subject, before: Header, after: Header, entry: Entry) -> None:
        """Turn an order's header, and forget that the sides agreed on its stage.

        `Superseded` when the order has moved on.
        """
        ...

    def relink(self, home: Key, hubspot_id: str) -> None:
        """Note that a record stands elsewhere now."""
        ...

    def merged(self, home: Key, hubspot_id: str, entry: Entry) -> None:
        """Note that a customer's contact is part of another customer's now."""
        ...

    def unlink(self, subject: Subject, entry: Entry, *, owed: bool) -> bool:
        """Note that a record stands nowhere any more; an order's lines neither.

        What is `owed` is pushed anew.
        """
        ...

    def owe_line(self, order_id: str, line: int, hubspot_id: str, entry: Entry) -> bool:
        """Push a line anew that stood there; False when it stands elsewhere by now."""
        ...


class PeopleStore(Protocol):
    """Customers as HubSpot changes them."""

    def guards(self, identities: Iterable[Identity]) -> Mapping[Identity, Guard | None]:
        """Return the guard of each identity."""
        ...

    def conflicts(self, customer_ids: Iterable[str]) -> set[str]:
        """Return the customers whose e-mail waits for a person."""
        ...

    def change(
        self,
        subject: Subject,
        before: Customer,
        given: Mapping[str, str | None],
        prints: Mapping[str, str],
        entry: Entry,
    ) -> bool:
        """Give a customer these fields, unless he has changed since or an identity is another's."""
        ...

    def conflict(self, subject: Subject, message: str, entry: Entry) -> None:
        """Keep for a person that HubSpot's e-mail of a contact is another customer's here."""
        ...

    def settled(self, subject: Subject) -> None:
        """Note that a conflict is over."""
        ...

    def bury(self, customer_id: str, entry: Entry) -> bool:
        """Put the tombstones of a person, stop all pushes, and owe the erasure; once."""
        ...
