"""The first moments of the page: its colours are right before anything is drawn, and its scripts come early."""

from collections.abc import Callable, Iterator
from typing import cast

import pytest
from playwright.sync_api import Page, expect

from tests.browser.forms import show
from tests.support.servers import StudioServer

# Every frame's background, from the first one that has a body.
WATCH = """
window.seenColours = [];
const look = () => {
  if (document.body) window.seenColours.push(getComputedStyle(document.body).backgroundColor);
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
# What the script tells Gradio's controls, by their key; to build one that stays hidden tells nothing.
PUSHES = """
window.pushed = [];
let push;
Object.defineProperty(window, "studioPushed", {
  set: (given) => { push = given; },
  get: () => (kind, keys) => {
    const updates = push(kind, keys);
    const told = ({ __type__, visible, ...rest }) => visible === true || Object.keys(rest).length;
    pushed.push(...keys.filter((key, place) => told(updates[place])));
    return updates;
  },
});
"""
EMPTIED = {"video-seed"}
"""Numbers of the first models: Gradio draws nothing as 0."""
LIGHT, DARK = "rgb(246, 245, 242)", "rgb(16, 17, 20)"


@pytest.mark.parametrize(
    ("system", "chosen", "colour"),
    [
        ("dark", "light", LIGHT),
        ("light", "dark", DARK),
        ("dark", None, DARK),
        ("light", None, LIGHT),
    ],
)
def test_a_chosen_theme_never_flashes_the_other_one(
    studio_server: StudioServer,
    new_page: Callable[[], Page],
    system: str,
    chosen: str | None,
    colour: str,
) -> None:
    page = new_page()
    page.emulate_media(color_scheme="dark" if system == "dark" else "light")
    show(page, studio_server)
    if chosen:
        page.locator(".theme").click()
    page.add_init_script(WATCH)
    page.reload()
    page.wait_for_selector(".summary-text")
    # Some more are drawn once everything is there.
    there = cast("int", page.evaluate("seenColours.length"))
    page.wait_for_function("least => seenColours.length > least", arg=there + 3)
    seen = cast("list[str]", page.evaluate("seenColours"))
    assert set(seen) == {colour}
    name = f"Theme: {chosen or 'system'}. Switch to {'light' if colour == DARK else 'dark'}"
    expect(page.locator(".theme")).to_have_attribute("aria-label", name)


def test_our_styles_win_over_gradios_by_their_order(
    studio_server: StudioServer, page: Page
) -> None:
    show(page, studio_server)
    page.wait_for_function(
        """() => {
          const [said, button] = ["#image-problems .go-promise", "#image-generate"].map(place =>
            document.querySelector(place).getBoundingClientRect());
          return said.height && button.top <= said.top && said.top <= button.bottom;
        }"""
    )


def test_the_system_may_change_while_the_page_is_open(
    studio_server: StudioServer, page: Page
) -> None:
    page.emulate_media(color_scheme="light")
    show(page, studio_server)
    expect(page.locator("body")).to_have_css("background-color", LIGHT)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_css("background-color", DARK)
    expect(page.locator("html")).to_have_css("color-scheme", "dark")


def test_the_button_stands_back_from_the_first_look_while_something_is_missing(
    studio_server: StudioServer, page: Page
) -> None:
    show(page, studio_server)
    expect(page.locator("#image-problems li")).to_have_text("Describe what you want to see.")
    button = page.locator("#image-generate")
    expect(button).to_contain_class("has-problems")
    expect(button).to_have_attribute("aria-describedby", "image-problem-list")


@pytest.fixture
def afterwards() -> Iterator[list[Callable[[], bool]]]:
    """What has to hold once the page is closed and the server still there."""
    checks: list[Callable[[], bool]] = []
    yield checks
    assert all(check() for check in checks)


def test_a_page_closes_before_its_server_ends(
    page: Page, studio_server: StudioServer, afterwards: list[Callable[[], bool]]
) -> None:
    """In whatever order a test names them: a late question of the page finds somebody to answer."""
    show(page, studio_server)
    afterwards += [page.is_closed, lambda: studio_server.process.poll() is None]


def test_a_fresh_page_draws_what_its_first_models_have_and_corrects_nothing(
    studio_server: StudioServer, page: Page
) -> None:
    page.add_init_script(PUSHES)
    show(page, studio_server)
    expect(page.locator("#image-ratio")).to_be_visible()
    assert set(page.evaluate("pushed")) <= EMPTIED
    # While nobody does anything, the controls of other models are built too.
    expect(page.locator("#image-style")).to_have_count(1)
    expect(page.locator("#image-style")).to_be_hidden()
    assert set(page.evaluate("pushed")) <= EMPTIED
    page.evaluate("window.studio.then(studio => studio.form.openTab('multishot'))")
    expect(page.locator("#multishot-ratio")).to_be_visible()
    assert set(page.evaluate("pushed")) <= EMPTIED


def test_a_number_that_nobody_chose_is_empty(studio_server: StudioServer, page: Page) -> None:
    """Drawn as 0, it would be a seed that is never sent."""
    show(page, studio_server)
    page.get_by_role("tab", name="Video").click()
    expect(page.locator("#video-seed input")).to_have_attribute("placeholder", "random")
    expect(page.locator("#video-seed input")).to_have_value("")


def test_segments_are_measured_again_when_the_window_changes(
    studio_server: StudioServer, page: Page
) -> None:
    show(page, studio_server)
    ratios = page.locator("#image-ratio")
    expect(ratios).to_have_attribute("data-wide", "true")
    page.set_viewport_size({"width": 690, "height": 800})
    expect(ratios).to_have_attribute("data-wide", "false")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(ratios).to_have_attribute("data-wide", "true")


def test_the_keyboard_goes_through_the_picker_as_the_eye_does(
    studio_server: StudioServer, page: Page
) -> None:
    show(page, studio_server)
    opener = page.locator("#tab-image .finder-open")
    opener.click()
    expect(page.locator("#tab-image .finder-chip").first).to_be_visible()
    stops = [
        opener,
        *page.locator("#tab-image .finder-chip").all(),
        page.locator("#image-model input"),
    ]
    stops.append(page.locator("#image-vendor input"))
    heights: list[float] = []
    for stop in stops:
        expect(stop).to_be_focused()
        box = stop.bounding_box()
        assert box is not None
        heights.append(box["y"])
        page.keyboard.press("Tab")
    assert heights == sorted(heights)
