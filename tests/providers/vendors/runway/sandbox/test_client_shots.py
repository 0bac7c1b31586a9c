"""Runway's own Python client asks the emulator for shots in every way that its types know."""

import base64
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue
from runwayml import AsyncRunwayML, BadRequestError

from providers.vendors import runway
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock, Engine
from tests.support.emulated import png
from tests.support.meeting import Fateless

pytestmark = pytest.mark.anyio
FRAME = "data:image/png;base64," + base64.b64encode(png((320, 320))).decode()
SHOTS: JsonValue = [
    {"prompt": "A door opens", "duration": 4},
    {"prompt": "A long hall", "duration": 3},
]


class Made:
    """What a call needs, and where its task's id and price are noted."""

    def __init__(self, client: AsyncRunwayML, engine: Engine) -> None:
        self.client = client
        self.engine = engine

    async def body(self, task: str) -> JsonValue:
        """The body that was taken for a task, which ends well."""
        made = await self.client.tasks.retrieve(task)
        assert made.status == "SUCCEEDED"
        return self.engine.book[-1].body


@asynccontextmanager
async def caller(folder: Path) -> AsyncGenerator[Made]:
    engine = Fateless(Clock(0), folder)
    transport = httpx.ASGITransport(app=sandbox_app([runway.VENDOR], engine))
    async with (
        httpx.AsyncClient(transport=transport) as http,
        AsyncRunwayML(
            api_key="key", base_url="http://sandbox/runway", http_client=http, max_retries=0,
            _strict_response_validation=True,
        ) as client,
    ):  # fmt: skip
        yield Made(client, engine)
    engine.close()


async def recipe_auto(client: AsyncRunwayML) -> str:
    made = await client.recipes.multi_shot_video(
        mode="auto", version="2026-06", prompt="A ferry crosses", duration=15, ratio="1080:1920",
        audio=False, first_frame={"uri": FRAME},
    )  # fmt: skip
    return made.id


async def recipe_custom(client: AsyncRunwayML) -> str:
    made = await client.recipes.multi_shot_video(
        mode="custom", version="2026-06", duration=10, ratio="1440:1440",
        shots=[
            {"prompt": "A door opens", "duration": 4},
            {"prompt": "A long hall", "duration": 3},
            {"prompt": "A window", "duration": 3},
        ],
    )  # fmt: skip
    return made.id


async def kling_planned(client: AsyncRunwayML) -> str:
    made = await client.text_to_video.create(
        model="kling3.0_4k", ratio="2160:3840", audio=True, cfg_scale=0.25,
        provider_settings={
            "multi_prompt": [
                {"prompt": "A door opens", "duration": 4},
                {"prompt": "A long hall", "duration": 3},
            ]
        },
    )  # fmt: skip
    return made.id


async def kling_framed(client: AsyncRunwayML) -> str:
    made = await client.image_to_video.create(
        model="klingO3_pro", ratio="1080:1920", audio=False,
        prompt_image=[{"uri": FRAME, "position": "first"}], references=[{"uri": FRAME} for _ in range(7)],
        provider_settings={
            "shot_type": "customize",
            "multi_prompt": [
                {"prompt": "A door opens", "duration": 4},
                {"prompt": "A long hall", "duration": 3},
            ],
        },
    )  # fmt: skip
    return made.id


async def kling_directed(client: AsyncRunwayML) -> str:
    made = await client.text_to_video.create(
        model="klingO3_standard", ratio="1280:720", duration=12, prompt_text="A ferry crosses",
        provider_settings={"shot_type": "intelligence"},
    )  # fmt: skip
    return made.id


WAYS: Mapping[str, tuple[Callable[[AsyncRunwayML], Awaitable[str]], dict[str, JsonValue]]] = {
    "a recipe from a story": (recipe_auto, {"mode": "auto", "duration": 15, "ratio": "1080:1920"}),
    "a recipe from a plan": (recipe_custom, {"mode": "custom", "duration": 10}),
    "a plan in 4K": (kling_planned, {"cfgScale": 0.25, "providerSettings": {"multiPrompt": SHOTS}}),
    "a plan after a frame": (
        kling_framed,
        {"providerSettings": {"shotType": "customize", "multiPrompt": SHOTS}, "audio": False},
    ),
    "a story that Kling cuts": (
        kling_directed, {"providerSettings": {"shotType": "intelligence"}, "duration": 12},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
async def test_the_client_makes_shots_in_every_way(name: str, tmp_path: Path) -> None:
    make, wanted = WAYS[name]
    async with caller(tmp_path) as made:
        body = await made.body(await make(made.client))
        assert isinstance(body, dict)
        assert {key: body.get(key) for key in wanted} == wanted


async def test_the_clients_eight_references_of_o3_are_one_too_many(tmp_path: Path) -> None:
    async with caller(tmp_path) as made:
        with pytest.raises(BadRequestError):
            await made.client.image_to_video.create(
                model="klingO3_4k", prompt_image=FRAME, references=[{"uri": FRAME} for _ in range(8)],
                prompt_text="A ferry crosses",
            )  # fmt: skip
        assert not made.engine.book
