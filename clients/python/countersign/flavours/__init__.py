"""Ways of proving who calls, behind one interface: `requests` auth objects that know their door.

Signed     SigV4 with AWS credentials: a role's, one's own, or `Vended` ones   signed door
Key        X-API-Key                                                           token door
Token      Authorization: Bearer, from a string or a source                    token door
Layered    one of signed or token, and a key as a second proof                 of the first
"""

from countersign.flavours.client_credentials import ClientCredentials
from countersign.flavours.flavour import DoorName, Flavour
from countersign.flavours.key import Key
from countersign.flavours.layered import Layered
from countersign.flavours.signed import Signed
from countersign.flavours.token import Token
from countersign.flavours.vended import Vended

__all__ = [
    "ClientCredentials",
    "DoorName",
    "Flavour",
    "Key",
    "Layered",
    "Signed",
    "Token",
    "Vended",
]
