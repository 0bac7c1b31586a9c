"""Who is asked: `vendor` (what an adapter is and answers), `connection` (a vendor with credentials, or its
sandbox), `views`, `bounded` and `window` (what is believed of an answer), `likeness` (which task may be
whose), `transport/` (the only HTTP client), `sandbox/` and a folder for each vendor. Touches the network
and no history. Adding a vendor is one folder here and one line in `all.py`.
"""
