"""Downloads that stop half-way: they go on where they stopped, or begin anew, and are never mixed."""

import asyncio
import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from providers.errors import Gone, StoreProblem, VendorError
from providers.jobs.job import Job
from providers.vendors.transport import parts
from providers.vendors.transport.downloads import Downloads, free_beside
from providers.vendors.transport.parts import Mark, mark_of
from providers.vendors.vendor import Output, Succeeded
from tests.support.fake_vendor import FakeVendor, Time, png, press, running, until
from tests.support.file_server import CLIP, FileServer
from tests.support.scripted import Serve, Sleeps, http, server
from tests.support.told import told_of

pytestmark = pytest.mark.anyio
HALF = len(CLIP) // 2


async def fetch(
    serve: Serve,
    into: Path,
    *,
    first_byte: float = 30.0,
    free: Callable[[Path], int] = free_beside,
) -> VendorError | StoreProblem | None:
    """Fetch once, with every pause left out; what it ended with."""
    async with server(serve) as base:
        downloads = Downloads(
            friendly_hosts=["127.0.0.1"], sleep=Sleeps(), first_byte=first_byte, free=free
        )
        try:
            await downloads.fetch(f"{base}/clip.mp4", into)
        except (VendorError, StoreProblem) as error:
            return error
        finally:
            await downloads.aclose()
    return None


