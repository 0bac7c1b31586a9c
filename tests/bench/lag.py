"""From "done" at the emulator to the picture in the page, with and without the wait for the next poll."""

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from playwright.sync_api import Page
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock, Engine
from tests.bench import rig
from tests.bench.figures import Figure, median

SCRIPT = "tests/bench/lag.py"
TURNS = 12
# Remembers when the first picture of a job that is done stands loaded in the list or on the stage.
OBSERVER = """() => {
  window.pictures = [];
  const seen = new Set();
  const look = () => {
    for (const picture of document.querySelectorAll('img[src*="media/"]')) {
      const name = picture.src.match(/media\\/(\\w+)/)[1];
      if (!seen.has(name)) {
        seen.add(name);
        window.pictures.push({name, at: (performance.timeOrigin + performance.now()) / 1000});
      }
    }
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
  look();
}"""


@dataclass
class Told:
    """An application that remembers when it first answered that a task has succeeded."""

    app: ASGIApp
    at: list[float] = field(default_factory=list[float])
    known: set[str] = field(default_factory=set[str])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and read the answers to polls."""
        body = bytearray()

        async def sending(message: Message) -> None:
            body.extend(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, sending)
        if scope["type"] == "http" and scope["method"] == "GET" and "/tasks/" in scope["path"]:
            self.note(scope["path"], bytes(body))

    def note(self, path: str, body: bytes) -> None:
        """Keep the time of the first answer that says so."""
        if path not in self.known and b'"SUCCEEDED"' in body and json.loads(body):
            self.known.add(path)
            self.at.append(time.time())


def measure() -> Iterator[Figure]:
    """Make one picture after the other."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        engine = Engine(Clock(0.3), folder / "emulator")
        told = Told(sandbox_app(VENDORS, engine))
        port = rig.free_port()
        config = uvicorn.Config(told, host="127.0.0.1", port=port, log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            times = pictures(folder, told, port)
        finally:
            server.should_exit = True
            thread.join()
            engine.close()
    yield Figure(
        "Poll that says done to picture in the page, median", median(times), "ms", 300, SCRIPT
    )
    yield Figure(
        "Poll that says done to picture in the page, slowest", max(times), "ms", None, SCRIPT
    )


def pictures(folder: Path, told: Told, port: int) -> list[float]:
    """Milliseconds from each poll's answer to its picture."""
    address = f"http://127.0.0.1:{port}/useapi/v1/runwayml"
    settings = {"STUDIO_USEAPI_BASE_URL": address, "STUDIO_SANDBOX_SPEED": "0.3"}
    with rig.studio(folder, **settings) as (own, _), rig.chrome() as browser:
        page = rig.fresh(browser)
        page.goto(own)
        page.locator("#image-prompt textarea").wait_for()
        page.wait_for_timeout(1000)
        page.evaluate(OBSERVER)
        times = [one_picture(page, told, number) for number in range(TURNS)]
    # The first one also loads the code that reads pictures.
    return times[1:]


def one_picture(page: Page, told: Told, number: int) -> float:
    """Press Generate once and wait for the picture."""
    page.locator("#image-prompt textarea").fill(f"A lighthouse, take {number}")
    page.locator("#image-generate").click()
    page.wait_for_function("count => window.pictures.length > count", arg=number, timeout=30_000)
    shown = float(page.evaluate("count => window.pictures[count].at", number))
    assert len(told.at) == number + 1
    return (shown - told.at[number]) * 1000
