"""Start-up and first page load of the studio, beside an empty Gradio page in the same run."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from playwright.sync_api import Browser, CDPSession, Request

from tests.bench import rig
from tests.bench.figures import Figure, median

SCRIPT = "tests/bench/start.py"
TURNS = 5
LOADS = 9
STUDIO_USABLE = """() => {
  const field = document.querySelector('#image-prompt textarea');
  const button = document.querySelector('#image-generate');
  const there = field && !field.disabled && button && document.body.dataset.tab
    && document.querySelector('#jobs') && document.querySelector('[data-part=header]')?.firstChild;
  return there ? performance.now() : false;
}"""
EMPTY_USABLE = """() => {
  const box = document.querySelector('.gradio-container');
  const there = box && document.querySelector('.gradio-container main, .gradio-container footer');
  return there ? performance.now() : false;
}"""


class Metric(TypedDict):
    """One of Chromium's own measures of a page."""

    name: str
    value: float


@dataclass
class Load:
    """One first load: milliseconds until usable, requests, bytes as they came over the wire."""

    usable: float = 0.0
    busy: float = 0.0
    """Milliseconds of processor time of the page's main thread until then."""
    requests: int = 0
    bytes: int = 0


def measure() -> Iterator[Figure]:
    """Alternate the two, so that whatever else the machine does hits both."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        starts = [(start_of_empty(folder), start_of_studio(folder)) for _ in range(TURNS)]
        with rig.empty(folder) as plain, rig.studio(folder) as (own, _), rig.chrome() as browser:
            for address in (plain, own):
                load(browser, address, EMPTY_USABLE if address == plain else STUDIO_USABLE)
            loads = [
                (load(browser, plain, EMPTY_USABLE), load(browser, own, STUDIO_USABLE))
                for _ in range(LOADS)
            ]
    yield from start_figures(starts)
    yield from load_figures(loads)


def start_figures(starts: list[tuple[float, float]]) -> Iterator[Figure]:
    """How long until the page is served."""
    empty, own = (median([turn[place] for turn in starts]) for place in (0, 1))
    yield Figure("Start-up to the first answer, empty Gradio page", empty, "s", None, SCRIPT)
    yield Figure("Start-up to the first answer, studio", own, "s", None, SCRIPT)
    yield Figure("Start-up, studio to empty page", own / empty, "times", 1.3, SCRIPT)


def load_figures(loads: list[tuple[Load, Load]]) -> Iterator[Figure]:
    """What a first visit costs."""
    empty, own = (median([turn[place].usable for turn in loads]) for place in (0, 1))
    size = median([float(turn[1].bytes) for turn in loads]) / 1000
    asked = median([float(turn[1].requests) for turn in loads])
    yield Figure("First load until usable, empty Gradio page", empty, "ms", None, SCRIPT)
    yield Figure("First load until usable, studio", own, "ms", None, SCRIPT)
    yield Figure("First load until usable, studio to empty page", own / empty, "times", 2, SCRIPT)
    for place, page in enumerate(("empty Gradio page", "studio")):
        busy = median([turn[place].busy for turn in loads])
        yield Figure(f"First load, {page}, main thread at work", busy, "ms", None, SCRIPT)
    yield Figure("First load, studio, over the wire", size, "KB", 720, SCRIPT)
    yield Figure("First load, studio, requests", asked, "", None, SCRIPT)


def start_of_empty(folder: Path) -> float:
    """Seconds until an empty page is served."""
    began = time.perf_counter()
    with rig.empty(folder):
        return time.perf_counter() - began


def start_of_studio(folder: Path) -> float:
    """Seconds until the studio's page is served."""
    began = time.perf_counter()
    with rig.studio(folder) as (address, _):
        rig.wait_for(f"{address}/")
        return time.perf_counter() - began


def load(browser: Browser, address: str, usable: str) -> Load:
    """Open the page in a fresh context and count until it can be used and is quiet."""
    page = rig.fresh(browser)
    counted = Load()
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    devtools = page.context.new_cdp_session(page)
    ask(devtools, "Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address, wait_until="commit")
    counted.usable = float(page.wait_for_function(usable, polling="raf").json_value())
    counted.busy = main_thread(devtools)
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)
    counted.requests = len(finished)
    counted.bytes = sum(wire_bytes(request) for request in finished)
    page.context.close()
    return counted


def main_thread(devtools: CDPSession) -> float:
    """Milliseconds of processor time since the page began."""
    metrics = ask(devtools, "Performance.getMetrics", {})["metrics"]
    return 1000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")


def ask(devtools: CDPSession, method: str, given: Mapping[str, str]) -> Mapping[str, list[Metric]]:
    """What the browser's developer tools answer."""
    answer = devtools.send(method, dict(given))  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return cast("Mapping[str, list[Metric]]", answer)


def wire_bytes(request: Request) -> int:
    """Bytes of one answer, packed as it came."""
    sizes = request.sizes()
    return max(0, sizes["responseBodySize"]) + max(0, sizes["responseHeadersSize"])
