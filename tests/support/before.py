"""How the small data folder in `fixtures/` was made, by a studio of its day, and what a studio tells of it.

`python -m tests.support.before FOLDER` writes it, and packs it with what the studio told then into `fixtures/`.
It is not made anew: it stands for the folders of people who used that version.
"""

import asyncio
import hashlib
import json
import shutil
import sys
import tarfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import JsonValue
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from providers.catalogue.requests import read_request
from providers.catalogue.rules import Shots, Span, Text
from providers.history.marks import Marks
from providers.history.query import Query
from providers.jobs.job import Job, State
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.pace import Pace
from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.painter import Card
from providers.vendors.vendor import Cost, Failed, Output, Running, Succeeded, Vendor
from tests.support.fake_vendor import MODEL, PACE, FakeVendor, Time, png
from tests.support.priced import PricedVendor, files
from tests.support.told import told_of

FIXTURES = Path(__file__).parents[1] / "fixtures"
PACKED, TOLD = FIXTURES / "data-before.tar.gz", FIXTURES / "data-before.json"
BEGAN = 1_795_000_000.0
"""When its studio was started first, seconds since the epoch: about noon, one day almost everywhere."""
ADDRESS = "http://127.0.0.1:9"
"""The paid vendor's: a job's account is known again by its key and this."""
OWNERS = ("local", "ann")
CAPS = {"cap_owner_day": "fake=400", "cap_day": "fake=500"}
LEFT_OUT = ("cache", "sandbox", "part", "LOCK", "BALLAST")
"""What a folder can do without: derived pictures, the emulators' own records, and room held free."""

Wish = dict[str, JsonValue]
PICTURE: Wish = {
    "kind": "image", "model": "runware:image/google:4@1",
    "options": {"format": "webp", "quality": 20, "ratio": "1:1"},
}  # fmt: skip
CLIP: Wish = {
    "kind": "video", "model": "runway:video/grok_imagine_1_5",
    "options": {"resolution": "480p", "duration": 1, "ratio": "1:1"},
}  # fmt: skip
SHOTS: tuple[Take, ...] = (
    Take(prompt="A door opens", seconds=1),
    Take(prompt="It shuts", seconds=1),
)
FILM: Wish = {
    "kind": "multishot", "model": "small:multishot/one",
    "shots": [take.model_dump() for take in SHOTS],
}  # fmt: skip
PAID: Wish = {"kind": "image", "model": MODEL.id}
SMALL = MODEL.model_copy(
    update={
        "id": FILM["model"],
        "rules": {
            "prompt": Text(longest=500),
            "shots": Shots(
                least=2,
                most=4,
                prompt=Text(shortest=1, longest=500),
                seconds=Span(low=1, high=5),
                total=10,
            ),
        },
    }
)


class SlowTime(Time):
    """It gives everybody a turn before it moves on: what is polled for ever makes no years of a moment."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0.02)
        await super().sleep(seconds)


@dataclass
class SmallFilms(FakeVendor):
    """A sandbox whose films are small: those of the vendors' own are larger than a fixture should be."""

    film: bytes = b""

    def vendor(self, pace: Pace = PACE) -> Vendor:
        """The company that this stands for."""
        names = {"name": "small", "label": "Small", "key_variable": "SMALL_KEY"}
        return replace(super().vendor(pace), models=(SMALL,), **names)

    def success(self, files: int | None = None) -> Succeeded:
        """A finished task with its links."""
        film = Output(url="http://sandbox/small/1.mp4", kind="video")
        return Succeeded(outputs=(film,) * (files or self.files))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The vendor's file server."""
        await Response(self.film, media_type="video/mp4")(scope, receive, send)


def small_films(folder: Path) -> SmallFilms:
    """That vendor, with a film painted in this folder."""
    path = folder / "film.mp4"
    card = Card(model=SMALL.id, prompt="A house at night")
    paint_film(Film(card=card, width=160, height=160, takes=SHOTS), path)
    return SmallFilms(film=path.read_bytes())


