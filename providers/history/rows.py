"""A job as a row: its text with a checksum, and what can be saved of it once the text is damaged."""

import hashlib
import json
from collections.abc import Sequence
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError

from providers.catalogue.bounds import EPOCHS, believed
from providers.catalogue.requests import Kind, Request, read_request
from providers.errors import StoreProblem
from providers.jobs import failures
from providers.jobs.job import OPEN, Artifact, Job, State
from providers.jobs.transitions import changed, repaired

STATES = frozenset[str](get_args(State))
KINDS: tuple[str, ...] = get_args(Kind)
COLUMNS = "id, owner, client_request_id, token, task, kind, model, state, created, words, batch"
"""What `rebuilt` needs, in this order."""


NEWER = (
    "The data folder was written by a newer version of the studio. Update the studio, "
    "or start with another data folder (STUDIO_DATA_DIR)."
)
OF_A_NEWER_VERSION = frozenset({"extra_forbidden", "literal_error", "union_tag_invalid"})
"""What is wrong with a sound text that only has names and words which nobody here knows."""
Model = TypeVar("Model", bound=BaseModel)


class Damaged(Exception):
    """The text of a row is not the one that was written, or tells of nothing that can be."""


def row_sum(doc: str) -> str:
    """A mark of the text: bits that flip on the disk are noticed by it."""
    return hashlib.blake2b(doc.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def read_job(doc: object, mark: object) -> Job:
    """The job in a row. Raises Damaged; StoreProblem for one that a newer version wrote."""
    return _read(Job, doc, mark)


def read_artifact(doc: object, mark: object) -> Artifact:
    """The file's row. Raises the same."""
    return _read(Artifact, doc, mark)


def _read(model: type[Model], doc: object, mark: object) -> Model:
    if not isinstance(doc, str) or row_sum(doc) != mark:
        raise Damaged
    try:
        return model.model_validate_json(doc)
    except ValidationError as error:
        if {one["type"] for one in error.errors()} <= OF_A_NEWER_VERSION:
            # Set aside it would be lost to the version that can read it.
            raise StoreProblem(NEWER) from None
        raise Damaged from None


def rebuilt(columns: Sequence[object], artifacts: Sequence[Artifact], now: float) -> Job:
    """The job as far as its columns and its files tell. Work on it stops: a person looks at it first."""
    job_id, owner, idempotency_key, token, task, kind, model, state, created, words, batch = columns
    ended = str(state) in STATES - OPEN - {"unsure"}
    moment = believed(created, 0, EPOCHS[1])
    born = now if moment is None else moment
    kind = kind if kind in KINDS else _kind_in(str(model))
    return Job.model_validate(
        {
            "id": str(job_id),
            "owner": str(owner),
            "client_request_id": str(idempotency_key),
            "token": str(token),
            "request": read_request({"kind": str(kind), "model": str(model), "prompt": str(words)}),
            # Taken for paid: a paid task is never looked for in the sandbox.
            "sandbox": any(one.sandbox for one in artifacts),
            "state": str(state) if ended else "unsure",
            "created": born,
            "updated": now,
            "submitted": born,
            "finished": now if ended else None,
            "ticket": None if task is None else {"task": str(task), "short": f"…{str(task)[-8:]}"},
            "artifacts": tuple(artifacts),
            "error": None if state == "done" else failures.damaged(),
            # Which row of it is not known any more.
            "batch": None if batch is None else {"id": str(batch), "row": 0, "of": 0},
        }
    )


def _kind_in(model: str) -> str:
    """What a model makes, as its name tells."""
    told = model.partition(":")[2].partition("/")[0]
    return told if told in KINDS else KINDS[0]


def newest(here: Job, there: Job) -> Job:
    """A job of which another state of the history holds a later change. That one counts, unless it knows
    less of what became of the job: then what stands here goes on, with the marks that it got there."""
    if not _knows_more(here, there):
        return there
    return changed(here, revision=there.revision, starred=there.starred, tags=there.tags)


def _knows_more(here: Job, there: Job) -> bool:
    if there.gone or there.artifacts or here.artifacts:
        return not there.gone and not there.artifacts
    if there.ticket is not None or here.ticket is not None:
        return there.ticket is None
    # What was never sent may be doubted there, and marked, and was cancelled here.
    is_sent = there.submitted is not None and there.attempts > 0
    return _has_ended(here) and not (is_sent or _has_ended(there))


def _has_ended(job: Job) -> bool:
    return not job.is_open and job.state != "unsure"


def doubted(job: Job, why: str) -> Job:
    """The same job as one that was perhaps sent: it is looked for, and never sent by itself."""
    return repaired(job, "submitting", submitted=job.created, detail=why)


def words(request: Request) -> str:
    """What a search finds: the prompt and the prompts of all shots."""
    shots = request.shots if request.kind == "multishot" else ()
    return "\n".join([request.prompt, *(shot.prompt for shot in shots)])


def request_sum(request: Request) -> str:
    """A short mark that two equal requests share."""
    text = json.dumps(request.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
