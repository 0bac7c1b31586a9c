"""Plans that owners have saved under a name, and templates: the record of which jobs and films are made.

A saved plan has a revision of its own. Whoever saves over one says which revision was opened, so that what was
changed elsewhere meanwhile is not lost unseen. A name that another plan of its owner has gets a number.
"""

import re
from collections.abc import Iterable

from pydantic import ValidationError

from providers.catalogue.plans import Plan, PlanId
from providers.catalogue.rules import Frozen
from providers.errors import InvalidRequest, Problem, StoreProblem, Unknown
from providers.history.database import Database
from providers.history.rows import row_sum
from providers.history.schema import Row, number
from providers.jobs.job import new_id

MOST = 200
"""Plans and templates of one owner."""
LONGEST = 80
"""Characters of a name."""
LARGEST = 64 * 1024
"""Bytes of a plan."""
NO_PLAN = "This plan isn't here any more. It was deleted, or is somebody else's."
DAMAGED = "This plan is damaged and can't be opened. Delete it, or restore a backup."
UNNAMED = Problem("name", "Give the plan a name.")
LONG_NAME = Problem("name", f"A plan's name has at most {LONGEST} characters. Shorten it.")
BAD_NAME = Problem("name", "A plan's name can't contain control characters. Correct it.")
TOO_LARGE = Problem("plan", f"A plan has at most {LARGEST // 1024} KB. Shorten its texts.")
TOO_MANY = Problem("", f"You have {MOST} saved plans, which is the limit. Delete one first.")
CHANGED = Problem(
    "revision",
    "This plan was changed elsewhere since you opened it. Overwrite it, save yours as a new plan, "
    "or open the newer one.",
    soft=True,
    asks="changed",
)
_NUMBERED = re.compile(r"(?<=.) \(\d{1,4}\)$")
_LINE = "id, name, template, model, shots, seconds, revision, created, updated"


class PlanLine(Frozen):
    """What a list shows of a saved plan."""

    id: PlanId
    name: str
    template: bool
    """Whether using it asks for the words of its braces."""
    model: str
    shots: int
    seconds: float
    revision: int
    """Counts its changes, from 1."""
    created: float
    updated: float


class SavedPlan(PlanLine):
    """A saved plan, whole."""

    plan: Plan


