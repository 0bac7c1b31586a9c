"""A data folder that was put back, set back or left alone: what waits is sent once, and rarely doubted."""

from pathlib import Path

import pytest

from providers.durability.backup import Backups
from providers.history.last_use import HISTORY, LONGEST_PAUSE
from providers.jobs.job import Job
from providers.vendors.vendor import Running
from tests.support.fake_vendor import FakeVendor, Time, press, until
from tests.support.put_back import HOUR, WAYS, copied, emptied, over, run, studio_on, unpacked

pytestmark = [pytest.mark.slow, pytest.mark.anyio]
NIGHT = 15 * HOUR


async def pressed_twice(folder: Path, fake: FakeVendor, clock: Time, *, killed: bool) -> Job:
    """A job that waits for its place behind another one, when the studio is gone."""
    fake.end = Running(progress=0.5)
    async with studio_on(folder, fake, clock, killed=killed) as studio:
        await until(studio, press(studio, "first"), "running")
        second = press(studio, "second")
    fake.end = None
    return second


def put_back(data: Path, copy: Path, way: str, sent: Job, clock: Time) -> None:
    """The copy comes in the place of the folder, and the receipts of the job that was sent since are gone."""
    # As if they had been pruned long ago.
    for receipt in (data / "receipts").glob(f"{sent.id}.*"):
        receipt.unlink()
    if way == "history_alone":
        clock.now += HOUR
        Backups(data, clock=clock.clock).take(data / "jobs.db")
    WAYS[way](data, copy)


@pytest.mark.fault("F95")
@pytest.mark.parametrize("newer", ["stopped", "killed"])
@pytest.mark.parametrize("older", ["stopped", "killed"])
@pytest.mark.parametrize("way", WAYS)
async def test_a_folder_that_is_put_back_sends_nothing_that_the_other_one_sent(
    tmp_path: Path, way: str, older: str, newer: str
) -> None:
    """Whether it was copied, and then left, by a studio that had ended or by one that was killed."""
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    second = await pressed_twice(data, fake, clock, killed=older == "killed")
    copy = copied(data)
    async with studio_on(data, fake, clock, killed=newer == "killed") as studio:
        await until(studio, second, "done")
    put_back(data, copy, way, second, clock)
    async with studio_on(data, fake, clock) as studio:
        await until(studio, second, "done")
    assert fake.created() == 2


@pytest.mark.fault("F95")
@pytest.mark.parametrize("way", WAYS)
async def test_what_was_copied_while_the_studio_ran_and_put_back_after_a_kill_is_not_sent_again(
    tmp_path: Path, way: str
) -> None:
    """The history itself may be as it was: all that happened since stands in its log, which is put back."""
    fake, clock, data = FakeVendor(end=Running(progress=0.5)), Time(), tmp_path / "data"
    async with studio_on(data, fake, clock, killed=True) as studio:
        first = await until(studio, press(studio, "first"), "running")
        second = press(studio, "second")
        copy = copied(data)
        fake.end = None
        await until(studio, first, "done")
        await until(studio, second, "done")
    put_back(data, copy, way, second, clock)
    async with studio_on(data, fake, clock) as studio:
        await until(studio, second, "done")
    assert fake.created() == 2


@pytest.mark.fault("F95")
@pytest.mark.parametrize("way", ["unpacked", "log_first"])
async def test_a_history_and_its_log_that_come_out_of_one_archive_belong_together(
    tmp_path: Path, way: str
) -> None:
    """What was pressed a moment before the copy stands in that log alone."""
    fake, clock, data = FakeVendor(end=Running(progress=0.5)), Time(), tmp_path / "data"
    async with studio_on(data, fake, clock, killed=True) as studio:
        await until(studio, press(studio, "first"), "running")
        second = press(studio, "second")
        copy = copied(data)
    for receipt in (copy / "receipts").glob(f"{second.id}.*"):
        receipt.unlink()
    fake.requests.append(second.request)
    put_back(data, copy, way, second, clock)
    async with studio_on(data, fake, clock) as studio:
        await until(studio, second, "unsure")
    assert fake.created() == 1


