"""A paid job whose account is away tells so on its card, and a person says what becomes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from providers.vendors import runway
from tests.browser.gates import OUTAGE
from tests.browser.views import SOON, card, ends, gone, make, show
from tests.support.servers import StudioServer
from tests.support.two_accounts import FIRST, SECOND, Accounts, two_accounts

MODEL = "runway:image/gen4_image"
KEY, ADDRESS = runway.VENDOR.key_variable, "STUDIO_RUNWAY_BASE_URL"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    """The vendors, which do not answer when they are asked about a task."""
    with two_accounts(tmp_path / "accounts") as made:
        made.away = {"look"}
        yield made


@pytest.fixture
def server(tmp_path: Path, accounts: Accounts) -> Iterator[StudioServer]:
    """A studio with the first key."""
    address = f"http://127.0.0.1:{accounts.port}/runway{accounts.path(runway.VENDOR)}"
    made = StudioServer(tmp_path / "data")
    made.settings = {KEY: FIRST, ADDRESS: address}
    yield made.start()
    made.close()


def parked(page: Page, server: StudioServer, prompt: str, **settings: str) -> Locator:
    """The card of a job that was sent before these settings held, on a page that stays open."""
    show(page, server)
    job = make(server, prompt, model=MODEL)
    ends(page, job, "queued")
    gone(page, server)
    server.settings = {**server.settings, **settings}
    server.start()
    found = card(page, job)
    expect(found.locator(".m span")).to_have_text("Waiting for its account", timeout=SOON)
    return found


@pytest.mark.allows_console(*OUTAGE)
def test_a_job_of_another_account_asks_and_can_be_given_up_and_deleted(
    server: StudioServer, accounts: Accounts, page: Page
) -> None:
    found = parked(page, server, "Harbour", **{KEY: SECOND})
    accounts.away = set()
    expect(found.locator(".note")).to_contain_text("with another key or address")
    expect(found.locator(".evidence")).to_contain_text("8 credits")
    expect(page.locator(".jobs-head .n")).to_have_text("1 needs attention")
    expect(found.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(found.locator(".prog")).to_be_hidden()
    found.get_by_role("button", name="Discard").click()
    question = found.locator(".ask")
    expect(question).to_contain_text("counts about 8 credits as spent")
    page.keyboard.press("Escape")
    expect(found.get_by_role("button", name="Discard")).to_be_focused()
    found.get_by_role("button", name="Details").click()
    viewer = page.locator("dialog.viewer")
    expect(viewer.locator(".note").first).to_contain_text("with another key")
    viewer.get_by_role("button", name="Discard").click()
    viewer.get_by_role("button", name="Discard job").click()
    expect(viewer.locator(".view-state b")).to_have_text("Discarded", timeout=SOON)
    expect(found).to_have_count(0)
    viewer.get_by_role("button", name="Delete").click()
    viewer.get_by_role("button", name="Delete job").click()
    expect(viewer).not_to_be_visible(timeout=SOON)
    assert accounts.told(SECOND, "/tasks/") == []


@pytest.mark.allows_console(*OUTAGE)
def test_one_answer_lets_every_job_of_the_same_account_go_on(
    server: StudioServer, accounts: Accounts, page: Page
) -> None:
    show(page, server)
    other = make(server, "Pier", model=MODEL)
    ends(page, other, "queued")
    moved = f"http://localhost:{accounts.port}/runway{accounts.path(runway.VENDOR)}"
    found = parked(page, server, "Quay", **{ADDRESS: moved})
    accounts.away = set()
    found.get_by_role("button", name="Same account").click()
    question = found.locator(".ask")
    expect(question).to_be_focused()
    expect(question).to_contain_text("same Runway account")
    question.get_by_role("button", name="Continue").click()
    expect(found).to_have_attribute("data-state", "done", timeout=SOON)
    ends(page, other)
    assert len(accounts.bought()) == 2