@pytest.mark.fault("F44")
async def test_a_cut_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Reset in the middle; Range and If-Range fetch the rest alone."""
    into, serve = tmp_path / "part", FileServer(cuts=[1_000_000, 1_000_000])
    assert await fetch(serve, into) is None
    assert into.read_bytes() == CLIP
    assert serve.ranges == ["", "bytes=1000000-", "bytes=2000000-"]
    assert [asked.get("if-range") for asked in serve.heads[1:]] == ['"one"'] * 2
    assert not mark_of(into).exists()


@pytest.mark.fault("F44")
async def test_a_download_without_a_firm_mark_begins_anew(tmp_path: Path) -> None:
    """With a weak ETag, or none, nobody could tell whether the rest fits."""
    for etag in ('W/"one"', "", "unquoted"):
        into, serve = tmp_path / "part", FileServer(etag=etag, cuts=[1000])
        assert await fetch(serve, into) is None
        assert (into.read_bytes(), serve.ranges) == (CLIP, ["", ""])


@pytest.mark.fault("F44", "F55")
async def test_a_part_outlives_the_tries_and_the_process(tmp_path: Path) -> None:
    """What arrived before the vendor fell silent is not asked for again."""
    into = tmp_path / "part"
    serve = FileServer(cuts=[1_500_000, 0, 0, 0])
    async with server(serve) as base:
        first = Downloads(friendly_hosts=["127.0.0.1"], sleep=Sleeps())
        with pytest.raises(VendorError):
            await first.fetch(f"{base}/clip.mp4?_jwt=old", into)
        await first.aclose()
        assert into.stat().st_size == 1_500_000
        # Another process, another signature, the same file.
        second = Downloads(friendly_hosts=["127.0.0.1"], sleep=Sleeps())
        done = await second.fetch(f"{base}/clip.mp4?_jwt=new", into)
        await second.aclose()
    assert done.sha256 == hashlib.sha256(CLIP).hexdigest()
    assert done.bytes == len(CLIP)
    assert serve.ranges[-1] == "bytes=1500000-"


@pytest.mark.fault("F41", "F44")
async def test_a_dead_link_keeps_the_part_for_the_next_link(tmp_path: Path) -> None:
    """403 in the middle; the renewed link goes on."""
    into = tmp_path / "part"
    dead = http(b"", status="403 No")
    serve = FileServer(cuts=[1_500_000], bend=lambda asked: dead if "range" in asked else None)
    assert isinstance(await fetch(serve, into), Gone)
    assert into.stat().st_size == 1_500_000


BENT = {
    "ignored": http(CLIP, 'ETag: "one"'),
    "changed": http(CLIP, 'ETag: "two"'),
    "no range": http(CLIP[1000:], 'ETag: "one"', status="206 Partial Content"),
    "other start": http(
        CLIP[999:], 'ETag: "one"', f"Content-Range: bytes 999-{len(CLIP) - 1}/{len(CLIP)}",
        status="206 Partial Content",
    ),
    "other size": http(
        CLIP[1000:], 'ETag: "one"', f"Content-Range: bytes 1000-{len(CLIP) - 1}/{len(CLIP) + 1}",
        status="206 Partial Content",
    ),
    "not to the end": http(
        CLIP[1000:2000], 'ETag: "one"', f"Content-Range: bytes 1000-1999/{len(CLIP)}",
        status="206 Partial Content",
    ),
    "changed part": http(
        CLIP[1000:], 'ETag: "two"', f"Content-Range: bytes 1000-{len(CLIP) - 1}/{len(CLIP)}",
        status="206 Partial Content",
    ),
    "no etag": http(
        CLIP[1000:], f"Content-Range: bytes 1000-{len(CLIP) - 1}/{len(CLIP)}",
        status="206 Partial Content",
    ),
    "packed part": http(
        gzip.compress(CLIP[1000:]), 'ETag: "one"', "Content-Encoding: gzip",
        f"Content-Range: bytes 1000-{len(CLIP) - 1}/{len(CLIP)}", status="206 Partial Content",
    ),
    "no such part": http(b"", status="416 Range Not Satisfiable"),
}  # fmt: skip


@pytest.mark.fault("F45")
@pytest.mark.parametrize("answer", BENT.values(), ids=BENT)
async def test_an_answer_that_does_not_fit_is_never_appended(answer: bytes, tmp_path: Path) -> None:
    """Range ignored, wrong Content-Range, changed ETag: from the start."""
    into = tmp_path / "part"
    serve = FileServer(cuts=[1000], bend=lambda asked: answer if "range" in asked else None)
    assert await fetch(serve, into) is None
    assert into.read_bytes() == CLIP


@pytest.mark.parametrize("change", ["source", "content", "shorter", "mark", "torn"])
async def test_a_part_that_is_not_what_its_mark_says_is_begun_anew(
    tmp_path: Path, change: str
) -> None:
    """After a power cut a part may hold anything; only hashed bytes are built upon."""
    into, serve = tmp_path / "part", FileServer(cuts=[HALF, 0, 0, 0])
    async with server(serve) as base:
        downloads = Downloads(friendly_hosts=["127.0.0.1"], sleep=Sleeps())
        with pytest.raises(VendorError):
            await downloads.fetch(f"{base}/clip.mp4", into)
        mark = Mark.model_validate_json(mark_of(into).read_bytes())
        if change == "content":
            into.write_bytes(b"\0" * HALF)
        elif change == "shorter":
            into.write_bytes(CLIP[: HALF - 1])
        elif change == "mark":
            mark_of(into).write_text(mark.model_copy(update={"bytes": 0}).model_dump_json())
        elif change == "torn":
            mark_of(into).write_bytes(mark_of(into).read_bytes()[:40])
        name = "other.mp4" if change == "source" else "clip.mp4"
        await downloads.fetch(f"{base}/{name}", into)
        await downloads.aclose()
    assert (serve.ranges[-1], into.read_bytes()) == ("", CLIP)


@pytest.mark.fault("F55")
async def test_bytes_behind_the_last_mark_are_fetched_again(tmp_path: Path) -> None:
    """What a kill left unsynced behind the mark is cut off before the rest comes."""
    into, serve = tmp_path / "part", FileServer(cuts=[HALF, 0, 0, 0])
    async with server(serve) as base:
        downloads = Downloads(friendly_hosts=["127.0.0.1"], sleep=Sleeps())
        with pytest.raises(VendorError):
            await downloads.fetch(f"{base}/clip.mp4", into)
        with into.open("ab") as file:
            file.write(b"\xff" * 5000)
        await downloads.fetch(f"{base}/clip.mp4", into)
        await downloads.aclose()
    assert (serve.ranges[-1], into.read_bytes()) == (f"bytes={HALF}-", CLIP)


@pytest.mark.fault("F55")
def test_a_large_file_is_marked_on_its_way(tmp_path: Path) -> None:
    """A kill costs no more than what came since the last mark."""
    part = parts.PartFile(tmp_path / "part", "link")
    part.begin('"one"', 2 * parts.CHECKPOINT)
    for _ in range(parts.CHECKPOINT // parts.BUFFER + 1):
        assert part.take(b"x" * parts.BUFFER)
        part.flush()
    again = parts.PartFile(tmp_path / "part", "link")
    again.find()
    assert again.received == parts.CHECKPOINT
    assert (tmp_path / "part").stat().st_size == parts.CHECKPOINT
    part.spoil()
    part.leave()


@pytest.mark.fault("F49")
async def test_a_small_packet_that_unpacks_to_a_mountain_is_stopped(tmp_path: Path) -> None:
    """Unpacked bytes are counted, and unpacked piece by piece."""
    bomb = gzip.compress(b"\0" * (64 << 20))
    serve = FileServer(bend=lambda _: http(bomb, "Content-Encoding: gzip"))
    async with server(serve) as base:
        downloads = Downloads(friendly_hosts=["127.0.0.1"], sleep=Sleeps())
        with pytest.raises(VendorError, match="larger than"):
            await downloads.fetch(f"{base}/x", tmp_path / "part", most_bytes=1 << 20)
        await downloads.aclose()
    assert len(bomb) < 100_000
    assert not (tmp_path / "part").exists()


@pytest.mark.fault("F50")
async def test_ten_gigabytes_and_what_the_disk_does_not_hold_are_not_begun(tmp_path: Path) -> None:
    """Refused by the length that is told, before a byte is written."""
    into = tmp_path / "part"
    huge = http(b"x", 'ETag: "one"', length=10 << 30)
    error = await fetch(FileServer(bend=lambda _: huge), into)
    assert "larger than 4.3 GB" in str(error)
    error = await fetch(FileServer(), into, free=lambda _: 9 << 20)
    assert isinstance(error, StoreProblem)
    assert "needs 3 MB, but only 9 MB are free" in str(error)
    assert not into.exists()


# In the studio


@dataclass
class Ranges(FakeVendor):
    """A vendor whose file server cuts its answers, and whose links carry a deadline."""

    cuts: list[int] = field(default_factory=list[int])
    content: bytes = png(1)
    etag: str = '"one"'
    ranges: list[str] = field(default_factory=list[str])
    expires: float | None = None

    def success(self, files: int | None = None) -> Succeeded:
        found = super().success(files)
        dated = [one.model_copy(update={"expires": self.expires}) for one in found.outputs]
        return Succeeded(outputs=tuple(dated))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.answers:
            return await super().__call__(scope, receive, send)
        self.asked.append("file")
        asked = Request(scope).headers
        start = int(asked.get("range", "bytes=0-")[6:-1])
        self.ranges.append(asked.get("range", ""))
        rest = self.content[start:]
        head = {"ETag": self.etag, "Content-Length": str(len(rest))}
        if start:
            size = len(self.content)
            head["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        cut = self.cuts.pop(0) if self.cuts else len(rest)
        await Response(rest[:cut], 206 if start else 200, head)(scope, receive, send)
        return None


@pytest.mark.fault("F55")
async def test_a_result_is_fetched_on_after_a_restart_of_the_studio(tmp_path: Path) -> None:
    """The part of an open job is kept over the restart, and parts of nobody are swept."""
    fake = Ranges(cuts=[50] + [0] * 400)
    async with running(tmp_path, fake) as studio:
        job = press(studio)
        with studio.live.watch("local") as queue:
            async with asyncio.timeout(60):
                while "tries again automatically" not in job.detail:
                    job = await queue.get()
    part = tmp_path / "part" / f"{job.id}-1.part"
    assert part.exists()
    assert mark_of(part).exists()
    stray = tmp_path / "part" / "0000-1.part"
    stray.write_bytes(b"half")
    fake.cuts = []
    fake.ranges.clear()
    async with running(tmp_path, fake) as studio:
        assert not stray.exists()
        job = await until(studio, job, "done")
        assert studio.files.path(job.artifacts[0]).read_bytes() == png(1)
    assert fake.ranges[0].startswith("bytes=")
    assert list((tmp_path / "part").iterdir()) == []


async def test_the_page_is_told_until_when_a_result_can_be_fetched(tmp_path: Path) -> None:
    time = Time()
    fake = Ranges(expires=time.now + 3600, cuts=[0] * 5)
    deadlines: list[object] = []
    async with running(tmp_path, fake, time=time) as studio:
        job: Job = press(studio)
        with studio.live.watch("local") as queue:
            while job.is_open:
                job = await queue.get()
                if job.state == "saving" and not job.artifacts:
                    deadlines.append(told_of(job)["link_deadline"])
    assert set(deadlines) == {fake.expires}
    assert (job.state, told_of(job)["link_deadline"]) == ("done", None)
    waiting = job.model_copy(
        update={
            "state": "unsure",
            "artifacts": (),
            "outputs": tuple(
                Output(url="http://sandbox/x", kind="image", expires=expires)
                for expires in (None, 20.0, 10.0)
            ),
        }
    )
    assert waiting.link_deadline == 10.0
    assert json.loads(json.dumps(told_of(waiting)))["link_deadline"] == 10.0


@pytest.mark.fault("F41", "F54")
async def test_a_result_that_the_vendor_deletes_before_it_is_fetched_is_told(
    tmp_path: Path,
) -> None:
    """Dead links are renewed first; a task that is gone too is a sentence, not silence."""
    fake = FakeVendor(answers=[Response("", 403), Response("", 410)])
    async with running(tmp_path, fake) as studio:
        await until(studio, press(studio), "done")
        fake.answers = [Response("", 404)] * 99
        fake.updates = [fake.success(), *[Gone("No such task.")] * 99]
        job = await until(studio, press(studio), "expired")
        states = [event["state"] for event in studio.live.events(job.id, "local")]
    assert job.error is not None
    assert "deleted it before it could be downloaded" in job.error.message
    assert (job.error.charged, told_of(job)["task"]) == ("yes", "task-2")
    assert states[-2:] == ["saving", "expired"]
    assert fake.created() == 2


@pytest.mark.fault("F42", "F46", "F51")
@pytest.mark.parametrize(
    "first",
    [
        Response(b"", headers={"ETag": '"one"'}),
        Response("<!doctype html><p>Sign in", media_type="video/mp4", headers={"ETag": '"one"'}),
        Response(png(1)[:-20], headers={"ETag": '"one"'}),
    ],
    ids=["empty", "page", "cut"],
)
async def test_a_file_that_is_no_result_is_fetched_again_from_the_start(
    tmp_path: Path, first: Response
) -> None:
    """An error page, a body that ends early, no bytes at all."""
    fake = Ranges(answers=[first])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
        assert studio.files.path(job.artifacts[0]).read_bytes() == png(1)
    assert fake.ranges[-1] == ""
    assert fake.created() == 1
