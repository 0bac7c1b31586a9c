"""The feed as a page reads it: of two states of a job under one revision the first one is shown, and stays."""

import asyncio
from dataclasses import dataclass, field

from providers.jobs.job import Job, JobId
from providers.running.feed import Changes


@dataclass
class PageFeed:
    """What a page holds of each job, and what it has shown of all of them, in order."""

    changes: Changes
    held: dict[JobId, Job] = field(default_factory=dict[JobId, Job])
    shown: list[Job] = field(default_factory=list[Job])

    def take(self, job: Job) -> None:
        """One change, as the page's store takes it in; two states of a job are two revisions."""
        before = self.held.get(job.id)
        if before is not None and before.revision == job.revision:
            assert before == job, f"revision {job.revision} was told before, of another state"
        if before is None or before.revision < job.revision:
            self.held[job.id] = job
            self.shown.append(job)

    def read(self) -> list[str]:
        """Take what has come; what the page said beside its jobs so far."""
        while not self.changes.empty():
            self.take(self.changes.get_nowait())
        return [job.detail for job in self.shown]

    async def says(self, words: str) -> Job:
        """The change in which the page says this, within a minute."""
        async with asyncio.timeout(60):
            while True:
                self.read()
                for job in self.shown:
                    if words in job.detail:
                        return job
                self.take(await self.changes.get())
