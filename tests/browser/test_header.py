"""Nothing in the header lies over anything else or outside the window, however wide that is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from providers.people.register import Register
from tests.browser.clashes import HEADER
from tests.browser.views import SOON
from tests.browser.waits import comes
from tests.support.guests import PASSWORD, invite
from tests.support.servers import StudioServer

WIDTHS = range(320, 1601, 8)
MOST = """() => {
  document.querySelector(".pill.self b").textContent = "Wilhelmina van der Westhuizen";
  document.querySelector(".jobs-pill b").textContent = "4";
  document.querySelector(".jobs-pill > span:not(.unseen, .short)").textContent =
    "running · 12 waiting · 3 need attention";
  const connection = document.querySelector(".connections .pill");
  for (const _ of "123") connection.after(connection.cloneNode(true));
}"""
"""As full as a header gets: a long name, jobs in every state, and four connections."""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio that asks who is there."""
    register = Register(tmp_path_factory.mktemp("header") / "data")
    invite(register)
    made = StudioServer(register.folder)
    yield made.start()
    made.close()


def stands(page: Page) -> None:
    """Whether the header is right at every width."""
    expect(page.locator(".studio-header .connections .pill")).not_to_have_count(0, timeout=SOON)
    expect(page.get_by_role("tab", name="Settings", exact=True)).to_be_visible(timeout=SOON)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        comes(page, [width, []], lambda: page.evaluate(f"[innerWidth, {HEADER}]"))


def test_the_header_overlaps_nothing_at_any_width(server: StudioServer, page: Page) -> None:
    page.goto(server.url)
    stands(page)


def test_nor_does_it_when_somebody_is_signed_in_and_much_goes_on(
    guarded: StudioServer, page: Page
) -> None:
    page.goto(guarded.url)
    page.get_by_label("Name").fill("bea")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    stands(page)
    page.evaluate(MOST)
    stands(page)
    page.set_viewport_size({"width": 1600, "height": 800})
    expect(page.locator(".studio-header .name")).to_be_visible()
