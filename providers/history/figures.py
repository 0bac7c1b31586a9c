"""What the history tells without reading a job: counts, sizes, times."""

from collections.abc import Iterable

from pydantic import JsonValue

from providers.catalogue.requests import Request
from providers.history.database import Database
from providers.history.marks import split
from providers.history.migrations import HELD, OF_HELD
from providers.history.query import EVERYTHING, Query, folded_tag, narrowed
from providers.history.schema import Row, Value, number
from providers.jobs.job import JobId

COUNTED = ("kind", "state", "vendor", "model")


class Figures:
    """Questions whose answers are numbers and names. Every method raises StoreProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, owner: str, query: Query = EVERYTHING) -> dict[str, dict[str, int]]:
        """How many of this owner's jobs there are of each kind, state, vendor and model.

        What a question asks of one of these narrows the others: choosing anew replaces it.
        """
        counted: dict[str, dict[str, int]] = {name: {} for name in COUNTED}
        open_ones = [name for name in COUNTED if not getattr(query, name)]
        for names in (open_ones, *([name] for name in COUNTED if name not in open_ones)):
            where, values = narrowed(owner, query.without(*names))
            columns = ", ".join(f"job.{name}" for name in names)
            question = f"select {columns}, count(*) from job where {where} group by {columns}"
            for *found, count in self._database.all(question, *values) if names else ():
                for name, value in zip(names, found, strict=True):
                    group = counted[name]
                    group[str(value)] = group.get(str(value), 0) + number((count,))
        return counted

    def marked(self, owner: str, query: Query = EVERYTHING) -> dict[str, dict[str, int]]:
        """How many of this owner's jobs have a star, as `starred: {"true": n}`, and each tag.

        What the question asks of one of the two narrows the other alone.
        """
        where, values = narrowed(owner, query.without("starred"))
        question = f"select count(*) from job where {where} and job.starred = 1"
        starred = number(self._database.one(question, *values))
        where, values = narrowed(owner, query.without("tag"))
        rows = self._database.all(
            f"select job.tags, count(*) from job where {where} and job.tags <> '' group by 1",
            *values,
        )
        return {"starred": {"true": starred}, "tag": _counted(rows)}

    def total(self, owner: str, query: Query) -> int:
        """How many jobs fit a question, on all of its pages."""
        where, values = narrowed(owner, query)
        return number(self._database.one(f"select count(*) from job where {where}", *values))

    def held(self) -> set[JobId]:
        """Every job that is not over, the unsure ones too."""
        return {str(row[0]) for row in self._database.all(f"select id from job {OF_HELD}")}

    def open_count(self) -> int:
        """How many jobs the runner works on."""
        return number(
            self._database.one(f"select count(*) from job {OF_HELD} and state <> 'unsure'")
        )

    def durations(
        self, owner: str, model: str, sandbox: bool, switch: tuple[str, bool] | None = None
    ) -> list[float]:
        """Seconds from sending to file of this model's done jobs among its newest 60, newest first.

        `switch`: only of those that have this option so, on or off.
        """
        # An option that no request has is off in all of them.
        option, is_on = switch or ("none", False)
        found = self._database.all(
            "select json_extract(doc, '$.finished') - json_extract(doc, '$.submitted') from"
            " (select state, doc from job where owner = ? and model = ?"
            " order by created desc, id desc limit 60)"
            " where state = 'done' and json_valid(doc) and json_extract(doc, '$.sandbox') = ?"
            " and coalesce(json_extract(doc, '$.request.options.' || ?), 0) = ?",
            owner, model, int(sandbox), option, int(is_on),
        )  # fmt: skip
        return [row[0] for row in found if isinstance(row[0], float | int) and row[0] > 0]

    def weights(self, owner: str, request: Request, sandbox: bool) -> list[float]:
        """What files of this model and resolution took among its newest 60 jobs: bytes, or bytes a second."""
        found = self._database.all(
            "select json_extract(artifact.doc, '$.bytes')"
            " / coalesce(json_extract(artifact.doc, '$.seconds'), 1.0)"
            " from (select id, state, doc from job where owner = ? and model = ?"
            " order by created desc, id desc limit 60) as past"
            " join artifact on artifact.job = past.id"
            " where past.state = 'done' and json_valid(past.doc) and json_valid(artifact.doc)"
            " and json_extract(past.doc, '$.sandbox') = ?"
            " and json_extract(past.doc, '$.request.options.resolution') is ?",
            owner, request.model, int(sandbox), _plain(request.options.get("resolution")),
        )  # fmt: skip
        return [float(row[0]) for row in found if isinstance(row[0], float | int) and row[0] > 0]

    def states(self) -> dict[tuple[str, str], int]:
        """How many jobs of each vendor are in each state, of all owners."""
        rows = self._database.all("select vendor, state, count(*) from job group by vendor, state")
        return {(str(vendor), str(state)): number((count,)) for vendor, state, count in rows}

    def library_bytes(self) -> int:
        """Bytes of all originals, each counted once whoever has it."""
        each = (
            "select max(json_extract(doc, '$.bytes')) as bytes from artifact"
            " where json_valid(doc) group by sha256"
        )
        return number(self._database.one(f"select coalesce(sum(bytes), 0) from ({each})"))

    def damaged(self) -> int:
        """How many rows were found damaged and set aside."""
        return number(self._database.one("select count(*) from damaged"))

    def sizes(self) -> tuple[int, int]:
        """How many jobs and how many artifacts there are."""
        jobs = number(self._database.one("select count(*) from job"))
        return jobs, number(self._database.one("select count(*) from artifact"))

    def reserved_bytes(self) -> int:
        """Bytes that the results of all jobs which are not over may take on the disk."""
        return number(self._database.one(f"select coalesce(sum(room), 0) from job where {HELD}"))


def _plain(value: JsonValue) -> Value:
    return value if isinstance(value, str | int | float) else None


def _counted(rows: Iterable[Row]) -> dict[str, int]:
    """How many jobs have each tag, under its commonest spelling."""
    spellings: dict[str, dict[str, int]] = {}
    for tags, count in rows:
        for tag in split(tags):
            known = spellings.setdefault(folded_tag(tag), {})
            known[tag] = known.get(tag, 0) + number((count,))
    return {max(known, key=known.__getitem__): sum(known.values()) for known in spellings.values()}
