"""Parking: a paid job is worked on through the account that it was sent to, and rests while that is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress

from providers.errors import StudioError
from providers.jobs.job import Job, Parked
from providers.jobs.transitions import changed
from providers.running.life import Tools
from providers.vendors.connection import Connection, Sandbox, connect_sandbox
from providers.vendors.vendor import Vendor

SENT: Mapping[Parked, str] = {
    "no_key": (
        "This job was sent to {vendor} with a key that is no longer set. Paste it in Settings, or "
        "set {variable} and restart the studio, and {then}."
    ),
    "sandbox_only": (
        "This job was sent to {vendor}, but the studio now uses only the sandbox. Restart it "
        "without STUDIO_SANDBOX, and {then}."
    ),
    "other_account": (
        "This job was sent to {vendor} with another key or address than the current one. If "
        "it's still the same account, press Confirm same account. Otherwise, paste the earlier key "
        "in Settings, or set the earlier key or address and restart the studio, and {then}."
    ),
}
UNSENT: Mapping[Parked, str] = {
    "no_key": "This job is waiting to be sent to {vendor}, but no key is set. Paste one in "
    "Settings, set {variable} and restart the studio, or cancel the job.",
    "sandbox_only": "This job is waiting to be sent to {vendor}, but the studio now uses only "
    "the sandbox. Restart it without STUDIO_SANDBOX, or cancel the job.",
}
STRANGER = (
    "This version of the studio doesn't know the service of this job. Start a version "
    "that does, or give the job up."
)
GOES_ON, IS_CANCELLED = "the job continues", "the job is cancelled there"
Same = Callable[[str, str, str], bool]
"""Whether an owner has said that two marks are of one account."""


class Parking:
    """Through which connection a job is worked on, or why through none."""

    def __init__(
        self,
        vendors: Iterable[Vendor],
        connections: Mapping[str, Connection],
        sandbox: Sandbox,
        same: Same,
        *,
        only_sandbox: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._vendors = {vendor.name: vendor for vendor in vendors}
        self._connections = connections
        self._sandbox = sandbox
        self._same = same
        self._only_sandbox = only_sandbox
        self._sleep = sleep
        self._clock = clock
        self._spare: dict[str, Connection] = {}

    def connection_for(self, job: Job) -> Connection | None:
        """Where this job's calls go. None: nowhere, as the account that it belongs to is away."""
        current = self._connections.get(job.vendor)
        if current is None or self.why(job) is not None:
            return None
        if current.is_sandbox == job.sandbox:
            return current
        if job.vendor not in self._spare:
            self._spare[job.vendor] = connect_sandbox(
                current.vendor, self._sandbox, sleep=self._sleep, now=self._clock
            )
        return self._spare[job.vendor]

    def why(self, job: Job) -> Parked | None:
        """Why nobody may be asked about this job; None where its account is connected."""
        current = self._connections.get(job.vendor)
        if current is None:
            return "no_vendor"
        if job.sandbox:
            # Nothing is paid there, and every sandbox is as good as another.
            return None
        if current.is_sandbox:
            # A paid task must not be looked for in the sandbox, which would not know it.
            return "sandbox_only" if self._only_sandbox else "no_key"
        if job.account in ("", current.account):
            # Unsent, or from before accounts were written down.
            return None
        is_same = self._same(job.owner, job.account, current.account)
        return None if is_same else "other_account"

    def keep(self, sandbox: Connection) -> bool:
        """A key takes the place of this sandbox, and its open jobs go on there; False: they have another."""
        return self._spare.setdefault(sandbox.vendor.name, sandbox) is sandbox

    def take(self, vendor: str) -> Connection | None:
        """The sandbox of a vendor whose key was removed, where jobs went on meanwhile."""
        return self._spare.pop(vendor, None)

    def account(self, vendor: str) -> str:
        """The mark of the account that is connected now; empty for a vendor that nobody knows."""
        current = self._connections.get(vendor)
        return "" if current is None else current.account

    def note(self, job: Job) -> str:
        """What happened to a parked job and what to do; empty for one that is not parked."""
        why, vendor = self.why(job), self._vendors.get(job.vendor)
        if why is None:
            return ""
        if why == "no_vendor" or vendor is None:
            return STRANGER
        words = UNSENT if job.seems_unsent else SENT
        return words.get(why, SENT[why]).format(
            vendor=vendor.label,
            variable=vendor.key_variable,
            then=IS_CANCELLED if job.cancel_wanted else GOES_ON,
        )

    async def aclose(self) -> None:
        """Close what was connected for jobs of the sandbox."""
        for connection in self._spare.values():
            await connection.aclose()


async def noted(job: Job, parking: Parking, tools: Tools) -> bool:
    """Write down why a job rests, and show it; False: the disk does not take that, or the job has changed.

    A start does not fail for it.
    """
    with suppress(StudioError):
        why, note = parking.why(job), parking.note(job)
        if (why, note) == (job.parked, job.detail):
            return True
        revision = tools.journal.revisions.next()
        parked = changed(job, parked=why, detail=note, revision=revision)
        put = tools.journal.put(parked, note=False, since=job.revision)
        if await asyncio.wrap_future(put):
            tools.feed.publish(parked)
            return True
    return False
