"""Generate, pressed once, twice, or held; and what the foot above it says."""

import json
from typing import cast

import pytest
from playwright.sync_api import Page, Request, expect
from pydantic import JsonValue

from tests.browser.forms import (
    ALL,
    SOON,
    asked,
    choose,
    chosen,
    hand_in,
    open_tab,
    picture,
    problems,
    show,
)
from tests.browser.waits import comes
from tests.support.servers import StudioServer


@pytest.mark.parametrize("gap", [0, 60, 300])
def test_a_double_click_is_one_job(page: Page, server: StudioServer, gap: int) -> None:
    sent = listen(page)
    show(page, server)
    page.locator("#image-prompt textarea").fill(f"Once only {gap}")
    with page.expect_response("**/jobs"):
        page.locator("#image-generate").dblclick(delay=gap)
    # Also after the answer: the same form within the moment is the same wish.
    page.locator("#image-generate").click(force=True)
    expect(page.locator("#jobs [data-job]", has_text=f"Once only {gap}")).to_have_count(1)
    names = {str(body["client_request_id"]) for body in sent}
    assert len(names) == 1


def listen(page: Page) -> list[dict[str, JsonValue]]:
    """Every body that is posted as a job from now on."""
    found: list[dict[str, JsonValue]] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/jobs"):
            found.append(cast("dict[str, JsonValue]", json.loads(request.post_data or "{}")))

    page.on("request", note)
    return found


@pytest.mark.parametrize("keys", ["Control+Enter", "Enter"])
def test_a_key_that_is_held_down_is_one_press(page: Page, server: StudioServer, keys: str) -> None:
    sent = listen(page)
    show(page, server)
    area = page.locator("#image-prompt textarea")
    area.fill(f"Held {keys}")
    page.locator("#image-generate" if keys == "Enter" else "#image-prompt textarea").focus()
    *hold, last = keys.split("+")
    for key in hold:
        page.keyboard.down(key)
    with page.expect_response("**/jobs"):
        page.keyboard.down(last)
    expect(page.locator("#image-generate")).to_be_enabled()
    for _ in range(6):
        page.keyboard.down(last)  # a second `down` without `up` repeats
    for key in (last, *hold):
        page.keyboard.up(key)
    expect(page.locator("#jobs [data-job]", has_text=f"Held {keys}")).to_have_count(1)
    assert len(sent) == 1


def test_a_second_press_after_a_moment_is_a_second_job_and_a_change_needs_no_wait(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    area = page.locator("#image-prompt textarea")
    button = page.locator("#image-generate")
    area.fill("Twice")
    button.click()
    cards = page.locator("#jobs [data-job]", has_text="Twice")
    expect(cards).to_have_count(1)
    expect(page.locator("#tab-image .go-promise")).to_have_text("added to the jobs")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()
    area.fill("Twice, differently")
    expect(button).to_have_attribute("aria-disabled", "false")
    area.fill("Twice")
    expect(button).to_be_enabled()
    button.click()
    expect(cards).to_have_count(2)


def test_the_foot_says_three_problems_and_the_field_stays_in_sight(
    page: Page, server: StudioServer
) -> None:
    page.set_viewport_size({"width": 1440, "height": 640})
    show(page, server, "multishot")
    for number in (1, 2):
        page.locator(f"#shot-{number}-prompt textarea").fill("x" * 600)
        page.locator(f"#shot-{number}-seconds input").fill("99")
    area = page.locator("#multishot-prompt textarea")
    area.fill("x" * 2600)
    expect(problems(page, "multishot")).to_have_count(4)
    expect(problems(page, "multishot").last).to_have_text("and 3 more")
    expect(area).to_be_focused()
    expect(area).to_be_in_viewport(ratio=0.9)
    page.set_viewport_size({"width": 360, "height": 700})
    expect(problems(page, "multishot")).to_have_count(2)
    expect(problems(page, "multishot").last).to_have_text("and 5 more")


def test_a_problem_of_a_frame_has_the_width_of_the_tray(page: Page, server: StudioServer) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["useapi:video/kling-3.0-pro"])
    hand_in(page, "video", "end_frame", picture())
    beside = page.locator("#video-frames > .trouble")
    expect(beside).to_contain_text("start frame")
    box = beside.bounding_box()
    assert box is not None
    assert box["width"] > 300


