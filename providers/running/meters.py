"""Meters: what the runner counts from one start of the studio to its end."""

from collections.abc import Container, Generator, Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram
from prometheus_client.metrics_core import Metric

from providers.errors import Busy, Gone, NotSent, Refused, VendorError
from providers.jobs.job import Job
from providers.vendors.connection import Connection
from providers.vendors.vendor import Ticket

ANSWERS = ((Refused, "refused"), (Busy, "busy"), (NotSent, "not_sent"), (Gone, "gone"))
"""How a create call ended by the error that it raised; any other is unclear."""
OTHER = "other"
"""A model that no row is about: one from another version's history, or of a task that was made elsewhere."""
SECONDS = (1, 2, 5, 10, 20, 40, 60, 90, 120, 180, 300, 600, 1200, 1800, 3600)
WHERE = ("vendor", "sandbox")


class Meters:
    """Written on the server's loop, read by any thread. `models` are the catalogue's: no label is any other."""

    def __init__(self, models: Container[str]) -> None:
        self._models = models
        self._looks = Counter(
            "studio_looks", "Looks at tasks.", (*WHERE, "outcome"), registry=None
        )  # fmt: skip
        self._creates = Counter(
            "studio_create_calls", "Create calls by how they ended.", (*WHERE, "outcome"),
            registry=None,
        )  # fmt: skip
        self._bytes = Counter(
            "studio_fetched_bytes", "Bytes of results that were downloaded.", WHERE, registry=None
        )
        self._seconds = Histogram(
            "studio_job_seconds", "Seconds from sending to file of jobs that are done.",
            (*WHERE, "model"), buckets=SECONDS, registry=None,
        )  # fmt: skip

    def collect(self) -> Iterator[Metric]:
        """What was counted so far."""
        for meter in (self._looks, self._creates, self._bytes, self._seconds):
            yield from meter.collect()

    @contextmanager
    def looking(self, connection: Connection) -> Generator[None]:
        """Count a look at a task, and whether it was answered."""
        try:
            yield
        except VendorError as error:
            outcome = "gone" if isinstance(error, Gone) else "failed"
            self._looks.labels(*_where(connection), outcome).inc()
            raise
        self._looks.labels(*_where(connection), "answered").inc()

    def created(self, connection: Connection, end: Ticket | BaseException) -> None:
        """Count a create call by what it returned or raised."""
        is_error = isinstance(end, BaseException)
        raised = (outcome for kind, outcome in ANSWERS if isinstance(end, kind))
        outcome = next(raised, "unclear") if is_error else "accepted"
        self._creates.labels(*_where(connection), outcome).inc()

    def fetched(self, connection: Connection, size: int) -> None:
        """Count the bytes of a result."""
        self._bytes.labels(*_where(connection)).inc(size)

    def done(self, connection: Connection, job: Job) -> None:
        """Count how long a job took, unless it was never sent from here."""
        if job.submitted is None or job.finished is None:
            return
        model = job.request.model if job.request.model in self._models else OTHER
        took = max(0.0, job.finished - job.submitted)
        self._seconds.labels(*_where(connection), model).observe(took)


def _where(connection: Connection) -> tuple[str, str]:
    return connection.vendor.name, str(connection.is_sandbox).lower()
