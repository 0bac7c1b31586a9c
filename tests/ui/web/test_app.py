"""The web application: every route, the feed, and files."""

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from starlette.websockets import WebSocketDisconnect

from tests.support.made import finished, first_file, made
from tests.support.serving import ASK, LIVE, Web, picture, serve
from ui.bundle.assets import ASSETS


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The application with its sandbox."""
    yield from serve(tmp_path_factory.mktemp("web") / "data", {}, max_upload_mb=1)


def test_a_job_is_made_followed_and_listed(web: Web) -> None:
    job = made(web, "A red kite over dunes")
    assert job["vendor"] == "useapi"
    assert job["sandbox"] is True
    states = str(job["events"])
    assert states.index("'waiting'") < states.index("'submitting'") < states.index("'done'")
    listed = web.client.get("/jobs", params={"text": "kite", "kind": "image"}).json()
    assert [found["id"] for found in listed["jobs"]] == [job["id"]]
    assert listed["counts"]["kind"]["image"] >= 1
    revision = job["revision"]
    assert isinstance(revision, int)
    assert web.client.get(f"/jobs?since={revision}").status_code == 204
    changed = web.client.get(f"/jobs?since={revision - 1}").json()
    assert changed["revision"] == revision
    assert [found["id"] for found in changed["jobs"]] == [job["id"]]


def test_the_same_click_twice_is_one_job(web: Web) -> None:
    asked = {**ASK, "client_request_id": "click-1"}
    first = web.client.post("/jobs", json=asked)
    second = web.client.post("/jobs", json=asked)
    assert first.json()["id"] == second.json()["id"]
    other = web.client.post("/jobs", json={**asked, "prompt": "Another"})
    assert other.status_code == 422


def test_a_refused_request_names_every_problem(web: Web) -> None:
    asked = {**ASK, "prompt": "", "options": {"ratio": "7:3", "zoom": 2}}
    answer = web.client.post("/jobs", json=asked)
    assert answer.status_code == 422
    fields = {problem["field"] for problem in answer.json()["problems"]}
    assert {"prompt", "ratio", "zoom"} <= fields
    checked = web.client.post("/check", json=asked)
    assert checked.status_code == 200
    assert {problem["field"] for problem in checked.json()["problems"]} == fields
    assert web.client.post("/check", json=ASK).json() == {"problems": [], "estimate": None}


def test_empty_file_fields_of_another_kind_are_not_a_problem(web: Web) -> None:
    asked = {**ASK, "start_frame": None, "end_frame": "", "shots": [], "references": []}
    assert web.client.post("/check", json=asked).json()["problems"] == []


def test_what_is_no_json_is_refused_before_it_means_anything(web: Web) -> None:
    post = web.client.post
    plain = {"Content-Type": "text/plain"}
    assert post("/jobs", content=b"{}", headers=plain).status_code == 415
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert post("/settings/sandbox", content=b"speed=1", headers=form).status_code == 415
    json = {"Content-Type": "application/json"}
    for body in (b"{", b"[1]", b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 100_000, b"\xff"):
        answer = post("/jobs", content=body, headers=json)
        assert answer.status_code == 400, body[:20]
        assert answer.json()["problems"][0]["message"]
    half = b'{"kind": "video", "shots": [{"prompt": "A fox"}, {"prompt": "An owl \\ud83e"}]}'
    for path in ("/jobs", "/check"):
        told = post(path, content=half, headers=json).json()
        assert told["problems"][0]["field"] == "shots.2.prompt"
        assert "half of a character" in told["problems"][0]["message"]
    big = b'{"prompt": "' + b"x" * 1_100_000 + b'"}'
    assert post("/jobs", content=big, headers=json).status_code == 413


def test_unknown_things_are_404_with_a_sentence(web: Web) -> None:
    get, post = web.client.get, web.client.post
    for answer in (
        get("/jobs/nope"),
        get("/media/nope"),
        get("/media/nope/thumb"),
        post("/jobs/nope/cancel", json={}),
        post("/jobs/nope/retry", json={}),
        post("/jobs/nope/look", json={}),
        post("/jobs/nope/adopt", json={"task": "t"}),
        post("/jobs/nope/discard", json={}),
        post("/connections/nope/check", json={}),
    ):
        assert answer.status_code == 404, answer.url
        assert answer.json()["problems"][0]["message"].strip()
    for path in ("/media/..%2f..%2fetc%2fpasswd", "/nothing"):
        assert get(path).status_code == 404
    assert get("/jobs?since=x").status_code == 422
    assert get("/jobs?limit=9999").status_code == 422
    assert get("/jobs?before=nonsense").status_code == 422


def test_a_job_is_retried_as_a_new_one(web: Web) -> None:
    job = made(web)
    again = web.client.post(f"/jobs/{job['id']}/retry", json={"client_request_id": "again-1"})
    assert again.status_code == 201
    assert again.json()["id"] != job["id"]
    assert again.json()["prompt"] == job["prompt"]


def test_files_come_whole_in_ranges_and_once(web: Web) -> None:
    file = first_file(made(web))
    url = str(file["url"])
    whole = web.client.get(url)
    assert whole.headers["content-type"] == file["media_type"]
    assert len(whole.content) == file["bytes"]
    assert whole.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert whole.headers["content-security-policy"].startswith("sandbox")
    assert whole.headers["x-content-type-options"] == "nosniff"
    known = web.client.get(url, headers={"If-None-Match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    for asked, part in (
        ("bytes=0-99", whole.content[:100]),
        ("bytes=100-", whole.content[100:]),
        ("bytes=-50", whole.content[-50:]),
    ):
        ranged = web.client.get(url, headers={"Range": asked, "Cookie": "a=b"})
        assert ranged.status_code == 206
        assert ranged.content == part
        assert "cookie" not in ranged.headers
    beyond = web.client.get(url, headers={"Range": "bytes=999999999-"})
    assert beyond.status_code == 416
    assert web.client.head(url).headers["content-length"] == str(file["bytes"])


def test_a_download_has_a_readable_name(web: Web) -> None:
    file = first_file(made(web, "Señor Fuchs: ../../etc"))
    name = web.client.get(f"{file['url']}?download=1").headers["content-disposition"]
    assert name.startswith('attachment; filename="sandbox-senor-fuchs-etc-')
    small = web.client.get(f"{file['url']}/thumb")
    assert small.headers["content-type"] == "image/webp"
    assert max(Image.open(io.BytesIO(small.content)).size) <= 480
    assert web.client.get(f"{file['url']}/poster").headers["content-type"] == "image/webp"


def test_a_kept_file_that_is_gone_or_cannot_be_read_is_told_at_each_of_its_addresses(
    web: Web,
) -> None:
    gone, broken = (
        web.client.post("/media?name=x.png", content=picture(colour)).json()
        for colour in ("olive", "navy")
    )
    for file in (gone, broken):
        web.studio.files.path(web.studio.files.get(file["id"], "ann")).unlink()
    # A folder in its place is what every read of it fails on.
    web.studio.files.path(web.studio.files.get(broken["id"], "ann")).mkdir()
    for more in ("/thumb", "/poster", "", "?download=1", "?download=original"):
        for file in (gone, broken):
            answer = web.client.get(f"{file['url']}{more}")
            assert answer.status_code == 404, more
            assert "Restore it from a backup" in answer.json()["problems"][0]["message"]


def test_a_small_picture_that_cannot_be_written_is_told_in_a_sentence(web: Web) -> None:
    file = web.client.post("/media?name=x.png", content=picture("teal")).json()
    parts = web.studio.settings.data_dir / "part"
    parts.rename(parts.with_name("away"))
    try:
        answer = web.client.get(f"{file['url']}/thumb")
    finally:
        parts.with_name("away").rename(parts)
    assert answer.status_code == 503
    assert "data folder" in answer.json()["problems"][0]["message"]


def test_a_reference_is_handed_in_as_a_stream(web: Web) -> None:
    answer = web.client.post("/media?name=../my%00boat.png", content=picture())
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["width"], kept["height"], kept["kind"]) == (320, 200, "image")
    assert kept["name"] == "myboat.png"
    used = web.client.post("/jobs", json={**ASK, "references": [kept["id"]]})
    assert used.status_code == 201, used.text
    assert finished(web.client, used.json()["id"])["state"] == "done"


@pytest.mark.fault("F81")
def test_what_is_no_picture_or_too_large_is_not_kept(web: Web) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for body in (svg, b"<html><script>alert(1)</script></html>", b"", picture()[:60]):
        answer = web.client.post("/media?name=x.png", content=body)
        assert answer.status_code == 422, body[:20]
        assert answer.json()["problems"][0]["field"] == "file"

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 65536

    assert web.client.post("/media", content=b"x" * 1_100_000).status_code == 413
    assert web.client.post("/media", content=pieces()).status_code == 413


@pytest.mark.fault("F85")
def test_another_owner_sees_nothing(web: Web) -> None:
    job = made(web, "Only for Ann")
    file = first_file(job)
    bob = {"x-who": "bob"}
    get, post = web.client.get, web.client.post
    path = f"/jobs/{job['id']}"
    for answer in (
        get(path, headers=bob),
        get(f"/{file['url']}", headers=bob),
        get(f"/{file['url']}/thumb", headers=bob),
        get(f"/{file['url']}/poster", headers=bob),
        *(
            post(f"{path}/{what}", json={"task": "x"}, headers=bob)
            for what in ("cancel", "retry", "look", "adopt", "discard")
        ),
    ):
        assert answer.status_code == 404, answer.url
    assert get("/jobs", headers=bob).json()["jobs"] == []
    assert get("/jobs?since=1", headers=bob).status_code == 204
    borrowed = post("/jobs", json={**ASK, "references": [file["id"]]}, headers=bob)
    assert borrowed.status_code == 422
    with web.client.websocket_connect(LIVE, headers=bob) as socket:
        assert socket.receive_json()["jobs"] == []


def test_a_stranger_gets_nothing_at_all(web: Web) -> None:
    who = {"x-who": "stranger"}
    for path in ("/jobs", "/settings", "/media/x", "/config", "/", "/gradio_api/info"):
        assert web.client.get(path, headers=who).status_code == 401, path
    with web.client.websocket_connect(LIVE, headers=who) as socket:
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 4401
    assert web.client.get("/healthz", headers=who).status_code == 200


@pytest.mark.fault("F88")
def test_a_session_that_ends_during_a_press_makes_one_job_at_most(web: Web) -> None:
    """The person is told, and the same press after signing in again is that one job."""
    gone, back = {"x-who": "stranger"}, {"x-who": "dora"}
    for before in (False, True):
        press = {**ASK, "prompt": f"Once, {before}", "client_request_id": f"press-{before}"}
        first = ""
        if before:
            # The press arrived, and its answer did not.
            first = web.client.post("/jobs", json=press, headers=back).json()["id"]
        refused = web.client.post("/jobs", json=press, headers=gone)
        assert (refused.status_code, len(refused.json()["problems"])) == (401, 1)
        again = web.client.post("/jobs", json=press, headers=back)
        assert again.status_code in (200, 201)
        found = web.client.get("/jobs", params={"text": f"Once {before}"}, headers=back).json()
        assert [job["id"] for job in found["jobs"]] == [again.json()["id"]]
        assert not before or again.json()["id"] == first
    assert all(job.owner != "stranger" for job in web.studio.live.recent("stranger"))


def test_the_feed_sends_a_snapshot_and_then_every_change(web: Web) -> None:
    with web.client.websocket_connect(LIVE) as socket:
        snapshot = socket.receive_json()
        assert snapshot["type"] == "snapshot"
        assert snapshot["connections"][0]["vendor"] == "useapi"
        job = web.client.post("/jobs", json={**ASK, "prompt": "Seen live"}).json()
        socket.send_text("the page says something")
        revisions = [0]
        while True:
            message = socket.receive_json()
            if message["job"]["id"] == job["id"]:
                revisions.append(message["job"]["revision"])
                if message["job"]["state"] == "done":
                    break
        assert revisions == sorted(set(revisions))


def test_settings_show_the_sandbox_and_change_its_time(web: Web) -> None:
    shown = web.client.get("/settings").json()
    assert shown["connections"][0]["sandbox"] is True
    assert shown["connections"][0]["key_variable"] == "USEAPI_TOKEN"
    assert shown["sandbox"]["words"]
    changed = web.client.post("/settings/sandbox", json={"speed": 0.5}).json()
    assert changed["sandbox"]["speed"] == 0.5
    web.client.post("/settings/sandbox", json={"speed": 0})
    for speed in (-1, 61, "1", True, None):
        assert web.client.post("/settings/sandbox", json={"speed": speed}).status_code == 422
    assert web.client.post("/connections/useapi/check", json={}).json()["ok"] is True
    health = web.client.get("/healthz").json()
    assert health["status"] == "ok"
    assert set(health) == {"status", "live", "ready", "version", "open_jobs"}


def test_page_and_configuration_are_small_on_the_wire(web: Web) -> None:
    for path in ("/", "/config"):
        answer = web.client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip", path
    script = web.client.get("/assets/studio.js", headers={"Accept-Encoding": "gzip"})
    assert script.headers["content-encoding"] == "gzip"
    plain = web.client.get("/assets/studio.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == script.content == (ASSETS / "studio.js").read_bytes()
    script = web.client.get("/assets/studio.js")
    known = web.client.get("/assets/studio.js", headers={"If-None-Match": script.headers["etag"]})
    assert known.status_code == 304
    for path in ("/assets/../app.py", "/assets/..%2fapp.py", "/assets/%2fetc%2fpasswd"):
        assert web.client.get(path).status_code in (403, 404), path
    assert web.client.get("/assets/screenshot.png").status_code == 404
    for path in ("/docs", "/redoc", "/openapi.json", "/monitoring", "/monitoring/summary"):
        assert web.client.get(path).status_code >= 400, path


def test_gradios_own_scripts_are_packed_once_and_kept_by_browsers(web: Web) -> None:
    shown = web.client.get("/").text
    early = re.findall(r'<link rel="modulepreload" href="(assets/Index-[\w.-]+)">', shown)
    assert len(early) >= 10, (
        "Gradio's core names its files in another way now: see ui/gradio_private.py"
    )
    for encoding, packed in (("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)):
        first, again = (
            web.client.get(f"/{early[0]}", headers={"Accept-Encoding": encoding}) for _ in range(2)
        )
        assert first.content == again.content != b""
        assert dict(first.headers) == dict(again.headers)
        assert again.headers.get("content-encoding") == packed
        assert ("immutable" in again.headers.get("cache-control", "")) == (packed is not None)
    part = web.client.get(f"/{early[0]}", headers={"Range": "bytes=0-9"})
    assert len(part.content) == 10
    missing = web.client.get("/assets/Index-12345678.js", headers={"Accept-Encoding": "gzip"})
    assert missing.status_code == 404
    assert "immutable" not in missing.headers.get("cache-control", "")


def test_the_pages_head_comes_with_the_page(web: Web) -> None:
    answer = web.client.get("/", headers={"Accept-Encoding": "identity"})
    head, _, rest = answer.text.partition("</head>")
    assert head.index("studio-theme") < head.index('href="assets/page-')
    assert 'id="studio-catalogue"' in head
    assert 'id="studio-catalogue"' not in rest
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert web.client.head("/").status_code < 500
