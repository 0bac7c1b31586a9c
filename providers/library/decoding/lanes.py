"""Who decodes: light files a few at once and soon, heavy ones one at a time, however many ask.

A file that turns out to be heavier than it looked, that stands still, or that kills its worker costs the
light lane a moment; it is tried once more in the heavy one, where it may take more of everything.
"""

import asyncio
import atexit
import os
import sys
from collections.abc import Collection, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from providers.catalogue.kinds import MediaKind
from providers.library.decoding.processes import Died, WorkerProcess
from providers.library.decoding.tasks import Bounds, Decoded, DecodingTask
from providers.library.flaws import Flaw, UnusableFile
from providers.library.media import Described, Probe
from providers.library.media_types import UNKNOWN_TYPE, kind_of, sniff_file
from providers.library.pixels import LARGE
from providers.pools import Pool

SOON = Bounds(pixels=LARGE, memory=1 << 30, seconds=10.0)
LATE = Bounds(pixels=0, memory=2 << 30, seconds=120.0)
"""What all that is decoded at all takes: of 64 megapixels, some formats hold five times four bytes each."""


class Asking:
    """One task, from its place in line to its answer. Whoever leaves it ends the worker that is at it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._worker: WorkerProcess | None = None
        self._is_left = False

    @contextmanager
    def by(self, worker: WorkerProcess) -> Generator[None]:
        """Inside, this worker is at it."""
        with self._lock:
            self._worker = worker
            if self._is_left:
                worker.stop()
        try:
            yield
        finally:
            with self._lock:
                self._worker = None

    def leave(self) -> None:
        """Nobody waits for it any more."""
        with self._lock:
            self._is_left = True
            if self._worker is not None:
                self._worker.stop()


class Workers:
    """At most so many workers of one kind, started when they are needed and kept for the next task."""

    def __init__(self, name: str, most: int, bounds: Bounds) -> None:
        self._name = name
        self._most = most
        self._bounds = bounds
        self._elsewhere: list[WorkerProcess] = []
        """Those of the process that this one is a copy of."""
        self.begin()

    def begin(self) -> None:
        """Have none: in a copy of a process there are neither its threads nor what they wait for."""
        self._pool = Pool(self._name, self._most)
        """Its threads wait, each for one worker."""
        self._idle: list[WorkerProcess] = []
        self._at_work: set[WorkerProcess] = set()

    def leave(self) -> None:
        """Begin in a copy of the process: those of the other one are not this one's to ask or to end."""
        self._elsewhere += self.workers
        self.begin()

    async def run(self, task: DecodingTask) -> Decoded:
        """What becomes of a task. Who is cancelled takes it out of the line, and ends it where it takes long.
        Died, OSError."""
        asking = Asking()
        try:
            return await self._pool.run(self._ask, task, asking)
        except asyncio.CancelledError:
            # What is light is done sooner than a new worker is there.
            if self._bounds.is_heavy:
                asking.leave()
            raise

    def wait(self, task: DecodingTask) -> Decoded:
        """The same for a thread, which stands still meanwhile."""
        return self._pool.submit(self._ask, task, Asking()).result()

    @property
    def workers(self) -> list[WorkerProcess]:
        """All that are there."""
        return [*self._idle, *self._at_work]

    def close(self) -> None:
        """End all workers; the next task starts another."""
        for worker in self.workers:
            worker.close()

    def _ask(self, task: DecodingTask, asking: Asking) -> Decoded:
        worker = self._taken()
        self._at_work.add(worker)
        try:
            with asking.by(worker):
                found = worker.ask(task)
        finally:
            self._at_work.discard(worker)
        self._idle.append(worker)
        return found

    def _taken(self) -> WorkerProcess:
        with suppress(IndexError):
            while True:
                worker = self._idle.pop()
                if worker.is_alive:
                    return worker
                worker.close()
        return WorkerProcess(self._bounds)


class Decoders:
    """The one door to all that decodes. Each call: UnusableFile, OSError."""

    def __init__(self, light: Workers, heavy: Workers) -> None:
        self.light = light
        self.heavy = heavy

    async def probe(self, path: Path) -> Probe:
        """What a file holds that can be used wherever one is."""
        found = _found(await self._run(DecodingTask("probe", str(path))))
        if found.width is None or found.height is None:
            raise UnusableFile("unreadable")
        return Probe(
            found.kind, found.media_type, found.width, found.height, found.seconds, found.sound
        )

    async def described(self, path: Path, kind: MediaKind) -> Described:
        """What a complete file holds, or why it cannot be shown here, whatever it does to its decoder."""
        try:
            return _found(await self._run(DecodingTask("described", str(path), kind)))
        except UnusableFile as error:
            flaw: Flaw = error.flaw
        with suppress(UnusableFile):
            task = DecodingTask("undecoded", str(path), kind, flaw=flaw)
            return _found(await self._run(task))
        media_type = sniff_file(path)
        kind = kind if media_type is None else kind_of(media_type)
        return Described(kind, media_type or UNKNOWN_TYPE, None, None, flaw=flaw)

    async def small_picture(
        self, path: Path, kind: MediaKind, side: int, *, pixels: int = 0
    ) -> bytes:
        """A WebP of at most `side` pixels; of a video its first frame. `pixels`: how many it has, if known."""
        task = DecodingTask("small_picture", str(path), kind, side=side)
        return (await self._run(task, is_heavy=pixels > LARGE)).content

    async def upright(
        self, path: Path, media_type: str, accepted: Collection[str], longest: int | None = None
    ) -> tuple[bytes, str]:
        """A picture's bytes, and their media type, as `outgoing.upright` gives them."""
        task = DecodingTask(
            "upright",
            str(path),
            media_type=media_type,
            accepted=tuple(accepted),
            side=longest or 0,
        )
        made = await self._run(task)
        return made.content, made.media_type

    def upright_size(self, path: Path, media_type: str, accepted: Collection[str]) -> int:
        """How many bytes `upright` would give, for a thread, which stands still meanwhile."""
        task = DecodingTask("upright", str(path), media_type=media_type, accepted=tuple(accepted))
        with suppress(Died):
            found = self.light.wait(task)
            if not found.is_heavy:
                return len(_usable(found).content)
        try:
            return len(_usable(self.heavy.wait(task)).content)
        except Died:
            raise UnusableFile("costly") from None

    def leave(self) -> None:
        """Begin in a copy of the process."""
        self.light.leave()
        self.heavy.leave()

    def close(self) -> None:
        """End all workers."""
        self.light.close()
        self.heavy.close()

    async def _run(self, task: DecodingTask, *, is_heavy: bool = False) -> Decoded:
        if not is_heavy:
            with suppress(Died):
                found = await self.light.run(task)
                if not found.is_heavy:
                    return _usable(found)
        try:
            return _usable(await self.heavy.run(task))
        except Died:
            raise UnusableFile("costly") from None


def _usable(found: Decoded) -> Decoded:
    if found.errno:
        raise OSError(found.errno, os.strerror(found.errno))
    if found.flaw is not None:
        raise UnusableFile(found.flaw)
    return found


def _found(answer: Decoded) -> Described:
    if answer.found is None:
        raise UnusableFile("unreadable")
    return answer.found


DECODERS = Decoders(Workers("light image", 2, SOON), Workers("heavy image", 1, LATE))
"""Those of the process: every studio in it shares them."""
atexit.register(DECODERS.close)
if sys.platform != "win32":
    os.register_at_fork(after_in_child=DECODERS.leave)
