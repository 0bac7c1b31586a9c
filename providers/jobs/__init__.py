"""The words: `job` (a job, its states), `transitions` (which follows which, and what may change), `intake`
(what is handed in, looked at before anything is kept), `failures` (why a job gave nothing). `views` is what
pages and programs get of them. Touches no database and no vendor's call; the clock only for the names of new
jobs, which sort by their birth.
"""
