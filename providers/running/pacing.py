"""Pacing: when to look at a task next, learned from how long tasks of its model took in this library."""

import asyncio
import math
import statistics
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from providers.jobs.job import Job, JobId
from providers.vendors.pace import Pace, Switch

RECALLED = 20
"""How many past jobs of a model are looked at."""
ENOUGH = 3
"""Fewer than this tell nothing."""
EARLY = 0.85
"""Part of the quickest past time at which a scout looks first."""
SCOUTS = 5
"""One job in so many is a scout: it learns whether results come earlier than they did."""
LATE = 2.0
"""Times the slowest past time after which a task is late, and waiting for it is less urgent."""
SELDOM = 10.0
"""Floors between two looks at a task whose vendor calls once it has ended."""
SLOWEST = 4.0
"""Most floors between two looks, so that progress is still seen."""
LONG = 0.01
"""Part of the time for which a task was followed that may pass between two looks: who waited for an hour
does not mind half a minute."""
LONGEST = 300.0
"""Seconds between two looks at the most, however long a task takes."""

Likes = tuple[str, str, bool, Switch | None]
"""Whose jobs, of which model, whether of the sandbox, and in which of the vendor's queues."""
Recall = Callable[[str, str, bool, Switch | None], Sequence[float]]
"""Seconds that the newest done jobs of a kind took from sending to file, newest first."""
Aside = Callable[[Callable[[], Sequence[float]]], Awaitable[Sequence[float]]]
"""Asks in a thread that may stand still."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One job in the view of what happens next. Seconds since the epoch; None: when something happens."""

    job: JobId
    vendor: str
    state: str
    look: float | None


def floor(job: Job, pace: Pace) -> float:
    """Seconds that the vendor wants between two looks at a task, at the least."""
    return pace.image_every if job.kind == "image" else pace.video_every


def patience(followed: float) -> float:
    """Seconds that may pass between two looks at a task that was followed for so long."""
    return min(LONG * followed, LONGEST)


class Pacing:
    """What past jobs teach about the ones in flight. Used on the server's loop alone."""

    def __init__(self, recall: Recall) -> None:
        self._recall = recall
        self._took: dict[Likes, deque[float]] = {}
        self._learning = asyncio.Lock()

    async def learn(self, job: Job, aside: Aside, switch: Switch | None = None) -> None:
        """Look at what is like this job before it is asked about, so that nothing else waits for that."""
        async with self._learning:
            likes = _likes(job, switch)
            if likes not in self._took:
                past = await aside(lambda: self._recall(*likes))
                self._took.setdefault(likes, deque(past, maxlen=RECALLED))

    def usual(self, job: Job, switch: Switch | None = None) -> float | None:
        """Median seconds of past done jobs of the same model; None where there is none."""
        took = self._past(job, switch)
        return round(statistics.median(took), 1) if took else None

    def note(self, job: Job, switch: Switch | None = None) -> None:
        """Learn from a job that is done."""
        if job.submitted is not None and job.finished is not None:
            past = self._past(job, switch)
            took = job.finished - job.submitted
            # What was read from disk at this moment may hold the job already.
            if took > 0 and (not past or past[0] != took):
                past.appendleft(took)

    def beat(self, job: Job, pace: Pace, now: float, switch: Switch | None = None) -> float:
        """Seconds until the next look: to the moment of the quickest past result, and then the floor.

        Looks at the floor see a result after half of it on average, and no placing of looks does better
        where results come at any moment; what is saved is the looks before the first result may come.
        """
        least, past = floor(job, pace), self._past(job, switch)
        if len(past) < ENOUGH or job.submitted is None:
            return least
        elapsed = now - job.submitted
        to_first = _first(job) * min(past) - elapsed
        if to_first > least:
            # In even steps, so that none of them comes just before that moment.
            return max(least, to_first / math.ceil(to_first / (SLOWEST * least)))
        beyond_usual = elapsed / (LATE * max(past))
        return least * min(max(beyond_usual, 1.0), SLOWEST)

    def seldom(self, job: Job, pace: Pace, now: float, switch: Switch | None = None) -> float:
        """The same while the vendor's call is waited for: until that is later than the slowest past result."""
        least, past = floor(job, pace), self._past(job, switch)
        if len(past) < ENOUGH or job.submitted is None:
            return SELDOM * least
        late = job.submitted + max(past) + least - now
        return max(least, min(late, LONGEST)) if late > 0 else self.beat(job, pace, now, switch)

    def _past(self, job: Job, switch: Switch | None) -> deque[float]:
        likes = _likes(job, switch)
        if likes not in self._took:
            self._took[likes] = deque(self._recall(*likes), maxlen=RECALLED)
        return self._took[likes]


def _likes(job: Job, switch: Switch | None) -> Likes:
    return job.owner, job.request.model, job.sandbox, switch


def _first(job: Job) -> float:
    is_scout = zlib.crc32(job.id.encode()) % SCOUTS == 0
    return EARLY if is_scout else 1.0