@pytest.mark.fault("F95")
@pytest.mark.parametrize("pause", [0.0, NIGHT])
@pytest.mark.parametrize("killed", [False, True])
async def test_nobody_is_asked_about_what_waits_over_a_kill_or_a_night(
    tmp_path: Path, killed: bool, pause: float
) -> None:
    fake, clock = FakeVendor(), Time()
    second = await pressed_twice(tmp_path, fake, clock, killed=killed)
    clock.now += pause
    async with studio_on(tmp_path, fake, clock) as studio:
        await until(studio, second, "done")
    assert (fake.created(), fake.asked.count("find")) == (2, 0)


@pytest.mark.fault("F95")
@pytest.mark.parametrize("all_of_them", [False, True])
async def test_nobody_is_asked_where_a_kill_came_before_the_receipt_of_a_press(
    tmp_path: Path, all_of_them: bool
) -> None:
    """The folder is otherwise as it was left."""
    fake, clock = FakeVendor(), Time()
    second = await pressed_twice(tmp_path, fake, clock, killed=True)
    for receipt in (tmp_path / "receipts").glob("*" if all_of_them else f"{second.id}.*"):
        receipt.unlink()
    # Ending in order changes its moments, which a kill does not.
    (tmp_path / "jobs.db-wal").touch()
    async with studio_on(tmp_path, fake, clock) as studio:
        await until(studio, second, "done")
    assert (fake.created(), fake.asked.count("find")) == (2, 0)


@pytest.mark.fault("F95", "F73")
@pytest.mark.parametrize("kept", [(), ("receipts",)])
@pytest.mark.parametrize("is_there", [True, False])
async def test_a_folder_in_which_nothing_was_ever_noted_opens_and_what_waits_is_looked_for(
    tmp_path: Path, is_there: bool, kept: tuple[str, ...]
) -> None:
    """A version from before notes and receipts left it, or all but the history was removed."""
    fake, clock = FakeVendor(), Time()
    second = await pressed_twice(tmp_path, fake, clock, killed=False)
    fake.requests.append(second.request)
    if is_there:
        fake.tokens[second.token] = "task-2"
    emptied(tmp_path, "jobs.db", *kept)
    async with studio_on(tmp_path, fake, clock) as studio:
        await until(studio, second, "done" if is_there else "unsure")
        third = await until(studio, press(studio, "third"), "done")
        assert third.artifacts
    assert fake.created() == 2


@pytest.mark.fault("F95")
@pytest.mark.parametrize("killed", [False, True])
async def test_what_waits_on_a_disk_that_was_set_back_long_ago_is_looked_for(
    tmp_path: Path, killed: bool
) -> None:
    """A snapshot of a machine has every number and every moment as it was: only the clock tells."""
    fake, clock = FakeVendor(), Time()
    second = await pressed_twice(tmp_path, fake, clock, killed=killed)
    fake.requests.append(second.request)
    clock.now += LONGEST_PAUSE + HOUR
    async with studio_on(tmp_path, fake, clock) as studio:
        found = await until(studio, second, "unsure")
    assert (fake.created(), found.attempts) == (1, 0)


@pytest.mark.fault("F95")
async def test_a_studio_that_runs_for_days_is_not_long_away(tmp_path: Path) -> None:
    """It notes now and then that it runs, also where nothing happens."""
    fake, clock = FakeVendor(end=Running(progress=0.5)), Time()
    async with studio_on(tmp_path, fake, clock, killed=True) as studio:
        await until(studio, press(studio, "first"), "running")
        second = press(studio, "second")
        clock.now += 3 * LONGEST_PAUSE
        studio.opened.maintenance.tick()
    fake.end = None
    async with studio_on(tmp_path, fake, clock) as studio:
        await until(studio, second, "done")
    assert (fake.created(), fake.asked.count("find")) == (2, 0)


@pytest.mark.fault("F95")
@pytest.mark.parametrize("way", [None, over, unpacked])
async def test_what_an_older_version_noted_is_understood(tmp_path: Path, way: object) -> None:
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    second = await pressed_twice(data, fake, clock, killed=False)
    (data / HISTORY).write_text(str((data / "jobs.db").stat().st_ino))
    if callable(way):
        fake.requests.append(second.request)
        way(data, copied(data))
    async with studio_on(data, fake, clock) as studio:
        await until(studio, second, "unsure" if way else "done")
    assert fake.created() == (1 if way else 2)


