"""A history that is deleted with every kill: the newest backup and the receipts tell of every purchase."""

from pathlib import Path

import pytest

from providers.durability.backup import Backups
from providers.durability.restore import restore
from tests.bench.chaos import Chaos
from tests.bench.soak import soak

KILLS = 3


@pytest.mark.fault("F19", "F63", "F65")
def test_nothing_is_lost_or_bought_twice_when_the_history_goes_with_every_kill(
    tmp_path: Path,
) -> None:
    """P3, P4, P9, asked of the vendors' book."""
    lives: list[int] = []

    def lose(data: Path) -> None:
        for path in data.glob("jobs.db*"):
            path.unlink()
        said = restore(data)
        lives.append(len(said))
        if len(lives) % 3 == 0:
            Backups(data).take(data / "jobs.db")

    outcome = soak(tmp_path, KILLS, seed=4, chaos=Chaos(put_backs=False), between=lose)
    assert len(lives) == outcome.kills
    for name, tally in outcome.vendors.items():
        assert tally.wrong == {}, (name, tally)
    tallies = outcome.vendors.values()
    assert sum(tally.bought for tally in tallies) > KILLS
    assert sum(tally.states["done"] for tally in tallies) > KILLS
