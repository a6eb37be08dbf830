"""Money as whole minor units of an ISO 4217 currency.

The exponents are those of ISO 4217 list one (six-month cycle, as of 2026): two digits unless the
currency stands in one of the exceptions below.
"""

from __future__ import annotations

MAX_AMOUNT = 10**12
"""The largest amount, in minor units, that a request may hold, in either direction."""

_NO_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
    "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB "
    "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

EXPONENTS: dict[str, int] = {
    code: digits
    for digits, codes in ((0, _NO_MINOR), (2, _TWO), (3, _THREE), (4, _FOUR))
    for code in codes.split()
}
"""ISO 4217 code → digits after the decimal point."""


def decimal(amount: int, currency: str) -> str:
    """Write minor units as a plain decimal: `decimal(1234, "GBP") == "12.34"`.

    KeyError for a code that is not in ISO 4217.
    """
    digits = EXPONENTS[currency]
    sign = "-" if amount < 0 else ""
    if digits == 0:
        return f"{amount}"
    whole, part = divmod(abs(amount), 10**digits)
    return f"{sign}{whole}.{part:0{digits}d}"
