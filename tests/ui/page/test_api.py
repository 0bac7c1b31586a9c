"""The public names, as a program on another machine uses them: a real server, Gradio's own client."""
# PyAV and Gradio's client leave parts of their own types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import urljoin

import av
import httpx
import pytest
from gradio_client import Client, handle_file
from PIL import Image
from pydantic import JsonValue

from providers.vendors.all import VENDORS
from tests.support.servers import StudioServer

pytestmark = pytest.mark.slow

Json = dict[str, JsonValue]


class Program:
    """A client of one server."""

    def __init__(self, server: StudioServer) -> None:
        self.server = server
        self.client = Client(server.url, verbose=False, download_files=False)

    def call(self, name: str, **values: object) -> Json:
        """What a public name answers."""
        job = self.client.submit(api_name=f"/{name}", **values)  # pyright: ignore[reportArgumentType]
        return cast(Json, job.result(timeout=60))

    def finished(self, job: Json, seconds: float = 60, state: str = "done") -> Json:
        """The job once it has ended."""
        assert "id" in job, job
        until = time.monotonic() + seconds
        while True:
            found = self.call("job", id=job["id"])
            if found["finished"] is not None or time.monotonic() > until:
                assert found["state"] == state, found
                return found
            time.sleep(0.1)  # Another process works; it has no event that we could wait for here.

    def files(self, job: Json) -> list[tuple[Json, bytes]]:
        """Every artifact of a job with its bytes."""
        found = cast(list[Json], job["artifacts"])
        addresses = [urljoin(self.server.url + "/", str(artifact["url"])) for artifact in found]
        return [
            (artifact, httpx.get(address, timeout=30).raise_for_status().content)
            for artifact, address in zip(found, addresses, strict=True)
        ]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program that talks to a fresh server."""
    server = StudioServer(tmp_path_factory.mktemp("api") / "data")
    try:
        yield Program(server.start())
    finally:
        server.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three pictures to hand in."""
    folder = tmp_path_factory.mktemp("pictures")
    names: list[str] = []
    for number, colour in enumerate(("red", "green", "blue")):
        name = folder / f"{colour} {number}.png"
        Image.new("RGB", (640, 360), colour).save(name)
        names.append(str(name))
    return names


class Film(NamedTuple):
    """What a decoded clip shows."""

    size: tuple[int, int]
    rate: float
    frames: int
    sound: bool
    cuts: list[float]
    """Seconds at which the picture changes as a whole."""


def film(data: bytes) -> Film:
    """Decode a clip once."""
    cuts: list[float] = []
    before: bytes | None = None
    count = 0
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.video[0]
        for frame in container.decode(video=0):
            small = bytes(frame.reformat(width=32, height=18, format="gray").planes[0])
            if before is not None:
                changed = sum(abs(a - b) for a, b in zip(small, before, strict=True)) / len(small)
                cuts += [round(float(frame.time or 0), 2)] if changed > 12 else []
            before = small
            count += 1
        rate = float(stream.average_rate or 0)
        size = (stream.width, stream.height)
        return Film(size, rate, count, bool(container.streams.audio), cuts)


def test_an_image_with_four_results(program: Program) -> None:
    job = program.call(
        "generate_image",
        model="useapi:image/nano-banana",
        prompt="A lighthouse at dusk",
        options={"ratio": "16:9", "count": 4},
    )
    done = program.finished(job)
    files = program.files(done)
    assert len(files) == 4
    for artifact, data in files:
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (artifact["width"], artifact["height"])
            assert abs(image.width / image.height - 16 / 9) < 0.03
        assert artifact["bytes"] == len(data)
        assert artifact["sandbox"] is True


