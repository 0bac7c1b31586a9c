"""A vendor made for tests of the runner: it does what its script says, and writes down what it was asked."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path

from PIL import Image
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import ArtifactId, ImageRequest, Request
from providers.catalogue.rules import Choice, Slot, Text
from providers.errors import Gone, Unclear
from providers.jobs.job import Job, State
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.pace import Pace
from providers.vendors.vendor import (
    KeyCheck,
    Media,
    Output,
    Queued,
    Running,
    Succeeded,
    TaskUpdate,
    Ticket,
    Vendor,
)

MODEL = ModelSpec(
    id="fake:image/one",
    label="One",
    summary="A model for tests.",
    rules={
        "prompt": Text(shortest=1, longest=500),
        "references": Slot(most=3),
        "driving_video": Slot(kind="video"),
        "count": Choice(options=(1, 2, 4), default=1),
    },
    source="tests",
    checked=date(2026, 11, 20),
)
PACE = Pace(image_every=5, video_every=5, slots=2)
CANCEL_NOTE = "Cancelled here. The vendor may go on."


@dataclass
class FakeVendor:
    """Provider and emulator in one. Lists are used up from the front; empty ones mean the usual."""

    creates: list[Exception] = field(default_factory=list[Exception])
    """What create calls answer instead of a ticket. Unclear: the answer is lost after acceptance."""
    accepts_unclear: bool = True
    updates: list[TaskUpdate | Exception] = field(
        default_factory=lambda: list[TaskUpdate | Exception]([Queued(), Running(progress=0.5)])
    )
    """What polls answer before the task succeeds; Running in front of an empty `end` goes on for ever."""
    end: TaskUpdate | Exception | None = None
    """What polls answer at last; None is success with `files` outputs."""
    finds: list[Exception | None] = field(default_factory=list[Exception | None])
    """What looking for a task answers before it tells the truth."""
    files: int = 1
    answers: list[Response] = field(default_factory=list[Response])
    """What downloads answer before they give the file."""
    cancels: list[Exception] = field(default_factory=list[Exception])
    uploads_fail: list[Exception] = field(default_factory=list[Exception])
    gate: asyncio.Event | None = None
    """While it is unset, create calls hang after the vendor has taken them."""
    upload_gate: asyncio.Event | None = None
    cancel_gate: asyncio.Event | None = None
    looks: int = 3

    tokens: dict[str, str] = field(default_factory=dict[str, str])
    """Accepted tasks: our token, their id."""
    asked: list[str] = field(default_factory=list[str])
    """Every call, by name."""
    requests: list[Request] = field(default_factory=list[Request])
    since: list[float] = field(default_factory=list[float])
    uploaded: list[str] = field(default_factory=list[str])
    bodies: list[Mapping[ArtifactId, str]] = field(default_factory=list[Mapping[ArtifactId, str]])
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a create call arrives."""

    def vendor(self, pace: Pace = PACE) -> Vendor:
        """The company that this stands for."""
        return Vendor(
            name="fake",
            label="Fake",
            key_variable="FAKE_KEY",
            base_url="https://fake.invalid/v1",
            models=(MODEL,),
            pace=pace,
            provider=lambda _: self,
            emulator=lambda _: self,
            cancel_note=CANCEL_NOTE,
            find_looks=self.looks,
        )

    def created(self) -> int:
        """How many create calls arrived, whatever became of them."""
        return self.asked.count("submit")

    async def upload(self, media: Media) -> str:
        self.asked.append("upload")
        self.reached.set()
        if self.upload_gate is not None:
            await self.upload_gate.wait()
        if self.uploads_fail:
            raise self.uploads_fail.pop(0)
        self.uploaded.append(media.sha256)
        return f"asset-{len(self.uploaded)}"

    async def submit(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str
    ) -> Ticket:
        self.asked.append("submit")
        self.requests.append(request)
        self.bodies.append(dict(uploads))
        error = self.creates.pop(0) if self.creates else None
        if error is None or (isinstance(error, Unclear) and self.accepts_unclear):
            self.tokens[token] = f"task-{len(self.tokens) + 1}"
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        if error is not None:
            raise error
        return Ticket(task=self.tokens[token], short=self.tokens[token])

    async def find(self, request: Request, token: str, since: float) -> Ticket | None:
        self.asked.append("find")
        assert request in self.requests
        self.since.append(since)
        if self.finds:
            answer = self.finds.pop(0)
            if answer is not None:
                raise answer
            return None
        task = self.tokens.get(token)
        return None if task is None else Ticket(task=task, short=task)

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        self.asked.append("poll")
        if ticket.task not in self.tokens.values():
            raise Gone("The vendor knows no such task.")
        update = self.updates.pop(0) if self.updates else self.end
        if isinstance(update, Exception):
            raise update
        return self.success() if update is None else update

    def success(self, files: int | None = None) -> Succeeded:
        """A finished task with its links."""
        count = self.files if files is None else files
        links = [f"http://sandbox/fake/{number}.png" for number in range(1, count + 1)]
        return Succeeded(outputs=tuple(Output(url=link, kind="image") for link in links))

    async def cancel(self, ticket: Ticket) -> None:
        self.asked.append("cancel")
        if self.cancel_gate is not None:
            await self.cancel_gate.wait()
        assert ticket.task in self.tokens.values()
        if self.cancels:
            raise self.cancels.pop(0)

    async def check(self) -> KeyCheck:
        return KeyCheck(ok=True, sentence="The key works.", concurrency=3)

    async def aclose(self) -> None:
        return

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The vendor's file server."""
        self.asked.append("file")
        request = HttpRequest(scope)
        colour = int(request.url.path.rpartition("/")[2].partition(".")[0])
        answer = self.answers.pop(0) if self.answers else Response(png(colour))
        await answer(scope, receive, send)


