"""What a person puts on a job: a star and tags. They stand in columns of their own, which only the person
changes; whoever else writes the job's text cannot undo them."""

from collections.abc import Sequence

from providers.catalogue.rules import Frozen
from providers.errors import InvalidRequest, Problem
from providers.history.query import folded_tag, plain_tag
from providers.history.rows import words
from providers.history.schema import Value
from providers.history.sought import sought_in
from providers.jobs.job import Job
from providers.jobs.transitions import JobFields, changed

MOST = 8
LONGEST = 32
TOO_MANY = Problem("tags", f"A job has at most {MOST} tags. Remove one first.")
BAD = Problem(
    "tags",
    f"A tag is a few words of at most {LONGEST} characters, without commas. Correct it.",
)


class Marks(Frozen):
    """What is to change; None leaves a mark as it is."""

    starred: bool | None = None
    tags: tuple[str, ...] | None = None

    def changes(self) -> JobFields:
        """The fields of a job that change. InvalidRequest for tags that are none."""
        told: JobFields = {} if self.starred is None else {"starred": self.starred}
        return told if self.tags is None else {**told, "tags": cleaned(self.tags)}


def cleaned(tags: Sequence[str]) -> tuple[str, ...]:
    """Tags as they are kept: each once, as it was first written, in the order given. InvalidRequest."""
    if len(tags) > 4 * MOST:
        raise InvalidRequest([TOO_MANY])
    first: dict[str, str] = {}
    for tag in map(plain_tag, tags):
        if tag:
            first.setdefault(folded_tag(tag), tag)
    kept = tuple(first.values())
    if any(len(tag) > LONGEST or "," in tag or not tag.isprintable() for tag in kept):
        raise InvalidRequest([BAD])
    if len(kept) > MOST:
        raise InvalidRequest([TOO_MANY])
    return kept


def joined(tags: Sequence[str]) -> str:
    """Tags as a column: each between line breaks, so that a whole one can be looked for."""
    return "\n".join(["", *tags, ""]) if tags else ""


def split(column: object) -> tuple[str, ...]:
    """The tags in a column."""
    return tuple(filter(None, str(column or "").split("\n")))


def sought_of(job: Job) -> str:
    """The words by which a search finds this job: those of its prompts and of its tags."""
    return sought_in(words(job.request), joined(job.tags))


def worn(job: Job, starred: Value, tags: Value) -> Job:
    """The job with the marks of its columns."""
    return changed(job, starred=starred == 1, tags=split(tags))
