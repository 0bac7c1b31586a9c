"""Files of the emulated useapi.net: a task's pictures and films, previews, and the uploads beside them."""

import asyncio
import uuid
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.darkroom import painted
from providers.vendors.sandbox.engine import Engine, Records
from providers.vendors.sandbox.painter import Card, Picture, PictureType, paint_picture, preview
from providers.vendors.useapi.sandbox.shapes import Asset, Task

PICTURE_TYPES: dict[str, PictureType] = {
    "nano-banana": "image/png",
    "nano-banana-pro": "image/jpeg",
    "gen4": "image/png",
    "gen4-turbo": "image/webp",
}
SUFFIXES = {"image/jpeg": ".jpg", "image/mpo": ".jpg", "video/quicktime": ".mov"}


def suffix(media_type: str) -> str:
    """How a file of this type ends."""
    return SUFFIXES.get(media_type, "." + media_type.rpartition("/")[2].removeprefix("x-"))


class Darkroom:
    """Makes every file that the emulator links to, and makes it again when it was thrown away."""

    def __init__(self, engine: Engine, tasks: Records[Task], assets: Records[Asset]) -> None:
        self._engine = engine
        self._tasks = tasks
        self._assets = assets

    async def begin(self, task: Task) -> list[Future[Path]]:
        """Start to paint all files of a task; the futures give their paths."""
        images = [path for one in task.images if (path := await self._known(one)) is not None]
        film = await self._known(task.video) if task.video else None
        ending = suffix(media_type_of(task))
        if task.kind == "video":
            paint = partial(paint_film, _film(task, images, film))
            return [self._engine.render(f"{task.id}-0{ending}", paint)]
        return [
            self._engine.render(
                f"{task.id}-{number}{ending}",
                partial(paint_picture, _picture(task, images, number)),
            )
            for number in range(task.count)
        ]

    async def path(self, asset: Asset) -> Path | None:
        """Where the asset's bytes lie; None when the task that made it is gone."""
        if asset.task is None:
            return self._assets.beside(asset.id)
        task = self._tasks.get(asset.task)
        if task is None:
            return None
        return await asyncio.wrap_future((await self.begin(task))[asset.number])

    async def preview(self, asset: Asset) -> Path | None:
        """A small JPEG of it."""
        path = await self.path(asset)
        if path is None:
            return None

        def paint(into: Path) -> None:
            into.write_bytes(preview(path))

        return await asyncio.wrap_future(self._engine.render(f"{asset.id}-preview.jpg", paint))

    async def results(self, task: Task) -> list[Asset] | None:
        """The finished files as assets; None while they are being painted and tasks take time."""
        known = [self._assets.get(_result_id(task, number)) for number in range(task.count)]
        if all(known):
            # Their files may have been thrown away since; a download makes them again.
            return [one for one in known if one is not None]
        paths = await painted(self._engine, await self.begin(task))
        if paths is None:
            return None
        return [self._result(task, number, path) for number, path in enumerate(paths)]

    def _result(self, task: Task, number: int, path: Path) -> Asset:
        made = _result_id(task, number)
        asset = Asset(
            id=made,
            user=task.user,
            name=f"{task.label} {task.prompt}".strip()[:120],
            kind=task.kind,
            media_type=media_type_of(task),
            bytes=path.stat().st_size,
            width=task.width,
            height=task.height,
            seconds=float(task.seconds) if task.kind == "video" else None,
            sound=task.sound,
            at=self._engine.clock.now(),
            task=task.id,
            number=number,
            sha256=f"{task.look}-{number}",
        )
        return self._assets.put(made, asset)

    async def _known(self, asset_id: str) -> Path | None:
        asset = self._assets.get(asset_id)
        return None if asset is None else await self.path(asset)


def media_type_of(task: Task) -> str:
    """What the task's files are."""
    return "video/mp4" if task.kind == "video" else PICTURE_TYPES[task.model]


def _result_id(task: Task, number: int) -> str:
    return str(uuid.uuid5(uuid.UUID(task.id), str(number)))


def _facts(task: Task) -> str:
    facts = [f"{task.width} x {task.height}"]
    if task.kind == "video":
        facts += [f"{task.seconds} s", "with sound" if task.sound else "silent"]
    if task.seed:
        facts.append(f"seed {task.seed}")
    return " · ".join(facts)


def _picture(task: Task, images: list[Path], number: int) -> Picture:
    return Picture(
        card=Card(
            model=task.label,
            prompt=task.prompt,
            facts=_facts(task),
            seed=task.look,
            references=tuple(images),
        ),
        width=task.width,
        height=task.height,
        media_type=PICTURE_TYPES[task.model],
        number=number + 1,
        of=task.count,
    )


def _film(task: Task, images: list[Path], driving: Path | None) -> Film:
    references = () if driving is None else (driving,)
    takes = [Take(prompt=prompt, seconds=seconds) for prompt, seconds in task.shots]
    return Film(
        card=Card(
            model=task.label,
            prompt=task.prompt,
            facts=_facts(task),
            seed=task.look,
            references=references,
        ),
        width=task.width,
        height=task.height,
        takes=tuple(takes) or (Take(prompt=task.prompt, seconds=task.seconds),),
        sound=task.sound,
        start=images[0] if images else None,
        end=images[1] if len(images) > 1 else None,
    )
