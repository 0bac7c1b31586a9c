"""Several files as one zip: what it holds, that its length is known, and that it never stands in memory."""

import asyncio
import contextlib
import hashlib
import inspect
import io
import json
import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from pydantic import JsonValue
from starlette.requests import ClientDisconnect
from starlette.types import Message, Scope

from providers.errors import StoreProblem
from providers.library.archive import CHUNK, ZippedFile, length, stream
from tests.support.histories import spoil
from tests.support.made import finished, first_file, made
from tests.support.serving import ASK, Web, serve
from ui.web import keeping
from ui.web.keeping import Zipped

BOB = {"x-who": "bob"}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    yield from serve(tmp_path_factory.mktemp("archive") / "data", {})


def pieces(folder: Path, *sizes: int) -> list[ZippedFile]:
    """Files of these sizes that take no room on the disk."""
    made: list[ZippedFile] = []
    for number, size in enumerate(sizes):
        path = folder / f"{number}.bin"
        path.touch()
        os.truncate(path, size)
        made.append(ZippedFile(f"file-{number}.mp4", size, 1.8e9, path))
    return made


def ordered(web: Web, **asked: JsonValue) -> tuple[dict[str, JsonValue], zipfile.ZipFile]:
    """What was told of a zip, and the zip; its length is as it was told."""
    told = web.client.post("/archive", json=asked)
    assert told.status_code == 201, told.text
    answer = web.client.get(f"/{told.json()['url']}")
    assert answer.headers["content-type"] == "application/zip"
    assert len(answer.content) == told.json()["bytes"] == int(answer.headers["content-length"])
    return told.json(), zipfile.ZipFile(io.BytesIO(answer.content))


def manifest(archive: zipfile.ZipFile) -> dict[str, list[dict[str, JsonValue]]]:
    return json.loads(archive.read("manifest.json"))


def test_a_zip_is_what_was_told(tmp_path: Path) -> None:
    entries = [
        *pieces(tmp_path, 0, 1, CHUNK, CHUNK * 3 + 7),
        ZippedFile("manifest.json", 2, 0.0, content=b"{}"),
    ]
    whole = b"".join(stream(entries))
    assert len(whole) == length(entries)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert [one.file_size for one in archive.infolist()] == [one.size for one in entries]
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.infolist()[-1].date_time >= (1980, 1, 1, 0, 0, 0)
    assert len(b"".join(stream([]))) == length([])


def test_a_zip_over_four_gigabytes_has_the_length_that_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its limits made small, as zipfile itself counts them: long files, far places, many files."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 4)
    for sizes in ((10,), (999,), (1001,), (600, 600, 600), (5, 1001, 5), (1,) * 5, (10,) * 40):
        entries = pieces(tmp_path, *sizes)
        whole = b"".join(stream(entries))
        assert len(whole) == length(entries), sizes
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            assert archive.testzip() is None
            assert [one.file_size for one in archive.infolist()] == [*sizes]


def test_memory_stays_flat_whatever_the_size(tmp_path: Path) -> None:
    entries = pieces(tmp_path, *[100_000_000] * 4)
    tracemalloc.start()
    try:
        count = sum(len(part) for part in stream(entries))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == length(entries) > 400_000_000
    assert peak < 4 * CHUNK + 1_000_000


def test_a_file_that_vanishes_or_changes_meanwhile_ends_the_zip(tmp_path: Path) -> None:
    entries = pieces(tmp_path, CHUNK, CHUNK)
    parts = stream(entries)
    next(parts)
    os.truncate(tmp_path / "1.bin", 5)
    with pytest.raises(StoreProblem, match=r"file-1\.mp4 changed or vanished"):
        list(parts)
    (tmp_path / "0.bin").unlink()
    with pytest.raises(StoreProblem, match=r"file-0\.mp4"):
        list(stream(entries))


@pytest.mark.anyio
@pytest.mark.parametrize("version", ["2.3", "2.4"])
async def test_a_reader_that_goes_away_ends_the_reading(tmp_path: Path, version: str) -> None:
    """Both ways in which a server tells it: no more is read, and the file is closed."""
    entries = pieces(tmp_path, CHUNK * 50)
    source = stream(entries)
    sent: list[int] = []
    left = asyncio.Event()

    async def send(message: Message) -> None:
        sent.append(len(message.get("body", b"")))
        if len(sent) > 4:
            left.set()
            if version == "2.4":
                raise OSError
            await asyncio.sleep(0)

    async def receive() -> Message:
        await left.wait()
        return {"type": "http.disconnect"}

    scope: Scope = {"type": "http", "asgi": {"spec_version": version}, "method": "GET"}
    with contextlib.suppress(ClientDisconnect):
        await Zipped(source, length(entries))(scope, receive, send)
    assert CHUNK < sum(sent) < CHUNK * 8
    assert inspect.getgeneratorstate(source) == inspect.GEN_CLOSED


