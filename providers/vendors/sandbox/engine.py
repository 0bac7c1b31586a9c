"""The engine under the emulators: time, fates, the book of accepted creates, and state that outlives a kill."""

import hashlib
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from functools import partial
from pathlib import Path
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError
from starlette.types import Receive, Scope, Send

from providers.catalogue.rules import Frozen
from providers.pools import Pool
from providers.vendors.sandbox.calls import CallbackSender

SANDBOX_WORDS: Mapping[str, str] = {
    "sandbox:moderated": "The service rejects the prompt as soon as it is sent.",
    "sandbox:moderated-output": "The task runs, then moderation blocks the result.",
    "sandbox:no-credits": "The service says that the account doesn't have enough credits.",
    "sandbox:throttled": (
        "The first attempt finds all slots busy. The second waits longer in the service's queue."
    ),
    "sandbox:slow": "The task takes ten times as long.",
    "sandbox:fails": "The task runs to 60% and then fails.",
    "sandbox:one-fails": (
        "The last of several images fails, with services that judge each one separately."
    ),
    "sandbox:lost-answer": "The service accepts the task, but its response is lost.",
    "sandbox:lost-request": "The response is lost, and the service hasn't accepted the task.",
    "sandbox:expired-link": "The first download link is dead until the task is checked again.",
    "sandbox:hidden-error": "The service refuses the task in a response that is called a success.",
    "sandbox:number-id": "The service names the task by a number, and not where it usually does.",
    "sandbox:one-link": "The service tells the result as a single link.",
    "sandbox:linked-objects": "The service tells the results as objects that hold a link.",
    "sandbox:new-status": "The finished task has an unknown status.",
    "sandbox:stuck-status": "The task stays in an unknown status, without a result.",
    "sandbox:no-files": "The task succeeds without a file.",
    "sandbox:odd-tail": "Each file has other bytes behind its end, as photos with a video have.",
    "sandbox:odd-exif": "Each PNG has EXIF that can't be read.",
    "sandbox:odd-huge": "Each file is an image of 108 megapixels.",
    "sandbox:odd-cut": "Each file is cut in half, and says that this is all of it.",
    "sandbox:odd-unknown": "Each file is of an unknown type.",
    "sandbox:odd-packed": "Each file arrives packed by Brotli.",
    "sandbox:odd-part": "Each file arrives as a part that nobody asked for, and is all there.",
    "sandbox:odd-unmeasured": "Each file arrives without its length.",
    "sandbox:cut-download": "The first download of each file breaks off halfway.",
}
"""Words that a prompt may hold, and the fate that each one brings."""

QUEUE_SECONDS = 1.0
THROTTLED_SECONDS = 3.0
SLOW = 10.0
FAILS_AT = 0.6
ENDS_BADLY = frozenset({"sandbox:fails", "sandbox:moderated-output"})
"""Words of tasks that begin well."""

M = TypeVar("M", bound=BaseModel)


