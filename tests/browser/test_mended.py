"""What a hasty hand or an outage does to the page: nothing twice, nothing stale, nothing untrue."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pydantic import JsonValue

from tests.browser.views import CUTS, SOON, card, ends, gone, make, put, show
from tests.browser.waits import comes_true
from tests.support.servers import StudioServer

AWAY = ("WebSocket connection", "ERR_", "Failed to load")


def asked_for(server: StudioServer, text: str) -> int:
    """How many jobs the studio has with this text."""
    found = httpx.get(f"{server.url}/jobs", params={"text": text}, timeout=30)
    return len(found.json()["jobs"])


def test_a_double_press_on_try_again_is_one_job(server: StudioServer, page: Page) -> None:
    show(page, server)
    again = ends(page, make(server, "Haste sandbox:fails"), "failed").get_by_role(
        "button", name="Try again"
    )
    with page.expect_response("**/retry"):
        again.click()
    again.click()
    ends(page, make(server, "Meanwhile"))
    assert asked_for(server, "Haste") == 2


@pytest.mark.allows_console(*AWAY)
def test_a_retry_whose_answer_was_lost_stays_one_job(server: StudioServer, page: Page) -> None:
    show(page, server)
    found = ends(page, make(server, "Deaf sandbox:fails"), "failed")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/retry", lose, times=1)
    found.get_by_role("button", name="Try again").click()
    expect(page.locator(".toast")).to_have_text(
        "No response. Try again; nothing is ever done or charged twice."
    )
    found.get_by_role("button", name="Try again").click()
    expect(page.locator(".toast", has_text="Sent as a new job")).to_be_visible(timeout=SOON)
    assert asked_for(server, "Deaf") == 2


@pytest.mark.allows_console(*AWAY)
def test_what_was_said_during_an_outage_is_taken_back_when_it_ends(
    own_server: StudioServer, page: Page
) -> None:
    make(own_server, "Still here")
    show(page, own_server, "library")
    expect(page.locator(".tile")).to_have_count(1, timeout=SOON)
    gone(page, own_server)
    page.locator(".lib input[type=search]").fill("still")
    note = page.locator(".lib-note")
    expect(note).to_contain_text("The studio isn't responding", timeout=SOON)
    expect(note).not_to_contain_text("sent")
    page.locator("#tab-settings-button").click()
    again = page.locator(".sets").get_by_role("button", name="Try again")
    expect(again).to_be_visible(timeout=SOON)
    box = again.bounding_box()
    assert box is not None
    assert box["width"] < 120
    page.evaluate("addEventListener('studio:online', () => { window.healed = true; })")
    own_server.start()
    expect(page.locator(".sets h2").first).to_have_text("Connections", timeout=SOON)
    page.wait_for_function("window.healed")
    page.locator("#tab-library-button").click()
    expect(note).to_be_empty(timeout=SOON)
    expect(page.locator(".tile")).to_have_count(1)


@pytest.mark.allows_console(*AWAY)
def test_a_form_takes_back_that_nobody_answered(own_server: StudioServer, page: Page) -> None:
    show(page, own_server)
    page.locator("#image-prompt textarea").fill("Patience")
    gone(page, own_server)
    page.locator("#image-generate").click()
    problems = page.locator("#image-problems")
    expect(problems).to_contain_text("No response", timeout=SOON)
    own_server.start()
    expect(problems).not_to_contain_text("No response", timeout=SOON)
    expect(page.locator("#image-prompt textarea")).to_have_value("Patience")


@pytest.mark.allows_console(*AWAY)
def test_an_open_library_heals_by_itself(own_server: StudioServer, page: Page) -> None:
    make(own_server, "Still here")
    show(page, own_server, "library")
    gone(page, own_server)
    page.locator(".lib input[type=search]").fill("still")
    note = page.locator(".lib-note")
    expect(note).to_contain_text("The studio isn't responding", timeout=SOON)
    own_server.start()
    expect(note).to_be_empty(timeout=SOON)
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.locator('[data-filter="state"][data-value=""] b')).to_have_text("1")


@pytest.mark.allows_console(*AWAY)
def test_an_answer_that_ends_too_early_is_no_answer(server: StudioServer, page: Page) -> None:
    make(server, "Only half of this arrives")
    show(page, server, "library")
    expect(page.locator(".tile").first).to_be_visible(timeout=SOON)
    page.route("**/jobs?**", lambda route: route.fulfill(status=200, body='{"jobs": [{"id"'))
    page.locator(".lib input[type=search]").fill("half")
    expect(page.locator(".lib-note")).to_contain_text("The studio isn't responding", timeout=SOON)


def test_the_strip_follows_a_job_while_it_saves(server: StudioServer, page: Page) -> None:
    four = make(server, "Four at once", options={"count": 4})
    make(server, "Before it")
    show(page, server)
    ends(page, four)
    files = httpx.get(f"{server.url}/jobs/{four}", timeout=30).json()["artifacts"]
    later: dict[str, JsonValue] = {"id": "later", "created": 4e9}
    put(page, server, four, **later, artifacts=files[:1], state="saving")
    first = page.locator('[data-part="stage"][data-tab="image"] .strip .small').first
    expect(first).to_be_visible()
    expect(first.locator(".tag")).to_have_count(0)
    put(page, server, four, **later, artifacts=files, revision=1e16)
    expect(first.locator(".tag")).to_have_text("4")
    page.set_viewport_size({"width": 800, "height": 900})
    comes_true(page, lambda: first.locator(".tag").evaluate("tag => tag.offsetHeight") < 20)


@pytest.mark.allows_console("status of 422")
def test_the_librarys_states_add_up(own_server: StudioServer, page: Page) -> None:
    show(page, own_server, "library")
    ends(page, make(own_server, "Kept"))
    ends(page, make(own_server, "Refused sandbox:moderated"), "rejected")
    lost = make(own_server, "Given up sandbox:lost-request")
    ends(page, lost, "unsure")
    httpx.post(f"{own_server.url}/jobs/{lost}/discard", json={}, timeout=30).raise_for_status()
    httpx.post(f"{own_server.url}/settings/sandbox", json={"speed": 5}, timeout=30)
    stopped = make(own_server, "Stopped")
    httpx.post(f"{own_server.url}/jobs/{stopped}/cancel", json={}, timeout=30).raise_for_status()
    ends(page, stopped, "cancelled")
    wanted = {"Any": "4", "Done": "1", "Failed": "1", "Cancelled": "1", "Discarded": "1"}
    for name, count in wanted.items():
        group = page.locator('[data-filter="state"]', has_text=name)
        expect(group.locator("b")).to_have_text(count, timeout=SOON)
    expect(page.locator(".tile")).to_have_count(4)
    refused = page.locator(".tile[data-state=rejected] .tile-in")
    expect(refused).to_have_text("Refused by moderationRefused sandbox:moderated")
    page.locator('[data-filter="state"]', has_text="Failed").click()
    expect(page.locator(".tile")).to_have_count(1)


def test_a_prompt_from_right_to_left_begins_at_the_right(server: StudioServer, page: Page) -> None:
    text = "סירה אדומה קטנה על אגם ירוק בשעת בין ערביים, אור רך, צבעי מים, פרטים עדינים מאוד"
    show(page, server)
    shots: list[JsonValue] = [{"prompt": text, "seconds": 3}, {"prompt": "then rest", "seconds": 3}]
    cuts = make(server, "", model=CUTS, kind="multishot", shots=shots)
    expect(card(page, cuts).locator(".p")).to_have_css("direction", "rtl")
    job = make(server, text)
    ends(page, job).locator(".p").click()
    stage = page.locator('[data-part="stage"][data-tab="image"]')
    expect(stage.locator(".cap-prompt")).to_have_text(text)
    page.locator("#tab-library-button").click()
    page.locator(f'[data-tile="{job}"]').click()
    expect(page.locator(".view-prompt")).to_have_text(text)
    for place in (card(page, job).locator(".p"), stage.locator(".cap-prompt")):
        expect(place).to_have_css("direction", "rtl")
    expect(page.locator(".view-prompt")).to_have_css("direction", "rtl")


def test_a_state_is_said_in_true_words(server: StudioServer, page: Page) -> None:
    show(page, server)
    failed = make(server, "Spoilt sandbox:fails")
    expect(ends(page, failed, "failed").locator(".m b")).to_have_text("not charged")
    done = make(server, "To copy")
    ends(page, done)
    waits: dict[str, JsonValue] = {
        "id": "waits",
        "state": "waiting",
        "artifacts": [],
        "finished": None,
    }
    put(page, server, done, **waits, detail="Waiting for a slot · 0 of 2 busy")
    expect(card(page, "waits").locator(".m span")).to_have_text("Waiting for a slot")
    expect(card(page, "waits").locator(".m b")).to_have_text(re.compile(r"^\d+:\d\d"))
    for number, detail in enumerate(
        ("Queued on Runway", "In the service's queue", "Runway holds the task back until later")
    ):
        changes = {**waits, "state": "queued", "revision": 1e16 + number * 10}
        put(page, server, done, **changes, detail=detail)
        expect(card(page, "waits").locator(".m span")).to_have_text("In Runway's queue")


def test_the_page_is_named_and_ordered_for_assistive_technology(
    server: StudioServer, page: Page
) -> None:
    job = make(server, "Named well", options={"count": 4})
    make(server, "Named as well")
    show(page, server)
    ends(page, job)
    expect(page.get_by_role("heading", level=1)).to_have_text("Multishot Studio")
    expect(page.locator("ul#jobs > li.job").first).to_be_visible()
    expect(page.get_by_role("button", name="Jobs: No jobs running")).to_be_visible()
    strip = page.locator('[data-part="stage"][data-tab="image"] .strip')
    expect(strip.get_by_role("button", name="Named well 4")).to_be_visible()
    page.locator("#tab-library-button").click()
    tile = page.get_by_role("button", name="Named well, Done 4 images")
    expect(tile).to_have_attribute("data-tile", job)


def test_an_ended_failure_can_be_put_away(server: StudioServer, page: Page) -> None:
    show(page, server)
    job = make(server, "Out of sight sandbox:fails")
    found = ends(page, job, "failed")
    found.get_by_role("button", name="Remove from this list").click()
    expect(found).to_have_count(0)
    show(page, server, "library")
    expect(page.locator(f'[data-tile="{job}"]')).to_be_visible(timeout=SOON)
    expect(found).to_have_count(0)


def test_the_detail_view_of_a_failure_is_as_large_as_what_it_says(
    server: StudioServer, page: Page
) -> None:
    show(page, server)
    ends(page, make(server, "Small talk sandbox:fails"), "failed").locator(".p").click()
    viewer = page.locator("dialog.viewer")
    expect(viewer.get_by_role("button", name="Reuse settings")).to_have_count(1)
    comes_true(page, lambda: 0 < viewer.evaluate("viewer => viewer.offsetHeight") < 600)


def test_a_phone_shows_the_newest_twenty_and_its_toast_lies_elsewhere(
    own_server: StudioServer, browser: Browser
) -> None:
    for number in range(25):
        make(own_server, f"Number {number}")
    context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True)
    page = show(context.new_page(), own_server)
    cards = page.locator("#jobs [data-job]")
    expect(cards).to_have_count(20, timeout=SOON)
    page.get_by_role("button", name="Show more").click()
    expect(cards).to_have_count(25)
    page.locator("#image-prompt textarea").fill("One more")
    # A message stays for as long as nobody looks.
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    page.locator("#image-generate").click()
    toast = page.locator(".toast")
    expect(toast).to_have_text("Added to your jobs below.")
    expect(cards.first).to_contain_text("One more")
    page.evaluate("document.querySelector('#jobs').scrollIntoView({block: 'end'})")
    apart = """() => {
        const toast = document.querySelector('.toast').getBoundingClientRect();
        const card = document.querySelector('#jobs [data-job]').getBoundingClientRect();
        return toast.top >= card.bottom || card.top >= toast.bottom;
    }"""
    page.wait_for_function(apart)
    page.locator(".jobs-pill").click()
    page.wait_for_function(
        "document.querySelector('#jobs').getBoundingClientRect().top < 60", timeout=SOON
    )
    page.wait_for_function(apart)
    context.close()


@pytest.mark.fault("F42")
def test_files_that_are_here_are_shown_while_the_rest_can_be_fetched(
    server: StudioServer, page: Page
) -> None:
    four = make(server, "Two came, two did not", options={"count": 4})
    show(page, server)
    ends(page, four)
    files = httpx.get(f"{server.url}/jobs/{four}", timeout=30).json()["artifacts"][:2]
    sentence = "2 of 4 files are here. The rest is ready but couldn't be downloaded."
    advice = "Check again to download it without paying twice."
    trouble: JsonValue = {
        "code": "storage", "message": sentence, "charged": "yes", "vendor_text": "",
        "advice": advice, "lines": [sentence, advice], "on_money": True,
    }  # fmt: skip
    changes: dict[str, JsonValue] = {
        "state": "unsure", "artifacts": files, "error": trouble, "detail": "", "revision": 1e16,
        "finished": None,
    }  # fmt: skip
    put(page, server, four, **changes)
    found = ends(page, four, "unsure")
    expect(found.locator("img")).to_have_count(1)
    expect(found.locator(".note")).to_contain_text(sentence)
    stage = page.locator("[data-part=stage][data-tab=image]")
    expect(stage.locator(".shot")).to_have_count(2)
    expect(stage.locator(".note")).to_contain_text(sentence)
    stage.get_by_role("button", name="Skip the rest").click()
    expect(stage.locator(".ask p")).to_contain_text("Files already here stay.")
    stage.get_by_role("button", name="Cancel", exact=True).click()
    stage.get_by_role("button", name="Details").click()
    view = page.locator("dialog[open]")
    expect(view).to_contain_text(sentence)
    expect(view).to_contain_text("Image 1 of 2")
    expect(view.get_by_role("button", name="Download again")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#tab-library-button").click()
    expect(page.locator(f'[data-tile="{four}"] img')).to_have_count(1, timeout=SOON)
    page.locator("#tab-image-button").click()
    with page.expect_request(f"**/jobs/{four}/look"):
        stage.get_by_role("button", name="Download again").click()
