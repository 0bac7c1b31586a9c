"""The journal: every job, event and artifact, in plain SQLite. Beside it, `figures.py` counts and sums."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Unpack

from providers.catalogue.requests import Request
from providers.errors import InvalidRequest, StoreProblem, Unknown
from providers.history.kept import Files
from providers.history.ledger import Caps, Ledger
from providers.history.marks import Marks, joined, sought_of, worn
from providers.history.migrations import HELD, OF_HELD
from providers.history.new_job import NewJob
from providers.history.query import Page, Place, Query, narrowed
from providers.history.receipts import PATIENCE, Receipt, Receipts
from providers.history.rows import (
    COLUMNS,
    Damaged,
    doubted,
    newest,
    read_artifact,
    read_job,
    rebuilt,
    request_sum,
    row_sum,
    seems_unsent,
    words,
)
from providers.history.schema import Row, Value
from providers.history.store import Opening
from providers.history.taken import gives_way, let_go
from providers.history.writer import PRESSED_TWICE
from providers.jobs.job import Artifact, Job, JobId
from providers.jobs.reservations import Room
from providers.jobs.transitions import changed

DOC = "doc, row_sum, id, starred, tags"
NO_JOB = "There is no such job here. Reload the page to see what there is."


class Journal(Files):
    """Every job with its history and its files. Any thread may call; every method raises StoreProblem."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        most_pages: int | None = None,
        **how: Unpack[Opening],
    ) -> None:
        super().__init__(path, clock=clock, **how)
        if most_pages is not None:
            # A history that may not grow further behaves as on a full disk.
            self._database.execute(f"pragma max_page_count={most_pages}")
        self.receipts: Receipts | None = None

    def close(self) -> None:
        """Write what is in line, the last receipts and the log of the database, and close all."""
        self._writer.close()
        if self.receipts is not None:
            # They may lie on another disk, and the history is put away without them in the end.
            self.receipts.close(PATIENCE)
        super().close()
        if self.receipts is not None:
            self.receipts.close()

    # Writing

    def add(
        self, job: Job, asked: Request, caps: Caps | None = None, room: Room | None = None
    ) -> Job:
        """Keep a new job. The same press of the button again gives the job that it made before.

        Its estimate is checked against the caps and set aside in the same transaction, and so is its
        room on the disk. InvalidRequest when that press was for another request, or a cap forbids it.
        """
        entry = NewJob(job, asked, caps, room or Room())
        return self._write(lambda: self.enter(entry), then=self._leave_receipt)

    def add_found(self, job: Job) -> None:
        """Keep a finished job for a file that was found. Nothing was ever paid for it here."""

        def put() -> None:
            numbered = changed(job, revision=self.next_revision())
            self._insert(numbered, request_sum(job.request))
            self._keep(job.artifacts)
            self._note(job)

        self._write(put, then=lambda _: self._leave_receipt(job))

    def enter(self, entry: NewJob) -> Job:
        """The same within a transaction, and without a receipt."""
        job, asked = entry.job, entry.asked
        if (before := self.pressed(job.owner, job.client_request_id, asked)) is not None:
            return before
        entry.room.check(self.room_held())
        if not job.revision:
            # Not before: whoever asked meanwhile what changed must still be told of it.
            job = changed(job, revision=self.next_revision())
        self._within.append(job.revision)
        self._insert(job, request_sum(asked), entry.room.own)
        self._ledger.reserve(job, entry.caps)
        self._note(job)
        return job

    def _insert(self, job: Job, mark: str, room: int = 0) -> None:
        doc = job.model_dump_json()
        self._database.execute(
            "insert into job (id, owner, client_request_id, request_sum, token, vendor, task,"
            " kind, model, state, created, revision, words, doc, row_sum, room, starred, tags, batch,"
            " sought) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                job.id, job.owner, job.client_request_id, mark,
                job.token, job.vendor, _task(job), job.kind, job.request.model, job.state,
                job.created, job.revision, words(job.request), doc, row_sum(doc), room,
                int(job.starred), joined(job.tags), None if job.batch is None else job.batch.id,
                sought_of(job),
            ),
        )  # fmt: skip

    def pressed(self, owner: str, client_request_id: str, request: Request) -> Job | None:
        """The job that this press already made. InvalidRequest when it was for another request."""
        if not client_request_id:
            return None
        found = self._one(
            f"select {DOC}, request_sum from job where owner = ? and client_request_id = ?",
            owner, client_request_id,
        )  # fmt: skip
        if found is None:
            self._refuse_pressed(owner, client_request_id)
            return None
        if found[-1] != request_sum(request):
            raise InvalidRequest([PRESSED_TWICE])
        return self._job(found)

    def write(self, job: Job, *, note: bool) -> None:
        """Keep a changed job, its new artifacts with it, and a line of its history when `note`.

        Its money follows with a note: no state changes without one.
        """
        self.put(job, note=note).result()

    def put(self, job: Job, *, note: bool, since: int | None = None) -> Future[bool]:
        """The same, begun: it ends once the job is on the disk. What is put first is written first.

        With `since` only if its row is still of that revision; whether it was.
        """

        def change() -> bool:
            if since is not None and self.revision_of(job.id) != since:
                return False
            self._change(job, note=note)
            return True

        def follow(is_written: bool) -> None:
            if self.receipts is not None and note and is_written:
                self.receipts.follow(job)

        return self._tell_with(self._soon(change, urgent=True, then=follow), job.revision)

    def _change(self, job: Job, *, note: bool) -> None:
        self._make_way(job)
        doc = job.model_dump_json()
        changed = self._database.execute(
            "update job set task = ?, state = ?, revision = ?, doc = ?, row_sum = ? where id = ?",
            (_task(job), job.state, job.revision, doc, row_sum(doc), job.id),
        )
        if not changed.rowcount:
            # Deleted meanwhile: nothing of it comes back.
            raise Unknown(NO_JOB)
        self._make_room(job)
        self._keep(job.artifacts)
        if note:
            self._note(job)
            self._ledger.follow(job)

    def _make_way(self, job: Job) -> None:
        # A task has one job: in one step with the ticket, whoever merely took it in lets go of it.
        name = None if job.ticket is None else self.holder(job.vendor, job.ticket.task)
        holder = None if name in (None, job.id) else self.job(str(name))
        if holder is not None and gives_way(holder, job):
            left = let_go(holder, now=self._clock(), revision=self.next_revision())
            self._soon(
                lambda: self._change(left, note=True), then=lambda _: self._leave_receipt(left)
            )

    def delete(self, job_id: JobId, owner: str) -> Job:
        """Take an ended job out of the history for good; what is left of it. InvalidRequest, Unknown.

        Its files are the caller's to remove after this; they are among `left_over` until then.
        """
        mark = self.receipt(self.job(job_id, owner).id).request_sum

        def put() -> Job:
            return self._bury(self.job(job_id, owner), mark, self.next_revision())

        return self._write(put, urgent=True, then=self._leave_receipt)

    def mark(self, job_id: JobId, owner: str, marks: Marks) -> Job:
        """Keep what the owner marks a job with. Unknown, InvalidRequest."""
        changes = marks.changes()

        def put() -> Job:
            changes["revision"] = self.next_revision()
            job = changed(self.job(job_id, owner), **changes)
            self._put_marks(job)
            return job

        return self._write(put, then=self._leave_receipt)

    # Receipts

    def leave(self, receipts: Receipts) -> None:
        """From now on every step of a job leaves a receipt, too."""
        self.receipts = receipts

    def _leave_receipt(self, job: Job) -> None:
        if self.receipts is not None:
            self.receipts.note(job.id)

    def receipt(self, job_id: JobId) -> Receipt:
        """A job's row for its receipt, with the rows of the files that it names."""
        left = self.remains(job_id)
        if left is not None:
            return Receipt(job=left[0], request_sum=left[1])
        found = self._one(f"select {DOC}, request_sum from job where id = ?", job_id)
        if found is None:
            raise StoreProblem(NO_JOB)
        job, references = self._job(found), list[Artifact]()
        for _, name in job.request.media():
            with suppress(Unknown):
                references.append(self.artifact(name, job.owner))
        return Receipt(job=job, request_sum=str(found[-1]), references=tuple(references))

    def take_back(self, receipt: Receipt, why: str, *, is_sure: bool = False) -> None:
        """Bring a job to where its receipt says it stood. InvalidRequest when its task is another's, or the
        job was deleted here.

        What seems unsent is looked for first, unless it is sure that it was not sent after the receipt.
        """

        def put() -> Job:
            job, is_new = receipt.job, self.revision_of(receipt.job.id) is None
            if not is_new:
                self._refuse_deleted(job.id)
                job = newest(self.job(job.id), job)
            if seems_unsent(job) and not is_sure:
                revision, now = self.next_revision(), self._clock()
                job = changed(doubted(job, why), revision=revision, updated=now)
            self._make_way(job)
            if is_new:
                self._insert(job, receipt.request_sum)
                self._ledger.reserve(job, None)
            self._keep(map(self._in_place, receipt.references))
            self._change(job, note=True)
            self._put_marks(job)
            return self._bury(job, receipt.request_sum, job.revision) if job.gone else job

        self.reach(self._write(put).revision)

    def join(self, same: Iterable[tuple[str, str, str]], handed_in: Iterable[Artifact]) -> None:
        """Keep what owners have said about accounts elsewhere, and the references they handed in there."""

        def put() -> None:
            for answer in same:
                if not self.is_same_account(*answer):
                    self.say_same(*answer)
            self._keep(handed_in)

        self._write(put)

    # Reading

    def job(self, job_id: JobId, owner: str | None = None) -> Job:
        """One job, or Unknown. An owner of None is the studio itself."""
        found = self._one(f"select {DOC}, owner from job where id = ?", job_id)
        if found is None or owner not in (None, found[-1]):
            raise Unknown(NO_JOB)
        return self._job(found)

    def page(self, owner: str, query: Query) -> Page:
        """One page of this owner's jobs, newest first."""
        where, values = narrowed(owner, query)
        if query.before:
            place = Place.read(query.before)
            where += " and (job.created, job.id) < (?, ?)"
            values += [place.created, place.id]
        found = self._all(
            f"select {DOC} from job where {where} order by job.created desc, job.id desc limit ?",
            *values, query.limit + 1,
        )  # fmt: skip
        jobs = tuple(self._job(row) for row in found[: query.limit])
        last = jobs[-1] if len(found) > query.limit else None
        return Page(jobs=jobs, next=Place(last.created, last.id).token() if last else None)

    def recent(self, owner: str, limit: int = 60) -> list[Job]:
        """All jobs that are open or wait for the person, and the newest others. Newest first."""
        found = self._all(
            f"select {DOC} from job where owner = ? and {HELD} union"
            f" select {DOC} from (select {DOC} from job where owner = ?"
            " order by created desc, id desc limit ?)",
            owner, owner, limit,
        )  # fmt: skip
        jobs = [self._job(row) for row in found]
        return sorted(jobs, key=lambda job: (job.created, job.id), reverse=True)

    def changed_since(self, owner: str, revision: int) -> list[Job]:
        """This owner's jobs with a later revision, oldest change first."""
        found = self._all(
            f"select {DOC} from job where owner = ? and revision > ? order by revision",
            owner, revision,
        )  # fmt: skip
        return [self._job(row) for row in found]

    def open_jobs(self) -> list[Job]:
        """Every job that the runner works on, oldest first."""
        found = self._all(
            f"select {DOC} from job where {HELD} and state <> 'unsure' order by created, id"
        )
        return [job for job in map(self._job, found) if job.is_open]

    def undecided(self, vendor: str) -> list[Job]:
        """Every job of a vendor whose create call may be on its way, or of which nobody knows what became."""
        found = self._all(
            f"select {DOC} from job {OF_HELD} and vendor = ? and state in ('submitting', 'unsure')"
            " order by created, id",
            vendor,
        )
        return [self._job(row) for row in found]

    def failed_since(self, created: float) -> list[Job]:
        """Failed jobs with a task at their vendor that were made since then, newest first."""
        found = self._all(
            f"select {DOC} from job where state = 'failed' and task is not null and created >= ?"
            " order by created desc, id desc",
            created,
        )
        return [self._job(row) for row in found]

    def unbalanced(self) -> list[JobId]:
        """Jobs whose money does not add up, or does not stand where their state wants it: none, ever."""
        rows = self._all(f"select {DOC} from job order by created, id")
        jobs = [self._job(row) for row in rows]
        with self._reading() as database:
            return Ledger(database).unbalanced(jobs)

    # Inside

    def _job(self, row: Row) -> Job:
        doc, mark, job_id, starred, tags, *_ = row
        try:
            return worn(read_job(doc, mark), starred, tags)
        except Damaged:
            return worn(self._mend(str(job_id), doc), starred, tags)

    def _mend(self, job_id: JobId, doc: Value) -> Job:
        """Set a damaged row aside, and put in its place what the other columns tell."""

        def put() -> Job:
            row = self._one(f"select {DOC} from job where id = ?", job_id)
            if row is None or row[0] != doc:
                # Somebody else was quicker.
                return self.job(job_id)
            job, aside = (
                self._rebuilt(job_id),
                "insert into damaged (job, at, doc) values (?, ?, ?)",
            )
            self._database.execute(aside, (job_id, self._clock(), doc))
            self._change(job, note=True)
            return job

        # A disk that takes nothing leaves the row as it is; what could be read is shown.
        with suppress(StoreProblem):
            return self._write(put)
        shown = self._rebuilt(job_id)
        self.told(shown.revision)
        return shown

    def _rebuilt(self, job_id: JobId) -> Job:
        (columns,) = self._all(f"select {COLUMNS} from job where id = ?", job_id)
        files: list[Artifact] = []
        for row in self._all(
            "select doc, row_sum from artifact where job = ? order by number", job_id
        ):
            with suppress(Damaged):
                files.append(read_artifact(*row))
        job = rebuilt(columns, files, self._clock())
        return changed(job, revision=self.next_revision())


def _task(job: Job) -> str | None:
    return None if job.ticket is None else job.ticket.task
