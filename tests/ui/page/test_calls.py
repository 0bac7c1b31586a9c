"""A file that a call names by its address: fetched before Gradio sees it, and an upload from then on."""

import json
from pathlib import Path

import anyio
import httpx
import pytest
from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from providers.errors import InvalidRequest, Problem
from ui.page.calls import MOST_ADDRESSES, NO_ANSWER, CallGuard

pytestmark = pytest.mark.anyio
CALL = "/gradio_api/run/generate_image"


def left(folder: Path) -> list[Path]:
    """What lies in a folder."""
    return list(folder.iterdir())


def holds(path: Path, text: str) -> bool:
    """Whether this is the content of a file."""
    return path.read_text() == text


async def fetch(url: str, into: Path) -> None:
    if "nowhere" in url:
        raise InvalidRequest([Problem("file", "The file's server can't be reached.")])
    await anyio.Path(into).write_text(url)


async def seen(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse(await Request(scope, receive).json())(scope, receive, send)


async def called(
    uploads: Path, files: JsonValue, agent: str = "x", app: ASGIApp = seen
) -> httpx.Response:
    guard = CallGuard(app, uploads, fetch)
    transport = httpx.ASGITransport(app=guard)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        headers = {"user-agent": agent}
        return await client.post(CALL, json={"data": files}, headers=headers)


async def test_an_address_becomes_an_upload(tmp_path: Path) -> None:
    url = "https://pictures.example/a/Pr%C3%BCfung.png?sig=1"
    file: JsonValue = {"path": url, "url": url, "meta": {"_type": "gradio.FileData"}}
    answer = await called(tmp_path, [file, "x"])
    found = answer.json()["data"][0]
    assert holds(Path(found["path"]), url)
    assert Path(found["path"]).is_relative_to(tmp_path)
    assert (found["orig_name"], found["url"]) == ("Pr\u00fcfung.png", None)


async def test_what_cannot_be_fetched_is_refused_in_words_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    for agent, status in (("gradio_client/2.0", 422), ("Mozilla", 403)):
        answer = await called(tmp_path, [{"path": "https://nowhere.example/x.png"}], agent)
        assert answer.status_code == status
        assert "can't be reached" in json.dumps(answer.json()["detail"])
        assert left(tmp_path) == []


async def test_a_call_names_a_few_addresses_at_most_and_no_other_scheme(tmp_path: Path) -> None:
    many: JsonValue = [{"path": f"https://pictures.example/{n}.png"} for n in range(17)]
    assert MOST_ADDRESSES < 17
    own: JsonValue = [{"path": "file:///etc/passwd"}]
    other: JsonValue = [{"path": "ftp://x.example/a.png"}]
    for files in (many, own, other):
        answer = await called(tmp_path, files)
        assert answer.status_code == 403
    assert left(tmp_path) == []


async def breaks(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ValueError("A prompt\nof somebody's")


async def breaks_as_gradio(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("Internal Server Error", 500)(scope, receive, send)
    raise KeyError(7)


async def breaks_within(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"event: error", "more_body": True})
    raise KeyError(7)


async def refuses(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"error": "no"}, 500)(scope, receive, send)


@pytest.mark.parametrize("app", [breaks, breaks_as_gradio])
async def test_a_call_that_breaks_is_answered_in_words_and_is_one_line_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, app: ASGIApp
) -> None:
    answer = await called(tmp_path, [], app=app)
    assert (answer.status_code, answer.json()["error"]) == (500, NO_ANSWER)
    [line] = [one.getMessage() for one in caplog.records if one.name == "studio.gradio"]
    assert line.startswith(f"POST {CALL} broke: ")
    assert "prompt" not in line


async def test_an_answer_that_has_begun_is_ended_and_one_of_gradios_own_goes_out(
    tmp_path: Path,
) -> None:
    assert (await called(tmp_path, [], app=breaks_within)).text == "event: error"
    assert (await called(tmp_path, [], app=refuses)).json() == {"error": "no"}
