"""The journal: every job, event and artifact, in plain SQLite. All SQL about them stands here."""

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from pydantic import JsonValue

from providers.catalogue.requests import ArtifactId, Request
from providers.errors import InvalidRequest, Problem, Unknown
from providers.jobs.job import OPEN, Artifact, Job, JobId
from providers.jobs.query import Page, Place, Query, words_of
from providers.jobs.schema import (
    HELD,
    Row,
    Value,
    as_store_problem,
    number,
    open_database,
    transaction,
)

PRESSED_TWICE = Problem(
    "client_request_id",
    "This press of the button was already used for another request. Reload the page and try again.",
)
HELD_TWICE = Problem("task", "Another job already has this task. Look at that one.")
NO_JOB = "There is no such job here. Reload the page to see what there is."
NO_ARTIFACT = "There is no such file here. Reload the page to see what there is."


class Journal:
    """One writer, one connection, one lock; small writes, each durable when the call returns.

    Every method raises StoreProblem when the disk or the database fails.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        most_pages: int | None = None,
    ) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.RLock()
        self._database = open_database(path)
        if most_pages is not None:
            # A history that may not grow further behaves as on a full disk.
            self._database.execute(f"pragma max_page_count={most_pages}")
        self._revision = number(self._one("select max(revision) from job"))

    def close(self) -> None:
        """Write the log back into the database and close it."""
        with self._lock:
            self._database.close()

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

    def add(self, job: Job, asked: Request) -> Job:
        """Keep a new job. The same press of the button again gives the job that it made before.

        `asked` is the request as it was handed in, before defaults and a seed were chosen.
        Raises InvalidRequest when that press was for another request.
        """
        with self._writing():
            before = self.pressed(job.owner, job.client_request_id, asked)
            if before is not None:
                return before
            self._database.execute(
                "insert into job (id, owner, client_request_id, request_sum, token, vendor, task,"
                " kind, model, state, created, revision, words, doc)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    job.id, job.owner, job.client_request_id, request_sum(asked),
                    job.token, job.vendor, _task(job), job.kind, job.request.model, job.state,
                    job.created, job.revision, words(job.request), job.model_dump_json(),
                ),
            )  # fmt: skip
            self._note(job)
            return job

    def pressed(self, owner: str, client_request_id: str, request: Request) -> Job | None:
        """The job that this press already made. InvalidRequest when it was for another request."""
        if not client_request_id:
            return None
        found = self._one(
            "select doc, request_sum from job where owner = ? and client_request_id = ?",
            owner, client_request_id,
        )  # fmt: skip
        if found is None:
            return None
        if found[1] != request_sum(request):
            raise InvalidRequest([PRESSED_TWICE])
        return _read_job(found)

    def write(self, job: Job, *, note: bool) -> None:
        """Keep a changed job, its new artifacts with it, and a line of its history when `note`."""
        with self._writing():
            self._database.execute(
                "update job set task = ?, state = ?, revision = ?, doc = ? where id = ?",
                (_task(job), job.state, job.revision, job.model_dump_json(), job.id),
            )
            self._keep(job.artifacts)
            if note:
                self._note(job)

    def add_artifact(self, artifact: Artifact) -> None:
        """Keep a file's row; its bytes lie in the vault already."""
        with self._writing():
            self._keep([artifact])

    # Reading

    def job(self, job_id: JobId, owner: str | None = None) -> Job:
        """One job, or Unknown. An owner of None is the studio itself."""
        found = self._one("select doc, owner from job where id = ?", job_id)
        if found is None or owner not in (None, found[1]):
            raise Unknown(NO_JOB)
        return _read_job(found)

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
            f"select doc from job where {where} order by job.created desc, job.id desc limit ?",
            *values, query.limit + 1,
        )  # fmt: skip
        jobs = tuple(_read_job(row) for row in found[: query.limit])
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
            f"select doc from job where owner = ? and {HELD} union"
            " select doc from (select doc from job where owner = ?"
            " order by created desc, id desc limit ?)",
            owner, owner, limit,
        )  # fmt: skip
        jobs = [_read_job(row) for row in found]
        return sorted(jobs, key=lambda job: (job.created, job.id), reverse=True)

    def changed_since(self, owner: str, revision: int) -> list[Job]:
        """This owner's jobs with a later revision, oldest change first."""
        found = self._all(
            "select doc from job where owner = ? and revision > ? order by revision",
            owner, revision,
        )  # fmt: skip
        return [_read_job(row) for row in found]

    def open_jobs(self) -> list[Job]:
        """Every job that the runner works on, oldest first."""
        found = self._all(
            f"select doc from job where {HELD} and state <> 'unsure' order by created, id"
        )
        return [_read_job(row) for row in found]

    def open_count(self) -> int:
        """How many jobs the runner works on."""
        return number(self._one(f"select count(*) from job where {HELD} and state <> 'unsure'"))

    def events(self, job_id: JobId) -> list[dict[str, JsonValue]]:
        """The states that a job went through: when, which, in what words."""
        found = self._all("select at, state, detail from event where job = ? order by seq", job_id)
        return [{"at": at, "state": state, "detail": detail} for at, state, detail in found]

    def artifact(self, artifact_id: ArtifactId, owner: str) -> Artifact:
        """One file's row, or Unknown."""
        found = self._one("select doc, owner from artifact where id = ?", artifact_id)
        if found is None or found[1] != owner:
            raise Unknown(NO_ARTIFACT)
        return Artifact.model_validate_json(str(found[0]))

    def handed_in(self, owner: str, sha256: str) -> Artifact | None:
        """The reference with these bytes that this owner handed in before."""
        found = self._one(
            "select doc from artifact where owner = ? and sha256 = ? and job is null limit 1",
            owner, sha256,
        )  # fmt: skip
        return None if found is None else Artifact.model_validate_json(str(found[0]))

    def sizes(self) -> tuple[int, int]:
        """How many jobs and how many artifacts there are."""
        jobs = number(self._one("select count(*) from job"))
        return jobs, number(self._one("select count(*) from artifact"))

    # Inside

    def _note(self, job: Job) -> None:
        self._database.execute(
            "insert into event (job, at, state, detail) values (?, ?, ?, ?)",
            (job.id, job.updated, job.state, job.detail),
        )

    def _keep(self, artifacts: Iterable[Artifact]) -> None:
        for artifact in artifacts:
            self._database.execute(
                "insert into artifact (id, owner, job, number, sha256, created, doc)"
                " values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
                (
                    artifact.id, artifact.owner, artifact.job, artifact.number, artifact.sha256,
                    artifact.created, artifact.model_dump_json(),
                ),
            )  # fmt: skip

    @contextmanager
    def _writing(self) -> Generator[None]:
        with self._lock:
            try:
                with transaction(self._database):
                    yield
            except sqlite3.IntegrityError as error:
                raise InvalidRequest([HELD_TWICE]) from error
            except sqlite3.Error as error:
                raise as_store_problem(error, self._path) from error

    def _all(self, question: str, *values: Value) -> list[Row]:
        try:
            with self._lock:
                return self._database.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise as_store_problem(error, self._path) from error

    def _one(self, question: str, *values: Value) -> Row | None:
        found = self._all(question, *values)
        return found[0] if found else None


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


def _read_job(row: Row) -> Job:
    return Job.model_validate_json(str(row[0]))


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
