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
# The last press before is what chooses: a click on an offer. Left out are the list itself and what the check in
# the background says about the words typed so far.
OBSERVER = """() => {
  window.bench = {pressed: 0, settled: 0, changes: 0};
  const aside = '[id$=-model], [data-part=problems], [id$=-generate], [id$=-problems]';
  addEventListener('click', () => {
    performance.clearResourceTimings();
    const now = performance.now();
    Object.assign(window.bench, {pressed: now, settled: now, changes: 0});
  }, true);
  new MutationObserver(seen => {
    const counted = seen.filter(one => !(one.target.closest ?? (() => null)).call(one.target, aside));
    if (counted.length) window.bench.settled = performance.now();
    window.bench.changes += counted.length;
  }).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
}"""
SEEN = """() => {
  const asked = performance.getEntriesByType('resource').map(entry => entry.startTime);
  return {...window.bench, needed: asked.filter(at => at <= window.bench.settled).length,
    later: asked.filter(at => at > window.bench.settled).length};
}"""


class Seen(TypedDict):
    """What the observer held after one choice; milliseconds."""

    pressed: float
    settled: float
    changes: int
    needed: int
    """Requests sent before the form had settled."""
    later: int
    """Requests sent after that."""


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
        seen = [choice for tab in TABS for choice in choose_all(page, tab)]
    times = [choice["settled"] - choice["pressed"] for choice in seen]
    needed, later = (sum(choice[name] for choice in seen) for name in ("needed", "later"))
    yield Figure("Choosing a model to settled controls, median", median(times), "ms", 20, SCRIPT)
    yield Figure("Choosing a model to settled controls, slowest", max(times), "ms", None, SCRIPT)
    yield Figure("Requests before the controls have settled", needed / len(seen), "", 0, SCRIPT)
    yield Figure("Requests after it, to check the words", later / len(seen), "", None, SCRIPT)


def choose_all(page: Page, tab: str) -> Iterator[Seen]:
    """Choose every model of one tab, twice over."""
    page.get_by_role("tab", name=tab.capitalize(), exact=True).click()
    picker = page.locator(f"#{tab}-model input")
    picker.wait_for()
    page.wait_for_timeout(500)
    elsewhere = page.locator(f"#{tab}-prompt textarea")
    picker.click()
    options(page).first.wait_for()
    count = options(page).count()
    for number in [*range(count), *range(count)]:
        elsewhere.focus()
        picker.click()
        options(page).nth(number).wait_for()
        page.wait_for_timeout(300)
        options(page).nth(number).dispatch_event("click")
        page.wait_for_timeout(500)
        seen: Seen = page.evaluate(SEEN)
        if seen["changes"]:
            yield seen


def options(page: Page) -> Locator:
    """What the open list offers."""
    return page.get_by_role("option")
