"""An older history is put back: plans that only its newer copy has come back with the jobs."""

from pathlib import Path

import pytest

from providers.catalogue.plans import Plan
from providers.catalogue.requests import Shot
from providers.durability.backup import Backups
from tests.support.fake_vendor import FakeVendor, Time
from tests.support.put_back import HOUR, alone, copied, history_alone, pressed, studio_on

pytestmark = pytest.mark.anyio
WAYS = {way.__name__: way for way in (history_alone, alone)}


def plan(*texts: str) -> Plan:
    return Plan(shots=tuple(Shot(prompt=text, seconds=5) for text in texts))


@pytest.mark.parametrize("way", WAYS)
async def test_plans_of_a_newer_copy_come_back_and_no_newer_one_is_lost(
    tmp_path: Path, way: str
) -> None:
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    async with studio_on(data, fake, clock) as studio:
        old = studio.planning.save("local", "Old", plan("A door"))
    copy = copied(data)
    async with studio_on(data, fake, clock) as studio:
        studio.planning.change(old.id, "local", old.revision, plan=plan("A hand"))
        later = studio.planning.save("local", "Later", plan("A cup"))
        pressed(studio, "so that the newer copy is known for one")
    clock.now += HOUR
    Backups(data, clock=clock.clock).take(data / "jobs.db")
    kept = (data / "backup").rename(tmp_path / "kept")
    WAYS[way](data, copy)
    for left in (data / "backup").glob("*"):
        left.unlink()
    if (data / "backup").exists():
        (data / "backup").rmdir()
    kept.rename(data / "backup")
    async with studio_on(data, fake, clock) as studio:
        assert {one.name for one in studio.planning.all("local")} == {"Old", "Later"}
        assert studio.planning.one(old.id, "local").plan == plan("A hand")
        assert studio.planning.one(later.id, "local").plan == plan("A cup")