class Plans:
    """Each for its owner alone. Every method raises StoreProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Questions

    def of(self, owner: str) -> list[PlanLine]:
        """All of an owner's, the one that was changed last first."""
        found = self._database.all(
            f"select {_LINE} from plan where owner = ? order by updated desc, id desc", owner
        )
        return [_line(row) for row in found]

    def get(self, plan_id: PlanId, owner: str) -> SavedPlan:
        """One of an owner's. Unknown."""
        found = self._database.one(
            f"select {_LINE}, doc, row_sum from plan where id = ? and owner = ?", plan_id, owner
        )
        if found is None:
            raise Unknown(NO_PLAN)
        return _whole(found)

    def name(self, plan_id: PlanId, owner: str) -> str | None:
        """How an owner's plan is called; None where there is none."""
        found = self._database.one(
            "select name from plan where id = ? and owner = ?", plan_id, owner
        )
        return None if found is None else str(found[0])

    # Changes

    def add(
        self, owner: str, name: str, plan: Plan, *, template: bool, now: float, key: str = ""
    ) -> SavedPlan:
        """Save a new plan. The same press again, known by its key, gives the plan that it saved before.

        InvalidRequest for a name that is none, a plan that is too large, and an owner who has too many.
        """
        name, doc = plain_name(name), _doc(plan)

        def put() -> SavedPlan:
            if (before := self._made_by(owner, key)) is not None:
                return before
            self._refuse_many(owner)
            made, free = new_id(), self._free(name, owner)
            self._database.execute(
                f"insert into plan ({_LINE}, owner, client_request_id, doc, row_sum)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                made, free, template, plan.model, len(plan.shots), float(plan.seconds), 1, now, now,
                owner, key, doc, row_sum(doc),
            )  # fmt: skip
            return self.get(made, owner)

        return self._database.write(put)

    def change(
        self,
        plan_id: PlanId,
        owner: str,
        revision: int | None,
        *,
        now: float,
        name: str | None = None,
        plan: Plan | None = None,
        template: bool | None = None,
    ) -> SavedPlan:
        """Save over a plan; what is None stays. Saving what stands there already changes nothing.

        InvalidRequest, with a question where it is not of this revision any more; None overwrites it. Unknown.
        """
        new_name = None if name is None else plain_name(name)
        if plan is not None:
            _doc(plan)

        def put() -> SavedPlan:
            saved = self.get(plan_id, owner)
            named = new_name or saved.name
            wanted = saved.model_copy(
                update={
                    "name": named if named == saved.name else self._free(named, owner, saved.id),
                    "plan": saved.plan if plan is None else plan,
                    "template": saved.template if template is None else template,
                }
            )
            if wanted == saved:
                return saved
            if revision is not None and revision != saved.revision:
                raise InvalidRequest([CHANGED])
            self._update(wanted, now)
            return self.get(plan_id, owner)

        return self._database.write(put)

    def delete(self, plan_id: PlanId, owner: str) -> None:
        """Delete a plan for good. What was made of it stays as it is. Unknown."""

        def put() -> None:
            question = "delete from plan where id = ? and owner = ?"
            if not self._database.execute(question, plan_id, owner):
                raise Unknown(NO_PLAN)

        self._database.write(put, urgent=True)

    # Another state of the same history

    def rows(self) -> list[Row]:
        """The rows of all owners' plans, as they stand."""
        return self._database.all(
            f"select {_LINE}, owner, client_request_id, doc, row_sum from plan order by id"
        )

    def take(self, rows: Iterable[Row]) -> None:
        """Keep those that are not here, or not as new, within a change."""
        for row in rows:
            here = self._database.one("select revision from plan where id = ?", row[0])
            if here is not None and number(here) >= number((row[6],)):
                continue
            self._database.execute(
                f"insert or replace into plan ({_LINE}, owner, client_request_id, doc, row_sum)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *row,
            )

    # Within a change

    def _made_by(self, owner: str, key: str) -> SavedPlan | None:
        found = self._database.one(
            f"select {_LINE}, doc, row_sum from plan where owner = ? and client_request_id = ?"
            " and client_request_id <> ''",
            owner, key,
        )  # fmt: skip
        return None if found is None else _whole(found)

    def _free(self, name: str, owner: str, besides: PlanId = "") -> str:
        """This name, with a number where another plan of the owner's has it."""
        question = "select name from plan where owner = ? and id <> ?"
        taken = {str(row[0]).casefold() for row in self._database.all(question, owner, besides)}
        stem, number = _NUMBERED.sub("", name), 1
        while name.casefold() in taken:
            number += 1
            ending = f" ({number})"
            name = f"{stem[: LONGEST - len(ending)].rstrip()}{ending}"
        return name

    def _refuse_many(self, owner: str) -> None:
        if number(self._database.one("select count(*) from plan where owner = ?", owner)) >= MOST:
            raise InvalidRequest([TOO_MANY])

    def _update(self, wanted: SavedPlan, now: float) -> None:
        plan, doc = wanted.plan, _doc(wanted.plan)
        self._database.execute(
            "update plan set name = ?, template = ?, model = ?, shots = ?, seconds = ?, doc = ?,"
            " row_sum = ?, updated = ?, revision = revision + 1 where id = ?",
            wanted.name, wanted.template, plan.model, len(plan.shots), float(plan.seconds), doc,
            row_sum(doc), now, wanted.id,
        )  # fmt: skip


def plain_name(name: str) -> str:
    """A name as it is kept: without blanks at its ends or two in a row. InvalidRequest for one that is none."""
    plain = " ".join(name.split())
    if not plain:
        raise InvalidRequest([UNNAMED])
    if len(plain) > LONGEST:
        raise InvalidRequest([LONG_NAME])
    if not plain.isprintable():
        raise InvalidRequest([BAD_NAME])
    return plain


def _doc(plan: Plan) -> str:
    doc = plan.model_dump_json()
    if len(doc.encode()) > LARGEST:
        raise InvalidRequest([TOO_LARGE])
    return doc


def _line(row: Row) -> PlanLine:
    return PlanLine.model_validate(dict(zip(_LINE.split(", "), row, strict=False)))


def _whole(row: Row) -> SavedPlan:
    *columns, doc, mark = row
    if row_sum(str(doc)) != mark:
        raise StoreProblem(DAMAGED)
    try:
        plan = Plan.model_validate_json(str(doc))
    except ValidationError:
        raise StoreProblem(DAMAGED) from None
    return SavedPlan(**dict(_line(tuple(columns))), plan=plan)
