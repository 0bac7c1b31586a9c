"""What a page holds and how long it works at once, as Chromium itself tells it."""

from typing import NamedTuple, TypedDict, cast

from playwright.sync_api import Page
from pydantic import JsonValue

LONG = 50
"""Milliseconds after which a person notices that the page does not answer."""
COUNTER = """() => {
  window.watched = {updates: 0, tasks: []};
  const count = changes => { window.watched.updates += changes.length; };
  window.studio.then(studio => studio.store.subscribe(count));
  new PerformanceObserver(list => {
    for (const task of list.getEntries())
      window.watched.tasks.push(task.duration);
  }).observe({type: 'longtask'});
}"""


class Held(NamedTuple):
    """What is alive in a page after everything that can go has gone."""

    nodes: int
    listeners: int
    bytes: int


class Metric(TypedDict):
    """One of Chromium's own counts."""

    name: str
    value: float


class Watched:
    """A page that is counted."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._chrome = page.context.new_cdp_session(page)
        self._send("Performance.enable")
        self._send("HeapProfiler.enable")
        page.evaluate(COUNTER)

    @property
    def updates(self) -> int:
        """Changes of jobs that have come to the page."""
        return int(self._page.evaluate("window.watched.updates"))

    @property
    def known(self) -> int:
        """Jobs that the page knows."""
        return int(self._page.evaluate("window.studio.then(studio => studio.store.jobs.size)"))

    @property
    def long_tasks(self) -> list[float]:
        """Milliseconds of each task over 50 ms."""
        return cast("list[float]", self._page.evaluate("window.watched.tasks"))

    def held(self) -> Held:
        """Count what is left after garbage was collected."""
        for _ in range(2):
            self._send("HeapProfiler.collectGarbage")
        metrics = cast("list[Metric]", self._send("Performance.getMetrics")["metrics"])
        of = {metric["name"]: int(metric["value"]) for metric in metrics}
        return Held(of["Nodes"], of["JSEventListeners"], of["JSHeapUsedSize"])

    def _send(self, what: str) -> dict[str, JsonValue]:
        return cast("dict[str, JsonValue]", self._chrome.send(what))  # pyright: ignore[reportUnknownMemberType]
