"""Signing in and out in the browser: the form, two people side by side, and a session that ends meanwhile."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from providers.people.register import Register
from tests.browser.views import SOON, card, first_job, generate
from tests.support.guests import CHEAP, PASSWORD, invite
from tests.support.servers import StudioServer

pytestmark = pytest.mark.allows_console("401", "403")


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The people of the server."""
    found = Register(tmp_path_factory.mktemp("people") / "data")
    invite(found)
    return found


@pytest.fixture(scope="module")
def server(register: Register) -> Iterator[StudioServer]:
    """A studio with people, in a process of its own."""
    found = StudioServer(register.folder)
    try:
        yield found.start()
    finally:
        found.close()


def sign_in(page: Page, server: StudioServer, name: str, password: str = PASSWORD) -> Page:
    """Fill in the form; the page is there afterwards, or the form with a sentence."""
    page.goto(server.url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    return page


def inside(page: Page) -> Page:
    """The page once its feed is there."""
    expect(page.locator(".studio-header .link")).to_have_attribute(
        "data-online", "live", timeout=SOON
    )
    return page


def test_wrong_then_right_then_reload_then_out(server: StudioServer, page: Page) -> None:
    sign_in(page, server, "Bea", "not her password")
    expect(page.get_by_role("alert")).to_contain_text("Wrong name or password.")
    expect(page.get_by_label("Name")).to_have_value("Bea")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_value("")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    inside(page)
    page.reload()
    inside(page)
    page.get_by_role("button", name="Signed in as bea").click()
    you = page.get_by_role("region", name="You")
    expect(you).to_contain_text("Member")
    for name in ("People", "Tasks made elsewhere", "Data"):
        expect(page.get_by_role("region", name=name, exact=True)).to_have_count(0)
    expect(page.locator("[data-check], [data-verify], [data-speed]")).to_have_count(0)
    you.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=SOON)
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=SOON)


def test_two_people_side_by_side_see_their_own(
    server: StudioServer, new_page: Callable[[], Page]
) -> None:
    ada, bea, phone = (new_page() for _ in range(3))
    for page, name in ((ada, "ada"), (bea, "bea"), (phone, "bea")):
        inside(sign_in(page, server, name))
    generate(bea, "A heron that only Bea sees")
    hers = first_job(bea, "A heron that only Bea sees")
    expect(card(phone, hers)).to_have_attribute("data-state", "done", timeout=SOON)
    generate(ada, "An owl that only Ada sees")
    his = first_job(ada, "An owl that only Ada sees")
    expect(card(ada, his)).to_have_attribute("data-state", "done", timeout=SOON)
    expect(card(ada, hers)).to_have_count(0)
    expect(card(bea, his)).to_have_count(0)
    ada.locator("#tab-settings-button").click()
    people = ada.get_by_role("region", name="People")
    expect(people.locator("[data-person]")).to_have_count(3, timeout=SOON)
    expect(people.locator("[data-person=bea]")).to_contain_text("Member")
    expect(people).not_to_contain_text("heron")


def test_a_session_that_ends_says_so_and_the_draft_stays(
    server: StudioServer, register: Register, page: Page
) -> None:
    inside(sign_in(page, server, "cyd"))
    page.locator("#image-prompt textarea").fill("A draft that must not be lost")
    register.end_all("cyd", "session")
    banner = page.locator(".banner")
    expect(banner).to_contain_text("You're signed out.", timeout=SOON)
    expect(page.locator(".studio-header .link")).to_have_text("Signed out")
    page.locator("#image-generate").click()
    expect(page.locator("#image-problems")).to_contain_text("Sign in first.")
    banner.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Name").fill("cyd")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    inside(page)
    expect(page.locator("#image-prompt textarea")).to_have_value("A draft that must not be lost")
    expect(page.locator("#jobs [data-job]")).to_have_count(0)


def test_a_password_is_changed_on_the_settings_tab(
    server: StudioServer, register: Register, page: Page
) -> None:
    register.add("dan", PASSWORD, cost=CHEAP)
    inside(sign_in(page, server, "dan"))
    page.get_by_role("button", name="Signed in as dan").click()
    you = page.get_by_role("region", name="You")
    you.get_by_text("Change password").click()
    you.get_by_label("Current password").fill(PASSWORD)
    you.get_by_label("New password").fill("a better canary")
    you.get_by_role("button", name="Change", exact=True).click()
    expect(you.get_by_role("status")).to_contain_text("Password changed.", timeout=SOON)
    expect(you.get_by_label("New password")).to_have_value("")
    expect(page.locator(".studio-header .link")).to_have_attribute("data-online", "live")
    expect(page.locator(".banner")).to_have_count(0)
    register.remove("dan")