def studio_on(
    folder: Path, fake: PricedVendor, time: Time, key: str = "", films: SmallFilms | None = None
) -> Studio:
    """A studio with the sandboxes of all vendors, and one vendor beside them that is paid with this key."""
    return Studio(
        Settings.model_validate({"data_dir": folder, "sandbox_speed": 0, **CAPS}),
        credentials=Credentials({"FAKE_KEY": key, "STUDIO_FAKE_BASE_URL": ADDRESS}),
        vendors=[fake.vendor(), (films or SmallFilms()).vendor(), *VENDORS],
        sleep=time.sleep,
        clock=time.clock,
    )


def a_time(days: float = 0) -> Time:
    """A clock so many days after the beginning, which only moves when somebody sleeps."""
    time = SlowTime()
    time.now = BEGAN + days * 86400
    return time


async def when(studio: Studio, job: Job, holds: Callable[[Job], bool]) -> Job:
    """Wait until this is true of a job."""
    async with asyncio.timeout(60):
        with studio.live.watch(job.owner) as queue:
            while not holds(job := studio.live.get(job.id, job.owner)):
                await queue.get()
    return job


async def ended(studio: Studio, wish: Wish, prompt: str, state: State, owner: str = "local") -> Job:
    """Press, and wait for this end."""
    job = studio.submission.submit(read_request({**wish, "prompt": prompt}), owner=owner)
    job = await when(studio, job, lambda one: not one.is_open)
    assert job.state == state, f"{prompt}: {job.state} {job.detail} {job.error}"
    return job


async def first_day(studio: Studio, fake: PricedVendor, folder: Path) -> None:
    """Every kind and every end, two owners, marks, a batch, something paid and something deleted."""
    (folder.parent / "fox.png").write_bytes(png(3))
    reference = await studio.files.keep("local", "fox.png", folder.parent / "fox.png")
    made = await ended(studio, PICTURE, "A red fox in the snow", "done")
    clip = await ended(studio, CLIP, "A kite in the wind", "done")
    await ended(studio, FILM, "A house at night", "done")
    again: Wish = {**PICTURE, "references": [reference.id, made.artifacts[0].id]}
    await ended(studio, again, "The same fox at night", "done", "local")
    await ended(studio, PICTURE, "A fox sandbox:fails", "failed")
    await ended(studio, CLIP, "A fox sandbox:no-credits", "rejected")
    studio.keeping.mark(made.id, "local", Marks(starred=True, tags=("snow", "golden hour")))
    studio.keeping.mark(clip.id, "local", Marks(tags=("wind",)))
    await ended(studio, PAID, "A lighthouse, paid", "done")
    fake.end = Failed(code="vendor")
    await ended(studio, PAID, "A lighthouse that fails", "failed")
    fake.end = None
    lost = await ended(studio, PAID, "lost lighthouse", "unsure", "ann")
    given_up = await ended(studio, PAID, "lost, and given up", "unsure")
    studio.decisions.discard(given_up.id, "local")
    asked = [read_request({**PAID, "prompt": f"A row of {row}"}) for row in range(3)]
    for job in studio.batches.submit(asked, "ann", "batch-before"):
        await when(studio, job, lambda one: one.state == "done")
    studio.keeping.mark(lost.id, "ann", Marks(starred=True))
    unwanted = await ended(studio, {**PAID, "options": {"count": 4}}, "Deleted again", "done")
    await studio.decisions.delete(unwanted.id, "local")


async def next_day(studio: Studio, fake: PricedVendor, *, presses: int) -> None:
    """Two are left running, and one waits for a slot."""
    fake.end = Running(progress=0.5)
    for number in range(presses):
        wish = {**PAID, "prompt": f"On its way with {number + 1} of {presses}"}
        await asyncio.to_thread(studio.submission.submit, read_request(wish), owner="local")
    async with asyncio.timeout(60):
        with studio.live.watch("local") as queue:
            while _on_their_way(studio) != ["running", "running", "waiting"]:
                await queue.get()