def test_filling_over_something_else_offers_it_back(page: Page, server: StudioServer) -> None:
    show(page, server)
    fill = """prompt => window.studio.then(s =>
      s.form.fill("image", {model: "useapi:image/gen4", prompt}))"""
    page.evaluate(fill, "From nothing")
    notice = page.locator("#tab-image .notice")
    expect(notice).to_be_hidden()
    choose(page, "image", ALL["useapi:image/nano-banana"])
    area = page.locator("#image-prompt textarea")
    area.fill("My own words")
    hand_in(page, "image", "references", picture())
    comes(page, "My own words", lambda: asked(page, "image")["prompt"])
    before = asked(page, "image")
    page.evaluate(fill, "Somebody else's")
    expect(area).to_have_value("Somebody else's")
    notice.get_by_role("button", name="Undo").click()
    expect(area).to_have_value("My own words")
    comes(page, before, lambda: asked(page, "image"))
    notice.get_by_role("button", name="Undo").click()
    expect(area).to_have_value("Somebody else's")


def test_an_idea_for_a_multishot_can_be_generated_at_once(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    page.locator("#tab-multishot .idea").first.click()
    expect(page.locator("#shot-1-prompt textarea")).to_have_value(
        "Wide: a quiet kitchen at dawn, the camera moves in slowly"
    )
    expect(page.locator("#shot-2-prompt textarea")).not_to_be_empty()
    expect(problems(page, "multishot")).to_have_count(0)
    with page.expect_response("**/jobs") as answered:
        page.locator("#multishot-generate").click()
    assert answered.value.status == 201
    way = page.locator(".shots-way")
    expect(way).to_contain_text("Done", timeout=SOON)
    expect(way).to_be_in_viewport()
    # Shots that say something already are nobody's to overwrite.
    page.locator("#shot-1-prompt textarea").fill("Mine")
    page.evaluate(
        "() => window.studio.then(s => s.form.fill('multishot', {prompt: 'Another place'}))"
    )
    expect(page.locator("#multishot-prompt textarea")).to_have_value("Another place")
    expect(page.locator("#shot-1-prompt textarea")).to_have_value("Mine")


def test_a_model_is_found_by_typing_and_escape_brings_back_the_chosen_one(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    box = page.locator("#video-model input")
    choices = page.locator("#video-model [role=option]")
    box.click()
    expect(page.locator("#video-model [role=group]").first).to_contain_text("text or image")
    page.keyboard.type("Veo")
    expect(box).to_have_value("Veo")
    expect(choices).to_have_count(len([one for one in ALL.values() if "Veo" in one.label]))
    page.keyboard.type("zz")
    expect(choices).to_have_count(0)
    expect(page.locator("#video-model")).to_contain_text("No model matches “Veozz”")
    page.keyboard.press("Escape")
    expect(box).to_have_value(f"{ALL['useapi:video/gen4.5'].label} · useapi.net")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("Veo")
    expect(box).to_have_value("Veo")
    page.keyboard.press("Enter")
    summary = page.locator("#tab-video .summary-text")
    expect(summary).to_have_text(ALL["useapi:video/veo-3.1"].summary)


def test_segments_are_one_stop_and_take_arrow_keys(page: Page, server: StudioServer) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["useapi:video/kling-3.0-pro"])
    page.locator("#video-ratio input").first.focus()
    page.keyboard.press("ArrowRight")
    chosen(page, "video", ratio="9:16")
    expect(page.locator("#video-ratio label.selected")).to_have_attribute("title", "9:16")
    page.keyboard.press("Tab")
    expect(page.locator("#video-duration :focus")).to_have_count(1)


def test_words_run_in_their_own_direction(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    for area in ("#multishot-prompt textarea", "#shot-1-prompt textarea"):
        expect(page.locator(area)).to_have_attribute("dir", "auto")
    open_tab(page, "image")
    expect(page.locator("#image-prompt textarea")).to_have_attribute("dir", "auto")


def test_what_is_wrong_with_a_field_is_seen_while_it_is_filled_on_a_phone(
    page: Page, server: StudioServer
) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    show(page, server, "multishot")
    page.locator("#shot-2-seconds input").fill("99")
    said = page.locator("#shot-2-seconds .trouble")
    expect(said).to_be_visible()
    foot = page.locator("#tab-multishot .maker-foot")
    page.wait_for_function(
        """() => document.querySelector("#shot-2-seconds .trouble").getBoundingClientRect().bottom
          <= document.querySelector("#tab-multishot .maker-foot").getBoundingClientRect().top"""
    )
    expect(foot).to_be_in_viewport()
    expect(page.locator("#shot-2-seconds input")).to_be_in_viewport()
