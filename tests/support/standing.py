"""A history whose disk takes nothing for as long as a test wants: a slow sync without a clock."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

from providers.history.journal import Journal
from providers.studio.studio import Studio


@contextmanager
def standing_still(journal: Journal) -> Generator[None]:
    """Inside, the disk takes nothing: what is written waits, and goes through afterwards."""
    stands, goes_on = threading.Event(), threading.Event()

    def stand() -> None:
        stands.set()
        goes_on.wait()

    thread = threading.Thread(target=journal.database.write, args=(stand,))
    thread.start()
    stands.wait()
    try:
        yield
    finally:
        goes_on.set()
        thread.join()


def history_of(studio: Studio) -> Journal:
    """The open history of a running studio."""
    return studio.opened.journal


def is_waited_for(journal: Journal) -> bool:
    """Whether a change stands in line for the disk."""
    return bool(journal.database._writer._line)  # pyright: ignore[reportPrivateUsage]


def as_elsewhere(journal: Journal) -> None:
    """From now on questions wait for the write that is on its way, as where no log can be shared."""
    journal.database._readers.clear()  # pyright: ignore[reportPrivateUsage]


def is_writing(studio: Studio) -> bool:
    """Whether a receipt is being written, for which a job may wait."""
    receipts = studio.opened.journal.receipts if studio.opened.is_begun else None
    return receipts is not None and receipts.unwritten > 0
