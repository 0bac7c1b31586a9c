"""F97: a history is brought back in another time zone: a job counts to the day on which it was reserved."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from providers.durability import restore
from providers.durability.backup import Backups
from providers.durability.opening import open_history
from providers.errors import InvalidRequest
from providers.history.journal import Journal
from providers.jobs.job import State
from providers.library.vault import Vault
from tests.support.zones import CAP, CAPS, HOUR, NOON, Clock, by_day, press, zone

EAST = 14
"""Hours east of Greenwich, where the next day has begun at noon."""


def _lost(folder: Path, vault: Vault) -> None:
    vault.close()
    for path in folder.glob("jobs.db*"):
        path.unlink()


def by_receipts(folder: Path, vault: Vault) -> None:
    """The history and its copies are gone."""
    _lost(folder, vault)
    shutil.rmtree(folder / "backup", ignore_errors=True)
    restore.restore(folder)
    vault.open()


def by_a_copy(folder: Path, vault: Vault) -> None:
    """The newest copy is put in the history's place."""
    Backups(folder).take(folder / "jobs.db")
    _lost(folder, vault)
    restore.restore(folder)
    vault.open()


@pytest.mark.fault("F97", "F122")
@pytest.mark.parametrize("how", [by_receipts, by_a_copy])
@pytest.mark.parametrize("end", ["queued", "done", "deleted"])
def test_a_restore_in_another_zone_makes_no_room_under_a_cap_of_a_day(
    tmp_path: Path, how: Callable[[Path, Vault], None], end: State | str
) -> None:
    clock, vault = Clock(NOON), Vault(tmp_path, reserve=0)
    vault.open()
    with zone(EAST), closing(open_history(vault, clock=clock)) as journal:
        _end(journal, clock, end)
        before = by_day(tmp_path / "jobs.db")
        lines = journal.ledger.spent("ann", 1)
    with zone(0):
        how(tmp_path, vault)
        with closing(open_history(vault, clock=clock)) as journal:
            assert by_day(tmp_path / "jobs.db") == before
            assert journal.unbalanced() == []
            clock.now += 13 * HOUR
            # The day that the job counts to has begun here, too.
            assert journal.ledger.spent("ann", 1) == lines
            for caps in CAPS:
                with pytest.raises(InvalidRequest, match="daily cap"):
                    press(journal, clock, CAP, caps)
            clock.now += 24 * HOUR
            press(journal, clock, CAP, CAPS[0])
    vault.close()


def _end(journal: Journal, clock: Clock, end: State | str) -> None:
    job = press(journal, clock, CAP, CAPS[0])
    for state in ("queued",) if end == "queued" else ("queued", "done"):
        job = job.model_copy(update={"state": state, "revision": journal.revisions.next()})
        journal.write(job, note=True)
    if end == "deleted":
        journal.delete(job.id, job.owner)
