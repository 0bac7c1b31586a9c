"""Putting a studio's history and files away, and not without bound: a disk may never come back."""

import asyncio
import logging
from collections.abc import Callable

from providers.history.journal import Journal
from providers.library.vault import Vault
from providers.pools import Pool

log = logging.getLogger("studio.history")
CLOSE_WAIT = 10.0
"""Seconds that the end of the studio waits for the disk."""
LEFT = (
    "The disk isn't responding, so the studio stops without waiting for it. {lost}Everything "
    "confirmed earlier is on the disk, and open jobs continue at the next start."
)


async def put_away(
    journal: Journal, vault: Vault, beside: Callable[[], object], wait: float
) -> None:
    """Close a history and then its folder, and `beside` that what may be lost. After `wait` it goes on alone.

    Until then nobody else gets the folder, as long as this process lives.
    """
    pool = Pool("closing", 2)
    works = [
        asyncio.wrap_future(pool.submit(work)) for work in (lambda: _close(journal, vault), beside)
    ]
    pool.close(0)
    done, _ = await asyncio.wait(works, timeout=wait)
    for work in done:
        work.result()
    if works[0] not in done:
        unwritten = " and ".join(_unwritten(journal))
        log.error("%s", LEFT.format(lost=f"Not saved: {unwritten}. " if unwritten else ""))


def _close(journal: Journal, vault: Vault) -> None:
    journal.close()
    vault.close()


def _unwritten(journal: Journal) -> list[str]:
    counts = {
        ("change", "to the history"): journal.database.unwritten,
        ("receipt", "of a job's last step"): 0
        if journal.receipts is None
        else journal.receipts.unwritten,
    }
    return [
        f"{count} {noun}{'s' * (count != 1)} {of}" for (noun, of), count in counts.items() if count
    ]
