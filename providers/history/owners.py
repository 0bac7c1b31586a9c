"""Whose jobs a history holds, read beside a running studio. Nothing is changed."""

import sqlite3
from contextlib import closing
from pathlib import Path

from providers.errors import StoreProblem

UNREADABLE = "The history {path} can't be read, so the owners of its jobs are unknown."

PLANS = " union all select owner, 0 from plan group by owner"


def histories(folder: Path) -> dict[str, int]:
    """Every owner with jobs, files or plans in a data folder, and how many jobs. StoreProblem."""
    path = folder / "jobs.db"
    if not path.exists():
        return {}
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            # A history that no newer studio has opened yet has no plans.
            named = "select 1 from sqlite_master where name = 'plan'"
            more = PLANS if database.execute(named).fetchone() else ""
            rows = database.execute(
                "select owner, sum(n) from (select owner, count(*) as n from job group by owner"
                f" union all select owner, 0 from artifact group by owner{more})"
                " group by owner order by owner"
            ).fetchall()
    except sqlite3.Error as error:
        raise StoreProblem(UNREADABLE.format(path=path)) from error
    return {str(owner): int(jobs) for owner, jobs in rows}
