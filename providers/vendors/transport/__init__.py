"""How a vendor is asked, by the only HTTP client: `wire` (one vendor's address, its key, safe repeats),
`exchange` (one call), `bulk` (the sockets, and what was sent of a call), `answer` and `endings` (what
came back), `downloads` and `parts` (finished files), `names` (addresses of hosts), `offset` (the
vendor's clock). Knows no vendor and no job.
"""
