"""useapi.net's API, offline: `emulator` has its routes. Written from its pages and not from our adapter,
of which it imports nothing but the rows.
"""