@pytest.mark.fault("F95")
@pytest.mark.parametrize(
    "spoiled", ["", "12", '{"sum":"00","use":{"file":{"inode":1}}}\n', "\0" * 40]
)
async def test_a_promise_speaks_for_a_job_whatever_became_of_the_notes(
    tmp_path: Path, spoiled: str
) -> None:
    fake, clock = FakeVendor(), Time()
    second = await pressed_twice(tmp_path, fake, clock, killed=False)
    (tmp_path / HISTORY).write_text(spoiled)
    async with studio_on(tmp_path, fake, clock) as studio:
        await until(studio, second, "done")
    assert (fake.created(), fake.asked.count("find")) == (2, 0)


@pytest.mark.fault("F95", "F65")
async def test_an_older_state_that_is_written_over_an_open_history_ends_all_writing(
    tmp_path: Path,
) -> None:
    """It keeps its number. At the next start nothing is bought again."""
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    second = await pressed_twice(data, fake, clock, killed=False)
    copy = copied(data)
    async with studio_on(data, fake, clock) as studio:
        await until(studio, second, "done")
    async with studio_on(data, fake, clock) as studio:
        maintenance = studio.opened.maintenance
        maintenance.tick()
        assert maintenance.notice == ""
        run("chmod", "600", data / "jobs.db")
        maintenance.tick()
        assert maintenance.notice == ""
        over(data, copy)
        maintenance.tick()
        assert "Stop the studio" in maintenance.notice
    for receipt in (data / "receipts").glob(f"{second.id}.*"):
        receipt.unlink()
    async with studio_on(data, fake, clock) as studio:
        await until(studio, second, "done")
    assert fake.created() == 2


@pytest.mark.fault("F95", "F119")
@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("ahead", [30 * LONGEST_PAUSE, 2 * LONGEST_PAUSE])
async def test_a_clock_that_was_once_ahead_takes_nothing_from_the_doubt(
    tmp_path: Path, killed: bool, ahead: float
) -> None:
    """The numbers of the history come from those days, and stay ahead of the clock that is right again."""
    fake, clock = FakeVendor(), Time()
    clock.now += ahead
    async with studio_on(tmp_path, fake, clock) as studio:
        await until(studio, press(studio, "in those days"), "done")
    clock.now -= ahead
    second = await pressed_twice(tmp_path, fake, clock, killed=killed)
    fake.requests.append(second.request)
    clock.now += LONGEST_PAUSE + HOUR
    async with studio_on(tmp_path, fake, clock) as studio:
        await until(studio, second, "unsure")
    assert fake.created() == 2


@pytest.mark.fault("F95", "F119")
@pytest.mark.parametrize("killed", [False, True])
async def test_a_state_that_seems_to_be_of_days_to_come_is_doubted(
    tmp_path: Path, killed: bool
) -> None:
    """Its last use was noted by a clock that was ahead: nobody knows how long ago that was."""
    fake, clock = FakeVendor(), Time()
    clock.now += 30 * LONGEST_PAUSE
    second = await pressed_twice(tmp_path, fake, clock, killed=killed)
    fake.requests.append(second.request)
    clock.now -= 27 * LONGEST_PAUSE
    async with studio_on(tmp_path, fake, clock) as studio:
        await until(studio, second, "unsure")
    assert fake.created() == 1


@pytest.mark.fault("F95", "F119")
@pytest.mark.parametrize("killed", [False, True])
async def test_nobody_is_asked_about_what_waits_where_the_clock_was_set_right_meanwhile(
    tmp_path: Path, killed: bool
) -> None:
    """The studio ran on after that, and noted so."""
    fake, clock = FakeVendor(end=Running(progress=0.5)), Time()
    clock.now += 30 * LONGEST_PAUSE
    async with studio_on(tmp_path, fake, clock, killed=killed) as studio:
        await until(studio, press(studio, "first"), "running")
        second = press(studio, "second")
        clock.now -= 30 * LONGEST_PAUSE
        studio.opened.maintenance.tick()
    fake.end = None
    async with studio_on(tmp_path, fake, clock) as studio:
        await until(studio, second, "done")
    assert (fake.created(), fake.asked.count("find")) == (2, 0)
