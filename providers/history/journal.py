"""The journal: every job with its steps, files and money. It holds the tables, and is the one place where
a change goes through several of them."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Unpack

from providers.catalogue.requests import Request
from providers.errors import InvalidRequest, StoreProblem, Unknown
from providers.history import ends
from providers.history.accounts import Accounts
from providers.history.artifacts import Artifacts
from providers.history.database import Database, Opening
from providers.history.deletions import Deletions, refuse_undecided
from providers.history.events import Events
from providers.history.figures import Figures
from providers.history.jobs import NO_JOB, Jobs
from providers.history.last_use import Notes
from providers.history.ledger import Caps, Ledger
from providers.history.marks import Marks
from providers.history.new_job import NewJob
from providers.history.plans import Plans
from providers.history.receipts import PATIENCE, Receipt, Receipts
from providers.history.reservations import DiskReservation
from providers.history.revisions import Revisions
from providers.history.rows import doubted, newest, rebuilt, request_sum
from providers.history.schema import Row, Value
from providers.history.taken import gives_way, let_go
from providers.history.writer import KEY_REUSED
from providers.jobs.job import Artifact, Job, JobId
from providers.jobs.transitions import changed


class Past(NamedTuple):
    """What another state of the history tells of a job beside its row."""

    steps: tuple[Row, ...]
    """When, in which state, in what words."""
    day: Row | None
    """The row by which it counts to a day."""


class Journal:
    """The history of a data folder. Any thread may call; every method raises StoreProblem.

    `clock` is seconds since the epoch.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, **how: Unpack[Opening]
    ) -> None:
        self._clock = clock
        self.database = Database(path, **how)
        self.revisions = Revisions(self.database, clock)
        self.jobs = Jobs(self.database, self._mend)
        self.artifacts = Artifacts(self.database, lambda job_id: self.jobs.get(job_id).artifacts)
        self.events = Events(self.database)
        self.ledger = Ledger(self.database, clock)
        self.deletions = Deletions(self.database)
        self.accounts = Accounts(self.database)
        self.plans = Plans(self.database)
        self.figures = Figures(self.database)
        self.receipts: Receipts | None = None
        self.notes: Notes | None = None
        """Where the use of this history is noted."""

    def close(self) -> None:
        """Write what is in line, the last receipts and the log of the database, and close all.

        It is noted that the history was put away.
        """
        self.database.finish()
        if self.receipts is not None:
            # They may lie on another disk, and the history is put away without them in the end.
            self.receipts.close(PATIENCE)
        revision = None
        if self.database.is_ours:
            with suppress(StoreProblem):
                revision = self.revisions.held
        self.database.close()
        if self.notes is not None:
            self.notes.close(revision)
        if self.receipts is not None:
            self.receipts.close()

    # New jobs

    def add(
        self,
        job: Job,
        asked: Request,
        caps: Caps | None = None,
        disk: DiskReservation | None = None,
    ) -> Job:
        """Keep a new job. The same press of the button again gives the job that it made before.

        Its estimate is checked against the caps and set aside in the same transaction, and so is its
        room on the disk. InvalidRequest when that press was for another request, or a cap forbids it.
        """
        new = NewJob(job, asked, caps, disk or DiskReservation())
        return self.database.write(lambda: self.enter(new), then=self._leave_receipt)

    def add_found(self, job: Job) -> None:
        """Keep a finished job for a file that was found. Nothing was ever paid for it here."""

        def put() -> None:
            self.jobs.insert(changed(job, revision=self.revisions.next()), request_sum(job.request))
            self.artifacts.keep(job.artifacts)
            self.events.note(job)

        self.database.write(put, then=lambda _: self._leave_receipt(job))

    def enter(self, new: NewJob) -> Job:
        """A new job within a change, and without a receipt."""
        job, asked = new.job, new.asked
        if (before := self.made_by(job.owner, job.client_request_id, asked)) is not None:
            return before
        new.disk.check(self.figures.reserved_bytes())
        if not job.revision:
            # Not before: whoever asked meanwhile what changed must still be told of it.
            job = changed(job, revision=self.revisions.next())
        self.revisions.tell_with_this(job.revision)
        self.jobs.insert(job, request_sum(asked), new.disk.own)
        self.ledger.reserve(job, new.caps)
        self.events.note(job)
        return job

    def made_by(self, owner: str, idempotency_key: str, request: Request) -> Job | None:
        """The job that this press already made. InvalidRequest when it was for another request."""
        if not idempotency_key:
            return None
        found = self.jobs.made_by(owner, idempotency_key)
        if found is None:
            self.deletions.refuse_used_key(owner, idempotency_key)
            return None
        job, mark = found
        if mark != request_sum(request):
            raise InvalidRequest([KEY_REUSED])
        return job

    # Changed jobs

    def write(self, job: Job, *, note: bool) -> None:
        """Keep a changed job, its new artifacts with it, and a line of its history when `note`.

        Its money follows with a note: no state changes without one.
        """
        self.put(job, note=note).result()

    def put(self, job: Job, *, note: bool, since: int | None = None) -> Future[bool]:
        """The same, begun: it ends once the job is on the disk. What is put first is written first.

        With `since` only if its row is still of that revision; whether it was.
        """

        is_step = False

        def change() -> bool:
            nonlocal is_step
            is_step = not self.jobs.is_in(job.state, job.id)
            there = self.revisions.of(job.id)
            if since is not None and there != since:
                return False
            # What was marked or decided since this was made has a later revision: a row never goes back, or
            # its receipts would tell less than those before, and whoever has seen more would miss this.
            late = there is not None and there > job.revision
            kept = changed(job, revision=self.revisions.next()) if late else job
            self._change(kept, note=note)
            return True

        def follow(is_written: bool) -> None:
            if is_written and is_step:
                ends.tell(job)
            if self.receipts is not None and note and is_written:
                self.receipts.follow(job)

        written = self.database.soon(change, urgent=True, then=follow)
        return self.revisions.tell_with(written, job.revision)

    def mark(self, job_id: JobId, owner: str, marks: Marks) -> Job:
        """Keep what the owner marks a job with. Unknown, InvalidRequest."""
        changes = marks.changes()

        def put() -> Job:
            changes["revision"] = self.revisions.next()
            job = changed(self.jobs.get(job_id, owner), **changes)
            self.jobs.put_marks(job)
            return job

        return self.database.write(put, then=self._leave_receipt)

    def delete(self, job_id: JobId, owner: str) -> Job:
        """Take an ended job out of the history for good; what is left of it. InvalidRequest, Unknown.

        Its files are the caller's to remove after this; they are left over until then.
        """
        mark = self.receipt(self.jobs.get(job_id, owner).id).request_sum

        def put() -> Job:
            return self._bury(self.jobs.get(job_id, owner), mark, self.revisions.next())

        return self.database.write(put, urgent=True, then=self._leave_receipt)

    def unbalanced(self) -> list[JobId]:
        """Jobs whose money does not add up, or does not stand where their state wants it: none, ever."""
        return self.ledger.unbalanced(self.jobs.all())

    # Receipts

    def leave(self, receipts: Receipts) -> None:
        """From now on every step of a job leaves a receipt, too."""
        self.receipts = receipts

    def receipt(self, job_id: JobId) -> Receipt:
        """A job's row for its receipt, with the rows of the files that it names and of its day."""
        day = self.ledger.day_row(job_id)
        if (left := self.deletions.remains(job_id)) is not None:
            return Receipt(job=left[0], request_sum=left[1], day=day)
        found = self.jobs.with_mark(job_id)
        if found is None:
            raise StoreProblem(NO_JOB)
        (job, mark), references = found, list[Artifact]()
        for _, name in job.request.media():
            with suppress(Unknown):
                references.append(self.artifacts.get(name, job.owner))
        return Receipt(job=job, request_sum=mark, references=tuple(references), day=day)

    def take_back(self, receipt: Receipt, why: str, *, is_sure: bool = False) -> None:
        """Bring a job to where its receipt says it stood. InvalidRequest when its task is another's, or the
        job was deleted here.

        What seems unsent is looked for first, unless it is sure that it was not sent after the receipt.
        """

        def put() -> Job:
            job, is_new = receipt.job, self.revisions.of(receipt.job.id) is None
            if not is_new:
                self.deletions.refuse_deleted(job.id)
                job = newest(self.jobs.get(job.id), job)
            if job.seems_unsent and not is_sure:
                revision, now = self.revisions.next(), self._clock()
                job = changed(doubted(job, why), revision=revision, updated=now)
            self._make_way(job)
            if is_new:
                self.jobs.insert(job, receipt.request_sum)
                if receipt.day is not None:
                    self.ledger.count_as(receipt.day)
                self.ledger.reserve(job, None)
            self.artifacts.keep(map(self.artifacts.in_place, receipt.references))
            self._change(job, note=True)
            self.jobs.put_marks(job)
            return self._bury(job, receipt.request_sum, job.revision) if job.gone else job

        self.revisions.reach(self.database.write(put).revision)

    # Another state of the same history

    def past(self, job_id: JobId) -> Past:
        """The steps of a job, the last one included, and the day that it counts to."""
        return Past(tuple(self.events.rows(job_id)), self.ledger.day_row(job_id))

    def resume(self, job_id: JobId, past: Past) -> None:
        """Write down what is missing of a job's past."""

        def put() -> None:
            self.events.resume(job_id, past.steps)
            if past.day is not None:
                self.ledger.count_as(past.day)

        self.database.write(put)

    def join(
        self,
        same: Iterable[tuple[str, str, str]],
        references: Iterable[Artifact],
        plans: Iterable[Row],
    ) -> None:
        """Keep what owners have said about accounts elsewhere, the references they handed in there, and the
        plans they saved."""

        def put() -> None:
            for answer in same:
                if not self.accounts.are_same(*answer):
                    self.accounts.say_same(*answer)
            self.artifacts.keep(references)
            self.plans.take(plans)

        self.database.write(put)

    # Within a change

    def _change(self, job: Job, *, note: bool) -> None:
        self._make_way(job)
        self.jobs.update(job)
        self.artifacts.make_room(job)
        self.artifacts.keep(job.artifacts)
        if note:
            self.events.note(job)
            self.ledger.follow(job)

    def _make_way(self, job: Job) -> None:
        # A task has one job: in one step with the ticket, whoever merely took it in lets go of it.
        name = None if job.ticket is None else self.jobs.holder(job.vendor, job.ticket.task)
        holder = None if name in (None, job.id) else self.jobs.get(str(name))
        if holder is not None and gives_way(holder, job):
            left = let_go(holder, now=self._clock(), revision=self.revisions.next())
            self.database.soon(
                lambda: self._change(left, note=True), then=lambda _: self._leave_receipt(left)
            )

    def _bury(self, job: Job, mark: str, revision: int) -> Job:
        refuse_undecided(job)
        self.artifacts.hand_over(job)
        return self.deletions.bury(job, mark, revision)

    def _mend(self, job_id: JobId, doc: Value) -> Job:
        """Set a damaged row aside, and put in its place what the other columns tell."""

        def put() -> Job:
            if not self.jobs.set_aside(job_id, doc, self._clock()):
                # Somebody else was quicker.
                return self.jobs.get(job_id)
            job = self._rebuilt(job_id)
            self._change(job, note=True)
            return job

        # A disk that takes nothing leaves the row as it is; what could be read is shown.
        with suppress(StoreProblem):
            return self.database.write(put)
        shown = self._rebuilt(job_id)
        self.revisions.told(shown.revision)
        return shown

    def _rebuilt(self, job_id: JobId) -> Job:
        results = self.artifacts.results(job_id)
        job = rebuilt(self.jobs.columns(job_id), results, self._clock())
        return changed(job, revision=self.revisions.next())

    def _leave_receipt(self, job: Job) -> None:
        if self.receipts is not None:
            self.receipts.note(job.id)
