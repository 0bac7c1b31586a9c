"""From "done" at a vendor to the file here, and the looks that takes: with the vendors' calls and without."""

import re
import tempfile
import threading
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httpx
import uvicorn
from pydantic import JsonValue
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import QUEUE_SECONDS, Clock, Engine
from providers.vendors.sandbox.tasks import WORK_SECONDS
from tests.bench import rig
from tests.bench.figures import Figure, median

SCRIPT = "tests/bench/callbacks.py"
SPEED = 2.0
"""A picture takes six seconds there: fifteen of the studio's pauses, as half a minute of a vendor's has ten."""
TURNS = 4
MODELS = (
    "useapi:image/gen4",
    "runware:image/google:4@1",
    "runflow:image/google/nano-banana-pro",
)
LOOK = re.compile(r"/useapi/v1/runwayml/tasks/.+|/runflow/v1/runs/.+")


@dataclass
class Counted:
    """The emulators, and how often a studio looked at a task of theirs."""

    app: ASGIApp
    looks: Counter[str] = field(default_factory=Counter[str])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and count."""
        if scope["type"] == "http" and LOOK.fullmatch(scope["path"]):
            self.looks[scope["path"]] += 1

        async def heard() -> Message:
            message = await receive()
            if b'"getResponse"' in message.get("body", b""):
                self.looks["runware"] += 1
            return message

        await self.app(scope, heard, send)


@dataclass(frozen=True)
class Way:
    """How it went: seconds from each task's end to its file, and looks at all of them."""

    lags: list[float]
    looks: int


def measure() -> Iterator[Figure]:
    """The same pictures twice, one after the other: the machine is the same for both."""
    polled, called = (one_way(with_calls=with_calls) for with_calls in (False, True))
    lag, seldom = median(called.lags), called.looks / polled.looks
    what = "Task that has ended there to its file here, over loopback"
    yield Figure(f"{what}, polling, median", median(polled.lags) * 1000, "ms", None, SCRIPT)
    yield Figure(f"{what}, with callbacks, median", lag * 1000, "ms", 500, SCRIPT)
    yield Figure(f"{what}, with callbacks, slowest", max(called.lags) * 1000, "ms", None, SCRIPT)
    yield Figure(f"{what}, callbacks to polling", lag / median(polled.lags), "times", 1, SCRIPT)
    yield Figure("Looks at tasks, callbacks to polling", seldom, "times", 0.2, SCRIPT)


def one_way(*, with_calls: bool) -> Way:
    """Make the pictures in a fresh studio, the first of each vendor without being counted."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        engine = Engine(Clock(SPEED), folder / "emulators")
        counted = Counted(sandbox_app(VENDORS, engine))
        with served(counted) as emulators, studio(folder, emulators, with_calls) as own:
            make(own, 0)
            counted.looks.clear()
            finished = [make(own, turn) for turn in range(1, TURNS + 1)]
            looks = counted.looks.total()
        engine.close()
    needed = (QUEUE_SECONDS + WORK_SECONDS["image"]) * SPEED
    ended: dict[str, list[float]] = {}
    for created in engine.book:
        ended.setdefault(created.vendor, []).append(created.at + needed)
    turns = enumerate(finished, start=1)
    return Way([at - ended[name][turn] for turn, jobs in turns for name, at in jobs.items()], looks)


@contextmanager
def served(app: ASGIApp) -> Generator[str]:
    """The emulators over HTTP: their address."""
    port = rig.free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        rig.wait_for(f"http://127.0.0.1:{port}/book")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def studio(folder: Path, emulators: str, with_calls: bool) -> Generator[str]:
    """A studio at these emulators, which can call it or not: its address."""
    port = rig.free_port()
    settings = {
        f"STUDIO_{vendor.name.upper()}_BASE_URL": (
            f"{emulators}/{vendor.name}{urlsplit(vendor.base_url).path}"
        )
        for vendor in VENDORS
    }
    if with_calls:
        settings["STUDIO_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    own = {"STUDIO_PORT": str(port), "STUDIO_DATA_DIR": str(folder / "data"), **settings}
    with rig.process(str(rig.ROOT / "app.py"), folder=folder, **own):
        rig.wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"


def make(own: str, turn: int) -> dict[str, float]:
    """One picture of each vendor at the same time: when each was here, by the vendor's name."""
    names: dict[str, str] = {}
    for model in MODELS:
        body: JsonValue = {"kind": "image", "model": model, "prompt": f"A lighthouse, take {turn}"}
        answer = httpx.post(f"{own}/jobs", json=body, timeout=30).raise_for_status()
        names[model.partition(":")[0]] = str(answer.json()["id"])
    rig.until(lambda: all(job(own, name)["finished"] for name in names.values()))
    return {vendor: cast(float, job(own, name)["finished"]) for vendor, name in names.items()}


def job(own: str, name: str) -> dict[str, JsonValue]:
    """A job as the studio tells of it."""
    told = cast("dict[str, JsonValue]", httpx.get(f"{own}/jobs/{name}", timeout=30).json())
    assert told["error"] is None, told["error"]
    return told
