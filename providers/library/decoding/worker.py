"""The process that decodes, one file after the other: `python -m providers.library.decoding.worker BOUNDS`.

It opens what it is told to and answers on its standard output. It ends as soon as nobody can ask any more,
however whoever started it came to its end. Whatever is imported here makes each start slower.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import asdict, replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO, cast

from providers.library import media
from providers.library.decoding.tasks import Bounds, Decoded, DecodingTask, Work
from providers.library.flaws import UnusableFile
from providers.library.outgoing import upright
from providers.library.pixels import TooHeavy, only_light, small_picture

BEHIND = 10
"""By how much others go first, as `nice` counts it."""
MARGIN = 10
"""Seconds past its time after which a worker ends itself: nobody is there who would have done so."""


def _probe(task: DecodingTask) -> Decoded:
    return Decoded(found=media.probe(Path(task.path)))


def _described(task: DecodingTask) -> Decoded:
    return Decoded(found=media.described(Path(task.path), task.kind))


def _undecoded(task: DecodingTask) -> Decoded:
    return Decoded(found=media.undecoded(Path(task.path), task.kind, task.flaw))


def _small_picture(task: DecodingTask) -> Decoded:
    return Decoded(content=small_picture(Path(task.path), task.kind, task.side))


def _upright(task: DecodingTask) -> Decoded:
    content, media_type = upright(
        Path(task.path), task.media_type, task.accepted, longest=task.side or None
    )
    return Decoded(content=content, media_type=media_type)


_WORKS: Mapping[Work, Callable[[DecodingTask], Decoded]] = {
    "probe": _probe,
    "described": _described,
    "undecoded": _undecoded,
    "small_picture": _small_picture,
    "upright": _upright,
}


def done(task: DecodingTask, bounds: Bounds) -> Decoded:
    """What comes of a task, whatever its file does."""
    # A decoder that stumbles over a file in a way that nobody has foreseen has not read it.
    with suppress(Exception):
        try:
            with only_light(bounds.pixels) if bounds.pixels else nullcontext():
                return _WORKS[task.work](task)
        except UnusableFile as error:
            return Decoded(flaw=error.flaw)
        except OSError as error:
            return Decoded(errno=error.errno or 5)
        except (TooHeavy, MemoryError):
            return Decoded(is_heavy=True) if bounds.pixels else Decoded(flaw="costly")
    return Decoded(flaw="unreadable")


def _bind(bounds: Bounds) -> None:
    """Take no more than so much memory, and be the first to go where the machine itself has none left; let
    everybody else's work go first where this one's takes long."""
    if bounds.is_heavy and sys.platform != "win32":
        os.nice(BEHIND)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _listen(asked: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        asked.put(line)
    # In the midst of a picture too: nobody is left who waits for it.
    os._exit(0)


def _alarm(seconds: float) -> None:
    # Also ends a decoder that never lets this Python go on, where the system can.
    if sys.platform != "win32":
        signal.alarm(int(seconds))


def _answer(found: Decoded, out: BinaryIO) -> None:
    head = asdict(replace(found, length=len(found.content), content=b""))
    del head["content"]
    out.write(json.dumps(head).encode() + b"\n" + found.content)
    out.flush()


def main() -> None:
    """Answer until nobody asks any more."""
    bounds = Bounds(**cast("dict[str, int]", json.loads(sys.argv[1])))
    # What a library prints is no answer.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _bind(bounds)
    asked = SimpleQueue[bytes]()
    Thread(target=_listen, args=(asked,), daemon=True).start()
    while True:
        task = DecodingTask(**cast("dict[str, str]", json.loads(asked.get())))  # pyright: ignore[reportArgumentType]
        _alarm(bounds.seconds + MARGIN)
        found = done(task, bounds)
        _alarm(0)
        _answer(found, out)


if __name__ == "__main__":
    main()
