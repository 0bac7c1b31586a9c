"""What was asked: jobs, and what is kept of them. `running/` brings them from a press to a file. Where to look:

A job          job (its states), transitions (which follows which, and what may change), intake (what is
               handed in), troubles (why it gave nothing), query and sought (its words), deletion
Many at once   entry (what is written down of a new one), batch (all of them, or none)
The history    journal, over kept (files), marks (stars, tags), accounts, deleted, written, figures, store,
               writer (the one thread that changes it); rows, schema, migrations, transactions,
               ledger (money) with day and sums, room (bytes on the disk)
Its safety     opening, backup, trail (each job's last step), refuge (an id on another disk), restore, verify
All the time   keeper: backups, rounds (every file once a week), errands to what comes afterwards
"""
