"""The process of the soak that is killed again and again: a studio that presses Generate."""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from urllib.parse import urlsplit

from providers.catalogue.requests import read_request
from providers.durability.backup import Backups
from providers.jobs.job import JobId
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.bench.vendors import ELSEWHERE, SPEED
from tests.chaos.rig import body_for

BEAT = 0.4 * SPEED
"""Seconds between two looks."""
MOST_OPEN = 3
"""Open jobs of one vendor at once; the studio presses again as soon as one is over."""
SLOTS = 2
"""Of them so many are on their way, and the rest waits."""
OWNER = "local"
PROMPT_FATES = ("",) * 6 + (
    "sandbox:no-credits", "sandbox:throttled", "sandbox:cut-download", "sandbox:expired-link",
)  # fmt: skip
"""What the vendor itself decides, drawn for every press."""
UNREACHABLE = 1 / 13
"""Share of lives in which nobody listens at a vendor's address, for each vendor."""
HOUR = 3600.0


@dataclass(frozen=True)
class Account:
    """With which key a studio comes to a vendor, and where."""

    key: str
    place: str = ""


OWN = Account("user:1-own")
OTHERS = (Account("user:2-other"), Account(OWN.key, ELSEWHERE))
"""Another account, and another address."""


@dataclass(frozen=True)
class Life:
    """One process of a studio: where it works, and how far it gets."""

    data: Path
    port: int
    """The vendors'."""
    doors: Mapping[str, int]
    """By vendor, the port that leads to it, if this process opens it."""
    seed: int
    changes: int | None
    """After so many changes of jobs it says that it may be killed. None: it presses nothing new, and
    lives until nobody works on any job."""
    accounts: Mapping[str, Account] = field(default_factory=dict[str, Account])
    """By vendor, where another one than the own is used."""
    hours: int = 0
    """So many hours pass at once: copies of the history are taken, and receipts of ended jobs go."""

    def credentials(self) -> Credentials:
        """A key for every vendor, and the address of its door."""
        given: dict[str, str | None] = {}
        for vendor in VENDORS:
            account, path = self.accounts.get(vendor.name, OWN), urlsplit(vendor.base_url).path
            root = f"http://127.0.0.1:{self.doors[vendor.name]}"
            below = f"/{account.place}" if account.place else ""
            given[vendor.key_variable] = account.key
            given[f"STUDIO_{vendor.name.upper()}_BASE_URL"] = f"{root}{below}/{vendor.name}{path}"
        return Credentials(given)


def work(life: Life, ripe: Pipe) -> None:
    """A studio that presses Generate again and again until it is killed."""
    asyncio.run(_work(life, ripe))


async def _work(life: Life, ripe: Pipe) -> None:
    chance, presses = random.Random(life.seed), life.changes is not None
    settings = Settings(data_dir=life.data)
    studio = Studio(settings, credentials=life.credentials(), vendors=[*map(_quick, VENDORS)])
    async with AsyncExitStack() as stack:
        for vendor in VENDORS:
            if not presses or chance.random() >= UNREACHABLE:
                await stack.enter_async_context(await _door(life.doors[vendor.name], life.port))
        await stack.enter_async_context(studio.running())
        _let_pass(studio, life)
        if presses:
            await _press_on(studio, life, chance, ripe)
        with studio.live.watch(OWNER) as queue:
            while studio.live.schedule():
                with suppress(TimeoutError):
                    await asyncio.wait_for(queue.get(), BEAT)


async def _press_on(studio: Studio, life: Life, chance: random.Random, ripe: Pipe) -> None:
    on_way: dict[JobId, str] = {planned.job: planned.vendor for planned in studio.live.schedule()}
    with studio.live.watch(OWNER) as queue:
        for turn in itertools.count():
            _press(studio, turn, chance, on_way)
            if turn == life.changes:
                ripe.send(True)
            changed = await queue.get()
            if not changed.is_open:
                on_way.pop(changed.id, None)


def _press(studio: Studio, turn: int, chance: random.Random, on_way: dict[JobId, str]) -> None:
    busy = Counter(on_way.values())
    for vendor in VENDORS:
        for number in range(busy[vendor.name], MOST_OPEN):
            mark = f"{turn}-{number}-{chance.getrandbits(64):x}"
            prompt = f"A lighthouse, take {mark} {chance.choice(PROMPT_FATES)}".strip()
            request = read_request(body_for(vendor, prompt))
            job = studio.submission.submit(request, owner=OWNER, idempotency_key=mark)
            on_way[job.id] = job.vendor


def _quick(vendor: Vendor) -> Vendor:
    """A vendor that is looked at as fast as the emulators' time runs."""
    pace = replace(
        vendor.pace, image_every=BEAT, video_every=BEAT, busy_wait=5 * BEAT, look_again=BEAT,
        missing_grace=2, max_backoff=5 * BEAT, slots=SLOTS,
    )  # fmt: skip
    return replace(vendor, pace=pace)


def _let_pass(studio: Studio, life: Life) -> None:
    journal = studio.opened.journal
    for hour in range(life.hours):
        later = time.time() + (life.hours * life.seed + hour) * HOUR
        Backups(life.data, clock=lambda later=later: later).take(life.data / "jobs.db")
    if life.hours and journal.receipts is not None:
        journal.receipts.prune(Backups(life.data).held_twice(), journal.figures.held())


# A vendor's door


async def _door(port: int, vendors: int) -> asyncio.Server:
    """Listen where others have the port reserved, and pass everything on to the vendors.

    The address stays the same in every life; where no door is opened, nobody listens there.
    """
    return await asyncio.start_server(
        partial(_through, vendors), "127.0.0.1", port, reuse_port=True
    )


async def _through(
    vendors: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    # Cancelled when the studio has come to rest: an end like any other.
    with suppress(OSError, asyncio.CancelledError):
        there, back = await asyncio.open_connection("127.0.0.1", vendors)
        await asyncio.gather(_pump(reader, back), _pump(there, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(1 << 16):
            writer.write(piece)
            await writer.drain()
    writer.close()
