"""Files of the emulated Runware: results, uploads, and the results that serve as references."""

import asyncio
import uuid
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from providers.vendors.runware.sandbox.shapes import Task, Upload
from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.darkroom import SUFFIXES, painted
from providers.vendors.sandbox.engine import Engine, Records
from providers.vendors.sandbox.painter import Card, Picture, PictureType, paint_picture

PICTURE_TYPES: dict[str, PictureType] = {
    "image/jpeg": "image/jpeg",
    "image/png": "image/png",
    "image/webp": "image/webp",
}


def result_id(task: Task, number: int) -> str:
    """The id of a task's result: the same task gives the same ids."""
    return str(uuid.uuid5(uuid.UUID(task.id), str(number)))


class Darkroom:
    """Makes every file that the emulator links to, and makes it again when it was thrown away."""

    def __init__(self, engine: Engine, tasks: Records[Task], uploads: Records[Upload]) -> None:
        self._engine = engine
        self._tasks = tasks
        self._uploads = uploads

    async def begin(self, task: Task) -> list[Future[Path]]:
        """Start to paint all files of a task; the futures give their paths."""
        pictures = [path for one in task.references if (path := await self.picture(one))]
        ending = SUFFIXES[task.media_type]
        if task.kind == "video":
            end = await self.picture(task.end) if task.end else None
            paint = partial(paint_film, _film(task, pictures, end))
            return [self._engine.render(f"{task.id}-0{ending}", paint)]
        return [
            self._engine.render(
                f"{task.id}-{number}{ending}",
                partial(paint_picture, _picture(task, pictures, number)),
            )
            for number in range(task.count)
        ]

    async def paths(self, task: Task) -> list[Path] | None:
        """Where all files lie; None while they are being painted and tasks take time."""
        return await painted(self._engine, await self.begin(task))

    async def path(self, task: Task, number: int) -> Path:
        """Where one file lies."""
        return await asyncio.wrap_future((await self.begin(task))[number])

    async def picture(self, mark: str) -> Path | None:
        """The file of an upload or of a result, by its id."""
        if self._uploads.get(mark) is not None:
            return self._uploads.beside(mark)
        made = self.result(mark)
        return None if made is None else await self.path(*made)

    def result(self, mark: str) -> tuple[Task, int] | None:
        """The task and the number behind the id of a result."""
        for task in self._tasks:
            for number in range(task.count):
                if result_id(task, number) == mark:
                    return task, number
        return None


def _facts(task: Task) -> str:
    facts = [f"{task.width} x {task.height}"]
    if task.kind == "video":
        facts += [f"{task.seconds} s", "with sound" if task.sound else "silent"]
    return " · ".join([*facts, f"seed {task.seed}"])


def _card(task: Task, references: list[Path]) -> Card:
    return Card(
        model=task.label,
        prompt=task.prompt,
        facts=_facts(task),
        seed=task.look,
        references=tuple(references),
    )


def _picture(task: Task, references: list[Path], number: int) -> Picture:
    return Picture(
        card=_card(task, references),
        width=task.width,
        height=task.height,
        media_type=PICTURE_TYPES[task.media_type],
        number=number + 1,
        of=task.count,
    )


def _film(task: Task, pictures: list[Path], end: Path | None) -> Film:
    return Film(
        card=_card(task, []),
        width=task.width,
        height=task.height,
        takes=(Take(prompt=task.prompt, seconds=task.seconds),),
        sound=task.sound,
        start=pictures[0] if pictures else None,
        end=end,
    )
