"""A page that is used in every way while jobs come and change holds no more afterwards, and tells the truth."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.views import show
from tests.support.agreement import differences
from tests.support.long_history import long_history
from tests.support.mixed_use import Others, Person
from tests.support.servers import StudioServer
from tests.support.watched import Held, Watched

HISTORY = 300
LIST = 200
"""Jobs of which the list shows no more: it is as long as it gets."""
PARTS, UPDATES, USES = 3, 150, 8
"""So many parts, with so many updates of jobs and uses of the page in each."""
LEAK = Held(nodes=UPDATES // 2, listeners=UPDATES // 20, bytes=0)
"""What every update or use leaves behind grows by more in each part; what is made once does so in one."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StudioServer]:
    """A studio with a past, whose sandbox is quick."""
    long_history(tmp_path / "data", HISTORY)
    made = StudioServer(tmp_path / "data", STUDIO_SANDBOX_SPEED="0.1").start()
    yield made
    made.close()


@pytest.fixture
def client(server: StudioServer) -> Iterator[httpx.Client]:
    """Asks this studio."""
    with httpx.Client(base_url=server.url, timeout=60) as made:
        yield made


# Whoever presses everything is refused, or asked, now and then.
@pytest.mark.allows_console("WebSocket connection", "status of 40")
def test_use_leaves_nothing_behind_and_the_page_says_what_the_studio_says(
    server: StudioServer, client: httpx.Client, page: Page
) -> None:
    show(page, server)
    watched, person, others = Watched(page), Person(page, seed=11), Others(client, seed=12)

    def held() -> Held:
        others.let_end()
        with person.at_rest():
            return watched.held()

    with others.at_work():
        person.use_all()
        person.use_until(lambda: watched.known >= LIST)
    looks = [held()]
    for _ in range(PARTS):
        until = watched.updates + UPDATES
        with others.at_work():
            person.use_until(lambda until=until: watched.updates >= until, least=USES)
        looks.append(held())
    grown = [
        (now.nodes - then.nodes, now.listeners - then.listeners) for then, now in pairwise(looks)
    ]
    assert min(nodes for nodes, _ in grown) <= LEAK.nodes, looks
    assert min(listeners for _, listeners in grown) <= LEAK.listeners, looks
    person.open("library")
    assert differences(page, server.url) == []


def test_shots_that_are_removed_leave_nothing_behind(own_server: StudioServer, page: Page) -> None:
    show(page, own_server, "multishot")
    watched, cards = Watched(page), page.locator(".shot-card")

    def added_and_removed(times: int) -> Held:
        for _ in range(times):
            shots = cards.count()
            page.get_by_role("button", name="Add shot").click()
            expect(cards).to_have_count(shots + 1)
            cards.last.get_by_role("button", name="Remove").click()
            expect(cards).to_have_count(shots)
        page.wait_for_load_state("networkidle")
        return watched.held()

    before, after = added_and_removed(2), added_and_removed(10)
    assert after.listeners - before.listeners < 10, (before, after)
