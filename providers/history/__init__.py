"""What is kept of jobs, and the only SQL about them: `store` and `writer` (one database, one writer),
`schema` and `migrations` (its tables), `journal` (jobs, their steps and files), `query` and `sought`
(how they are found), `ledger` and `sums` (money), `receipts` (each job's last step as a file of its
own). Touches no file of the library.
"""
