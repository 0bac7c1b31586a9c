"""A result brings its settings back: what a download holds, what it never holds, and what a file restores."""

import hashlib
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
from PIL import Image
from pydantic import JsonValue

from providers.jobs.job import Artifact, Job
from providers.library.imprints.holders import imprint_in
from tests.support.made import finished, first_file
from tests.support.serving import Web, picture, serve
from tests.support.told import told_of

OWNER = "ann@example.org"
STANDARD = re.compile(r"http://(?:www\.w3|ns\.adobe|purl|iptc|cv\.iptc)\.(?:org|com)/[\w/.#-]+")
WHO = {"x-who": OWNER}
STILL: dict[str, JsonValue] = {"kind": "image", "model": "useapi:image/gen4", "prompt": "A pier"}
CLIP: dict[str, JsonValue] = {
    "kind": "multishot",
    "model": "useapi:multishot/kling-3.0-pro",
    "prompt": "A night train",
    "options": {"ratio": "9:16", "audio": False},
    "shots": [
        {"prompt": "Wide: the train enters", "seconds": 3},
        {"prompt": "Close: a hand", "seconds": 4},
    ],
}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The application with its sandbox, for an owner whose name is an address."""
    for made in serve(tmp_path_factory.mktemp("restoring") / "data", {}, max_upload_mb=20):
        made.client.headers.update(WHO)
        yield made


def hand_in(web: Web, colour: str = "red", name: str = "Ann's passport.png") -> str:
    """A reference; its id."""
    answer = web.client.post("/media", params={"name": name}, content=picture(colour))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def done(web: Web, asked: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The finished job of a request."""
    answer = web.client.post("/jobs", json=asked)
    assert answer.status_code == 201, answer.text
    job = finished(web.client, answer.json()["id"])
    assert job["state"] == "done", job
    return job


def downloaded(web: Web, job: dict[str, JsonValue], how: str = "1") -> bytes:
    """The bytes behind the Download button."""
    answer = web.client.get(f"/{first_file(job)['url']}", params={"download": how})
    assert answer.status_code == 200
    return answer.content


def told(web: Web, content: bytes, who: str = OWNER) -> dict[str, JsonValue]:
    """What the studio reads in a file."""
    answer = web.client.post("/media/settings", content=content, headers={"x-who": who})
    assert answer.status_code == 200, answer.text
    return answer.json()["settings"]


def inner(web: Web, job: dict[str, JsonValue]) -> tuple[Job, Artifact]:
    """The job as the studio itself knows it, and its file."""
    found = web.studio.live.get(str(job["id"]), OWNER)
    return found, found.artifacts[0]


def test_a_download_holds_the_settings_and_the_vault_keeps_what_the_vendor_sent(
    web: Web, tmp_path: Path
) -> None:
    reference = hand_in(web)
    job = done(web, {**STILL, "references": [reference], "options": {"ratio": "4:3", "seed": 77}})
    known, file = inner(web, job)
    (tmp_path / "copy").write_bytes(downloaded(web, job))
    imprint = imprint_in(tmp_path / "copy")
    assert imprint is not None
    assert (imprint.kind, imprint.model, imprint.prompt) == ("image", STILL["model"], "A pier")
    assert imprint.options == known.request.options
    assert imprint.options["seed"] == 77
    sha256 = web.studio.files.get(reference, OWNER).sha256
    assert imprint.references == {"references": (sha256,)}
    assert imprint.studio.startswith("Multishot Studio ")
    assert imprint.made is not None
    assert imprint.made.timestamp() == int(known.created)
    original = web.studio.files.path(file).read_bytes()
    assert hashlib.sha256(original).hexdigest() == file.sha256
    shown = web.client.get(f"/{first_file(job)['url']}").content
    assert original == downloaded(web, job, "original") == shown
    with Image.open(io.BytesIO(original)) as one, Image.open(tmp_path / "copy") as other:
        assert one.tobytes() == other.tobytes()


