"""What is written down when a job is new: the job, what was asked, its caps, its room."""

from dataclasses import dataclass, field

from providers.catalogue.requests import Request
from providers.history.ledger import Caps
from providers.history.reservations import DiskReservation
from providers.jobs.job import Job


@dataclass(frozen=True, slots=True)
class NewJob:
    """A new job on its way into the history."""

    job: Job
    asked: Request
    """The request as it was handed in, before defaults and a seed were chosen."""
    caps: Caps | None = None
    disk: DiskReservation = field(default_factory=DiskReservation)
