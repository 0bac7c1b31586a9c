"""A failed task that ends well after all: it is offered, and taken in when a person asks for it."""

from providers.errors import VendorError
from providers.jobs import failures
from providers.jobs.job import Job
from providers.jobs.transitions import changed
from providers.running.slots import Slots
from providers.vendors.connection import Connection
from providers.vendors.vendor import Succeeded


async def offer(job: Job, connection: Connection, slots: Slots) -> Job | None:
    """A failed job as it is when its task has ended well after all; None where it has not.

    Asks the vendor once and sends nothing. The job stays failed: what a vendor takes back is shown, and
    never applied by itself.
    """
    if job.state != "failed" or job.ticket is None or job.late or job.error is None:
        return None
    try:
        async with slots.gate.turn(job.id):
            update = await connection.provider.poll(job.ticket)
    except VendorError:
        return None
    if not (isinstance(update, Succeeded) and update.outputs):
        return None
    detail = "The service reports a result after all"
    return changed(job, late=True, error=failures.late(job.error), detail=detail)
