"""Adoption: tasks at a vendor that no job of this library holds, and how they become jobs."""

import hashlib
import re
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing, suppress
from functools import partial

from providers.catalogue.requests import Kind, Request, read_request
from providers.errors import Gone, InvalidRequest, Problem, Unknown, VendorError
from providers.history.taken import ADOPTED, may_have_made
from providers.history.writer import HELD_TWICE
from providers.jobs.intake import new_job
from providers.jobs.job import Job, JobId
from providers.jobs.transitions import born
from providers.studio.opened import Opened
from providers.vendors.connection import NO_CONNECTION, Connection
from providers.vendors.vendor import (
    KnownTask,
    Succeeded,
    TaskLister,
    TaskPager,
    TaskTeller,
    TaskUpdate,
    Ticket,
)
from providers.vendors.views import TaskView

LISTED = "listed:"
"""How the name of a listed task begins; the vendor's own ids may hold e-mail addresses."""
ENOUGH = 200
"""Tasks without a job after which the vendor's list is not read further down."""
UUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
"""Vendors write it in small letters and read it in any (RFC 9562 §4): the same task, however it is typed."""
KINDS: tuple[Kind, ...] = ("image", "video", "multishot")
NO_ID = "task isn't a task ID. Copy it from the service."
NO_LONGER_LISTED = "This list is out of date. List the tasks again and choose one."
DELETED = (
    "The job of this task was deleted here, and its cost is in the totals. Download its "
    "files from the service."
)
BEING_SENT = (
    "A job is being sent or checked right now, and this task may belong to it. Try again in a "
    "moment."
)
WHICH_KIND = "Choose the type of result: image, video or multishot."