def png(colour: int = 1) -> bytes:
    """A small picture; each number has its own."""
    buffer = BytesIO()
    with Image.new("RGB", (40, 30), (colour * 40, 80, 80)) as picture:
        picture.save(buffer, "PNG")
    return buffer.getvalue()


class Time:
    """A clock that only moves when somebody sleeps, and then at once."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        # Two looks at a clock are never equal, so that presses keep their order.
        self.now += 1e-5
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def fake_studio(
    folder: Path, fake: FakeVendor, *, time: Time | None = None, pace: Pace = PACE, key: str = ""
) -> Studio:
    """A studio whose one vendor is the fake."""
    time = time or Time()
    return Studio(
        Settings(data_dir=folder),
        credentials=Credentials({"FAKE_KEY": key}),
        vendors=[fake.vendor(pace)],
        sleep=time.sleep,
        clock=time.clock,
    )


@asynccontextmanager
async def running(
    folder: Path, fake: FakeVendor, *, time: Time | None = None, pace: Pace = PACE
) -> AsyncGenerator[Studio]:
    """The same, started and stopped."""
    studio = fake_studio(folder, fake, time=time, pace=pace)
    async with studio.running():
        yield studio


def press(
    studio: Studio, prompt: str = "a red fox", *, owner: str = "local", **more: object
) -> Job:
    """Press Generate."""
    fields = {"model": MODEL.id, "prompt": prompt, **more}
    return studio.submission.submit(ImageRequest.model_validate(fields), owner=owner)


async def until(studio: Studio, job: Job, *states: State) -> Job:
    """Wait until the job is in one of these states, or fail after a minute."""
    with studio.live.watch(job.owner) as queue:
        current = studio.live.get(job.id, job.owner)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60):
                while current.state not in states:
                    changed = await queue.get()
                    current = changed if changed.id == job.id else current
        assert current.state in states, f"{current.state}: {current.detail} {current.error}"
        return current
