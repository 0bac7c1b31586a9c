"""One look for a lost task: which of the vendor's tasks may be this job's, and is nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass

from providers.history.taken import gives_way
from providers.jobs.job import Job
from providers.jobs.transitions import changed
from providers.running.life import Life
from providers.vendors.vendor import Candidate, DetailAs, Sent, TaskFinder, Ticket


@dataclass(frozen=True, slots=True)
class LookResult:
    """What a look gave: the task, or how many there are of which nobody can tell (yet)."""

    ticket: Ticket | None = None
    alike: int = 0
    """None at all is the only answer that says that the call was not taken."""


async def look(life: Life) -> LookResult:
    """Ask the vendor once. VendorError."""
    job, tools, provider, ask = (
        life.job,
        life.tools,
        life.connection.provider,
        life.tools.journal.database.ask,
    )
    if not isinstance(provider, TaskFinder):
        ticket = await provider.find(job.request, job.token, _since(job))
        if ticket is None or await ask(lambda: is_free(life, ticket)):
            return LookResult(ticket)
        return LookResult(alike=1)
    rivals, now = await ask(lambda: _rivals(life)), tools.clock()
    found = await provider.candidates(_sent(job, now), [_sent(rival, now) for rival in rivals])
    if any(candidate.is_marked for candidate in found):
        own = await ask(lambda: [one.ticket for one in found if is_free(life, one.ticket)])
        return LookResult(own[0]) if len(own) == 1 else LookResult(alike=len(own) or len(found))
    return await ask(lambda: _choose(life, found, rivals))


def is_free(life: Life, ticket: Ticket) -> bool:
    """Whether no other job has this task, but for one that took it in and gives way. Equal requests look
    alike at the vendor, and answers are mixed up; a task belongs to the job that has its ticket, or had it
    when it was deleted."""
    tools, vendor, task = life.tools, life.job.vendor, ticket.task
    if tools.holder(vendor, task) in (None, life.job.id):
        return not tools.journal.deletions.had(vendor, task)
    return _giver(life, ticket) is not None


async def settle(life: Life, ticket: Ticket, detail: str, detail_as: DetailAs = "words") -> None:
    """The job has this free task from now on. Whoever took it in stops, and lets go of it in the same step
    of the history."""
    journal = life.tools.journal
    life.connection.health.offers(life.job.request.model)
    giver = await journal.database.ask(lambda: _giver(life, ticket))
    if giver is None:
        await life.move("queued", ticket=ticket, error=None, detail=detail, detail_as=detail_as)
        return
    async with life.tools.others.aside(giver.id):
        await life.move("queued", ticket=ticket, error=None, detail=detail, detail_as=detail_as)
    life.tools.feed.publish(await journal.database.ask(lambda: journal.jobs.get(giver.id)))


def _giver(life: Life, ticket: Ticket) -> Job | None:
    holder = life.tools.holder(life.job.vendor, ticket.task)
    if holder in (None, life.job.id):
        return None
    job = life.tools.journal.jobs.get(str(holder))
    return job if gives_way(job, changed(life.job, ticket=ticket)) else None


def _choose(life: Life, found: Sequence[Candidate], rivals: Sequence[Job]) -> LookResult:
    """Of tasks that bear no mark: the one that is left, or any of those that equal jobs of one owner left."""
    # What looks alike is no reason to take a task away from whoever took it in.
    own = [one for one in found if is_free(life, one.ticket)]
    free = [one for one in own if not _giver(life, one.ticket)]
    still = {rival.token for rival in _rivals(life)}
    if not free or still - {rival.token for rival in rivals}:
        # What was sent while the vendor answered may have made any of these.
        return LookResult(alike=len(own))
    claims = {token for one in free for token in one.rivals} & still
    others = [rival for rival in rivals if rival.token in claims]
    if any(life.tools.others.is_in_flight(rival.id) for rival in others):
        return LookResult(alike=len(free))
    equal = all(_is_equal(rival, life) for rival in others)
    if len(free) > 1 + len(others) or not equal:
        return LookResult(alike=len(free))
    return LookResult(min(free, key=lambda one: (one.created, one.ticket.task)).ticket)


def _rivals(life: Life) -> list[Job]:
    return [other for other in life.tools.others.lost(life.connection) if other.id != life.job.id]


def _is_equal(rival: Job, life: Life) -> bool:
    # Whichever of their tasks either gets: it is what was asked for, by whom, and it was paid once. What was
    # sent with a key of which nobody has said whose it is may have been bought elsewhere.
    is_one = rival.request == life.job.request and rival.owner == life.job.owner
    return is_one and life.tools.others.is_through(life.connection, rival)


def _sent(job: Job, now: float) -> Sent:
    return Sent(job.request, job.token, _since(job), now, job.clock_offset)


def _since(job: Job) -> float:
    return job.created if job.submitted is None else job.submitted
