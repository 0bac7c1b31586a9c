"""Files of the emulated useapi.net: a task's pictures and films, previews, and the uploads beside them."""

import asyncio
import uuid
from pathlib import Path

from providers.vendors.sandbox.clips import Take
from providers.vendors.sandbox.darkroom import Darkroom, Shown
from providers.vendors.sandbox.engine import Engine, Records
from providers.vendors.sandbox.painter import preview
from providers.vendors.useapi.sandbox.image_terms import IMAGE_TERMS
from providers.vendors.useapi.sandbox.shapes import Asset, Task

PICTURE_TYPES = {
    "nano-banana": "image/png",
    "nano-banana-pro": "image/jpeg",
    "gen4": "image/png",
    "gen4-turbo": "image/webp",
}
SUFFIXES = {"image/jpeg": ".jpg", "image/mpo": ".jpg", "video/quicktime": ".mov"}


def suffix(media_type: str) -> str:
    """How a file of this type ends."""
    return SUFFIXES.get(media_type, "." + media_type.rpartition("/")[2].removeprefix("x-"))


class Files:
    """Finds the file behind an asset, and says what a task makes of those that it was given."""

    def __init__(self, engine: Engine, tasks: Records[Task], assets: Records[Asset]) -> None:
        self.darkroom = Darkroom(engine, tasks, self._shown)
        self._engine = engine
        self._tasks = tasks
        self._assets = assets

    async def path(self, asset: Asset) -> Path | None:
        """Where the asset's bytes lie; None when the task that made it is gone."""
        if asset.task is None:
            return self._assets.beside(asset.id)
        task = self._tasks.get(asset.task)
        if task is None:
            return None
        return await self.darkroom.path(task, asset.number)

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
        paths = await self.darkroom.paths(task)
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
            email=task.email,
        )
        return self._assets.put(made, asset)

    async def _shown(self, task: Task) -> Shown:
        images, references = await self._all(task.images), await self._all(task.references)
        if task.kind == "image":
            return Shown(media_type=media_type_of(task), seed=task.seed or None, references=images)
        driving = await self._known(task.video) if task.video else None
        return Shown(
            media_type=media_type_of(task),
            seed=task.seed or None,
            references=references if driving is None else (*references, driving),
            start=images[0] if images else None,
            end=images[1] if len(images) > 1 else None,
            takes=tuple(Take(prompt=prompt, seconds=seconds) for prompt, seconds in task.shots),
        )

    async def _all(self, asset_ids: tuple[str, ...]) -> tuple[Path, ...]:
        return tuple([path for each in asset_ids if (path := await self._known(each))])

    async def _known(self, asset_id: str) -> Path | None:
        asset = self._assets.get(asset_id)
        return None if asset is None else await self.path(asset)


def media_type_of(task: Task) -> str:
    """What the task's files are."""
    if task.kind == "video":
        return "video/mp4"
    newer = IMAGE_TERMS.get(task.model)
    return newer.media_type if newer else PICTURE_TYPES[task.model]


def _result_id(task: Task, number: int) -> str:
    return str(uuid.uuid5(uuid.UUID(task.id), str(number)))
