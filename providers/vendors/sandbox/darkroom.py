"""The darkroom of all emulators: a task's pictures and films, painted when they are first needed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar, cast

import anyio
from starlette.requests import Request
from starlette.responses import Response

from providers.catalogue.rules import Frozen
from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.engine import Engine, Records
from providers.vendors.sandbox.files import break_off, denied, hand_out, is_alive
from providers.vendors.sandbox.odd_files import ODD_RESULTS
from providers.vendors.sandbox.painter import Card, Picture, PictureType, paint_picture
from providers.vendors.sandbox.tasks import SandboxTask

SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "video/mp4": ".mp4"}
"""Of what is painted here; not the studio's own table, which what is emulated does not know."""


class Shown(Frozen):
    """What a task's files show beside its words and size: its vendor says which input plays which part."""

    media_type: str
    seed: int | None = None
    """Told on the card."""
    references: tuple[Path, ...] = ()
    """Shown on the card."""
    start: Path | None = None
    end: Path | None = None
    takes: tuple[Take, ...] = ()
    """The shots of a film; empty: one take of its whole length."""


T = TypeVar("T", bound=SandboxTask)


class Darkroom(Generic[T]):
    """Makes every file that an emulator links to, and makes it again when it was thrown away."""

    def __init__(
        self, engine: Engine, tasks: Records[T], shows: Callable[[T], Awaitable[Shown]]
    ) -> None:
        self._engine = engine
        self._tasks = tasks
        self._shows = shows

    async def begin(self, task: T) -> list[Future[Path]]:
        """Start to paint all files of a task; the futures give their paths."""
        shown = await self._shows(task)
        ending = SUFFIXES[shown.media_type]
        return [
            self._engine.render(f"{task.id}-{number}{ending}", paint)
            for number, paint in enumerate(_paints(task, shown))
        ]

    async def paths(self, task: T) -> list[Path] | None:
        """Where all files lie; None while they are being painted and tasks take time."""
        begun = await self.begin(task)
        if self._engine.clock.scale > 0 and not all(one.done() for one in begun):
            return None
        return [await asyncio.wrap_future(one) for one in begun]

    async def path(self, task: T, number: int) -> Path:
        """Where one file lies; waits for it."""
        return await asyncio.wrap_future((await self.begin(task))[number])

    async def delivered(self, request: Request, task: T, number: int) -> Response:
        """What a link to a file gives: the file, half of it, or nothing, as the task's fate has it."""
        if not is_alive(request, self._engine.clock.now()) or self._is_dead(task):
            return denied()
        path = await self.path(task, number)
        media_type = (await self._shows(task)).media_type
        odd = next((ODD_RESULTS[word] for word in task.words if word in ODD_RESULTS), None)
        if odd is not None:
            return odd(await anyio.Path(path).read_bytes(), media_type)
        cut = "sandbox:cut-download" in task.words and request.method == "GET"
        if cut and self._engine.first_time("cut", task.id, str(number)):
            return break_off(path, media_type)
        return hand_out(path, media_type)

    def _is_dead(self, task: T) -> bool:
        """Whether a task's links are dead until it is read again; that one was followed is noted."""
        if "sandbox:expired-link" not in task.words or task.renewed:
            return False
        self._tasks.put(task.id, task.model_copy(update={"link_tried": True}))
        return True


def _paints(task: SandboxTask, shown: Shown) -> Iterator[Callable[[Path], None]]:
    if task.kind == "video":
        yield partial(paint_film, _film(task, shown))
        return
    for number in range(1, task.count + 1):
        yield partial(paint_picture, _picture(task, shown, number))


def _card(task: SandboxTask, shown: Shown) -> Card:
    facts = [f"{task.width} x {task.height}"]
    if task.kind == "video":
        facts += [f"{task.seconds} s", "with sound" if task.sound else "silent"]
    if shown.seed is not None:
        facts.append(f"seed {shown.seed}")
    return Card(
        model=task.label,
        prompt=task.prompt,
        facts=" · ".join(facts),
        seed=task.look,
        references=shown.references,
    )


def _picture(task: SandboxTask, shown: Shown, number: int) -> Picture:
    return Picture(
        card=_card(task, shown),
        width=task.width,
        height=task.height,
        media_type=cast("PictureType", shown.media_type),
        number=number,
        of=task.count,
    )


def _film(task: SandboxTask, shown: Shown) -> Film:
    return Film(
        card=_card(task, shown),
        width=task.width,
        height=task.height,
        takes=shown.takes or (Take(prompt=task.prompt, seconds=task.seconds),),
        sound=task.sound,
        start=shown.start,
        end=shown.end,
    )
