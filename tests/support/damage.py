"""Damage to a history's file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from providers.jobs.job import Job


def flip(path: Path, job: Job, table: str = "job") -> None:
    """Turn bits of a row's text around, as a failing disk would."""
    with closing(sqlite3.connect(path)) as database, database:
        database.text_factory = bytes
        for row, doc in database.execute(f"select rowid, doc from {table}").fetchall():
            if job.id.encode() in doc:
                bad = doc[:90] + bytes(255 - byte for byte in doc[90:154]) + doc[154:]
                change = f"update {table} set doc = cast(? as text) where rowid = ?"
                database.execute(change, (bad, row))
