"""A vendor that calls back, and a clock that stands until a test moves it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from providers.catalogue.requests import ArtifactId, Request
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.pace import Pace
from providers.vendors.vendor import Callbacks, Ticket, Vendor
from tests.support.fake_vendor import PACE, FakeVendor, Time

PUBLIC = "https://studio.example.org/here"


@dataclass
class CallingVendor(FakeVendor):
    """The fake, with the addresses that its create calls brought."""

    callbacks: list[str] = field(default_factory=list[str])
    signing: Callbacks = field(default_factory=Callbacks)

    def vendor(self, pace: Pace = PACE) -> Vendor:
        return replace(super().vendor(pace), callbacks=self.signing)

    async def submit_with_callback(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str, callback: str
    ) -> Ticket:
        self.callbacks.append(callback)
        return await self.submit(request, uploads, token)

    @property
    def polls(self) -> int:
        """How often it was asked about a task."""
        return self.asked.count("poll")


class Held(Time):
    """A clock that moves when it is told to; whoever sleeps meanwhile is woken when it is time."""

    def __init__(self) -> None:
        super().__init__()
        self.now: float
        self._sleepers: dict[asyncio.Event, float] = {}

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers[woken] = self.now + seconds
        try:
            await woken.wait()
        finally:
            self._sleepers.pop(woken, None)

    @property
    def waits(self) -> list[float]:
        """Seconds that each sleeper has before it, rounded."""
        return sorted(round(at - self.now, 1) for at in self._sleepers.values())

    def advance(self, seconds: float) -> None:
        """Let so much time pass."""
        self.now += seconds
        for woken, at in list(self._sleepers.items()):
            if at <= self.now:
                woken.set()


def calling_studio(
    folder: Path, fake: FakeVendor, time: Time, *, public_url: str = PUBLIC, secret: str = ""
) -> Studio:
    """A studio that the fake can call."""
    return Studio(
        Settings(data_dir=folder, public_url=public_url),
        credentials=Credentials({"FAKE_CALLS": secret}),
        vendors=[fake.vendor()],
        sleep=time.sleep,
        clock=time.clock,
    )


async def call(
    studio: Studio, callback: str, *, body: bytes | None = b"{}", **headers: str
) -> None:
    """One call to an address, as the web application passes it on."""
    path = urlsplit(callback).path.removeprefix(urlsplit(PUBLIC).path)

    async def read() -> bytes | None:
        return body

    await studio.called_back.called(path, headers, read)


async def becomes(holds: Callable[[], bool]) -> None:
    """Until this is true, or a failure after a minute."""
    for _ in range(60_000):
        if holds():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("It did not become true.")
