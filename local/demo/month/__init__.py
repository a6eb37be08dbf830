"""`make demo DATA=…`: a month of a real shop, imported twice and compared with what is shown.

files ──import──▶ signed door                 import's own report ─┐
  └─▶ truth ─▶ expected ─────────────────────────────────────┐     │
                                 API ───▶ api_seen ──────────┼─▶ compare ─▶ report
                          HubSpot twin ─▶ twin_seen ─────────┘

`truth`, `expected` and what they are compared with share no code with the importer or `functions/`.
"""
