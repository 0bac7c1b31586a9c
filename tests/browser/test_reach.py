"""Room and reach: the page at 400 %, under a finger, with forced colours, and always in English."""

import re
from collections.abc import Callable
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.states import Made, each, fill, go, rest, sign_in
from tests.browser.views import tile
from tests.browser.waits import comes, comes_true
from tests.support.servers import StudioServer

pytestmark = pytest.mark.allows_console("401", "422")
LOW = {"width": 320, "height": 256}
"""A window of 1280 by 1024 at 400 %."""
ROOM = """() => [...Array(innerHeight).keys()].filter(y =>
  document.elementFromPoint(innerWidth / 2, y)?.closest(".maker-scroll, .ms, .stage, .jobs-panel")
).length / innerHeight"""
WIDE = """() => [document.documentElement, ...document.querySelectorAll("dialog[open]")]
  .map(one => one.scrollWidth - one.clientWidth)"""
# What a finger reaches: the button itself, or what is laid over it to be pressed. Words are wide by themselves.
SMALL = """() => [...(document.querySelector("dialog[open]") ?? document).querySelectorAll(
    "button, a[href], select, summary, [role=tab], [role=option]")]
  .filter(one => one.checkVisibility({visibilityProperty: true}))
  .filter(one => one.getBoundingClientRect().width > 1)
  .filter(one => {
    const laid = ["::before", "::after"].map(name => getComputedStyle(one, name))
      .filter(style => style.content !== "none" && style.position === "absolute");
    const box = one.getBoundingClientRect();
    const least = side => Math.max(box[side], ...laid.map(style => parseFloat(style[side])));
    return least("height") < 43.5 || (!one.textContent.trim() && least("width") < 43.5);
  })
  .map(one => one.outerHTML.slice(0, 120))"""

WORDS = """() => [...document.querySelectorAll("body, body *")].flatMap(one =>
  [one.textContent, ...["aria-label", "placeholder", "title", "alt"].map(name => one.getAttribute(name))])
  .filter(Boolean)"""
FOREIGN = re.compile(r"[\u0400-\u06ff\u3040-\u30ff\u4e00-\u9fff]|Uhr|Hochladen")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
READY = "!!document.querySelector('#tab-image .summary-text')?.textContent"


@pytest.fixture(scope="module")
def made(server: StudioServer) -> Made:
    """Jobs in every state, and people."""
    return fill(server)


def small(page: Page) -> list[str]:
    return cast("list[str]", page.evaluate(SMALL))


def test_buttons_have_the_size_of_a_fingertip(
    browser: Browser, server: StudioServer, made: Made
) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(server.url)
    assert small(page) == []
    sign_in(page, server)
    wrong = [f"{name}: {one}" for name in each(page, made) for one in small(page)]
    context.close()
    assert not wrong, "\n".join(wrong)


def test_at_400_percent_nothing_is_wider_than_the_window_and_the_form_has_room(
    new_page: Callable[[], Page], server: StudioServer, made: Made
) -> None:
    page = new_page()
    page.set_viewport_size({"width": LOW["width"], "height": LOW["height"]})
    sign_in(page, server)
    wide = [name for name in each(page, made) if any(over > 0 for over in page.evaluate(WIDE))]
    assert wide == []
    for tab in ("image", "video", "multishot"):
        rest(page)
        go(page, tab)
        # A way of making shots may have no prompt beside theirs.
        page.locator(f"#tab-{tab} textarea:visible").first.evaluate(
            "one => one.scrollIntoView({block: 'center'})"
        )
        comes_true(page, lambda: page.evaluate(ROOM) > 0.9)


