"""What the darkrooms of all emulators share: when files are there, and what becomes of who fetches one."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from providers.catalogue.rules import Frozen
from providers.vendors.sandbox.engine import Engine, Records
from providers.vendors.sandbox.files import break_off, hand_out

SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "video/mp4": ".mp4"}
"""Of what is painted here; not the studio's own table, which what is emulated does not know."""


class Fated(Frozen):
    """What every emulated task has: when it began and ended, and the words that bring a fate."""

    id: str
    words: tuple[str, ...] = ()
    at: float
    finished: float | None = None
    """When it was first seen finished: from then on it stays so."""
    link_tried: bool = False
    """For links that are dead at first: whether one was followed since the task was read."""
    renewed: bool = False
    """And whether the task was read again after that."""


T = TypeVar("T", bound=Fated)


async def painted(engine: Engine, begun: Sequence[Future[Path]]) -> list[Path] | None:
    """Where files lie that were begun; None while they are being painted and tasks take time."""
    if engine.clock.scale > 0 and not all(one.done() for one in begun):
        return None
    return [await asyncio.wrap_future(one) for one in begun]


def is_dead(tasks: Records[T], task: T) -> bool:
    """Whether a task's links are dead until it is read again; that one was followed is noted."""
    if "sandbox:expired-link" not in task.words or task.renewed:
        return False
    tasks.put(task.id, task.model_copy(update={"link_tried": True}))
    return True


def delivered(
    engine: Engine, request: Request, path: Path, media_type: str, words: Sequence[str], *marks: str
) -> Response:
    """The file, or half of it where words of its task say so and this is its first download."""
    cut = "sandbox:cut-download" in words and request.method == "GET"
    if cut and engine.first_time("cut", *marks):
        return break_off(path, media_type)
    return hand_out(path, media_type)
