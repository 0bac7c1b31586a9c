"""Ways in which a paid result could be lost: an old wish, other links, a full disk, a stop in a write."""

import asyncio
import hashlib
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from providers.errors import StoreProblem, Unclear
from providers.history.journal import Journal
from providers.jobs.job import Job
from providers.library.vault import SETTLES
from providers.running.saving import renewed
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.transport.downloads import Downloads
from providers.vendors.transport.parts import Mark, mark_of
from providers.vendors.vendor import Output, Queued, Running, Succeeded, TaskUpdate, Ticket
from tests.support.fake_vendor import FakeVendor, Time, fake_studio, png, press, running, until
from tests.support.file_server import FileServer
from tests.support.refusing import refused
from tests.support.scripted import Sleeps, server

pytestmark = pytest.mark.anyio


@pytest.mark.fault("F91")
@pytest.mark.parametrize("chosen", ["adopt", "look"])
async def test_who_wants_a_cancelled_job_after_all_gets_it(tmp_path: Path, chosen: str) -> None:
    """Cancelled while its answer was lost; then the person has it looked for, or names its task."""
    lost = Unclear("The response was lost.")
    fake = FakeVendor(creates=[lost], finds=[None] * 3, gate=asyncio.Event())
    async with running(tmp_path, fake) as studio:
        job = press(studio)
        await fake.reached.wait()
        asking = asyncio.create_task(studio.decisions.cancel(job.id, "local"))
        await asyncio.sleep(0)
        assert fake.gate is not None
        fake.gate.set()
        await asking
        job = await until(studio, job, "unsure")
        if chosen == "adopt":
            studio.decisions.adopt(job.id, "local", "task-1")
        else:
            await studio.decisions.look_again(job.id, "local")
        job = await until(studio, job, "done")
    assert (fake.created(), fake.asked.count("cancel"), len(job.artifacts)) == (1, 0, 1)


