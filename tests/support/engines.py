"""Firefox and WebKit as a test drives them, over WebDriver BiDi and WebDriver, where they are."""

import base64
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Protocol

import httpx
from pydantic import JsonValue, TypeAdapter
from websockets.sync.client import ClientConnection, connect

from tests.support.ports import Port

PATIENCE = 120.0
"""Seconds within which a browser must start, answer, and show what is waited for."""
MISSING = "{} is not here. Install it to test the page in it (Debian: apt-get install {})."


READ = TypeAdapter[JsonValue](JsonValue)


class OtherBrowser(Protocol):
    """A browser with one window."""

    def size(self, wide: int, high: int) -> None:
        """Make the window so large, in CSS pixels."""
        ...

    def go(self, url: str) -> None:
        """Open an address; returns once it has loaded."""
        ...

    def run(self, expression: str) -> JsonValue:
        """What a JavaScript expression gives in the page."""
        ...

    def picture(self) -> bytes:
        """What the window shows, as a PNG."""
        ...

    def errors(self) -> list[str]:
        """What scripts threw so far."""
        ...


class Firefox:
    """Firefox without a window, over WebDriver BiDi, which it speaks itself.

    Source: https://w3c.github.io/webdriver-bidi/
    """

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._ids = itertools.count(1)
        self._errors: list[str] = []
        self._tell("session.new", capabilities={})
        self._tell("session.subscribe", events=["log.entryAdded"])
        self._window = _at(self._tell("browsingContext.getTree"), "contexts", 0, "context")

    def size(self, wide: int, high: int) -> None:
        viewport = {"width": wide, "height": high}
        self._tell("browsingContext.setViewport", context=self._window, viewport=viewport)

    def go(self, url: str) -> None:
        self._tell("browsingContext.navigate", context=self._window, url=url, wait="complete")

    def run(self, expression: str) -> JsonValue:
        found = self._tell(
            "script.evaluate",
            expression=f"JSON.stringify([{expression}])",
            target={"context": self._window},
            awaitPromise=False,
        )
        assert _at(found, "type") == "success", found
        return _at(READ.validate_json(str(_at(found, "result", "value"))), 0)

    def picture(self) -> bytes:
        found = self._tell("browsingContext.captureScreenshot", context=self._window)
        return base64.b64decode(str(_at(found, "data")))

    def errors(self) -> list[str]:
        return list(self._errors)

    def _tell(self, method: str, **params: object) -> JsonValue:
        number = next(self._ids)
        self._line.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = READ.validate_json(self._line.recv(timeout=PATIENCE))
            if _at(answer, "method") == "log.entryAdded":
                if _at(answer, "params", "type") == "javascript":
                    self._errors.append(str(_at(answer, "params", "text")))
            elif _at(answer, "id") == number:
                assert _at(answer, "type") == "success", answer
                return _at(answer, "result")


class WebKit:
    """WebKitGTK's small browser, over WebDriver.

    Source: https://www.w3.org/TR/webdriver2/
    """

    def __init__(self, session: str, told: Path) -> None:
        self._session = session
        self._told = told

    def size(self, wide: int, high: int) -> None:
        """The toolbar is part of the window, so what it takes is added in a second step."""
        self._ask("window/rect", width=wide, height=high)
        inner = self.run("[innerWidth, innerHeight]")
        self._ask("window/rect", width=wide, height=2 * high - int(str(_at(inner, 1))))

    def go(self, url: str) -> None:
        self._ask("url", url=url)

    def run(self, expression: str) -> JsonValue:
        return self._ask("execute/sync", script=f"return {expression}", args=[])

    def picture(self) -> bytes:
        return base64.b64decode(str(self._ask("screenshot")))

    def errors(self) -> list[str]:
        said = self._told.read_text(errors="replace").splitlines()
        return [line for line in said if "JS ERROR" in line]

    def _ask(self, path: str, **body: object) -> JsonValue:
        method = "POST" if body else "GET"
        answer = httpx.request(
            method, f"{self._session}/{path}", json=body or None, timeout=PATIENCE
        )
        assert answer.is_success, answer.text
        return _at(READ.validate_json(answer.content), "value")


@contextlib.contextmanager
def firefox(folder: Path) -> Generator[Firefox]:
    """Firefox with a new profile in this folder.

    Raises:
        LookupError: there is none on this machine; the sentence says how to get it.
    """
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        raise LookupError(MISSING.format("Firefox", "firefox-esr"))
    port, told = _free(), folder / "firefox.log"
    asked = [program, "--headless", "--no-remote", "--profile", str(folder)]
    asked += ["--remote-debugging-port", str(port)]
    with _running(asked, told, HOME=str(folder)):
        _until(lambda: "WebDriver BiDi listening" in told.read_text(errors="replace"))
        with connect(f"ws://127.0.0.1:{port}/session", max_size=None, proxy=None) as line:
            yield Firefox(line)


@contextlib.contextmanager
def webkit(folder: Path) -> Generator[WebKit]:
    """WebKitGTK's MiniBrowser on a screen that nobody sees.

    Raises:
        LookupError: something of it is not on this machine; the sentence says how to get it.
    """
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser"))
    if driver is None or screen is None or not browsers:
        raise LookupError(MISSING.format("WebKit", "webkit2gtk-driver xvfb"))
    port, told = _free(), folder / "webkit.log"
    number = folder / "screen.log"
    wanted = {
        "binary": str(browsers[-1]),
        "args": ["--automation", "--enable-write-console-messages-to-stdout=true"],
    }
    asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": wanted}}}
    seen = [screen, "-displayfd", "1", "-screen", "0", "2000x1600x24", "-nolisten", "tcp"]
    with _running(seen, number):
        _until(lambda: number.read_text().split("\n")[0].isdigit())
        display = ":" + number.read_text().split("\n")[0]
        with _running([driver, f"--port={port}"], told, DISPLAY=display, HOME=str(folder)):
            _until(lambda: _answers(f"http://127.0.0.1:{port}/status"))
            made = httpx.post(f"http://127.0.0.1:{port}/session", json=asked, timeout=PATIENCE)
            assert made.is_success, made.text
            known = _at(READ.validate_json(made.content), "value", "sessionId")
            session = f"http://127.0.0.1:{port}/session/{known}"
            try:
                yield WebKit(session, told)
            finally:
                httpx.delete(session, timeout=PATIENCE)


ENGINES: Mapping[str, Callable[[Path], contextlib.AbstractContextManager[OtherBrowser]]] = {
    "firefox": firefox,
    "webkit": webkit,
}


def _at(value: JsonValue, *path: str | int) -> JsonValue:
    """What stands there in an answer, or None."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) else None
    return value


def _free() -> int:
    """A port for a program that does not share one with a socket that holds it."""
    port = Port()
    port.close()
    return port.number


@contextlib.contextmanager
def _running(command: list[str], told: Path, **settings: str) -> Generator[None]:
    """A program while the block lasts; what it says is appended to a file."""
    with told.open("wb") as log:
        program = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **settings})
    try:
        yield
    finally:
        program.terminate()
        try:
            program.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            program.kill()


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(url, timeout=PATIENCE).is_success
    return False


def until(holds: Callable[[], bool]) -> bool:
    """Whether this came true in time."""
    ends = time.monotonic() + PATIENCE
    while not (found := holds()) and time.monotonic() < ends:
        time.sleep(0.1)
    return found


def _until(holds: Callable[[], bool]) -> None:
    assert until(holds), "The browser did not start."
