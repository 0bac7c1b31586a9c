"""Real processes, really killed, against all emulators over HTTP on a rough network."""

from pathlib import Path

import pytest

from providers.vendors.all import VENDORS
from tests.bench.chaos import Chaos
from tests.bench.soak import USUAL_KILLS, soak

FEW_KILLS = 6


@pytest.mark.fault("F14", "F19", "F94", "F96", "F99")
def test_twenty_kills_for_each_vendor_buy_nothing_twice_and_lose_nothing(tmp_path: Path) -> None:
    outcome = soak(tmp_path, USUAL_KILLS, chaos=Chaos(put_backs=False))
    for vendor in VENDORS:
        tally = outcome.vendors[vendor.name]
        assert tally.kills >= USUAL_KILLS
        assert tally.wrong == {}, f"{vendor.name}: {tally}"
        assert tally.states["done"] > 0, f"{vendor.name}: {tally}"
        # Every lost answer is cleared up without a question where the vendor can tell.
        assert tally.unsure_bought == 0 or not vendor.find_looks, f"{vendor.name}: {tally}"


@pytest.mark.fault("F19", "F95")
def test_older_folders_put_back_between_kills_buy_nothing_twice_and_lose_nothing(
    tmp_path: Path,
) -> None:
    outcome = soak(tmp_path, FEW_KILLS)
    assert outcome.put_backs > 0
    for name, tally in outcome.vendors.items():
        assert tally.wrong == {}, f"{name}: {tally}"
