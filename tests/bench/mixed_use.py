"""An hour of mixed use: what a page holds at its end, how long it works at once, whether it tells the truth.

The hour is pressed together: one use follows the other without a pause to look, as many as there are in an
hour with one in 15 seconds, and jobs of other windows bring ten thousand updates meanwhile.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Page

from tests.bench import rig
from tests.bench.figures import Figure
from tests.bench.tasks import Tasks
from tests.support.agreement import differences
from tests.support.long_history import long_history
from tests.support.mixed_use import Others, Person
from tests.support.watched import LONG, Held, Watched

SCRIPT = "tests/bench/mixed_use.py"
JOBS, UPDATES, USES = 3000, 10_000, 240
WARM = 10
"""The first of so many parts fills caches, lists and tabs; what is held after it is what may be held."""
FLAT = 1.1
SOME = 12
"""Uses between two looks at the tasks."""
SPEED = "0.1"
UNIT = "ms of processor time"
READY = "body[data-tab] .summary-text"
KEY = "user:1-bench"


def measure() -> Iterator[Figure]:
    """Use the page of a studio with a past and one paid connection."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        rig.emulator(Path(name), 0.1) as there,
    ):
        folder = Path(name)
        long_history(folder / "data", JOBS)
        paid = {"USEAPI_TOKEN": KEY, "STUDIO_USEAPI_BASE_URL": f"{there}/useapi/v1/runwayml"}
        with (
            rig.studio(folder, STUDIO_SANDBOX_SPEED=SPEED, **paid) as (url, _),
            rig.empty(folder) as empty,
            rig.chrome() as browser,
            httpx.Client(base_url=url, timeout=60) as client,
        ):
            usual = longest_at_start(rig.fresh(browser), empty, "footer")
            page = rig.fresh(browser)
            start = longest_at_start(page, url, READY)
            yield Figure(
                "First load, empty Gradio page, longest task",
                usual,
                UNIT,
                None,
                SCRIPT,
            )
            yield Figure("First load, studio, longest task", start, UNIT, None, SCRIPT)
            yield from used(page, client)


def longest_at_start(page: Page, url: str, ready: str) -> float:
    """The longest task while a page is loaded."""
    tasks = Tasks(page)
    with tasks.watched():
        page.goto(url)
        page.locator(ready).first.wait_for(state="attached")
        page.wait_for_load_state("networkidle")
    return max(tasks.times)


def used(page: Page, client: httpx.Client) -> Iterator[Figure]:
    """Use it for an hour, and count."""
    watched, tasks = Watched(page), Tasks(page)
    person, others = Person(page, seed=1), Others(client, seed=2)
    with others.at_work():
        person.use_all()
        spend(person, watched, tasks, UPDATES // WARM, USES // WARM)
    before = rested(person, others, watched)
    tasks.times.clear()
    with others.at_work():
        spend(person, watched, tasks, UPDATES, USES)
    after = rested(person, others, watched)
    person.open("library")
    found = differences(page, str(client.base_url))
    print(*found, sep="\n", flush=True)
    what = f"{JOBS:,} jobs, {watched.updates:,} updates and {person.uses} uses"
    for name, one, other in zip(Held._fields, before, after, strict=True):
        yield Figure(
            f"{what}: {NAMES[name]} at the end to after a tenth", other / one, "times", FLAT, SCRIPT
        )
    long = [time for time in tasks.times if time > LONG]
    yield Figure("Mixed use, tasks over 50 ms of processor time", len(long), "", 0, SCRIPT)
    yield Figure("Mixed use, longest task", max(tasks.times), UNIT, LONG, SCRIPT)
    yield Figure(
        "Mixed use, differences between page and studio at the end", len(found), "", 0, SCRIPT
    )


NAMES = {"nodes": "nodes", "listeners": "listeners", "bytes": "memory of scripts"}


def spend(person: Person, watched: Watched, tasks: Tasks, updates: int, uses: int) -> None:
    """Go on until there were so many of both."""
    while watched.updates < updates or person.uses < uses:
        with tasks.watched():
            for _ in range(SOME):
                person.use()


def rested(person: Person, others: Others, watched: Watched) -> Held:
    """What the page holds once nothing is on its way."""
    others.let_end()
    with person.at_rest():
        return watched.held()
