"""From a ticket to the vendor's last word: polling, cancelling, and what each update means."""

from dataclasses import dataclass, field
from typing import assert_never

from providers.errors import Gone, Refused, VendorError, asked_wait
from providers.history.taken import ADOPTED
from providers.jobs import failures
from providers.jobs.job import Job
from providers.jobs.transitions import SaidFields
from providers.running.life import Life
from providers.running.pacing import floor, patience
from providers.running.recovery import DOUBTED, doubt
from providers.running.saving import MOST_OUTPUTS, finish, renewed
from providers.vendors.connection import ABOUT_THE_ACCOUNT
from providers.vendors.vendor import (
    Cancelled,
    Failed,
    Queued,
    Running,
    Succeeded,
    TaskUpdate,
    Ticket,
)

GONE_LOOKS = 5
GONE_BACKOFFS = 60
"""How many of the longest pauses a task must be unknown for before it is given up: an hour."""
UNSEEN_BACKOFFS = 15
"""The same for a task that the vendor never knew: a quarter of an hour, then it is looked for."""
EMPTY_LOOKS = 5
EMPTY_GRACES = 5
"""How many of the graces for a new task a finished one may be without files: five minutes."""
UNDESCRIBED_LOOKS = 8
UNDESCRIBED_GRACES = 5
"""The same of a task in a state that nobody has described, that has no files and does not move: its place is
given back, and the person is asked."""
CANCEL_TRIES = 3
SILENT_AFTER = 300.0
"""Seconds of looks that all fail after which every page is told, and not the job's card alone."""
SCATTER = 0.05
"""Part of the floor by which looks are scattered, so that jobs do not march in step."""


@dataclass(slots=True)
class Counts:
    """What went wrong in a row while following one task. Seconds are counted as they are waited:
    a clock may jump."""

    waited: float = 0.0
    """The pause before this look."""
    followed: float = 0.0
    """All pauses so far."""
    failures: int = 0
    failing_for: float = 0.0
    gone: int = 0
    gone_for: float = 0.0
    empty: int = 0
    empty_for: float = 0.0
    undescribed: int = 0
    undescribed_for: float = 0.0
    moved: float | None = None
    """The progress in such a state when it last grew."""
    cancels: int = 0
    called: bool = False
    """Whether a call of the vendor's asked for this look."""
    answered: bool = False
    """Whether any look found the task."""
    words: set[str] = field(default_factory=set[str])
    """Words for a state that nobody has described, and that stand in the history already."""


async def follow(life: Life, *, at_once: bool = False) -> None:
    """Look at the task until it is over. A look that fails changes nothing about the job."""
    counts = Counts()
    life.slots.hold(life.job.id)
    wait = (
        life.jitter(1.0 if life.connection.sandbox is None else 0.0)
        if at_once
        else _beat(life, counts)
    )
    while life.job.state in ("queued", "running") and not (life.stopping or life.locked_out):
        await _rest(life, counts, wait)
        if life.stopping:
            return
        # Again to be set: a call that comes while this look is on its way may be about what it does not see.
        life.called.clear()
        wait = await _look(life, counts)
        if life.job.state not in ("queued", "running"):
            _learn_of_calls(life)


async def _rest(life: Life, counts: Counts, wait: float) -> None:
    """Wait for the next look. A call of the vendor's brings it on, but not where looks fail: there a wait has
    its reasons. What was cut short is not counted as waited, so that calls give no task up."""
    life.due = life.tools.clock() + wait
    await life.pause(wait, None if counts.failures else life.called)
    counts.called = life.called.is_set()
    if counts.called and not life.stopping:
        wait = wait if counts.failures else 0.0
        await life.answer_call()
    counts.waited, life.due = wait, None
    counts.followed += wait


def _learn_of_calls(life: Life) -> None:
    """A task that has ended and of which no call told: its vendor's calls do not arrive (any more)."""
    if life.job.callback and not life.was_called and not life.job.cancel_wanted:
        life.connection.calls.arrive = False


def _beat(life: Life, counts: Counts) -> float:
    tools, pace = life.tools, life.connection.pace
    is_told = not life.job.cancel_wanted and _is_told_of(life, counts)
    beat = tools.pacing.seldom if is_told else tools.pacing.beat
    wait = beat(life.job, pace, tools.clock(), life.switch)
    if not life.job.cancel_wanted:
        wait = max(wait, patience(counts.followed))
    # Upwards alone, since the floor is a promise; and of the floor, since a long wait aims at a moment.
    return wait + tools.chance(0.0, SCATTER) * floor(life.job, pace)


