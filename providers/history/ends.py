"""A line of the log for every job that nobody works on any more: model, end, seconds since the press, price."""

import logging

from providers.catalogue.money import in_words, millionths, price_words
from providers.jobs.job import Job

log = logging.getLogger("studio.jobs")


def tell(job: Job) -> None:
    """Log the end of a job; an open one is passed over. What was asked stands there only when debugging."""
    if job.is_open:
        return
    fields: dict[str, object] = {
        "job": job.id,
        "model": job.request.model,
        "state": job.state,
        "seconds": round(max(0.0, job.updated - job.created), 1),
        "price": price(job),
    }
    words = "job %(job)s: %(model)s %(state)s after %(seconds)s s, %(price)s"
    log.info(words, fields, extra={"fields": fields})
    if log.isEnabledFor(logging.DEBUG):
        log.debug("job %s asked for %s", job.id, job.request.model_dump_json())


def price(job: Job) -> str:
    """`$0.31` as the vendor told, `about $0.31` as it publishes, `sandbox`, or `price unknown`."""
    if job.sandbox:
        return "sandbox"
    if job.cost is not None:
        return in_words(millionths(job.cost.amount), job.cost.unit)
    return "price unknown" if job.estimate is None else price_words(job.estimate)
