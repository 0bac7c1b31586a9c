"""What a person decides about a job that is there already. Nothing here sends a create call by itself."""

import asyncio
from collections.abc import Callable, Collection
from typing import Unpack

from providers.durability.deletion import delete
from providers.errors import InvalidRequest, Problem
from providers.jobs.job import Job, JobId, State
from providers.jobs.transitions import JobFields
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.pools import PAGES, PICTURES
from providers.running.feed import Feed
from providers.running.parking import Parking
from providers.running.saving import given_up
from providers.studio.adoption import Adoption
from providers.studio.live import LiveJobs
from providers.studio.opened import Opened
from providers.studio.submission import Submission
from providers.vendors.vendor import Ticket

ITS_OWN = "This job's own task is known. Check again to get its files, or import the other task separately."


class Decisions:
    """Each takes the job's id and its owner, and gives the job as it is then. Unknown, StoreProblem."""

    def __init__(
        self,
        opened: Opened,
        live: LiveJobs,
        submission: Submission,
        adoption: Adoption,
        parking: Parking,
        vault: Vault,
        derived: Derived,
        feed: Feed,
        clock: Callable[[], float],
    ) -> None:
        self._opened = opened
        self._live = live
        self._submission = submission
        self._adoption = adoption
        self._parking = parking
        self._vault = vault
        self._derived = derived
        self._feed = feed
        self._clock = clock

    async def cancel(self, job_id: JobId, owner: str) -> Job:
        """Ask for the end of a job. A job that has ended stays as it is."""
        return await self._opened.runner.cancel(await self._job(job_id, owner))

    def retry(
        self,
        job_id: JobId,
        owner: str,
        idempotency_key: str = "",
        agreed: Collection[str] = (),
        *,
        free: bool = False,
    ) -> Job:
        """The same request as a new job, in the same row of its batch if it has one. `free` as in `submit`."""
        job = self._live.get(job_id, owner)
        return self._submission.submit(
            job.request,
            owner=owner,
            idempotency_key=idempotency_key,
            batch=job.batch,
            # Whoever sent braces once has said that they are meant.
            agreed=(*agreed, "slots"),
            plan=job.plan,
            free=free,
        )

    async def look_again(self, job_id: JobId, owner: str) -> Job:
        """Take up an unsure job, or a failed one whose task has ended well after all. Sends nothing.

        Its task is followed, or looked for at the vendor.
        """
        job = await self._job(job_id, owner)
        if job.state == "failed":
            job = await self._opened.runner.look_back(job)
        if not (job.state in ("unsure", "expired") or job.late) or job.submitted is None:
            return job
        state: State = "queued" if job.ticket else "submitting"
        fields: JobFields = {
            "error": None, "finished": None, "late": False, "detail": "Checking again",
        }  # fmt: skip
        database = self._opened.journal.database
        return await database.changing(lambda: self._decide(job, state, **fields))

    def adopt(self, job_id: JobId, owner: str, task: str) -> Job:
        """Give an unsure job the vendor's task that belongs to it. InvalidRequest for a bad id."""
        job = self._live.get(job_id, owner)
        if job.state != "unsure":
            return job
        if note := self._parking.note(job):
            # The task that is meant was listed, or is looked for, in the account that is connected now.
            raise InvalidRequest([Problem("task", note)])
        ticket = self._adoption.given(job, task)
        if has_its_task(job, ticket):
            raise InvalidRequest([Problem("task", ITS_OWN)])
        account = job.account or self._parking.account(job.vendor)
        return self._decide(
            job, "queued", ticket=ticket, account=account, error=None, detail="Imported"
        )

    def discard(self, job_id: JobId, owner: str) -> Job:
        """Give an unsure or a parked job up, or the rest of its files: those that are here stay."""
        job = self._live.get(job_id, owner)
        if job.parked is not None and job.seems_unsent:
            return self._opened.runner.cancel_unsent(job)
        if job.state != "unsure" and job.parked is None:
            return job
        state, fields = given_up(job)
        ended: JobFields = {**fields, "parked": None, "finished": self._clock()}
        return self._decide(job, state, **ended)

    async def go_on(self, job_id: JobId, owner: str) -> Job:
        """Say that a parked job's account is the one that is connected now: all its jobs here go on.

        One answer for every job of this owner that went there. Sends nothing new. InvalidRequest where no
        account of its vendor is connected.
        """
        job = await self._job(job_id, owner)
        if job.parked is None:
            return job
        if job.parked != "other_account":
            raise InvalidRequest([Problem("", self._parking.note(job))])
        accounts, mine = self._opened.journal.accounts, self._parking.account(job.vendor)
        await self._opened.journal.database.changing(
            lambda: accounts.say_same(owner, job.account, mine)
        )
        await self._opened.runner.go_on(owner)
        return await self._job(job_id, owner)

    async def delete(self, job_id: JobId, owner: str) -> None:
        """Delete a job that has ended, with its files, for good. What it cost stays in the sums.

        Who leaves meanwhile leaves it to its own end, and every page is told.
        """
        await asyncio.shield(self._delete(job_id, owner))

    async def _delete(self, job_id: JobId, owner: str) -> None:
        journal = self._opened.journal
        left, names = await PAGES.run(delete, journal, self._vault, job_id, owner)
        self._feed.publish(left)
        await PICTURES.run(self._derived.forget, names)

    async def _job(self, job_id: JobId, owner: str) -> Job:
        return await self._opened.journal.database.ask(lambda: self._live.get(job_id, owner))

    def _decide(self, job: Job, state: State, /, **fields: Unpack[JobFields]) -> Job:
        # Whoever chooses anew does not want the end that was asked for before.
        fields["cancel_wanted"] = False
        return self._opened.runner.decide(job, state, **fields)


def has_its_task(job: Job, given: Ticket) -> bool:
    """Whether another task would take the place of one that the service has shown, or of files that came from
    it: each file of a task has a number, and those that are here are not fetched again."""
    held = job.ticket
    if held is None or held.task == given.task:
        return False
    return held.seen or bool(job.own_files)
