"""A vendor's calls: each asks for a look and no more, forged ones cost nothing, and polling goes on."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from providers.catalogue.requests import ImageRequest
from providers.errors import Busy, Gone, NotSent, Unclear
from providers.jobs.intake import new_job
from providers.jobs.job import Job
from providers.running.life import CALL_EVERY
from providers.running.pacing import ENOUGH, LONGEST, SELDOM, Pacing
from providers.studio.studio import Studio
from providers.vendors.pace import Pace
from providers.vendors.vendor import Callbacks, Queued, Running, TaskUpdate
from tests.support.calling import PUBLIC, CallingVendor, Held, becomes, call, calling_studio
from tests.support.fake_vendor import Time, press, until

pytestmark = pytest.mark.anyio
FLOOR = 0.4
"""Seconds between two looks at a sandbox task."""
GOES_ON = Running(progress=0.5)


class Watch:
    """A job that runs at the vendor, and the clock that stands meanwhile."""

    def __init__(self, studio: Studio, fake: CallingVendor, time: Held) -> None:
        self.studio = studio
        self.fake = fake
        self.time = time

    async def press(self) -> Job:
        """A job at whose task nobody has looked yet."""
        before = len(self.fake.callbacks)
        job = press(self.studio)
        await until(self.studio, job, "queued", "running")
        assert len(self.fake.callbacks) == before + 1
        await self.rests()
        return job

    async def rests(self, at_least: float = FLOOR) -> None:
        """Until the next look is waited for, and is not before that."""
        await becomes(lambda: any(at_least <= wait <= 400 for wait in self.time.waits))

    async def call(self, number: int = 0) -> None:
        """The vendor calls about the task of this number."""
        await call(self.studio, self.fake.callbacks[number])

    async def looked(self, times: int) -> None:
        """Until the vendor was asked so often, and the next look is waited for."""
        await becomes(lambda: self.fake.polls >= times)
        await self.rests()
        assert self.fake.polls == times


@asynccontextmanager
async def watched(
    folder: Path,
    *updates: TaskUpdate | Exception,
    signing: Callbacks | None = None,
    secret: str = "",
) -> AsyncGenerator[Watch]:
    """A vendor whose tasks say this, one after the other, and then go on for ever."""
    fake = CallingVendor(updates=list(updates), end=GOES_ON, signing=signing or Callbacks())
    time = Held()
    studio = calling_studio(folder, fake, time, secret=secret)
    async with studio.running():
        yield Watch(studio, fake, time)
        # What sleeps is woken, or the end of the studio would wait for it.
        time.advance(1e6)


@pytest.mark.fault("F79")
async def test_a_call_brings_the_look_on_and_many_bring_one_each_second(tmp_path: Path) -> None:
    """F79: a hundred of the same are one."""
    async with watched(tmp_path) as watch:
        await watch.press()
        assert watch.fake.polls == 0
        for _ in range(100):
            await watch.call()
        await watch.looked(1)
        for _ in range(100):
            await watch.call()
        await becomes(lambda: any(FLOOR < wait <= CALL_EVERY for wait in watch.time.waits))
        assert watch.fake.polls == 1
        watch.time.advance(CALL_EVERY)
        await watch.looked(2)


async def test_a_finished_task_is_fetched_at_once_though_its_next_look_was_far_away(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as watch:
        job = await watch.press()
        watch.fake.end = None
        await watch.call()
        done = await until(watch.studio, job, "done")
        assert len(done.artifacts) == 1
        assert watch.fake.polls == 1


@pytest.mark.fault("F80")
async def test_a_forged_call_asks_nothing(tmp_path: Path) -> None:
    """F80: neither a secret that is no job's, nor another job's, nor what a body says."""
    async with watched(tmp_path) as watch:
        first, second = await watch.press(), await watch.press()
        path = urlsplit(watch.fake.callbacks[0]).path
        secret = path.rpartition("/")[2]
        for forged in (
            path[:-1], f"{path}x", path.replace(secret, "call-" + "A" * 22), path.swapcase(),
            path.replace(first.id, second.id), path.replace(first.id, "0" * 20),
            "/here/callbacks/", f"/here/callbacks/{first.id}", f"/here/callbacks/{first.id}/",
            f"/here/callbacks//{secret}", "/here/callbacks/é/\x00", "/here/callbacks/" + "a/" * 5000,
        ):  # fmt: skip
            await call(
                watch.studio, f"https://studio.example.org{forged}", body=b'{"status":"done"}'
            )
        await watch.rests()
        assert watch.fake.polls == 0
        assert watch.studio.connections["fake"].calls.arrive is False


@pytest.mark.fault("F79")
async def test_a_call_about_a_job_that_has_ended_or_was_cancelled_asks_nothing(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as watch:
        job = await watch.press()
        watch.fake.end = None
        await watch.call()
        await until(watch.studio, job, "done")
        before = list(watch.fake.asked)
        for _ in range(10):
            await watch.call()
        other = await watch.press()
        assert [one for one in watch.fake.asked if one == "poll"] == before.count("poll") * ["poll"]
        assert other.callback != job.callback


@pytest.mark.fault("F79")
async def test_a_call_that_comes_before_the_answer_to_the_create_call_is_not_lost(
    tmp_path: Path,
) -> None:
    """F79: before the POST returned."""
    async with watched(tmp_path) as watch:
        watch.fake.gate, watch.fake.end = asyncio.Event(), None
        job = press(watch.studio)
        await becomes(lambda: bool(watch.fake.callbacks))
        await watch.call()
        watch.fake.gate.set()
        await until(watch.studio, job, "done")
        assert watch.fake.polls == 1


async def test_while_calls_arrive_tasks_are_looked_at_seldom_until_one_is_missed(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as watch:
        first = await watch.press()
        assert any(wait < 2 * FLOOR for wait in watch.time.waits)
        watch.fake.end = None
        await watch.call()
        await until(watch.studio, first, "done")
        watch.fake.end = GOES_ON
        second = await watch.press()
        await watch.rests(SELDOM * FLOOR)
        watch.fake.end = None
        watch.time.advance(SELDOM * FLOOR * 1.1)
        # Nobody called, and the vendor says that it is done.
        await until(watch.studio, second, "done")
        watch.fake.end = GOES_ON
        before = set(watch.time.waits)
        await watch.press()
        assert any(FLOOR <= wait < 2 * FLOOR for wait in set(watch.time.waits) - before)


async def test_a_call_about_a_task_that_goes_on_leaves_it_looked_at_as_ever(tmp_path: Path) -> None:
    async with watched(tmp_path) as watch:
        await watch.press()
        await watch.call()
        await watch.looked(1)
        watch.time.advance(1.2 * FLOOR)
        await watch.looked(2)
        await watch.rests(SELDOM * FLOOR)


async def looks_until_done(folder: Path, public_url: str) -> int:
    fake, time = CallingVendor(updates=[GOES_ON] * 30), Time()
    studio = calling_studio(folder, fake, time, public_url=public_url)
    async with studio.running():
        await until(studio, press(studio), "done")
        await until(studio, press(studio), "done")
        assert len(fake.callbacks) == (2 if public_url else 0)
        return fake.polls


async def test_calls_that_never_come_cost_no_look_and_spare_none(tmp_path: Path) -> None:
    assert await looks_until_done(tmp_path / "called", PUBLIC) == await looks_until_done(
        tmp_path / "alone", ""
    )


async def test_a_call_does_not_hurry_where_the_vendor_wants_to_be_left_alone(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, Busy("Not so fast.", wait=300)) as watch:
        await watch.press()
        await watch.call()
        await watch.looked(1)
        await watch.rests(299)
        for _ in range(20):
            await watch.call()
        watch.time.advance(290)
        await watch.rests(9)
        assert watch.fake.polls == 1
        watch.time.advance(11)
        await watch.looked(2)


async def test_calls_give_no_task_up_that_its_vendor_does_not_find_for_a_while(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, Queued(), *[Gone("No such task.")] * 30) as watch:
        job = await watch.press()
        for number in range(1, 20):
            await watch.call()
            await watch.looked(number)
            watch.time.advance(CALL_EVERY)
        assert watch.studio.live.get(job.id, "local").state == "queued"


class Signed:
    """A vendor that signs its calls."""

    callbacks = Callbacks(
        secret_variable="FAKE_CALLS",
        is_signed=lambda headers, body, secret: hmac.compare_digest(
            headers.get("x-signature", ""), Signed.sign(secret, body)
        ),
    )

    @staticmethod
    def sign(secret: str, body: bytes) -> str:
        """What stands in the header."""
        return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def test_where_a_secret_is_set_only_signed_calls_count_by_either_of_two(
    tmp_path: Path,
) -> None:
    signing = Signed.callbacks
    async with watched(tmp_path, signing=signing, secret="old-secret, new-secret") as watch:
        await watch.press()
        callback, body = watch.fake.callbacks[0], b'{"run_id": "1"}'
        good = Signed.sign("new-secret", body)
        cases: list[tuple[bytes | None, Mapping[str, str]]] = [
            (body, {}),
            (body, {"x-signature": "0" * 64}),
            (body, {"x-signature": Signed.sign("other", body)}),
            (body + b" ", {"x-signature": good}),
            (None, {"x-signature": good}),
        ]
        for sent, headers in cases:
            await call(watch.studio, callback, body=sent, **headers)
        await watch.rests()
        assert watch.fake.polls == 0
        for number, secret in enumerate(("old-secret", "new-secret"), start=1):
            await call(
                watch.studio, callback, body=body, **{"x-signature": Signed.sign(secret, body)}
            )
            await watch.looked(number)
            watch.time.advance(CALL_EVERY)


async def test_every_try_sends_the_same_address_whatever_is_set_meanwhile(tmp_path: Path) -> None:
    fake, time = CallingVendor(creates=[NotSent("No line."), Busy("Full.")]), Time()
    studio = calling_studio(tmp_path, fake, time)
    async with studio.running():
        done = await until(studio, press(studio), "done")
    assert len(fake.callbacks) == 3
    assert set(fake.callbacks) == {done.callback}
    address = urlsplit(done.callback)
    assert done.callback.startswith(f"{PUBLIC}/callbacks/{done.id}/call-")
    assert len(address.path.rpartition("-")[2]) <= 22
    assert done.callback not in repr(done)
    held = Held()
    fake.creates = [NotSent("No line.")]
    studio = calling_studio(tmp_path, fake, held)
    async with studio.running():
        job = press(studio)
        await becomes(lambda: len(fake.callbacks) == 4)
        await becomes(lambda: any(1 < wait < 4 for wait in held.waits))
        held.advance(0)
    after = calling_studio(tmp_path, fake, time, public_url="https://elsewhere.example.org")
    async with after.running():
        await until(after, job, "done")
    assert fake.callbacks[3] == fake.callbacks[4] == job.callback


async def test_a_lost_create_call_is_looked_for_by_its_token_as_ever(tmp_path: Path) -> None:
    fake, time = CallingVendor(creates=[Unclear("Lost.")]), Time()
    studio = calling_studio(tmp_path, fake, time)
    async with studio.running():
        done = await until(studio, press(studio), "done")
    assert fake.created() == 1
    assert fake.asked.count("find") == 1
    assert fake.tokens[done.token]


async def test_what_is_deleted_keeps_no_address(tmp_path: Path) -> None:
    fake, time = CallingVendor(), Time()
    studio = calling_studio(tmp_path, fake, time)
    async with studio.running():
        done = await until(studio, press(studio), "done")
        await studio.decisions.delete(done.id, "local")
        left = [path for path in (tmp_path / "receipts").iterdir() if path.suffix == ".json"]
        assert all(done.callback not in path.read_text() for path in left)


def test_a_call_that_is_later_than_any_result_is_waited_for_no_longer() -> None:
    every, sent = Pace(image_every=5, video_every=15, slots=2), 1_000.0
    request = ImageRequest(model="fake:image/one", prompt="a fox")
    job = new_job(request, owner="local", idempotency_key="", sandbox=False, now=sent)
    job = job.model_copy(update={"submitted": sent})

    def waits(took: float, elapsed: float, known: int = ENOUGH) -> float:
        pacing = Pacing(lambda _owner, _model, _sandbox, _switch: (took,) * known)
        return pacing.seldom(job, every, sent + elapsed)

    assert waits(40, 0) == 45
    assert waits(40, 42) == waits(40, 60) == every.image_every
    assert waits(40, 0, known=0) == SELDOM * every.image_every
    assert waits(900, 0) == LONGEST