def test_an_image_with_three_references(program: Program, pictures: list[str]) -> None:
    job = program.call(
        "generate_image",
        model="useapi:image/gen4",
        prompt="@IMG_1 and @IMG_2 beside @IMG_3",
        references=[handle_file(picture) for picture in pictures],
        options={"ratio": "16:9"},
    )
    done = program.finished(job)
    handed_in = cast(dict[str, list[str]], done["media"])["references"]
    assert len(set(handed_in)) == 3
    kept = [program.server.url + f"/media/{artifact}" for artifact in handed_in]
    sent = [Path(picture).read_bytes() for picture in pictures]
    assert [httpx.get(address).content for address in kept] == sent
    again = program.call(
        "generate_image", model="useapi:image/gen4", prompt="Again", references=handed_in[:1]
    )
    assert program.finished(again)["media"] == {"references": handed_in[:1]}


def test_a_veo_video_with_start_and_end_frame(program: Program, pictures: list[str]) -> None:
    job = program.call(
        "generate_video",
        model="useapi:video/veo-3.1",
        prompt="From red to blue",
        start_frame=handle_file(pictures[0]),
        end_frame=handle_file(pictures[2]),
        options={"resolution": "1080p", "ratio": "16:9", "duration": 8, "audio": True},
    )
    ((artifact, data),) = program.files(program.finished(job))
    shown = film(data)
    assert shown.size == (1920, 1080) == (artifact["width"], artifact["height"])
    assert abs(shown.frames - 8 * shown.rate) <= 1
    assert shown.sound is True


def test_a_driving_video_is_handed_in(
    program: Program, pictures: list[str], tmp_path: Path
) -> None:
    clip = tmp_path / "walk.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("h264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(72):
            frame = av.VideoFrame.from_image(Image.new("RGB", (320, 180), (number * 3, 90, 120)))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    job = program.call(
        "generate_video",
        model="useapi:video/wan-2.2-animate",
        start_frame=handle_file(pictures[0]),
        driving_video=handle_file(str(clip)),
    )
    done = program.finished(job)
    assert set(cast(Json, done["media"])) == {"start_frame", "driving_video"}


def test_a_multishot_of_three_shots(program: Program) -> None:
    job = program.call(
        "generate_multishot",
        model="useapi:video/kling-3.0-pro",
        prompt="",
        shots=[
            {"prompt": "A harbour at dawn", "seconds": 3},
            {"prompt": "A gull takes off", "seconds": 4},
            {"prompt": "The boat leaves", "seconds": 3},
        ],
        options={},
    )
    ((artifact, data),) = program.files(program.finished(job))
    shown = film(data)
    assert abs(shown.frames - 10 * shown.rate) <= 1
    assert abs(float(str(artifact["seconds"])) - 10) < 0.1
    assert shown.cuts == pytest.approx([3.0, 7.0], abs=1.5 / shown.rate)


def test_a_refused_request_is_an_answer_with_every_problem(
    program: Program, pictures: list[str]
) -> None:
    call = program.call
    image = "useapi:image/gen4"
    for fields, refused in (
        ({"model"}, call("generate_image", model="nobody:image/none", prompt="x")),
        ({"prompt", "ratio"}, call("generate_image", model=image, options={"ratio": "1:99"})),
        ({"model", "prompt", "options"}, call("generate_image", model=1, prompt=2, options="x")),
        ({"references"}, call("generate_image", model=image, prompt="x", references=["nope"])),
        ({"shots"}, call("generate_multishot", model="useapi:video/kling-3.0-pro", shots="x")),
    ):
        problems = cast(list[Json], refused["problems"])
        assert fields <= {str(problem["field"]).partition(".")[0] for problem in problems}, refused
    many = [handle_file(pictures[0])] * 9
    refused = call("generate_image", model=image, prompt="x", references=many)
    assert cast(list[Json], refused["problems"])[0]["field"] == "references"
    assert "problems" in call("job", id="nope")
    assert "problems" in call("cancel", id="nope")
    assert "problems" in call("jobs", limit=100_000)


