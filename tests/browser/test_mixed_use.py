"""A page that is used in every way while jobs come and change holds no more afterwards, and tells the truth."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from tests.browser.views import show
from tests.support.agreement import differences
from tests.support.long_history import long_history
from tests.support.mixed_use import Others, Person
from tests.support.servers import StudioServer
from tests.support.watched import Watched

HISTORY = 300
LIST = 200
"""Jobs of which the list shows no more: it is as long as it gets."""
UPDATES = 400
MOST = 1.05
"""Of what was held before: a longer message or an unfolded batch is no leak."""


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
@pytest.mark.allows_console("WebSocket connection", "status of 40", "status of 422")
def test_use_leaves_nothing_behind_and_the_page_says_what_the_studio_says(
    server: StudioServer, client: httpx.Client, page: Page
) -> None:
    show(page, server)
    watched, person, others = Watched(page), Person(page, seed=11), Others(client, seed=12)
    with others.at_work():
        person.use_all()
        person.use_until(lambda: watched.known >= LIST)
    others.let_end()
    person.come_to_rest()
    before, seen = watched.held(), watched.updates
    with others.at_work():
        person.use_until(lambda: watched.updates >= seen + UPDATES, least=20)
    others.let_end()
    person.come_to_rest()
    after = watched.held()
    assert after.nodes <= MOST * before.nodes, (before, after)
    assert after.listeners <= MOST * before.listeners, (before, after)
    person.open("library")
    assert differences(page, server.url) == []
