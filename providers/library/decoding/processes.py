"""A worker as the studio sees it: it is asked, and it answers, dies, or is ended because its time is over."""

import json
import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, cast

from pydantic import TypeAdapter

from providers.library.decoding.tasks import Bounds, Decoded, DecodingTask

log = logging.getLogger("studio.decoding")
ROOT = Path(__file__).parent.parent.parent.parent
KEPT = (
    "PATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP",
)  # fmt: skip
"""What a worker's environment has of the studio's. It opens files of strangers, so it gets no key."""
PLAIN = {
    "MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "1048576", "MALLOC_TRIM_THRESHOLD_": "1048576",
    "VIPS_CONCURRENCY": "1",
}  # fmt: skip
"""One picture at a time needs no more of these, and what it took goes back at once."""
END_WAIT = 5.0
"""Seconds for which the end of a process is waited for that has been ended."""
_ANSWERS = TypeAdapter(Decoded)


class Died(Exception):
    """A worker ended, or had to be ended, over its task: that file takes too much memory or time."""


class WorkerProcess:
    """One process, for one task at a time. It is there until it is closed, dies, or takes too long."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._answers = SimpleQueue[Decoded | None]()
        self._is_stopped = False
        paths = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        # Not multiprocessing: its processes import the program that they were started from, page and all.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "providers.library.decoding.worker", self._told(bounds)],
            env={**kept, **PLAIN, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # What a terminal tells the studio is not meant for it.
            start_new_session=True,
        )
        self._in = cast("IO[bytes]", self._process.stdin)
        self._out = cast("IO[bytes]", self._process.stdout)
        threading.Thread(target=self._listen, name="decoder", daemon=True).start()

    @staticmethod
    def _told(bounds: Bounds) -> str:
        return json.dumps(asdict(bounds))

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, task: DecodingTask) -> Decoded:
        """Its answer. Died: there is none, and the process is gone."""
        answer = None
        # Less than a pipe holds, so nobody is waited for; whoever does not read it any more is dead.
        with suppress(OSError, ValueError):
            self._in.write(json.dumps(asdict(task)).encode() + b"\n")
            self._in.flush()
            with suppress(Empty):
                answer = self._answers.get(timeout=self._bounds.seconds)
        if answer is None:
            if not self._is_stopped:
                log.warning("A decoder ended over a file, or took too long (%s).", task.work)
            self.close()
            raise Died
        return answer

    def stop(self) -> None:
        """Begin to end it: nobody waits for its answer any more."""
        self._is_stopped = True
        self._process.kill()

    def close(self) -> None:
        """End it, whatever it does. A disk that stands still may keep it: that is not waited for."""
        self._process.kill()
        with suppress(OSError, ValueError):
            self._in.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_WAIT)

    def _listen(self) -> None:
        # In a thread of its own: a pipe cannot be waited for a while on every system.
        with self._out, suppress(OSError, ValueError):
            while head := self._out.readline():
                found = _ANSWERS.validate_json(head)
                content = self._out.read(found.length)
                if len(content) < found.length:
                    break
                self._answers.put(replace(found, content=content))
        self._answers.put(None)
        self._process.kill()
        self._process.wait()
