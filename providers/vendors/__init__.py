"""Who is asked. Adding a vendor is one folder here and one line in `all.py`."""