def test_nothing_of_the_account_is_in_a_download(web: Web) -> None:
    job = done(web, {**CLIP, "start_frame": hand_in(web, "blue")})
    known, file = inner(web, job)
    assert known.ticket is not None
    whole = downloaded(web, job)
    assert len(whole) > file.bytes
    added = whole[file.bytes :].decode("utf-8", "replace")
    assert "A night train" in added
    never = [
        OWNER, "ann", "passport", known.id, known.token, known.ticket.task, known.ticket.short,
        file.id, file.sha256, str(web.studio.settings.data_dir), "cost", "credits", "http:", "https:",
        *(output.url for output in known.outputs), *(str(value) for value in known.used.values()),
    ]  # fmt: skip
    # The packet names standards, and the kind of its source, by their addresses.
    words = re.sub(
        r"http://(?:www\.w3\.org|ns\.adobe\.com|purl\.org|(?:iptc|cv\.iptc)\.org)/[\w/.#-]+",
        "",
        added,
    )
    for secret in never:
        assert not secret or secret not in words, secret


def test_a_download_comes_in_ranges_and_once_like_any_file(web: Web) -> None:
    job = done(web, CLIP)
    url = f"/{first_file(job)['url']}?download=1"
    whole = web.client.get(url)
    length, tag = len(whole.content), whole.headers["etag"]
    assert whole.headers["content-length"] == str(length)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["content-security-policy"].startswith("sandbox")
    assert 'filename="sandbox-a-night-train-' in whole.headers["content-disposition"]
    assert tag != web.client.get(url.partition("?")[0]).headers["etag"]
    ask = web.client.get
    for asked, start, end in (
        ("bytes=0-99", 0, 100), ("bytes=100-", 100, length), (f"bytes={length - 200}-{length - 100}",
         length - 200, length - 99), ("bytes=-50", length - 50, length), ("bytes=0-99999999", 0, length),
    ):  # fmt: skip
        part = ask(url, headers={"Range": asked})
        assert (part.status_code, part.content) == (206, whole.content[start:end]), asked
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{length}"
        assert part.headers["content-length"] == str(end - start)
    for asked in ("bytes=5-2", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=a-b"):
        assert ask(url, headers={"Range": asked}).status_code == 200
    for asked in (f"bytes={length}-", "bytes=-0"):
        beyond = ask(url, headers={"Range": asked})
        assert (beyond.status_code, beyond.content) == (416, b"")
        assert beyond.headers["content-range"] == f"bytes */{length}"
    assert ask(url, headers={"If-None-Match": tag}).status_code == 304
    assert ask(url, headers={"Range": "bytes=0-9", "If-Range": tag}).status_code == 206
    assert ask(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200
    head = web.client.head(url)
    assert (head.headers["content-length"], head.headers["etag"]) == (str(length), tag)
    assert web.client.get(url, headers={"x-who": "bob"}).status_code == 404


def test_a_downloaded_file_restores_all_that_was_asked(web: Web) -> None:
    job = done(web, {**CLIP, "start_frame": (frame := hand_in(web, "green"))})
    found = told(web, downloaded(web, job))
    for name in ("kind", "model", "prompt", "options", "shots"):
        assert found[name] == job[name], name
    assert found["job"] is None
    assert found["media"] == {"start_frame": [told_of(web.studio.files.get(frame, OWNER))]}
    # Its green square is of another shape than the video: that is told, and asks nothing.
    problems = cast("list[dict[str, JsonValue]]", found["problems"])
    assert (found["away"], len(problems)) == ([], 1)
    assert all(one["soft"] for one in problems)


def test_a_file_that_the_studio_knows_restores_its_job_with_nothing_written_in_it(web: Web) -> None:
    job = done(web, {**STILL, "prompt": "Known by its bytes", "options": {"seed": 5}})
    original = downloaded(web, job, "original")
    found = told(web, original)
    assert (found["job"], found["prompt"]) == (job["id"], "Known by its bytes")
    # Another owner has no such file, and is told nothing of it.
    stranger = web.client.post("/media/settings", content=original, headers={"x-who": "bob"})
    assert stranger.status_code == 422
    assert "has no settings" in stranger.json()["problems"][0]["message"]


def test_references_of_others_and_lost_ones_are_named_and_left_out(web: Web) -> None:
    mine = [hand_in(web, colour) for colour in ("navy", "olive")]
    copy = downloaded(web, done(web, {**STILL, "references": [*mine]}))
    found = told(web, copy, "bob")
    assert found["media"] == {}
    assert found["away"] == ["References: 2 of 2 files aren't here. Upload them again."]
    lost = web.studio.files.path(web.studio.files.get(mine[0], OWNER))
    aside = lost.rename(lost.with_suffix(".aside"))
    found = told(web, copy)
    aside.rename(lost)
    assert found["away"] == ["References: 1 of 2 files aren't here. Upload them again."]
    media = found["media"]
    assert isinstance(media, dict)
    assert media["references"] == [told_of(web.studio.files.get(mine[1], OWNER))]


def foreign(fields: dict[str, JsonValue]) -> bytes:
    """A picture in which somebody wrote settings."""
    from PIL.PngImagePlugin import PngInfo

    info, out = PngInfo(), io.BytesIO()
    info.add_itxt("Multishot Studio", json.dumps(fields))
    with Image.new("RGB", (8, 8)) as small:
        small.save(out, "PNG", pnginfo=info)
    return out.getvalue()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"model": "gone:image/of-old"}, "There is no model"),
        ({"options": {"ratio": "7:3"}}, "Ratio must be"),
        ({"options": {"zoom": 3}}, "doesn't support zoom"),
        ({"options": {"prompt": "twice"}}, "doesn't belong in options"),
        ({"kind": "video"}, "does not make this kind"),
        ({"shots": [{"prompt": "a", "seconds": 4}]}, "no field 'shots'"),
        ({"references": {"driving_video": ["ab" * 32]}}, "Driving video: this file isn't here"),
        ({"prompt": ""}, "Prompt is missing"),
    ],
)
def test_what_no_longer_fits_is_said_by_the_validator(
    web: Web, fields: dict[str, JsonValue], sentence: str
) -> None:
    found = told(web, foreign({**STILL, **fields}))
    assert sentence in json.dumps([found["problems"], found["away"]])


