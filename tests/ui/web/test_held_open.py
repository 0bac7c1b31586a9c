"""A file that is opened before anything is answered arrives as it was, and is closed afterwards."""

from pathlib import Path

import anyio
import httpx
import pytest
from starlette.types import Receive, Scope, Send

from ui.web.held_open import HeldOpen

pytestmark = pytest.mark.anyio
BYTES = bytes(range(256)) * 1000


async def answered(path: Path, answer: HeldOpen, headers: dict[str, str]) -> httpx.Response:
    """What comes of it when the file is deleted before its first byte is sent."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.Path(path).unlink()
        await answer(scope, receive, send)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://studio") as client:
        return await client.get("/media/one", headers=headers)


@pytest.mark.parametrize(
    ("headers", "status", "wanted"),
    [
        ({}, 200, BYTES),
        ({"range": "bytes=300-"}, 206, BYTES[300:]),
        ({"range": "bytes=5-9"}, 206, BYTES[5:10]),
        ({"range": f"bytes={len(BYTES)}-"}, 416, b""),
    ],
)
async def test_a_file_that_is_deleted_while_it_is_answered_arrives_all_the_same(
    tmp_path: Path, headers: dict[str, str], status: int, wanted: bytes
) -> None:
    path = tmp_path / "one"
    path.write_bytes(BYTES)
    answer = await HeldOpen.of(path, {"ETag": '"one"'}, "video/mp4")
    reply = await answered(path, answer, headers)
    assert (reply.status_code, reply.content) == (status, wanted)
    assert answer.is_closed
    if status < 400:
        assert reply.headers["etag"] == '"one"'
        assert int(reply.headers["content-length"]) == len(wanted)


async def test_what_is_no_file_is_said_before_anything_is_answered(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await HeldOpen.of(tmp_path / "none", {}, "video/mp4")
