"""From the press on another model to a settled form: milliseconds and requests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import Locator, Page

from tests.bench import rig
from tests.bench.figures import Figure, median

SCRIPT = "tests/bench/choice.py"
TABS = ("image", "video", "multishot")
# The press is what chooses: Gradio's list reacts to mousedown, not to click.
OBSERVER = """() => {
  const form = document.body;
  window.bench = {pressed: 0, settled: 0, changes: 0};
  addEventListener('mousedown', () => {
    Object.assign(window.bench, {pressed: performance.now(), settled: performance.now(), changes: 0});
  }, true);
  new MutationObserver(seen => {
    window.bench.settled = performance.now();
    window.bench.changes += seen.length;
  }).observe(form, {subtree: true, childList: true, attributes: true, characterData: true});
}"""


class Seen(TypedDict):
    """What the observer held after one choice; milliseconds."""

    pressed: float
    settled: float
    changes: int


def measure() -> Iterator[Figure]:
    """Choose every model of every tab, twice over."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        rig.studio(Path(name)) as (address, _),
        rig.chrome() as browser,
    ):
        page = rig.fresh(browser)
        page.goto(address)
        page.locator("#image-prompt textarea").wait_for()
        page.wait_for_timeout(1000)
        page.evaluate(OBSERVER)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        times = [time for tab in TABS for time in choose_all(page, tab, asked)]
    yield Figure("Choosing a model to a settled form, median", median(times), "ms", 20, SCRIPT)
    yield Figure("Choosing a model to a settled form, slowest", max(times), "ms", None, SCRIPT)
    yield Figure("Choosing a model, requests", float(len(asked)), "", 0, SCRIPT)


def choose_all(page: Page, tab: str, asked: list[str]) -> Iterator[float]:
    """Choose every model of one tab and give each time in milliseconds."""
    page.get_by_role("tab", name=tab.capitalize(), exact=True).click()
    picker = page.locator(f"#{tab}-model input")
    picker.wait_for()
    page.wait_for_timeout(500)
    asked.clear() if tab == TABS[0] else None
    picker.click()
    count = options(page).count()
    page.keyboard.press("Escape")
    for number in [*range(count), *range(count)]:
        picker.click()
        options(page).nth(number).wait_for()
        page.wait_for_timeout(150)
        before = len(asked)
        options(page).nth(number).dispatch_event("mousedown")
        page.wait_for_timeout(300)
        seen: Seen = page.evaluate("window.bench")
        if seen["changes"]:
            yield seen["settled"] - seen["pressed"]
        assert len(asked) >= before


def options(page: Page) -> Locator:
    """What the open list offers."""
    return page.get_by_role("option")
