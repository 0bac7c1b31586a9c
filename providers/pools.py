"""The threads of the process, a pool for each kind of work that may stand still.

A disk that does not come back stops whoever waits for it, and nobody else: no work takes another pool's
threads, and a create call needs none but those that read its own references and look up a name. No
thread is waited for at the end of the process: what stands in one may stand for ever.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from types import TracebackType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Pool(Executor):
    """At most so many threads, begun as they are needed. Any thread and any event loop may use it."""

    def __init__(self, name: str, threads: int) -> None:
        self._name = name
        self._most = threads
        self._threads: list[threading.Thread] = []
        self._is_closed = False
        self._at_work = 0
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._line: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        """What is to be done; None ends a thread."""

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do this in a thread and wait for it. Who is cancelled meanwhile leaves it to its own end."""
        return await asyncio.wrap_future(self.submit(work, *args, **kwargs))

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Do this in a thread; what becomes of it. RuntimeError once the pool is closed."""
        future = Future[T]()
        work = partial(_done, future, partial(copy_context().run, fn, *args, **kwargs))
        with self._lock:
            if self._is_closed:
                raise RuntimeError(f"Nothing more is done here: {self._name}")
            self._at_work += 1
            self._line.put(work)
            if not self._idle.acquire(blocking=False) and len(self._threads) < self._most:
                name = f"{self._name} {len(self._threads) + 1}"
                thread = threading.Thread(target=self._work, name=name, daemon=True)
                thread.start()
                self._threads.append(thread)
        return future

    def close(self, wait: float | None = None) -> bool:
        """Take nothing more, and end once all in line is done; whether it is after so many seconds at most.

        None: wait for as long as it takes.
        """
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                for _ in self._threads:
                    self._line.put(None)
        until = None if wait is None else time.monotonic() + wait
        for thread in self._threads:
            thread.join(None if until is None else max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while (work := self._line.get()) is not None:
            work()
            # What was done is not held on to while nothing is to do.
            del work
            with self._lock:
                self._at_work -= 1
            self._idle.release()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is done here, and nothing waits for it: a clock of a test's own stands till then."""
        return not self._at_work


class _Answering:
    """What is raised inside is the future's answer, whatever it is, and nobody else's."""

    def __init__(self, future: Future[T]) -> None:
        self._future = future

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is not None:
            self._future.set_exception(error)
        return True


def _done(future: Future[T], work: Callable[[], T]) -> None:
    # Whoever was cancelled while this waited in line does not want it any more.
    if future.set_running_or_notify_cancel():
        with _Answering(future):
            future.set_result(work())


END_WAIT = 2.5
"""Seconds for which the end of cancelled work is waited for, before it is cancelled once more."""
ENDINGS = 4
"""How often: each step of tidying up may stand in a thread of its own."""


async def ended(tasks: Iterable[asyncio.Task[T]], wait: float = END_WAIT) -> None:
    """Cancel these and wait for their end, but not for what stands still in a thread."""
    left = set(tasks)
    for _ in range(ENDINGS):
        for task in left:
            task.cancel()
        done, left = await asyncio.wait(left, timeout=wait) if left else (left, left)
        for task in done:
            # Looked at, so that nobody complains of what was not.
            _ = task.cancelled() or task.exception()


LOOK_UPS = Pool("look-up", 32)
"""Addresses of names that answers tell, such as those of files. One whose server does not answer takes half a
minute, and there may be many of them."""
VENDORS = Pool("vendor look-up", 8)
"""Addresses of the vendors themselves: no name that an answer tells holds a create call back."""
SENDING = Pool("sending", 8)
"""References on their way to a vendor: read, turned upright, known there already or not."""
REFUGE = Pool("refuge", 1)
"""Ids of paid tasks that no history takes, on another disk. What is kept and let go is so in order."""
FILES = Pool("file", 8)
"""Files on their way in: parts, what is in them, their place in the vault."""
PICTURES = Pool("picture", 4)
"""The cache of small pictures, for pages."""
PAGES = Pool("page", 8)
"""What a page asks for and takes longer than a moment: lists, sums, parcels, settings in files."""
HISTORY = Pool("history", 64)
"""Who asks the history, or presses, and must not stand still meanwhile."""
CHANGES = Pool("change", 64)
"""Jobs on their way that wait for the disk. What waits together is written together."""
CHORES = Pool("chore", 4)
"""What nobody waits for: backups, checks of all files, tidying up."""
SANDBOX = Pool("sandbox", 4)
"""The emulators' own files."""
