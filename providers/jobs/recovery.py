"""After a lost answer: look for the task at the vendor, and never send again."""

from providers.errors import VendorError
from providers.jobs import troubles
from providers.jobs.ledger import price_words
from providers.jobs.life import Life
from providers.vendors.vendor import Ticket
from providers.vendors.wire import shown

MOST_FAILURES = 10
"""Looks that themselves fail before the person is asked."""


async def look_for(life: Life, lost: VendorError | None = None) -> None:
    """Find the task of a create call whose answer was lost. It ends queued or unsure.

    `lost` says how the answer was lost; what the vendor did say is kept in the job's history.
    """
    said = "" if lost is None else lost.vendor_text
    if lost is not None:
        words = f"{lost} It said: {said}" if said else str(lost)
        await life.move("submitting", detail=words)
    looks, failures = 0, 0
    most, pace = life.road.vendor.find_looks, life.road.pace
    while looks < most and failures < MOST_FAILURES and not life.stopping:
        life.show(detail=f"The answer was lost, looking for the task ({looks + 1} of {most})")
        try:
            ticket = await _find(life)
        except VendorError as error:
            failures += 1
            life.show(detail=f"The answer was lost, and looking for the task failed. {error}")
            await life.pause(life.backoff(failures, pace.look_again))
            continue
        if ticket is not None:
            await life.move("queued", ticket=ticket, error=None, detail="Found at the vendor")
            return
        looks += 1
        if looks < most:
            await life.pause(pace.look_again)
    if not life.stopping:
        await _ask_the_person(life, said)


async def _ask_the_person(life: Life, said: str) -> None:
    job, evidence = life.job, life.job.evidence
    if evidence is not None:
        now = await life.tools.balances.now(life.road)
        told = {"now": now and now.balance, "now_at": now and now.at}
        evidence = evidence.model_copy(update=told)
    price = "" if job.estimate is None else price_words(job.estimate)
    trouble = troubles.unsure(price).model_copy(update={"vendor_text": shown(said)})
    await life.move("unsure", error=trouble, evidence=evidence)


async def _find(life: Life) -> Ticket | None:
    job = life.job
    since = job.submitted if job.submitted is not None else job.created
    ticket = await life.road.provider.find(job.request, job.token, since)
    if ticket is None:
        return None
    holder = life.tools.journal.holder(job.vendor, ticket.task)
    # Two equal requests look alike at the vendor; a task belongs to the job that has its ticket.
    return ticket if holder in (None, job.id) else None
