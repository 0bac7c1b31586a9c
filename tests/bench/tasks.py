"""The tasks of a page's main thread, with the processor time that each took, from Chromium's own trace.

A task's length by the clock says how busy the machine was. Its processor time is its own.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import NotRequired, TypedDict, cast

from playwright.sync_api import Page
from pydantic import JsonValue

TASKS = "disabled-by-default-devtools.timeline"
FRAME = "new Promise(requestAnimationFrame)"


class Event(TypedDict):
    """One line of a trace; times in microseconds."""

    name: str
    pid: int
    tid: int
    tdur: NotRequired[int]
    """Processor time."""
    args: NotRequired[dict[str, JsonValue]]


class Tasks:
    """Milliseconds of processor time of each task while it was watched."""

    def __init__(self, page: Page) -> None:
        self.times: list[float] = []
        self._page = page
        self._chrome = page.context.new_cdp_session(page)
        self._events: list[Event] = []
        self._ended = False
        self._chrome.on("Tracing.dataCollected", self._collected)
        self._chrome.on("Tracing.tracingComplete", self._complete)

    @contextmanager
    def watched(self) -> Generator[None]:
        """Note every task of what happens inside."""
        self._events, self._ended = [], False
        config = {"includedCategories": [TASKS], "excludedCategories": ["*"]}
        self._send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
        yield
        self._send("Tracing.end", {})
        while not self._ended:
            self._page.evaluate(FRAME)
        threads = {
            (event["pid"], event["tid"])
            for event in self._events
            if event["name"] == "thread_name" and event.get("args") == {"name": "CrRendererMain"}
        }
        self.times += [
            event.get("tdur", 0) / 1000
            for event in self._events
            if event["name"] == "RunTask" and (event["pid"], event["tid"]) in threads
        ]

    def _send(self, what: str, given: dict[str, object]) -> None:
        self._chrome.send(what, given)  # pyright: ignore[reportUnknownMemberType]

    def _collected(self, told: object) -> None:
        self._events += cast("dict[str, list[Event]]", told)["value"]

    def _complete(self, _told: object) -> None:
        self._ended = True
