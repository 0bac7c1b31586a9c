"""What is kept of jobs, and the only SQL about them: `database` and `writer` (one file, one writer), the
tables that take it (`jobs`, `artifacts`, `events`, `ledger`, `revisions`, `deletions`, `accounts`), `figures`
(counts), `journal` (holds them; changes go through several), `receipts`, `reservations` (room
on the disk that open jobs hold). Touches no file of the library.
"""
