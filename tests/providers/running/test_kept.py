"""A file that was paid for and cannot be shown: here, counted, handed out as it came, and never a picture."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast

import pytest
from pydantic import JsonValue
from starlette.responses import Response
from starlette.testclient import TestClient

from providers.catalogue.requests import ImageRequest
from providers.durability.verify import adopt
from providers.library.vault import Vault
from providers.settings import Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from tests.support.fake_vendor import MODEL, FakeVendor, Time, press, running, until
from tests.support.histories import a_file, opened
from tests.support.made import finished, first_file
from tests.support.odd import SHOWN, UNSHOWN, clip, huge
from tests.support.serving import HOME, whose
from tests.support.told import told_of
from ui.web.app import build

HUGE = huge(10_000, 9_000)
WHY = "It has more than 64 megapixels."


class Held(NamedTuple):
    """A running application, its studio, a finished job and its one file."""

    client: TestClient
    studio: Studio
    fake: FakeVendor
    job: dict[str, JsonValue]
    file: dict[str, JsonValue]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    fake = FakeVendor(answers=[Response(HUGE, media_type="image/png")])
    # The page has tabs for more than pictures.
    vendors, time = (*VENDORS, fake.vendor()), Time()
    folder = tmp_path_factory.mktemp("kept")
    studio = Studio(Settings(data_dir=folder), vendors=vendors, sleep=time.sleep, clock=time.clock)
    app = build(studio, current_user=whose, environment={})
    with TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
        asked = {"kind": "image", "model": MODEL.id, "prompt": "A wide harbour"}
        job = finished(client, client.post("/jobs", json=asked).json()["id"])
        assert job["state"] == "done", job
        yield Held(client, studio, fake, job, first_file(job))


def test_a_file_that_cannot_be_shown_is_told_with_what_is_known_of_it(kept: Held) -> None:
    names = ("kind", "media_type", "width", "height", "bytes", "viewable", "flaw", "harm")
    assert {name: kept.file[name] for name in names} == {
        "kind": "image", "media_type": "image/png", "width": 10_000, "height": 9_000,
        "bytes": len(HUGE), "viewable": False, "flaw": WHY, "harm": "",
    }  # fmt: skip
    listed = kept.client.get("/jobs").json()
    assert [one["id"] for one in listed["jobs"]] == [kept.job["id"]]
    assert listed["counts"]["state"] == {"done": 1}


@pytest.mark.parametrize("query", ["", "?download=1", "?download=original"])
def test_it_is_handed_out_as_it_came(kept: Held, query: str) -> None:
    answer = kept.client.get(f"/{kept.file['url']}{query}")
    assert (answer.status_code, answer.content) == (200, HUGE)
    named = answer.headers.get("content-disposition", "")
    assert (".png" in named) == bool(query)


def test_no_small_picture_of_it_is_made_and_the_answer_says_why(kept: Held) -> None:
    for size in ("thumb", "poster"):
        answer = kept.client.get(f"/{kept.file['url']}/{size}")
        assert answer.status_code == 422
        (problem,) = answer.json()["problems"]
        assert problem["message"] == (f"This file can't be shown here. {WHY} Download it instead.")


def test_a_zip_holds_it_and_says_so(kept: Held) -> None:
    told = kept.client.post("/archive", json={"jobs": [kept.job["id"]]}).json()
    answer = kept.client.get(f"/{told['url']}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        name, manifest = archive.namelist()
        assert archive.read(name) == HUGE
        (line,) = json.loads(archive.read(manifest))["files"]
    assert (line["file"], line["flaw"], line["width"]) == (name, WHY, 10_000)


def test_no_vendor_is_given_it(kept: Held) -> None:
    asked: dict[str, JsonValue] = {
        "kind": "image", "model": MODEL.id, "prompt": "The same again",
        "references": [kept.file["id"]],
    }  # fmt: skip
    answer = kept.client.post("/jobs", json=asked)
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["field"] == "references"
    assert problem["message"] == (f"References: this file can't be read. {WHY} Choose another one.")
    assert kept.fake.created() == 1


@pytest.mark.anyio
@pytest.mark.parametrize("odd", SHOWN)
async def test_what_can_be_shown_is_whatever_is_behind_its_end(tmp_path: Path, odd: str) -> None:
    fake = FakeVendor(answers=[Response(SHOWN[odd](tmp_path))])
    async with running(tmp_path / "data", fake) as studio:
        job = await until(studio, press(studio), "done")
        (artifact,) = job.artifacts
        assert (artifact.flaw, artifact.width, artifact.height) == ("", 64, 48)
        assert (await studio.files.thumb(artifact)).stat().st_size
        asked = {"model": MODEL.id, "prompt": "Again", "references": [artifact.id]}
        problems = studio.submission.problems(ImageRequest.model_validate(asked), owner="local")
        assert [one.field for one in problems] == (
            [] if artifact.kind == "image" else ["references"]
        )


@pytest.mark.anyio
async def test_a_job_that_once_could_not_be_fetched_gets_its_file_by_a_press(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(answers=[Response("no") for _ in range(6)])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "unsure")
        fake.answers = [Response(HUGE)]
        await studio.decisions.look_again(job.id, "local")
        job = await until(studio, job, "done")
        assert (len(job.artifacts), job.artifacts[0].flaw) == (1, WHY)
    assert fake.created() == 1


@pytest.mark.parametrize("odd", [*SHOWN, *UNSHOWN])
def test_a_file_without_a_row_is_taken_in_whatever_it_is(tmp_path: Path, odd: str) -> None:
    content = {**SHOWN, **UNSHOWN}[odd](tmp_path)
    journal = opened(tmp_path / "data")
    vault = Vault(tmp_path / "data", reserve=0)
    vault.open()
    name = a_file(vault, content).sha256
    vault.close()
    (job,), refused = adopt(journal, vault, "local", (), 1.8e9)
    assert (job.artifacts[0].sha256, refused) == (name, [])
    assert bool(job.artifacts[0].flaw) == (odd in UNSHOWN)
    told = cast(
        "list[dict[str, JsonValue]]", told_of(journal.jobs.get(job.id, "local"))["artifacts"]
    )
    assert told[0]["viewable"] is (odd in SHOWN)
    journal.close()


NAMES = {
    "a BMP": ".bmp", "a TIFF": ".tiff", "a Matroska": ".mkv", "a 3GP": ".3gp", "a HEIC": ".heic",
    "no kind at all": ".bin",
}  # fmt: skip


def a_3gp(folder: Path) -> bytes:
    return clip(folder).replace(b"ftypisom", b"ftyp3gp5", 1)


@pytest.mark.parametrize("odd", NAMES)
def test_every_kind_of_file_comes_back_under_its_own_suffix(
    kept: Held, tmp_path: Path, odd: str
) -> None:
    """Whether it is shown inline is another question: those that no browser shows are downloads."""
    content = {**SHOWN, **UNSHOWN, "a 3GP": a_3gp}[odd](tmp_path)
    kept.fake.answers.append(Response(content))
    asked = {"kind": "image", "model": MODEL.id, "prompt": f"A quay, {odd}"}
    job = finished(kept.client, kept.client.post("/jobs", json=asked).json()["id"])
    file = first_file(job)
    assert str(file["name"]).endswith(NAMES[odd])
    answer = kept.client.get(f"/{file['url']}?download=original")
    assert answer.content == content
    assert answer.headers["content-disposition"].endswith(f'{NAMES[odd]}"')
