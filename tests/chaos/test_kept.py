"""What was paid for and came whole is kept, at every vendor, whatever it turns out to be."""

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import brotli
import httpx
import pytest

from providers.vendors.all import VENDORS
from providers.vendors.sandbox.odd_files import ODD_RESULTS
from providers.vendors.vendor import Vendor
from tests.chaos.rig import chaos
from tests.chaos.toxics import Body, Forward, Toxic, says
from tests.support.odd import MESSAGES, SHOWN, UNSHOWN, picture

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
AS_PICTURE = {"content-type": "image/png"}
Headers = dict[str, str]
Sent = tuple[bytes, int, Headers]


def sent(content: bytes, status: int = 200, **headers: str) -> Toxic:
    """An answer whose length is told only where the headers do."""

    async def toxic(_request: httpx.Request, _forward: Forward) -> httpx.Response:
        told = {name.replace("_", "-"): text for name, text in {**AS_PICTURE, **headers}.items()}
        return httpx.Response(status, headers=told, stream=Body(content))

    return toxic


def packed(whole: bytes) -> bytes:
    return cast(bytes, brotli.compress(whole))  # pyright: ignore[reportUnknownMemberType]


def packed_part(whole: bytes) -> Sent:
    body, status, headers = ranged(packed(whole), str(len(packed(whole))))
    return body, status, {**headers, "content-encoding": "br"}


def ranged(whole: bytes, total: str) -> Sent:
    return whole, 206, {"content-range": f"bytes 0-{len(whole) - 1}/{total}"}


WAYS: Mapping[str, Callable[[bytes], Sent]] = {
    "brotli": lambda whole: (packed(whole), 200, {"content-encoding": "br"}),
    "gzip": lambda whole: (gzip.compress(whole), 200, {"content-encoding": "gzip"}),
    "brotli in a part": packed_part,
    "a part": lambda whole: ranged(whole, str(len(whole))),
    "a part of nobody knows how much": lambda whole: ranged(whole, "*"),
}
"""How the whole of a file may come: its bytes, status and headers."""


@pytest.mark.parametrize("odd", [*SHOWN, *UNSHOWN])
async def test_what_came_whole_is_kept(tmp_path: Path, vendor: Vendor, odd: str) -> None:
    content = {**SHOWN, **UNSHOWN}[odd](tmp_path)
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("file", says(200, content, taken=False, headers=AS_PICTURE), times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("done", 1), job.error
        (artifact,) = job.artifacts
        assert rig.studio.files.path(artifact).read_bytes() == content
        assert (artifact.bytes, bool(artifact.flaw)) == (len(content), odd in UNSHOWN)
        # What seems damaged is looked at twice, in case it was not all there yet.
        assert (len(rig.network.asked("file")), len(rig.book)) in ((1, 1), (2, 1))
        assert list((rig.folder / "part").iterdir()) == []


@pytest.mark.parametrize("word", ODD_RESULTS)
async def test_whatever_a_word_makes_of_a_result_it_is_kept(
    tmp_path: Path, vendor: Vendor, word: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        job = await rig.over(rig.press(prompt=f"A quay {word}"))
        assert (job.state, len(job.artifacts)) == ("done", 1), job.error
        (artifact,) = job.artifacts
        is_shown = word.rpartition("-")[2] not in ("huge", "cut", "unknown")
        assert (artifact.flaw == "", len(rig.book)) == (is_shown, 1)
        assert rig.studio.files.path(artifact).stat().st_size == artifact.bytes
        if is_shown:
            assert (await rig.studio.files.thumb(artifact)).is_file()
        if word == "sandbox:odd-huge":
            assert (artifact.width, artifact.height) == (12_000, 9_000)


async def test_what_was_fetched_before_it_was_all_there_comes_whole(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        half = picture()[:3000]
        rig.network.next("file", says(200, half, taken=False, headers=AS_PICTURE))
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts), job.artifacts[0].flaw) == ("done", 1, "")
        assert len(rig.network.asked("file")) == 2


async def test_what_came_whole_is_kept_though_it_is_gone_at_the_second_look(
    tmp_path: Path, vendor: Vendor
) -> None:
    half = picture()[:3000]
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("file", says(200, half, taken=False, headers=AS_PICTURE))
        rig.network.next("file", says(404, b"", taken=False), times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("done", 1), job.error
        assert rig.studio.files.path(job.artifacts[0]).read_bytes() == half
        assert list((rig.folder / "part").iterdir()) == []


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.fault("F42", "F51")
async def test_what_is_no_file_is_asked_for_again(
    tmp_path: Path, vendor: Vendor, message: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        words = says(200, MESSAGES[message], taken=False, headers=AS_PICTURE)
        rig.network.next("file", words, times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, job.artifacts) == ("unsure", ())
        assert job.error is not None
        assert (job.error.code, job.error.charged) == ("storage", "yes")
        rig.network.plan.clear()
        await rig.studio.decisions.look_again(job.id, "local")
        job = await rig.until(job, "done")
        assert (len(job.artifacts), job.artifacts[0].flaw) == (1, "")
        assert len(rig.book) == 1


@pytest.mark.fault("F44", "F46")
async def test_what_may_be_cut_is_fetched_six_times_and_no_oftener_and_the_longest_is_kept(
    tmp_path: Path, vendor: Vendor
) -> None:
    whole = picture()
    async with chaos(tmp_path, vendor) as rig:
        for part in (0.2, 0.6):
            rig.network.next("file", sent(whole[: int(len(whole) * part)]))
        rig.network.next("file", sent(whole[: len(whole) // 2]), times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("done", 1), job.error
        assert len(rig.network.asked("file")) == 6
        (artifact,) = job.artifacts
        assert rig.studio.files.path(artifact).read_bytes() == whole[: int(len(whole) * 0.6)]
        assert (artifact.flaw != "", len(rig.book)) == (True, 1)
        assert list((rig.folder / "part").iterdir()) == []


@pytest.mark.parametrize("length", ["told", "not told"])
@pytest.mark.parametrize("way", WAYS)
async def test_what_comes_in_another_way_than_it_was_asked_for_comes_whole(
    tmp_path: Path, vendor: Vendor, way: str, length: str
) -> None:
    whole = picture()
    body, status, headers = WAYS[way](whole)
    told = {"content-length": str(len(body))} if length == "told" else {}

    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("file", sent(body, status, **headers, **told), times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("done", 1), job.error
        (artifact,) = job.artifacts
        assert (rig.studio.files.path(artifact).read_bytes(), artifact.flaw) == (whole, "")
        assert len(rig.network.asked("file")) == 1


@pytest.mark.parametrize("odd", ["many pixels", "no kind at all", "a sound", "a JPEG and more"])
async def test_without_a_length_too_what_is_not_cut_is_kept_at_once(
    tmp_path: Path, vendor: Vendor, odd: str
) -> None:
    content = {**SHOWN, **UNSHOWN}[odd](tmp_path)
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("file", sent(content), times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("done", 1), job.error
        assert rig.studio.files.path(job.artifacts[0]).read_bytes() == content
        assert len(rig.network.asked("file")) == 1
