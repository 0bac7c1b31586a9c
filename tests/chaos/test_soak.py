"""Real processes, really killed, against the emulators over HTTP."""

from pathlib import Path

from tests.bench.soak import USUAL_KILLS, soak


def test_twenty_killed_processes_buy_nothing_twice_and_lose_nothing(tmp_path: Path) -> None:
    outcome = soak(tmp_path, USUAL_KILLS)
    assert (outcome.double, outcome.lost) == (0, 0)
    assert not {"waiting", "submitting", "queued", "running", "saving"} & set(outcome.states)
    assert outcome.states["done"] >= USUAL_KILLS // 2
    assert outcome.bought <= outcome.jobs