class Shuffling(FakeVendor):
    """Names its files in another order, or fewer of them, at every second look at a finished task."""

    turns = 0
    fewer = False
    is_dead = True
    """The first link of the second file, whichever is asked for first."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.is_dead and scope["path"].endswith("2.png"):
            self.is_dead = False
            await Response(status_code=403)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        update = await super().poll(ticket)
        if not isinstance(update, Succeeded):
            return update
        self.turns += 1
        outputs = update.outputs if self.turns % 2 else update.outputs[::-1]
        return update.model_copy(
            update={"outputs": outputs[:1] if self.fewer and self.turns == 2 else outputs}
        )


@pytest.mark.fault("F41", "F34")
@pytest.mark.parametrize("fewer", [False, True])
async def test_fresh_links_in_another_order_bring_the_files_that_are_missing(
    tmp_path: Path, fewer: bool
) -> None:
    """The first file came, the link of the second was dead, and the task lists them anew."""
    fake = Shuffling(files=2)
    fake.fewer = fewer
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
        kept = {studio.files.path(one).read_bytes() for one in job.artifacts}
    assert kept == {png(1), png(2)}
    assert fake.created() == 1


class Without(FakeVendor):
    """Does not give its second file for now, whichever is asked for first."""

    is_away = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.is_away and scope["path"].endswith("2.png"):
            await Response(status_code=503)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@pytest.mark.fault("F41", "F34")
async def test_a_press_for_the_missing_files_brings_those_in_whatever_order_they_are_told(
    tmp_path: Path,
) -> None:
    """One file came and the other did not, for so long that the person was asked."""
    fake = Without(files=2)
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "unsure")
        assert len(job.artifacts) == 1
        fake.is_away = False
        fake.end = Succeeded(outputs=fake.success().outputs[::-1])
        await studio.decisions.look_again(job.id, "local")
        job = await until(studio, job, "done")
        kept = [studio.files.path(one).read_bytes() for one in job.artifacts]
    assert (len(kept), {*kept}) == (2, {png(1), png(2)})
    assert fake.created() == 1


@pytest.mark.fault("F68", "F34")
async def test_a_rotten_file_is_found_at_its_vendor_in_whatever_order_it_is_told(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(files=3)
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
        rotten = studio.files.path(job.artifacts[2])
        rotten.unlink()
        fake.end = Succeeded(outputs=fake.success().outputs[::-1])
        fetch = studio._fetch_again  # pyright: ignore[reportPrivateUsage]
        assert await fetch(job, [rotten.name]) == {rotten.name}
        assert rotten.read_bytes() == png(3)


def test_links_are_told_apart_by_their_files_where_they_can_be() -> None:
    def links(*urls: str) -> tuple[Output, ...]:
        return tuple(Output(url=f"https://files.example/{url}", kind="image") for url in urls)

    old = links("a?s=1", "b?s=1")
    for new, wanted in (
        (links("b?s=2", "a?s=2"), links("a?s=2", "b?s=2")),
        (links("b?s=2"), links("a?s=1", "b?s=2")),
        (links("b?s=2", "c?s=2", "a?s=2"), links("a?s=2", "b?s=2", "c?s=2")),
        (links("b?s=1", "a?s=1"), old),
        # Nothing tells which is which: as the vendor orders them, and never fewer.
        (links("x", "y"), links("x", "y")),
        (links("x"), links("x", "b?s=1")),
        ((), old),
    ):
        found = renewed(old, new)
        assert [urlsplit(one.url)[2:4] for one in found] == [
            urlsplit(one.url)[2:4] for one in wanted
        ]
    # Where only what is asked for tells them apart, it does.
    assert renewed(links("f?n=1", "f?n=2"), links("f?n=2", "f?n=1")) == links("f?n=1", "f?n=2")


@pytest.mark.fault("F58", "F69", "F117")
async def test_who_makes_room_on_a_full_disk_takes_no_file_that_another_job_waits_to_keep(
    tmp_path: Path,
) -> None:
    """Both made the same bytes, and the row of the second has waited for longer than anybody thinks of it."""
    fake, time = FakeVendor(), Time()
    async with running(tmp_path, fake, time=time) as studio:
        studio._vault._clock = time.clock  # pyright: ignore[reportPrivateUsage]
        first = await until(studio, press(studio), "done")
        full = f"new.state = 'saving' and new.doc like '%sha256%' and new.id <> '{first.id}'"
        with refused(tmp_path, full), studio.live.watch("local") as queue:
            second = press(studio)
            while "history" not in (await queue.get()).detail:
                pass
            time.now += 2 * SETTLES
            await studio.decisions.delete(first.id, "local")
        second = await until(studio, second, "done")
        assert studio.files.path(second.artifacts[0]).read_bytes() == png(1)


@pytest.mark.fault("F59", "F22")
async def test_a_studio_starts_on_a_full_disk_with_a_job_whose_key_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeVendor(end=Running(progress=0.5), updates=[Queued()])
    time = Time()
    studio = Studio(
        Settings(data_dir=tmp_path),
        credentials=Credentials({"FAKE_KEY": "k", "STUDIO_FAKE_BASE_URL": "http://127.0.0.1:9"}),
        vendors=[fake.vendor()], sleep=time.sleep, clock=time.clock,
    )  # fmt: skip
    async with studio.running():
        job = await until(studio, press(studio), "running")

    def full(_: Journal, __: Job, *, note: bool) -> None:
        raise StoreProblem(f"The disk is full, so nothing new can be kept ({note}).")

    monkeypatch.setattr(Journal, "write", full)
    again = fake_studio(tmp_path, fake)
    async with again.running():
        found = again.live.get(job.id, "local")
        assert (found.state, again.live.open_count) == ("running", 1)


@pytest.mark.fault("F44", "F89")
async def test_a_stop_in_the_middle_of_a_write_leaves_every_byte_once(tmp_path: Path) -> None:
    """The write goes on in its thread while the try is ended: a part with bytes twice would be built upon."""
    into, content = tmp_path / "part", bytes(range(251)) * 30_000
    os.mkfifo(into)
    end = os.open(into, os.O_RDONLY | os.O_NONBLOCK)
    loop, begun = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(end, begun.set)
    async with server(FileServer(content)) as base:
        downloads = Downloads(friendly_hosts=["127.0.0.1"], sleep=Sleeps())
        fetching = asyncio.create_task(downloads.fetch(f"{base}/clip.mp4", into))
        # The disk takes no more until somebody reads: the write stands still in the middle.
        await begun.wait()
        loop.remove_reader(end)
        fetching.cancel()
        for _ in range(100):
            await asyncio.sleep(0)
        os.set_blocking(end, True)
        written = await asyncio.to_thread(read_all, end)
        with pytest.raises(asyncio.CancelledError):
            await fetching
        await downloads.aclose()
    mark = Mark.model_validate_json(mark_of(into).read_bytes())
    assert written == content[: len(written)]
    assert (mark.bytes, mark.sha256) == (len(written), hashlib.sha256(written).hexdigest())


def read_all(end: int) -> bytes:
    """What comes out of a pipe until nobody writes into it any more."""
    with os.fdopen(end, "rb") as file:
        return file.read()