def test_a_file_of_the_server_is_no_upload(program: Program) -> None:
    url = program.server.url
    secret = str(program.server.folder / "jobs.db")
    meta: JsonValue = {"_type": "gradio.FileData"}
    for path in (secret, "/etc/passwd", "http://127.0.0.1:9/x.png", f"{secret}/../STORE", "x\0y"):
        file: JsonValue = {"path": path, "orig_name": "x.png", "meta": meta}
        asked: JsonValue = {"data": ["useapi:image/gen4", "x", [file], {}], "session_hash": "s"}
        for way in ("call/generate_image", "run/generate_image", "queue/join", "call/v2/models"):
            answer = httpx.post(f"{url}/gradio_api/{way}", json=asked)
            assert answer.status_code == 403, (way, path)
            assert answer.json()["problems"][0]["message"]
    refused = post_plainly(url, "generate_image", ["useapi:image/gen4", "x", [secret], {}])
    assert '"field": "references"' in refused
    for way in ("process_recording", "component_server", "vibe-edit", "stream/x", "unknown"):
        assert httpx.post(f"{url}/gradio_api/{way}", json={}).status_code == 404
    huge = httpx.post(f"{url}/gradio_api/run/models", json={"data": ["x" * 1_100_000]})
    assert huge.status_code == 413


def test_a_file_is_taken_by_its_address_on_the_web_and_refused_in_words_from_this_network(
    program: Program,
) -> None:
    asked = {"model": "useapi:image/gen4", "prompt": "x", "options": {}}
    near = handle_file(f"{program.server.url}/media/nothing.png")
    with pytest.raises(Exception, match="leads to an address inside this network"):
        program.call("generate_image", **asked, references=[near])
    # Gradio's client for JavaScript reads the words in one of these places.
    file: JsonValue = {"path": "http://10.0.0.1/x.png", "meta": {"_type": "gradio.FileData"}}
    call: JsonValue = {"data": ["useapi:image/gen4", "x", [file], {}], "session_hash": "s"}
    answer = httpx.post(f"{program.server.url}/gradio_api/queue/join", json=call)
    assert answer.status_code == 403
    assert "inside this network" in answer.json()["detail"]
    assert answer.json()["error"] == answer.json()["detail"]
    refused = program.call("generate_image", **asked, references=["https://example.org/x.png"])
    assert "handle_file" in str(refused["problems"])
    body = {"kind": "image", **asked, "references": ["https://example.org/x.png"]}
    plain = httpx.post(f"{program.server.url}/jobs", json=body)
    assert plain.status_code == 422
    assert "address, not a file" in plain.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "run/job"),
        ("GET", "call/job/unknown"),
        ("GET", "queue/data?session_hash=unknown"),
        ("POST", "call/unknown"),
        ("GET", f"call/job/{'unknown' * 1000}"),
    ],
)
def test_what_gradio_cannot_answer_is_one_short_line_of_the_log(
    program: Program, method: str, path: str
) -> None:
    before = program.server.log.stat().st_size
    body: JsonValue = {"data": [], "session_hash": "s"} if method == "POST" else None
    answer = httpx.request(method, f"{program.server.url}/gradio_api/{path}", json=body, timeout=30)
    assert "Traceback" not in answer.text
    # The line is written before the answer ends, or with it at the latest: the next call finds it.
    program.call("models")
    said = program.server.log.read_bytes()[before:]
    assert said.count(b"\n") == 1, said
    assert b" broke: " in said
    assert len(said) < 300


def post_plainly(url: str, name: str, values: list[JsonValue]) -> str:
    """A call without Gradio's client, which would upload every file first."""
    address = f"{url}/gradio_api/call/{name}"
    event = httpx.post(address, json={"data": values}, timeout=30).json()["event_id"]
    with httpx.stream("GET", f"{address}/{event}", timeout=30) as stream:
        return stream.read().decode()