def _is_told_of(life: Life, counts: Counts) -> bool:
    """Whether a call may be waited for. Where one has come and the task goes on, it is looked at as ever."""
    is_well = not (counts.failures or counts.gone or counts.empty or counts.called)
    return bool(life.job.callback) and life.connection.calls.arrive and is_well


async def _look(life: Life, counts: Counts) -> float:
    ticket = life.job.ticket
    if ticket is None:
        raise AssertionError("A job that is followed has a ticket.")
    # A cancellation begins with a fresh look, because cancelling a finished task may destroy it.
    cancelling = life.job.cancel_wanted
    try:
        update = await life.look(ticket, first=cancelling)
    except Gone:
        return await _gone(life, counts)
    except VendorError as error:
        counts.failures += 1
        _tell_of(life, counts, error)
        # Another key is in force, and this one is revoked: only a person knows whether both are one account's.
        life.locked_out = life.withdrawn and isinstance(error, Refused) and error.code == "key"
        if cancelling:
            await _cancel_failed(life, counts, error)
        else:
            await life.show(detail=life.words(error), detail_as="sentence")
        beat = _beat(life, counts)
        return max(asked_wait(error), beat, life.backoff(counts.failures, beat))
    counts.failures, counts.failing_for, counts.gone, counts.gone_for = 0, 0.0, 0, 0.0
    counts.answered = True
    life.connection.health.silence = ""
    account = life.job.account or life.connection.account
    if not ticket.seen or account != life.job.account:
        # Durable: from now on the vendor may forget it, but not deny that it was there.
        ticket = ticket.model_copy(update={"seen": True})
        await life.move(life.job.state, ticket=ticket, account=account, **life.said)
    if cancelling and isinstance(update, Queued | Running):
        return await _cancel(life, ticket, counts)
    return await _apply(life, update, counts)


def _tell_of(life: Life, counts: Counts, error: VendorError) -> None:
    counts.failing_for += counts.waited if counts.failures > 1 else 0.0
    at_once = isinstance(error, Refused) and error.code in ABOUT_THE_ACCOUNT
    if at_once or counts.failing_for >= SILENT_AFTER:
        life.connection.health.silent(error)


async def _apply(life: Life, update: TaskUpdate, counts: Counts) -> float:
    if isinstance(update, Queued | Running) and _is_stuck(life, update, counts):
        # Its ticket stays: the person may look again, and the vendor may have it still.
        await life.move("unsure", error=failures.undescribed(update.word), starts_in=None)
        return 0.0
    match update:
        case Queued():
            detail = await _detail(life, update, counts)
            said: SaidFields = {"detail": detail or "In the service's queue"}
            said["detail_as"] = update.detail_as if detail else "phase"
            if life.job.state == "queued":
                said["within"] = "throttled" if update.throttled else None
                await life.show(**said, starts_in=update.starts_in)
            else:
                # A task that has begun does not begin again on the page.
                await life.show(**said)
        case Running():
            await _running(life, update.progress, await _detail(life, update, counts))
        case Succeeded():
            return await _succeeded(life, update, counts)
        case Failed():
            error = failures.failed(update)
            await life.move("failed", error=error, cost=update.cost, starts_in=None)
        case Cancelled():
            error = failures.stopped_there(update.charged)
            await life.move("cancelled", error=error, cost=update.cost, starts_in=None)
        case _:
            assert_never(update)
    return _beat(life, counts)


def _is_stuck(life: Life, update: Queued | Running, counts: Counts) -> bool:
    progress = update.progress if isinstance(update, Running) else None
    grows = progress is not None and progress > (counts.moved or 0.0)
    if not update.word or grows:
        counts.undescribed, counts.undescribed_for = 0, 0.0
        counts.moved = progress if grows else None
        return False
    counts.undescribed_for += counts.waited if counts.undescribed else 0.0
    counts.undescribed += 1
    patience = UNDESCRIBED_GRACES * life.connection.pace.missing_grace
    return counts.undescribed > UNDESCRIBED_LOOKS and counts.undescribed_for >= patience


async def _detail(life: Life, update: Queued | Running, counts: Counts) -> str:
    if not update.word:
        return update.detail
    detail = f"The service reports {update.word!r}, an unknown status"
    if update.word not in counts.words:
        counts.words.add(update.word)
        await life.move(life.job.state, detail=detail)
    return detail


