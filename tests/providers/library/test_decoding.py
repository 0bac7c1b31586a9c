"""What is decoded is decoded elsewhere: bounded in memory, in time and in how much goes on at once."""

import asyncio
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from PIL import Image

from providers.errors import InvalidRequest
from providers.library.decoding.lanes import DECODERS, Decoders
from providers.library.decoding.tasks import Bounds
from providers.library.derived import Derived
from providers.library.pixels import LARGE
from tests.support.heavy import (
    PATIENCE,
    SIDE,
    children,
    decoders,
    endless,
    environment,
    held,
    is_there,
    lossless,
    until,
)
from tests.support.odd import picture
from tests.support.servers import ROOT, StudioServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them"),
]
COSTLY = "too much memory or time"


def kept(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def photo(folder: Path) -> Path:
    return kept(folder, "photo.jpg", picture("JPEG"))


async def is_fine(own: Decoders, folder: Path) -> bool:
    small = await own.small_picture(photo(folder), "image", 32)
    with Image.open(io.BytesIO(small)) as shown:
        return shown.format == "WEBP"


async def test_six_large_pictures_at_once_take_the_memory_of_one_and_hold_nobody_up(
    tmp_path: Path,
) -> None:
    own = decoders()
    large = [kept(tmp_path, f"{number}.webp", lossless()) for number in range(6)]
    ended: list[str] = []

    async def small(path: Path, pixels: int = 0) -> None:
        made = await own.small_picture(path, "image", 480, pixels=pixels)
        with Image.open(io.BytesIO(made)) as shown:
            assert max(shown.size) <= 480
        ended.append(path.name)

    try:
        # Whether or not it is known how large they are.
        first = [small(path, SIDE * SIDE * (number % 2)) for number, path in enumerate(large)]
        await asyncio.gather(*first, small(photo(tmp_path)))
        assert len(ended) == 7
        assert ended.index("photo.jpg") < 3
        workers = [*own.light.workers, *own.heavy.workers]
        assert len(workers) == 2
        # All pixels of one, four bytes each, and what two processes take.
        assert sum(held(worker.pid) for worker in workers) < SIDE * SIDE * 4 / 1e6 + 150
    finally:
        own.close()


async def test_a_copy_of_the_process_has_decoders_of_its_own(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "from providers.library.decoding.lanes import DECODERS\n"
        "made = lambda: asyncio.run(DECODERS.small_picture(Path(sys.argv[1]), 'image', 64))\n"
        "first = made()\n"
        "child = os.fork()\n"
        "same = made() == first\n"
        "if not child: os._exit(0 if same else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or not same)\n"
    )
    asking = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-c", script, photo(tmp_path), cwd=ROOT
    )
    assert await asyncio.wait_for(asking.wait(), PATIENCE) == 0


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
async def test_a_large_picture_is_as_a_small_one_of_it(
    tmp_path: Path, form: str, mode: str
) -> None:
    side = 3600
    assert side * side > LARGE
    large = Image.linear_gradient("L").resize((side, side)).rotate(90).convert(mode)
    if mode == "RGBA":
        large.putalpha(Image.linear_gradient("L").resize((side, side)))
    out = io.BytesIO()
    large.save(out, form, **({"lossless": True, "method": 0} if form == "WEBP" else {}))
    own = decoders()
    try:
        made = await own.small_picture(kept(tmp_path, "large", out.getvalue()), "image", 64)
    finally:
        own.close()
    with Image.open(io.BytesIO(out.getvalue())) as same, Image.open(io.BytesIO(made)) as small:
        same.thumbnail((64, 64))
        clear = "RGBA" if mode == "RGBA" else "RGB"
        assert (small.mode, small.size) == (clear, (64, 64))
        for at in ((4, 32), (32, 32), (60, 32)):
            wanted, found = same.convert(clear).getpixel(at), small.getpixel(at)
            assert isinstance(wanted, tuple)
            assert isinstance(found, tuple)
            assert all(abs(a - b) < 12 for a, b in zip(wanted, found, strict=True)), (at, wanted)


async def test_a_decoder_that_takes_too_much_memory_costs_its_picture_and_no_other(
    tmp_path: Path,
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE)).save(out, "TIFF", compression="tiff_deflate")
    own = decoders(heavy=Bounds(pixels=0, memory=200 << 20, seconds=600))
    try:
        with pytest.raises(InvalidRequest, match=COSTLY):
            await own.probe(kept(tmp_path, "large.tiff", out.getvalue()))
        found = await own.described(tmp_path / "large.tiff", "image")
        assert (found.width, found.height, found.flaw) == (SIDE, SIDE, "costly")
        assert await is_fine(own, tmp_path)
    finally:
        own.close()


async def test_a_picture_that_decodes_for_ever_is_given_up(tmp_path: Path) -> None:
    own = decoders(heavy=Bounds(pixels=0, memory=1 << 30, seconds=0.5))
    path = endless(tmp_path)
    try:
        with pytest.raises(InvalidRequest, match=COSTLY):
            await own.small_picture(path, "image", 64, pixels=LARGE + 1)
        assert await is_fine(own, tmp_path)
        assert not own.heavy.workers
    finally:
        own.close()


