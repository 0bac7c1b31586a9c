"""What a person puts on a job: a star and tags. They stand in columns of their own, which only the person
changes; whoever else writes the job's text cannot undo them."""

from collections.abc import Sequence

from providers.catalogue.rules import Frozen
from providers.errors import InvalidRequest, Problem
from providers.history.accounts import Accounts
from providers.history.query import EVERYTHING, Query, asked, narrowed, plain_tag
from providers.history.rows import row_sum, words
from providers.history.schema import Value, number
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
    """Tags as they are kept: small letters, each once, in the order given. InvalidRequest."""
    if len(tags) > 4 * MOST:
        raise InvalidRequest([TOO_MANY])
    kept = tuple(dict.fromkeys(plain for tag in tags if (plain := plain_tag(tag))))
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


class Marked(Accounts):
    """Marks in the history. Every method raises StoreProblem."""

    def marked(self, owner: str, query: Query | str = EVERYTHING) -> dict[str, dict[str, int]]:
        """How many of this owner's jobs have a star, as `starred: {"true": n}`, and each tag.

        What the question asks of one of the two narrows the other alone.
        """
        where, values = narrowed(owner, asked(query).without("starred"))
        starred = number(
            self._one(f"select count(*) from job where {where} and job.starred = 1", *values)
        )
        where, values = narrowed(owner, asked(query).without("tag"))
        rows = self._all(
            f"select job.tags, count(*) from job where {where} and job.tags <> '' group by 1",
            *values,
        )
        counted: dict[str, int] = {}
        for tags, count in rows:
            for tag in split(tags):
                counted[tag] = counted.get(tag, 0) + number((count,))
        return {"starred": {"true": starred}, "tag": counted}

    def total(self, owner: str, query: Query) -> int:
        """How many jobs fit a question, on all of its pages."""
        where, values = narrowed(owner, query)
        return number(self._one(f"select count(*) from job where {where}", *values))

    def _put_marks(self, job: Job) -> None:
        """Within a transaction: the marks that a job wears, and its revision."""
        doc = job.model_dump_json()
        values: tuple[Value, ...] = (
            int(job.starred), joined(job.tags), sought_of(job), job.revision, doc, row_sum(doc),
            job.id,
        )  # fmt: skip
        self._database.execute(
            "update job set starred = ?, tags = ?, sought = ?, revision = ?, doc = ?, row_sum = ? where id = ?",
            values,
        )


def worn(job: Job, starred: Value, tags: Value) -> Job:
    """The job with the marks of its columns."""
    return changed(job, starred=starred == 1, tags=split(tags))
