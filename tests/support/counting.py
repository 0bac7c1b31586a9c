"""What something costs, counted: on every machine and under every load the number is the same."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

from providers.history.journal import Journal


class Count:
    """How often something happened."""

    def __init__(self) -> None:
        self.number = 0


@contextmanager
def steps(journal: Journal) -> Generator[Count]:
    """The steps that SQLite takes inside, on every connection of a history."""
    count = Count()

    def step() -> int:
        count.number += 1
        return 0

    connections = [journal.database._connection, *journal.database._readers]  # pyright: ignore[reportPrivateUsage]
    for connection in connections:
        connection.set_progress_handler(step, 1)
    try:
        yield count
    finally:
        for connection in connections:
            connection.set_progress_handler(None, 0)


def steps_of(journal: Journal, ask: Callable[[], object]) -> int:
    """The steps that SQLite takes for one question."""
    with steps(journal) as count:
        ask()
    return count.number


@contextmanager
def calls() -> Generator[Count]:
    """The functions that are called inside by this thread, those of the interpreter too."""
    count = Count()

    def note(_frame: FrameType, event: str, _what: object) -> None:
        count.number += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield count
    finally:
        sys.setprofile(before)
