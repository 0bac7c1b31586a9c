"""What all measurements stand on: an empty Gradio page, an emulator over HTTP, processes and Chromium."""

import contextlib
import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM_FLAGS, NO_CHROMIUM, chromium

ROOT = Path(__file__).parent.parent.parent
EMPTY = """
import sys, gradio as gr
with gr.Blocks(analytics_enabled=False) as page:
    pass
page.launch(server_port=int(sys.argv[1]), quiet=True, ssr_mode=False, show_error=False)
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def reserved(count: int) -> Generator[list[int]]:
    """Ports that nobody else gets, for listeners with `reuse_port`; where there is none, calls are refused."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for held in sockets:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            held.bind(("127.0.0.1", 0))
        yield [int(held.getsockname()[1]) for held in sockets]


def clean_environment(**more: str) -> Mapping[str, str]:
    """This process's environment without keys and settings, and what is given."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STUDIO_", "GRADIO_", "SPACE_"))
        and not name.endswith(("_TOKEN", "_API_KEY", "_API_SECRET"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), "GRADIO_ANALYTICS_ENABLED": "False", **more}


@contextlib.contextmanager
def process(*command: str, folder: Path, **environment: str) -> Generator[subprocess.Popen[bytes]]:
    """A process of our own Python that is ended with the block."""
    with (folder / "output.log").open("ab") as log:
        started = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env=clean_environment(**environment),
            stdout=log,
            stderr=log,
        )
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(15)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait(10)


def wait_for(url: str, seconds: float = 60) -> None:
    """Ask until there is an answer of 200."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=5).status_code == 200:
                return
        time.sleep(0.005)
    raise TimeoutError(f"{url} did not answer within {seconds} s.")


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Look until this is true, or for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not holds():
        time.sleep(0.005)


@contextlib.contextmanager
def nothing_collected() -> Generator[None]:
    """No search for garbage here meanwhile, whose time would be taken for that of an answer."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextlib.contextmanager
def studio(folder: Path, within: float = 60, /, **settings: str) -> Generator[tuple[str, int]]:
    """The studio as people start it: its address and process id. TimeoutError after `within` seconds."""
    port = free_port()
    own = {"STUDIO_PORT": str(port), "STUDIO_DATA_DIR": str(folder / "data"), **settings}
    with process(str(ROOT / "app.py"), folder=folder, **own) as started:
        wait_for(f"http://127.0.0.1:{port}/healthz", within)
        yield f"http://127.0.0.1:{port}", started.pid


@contextlib.contextmanager
def empty(folder: Path) -> Generator[str]:
    """An empty Gradio page: its address."""
    port = free_port()
    with process("-c", EMPTY, str(port), folder=folder):
        wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def emulator(folder: Path, speed: float) -> Generator[str]:
    """The sandbox over HTTP: its address."""
    port = free_port()
    held = folder / "emulator"
    command = ("-m", "providers.vendors.sandbox", "--port", str(port), "--speed", str(speed))
    with process(*command, "--folder", str(held), folder=folder):
        wait_for(f"http://127.0.0.1:{port}/book")
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def chrome() -> Generator[Browser]:
    """Chromium, or a sentence that says how to get it."""
    path = chromium()
    if path is None:
        raise SystemExit(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


def fresh(browser: Browser) -> Page:
    """A page in a context of its own: nothing cached, nothing kept."""
    return browser.new_context(viewport={"width": 1440, "height": 900}).new_page()


def processor_seconds(pid: int) -> float:
    """Seconds of processor time that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
