"""A caller of the emulated useapi.net, with a clock that stands still, for the tests of the sandbox."""

import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import httpx
from PIL import Image
from pydantic import JsonValue
from starlette.applications import Starlette

from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.useapi import VENDOR

ROOT = "http://sandbox/useapi/v1/runwayml"
KEY = "user:4711-AbC123"
EMAIL = "studio-sandbox@example.com"
Json = dict[str, JsonValue]
PICTURE: Json = {"model": "nano-banana", "text_prompt": "A lighthouse", "replyRef": "token-1"}
CLIP: Json = {"model": "gen4.5", "text_prompt": "A lighthouse", "duration": 2, "audio": False}


class Now:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 1_790_000_000.0

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self.at


class Api:
    """A caller of the emulated API, and what stands behind it."""

    def __init__(self, folder: Path, *, scale: float = 0, key: str = KEY) -> None:
        self.now = Now()
        self.engine = Engine(Clock(scale, self.now), folder)
        self.app: Starlette = sandbox_app([VENDOR], self.engine)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )

    async def call(
        self, method: str, path: str, body: JsonValue = None, **params: str | int
    ) -> httpx.Response:
        """One call; the path begins below the API's root."""
        address = path if path.startswith("http") else ROOT + path
        return await self.client.request(
            method, address, json=body if method == "POST" else None, params=params or None
        )

    async def create(self, kind: str, body: Json) -> str:
        """A create call that must be accepted; the answer is the composite task id."""
        answer = await self.call("POST", f"/{kind}s/create", body)
        assert answer.status_code == 200, answer.text
        task = cast(Json, answer.json()["task"])
        assert task["status"] == "PENDING"
        return cast(str, task["taskId"])

    async def task(self, task_id: str) -> Json:
        """The task, read by its id."""
        answer = await self.call("GET", f"/tasks/{task_id}")
        assert answer.status_code == 200, answer.text
        return cast(Json, answer.json())

    async def upload(
        self, content: bytes, media_type: str = "image/png", name: str = "ref.png"
    ) -> httpx.Response:
        """Hand in raw bytes."""
        return await self.client.post(
            f"{ROOT}/assets/", params={"name": name}, content=content,
            headers={"Content-Type": media_type},
        )  # fmt: skip

    async def asset(self, content: bytes, media_type: str = "image/png") -> str:
        """An upload that must be accepted; the answer is the composite asset id."""
        answer = await self.upload(content, media_type)
        assert answer.status_code == 200, answer.text
        return cast(str, answer.json()["assetId"])

    async def refusal(self, kind: str, body: Json) -> tuple[int, Json]:
        """Status and body of a create call that must be refused, and that nothing was booked."""
        before = len(self.engine.book)
        answer = await self.call("POST", f"/{kind}s/create", body)
        assert answer.status_code >= 400
        assert len(self.engine.book) == before
        return answer.status_code, cast(Json, answer.json())


@asynccontextmanager
async def emulated(folder: Path, *, scale: float = 0, key: str = KEY) -> AsyncGenerator[Api]:
    """The emulator with its state in this folder; at scale 0 tasks take no time."""
    api = Api(folder, scale=scale, key=key)
    try:
        yield api
    finally:
        await api.client.aclose()
        api.engine.close()


def png(size: tuple[int, int] = (64, 48), colour: str = "#336699") -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def links(task: Json) -> list[str]:
    """The addresses of a task's files."""
    return [cast(str, one["url"]) for one in cast(list[Json], task["artifacts"])]


async def film_of(api: Api, body: Json) -> bytes:
    """The bytes of the film that this body makes."""
    task = await api.task(await api.create("video", body))
    answer = await api.client.get(links(task)[0])
    assert answer.headers["content-type"] == "video/mp4"
    return answer.content
