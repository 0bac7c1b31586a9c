"""What was asked: jobs, their history, and the runner that follows them. Where to look:

A job         job (its states), intake (what is handed in), troubles (why it gave nothing), query
On its way    runner, life, then step by step: sending, recovery (a lost answer), following, saving
Beside it     slots and gate (whose turn it is), pacing (when to look), balance, feed (who watches)
Afterwards    lateness (a failed task ends well after all), healing (a rotten file is fetched again), deletion
The history   journal, over deleted, figures, store; rows, schema, ledger (money), room (bytes on the disk)
Its safety    opening, backup, trail (each job's last step), refuge (an id on another disk), restore, verify
All the time  keeper: backups, rounds (every file once a week), errands to what comes afterwards
"""
