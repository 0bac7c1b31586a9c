"""What a handed-out copy says of how it was made, and writing that in: `imprint` (what is said), `holders`
(where a kind of file holds it), `containers`, `splice` and `xmp` (their bytes). Touches no history and
no vendor.
"""
