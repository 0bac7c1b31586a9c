"""What a life may know of the jobs beside it: whose task is not known either, and who stops for it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from providers.history.journal import Journal
from providers.jobs.callback import is_callback_of, read_callback
from providers.jobs.job import Job, JobId
from providers.running.claims import Claims
from providers.vendors.connection import Connection

if TYPE_CHECKING:
    from providers.running.life import Life

Living = Mapping[JobId, "tuple[Life, asyncio.Task[None]]"]


class Others:
    """Every job of the library, in memory and on the disk. `living` are those that are worked on now."""

    def __init__(self, journal: Journal, living: Living, claims: Claims) -> None:
        self._journal = journal
        self._living = living
        self._claims = claims

    def called(self, path: str) -> "Life | None":
        """Who works on the job that a vendor's call to this path is about; None where nobody waits for one.

        No disk is read for it and no vendor asked: a forged call costs nothing.
        """
        found = read_callback(path)
        held = None if found is None else self._living.get(found[0])
        if found is None or held is None or not is_callback_of(held[0].job, found[1]):
            return None
        return held[0]

    def lost(self, connection: Connection) -> list[Job]:
        """Jobs of a vendor whose create call was sent, and whose task is not known for sure.

        With whatever key they were sent: it may be another one of the same account.
        """
        found: list[Job] = []
        for row in self._journal.jobs.undecided(connection.vendor.name):
            held = self._living.get(row.id)
            job = row if held is None else held[0].job
            is_sent = job.submitted is not None and job.state in ("submitting", "unsure")
            is_known = job.ticket is not None and job.ticket.seen
            if job.sandbox == connection.is_sandbox and is_sent and not is_known:
                found.append(job)
        return found

    def is_through(self, connection: Connection, job: Job) -> bool:
        """Whether a job is one of this connection's account for sure, as far as its owner has said so."""
        account = connection.account
        is_same = self._journal.accounts.are_same
        return job.account in ("", account) or is_same(job.owner, job.account, account)

    def sending(self, connection: Connection) -> list[Job]:
        """Those of them whose answer is awaited, or that are looked for just now."""
        return [job for job in self.lost(connection) if job.id in self._living and job.is_open]

    def is_in_flight(self, job: JobId) -> bool:
        """Whether the answer to its create call is still awaited: that will name the task."""
        held = self._living.get(job)
        return held is not None and not held[0].calm.is_set()

    @asynccontextmanager
    async def aside(self, job: JobId) -> AsyncGenerator[None]:
        """Inside, nobody works on this job: what is written then may be another state of it."""
        with self._claims.resting(job):
            held = self._living.get(job)
            if held is not None:
                held[1].cancel()
                await asyncio.wait({held[1]})
            yield
