"""The page's scripts, styles and head, joined at start: `scripts`, `assets`, `head`, `early` (what is
loaded first) and `bundle` (all of it). Touches `assets/` and nothing that a person does.
"""