class Emulator(Protocol):
    """One vendor's API as an ASGI application, with its routes below its own root."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        ...


class Clock:
    """Wall-clock seconds. `scale` stretches how long tasks take (0: at once) and may be set at any time."""

    def __init__(self, scale: float = 1.0, now: Callable[[], float] = time.time) -> None:
        self.scale = scale
        self.now = now

    def elapsed(self, since: float) -> float:
        """Sandbox seconds since a moment: infinite when tasks take no time."""
        return (self.now() - since) / self.scale if self.scale > 0 else float("inf")


class Stage(Frozen):
    """Where a task is: `progress` 0 to 1 of its work, `starts_in` real seconds until the work begins."""

    state: Literal["queued", "throttled", "running", "failed", "ended"]
    progress: float = 0.0
    starts_in: float = 0.0


class Created(Frozen):
    """One create call that a vendor accepted: what a real one would charge for."""

    vendor: str
    task: str
    token: str
    """What the caller put where the vendor takes a mark of theirs; "" when nothing."""
    body: JsonValue
    at: float


class Records(Generic[M]):
    """Records by name, each in a file of its own, so that a killed process finds them again."""

    def __init__(self, folder: Path, kind: type[M]) -> None:
        self._folder = folder
        self._records: dict[str, M] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob("*.json")):
            try:
                self._records[path.stem] = kind.model_validate_json(path.read_bytes())
            except ValidationError:
                # Written by another version: the sandbox holds nothing worth a refusal to start.
                continue

    def __iter__(self) -> Iterator[M]:
        return iter(list(self._records.values()))

    def get(self, name: str) -> M | None:
        """The record, or None."""
        return self._records.get(name)

    def put(self, name: str, record: M) -> M:
        """Keep a record under this name, in place of the one before."""
        _write(self._folder / f"{name}.json", record.model_dump_json().encode())
        self._records[name] = record
        return record

    def remove(self, name: str) -> None:
        """Forget a record and the file beside it."""
        self._records.pop(name, None)
        for path in (self._folder / f"{name}.json", self.beside(name)):
            path.unlink(missing_ok=True)

    def beside(self, name: str) -> Path:
        """Where a file that belongs to the record lies."""
        return self._folder / f"{name}.bin"

    def lay_beside(self, name: str, content: bytes) -> Path:
        """Keep a file that belongs to the record; where it lies."""
        path = self.beside(name)
        _write(path, content)
        return path


class Engine:
    """What all emulators share: clock, painter's bench, fates, the book, stored state.

    `most_bytes` bounds the rendered files; what is thrown away is rendered again when it is asked for.
    """

    def __init__(self, clock: Clock, folder: Path, *, most_bytes: int = 1 << 30) -> None:
        self.clock = clock
        self.folder = folder
        self.book: list[Created] = []
        self.callbacks = CallbackSender()
        self.callback_secrets: dict[str, str] = {}
        """What vendors' calls are signed with from the start, by the vendor's name."""
        self._most_bytes = most_bytes
        self._rendered = folder / "rendered"
        self._fates = folder / "fates"
        for made in (self._rendered, self._fates):
            made.mkdir(parents=True, exist_ok=True)
        self._ledger = folder / "book.jsonl"
        self.book += _read_book(self._ledger)
        # Two, so that a picture need not wait for a long clip.
        self._bench = Pool("sandbox-painter", 2)
        self._in_work: dict[str, Future[Path]] = {}
        self._lock = threading.Lock()

    def records(self, vendor: str, name: str, kind: type[M]) -> Records[M]:
        """A vendor's records of one kind."""
        return Records(self.folder / vendor / name, kind)

    def accept(self, vendor: str, task: str, token: str, body: JsonValue) -> None:
        """Enter a create call into the book. Call it before the answer is sent."""
        created = Created(vendor=vendor, task=task, token=token, body=body, at=self.clock.now())
        with self._ledger.open("ab") as ledger:
            ledger.write(created.model_dump_json().encode() + b"\n")
        self.book.append(created)

    def words(self, *texts: str) -> tuple[str, ...]:
        """The sandbox words in these prompts."""
        found = set(re.findall(r"sandbox:[a-z]+(?:-[a-z]+)*", " ".join(texts).lower()))
        return tuple(word for word in SANDBOX_WORDS if word in found)

    def first_time(self, *marks: str) -> bool:
        """True once for the same marks, over restarts too: for fates that strike only once."""
        name = hashlib.sha256("\0".join(marks).encode()).hexdigest()[:32]
        try:
            (self._fates / name).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def stage(self, at: float, work: float, words: tuple[str, ...] = ()) -> Stage:
        """How far a task is that was accepted `at` and works for `work` seconds."""
        elapsed = self.clock.elapsed(at)
        queue = QUEUE_SECONDS
        throttled = THROTTLED_SECONDS if "sandbox:throttled" in words else 0.0
        work = work * SLOW if "sandbox:slow" in words else work
        if elapsed < queue + throttled:
            left = (queue + throttled - elapsed) * self.clock.scale
            return Stage(state="queued" if elapsed < queue else "throttled", starts_in=left)
        progress = min((elapsed - queue - throttled) / work, 1.0)
        if progress >= FAILS_AT and ENDS_BADLY & set(words):
            return Stage(state="failed", progress=FAILS_AT)
        return Stage(state="ended" if progress >= 1 else "running", progress=progress)

    def render(self, name: str, paint: Callable[[Path], None]) -> Future[Path]:
        """Begin to paint the file `name`, once; the result is its path. `paint` runs in a thread."""
        path = self._rendered / name
        with self._lock:
            running = self._in_work.get(name)
            if running is not None:
                return running
            if path.exists():
                os.utime(path)
                there: Future[Path] = Future()
                there.set_result(path)
                return there
            begun = self._bench.submit(self._paint, path, paint)
            self._in_work[name] = begun
        begun.add_done_callback(partial(self._laid_down, name))
        return begun

    def wait_for_painter(self) -> None:
        """Block until every file that was begun lies there: for tests, which move the clock by hand."""
        with self._lock:
            begun = list(self._in_work.values())
        wait(begun)

    def close(self) -> None:
        """Drop what waits for the painter. What it has in hand is finished."""
        with self._lock:
            begun = list(self._in_work.values())
        for painting in begun:
            painting.cancel()
        self._bench.close(0)
        self.callbacks.close()

    def _paint(self, path: Path, paint: Callable[[Path], None]) -> Path:
        # The suffix stays: a film's container is chosen by it.
        part = path.with_name(f"part-{path.name}")
        paint(part)
        os.replace(part, path)
        self._make_room(path)
        return path

    def _laid_down(self, name: str, _: Future[Path]) -> None:
        with self._lock:
            self._in_work.pop(name, None)

    def _make_room(self, newest: Path) -> None:
        files = [path for path in self._rendered.iterdir() if not path.name.startswith("part-")]
        by_age = sorted(files, key=lambda path: path.stat().st_mtime)
        total = sum(path.stat().st_size for path in by_age)
        for path in by_age:
            if total <= self._most_bytes:
                return
            if path != newest:
                total -= path.stat().st_size
                path.unlink()


def _write(path: Path, content: bytes) -> None:
    # A name of its own: two who send the same file write the same record at once.
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    part.write_bytes(content)
    os.replace(part, path)


def _read_book(path: Path) -> Iterator[Created]:
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            yield Created.model_validate_json(line)
        except ValidationError:
            # The last line of a process that was killed while it wrote.
            continue