def _on_their_way(studio: Studio) -> list[State]:
    jobs = (job for job in studio.live.recent("local") if job.is_open and job.parked is None)
    return sorted(job.state for job in jobs)


async def _keep_copies(studio: Studio) -> None:
    await asyncio.to_thread(studio.opened.maintenance.tick)


async def make(folder: Path) -> dict[str, JsonValue]:
    """Write the folder in three sittings; what a studio without a key for it tells in a fourth."""
    with files() as home:
        fake = PricedVendor(home=home, balances=[900, 860], cost=Cost(amount=12, unit="credits"))
        sittings: list[tuple[float, str, Callable[[Studio], Awaitable[object]]]] = [
            (0, "key-a", lambda studio: first_day(studio, fake, folder)),
            # What runs when it ends is parked at the next start: another account's key is connected then.
            (1, "key-a", lambda studio: next_day(studio, fake, presses=3)),
            (1.01, "key-b", lambda studio: next_day(studio, fake, presses=2)),
        ]
        films = small_films(folder.parent)
        for days, key, what in sittings:
            fake.balances = [900, 860]
            studio = studio_on(folder, fake, a_time(days), key, films)
            async with studio.running():
                await what(studio)
                await _keep_copies(studio)
        copy = folder.with_name("copy")
        shutil.copytree(folder, copy)
        return await told(copy, fake)


async def told(folder: Path, fake: PricedVendor) -> dict[str, JsonValue]:
    """What a studio without the key tells of the folder, with every file's bytes as their hash."""
    studio = studio_on(folder, fake, a_time(1.02))
    async with studio.running():
        return {owner: await _told_of(studio, owner) for owner in OWNERS}


async def _told_of(studio: Studio, owner: str) -> Wish:
    jobs = studio.live.page(owner, Query(limit=100)).jobs
    batches = sorted({job.batch.id for job in jobs if job.batch is not None})
    return {
        "jobs": {job.id: _shown(job) for job in jobs},
        "events": {
            job.id: [_said(event) for event in studio.live.events(job.id, owner)] for job in jobs
        },
        "files": {
            one.id: hashlib.sha256(studio.files.path(one).read_bytes()).hexdigest()
            for job in jobs
            for one in job.artifacts
        },
        "references": {
            name: told_of(studio.files.get(name, owner))
            for job in jobs
            for _, name in job.request.media()
        },
        "batches": {one: told_of(studio.batches.told(one, owner)) for one in batches},
        "counts": _json(studio.live.counts(owner)),
        "marked": _json(studio.keeping.marked(owner)),
        "found": [job.id for job in studio.live.page(owner, Query(text="lighthouse")).jobs],
        "deleted": _json(studio.live.deleted_since(owner, 0)),
        "spending": told_of(studio.spending.shown(owner)),
        "everybody": _json(
            {
                owner: {"today": [*map(told_of, sums.today)], "days": [*map(told_of, sums.days)]}
                for owner, sums in studio.spending.by_owner().items()
            }
        ),
    }


def _shown(job: Job) -> Wish:
    # What is open is looked at anew at every start.
    return {**told_of(job), "revision": 0 if job.is_open else job.revision}


def _said(event: Wish) -> Wish:
    return {**event, "at": round(float(str(event["at"])))}


def _json(value: object) -> JsonValue:
    return json.loads(json.dumps(value))


def pack(folder: Path) -> None:
    """The folder without what it can do without, packed."""
    database = folder / "jobs.db"
    assert not database.with_name("jobs.db-wal").exists(), "it was not put away in order"
    with tarfile.open(PACKED, "w:gz") as archive:
        for path in sorted(folder.iterdir()):
            if path.name not in LEFT_OUT:
                archive.add(path, path.name)


def unpacked(into: Path) -> Path:
    """The folder as it was packed, for a test."""
    with tarfile.open(PACKED) as archive:
        archive.extractall(into, filter="data")
    return into


if __name__ == "__main__":
    place = Path(sys.argv[1])
    TOLD.parent.mkdir(exist_ok=True)
    found = asyncio.run(make(place))
    TOLD.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    pack(place)
