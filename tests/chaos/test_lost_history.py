"""A history that is deleted at any moment of work and of a kill: what was bought is known all the same."""

import multiprocessing
import random
from pathlib import Path

import pytest

from providers.jobs.backup import Backups
from providers.jobs.restore import restore
from tests.bench import rig
from tests.bench.soak import Outcome, count, serve, work

KILLS = 6
LIFE = (0.3, 1.5)
"""Seconds that a process lives, once it works: some jobs come to their end."""


def lose(data: Path) -> None:
    """Delete the history with its log."""
    for end in ("", "-wal", "-shm"):
        (data / f"jobs.db{end}").unlink(missing_ok=True)


def soak(folder: Path, kills: int, seed: int) -> Outcome:
    """Kill a working studio, delete its history, restore it, and go on, so often."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.bench.soak"])
    chance, port, data = random.Random(seed), rig.free_port(), folder / "data"
    vendors = context.Process(target=serve, args=(port, folder / "vendors"), daemon=True)
    vendors.start()
    rig.wait_for(f"http://127.0.0.1:{port}/book")
    try:
        for life in range(kills + 1):
            is_last = life == kills
            here, there = context.Pipe(duplex=False)
            args = (data, port, there, not is_last, seed + life)
            studio = context.Process(target=work, args=args, daemon=True)
            studio.start()
            there.close()
            assert here.poll(60)
            studio.join(60 if is_last else chance.uniform(*LIFE))
            studio.kill()
            studio.join()
            here.close()
            if is_last:
                break
            lose(data)
            restore(data)
            if life % 3 == 2:
                Backups(data).take(data / "jobs.db")
    finally:
        vendors.kill()
        vendors.join()
    return count(folder, kills)


@pytest.mark.fault("F19", "F63", "F65")
def test_nothing_is_lost_or_bought_twice_when_the_history_goes_with_every_kill(
    tmp_path: Path,
) -> None:
    """P3, P4, P9: the newest backup and the receipts tell of every purchase."""
    outcome = soak(tmp_path, KILLS, seed=4)
    assert (outcome.double, outcome.lost) == (0, 0), outcome
    assert outcome.bought > KILLS, "it did not get to work"
    assert outcome.states["done"], outcome