def test_chosen_jobs_come_as_originals_with_a_manifest(web: Web) -> None:
    heron, owl = made(web, "A heron"), made(web, "An owl")
    web.client.post(f"/jobs/{owl['id']}/mark", json={"starred": True, "tags": ["night"]})
    told, archive = ordered(web, jobs=[heron["id"], owl["id"], owl["id"]])
    assert (told["files"], told["missing"]) == (2, 0)
    assert archive.testzip() is None
    lines = manifest(archive)
    assert lines["missing"] == []
    for job, line in zip((heron, owl), lines["files"], strict=True):
        name = str(line["file"])
        address = f"/{first_file(job)['url']}"
        single = web.client.get(f"{address}?download=1").headers["content-disposition"]
        assert f'filename="{name}"' in single
        content = archive.read(name)
        assert content == web.client.get(address).content
        assert hashlib.sha256(content).hexdigest() == line["sha256"]
        assert (line["job"], line["model"], line["prompt"]) == (
            job["id"], ASK["model"], job["prompt"]
        )  # fmt: skip
        assert (line["options"], line["seed"], line["sandbox"]) == (job["options"], 7, True)
        assert str(line["created"]).endswith("+00:00")
        assert "cost" in line
    assert (lines["files"][1]["starred"], lines["files"][1]["tags"]) == (True, ["night"])


def test_the_manifest_tells_nothing_of_the_vendors_task_and_its_owner(web: Web) -> None:
    job = made(web, "A kestrel")
    _, archive = ordered(web, jobs=[job["id"]])
    text = archive.read("manifest.json").decode()
    held = web.studio.live.get(str(job["id"]), "ann")
    assert held.ticket is not None
    for secret in (held.ticket.task, held.ticket.short, held.token, '"ann"', "owner", "ticket"):
        assert secret not in text


def test_the_whole_filter_comes_and_names_are_unlike(web: Web) -> None:
    asked = {**ASK, "model": "useapi:image/nano-banana", "options": {"ratio": "1:1", "count": 4}}
    job = web.client.post("/jobs", json={**asked, "prompt": "Four storks"}).json()["id"]
    finished(web.client, job)
    made(web, "No waterfowl")
    told, archive = ordered(web, filter={"text": "storks"})
    assert told["files"] == 4
    names = [one.filename for one in archive.infolist()]
    assert len({name.lower() for name in names}) == 5
    assert all(name.startswith("sandbox-four-storks-") for name in names[:-1])
    everything, _ = ordered(web, filter={})
    assert cast(int, everything["files"]) >= 5
    starred, _ = ordered(web, filter={"starred": True})
    assert starred["files"] == 1
    assert web.client.post("/archive", json={"filter": {"tag": "nothing"}}).status_code == 422


def test_a_missing_file_is_told_and_breaks_nothing(web: Web) -> None:
    gone, short, here = (made(web, f"Missing {name}") for name in ("gone", "short", "here"))
    for job, content in ((gone, None), (short, b"cut")):
        artifact = web.studio.files.get(str(first_file(job)["id"]), "ann")
        path = web.studio.files.path(artifact)
        # The sandbox gives equal bytes for an equal request; here each prompt has its own.
        if content is None:
            path.unlink()
        else:
            spoil(path, content)
    told, archive = ordered(web, jobs=[gone["id"], short["id"], here["id"]])
    assert (told["files"], told["missing"]) == (1, 2)
    lines = manifest(archive)
    assert [line["job"] for line in lines["files"]] == [here["id"]]
    assert [(line["job"], line["why"]) for line in lines["missing"]] == [
        (gone["id"], "missing from the data folder"),
        (short["id"], "incomplete in the data folder"),
    ]
    assert archive.namelist() == [str(lines["files"][0]["file"]), "manifest.json"]


def test_nobody_else_gets_it(web: Web) -> None:
    job = made(web)["id"]
    order = web.client.post("/archive", json={"jobs": [job]}).json()
    for who, status in (("bob", 404), ("stranger", 401)):
        there = {"x-who": who}
        assert web.client.get(f"/{order['url']}", headers=there).status_code == status
        asked = web.client.post("/archive", json={"jobs": [job]}, headers=there)
        assert asked.status_code == status
    assert web.client.post("/archive", json={"filter": {}}, headers=BOB).status_code == 422
    assert web.client.get("/archive/unknown").status_code == 404


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"jobs": []}, "jobs"),
        ({"jobs": [5]}, "jobs"),
        ({"jobs": "x"}, "jobs"),
        ({"jobs": [f"{number}" for number in range(2001)]}, "jobs"),
        ({"filter": []}, "filter"),
        ({"filter": {"colour": "red"}}, "colour"),
    ],
)
def test_what_cannot_be_prepared_is_told(web: Web, asked: dict[str, JsonValue], field: str) -> None:
    answer = web.client.post("/archive", json=asked)
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["problems"]] == [field]


def test_only_so_many_downloads_wait_to_be_fetched(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_ORDERS", 2)
    job = made(web)["id"]
    urls = [web.client.post("/archive", json={"jobs": [job]}).json()["url"] for _ in range(3)]
    assert [web.client.get(f"/{url}").status_code for url in urls] == [404, 200, 200]