@pytest.mark.parametrize("size", [(640, 320), (740, 360), (844, 390), (932, 430)])
@pytest.mark.usefixtures("made")
def test_on_a_phone_on_its_side_the_form_has_the_whole_window(
    browser: Browser, server: StudioServer, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=True, is_mobile=True
    )
    page = sign_in(context.new_page(), server)
    for tab in ("image", "video", "multishot"):
        go(page, tab)
        page.locator(f"#{tab}-prompt textarea").evaluate(
            "one => one.scrollIntoView({block: 'center'})"
        )
        comes_true(page, lambda: page.evaluate(ROOM) > 0.9)
        assert [over for over in page.evaluate(WIDE) if over > 0] == []
    context.close()


@pytest.mark.parametrize("locale", ["de-DE", "ja-JP", "ar"])
def test_the_page_is_english_whatever_the_browser_speaks(
    browser: Browser, server: StudioServer, made: Made, locale: str
) -> None:
    context = browser.new_context(locale=locale)
    page = sign_in(context.new_page(), server)
    page.wait_for_function(READY)
    assert page.evaluate("document.documentElement.lang") == "en"
    assert [text for text in page.evaluate(WORDS) if FOREIGN.search(text)] == []
    page.locator("#tab-library-button").click()
    tile(page, made.failed).click()
    facts = page.locator("dialog.viewer .view-facts")
    expect(facts).to_contain_text(re.compile(f"({'|'.join(MONTHS)})"))
    expect(facts).not_to_contain_text(FOREIGN)
    context.close()


BEYOND = """() => [...document.querySelectorAll("#jobs .job .line")].flatMap(line => [...line.children]
  .filter(one => one.getBoundingClientRect().right > line.getBoundingClientRect().right + 0.5)
  .map(one => one.outerHTML.slice(0, 120)))"""


def test_what_a_card_says_ends_before_its_buttons(
    new_page: Callable[[], Page], server: StudioServer, made: Made
) -> None:
    page = sign_in(new_page(), server)
    expect(page.locator(f'#jobs [data-job="{made.running}"] .m')).to_contain_text("starts in about")
    comes(page, [], lambda: page.evaluate(BEYOND))


EDGES = """wanted => wanted.map(([chosen, other]) => {
  const [one, two] = [chosen, other].map(name => [...document.querySelectorAll(name)]
    .find(found => found.checkVisibility()));
  const edge = style => `${style.outlineStyle} ${style.outlineWidth} ${style.borderWidth}`;
  return one && two && edge(getComputedStyle(one)) !== edge(getComputedStyle(two)) ? "" : chosen;
}).filter(Boolean)"""


def test_with_forced_colours_what_is_chosen_has_an_edge(
    new_page: Callable[[], Page], server: StudioServer, made: Made
) -> None:
    page = new_page()
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    sign_in(page, server)
    page.locator("#image-prompt textarea").fill("A heron")
    ratio = "#image-ratio label"
    form = [
        ["#tab-image-button", "#tab-video-button"],
        [f"{ratio}.selected", f"{ratio}:not(.selected)"],
        ["#image-generate", "#image-many"],
        ["#jobs .act.choice.go", "#jobs .act.choice:not(.go)"],
    ]
    expect(page.locator("#jobs .act.choice.go").first).to_be_visible()
    comes(page, [], lambda: page.evaluate(EDGES, form))
    bar = page.locator(f'#jobs [data-job="{made.running}"] .prog')
    bar.locator("i").evaluate(
        "one => { one.style.transform = 'none'; one.style.animation = 'none'; }"
    )
    track, fill = bar.evaluate(
        "one => [one, one.firstElementChild].map(each => getComputedStyle(each).backgroundColor)"
    )
    assert track != fill
    go(page, "library")
    tile(page, made.images).click(modifiers=["Control"])
    library = [
        [".fil-group button.on", ".fil-group button:not(.on)"],
        [".seg [aria-pressed=true]", ".seg [aria-pressed=false]"],
        [".tile[aria-pressed=true]", ".tile[aria-pressed=false]"],
    ]
    comes(page, [], lambda: page.evaluate(EDGES, library))