async def _running(life: Life, told: float | None, detail: str) -> None:
    progress = life.job.progress
    if told is not None:
        progress = max(progress or 0.0, min(1.0, max(0.0, told)))
    if life.job.state == "queued":
        await life.move("running", progress=progress, detail=detail, starts_in=None)
    else:
        await life.show(progress=progress, detail=detail, detail_as="words")


async def _succeeded(life: Life, update: Succeeded, counts: Counts) -> float:
    if update.outputs:
        # Some of its files may be here from an earlier try, each under the number of its link.
        outputs = renewed(life.job.outputs, update.outputs)[:MOST_OUTPUTS]
        await life.move(
            "saving", outputs=outputs, cost=update.cost, used=update.used,
            remark=failures.remark(update, MOST_OUTPUTS), detail="Downloading the result",
            detail_as="phase", starts_in=None,
        )  # fmt: skip
        return 0.0
    pace = life.connection.pace
    counts.empty_for += counts.waited if counts.empty else 0.0
    counts.empty += 1
    if counts.empty > EMPTY_LOOKS and counts.empty_for >= EMPTY_GRACES * pace.missing_grace:
        await life.move("failed", error=failures.no_output(), starts_in=None)
    else:
        await life.show(detail="Finished, waiting for its files", detail_as="words")
    return max(pace.look_again, min(counts.empty_for / 4, pace.max_backoff))


async def _gone(life: Life, counts: Counts) -> float:
    job, pace, ticket = life.job, life.connection.pace, life.job.ticket
    counts.gone_for += counts.waited if counts.gone else 0.0
    counts.gone += 1
    if counts.gone < GONE_LOOKS or counts.gone_for < _patience(life):
        if counts.gone_for >= pace.missing_grace:
            detail = "The service can't find this task at the moment"
            await life.show(detail=detail, detail_as="words")
        return max(_beat(life, counts), min(counts.gone_for / 4, pace.max_backoff))
    if ticket is not None and not _is_seen(job) and ticket.note.get(ADOPTED):
        await life.move("unsure", ticket=None, error=failures.not_adopted())
    elif not _is_seen(job):
        counts.gone, counts.gone_for = 0, 0.0
        await doubt(life)
    elif life.is_said and not counts.answered:
        # Not its account's word: a person said that this one is the same, and it may be another.
        await life.move("unsure", error=failures.other_account(), cancel_wanted=False)
    elif job.cancel_wanted:
        note = life.connection.vendor.cancel_note
        await life.move("cancelled", error=failures.cancelled_there(note))
    elif job.own_files:
        remark = failures.rest_deleted(len(job.own_files), len(job.outputs))
        await finish(life, remark)
    else:
        await life.move("expired", error=failures.expired(), starts_in=None)
    return 0.0


def _is_seen(job: Job) -> bool:
    return job.state == "running" or (job.ticket is not None and job.ticket.seen)


def _patience(life: Life) -> float:
    pace, ticket, seen = life.connection.pace, life.job.ticket, _is_seen(life.job)
    if ticket is not None and not seen and {ADOPTED, DOUBTED} & ticket.note.keys():
        # A person waits for the answer, and one who typed the id may have mistyped it.
        return 0.0
    if life.is_said:
        return pace.missing_grace
    if life.job.cancel_wanted:
        return pace.missing_grace
    return (GONE_BACKOFFS if seen else UNSEEN_BACKOFFS) * pace.max_backoff


async def _cancel(life: Life, ticket: Ticket, counts: Counts) -> float:
    try:
        # That a person wants it is on the disk before the vendor hears of it.
        await life.settled()
        await life.connection.provider.cancel(ticket)
    except Gone:
        pass
    except VendorError as error:
        await _cancel_failed(life, counts, error)
        return max(asked_wait(error), _beat(life, counts))
    note = life.connection.vendor.cancel_note
    await life.move("cancelled", error=failures.cancelled_there(note), starts_in=None)
    return 0.0


async def _cancel_failed(life: Life, counts: Counts, error: VendorError) -> None:
    counts.cancels += 1
    if counts.cancels < CANCEL_TRIES:
        await life.show(detail=f"Cancelling. {life.words(error)}", detail_as="sentence")
        return
    counts.cancels = 0
    goes_on = "The service didn't accept the cancellation, so the job continues."
    detail = f"{goes_on} {life.words(error)}"
    await life.move(life.job.state, cancel_wanted=False, detail=detail, detail_as="sentence")
