"""Files of the emulated Runware: results, uploads, and the results that serve as references."""

import uuid
from collections.abc import Iterable
from pathlib import Path

from providers.vendors.runware.sandbox.shapes import Task, Upload
from providers.vendors.sandbox.clips import Take
from providers.vendors.sandbox.darkroom import Darkroom, Shown
from providers.vendors.sandbox.engine import Engine, Records


def result_id(task: Task, number: int) -> str:
    """The id of a task's result: the same task gives the same ids."""
    return str(uuid.uuid5(uuid.UUID(task.id), str(number)))


class Files:
    """Finds the file behind an id, and says what a task makes of those that it was given."""

    def __init__(self, engine: Engine, tasks: Records[Task], uploads: Records[Upload]) -> None:
        self.darkroom = Darkroom(engine, tasks, self._shown)
        self._tasks = tasks
        self._uploads = uploads

    async def picture(self, mark: str) -> Path | None:
        """The file of an upload or of a result, by its id."""
        if self._uploads.get(mark) is not None:
            return self._uploads.beside(mark)
        made = self.result(mark)
        return None if made is None else await self.darkroom.path(*made)

    def result(self, mark: str) -> tuple[Task, int] | None:
        """The task and the number behind the id of a result."""
        for task in self._tasks:
            for number in range(task.count):
                if result_id(task, number) == mark:
                    return task, number
        return None

    async def _shown(self, task: Task) -> Shown:
        pictures = await self._pictures(task.references)
        if task.kind == "image":
            return Shown(media_type=task.media_type, seed=task.seed, references=pictures)
        return Shown(
            media_type=task.media_type,
            seed=task.seed,
            references=await self._pictures(task.shown),
            start=pictures[0] if pictures else None,
            end=await self.picture(task.end) if task.end else None,
            takes=tuple(Take(prompt=prompt, seconds=seconds) for prompt, seconds in task.shots),
        )

    async def _pictures(self, marks: Iterable[str]) -> tuple[Path, ...]:
        return tuple([path for one in marks if (path := await self.picture(one))])