class Adoption:
    """Takes in what was made elsewhere. `opened` has the history and its runner."""

    def __init__(
        self,
        connections: Mapping[str, Connection],
        opened: Opened,
        clock: Callable[[], float],
    ) -> None:
        self._connections = connections
        self._opened = opened
        self._clock = clock
        self._listed: dict[str, dict[str, KnownTask]] = {}

    async def unknown(self, vendor: str) -> list[TaskView]:
        """Tasks at the vendor that no job holds and none is about to, newest first. Unknown, VendorError.

        The `name` of each is for taking it in.
        """
        connection = self._connection(vendor)
        found: list[KnownTask] = []
        journal = self._opened.journal
        async with aclosing(self._pages(connection)) as pages:
            async for page in pages:
                found += await journal.database.ask(partial(self._strays, connection, page))
                if len(found) >= ENOUGH:
                    break
        found.sort(key=lambda one: one.created or 0, reverse=True)
        return [TaskView.of(one, _name(one)) for one in found]

    async def take_in(self, vendor: str, task: str, owner: str, kind: str = "") -> Job:
        """Make a job that follows a task of the vendor. Sends nothing new.

        `task` is the vendor's id, or a listed task's `name`. `kind` is used where the task does not
        tell it. Raises InvalidRequest, Unknown, VendorError.
        """
        connection = self._connection(vendor)
        ticket, known = self.ticket(vendor, task)
        journal, runner = self._opened.journal, self._opened.runner
        await journal.database.ask(lambda: self.check_free(vendor, ticket.task))
        # What is sent from here on cannot have made it.
        sending = await journal.database.ask(lambda: runner.others.sending(connection))
        if known is None:
            known = await self._look_up(connection, ticket.task)
        _check_nobodys(sending, known)
        try:
            update = await connection.provider.poll(ticket)
        except Gone as error:
            message = f"{connection.vendor.label} doesn't know this task. Copy its whole ID."
            raise InvalidRequest([Problem("task", message)]) from error
        job = self._job(connection, ticket, known, _kind(kind, known, update), owner)

        def enter() -> Job:
            # Once more: the vendor took its time to answer.
            self.check_free(vendor, ticket.task)
            return journal.add(job, job.request)

        kept = await journal.database.changing(enter)
        runner.announce(kept)
        return kept

    def given(self, job: Job, task: str) -> Ticket:
        """The ticket for an unsure job, from an id that a person gave or chose. InvalidRequest."""
        ticket, known = self.ticket(job.vendor, task)
        self.check_free(job.vendor, ticket.task, job.id)
        sending = self._opened.runner.others.sending(self._connection(job.vendor))
        _check_nobodys([one for one in sending if one.id != job.id], known)
        return ticket

    def ticket(self, vendor: str, task: str) -> tuple[Ticket, KnownTask | None]:
        """The ticket for an id that a person gave, and what is known of that task."""
        task = UUID.sub(lambda found: found[0].lower(), task.strip())
        known = self._listed.get(vendor, {}).get(task)
        if known is None and task.startswith(LISTED):
            raise InvalidRequest([Problem("task", NO_LONGER_LISTED)])
        if known is None:
            if not 0 < len(task) <= 512 or not all(33 <= ord(sign) < 127 for sign in task):
                raise InvalidRequest([Problem("task", NO_ID)])
            known = self._known(vendor, task)
        told = task if known is None else known.task
        short = known.short if known is not None and known.short else f"…{told[-8:]}"
        return Ticket(task=told, note={ADOPTED: self._clock()}, short=short), known

    def check_free(self, vendor: str, task: str, job: JobId | None = None) -> None:
        """InvalidRequest when another job than this one holds the task, or held it when it was deleted."""
        journal, runner = self._opened.journal, self._opened.runner
        if runner.holder(vendor, task) not in (None, job):
            raise InvalidRequest([HELD_TWICE])
        if journal.deletions.had(vendor, task):
            raise InvalidRequest([Problem("task", DELETED)])

    # Inside

    def _connection(self, vendor: str) -> Connection:
        if vendor not in self._connections:
            raise Unknown(NO_CONNECTION)
        return self._connections[vendor]

    async def _pages(self, connection: Connection) -> AsyncGenerator[tuple[KnownTask, ...]]:
        provider, listed = connection.provider, dict[str, KnownTask]()
        if not connection.vendor.lists_tasks or not isinstance(provider, TaskLister):
            return
        self._listed[connection.vendor.name] = listed
        async with aclosing(
            provider.pages() if isinstance(provider, TaskPager) else _only(provider)
        ) as pages:
            async for page in pages:
                listed |= {_name(one): one for one in page}
                yield page

    def _strays(self, connection: Connection, page: Iterable[KnownTask]) -> list[KnownTask]:
        journal, runner = self._opened.journal, self._opened.runner
        vendor, sending = connection.vendor.name, runner.others.sending(connection)
        return [
            one
            for one in page
            if runner.holder(vendor, one.task) is None
            and not journal.deletions.had(vendor, one.task)
            and not any(may_have_made(job, one) for job in sending)
        ]

    async def _look_up(self, connection: Connection, task: str) -> KnownTask | None:
        provider, name = connection.provider, _name_of(task)
        with suppress(VendorError):
            async with aclosing(self._pages(connection)) as pages:
                async for page in pages:
                    for known in page:
                        if _name(known) == name:
                            return known
            if isinstance(provider, TaskTeller):
                return await provider.known(task)
        return None

    def _known(self, vendor: str, task: str) -> KnownTask | None:
        return self._listed.get(vendor, {}).get(_name_of(task))

    def _job(
        self,
        connection: Connection,
        ticket: Ticket,
        known: KnownTask | None,
        kind: Kind,
        owner: str,
    ) -> Job:
        now = self._clock()
        made = known.created if known is not None and known.created is not None else now
        job = new_job(
            _request(connection.vendor.name, kind, known),
            owner=owner,
            idempotency_key="",
            sandbox=connection.is_sandbox,
            now=now,
        )
        return born(
            job,
            "queued",
            ticket=ticket,
            submitted=min(made, now),
            account=connection.account,
            detail="Imported from the service",
        )


async def _only(provider: TaskLister) -> AsyncGenerator[tuple[KnownTask, ...]]:
    yield await provider.tasks()


def _check_nobodys(sending: Iterable[Job], known: KnownTask | None) -> None:
    if any(may_have_made(job, known) for job in sending):
        raise InvalidRequest([Problem("task", BEING_SENT)])


def _name_of(task: str) -> str:
    return LISTED + hashlib.sha256(task.encode()).hexdigest()[:24]


def _name(known: KnownTask) -> str:
    return _name_of(known.task)


def _kind(asked: str, known: KnownTask | None, update: TaskUpdate) -> Kind:
    """What the vendor tells goes before what the person says, but for what only a person can know."""
    told = known.kind if known is not None else None
    if told is None and isinstance(update, Succeeded) and update.outputs:
        told = update.outputs[0].kind
    for kind in KINDS:
        if kind == asked and (told is None or told == kind or (told, kind) == ("video", KINDS[2])):
            return kind
    if told is None:
        raise InvalidRequest([Problem("kind", WHICH_KIND)])
    return told


def _request(vendor: str, kind: Kind, known: KnownTask | None) -> Request:
    model = known.model if known is not None and known.model else ""
    if model.partition(":")[2].partition("/")[0] != kind:
        # Without a row there are no limits and no second try, but a name that says whose it is.
        model = f"{vendor}:{kind}/not-known"
    prompt = known.prompt if known is not None else ""
    return read_request({"kind": kind, "model": model, "prompt": prompt})
