"""Why a call is refused, in plain words.

client ─▶ observing ─▶ Exchange ─▶ signature, proofs, refusals ─▶ Findings ─▶ report
                          │                                          ▲
                          └──▶ operator (AWS rights) ─▶ evidence ────┘

Each diagnosis is a function from an observed exchange to a finding or None.
"""
