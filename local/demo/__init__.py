"""`make demo`: a day of orders through the signed door, compared with HubSpot afterwards.

day ──placing──▶ signed door            what the orders say ─┐
                                 API ───▶ seen ──────────────┼─▶ compare ─▶ report
                          HubSpot twin ─▶ seen ──────────────┘
"""
