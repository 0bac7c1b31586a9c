"""Keeping: stars, tags, and several files taken away as one zip with a list of what they are."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

from providers.catalogue.rules import Frozen
from providers.errors import InvalidRequest, Problem
from providers.history.marks import Marks
from providers.history.query import EVERYTHING, Query
from providers.jobs.job import Artifact, Job, JobId
from providers.jobs.views import JobView
from providers.library.archive import ZippedFile
from providers.library.vault import Vault
from providers.studio.opened import Opened

MOST_JOBS = 2000
MANIFEST = "manifest.json"
TOO_MANY = Problem(
    "jobs", f"A zip can hold the files of up to {MOST_JOBS:,} jobs. Choose fewer, or use filters."
)
NO_FILES = Problem("jobs", "None of these jobs has files. Choose others.")
ABSENT = {"missing": "missing from the data folder", "short": "incomplete in the data folder"}


class Selection(Frozen):
    """Which jobs' files are taken away: these, or else all that fit a question."""

    jobs: tuple[JobId, ...] = ()
    query: Query = Query()


class Parcel(Frozen):
    """What a zip will hold, in order, the manifest last."""

    entries: tuple[ZippedFile, ...]
    absent: int
    """Files that are told in the manifest and not in the zip: their bytes are not here."""

    @property
    def files(self) -> int:
        """How many there are beside the manifest."""
        return len(self.entries) - 1


class Keeping:
    """What people do with their results. `opened` has the history and its runner."""

    def __init__(self, opened: Opened, vault: Vault) -> None:
        self._opened = opened
        self._vault = vault

    def mark(self, job_id: JobId, owner: str, marks: Marks) -> Job:
        """Give a job its star or its tags, on the server's loop. Unknown, InvalidRequest, StoreProblem."""
        return self._opened.runner.mark(job_id, owner, marks)

    async def put_marks(self, job_id: JobId, owner: str, marks: Marks) -> Job:
        """The same, while everybody else on the loop goes on."""
        return await self._opened.runner.put_marks(job_id, owner, marks)

    def marked(self, owner: str, query: Query = EVERYTHING) -> dict[str, dict[str, int]]:
        """How many jobs have a star, and each tag, of those that fit all else that is asked."""
        return self._opened.journal.figures.marked(owner, query)

    def total(self, owner: str, query: Query) -> int:
        """How many jobs fit a question."""
        return self._opened.journal.figures.total(owner, query)

    def parcel(
        self, owner: str, wanted: Selection, name_of: Callable[[Artifact, Job], str]
    ) -> Parcel:
        """What a zip of these jobs' files holds; blocks while it reads. InvalidRequest, Unknown.

        `name_of` gives a file's name for a download; two that are alike are numbered.
        """
        entries, told, absent = list[ZippedFile](), list[JsonValue](), list[JsonValue]()
        taken = {MANIFEST}
        for job in self._jobs(owner, wanted):
            for artifact in job.artifacts:
                name = _unlike(name_of(artifact, job), taken)
                path = self._vault.path(artifact.sha256)
                harm = self._harm(artifact)
                line = {"file": name, **_line(artifact, job)}
                if harm:
                    absent.append({**line, "why": ABSENT[harm]})
                    continue
                told.append(line)
                entries.append(ZippedFile(name, artifact.bytes, artifact.created, path))
        if not told and not absent:
            raise InvalidRequest([NO_FILES])
        text = json.dumps({"files": told, "missing": absent}, ensure_ascii=False, indent=1)
        body = (text + "\n").encode("utf-8", "replace")
        last = max((entry.created for entry in entries), default=0.0)
        entries.append(ZippedFile(MANIFEST, len(body), last, content=body))
        return Parcel(entries=tuple(entries), absent=len(absent))

    def _jobs(self, owner: str, wanted: Selection) -> list[Job]:
        journal = self._opened.journal
        if wanted.jobs:
            if len(wanted.jobs) > MOST_JOBS:
                raise InvalidRequest([TOO_MANY])
            return [journal.jobs.get(one, owner) for one in dict.fromkeys(wanted.jobs)]
        if journal.figures.total(owner, wanted.query) > MOST_JOBS:
            raise InvalidRequest([TOO_MANY])
        found, query = list[Job](), wanted.query.model_copy(update={"limit": 200, "before": ""})
        while True:
            page = journal.jobs.page(owner, query)
            found += page.jobs
            if page.next is None or len(found) > MOST_JOBS:
                return found
            query = query.model_copy(update={"before": page.next})

    def _harm(self, artifact: Artifact) -> str:
        try:
            held = self._vault.path(artifact.sha256).stat().st_size
        except OSError:
            return "missing"
        return "" if held == artifact.bytes else "short"


def _unlike(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    number, unlike = 1, name
    while unlike.lower() in taken:
        number += 1
        unlike = f"{stem}-{number}{dot}{ending}"
    taken.add(unlike.lower())
    return unlike


def _line(artifact: Artifact, job: Job) -> dict[str, JsonValue]:
    """What the manifest tells of a file: nothing of the vendor's task, and not whose it is."""
    told = JobView.of(job).model_dump(mode="json")
    seed = job.request.options.get("seed", job.used.get("seed"))
    names = ("model", "prompt", "shots", "options", "cost", "sandbox", "starred", "tags")
    facts: Sequence[str] = ("kind", "width", "height", "seconds", "bytes", "sha256")
    return {
        "job": job.id,
        **{name: told[name] for name in names},
        "seed": seed,
        "created": datetime.fromtimestamp(artifact.created, UTC).isoformat(timespec="seconds"),
        **{name: getattr(artifact, name) for name in facts},
        **({"harm": artifact.harm} if artifact.harm else {}),
        **({"flaw": artifact.flaw} if artifact.flaw else {}),
    }
