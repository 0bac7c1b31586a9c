"""Days on this machine's calendar, as the zone of the moment has them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Day:
    """A day and the moments between which it lies, in seconds since the epoch.

    They are kept with what is counted to the day: in another zone its name means other moments.
    """

    name: str
    """Such as 2026-11-20."""
    begins: float
    ends: float

    @classmethod
    def of(cls, at: float, ago: int = 0) -> "Day":
        """The day of a moment, or the one so many days before it."""
        day = datetime.fromtimestamp(at, UTC).astimezone().date() - timedelta(days=ago)
        return cls(day.isoformat(), _midnight(day), _midnight(day + timedelta(days=1)))


def day_of(at: float) -> str:
    """The name of a moment's day."""
    return Day.of(at).name


def _midnight(day: date) -> float:
    # Without a zone it is taken in this machine's, which knows days of 23 and 25 hours.
    return datetime.combine(day, time.min).timestamp()
