"""What keeps a history from being lost: `opening` (which history is taken, and whether it is believed),
`backup`, `restore`, `promises` (what receipts say of jobs that seem unsent), `verify` and `scrub`
(every file against its hash), `maintenance` (what is done by the clock), `deletion`, `merging`
(what a receipt or a copy brings back) and `closing` (how a history is put away). Touches the
history and the library, no job on its way.
"""
