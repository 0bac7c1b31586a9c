"""Files of the emulated Runway: a task's pictures and films, painted when they are first needed."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import cast

from providers.vendors.runway.sandbox.shapes import Task
from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.darkroom import SUFFIXES, painted
from providers.vendors.sandbox.engine import Engine
from providers.vendors.sandbox.painter import Card, Picture, PictureType, paint_picture


class Darkroom:
    """Makes every file that the emulator links to, and makes it again when it was thrown away."""

    def __init__(self, engine: Engine, path: Callable[[str], Path]) -> None:
        self._engine = engine
        self._path = path

    def names(self, task: Task) -> list[str]:
        """What the task's files are called."""
        return [f"{task.id}-{number}{SUFFIXES[task.media_type]}" for number in range(task.count)]

    def begin(self, task: Task) -> list[Future[Path]]:
        """Start to paint all files of a task; the futures give their paths."""
        if task.kind == "video":
            paint = partial(paint_film, self._film(task))
            return [self._engine.render(self.names(task)[0], paint)]
        return [
            self._engine.render(name, partial(paint_picture, self._picture(task, number)))
            for number, name in enumerate(self.names(task), start=1)
        ]

    async def are_ready(self, task: Task) -> bool:
        """Whether all files lie there; waits for them when tasks take no time."""
        return await painted(self._engine, self.begin(task)) is not None

    async def path(self, task: Task, name: str) -> Path:
        """Where one of the task's files lies."""
        return await asyncio.wrap_future(self.begin(task)[self.names(task).index(name)])

    def _card(self, task: Task) -> Card:
        facts = [f"{task.width} x {task.height}"]
        if task.kind == "video":
            facts += [f"{task.seconds} s", "with sound" if task.sound else "silent"]
        if task.seed:
            facts.append(f"seed {task.seed}")
        shown = (*task.images, *([task.video] if task.video else []))
        return Card(
            model=task.label,
            prompt=task.prompt,
            facts=" · ".join(facts),
            seed=task.look,
            references=tuple(self._path(one) for one in shown),
        )

    def _picture(self, task: Task, number: int) -> Picture:
        return Picture(
            card=self._card(task),
            width=task.width,
            height=task.height,
            media_type=cast("PictureType", task.media_type),
            number=number,
            of=task.count,
        )

    def _film(self, task: Task) -> Film:
        return Film(
            card=self._card(task),
            width=task.width,
            height=task.height,
            takes=(Take(prompt=task.prompt, seconds=task.seconds),),
            sound=task.sound,
            start=self._path(task.start) if task.start else None,
            end=self._path(task.end) if task.end else None,
        )
