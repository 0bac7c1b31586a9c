"""What is handed in, by every door: one limit, one sentence, and one rule for its name."""

import asyncio
import gc
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from pydantic import JsonValue

from providers.errors import TooLarge
from providers.jobs.intake import take_in
from providers.library.vault import Vault
from tests.support.made import finished, first_file
from tests.support.serving import ASK, Web, picture, serve

SENTENCE = "This file is larger than 1 MB. Choose a smaller one."
LARGE = b"x" * 1_000_001
SENT = "..\\holiday/ Pho\x00to\u202e one.png "
NAMED = "Photo one.png"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The application with its sandbox."""
    yield from serve(tmp_path_factory.mktemp("handed-in") / "data", {}, max_upload_mb=1)


def pieces() -> Iterator[bytes]:
    for at in range(0, len(LARGE), 1 << 16):
        yield LARGE[at : at + (1 << 16)]


@pytest.mark.fault("F81")
@pytest.mark.parametrize("path", ["/media?name=x.png", "/media?settings=first", "/media/settings"])
@pytest.mark.parametrize("is_told", [True, False], ids=["length told", "in pieces"])
def test_a_file_that_is_too_large_gets_one_answer(web: Web, path: str, is_told: bool) -> None:
    answer = web.client.post(path, content=LARGE if is_told else pieces())
    assert answer.status_code == 413
    assert [found["message"] for found in answer.json()["problems"]] == [SENTENCE]


def test_the_largest_file_is_no_byte_too_large(web: Web) -> None:
    answer = web.client.post("/media", content=LARGE[:-1])
    assert answer.status_code == 422, "no picture, but not too large"


def test_a_program_hears_the_same_sentence(web: Web, tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(LARGE)
    with pytest.raises(TooLarge) as refused:
        asyncio.run(web.studio.files.keep("ann", "large.png", tmp_path / "large.png"))
    assert str(refused.value) == SENTENCE
    files = {"files": ("x.png", LARGE)}
    assert web.client.post("/gradio_api/upload", files=files).status_code == 413


def test_a_file_keeps_its_own_name_by_whichever_door_it_comes(web: Web) -> None:
    by_page = web.client.post("/media", params={"name": SENT}, content=picture("blue")).json()
    assert by_page["name"] == NAMED
    path = web.client.post(
        "/gradio_api/upload", files={"files": ("x.png", picture("green"))}
    ).json()[0]
    file: JsonValue = {"path": path, "orig_name": SENT, "meta": {"_type": "gradio.FileData"}}
    asked = [ASK["model"], "A quay", [file], {"ratio": "16:9"}]
    answer = web.client.post("/gradio_api/run/generate_image", json={"data": asked})
    job = finished(web.client, answer.json()["data"][0]["id"])
    handed = web.client.get(f"/jobs/{job['id']}").json()["media"]["references"]
    assert [web.studio.files.get(one, "ann").name for one in handed] == [NAMED]


@pytest.mark.parametrize(
    ("prompt", "stem"),
    [
        ("A red fox", "a-red-fox"),
        ("Señor Fuchs: ../../etc", "señor-fuchs-etc"),
        ("ﬁne Ångström", "fine-ångström"),
        ("雨の夜", "雨の夜"),
        ("…", ""),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-wor"),
    ],
)
def test_a_prompt_becomes_the_same_words_in_every_name(web: Web, prompt: str, stem: str) -> None:
    """A file has one name in the list of programs and another in the folder of downloads."""
    made = web.client.post("/jobs", json={**ASK, "prompt": prompt}).json()
    file = first_file(finished(web.client, made["id"]))
    assert str(file["name"]).startswith(f"{stem or 'untitled'}-1.")
    headers = web.client.get(f"/{file['url']}?download=1").headers
    offered = unquote(headers["content-disposition"])
    kind = 'filename="' if stem.isascii() else "filename*=UTF-8''"
    assert f"{kind}sandbox-{stem or 'image'}-" in offered


NAMES = "Pr\u00fcfung.png", "\u96e8\u306e\u591c.png", "\u0645\u06cc\u200c\u062e\u0648.png"


@pytest.mark.parametrize(("name", "color"), [*zip(NAMES, ("teal", "navy", "olive"), strict=True)])
def test_a_files_own_name_is_kept_shown_and_offered_in_any_script(
    web: Web, name: str, color: str
) -> None:
    kept = web.client.post("/media", params={"name": name}, content=picture(color)).json()
    assert kept["name"] == name
    headers = web.client.get(f"/{kept['url']}?download=original").headers
    assert f"filename*=UTF-8''{quote(name)}" in headers["content-disposition"]


async def other_end(pipe: Path) -> int:
    """The end of a pipe into which is written, once somebody reads."""
    while True:
        with suppress(OSError):
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        await asyncio.sleep(0.001)


async def nobody_reads(writer: int) -> None:
    """Return once the other end of a pipe is closed."""
    with suppress(BrokenPipeError):
        while True:
            os.write(writer, b"x")
            await asyncio.sleep(0.001)
    os.close(writer)


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_file_that_is_opened_for_somebody_who_went_away_meanwhile_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def opening(path: Path, mode: str) -> object:
        if path == pipe:
            begun.set()
        return open(path, mode)

    pipe, vault = tmp_path / "pipe", Vault(tmp_path / "data")
    os.mkfifo(pipe)
    vault.open()
    monkeypatch.setattr(Path, "open", opening)
    # Nobody has opened the other end yet, so this stands still.
    task = asyncio.create_task(
        take_in(pipe, vault=vault, owner="local", name="x", now=0.0, most=10)
    )
    assert await asyncio.to_thread(begun.wait, 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        async with asyncio.timeout(60):
            await nobody_reads(await other_end(pipe))
        gc.collect()
    assert not told
    vault.close()
