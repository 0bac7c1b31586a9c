"""The journal: every job, event and artifact, in plain SQLite. All SQL about them stands here."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from pydantic import JsonValue

from providers.catalogue.requests import ArtifactId, Request
from providers.errors import InvalidRequest, Problem, StoreProblem, Unknown
from providers.jobs.job import OPEN, Artifact, Job, JobId
from providers.jobs.ledger import Caps, Ledger, Line, Standing, day_of
from providers.jobs.query import Page, Place, Query, words_of
from providers.jobs.rows import COLUMNS, Damaged, read_artifact, read_job, rebuilt, row_sum
from providers.jobs.schema import HELD, Row, Value, number
from providers.jobs.store import Store
from providers.vendors.vendor import Estimate

PRESSED_TWICE = Problem(
    "client_request_id",
    "This press of the button was already used for another request. Reload the page and try again.",
)
DOC = "doc, row_sum, id"
NO_JOB = "There is no such job here. Reload the page to see what there is."
NO_ARTIFACT = "There is no such file here. Reload the page to see what there is."


class Journal(Store):
    """Every job with its history and its files. Any thread may call; every method raises StoreProblem."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        most_pages: int | None = None,
        make_room: Callable[[], bool] = lambda: False,
        before_lifting: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(path, make_room=make_room, before_lifting=before_lifting)
        self._clock = clock
        if most_pages is not None:
            # A history that may not grow further behaves as on a full disk.
            self._database.execute(f"pragma max_page_count={most_pages}")
        self._ledger = Ledger(self._database)
        self._revision = number(self._one("select max(revision) from job"))

    def next_revision(self) -> int:
        """A number greater than every one before it, also over restarts."""
        with self._lock:
            self._revision = max(self._revision + 1, int(self._clock() * 1_000_000))
            return self._revision

    @property
    def revision(self) -> int:
        """The latest revision that was given out."""
        return self._revision

    # Writing

    def add(self, job: Job, asked: Request, caps: Caps | None = None) -> Job:
        """Keep a new job. The same press of the button again gives the job that it made before.

        `asked` is the request as it was handed in, before defaults and a seed were chosen. Its estimate
        is checked against the caps and set aside in the same transaction.
        Raises InvalidRequest when that press was for another request, or when a cap forbids it.
        """
        return self._write(lambda: self._add(job, asked, caps))

    def _add(self, job: Job, asked: Request, caps: Caps | None) -> Job:
        before = self.pressed(job.owner, job.client_request_id, asked)
        if before is not None:
            return before
        doc = job.model_dump_json()
        self._database.execute(
            "insert into job (id, owner, client_request_id, request_sum, token, vendor, task,"
            " kind, model, state, created, revision, words, doc, row_sum)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                job.id, job.owner, job.client_request_id, request_sum(asked),
                job.token, job.vendor, _task(job), job.kind, job.request.model, job.state,
                job.created, job.revision, words(job.request), doc, row_sum(doc),
            ),
        )  # fmt: skip
        self._ledger.reserve(job, caps)
        self._note(job)
        return job

    def pressed(self, owner: str, client_request_id: str, request: Request) -> Job | None:
        """The job that this press already made. InvalidRequest when it was for another request."""
        if not client_request_id:
            return None
        found = self._one(
            f"select {DOC}, request_sum from job where owner = ? and client_request_id = ?",
            owner, client_request_id,
        )  # fmt: skip
        if found is None:
            return None
        if found[-1] != request_sum(request):
            raise InvalidRequest([PRESSED_TWICE])
        return self._job(found)

    def write(self, job: Job, *, note: bool) -> None:
        """Keep a changed job, its new artifacts with it, and a line of its history when `note`.

        Its money follows with a note: no state changes without one.
        """
        self._write(lambda: self._change(job, note=note), urgent=True)

    def _change(self, job: Job, *, note: bool) -> None:
        doc = job.model_dump_json()
        self._database.execute(
            "update job set task = ?, state = ?, revision = ?, doc = ?, row_sum = ? where id = ?",
            (_task(job), job.state, job.revision, doc, row_sum(doc), job.id),
        )
        self._keep(job.artifacts)
        if note:
            self._note(job)
            self._ledger.follow(job)

    def add_artifact(self, artifact: Artifact) -> None:
        """Keep a file's row; its bytes lie in the vault already."""
        self._write(lambda: self._keep([artifact]))

    def doubt(self, why: str) -> None:
        """Look for every job that seems unsent before it is sent: this history may be an old one."""
        for job in self.open_jobs():
            if job.state == "waiting" or (job.state == "submitting" and job.submitted is None):
                update = {
                    "state": "submitting", "submitted": job.created, "detail": why,
                    "revision": self.next_revision(), "updated": self._clock(),
                }  # fmt: skip
                self.write(job.model_copy(update=update), note=True)

    # Reading

    def job(self, job_id: JobId, owner: str | None = None) -> Job:
        """One job, or Unknown. An owner of None is the studio itself."""
        found = self._one(f"select {DOC}, owner from job where id = ?", job_id)
        if found is None or owner not in (None, found[-1]):
            raise Unknown(NO_JOB)
        return self._job(found)

    def holder(self, vendor: str, task: str) -> JobId | None:
        """The job that holds this task of the vendor."""
        found = self._one("select id from job where vendor = ? and task = ?", vendor, task)
        return None if found is None else str(found[0])

    def page(self, owner: str, query: Query) -> Page:
        """One page of this owner's jobs, newest first."""
        where, values = _narrowed(owner, query)
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

    def counts(self, owner: str, text: str = "") -> dict[str, dict[str, int]]:
        """How many of this owner's jobs there are of each kind, state, vendor and model."""
        where, values = _narrowed(owner, Query(text=text))
        found = self._all(
            "select kind, state, vendor, model, count(*) from job"
            f" where {where} group by 1, 2, 3, 4",
            *values,
        )
        counted: dict[str, dict[str, int]] = {"kind": {}, "state": {}, "vendor": {}, "model": {}}
        for *names, count in found:
            for group, name in zip(counted.values(), names, strict=True):
                group[str(name)] = group.get(str(name), 0) + number((count,))
        return counted

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

    def held(self) -> set[JobId]:
        """Every job that is not over, the unsure ones too."""
        return {str(row[0]) for row in self._all(f"select id from job where {HELD}")}

    def open_count(self) -> int:
        """How many jobs the runner works on."""
        return number(self._one(f"select count(*) from job where {HELD} and state <> 'unsure'"))

    def durations(self, owner: str, model: str, sandbox: bool) -> list[float]:
        """Seconds from sending to file of this model's done jobs among its newest 60, newest first."""
        found = self._all(
            "select json_extract(doc, '$.finished') - json_extract(doc, '$.submitted') from"
            " (select state, doc from job where owner = ? and model = ?"
            " order by created desc, id desc limit 60)"
            " where state = 'done' and json_valid(doc) and json_extract(doc, '$.sandbox') = ?",
            owner, model, int(sandbox),
        )  # fmt: skip
        return [row[0] for row in found if isinstance(row[0], float | int) and row[0] > 0]

    def events(self, job_id: JobId) -> list[dict[str, JsonValue]]:
        """The states that a job went through: when, which, in what words."""
        found = self._all("select at, state, detail from event where job = ? order by seq", job_id)
        return [{"at": at, "state": state, "detail": detail} for at, state, detail in found]

    def artifact(self, artifact_id: ArtifactId, owner: str) -> Artifact:
        """One file's row, or Unknown."""
        found = self._one("select doc, row_sum, job, owner from artifact where id = ?", artifact_id)
        if found is None or found[-1] != owner:
            raise Unknown(NO_ARTIFACT)
        return self._artifact(artifact_id, found)

    def artifacts(self) -> list[Artifact]:
        """Every file's row, of all owners. A damaged one that nothing else tells of is left out."""
        kept: list[Artifact] = []
        for name, *row in self._all("select id, doc, row_sum, job from artifact order by created"):
            with suppress(Unknown):
                kept.append(self._artifact(str(name), tuple(row)))
        return kept

    def handed_in(self, owner: str, sha256: str) -> Artifact | None:
        """The reference with these bytes that this owner handed in before."""
        found = self._one(
            "select doc, row_sum from artifact where owner = ? and sha256 = ? and job is null limit 1",
            owner, sha256,
        )  # fmt: skip
        try:
            return None if found is None else read_artifact(*found)
        except Damaged:
            return None

    def damaged(self) -> int:
        """How many rows were found damaged and set aside."""
        return number(self._one("select count(*) from damaged"))

    def sizes(self) -> tuple[int, int]:
        """How many jobs and how many artifacts there are."""
        jobs = number(self._one("select count(*) from job"))
        return jobs, number(self._one("select count(*) from artifact"))

    # Money

    def over(self, price: Estimate | None, vendor: str, owner: str, caps: Caps) -> Problem | None:
        """The cap that a job of this price would pass now, if there is one."""
        with self._reading():
            return self._ledger.over(price, vendor, owner, day_of(self._clock()), caps)

    def standing(self, vendor: str, owner: str | None) -> dict[str, Standing]:
        """What was spent at a vendor today, by unit; of one owner, or of all."""
        with self._reading():
            return self._ledger.standing(vendor, day_of(self._clock()), owner)

    def spent(self, owner: str, days: int) -> list[Line]:
        """What this owner's jobs came to on each of the last days, today first."""
        since = day_of(self._clock() - (days - 1) * 86400)
        with self._reading():
            return self._ledger.lines(owner, since)

    # Inside

    def _note(self, job: Job) -> None:
        self._database.execute(
            "insert into event (job, at, state, detail) values (?, ?, ?, ?)",
            (job.id, job.updated, job.state, job.detail),
        )

    def _keep(self, artifacts: Iterable[Artifact]) -> None:
        for artifact in artifacts:
            doc = artifact.model_dump_json()
            self._database.execute(
                "insert into artifact (id, owner, job, number, sha256, created, doc, row_sum)"
                " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
                (
                    artifact.id, artifact.owner, artifact.job, artifact.number, artifact.sha256,
                    artifact.created, doc, row_sum(doc),
                ),
            )  # fmt: skip

    def _job(self, row: Row) -> Job:
        doc, mark, job_id, *_ = row
        try:
            return read_job(doc, mark)
        except Damaged:
            return self._mend(str(job_id), doc)

    def _mend(self, job_id: JobId, doc: Value) -> Job:
        """Set a damaged row aside, and put in its place what the other columns tell."""
        with self._lock:
            (columns,) = self._all(f"select {COLUMNS} from job where id = ?", job_id)
            rows = self._all(
                "select doc, row_sum from artifact where job = ? order by number", job_id
            )
            files: list[Artifact] = []
            for row in rows:
                with suppress(Damaged):
                    files.append(read_artifact(*row))
            job = rebuilt(columns, files, self._clock())
            job = job.model_copy(update={"revision": self.next_revision()})
            aside = "insert into damaged (job, at, doc) values (?, ?, ?)"

            def put() -> None:
                self._database.execute(aside, (job_id, self._clock(), doc))
                self._change(job, note=True)

            # A disk that takes nothing leaves the row as it is; what could be read is shown.
            with suppress(StoreProblem):
                self._write(put)
            return job

    def _artifact(self, artifact_id: ArtifactId, row: Row) -> Artifact:
        try:
            return read_artifact(row[0], row[1])
        except Damaged:
            jobs = [self.job(str(row[2]))] if row[2] is not None else []
        for artifact in (one for job in jobs for one in job.artifacts):
            if artifact.id == artifact_id:
                return artifact
        raise Unknown(NO_ARTIFACT)


def words(request: Request) -> str:
    """What a search finds: the prompt and the prompts of all shots."""
    shots = request.shots if request.kind == "multishot" else ()
    return "\n".join([request.prompt, *(shot.prompt for shot in shots)])


def request_sum(request: Request) -> str:
    """A short mark that two equal requests share."""
    text = json.dumps(request.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _task(job: Job) -> str | None:
    return None if job.ticket is None else job.ticket.task


def _narrowed(owner: str, query: Query) -> tuple[str, list[Value]]:
    where, values = "job.owner = ?", list[Value]([owner])
    for column in ("kind", "vendor", "model"):
        wanted = getattr(query, column)
        if wanted:
            where += f" and job.{column} = ?"
            values.append(str(wanted))
    if query.state:
        names = sorted(OPEN) if query.state == "open" else query.state.split(",")
        where += f" and job.state in ({', '.join('?' * len(names))})"
        values += names
    if query.text.strip():
        asked = words_of(query.text)
        # The index holds words; signs and emoji are looked for in the text itself.
        where += (
            " and job.rowid in (select rowid from search where search match ?)"
            if asked
            else " and instr(job.words, ?) > 0"
        )
        values.append(asked or query.text.strip())
    return where, values
