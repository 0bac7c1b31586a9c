"""Multishots pressed in a studio of their own, without any page: what is asked, sent and filmed."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import accumulate
from pathlib import Path

from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.jobs.job import Job
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.sandbox.clips import FPS
from tests.support.filmed import cuts


@asynccontextmanager
async def opened(folder: Path) -> AsyncGenerator[Studio]:
    """A studio without any key, with sandbox tasks that are ready at once."""
    settings = Settings(data_dir=folder, sandbox_speed=0)
    studio = Studio(settings, credentials=Credentials({}))
    async with studio.running():
        yield studio


def press(studio: Studio, model: str, *shots: tuple[str, int], **beside: JsonValue) -> Job:
    """Press Generate."""
    plan: list[JsonValue] = [{"prompt": prompt, "seconds": seconds} for prompt, seconds in shots]
    body = {"kind": "multishot", "model": model, "shots": plan, **beside}
    return studio.submission.submit(read_request(body), owner="local")


def sent(studio: Studio) -> dict[str, JsonValue]:
    """The body of the only create call."""
    (created,) = studio.sandbox.engine.book
    assert isinstance(created.body, dict)
    return created.body


def is_cut_at(film: Path, *seconds: int) -> None:
    """The film has shots of so many seconds, to a frame."""
    frames, begun = cuts(film)
    assert frames == sum(seconds) * FPS
    wanted = [end * FPS for end in accumulate(seconds)][:-1]
    assert len(begun) == len(wanted)
    assert all(abs(one - other) <= 1 for one, other in zip(begun, wanted, strict=True))
