"""The words: `job` (a job, its states), `transitions` (which follows which, and what may change), `intake`
(what is handed in, looked at before anything is kept), `failures` (why a job gave nothing), `reservations`
(room on the disk that an open job holds). Touches no database, no vendor's call, no clock.
"""
