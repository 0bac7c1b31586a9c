"""What may be asked for: `kinds`, `rules` (one limit each), `models` (rows about models), `variants` and
`bounds` (what a row and its numbers may be), `requests` (what was asked, checked against them), `lists` (a
text that asks for many) and `money`. Touches nothing but errors: no file, no vendor, no clock.
"""