async def test_a_decoder_that_dies_costs_its_picture_and_no_other(tmp_path: Path) -> None:
    own = decoders()
    path = endless(tmp_path)
    try:
        asked = asyncio.create_task(own.small_picture(path, "image", 64))
        for lane in (own.light, own.heavy):
            await asyncio.to_thread(until, lambda lane=lane: bool(lane.workers))
            os.kill(lane.workers[0].pid, signal.SIGKILL)
        with pytest.raises(InvalidRequest, match=COSTLY):
            await asked
        assert await is_fine(own, tmp_path)
    finally:
        own.close()


async def test_one_that_died_meanwhile_is_replaced(tmp_path: Path) -> None:
    own = decoders()
    try:
        assert await is_fine(own, tmp_path)
        first = own.light.workers[0].pid
        os.kill(first, signal.SIGKILL)
        until(lambda: not is_there(first))
        assert await is_fine(own, tmp_path)
    finally:
        own.close()


async def test_who_goes_away_leaves_nothing_behind(tmp_path: Path) -> None:
    own = decoders()
    path = endless(tmp_path)
    try:
        asked = asyncio.create_task(own.small_picture(path, "image", 64))
        await asyncio.to_thread(until, lambda: bool(own.light.workers))
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        os.kill(own.light.workers[0].pid, signal.SIGKILL)
        assert await is_fine(own, tmp_path)
        assert not own.heavy.workers
    finally:
        own.close()


async def test_what_takes_long_ends_with_whoever_asked_for_it(tmp_path: Path) -> None:
    own = decoders()
    path = endless(tmp_path)
    try:
        first, second = (
            asyncio.create_task(own.small_picture(path, "image", 64, pixels=LARGE + 1))
            for _ in range(2)
        )
        await asyncio.to_thread(until, lambda: bool(own.heavy.workers))
        worker = own.heavy.workers[0].pid
        for asked in (second, first):
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
        await asyncio.to_thread(until, lambda: not is_there(worker))
        await asyncio.to_thread(until, lambda: not own.heavy.workers)
        # Neither the one that was in line nor any other is begun.
        assert await is_fine(own, tmp_path)
        assert not own.heavy.workers
    finally:
        own.close()


async def test_a_small_picture_is_made_as_long_as_one_page_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, is_ended = asyncio.Event(), asyncio.Event()

    async def small_picture(*_asked: object, **_more: object) -> bytes:
        begun.set()
        try:
            return await asyncio.Event().wait() and b""
        finally:
            is_ended.set()

    monkeypatch.setattr(DECODERS, "small_picture", small_picture)
    derived = Derived(tmp_path / "cache", lambda: tmp_path / "part", megabytes=1)
    derived.open()
    path = photo(tmp_path)
    try:
        first, second = (
            asyncio.create_task(derived.thumb("a" * 64, path, "image")) for _ in range(2)
        )
        await begun.wait()
        first.cancel()
        await asyncio.wait([first])
        assert not is_ended.is_set()
        second.cancel()
        await is_ended.wait()
        await asyncio.wait([second])
    finally:
        await derived.settle()
        derived.close()


async def test_a_heavy_decoder_lets_all_others_go_first(tmp_path: Path) -> None:
    own = decoders()
    path = endless(tmp_path)
    try:
        asked = asyncio.create_task(own.small_picture(path, "image", 64, pixels=LARGE + 1))
        await asyncio.to_thread(until, lambda: bool(own.heavy.workers))
        worker, mine = own.heavy.workers[0].pid, os.getpriority(os.PRIO_PROCESS, 0)
        await asyncio.to_thread(until, lambda: os.getpriority(os.PRIO_PROCESS, worker) > mine)
        asked.cancel()
        await asyncio.wait([asked])
    finally:
        own.close()


async def test_a_decoder_holds_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "key-4711")
    own = decoders()
    try:
        assert await is_fine(own, tmp_path)
        assert b"key-4711" not in environment(own.light.workers[0].pid)
    finally:
        own.close()


def test_a_decoder_ends_with_whoever_asks_it_even_in_the_midst_of_a_picture(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from providers.library.decoding.lanes import DECODERS\n"
        "asyncio.run(DECODERS.small_picture(Path(sys.argv[1]), 'image', 64))\n"
    )
    asking = subprocess.Popen([sys.executable, "-c", script, endless(tmp_path)], cwd=ROOT)
    until(lambda: bool(children(asking.pid)))
    worker = children(asking.pid)[0]
    asking.kill()
    asking.wait()
    until(lambda: not is_there(worker))


def test_a_studio_begins_no_decoder_before_it_decodes_and_leaves_none(
    studio_server: StudioServer,
) -> None:
    pid = studio_server.process.pid
    assert not children(pid)
    with httpx.Client(base_url=studio_server.url, timeout=120) as client:
        made = client.post(
            "media?name=a.png", content=picture(), headers={"Origin": studio_server.url}
        )
        assert made.status_code == 201, made.text
        begun = children(pid)
        assert begun
        assert client.get(f"{made.json()['url']}/thumb").status_code == 200
    studio_server.kill()
    until(lambda: not any(is_there(worker) for worker in begun))
