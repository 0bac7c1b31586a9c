"""A history that is deleted at any moment of work and of a kill: what was bought is known all the same."""

from pathlib import Path

import pytest

from providers.jobs.backup import Backups
from providers.jobs.restore import restore
from providers.vendors.all import VENDORS
from tests.bench.soak import soak

KILLS = 6


def lose(data: Path, kill: int) -> None:
    """Delete the history with its log, and put it back from what is left."""
    for end in ("", "-wal", "-shm"):
        (data / f"jobs.db{end}").unlink(missing_ok=True)
    restore(data)
    if kill % 3 == 0:
        Backups(data).take(data / "jobs.db")


@pytest.mark.fault("F19", "F63", "F65")
def test_nothing_is_lost_or_bought_twice_when_the_history_goes_with_every_kill(
    tmp_path: Path,
) -> None:
    """P3, P4, P9: the newest backup and the receipts tell of every purchase."""
    outcome = soak(tmp_path, KILLS, seed=4, after=lose)
    for vendor in VENDORS:
        tally = outcome.vendors[vendor.name]
        assert (tally.double, tally.lost) == (0, 0), f"{vendor.name}: {tally}"
        assert tally.bought, f"{vendor.name}: it did not get to work"
    assert sum(tally.states["done"] for tally in outcome.vendors.values())
