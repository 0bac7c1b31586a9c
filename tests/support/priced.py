"""A vendor with prices, balances and a list of tasks; run, it serves a studio with a key for it.

Nothing leaves this machine: its files come from a small server on loopback.
"""

import signal
import sys
import threading
import time as clock
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.requests import ArtifactId, Request
from providers.errors import Unclear
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors import useapi
from providers.vendors.pace import Pace
from providers.vendors.vendor import (
    Cost,
    KeyCheck,
    KnownTask,
    Output,
    Succeeded,
    TaskUpdate,
    Ticket,
)
from providers.vendors.vendor import Vendor as VendorRow
from tests.support.fake_vendor import MODEL, FakeVendor, Time, png

QUICK = Pace(image_every=0.05, video_every=0.05, slots=2, look_again=0.05, missing_grace=0.1)
UNPRICED = "fake:image/two"
STUCK = "stuck.png"
ELSEWHERE = "A kite over the dunes, far out, while the light goes down behind the last houses"


def price(amount: float, per: str = "picture", **when: tuple[int, ...]) -> Price:
    """A published price in credits."""
    told = {"amount": amount, "unit": "credits", "per": per, "when": when}
    return Price.model_validate({**told, "source": "tests", "checked": MODEL.checked})


def models(each: float = 10) -> tuple[ModelSpec, ...]:
    """A model at so many credits a picture, and one whose price nobody knows."""
    priced = MODEL.model_copy(update={"prices": (price(each),)})
    return priced, MODEL.model_copy(update={"id": UNPRICED, "label": "Two"})


@dataclass
class PricedVendor(FakeVendor):
    """The fake with money. Prompts with `lost` in them never reach it, and their answer is lost.

    Those with `stuck` succeed, but their file cannot be fetched; its link lives for so many seconds.
    Those with `twins` are listed so many times, made a minute apart, each with a seed of its own.
    """

    each: float = 10
    home: str = "http://sandbox/fake"
    """Where its files lie."""
    cost: Cost | None = None
    balances: list[float] = field(default_factory=list[float])
    """What it tells at each look, the last one again and again; empty: it tells none."""
    listed: list[KnownTask] = field(default_factory=list[KnownTask])
    stuck: dict[str, float] = field(default_factory=dict[str, float])
    """Tasks whose file cannot be fetched, and when their link dies, seconds since the epoch."""

    def vendor(self, pace: Pace = QUICK) -> VendorRow:
        """The company that this stands for."""
        return replace(super().vendor(pace), models=models(self.each), lists_tasks=True)

    def success(self, files: int | None = None) -> Succeeded:
        """A finished task with its links and what it cost."""
        links = [f"{self.home}/{number}.png" for number in range(1, (files or self.files) + 1)]
        outputs = tuple(Output(url=link, kind="image") for link in links)
        return Succeeded(outputs=outputs, cost=self.cost)

    async def submit(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str
    ) -> Ticket:
        if "twins" in request.prompt:
            for number in range(int(request.prompt.split()[-1])):
                made = clock.time() + 60 * number
                told = {"prompt": request.prompt, "kind": "image", "created": made, "seed": number}
                self.knows(f"twin-{number:03}", **told)
        if "lost" in request.prompt:
            self.creates, self.accepts_unclear = [Unclear("The response was lost.")], False
        ticket = await super().submit(request, uploads, token)
        if "stuck" in request.prompt:
            self.stuck[ticket.task] = clock.time() + float(request.prompt.split()[-1])
        return ticket

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        update = await super().poll(ticket)
        if ticket.task not in self.stuck or not isinstance(update, Succeeded):
            return update
        link = f"{self.home}/{STUCK}"
        dying = Output(url=link, kind="image", expires=self.stuck[ticket.task])
        return update.model_copy(update={"outputs": (dying,)})

    async def check(self) -> KeyCheck:
        self.asked.append("check")
        told = self.balances.pop(0) if len(self.balances) > 1 else next(iter(self.balances), None)
        balance = None if told is None else Cost(amount=told, unit="credits")
        return KeyCheck(ok=True, sentence="The key works.", balance=balance)

    async def tasks(self) -> tuple[KnownTask, ...]:
        self.asked.append("tasks")
        return tuple(self.listed)

    def knows(self, task: str, **more: object) -> None:
        """A task that was made elsewhere."""
        self.tokens[f"elsewhere {task}"] = task
        told = {"task": task, "short": f"…{task[-4:]}", "state": "succeeded", **more}
        self.listed.append(KnownTask.model_validate(told))


class _Files(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Every path but one is the same small picture."""
        content = png()
        self.send_response(503 if self.path.endswith(STUCK) else 200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def files() -> Generator[str]:
    """A file server on loopback; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Files) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def live_studio(
    folder: Path, fake: PricedVendor, *, time: Time | None = None, **caps: str
) -> Studio:
    """A studio with a key for the fake: what it spends is money."""
    time = time or Time()
    return Studio(
        Settings.model_validate({"data_dir": folder, **caps}),
        credentials=Credentials({"FAKE_KEY": "k", "STUDIO_FAKE_BASE_URL": fake.home}),
        vendors=[fake.vendor()],
        sleep=time.sleep,
        clock=time.clock,
    )


def leave(_signal: int, _frame: FrameType | None) -> None:
    """End in order."""
    sys.exit(0)


def main() -> None:
    """Serve the page over such a studio until told to stop."""
    from app import Server, listen, read_settings
    from ui.web.app import build

    signal.signal(signal.SIGTERM, leave)
    settings = read_settings(sys.argv[1:])
    with files() as home:
        fake = PricedVendor(home=home, balances=[900, 860], cost=Cost(amount=12, unit="credits"))
        fake.knows("task-from-elsewhere", prompt=ELSEWHERE, kind="image")
        studio = Studio(
            settings,
            credentials=Credentials({"FAKE_KEY": "k", "STUDIO_FAKE_BASE_URL": home}),
            vendors=[fake.vendor(), useapi.VENDOR],
        )
        sock = listen(settings.host, settings.port)
        Server(build(studio), sock, studio).run([sock])


if __name__ == "__main__":
    main()