def test_the_history_is_listed_and_a_job_cancelled(program: Program) -> None:
    httpx.post(f"{program.server.url}/settings/sandbox", json={"speed": 30}).raise_for_status()
    try:
        job = program.call("generate_image", model="useapi:image/gen4", prompt="Never finished")
        assert program.call("cancel", id=job["id"])["id"] == job["id"]
        until = time.monotonic() + 60
        while program.call("job", id=job["id"])["state"] != "cancelled":
            assert time.monotonic() < until
            time.sleep(0.1)  # As above: the job ends in another process.
    finally:
        httpx.post(f"{program.server.url}/settings/sandbox", json={"speed": 0})
    page = program.call("jobs", text="never finished", kind="image", vendor="useapi", limit=5)
    assert [found["id"] for found in cast(list[Json], page["jobs"])] == [job["id"]]
    first = program.call("jobs", limit=1)
    assert first["next"]
    second = program.call("jobs", limit=1, before=first["next"])
    assert first["jobs"] != second["jobs"]


def test_every_model_is_listed_with_its_limits(program: Program) -> None:
    rows = cast(list[Json], program.call("models"))
    kinds = {
        kind: cast(list[Json], program.call("models", kind=kind)) for kind in ("image", "video")
    }
    for kind, listed in kinds.items():
        known = [spec.id for vendor in VENDORS for spec in vendor.models if spec.kind == kind]
        assert [row["id"] for row in listed] == known
    assert {str(row["kind"]) for row in rows} == {"image", "video", "multishot"}
    assert all(row["rules"] and row["label"] and row["id"] for row in rows)
    assert "wire" not in json.dumps([list(row) for row in rows])


def test_a_job_is_starred_tagged_found_and_deleted(program: Program) -> None:
    asked = {"model": "useapi:image/gen4", "prompt": "A heron to keep"}
    job = program.finished(program.call("generate_image", **asked))
    assert program.call("star", id=job["id"])["starred"] is True
    assert program.call("tag", id=job["id"], tags=["Water Bird"])["tags"] == ["Water Bird"]
    for found in (program.call("jobs", starred=True), program.call("jobs", tag="water bird")):
        assert [one["id"] for one in cast(list[Json], found["jobs"])] == [job["id"]]
    assert program.call("star", id=job["id"], starred=False)["starred"] is False
    assert program.call("jobs", starred=True)["jobs"] == []
    for refused in (
        program.call("tag", id=job["id"], tags="sky"),
        program.call("star", id="nope"),
        program.call("delete", id="nope"),
    ):
        assert "problems" in refused
    assert program.call("delete", id=job["id"]) == {"deleted": job["id"]}
    assert "problems" in program.call("job", id=job["id"])


def test_the_names_are_typed_for_programs(program: Program) -> None:
    told = httpx.get(f"{program.server.url}/gradio_api/info").json()["named_endpoints"]
    names = ("generate_image", "generate_video", "generate_multishot", "job", "jobs", "cancel")
    names = (*names, "star", "tag", "delete")
    assert set(told) == {f"/{name}" for name in (*names, "models")}
    video = {one["parameter_name"]: one for one in told["/generate_video"]["parameters"]}
    assert list(video) == [
        *("model", "prompt", "start_frame", "end_frame", "references", "driving_video", "options")
    ]
    required = [name for name, one in video.items() if not one["parameter_has_default"]]
    assert required == ["model"]
    assert "filepath" in video["start_frame"]["python_type"]["type"]


def test_words_that_were_blocked_are_sent_again_by_a_program_that_agrees(program: Program) -> None:
    asked: dict[str, JsonValue] = {
        "model": "useapi:image/nano-banana",
        "prompt": "A duel sandbox:moderated",
    }
    first = program.call("generate_image", **asked)
    program.finished(first, state="rejected")
    refused = program.call("generate_image", **asked)
    problems = refused["problems"]
    assert isinstance(problems, list)
    assert [one["asks"] for one in problems if isinstance(one, dict)] == ["moderated"]
    again = program.call("generate_image", **asked, options={"agreed": ["moderated"]})
    assert again["id"] != first["id"]
    program.finished(again, state="rejected")
