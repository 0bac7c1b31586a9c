"""The page beside its forms: the live list, the stage, the library, the detail view and the settings."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import JsonValue

from providers.vendors.all import VENDORS
from tests.browser.views import CLIP, CUTS, SOON, ends, make, show, tile
from tests.browser.waits import comes
from tests.support.servers import StudioServer

EVIL = '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>"\'{{7*7}}'


@pytest.mark.fault("F84")
def test_what_people_and_vendors_write_stays_text(server: StudioServer, page: Page) -> None:
    done = make(server, EVIL)
    refused = make(server, f"{EVIL} sandbox:moderated")
    shots: list[JsonValue] = [{"prompt": EVIL, "seconds": 3}, {"prompt": "then rest", "seconds": 3}]
    cuts = make(server, "", model=CUTS, kind="multishot", shots=shots)
    show(page, server)
    ends(page, refused, "rejected")
    for job in (done, cuts):
        ends(page, job).locator(".p").click()
        expect(page.locator(".hero:visible")).to_be_visible(timeout=SOON)
    page.locator("#tab-library-button").click()
    page.locator(f'[data-tile="{done}"]').click()
    expect(page.locator("dialog.viewer .view-prompt")).to_have_text(EVIL)
    page.keyboard.press("Escape")
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize(
    ("word", "state", "says"),
    [
        ("sandbox:moderated", "rejected", "Refused by moderation"),
        ("sandbox:moderated-output", "failed", "Refused by moderation"),
        ("sandbox:no-credits", "rejected", "Not enough credits"),
        ("sandbox:fails", "failed", "Generation failed"),
        ("sandbox:lost-answer", "done", "Done"),
        ("sandbox:expired-link", "done", "Done"),
        ("sandbox:cut-download", "done", "Done"),
    ],
)
def test_every_fate_has_its_card(
    server: StudioServer, page: Page, word: str, state: str, says: str
) -> None:
    show(page, server)
    found = ends(page, make(server, f"A harbour {word}"), state)
    expect(found.locator(".m span")).to_have_text(says)
    if state == "done":
        expect(found.locator(".th img")).to_be_visible()
        return
    expect(found.locator(".note p").first).not_to_be_empty()
    buttons = found.locator(".fix button")
    expect(buttons).to_have_text(["Reuse settings", "Try again", "Details"])
    rows = "all => new Set(all.map(one => one.offsetTop)).size"
    comes(page, 1, lambda: buttons.evaluate_all(rows))
    page.locator("#image-prompt textarea").fill("something else")
    buttons.first.click()
    expect(page.locator("#image-prompt textarea")).to_have_value(f"A harbour {word}")


@pytest.mark.allows_console("status of 422")
def test_an_unclear_job_offers_four_ways_and_asks_before_a_second_charge(
    server: StudioServer, page: Page
) -> None:
    show(page, server)
    job = make(server, "Nobody knows sandbox:lost-request")
    found = ends(page, job, "unsure")
    expect(found.locator(".m")).to_contain_text("Needs attention")
    expect(page.locator(".jobs-pill")).to_contain_text("1 needs attention")
    before = page.locator("#jobs [data-job]").count()
    found.get_by_role("button", name="Try again").click()
    expect(found.locator(".ask p")).to_contain_text("made twice. Sandbox: nothing is charged.")
    assert page.locator("#jobs [data-job]").count() == before
    found.get_by_role("button", name="Cancel: Nobody knows").click()
    found.get_by_role("button", name="Import by task ID").click()
    found.locator("input[name=task]").fill("not a task")
    found.get_by_role("button", name="Import: Nobody knows").click()
    expect(page.locator(".toast")).to_contain_text("Copy it from the service")
    found.get_by_role("button", name="Cancel").click()
    found.get_by_role("button", name="Discard").click()
    found.get_by_role("button", name="Discard job").click()
    expect(found).to_have_count(0, timeout=SOON)


def test_the_stage_teaches_while_it_is_empty_and_fills_the_form(
    own_server: StudioServer, page: Page
) -> None:
    show(page, own_server, "video")
    ideas = page.locator('[data-part="stage"][data-tab="video"] .idea')
    expect(ideas).to_have_count(3)
    text = ideas.nth(1).inner_text()
    ideas.nth(1).click()
    expect(page.locator("#video-prompt textarea")).to_have_value(text)
    page.locator("#tab-library-button").click()
    expect(page.locator(".lib-note h2")).to_have_text("Nothing here yet")


def test_four_pictures_share_the_stage_and_the_chosen_one_becomes_a_reference(
    server: StudioServer, page: Page
) -> None:
    job = make(server, "Four of a kind", options={"count": 4})
    show(page, server)
    ends(page, job).locator(".p").click()
    stage = page.locator('[data-part="stage"][data-tab="image"]')
    expect(stage.locator(".shot")).to_have_count(4)
    stage.locator(".shot").nth(2).click()
    expect(stage.locator(".shot.on")).to_have_attribute("aria-label", "Image 3 of 4")
    third = stage.locator(".shot img").nth(2).get_attribute("src") or ""
    picked = third.removesuffix("/poster").rpartition("/")[2]
    stage.get_by_role("button", name="Use as reference").click()
    tray = page.locator('[data-part="tray"][data-tab="image"] img')
    expect(tray).to_have_attribute("src", re.compile(picked), timeout=SOON)


def test_a_clip_plays_jumps_to_its_shots_and_hands_its_last_frame_on(
    server: StudioServer, page: Page
) -> None:
    shots: list[JsonValue] = [{"prompt": f"Shot {one}", "seconds": 3 + one} for one in range(3)]
    job = make(server, "", model=CUTS, kind="multishot", shots=shots)
    show(page, server, "multishot")
    ends(page, job)
    stage = page.locator('[data-part="stage"][data-tab="multishot"]')
    expect(stage.locator("video")).to_be_visible(timeout=SOON)
    marks = stage.locator(".mark-shot")
    expect(marks).to_have_count(3)
    marks.nth(2).click()
    expect(marks.nth(2)).to_have_class(re.compile(r"\bon\b"), timeout=SOON)
    assert 6.9 < float(stage.locator("video").evaluate("video => video.currentTime")) < 7.2
    stage.get_by_role("button", name="Use last frame as start frame").click()
    expect(page.locator("body")).to_have_attribute("data-tab", "video", timeout=SOON)
    expect(page.locator('[data-part="tray"][data-tab="video"] img')).to_have_count(1, timeout=SOON)


def test_the_library_searches_filters_and_pages(own_server: StudioServer, page: Page) -> None:
    for number in range(70):
        make(own_server, f"Refused number{number} sandbox:moderated")
    make(own_server, "A lighthouse at dusk")
    make(own_server, "A red kite", model=CLIP, kind="video")
    show(page, own_server, "library")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(60, timeout=SOON)
    tiles.nth(59).click()
    viewer = page.locator("dialog.viewer")
    expect(viewer.locator(".view-prompt")).to_contain_text("number12 ", timeout=SOON)
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".view-prompt")).to_contain_text("number11 ", timeout=SOON)
    page.keyboard.press("Escape")
    expect(tiles).to_have_count(72, timeout=SOON)
    page.keyboard.press("/")
    page.keyboard.type("lighthouse")
    expect(tiles).to_have_count(1, timeout=SOON)
    page.locator(".lib input[type=search]").fill("")
    expect(tiles).to_have_count(60, timeout=SOON)
    page.locator('[data-filter="kind"][data-value="video"]').click()
    expect(tiles).to_have_count(1, timeout=SOON)
    expect(tiles.locator(".tag")).to_have_text(re.compile(r"^0:\d\d$"))
    page.locator('[data-filter="kind"][data-value=""]').click()
    failed = page.locator('[data-filter="state"]', has_text="Failed")
    expect(failed.locator("b")).to_have_text("70", timeout=SOON)
    page.locator('[data-filter="state"][data-value="done"]').click()
    expect(tiles).to_have_count(2, timeout=SOON)
    make(own_server, "Arrives by itself")
    expect(tiles).to_have_count(3, timeout=SOON)
    expect(tiles.first).to_have_attribute("title", "Arrives by itself")


def test_the_detail_view_tells_everything_and_walks_by_arrow_keys(
    server: StudioServer, page: Page
) -> None:
    older = make(server, "The older of two", options={"seed": 4711})
    newer = make(server, "The newer of two")
    show(page, server, "library")
    ends(page, newer)
    expect(tile(page, older)).to_be_visible(timeout=SOON)
    page.locator(f'[data-tile="{newer}"]').click()
    viewer = page.locator("dialog.viewer")
    expect(viewer.locator(".view-prompt")).to_have_text("The newer of two")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".view-prompt")).to_have_text("The older of two")
    facts = viewer.locator("dl")
    for text in ("Gen-4", "useapi.net, sandbox", "4711", "free (sandbox)", older):
        expect(facts).to_contain_text(text)
    expect(viewer.locator(".view-history li").first).to_contain_text("Waiting")
    page.keyboard.press("ArrowLeft")
    expect(viewer.locator(".view-prompt")).to_have_text("The newer of two")
    page.keyboard.press("Escape")
    expect(viewer).not_to_be_visible()


def test_a_download_has_a_readable_name(server: StudioServer, page: Page) -> None:
    job = make(server, "Worth keeping")
    show(page, server)
    ends(page, job).locator(".p").click()
    stage = page.locator('[data-part="stage"][data-tab="image"]')
    with page.expect_download() as saved:
        stage.get_by_role("link", name="Download").click()
    assert re.search(r"\.(png|jpe?g|webp)$", saved.value.suggested_filename)


def test_settings_check_the_key_and_explain_the_sandbox(server: StudioServer, page: Page) -> None:
    show(page, server, "settings")
    for vendor in VENDORS:
        link = page.locator(".link-card", has=page.locator(f'[data-check="{vendor.name}"]'))
        expect(link.locator("code").first).to_have_text(vendor.key_variable)
        link.get_by_role("button", name="Check").click()
        expect(link.locator(".said b")).not_to_be_empty(timeout=SOON)
        expect(link.locator(".said")).to_have_class(re.compile(r"\bok\b"), timeout=SOON)
        expect(link.locator(".said b")).to_have_text("The sandbox is working.")
        for line in link.locator(".said span").all_inner_texts()[:2]:
            assert line.startswith("Sandbox "), line
    expect(page.locator(".fates tbody tr").first).to_contain_text("sandbox:moderated")
    page.locator('[data-speed="0.25"]').click()
    expect(page.locator('[data-speed="0.25"]')).to_have_attribute("aria-pressed", "true")
    page.locator('[data-speed="0"]').click()
    expect(page.locator('[data-speed="0"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".sets")).to_contain_text(str(server.folder))


def test_the_theme_follows_the_system_until_it_is_chosen(
    server: StudioServer, browser: Browser
) -> None:
    context = browser.new_context(color_scheme="light")
    page = show(context.new_page(), server)
    expect(page.locator("body")).not_to_have_class(re.compile(r"\bdark\b"))
    page.locator(".theme").click()
    expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
    page.reload()
    expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"), timeout=SOON)
    context.close()


@pytest.mark.parametrize("tab", ["image", "video", "multishot", "library", "settings"])
def test_a_phone_scrolls_only_up_and_down(server: StudioServer, browser: Browser, tab: str) -> None:
    make(server, "A prompt with averyveryveryveryveryveryveryveryveryverylongword in it")
    context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True)
    page = show(context.new_page(), server, tab)
    page.locator(".jobs-pill").click()
    expect(page.locator("#jobs [data-job]").first).to_be_in_viewport(timeout=SOON)
    page.wait_for_function("document.documentElement.scrollWidth <= 360")
    context.close()
