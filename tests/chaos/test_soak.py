"""Real processes, really killed, against all emulators over HTTP on a rough road."""

from pathlib import Path

from providers.jobs.job import OPEN
from providers.vendors.all import VENDORS
from tests.bench.soak import USUAL_KILLS, soak


def test_twenty_kills_for_each_vendor_buy_nothing_twice_and_lose_nothing(tmp_path: Path) -> None:
    outcome = soak(tmp_path, USUAL_KILLS)
    for vendor in VENDORS:
        tally = outcome.vendors[vendor.name]
        assert tally.kills >= USUAL_KILLS
        assert tally.wrong == (0, 0, 0, 0), f"{vendor.name}: {tally}"
        assert not OPEN & set(tally.states), f"{vendor.name}: {tally}"
        assert tally.states["done"] > 0, f"{vendor.name}: {tally}"
        # Every lost answer is cleared up without a question where the vendor can tell.
        assert tally.unsure_bought == 0 or not vendor.find_looks, f"{vendor.name}: {tally}"