def parts(folder: Path) -> list[bytes]:
    """What lies in the folder of unfinished files; the studio's own come and go there, too."""
    found: list[bytes] = []
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            found.append(path.read_bytes())
    return found


@pytest.mark.parametrize(
    "content",
    [
        picture(),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\0" * 5000,
        b"x",
        foreign({"kind": "image"}),
        foreign({"kind": "image", "model": "m", "references": {"references": ["/etc/passwd"]}}),
    ],
)
def test_a_strange_file_is_told_in_a_sentence_and_nothing_of_it_is_kept(
    web: Web, content: bytes
) -> None:
    answer = web.client.post("/media/settings", content=content)
    assert answer.status_code == 422
    assert "has no settings" in answer.json()["problems"][0]["message"]
    assert content not in parts(web.studio.settings.data_dir / "part")


def test_a_file_is_kept_as_a_reference_unless_it_brings_settings(web: Web) -> None:
    plain = web.client.post("/media?name=plain.png&settings=first", content=picture("pink"))
    assert (plain.status_code, plain.json()["name"]) == (201, "plain.png")
    before = web.studio.upkeep.status(OWNER).data
    copy = downloaded(web, done(web, {**STILL, "prompt": "Looked at first"}))
    looked = web.client.post("/media?name=copy.png&settings=first", content=copy)
    assert (looked.status_code, looked.json()["settings"]["prompt"]) == (200, "Looked at first")
    kept = web.client.post("/media?name=copy.png", content=copy)
    assert (kept.status_code, kept.json()["kind"]) == (201, "image")
    assert before != web.studio.upkeep.status(OWNER).data
    junk = web.client.post("/media?name=x.png&settings=first", content=b"no picture")
    assert junk.status_code == 422
    assert web.client.post("/media/settings", content=b"x" * 20_000_001).status_code == 413
    assert (
        web.client.post("/media/settings", content=copy, headers={"x-who": "stranger"}).status_code
        == 401
    )
