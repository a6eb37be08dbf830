"""What should happen in each cell of the matrix, from rules and not from recorded answers.

1. A route that the door does not have is refused with 403, as API Gateway does.
2. Who presents nothing, or only what proves nothing, is refused: 403 at the signed door, where the
   gateway itself decides, 401 at the others.
3. Everything presented must hold: a faulty second proof is refused with 401.
4. Proofs of two tenants are refused with 403.
5. A proof without the route's scope is refused with 403; where the route has a scope for one's own
   data, that one does for a portal's user who is bound to a customer. A webhook asks for none.
6. A layered route wants two proofs of different origin; else 403.
7. All others get in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.matrix.routes import SIGNED
from tests.matrix.ways import Holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.matrix.routes import Row
    from tests.matrix.ways import Proof, Way

IN = "in"
UNAUTHENTICATED, FORBIDDEN = "401", "403"
_LAYERS = 2


def expected(row: Row, way: Way) -> str:
    """Return `in`, `401` or `403`."""
    return next((verdict for refused, verdict in _rules(row, way) if refused), IN)


def _rules(row: Row, way: Way) -> Iterator[tuple[bool, str]]:
    """Yield the first six rules: whether each refuses, and with what."""
    proofs = way.proofs
    proven = bool(proofs) and not proofs[0].faulty
    yield way.door not in row.doors, FORBIDDEN
    yield not proven, FORBIDDEN if way.door == SIGNED else UNAUTHENTICATED
    yield any(proof.faulty for proof in proofs), UNAUTHENTICATED
    yield len({proof.tenant for proof in proofs}) > 1, FORBIDDEN
    yield bool(row.scope) and any(_lacks(row, proof) for proof in proofs), FORBIDDEN
    yield row.layered and len({proof.origin for proof in proofs}) < _LAYERS, FORBIDDEN


def _lacks(row: Row, proof: Proof) -> bool:
    owns = proof.holds is Holds.OWN and proof.bound and bool(row.own)
    return proof.holds is not Holds.ALL and not owns
