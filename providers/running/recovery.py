"""After a lost answer, or one that names no task of ours: look at the vendor, and never send again."""

from providers.catalogue.money import price_words
from providers.errors import NotSent, VendorError, asked_wait
from providers.jobs import failures
from providers.jobs.job import Failure
from providers.running.life import Life
from providers.running.search import LookResult, look, settle
from providers.vendors.transport.wire import shown
from providers.vendors.vendor import Ticket

MOST_FAILURES = 10
"""Looks that themselves fail before the person is asked."""
MOST_AWAY = 60
"""Looks that do not even reach the vendor before the person is asked: an hour of the longest pauses."""
SPREAD = (1, 3, 8, 12)
"""Pauses between looks that find nothing, in turns of `look_again`: two minutes at the vendors' pace, since
a call whose line broke may be accepted late."""
DOUBTED = "doubted"
"""A note in a ticket whose task the vendor did not know for so long that the person was asked."""


async def look_for(life: Life, lost: VendorError | None = None) -> None:
    """Find the task of a create call whose answer was lost. It ends queued or unsure.

    `lost` says how the answer was lost; what the vendor did say is kept in the job's history.
    """
    answer = None if lost is None else life.heard.answer(life.job.token)
    said = "" if lost is None else lost.vendor_text or ("" if answer is None else answer.text)
    if lost is not None:
        words = life.words(lost)
        told = f"{words} It said: {said}" if said else words
        await life.move("submitting", detail=told, detail_as="sentence", within="looking")
    found = await _search(life, "The response was lost")
    if found.ticket is not None:
        await settle(life, found.ticket, "Found on the service")
    elif not life.stopping:
        failure = failures.unsure(_price(life), found.alike)
        told = {"vendor_text": shown(said), "answer": answer}
        await _ask_the_person(life, failure.model_copy(update=told))


async def doubt(life: Life) -> None:
    """Find the task of a create call whose answer named one that the vendor never knew.

    It ends queued or unsure. Never expired: nobody has seen that task end, and the one that was made
    may go by another id.
    """
    named = life.job.ticket
    ticket = (await _search(life, "The service doesn't know the task it named")).ticket
    if ticket is not None:
        # The same one again: the vendor's lists have it, so it has been there.
        seen = named is not None and ticket.task == named.task
        ticket = ticket.model_copy(update={"seen": seen})
        await settle(life, ticket, "Found on the service")
    elif not life.stopping and named is not None:
        # Kept, since it may be the right one all the same.
        kept = named.model_copy(update={"note": {**named.note, DOUBTED: True}})
        await _ask_the_person(life, failures.never_seen(_price(life)), kept)


async def _search(life: Life, why: str) -> LookResult:
    looks, failures, away, found = 0, 0, 0, LookResult()
    most, pace = life.connection.vendor.find_looks, life.connection.pace
    while looks < most and failures < MOST_FAILURES and away < MOST_AWAY and not life.stopping:
        looking = f"{why}, looking for it ({looks + 1} of {most})"
        await life.show(detail=looking, detail_as="words", within="looking")
        try:
            found = await look(life)
        except VendorError as error:
            failures, away = (
                (failures, away + 1) if isinstance(error, NotSent) else (failures + 1, away)
            )
            failed = f"{why}, and looking for it failed. {life.words(error)}"
            await life.show(detail=failed, detail_as="sentence", within="looking")
            wait = life.backoff(failures + away, pace.look_again)
            await life.pause(max(asked_wait(error), wait))
            continue
        if found.ticket is not None:
            return found
        looks += 1
        if looks < most:
            await life.pause(pace.look_again * SPREAD[min(looks, len(SPREAD)) - 1])
    return found


async def _ask_the_person(life: Life, failure: Failure, ticket: Ticket | None = None) -> None:
    evidence = life.job.evidence
    if evidence is not None:
        now = await life.tools.balances.now(life.connection)
        told = {"now": now and now.balance, "now_at": now and now.at}
        evidence = evidence.model_copy(update=told)
    ticket = ticket or life.job.ticket
    await life.move("unsure", error=failure, evidence=evidence, starts_in=None, ticket=ticket)


def _price(life: Life) -> str:
    return "" if life.job.estimate is None else price_words(life.job.estimate)