def test_another_person_in_the_same_browser_neither_finds_the_draft_nor_acts_for_the_first(
    server: StudioServer, page: Page
) -> None:
    inside(sign_in(page, server, "bea"))
    page.locator("#image-prompt textarea").fill("What Bea wrote")
    other = page.context.new_page()
    other.goto(server.url)
    inside(other)
    other.get_by_role("button", name="Signed in as bea").click()
    other.get_by_role("button", name="Sign out", exact=True).click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible(timeout=SOON)
    other.get_by_label("Name").fill("cyd")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    inside(other)
    expect(other.locator("#image-prompt textarea")).to_have_value("")
    # Bea's page is still open, and the browser now holds Cyd's session.
    expect(page.locator(".banner")).to_contain_text("You're signed out.", timeout=SOON)
    page.locator("#image-generate").click()
    expect(page.locator("#image-problems")).to_contain_text("Sign in first.")
    expect(other.locator("#jobs [data-job]")).to_have_count(0)


def test_signing_out_empties_the_persons_other_windows_and_keeps_what_was_written(
    server: StudioServer, page: Page
) -> None:
    inside(sign_in(page, server, "bea"))
    generate(page, "A crane that Bea made")
    job = first_job(page, "A crane that Bea made")
    expect(card(page, job)).to_have_attribute("data-state", "done", timeout=SOON)
    page.locator("#image-prompt textarea").fill("What Bea was writing")
    library, other = page.context.new_page(), page.context.new_page()
    for one in (library, other):
        one.goto(server.url)
        inside(one)
    library.locator("#tab-library-button").click()
    library.locator(f'[data-tile="{job}"]').click()
    expect(library.locator("dialog.viewer img").first).to_be_visible(timeout=SOON)
    other.get_by_role("button", name="Signed in as bea").click()
    other.get_by_role("button", name="Sign out on all devices", exact=True).click()
    for one in (page, library):
        banner = one.locator(".banner")
        expect(banner.get_by_role("link", name="Sign in again")).to_be_visible(timeout=SOON)
        expect(one.locator('img[src*="media/"], video')).to_have_count(0)
        expect(one.locator("#image-prompt textarea")).to_have_value("")
        expect(one.get_by_text("What Bea was writing")).to_have_count(0)
        expect(one.get_by_text("A crane that Bea made")).to_have_count(0)
        expect(one.locator("dialog[open]")).to_have_count(0)
        expect(one).to_have_title("Multishot Studio")
    expect(library.locator(".lib-note")).to_contain_text("Sign in")
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Name").fill("bea")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    inside(page)
    expect(page.locator("#image-prompt textarea")).to_have_value("What Bea was writing")
    expect(card(page, job)).to_be_visible()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_on_a_phone_form_and_header_fit(
    server: StudioServer, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 780},
        has_touch=True,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(server.url)
    expect(page.locator("html")).to_have_class(re.compile("dark" if scheme == "dark" else "^$"))
    page.wait_for_function("document.documentElement.scrollWidth === 360")
    box = page.get_by_role("button", name="Sign in").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    inside(sign_in(page, server, "ada"))
    page.wait_for_function(
        """[...document.querySelectorAll(".studio-header button")]
          .every(one => one.getBoundingClientRect().right <= 360)"""
    )
    # The count of jobs makes the header wider.
    generate(page, f"A tern in the {scheme} sandbox:lost-request")
    expect(page.locator(".jobs-pill .short")).not_to_be_empty(timeout=SOON)
    page.wait_for_function("document.documentElement.scrollWidth === 360")
    context.close()


def test_an_admin_sets_a_cap_and_a_person_and_another_window_shows_it(
    server: StudioServer, register: Register, new_page: Callable[[], Page]
) -> None:
    ada, other = (inside(sign_in(new_page(), server, "ada")) for _ in range(2))
    for page in (ada, other):
        page.locator("#tab-settings-button").click()
        expect(page.locator("[data-person=bea]")).to_be_visible(timeout=SOON)
    cap = ada.get_by_label("Per job, Runway")
    cap.fill("40")
    ada.get_by_role("button", name="Save limits").click()
    expect(other.get_by_label("Per job, Runway")).to_have_value("40", timeout=SOON)
    ada.get_by_text("Add a person").click()
    form = ada.get_by_role("form", name="Add a person")
    form.get_by_label("Name").fill("eve")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Add").click()
    expect(other.locator("[data-person=eve]")).to_contain_text("Member", timeout=SOON)
    other.get_by_label("Change eve").click()
    other.get_by_role("button", name="Make a pass: eve").click()
    secret = other.locator(".pass").inner_text(timeout=SOON)
    assert register.visitor(secret, "pass") is not None
    other.get_by_role("button", name="Disable: eve").click()
    expect(ada.locator("[data-person=eve]")).to_contain_text("disabled", timeout=SOON)
