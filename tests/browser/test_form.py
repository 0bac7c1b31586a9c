"""The forms in a real browser: what they show, what they keep, what they say, and what they send."""

import json
from collections.abc import Mapping
from typing import cast

import pytest
from playwright.sync_api import Page, expect
from pydantic import JsonValue

from providers.catalogue.rules import LABELS
from providers.vendors.all import VENDORS
from tests.browser.forms import (
    ALL,
    KINDS,
    MODELS,
    asked,
    choose,
    chosen,
    hand_in,
    open_tab,
    options,
    picture,
    problems,
    show,
)
from tests.browser.waits import comes
from tests.support.servers import StudioServer


def shown(page: Page, kind: str) -> dict[str, list[str]]:
    """field -> words of its visible choices; a control without choices has an empty list."""
    found = page.evaluate(
        """kind => {
          const found = {};
          for (const block of document.querySelectorAll(`#tab-${kind} .option`)) {
            if (!block.checkVisibility()) continue;
            const field = [...block.classList].find(name => name.startsWith("option-")).slice(7);
            const choices = [...block.querySelectorAll("label[data-testid] span")];
            found[field] = choices.map(span => span.textContent.trim());
          }
          return found;
        }""",
        kind,
    )
    return cast("dict[str, list[str]]", found)


def test_a_new_model_keeps_what_fits_and_says_what_it_drops(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["useapi:video/kling-3.0-pro"])
    page.locator("#video-prompt textarea").fill("A red kite")
    page.locator("#video-ratio label[title='9:16']").click()
    page.locator("#video-duration label", has_text="15 s").click()
    chosen(page, "video", ratio="9:16", duration=15)
    hand_in(page, "video", "start_frame", picture())
    hand_in(page, "video", "end_frame", picture("end.png", "#993333"))
    choose(page, "video", ALL["useapi:video/kling-2.6-pro"])
    notice = page.locator("#tab-video .notice")
    expect(notice).to_contain_text("end frame")
    expect(notice).to_contain_text("length from 15 s to 5 s")
    body = asked(page, "video")
    assert (body["prompt"], options(page, "video")["ratio"]) == ("A red kite", "9:16")
    assert options(page, "video")["duration"] == 5
    assert "start_frame" in body
    assert "end_frame" not in body
    choose(page, "video", ALL["useapi:video/wan-2.2-animate"])
    expect(notice).to_contain_text("a prompt")
    assert "prompt" not in asked(page, "video")
    # What was chosen once comes back with a model that takes it.
    choose(page, "video", ALL["useapi:video/kling-3.0-pro"])
    body = asked(page, "video")
    assert (body["prompt"], options(page, "video")["duration"]) == ("A red kite", 15)
    assert "end_frame" in body


def test_a_start_frame_narrows_and_widens_the_form_at_once(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["useapi:video/gen4.5"])
    comes(page, ["16:9"], lambda: shown(page, "video").get("ratio", []))
    hand_in(page, "video", "start_frame", picture())
    expect(page.locator("#video-ratio label[title]")).to_have_count(6)
    page.locator("#video-ratio label[title='1:1']").click()
    page.locator("#video-start_frame .gone").click()
    expect(page.locator("#video-ratio label[title]")).to_have_count(1)
    expect(page.locator("#tab-video .notice")).to_contain_text("ratio from 1:1 to 16:9")


SETTLING = """async models => {
  const { form } = await window.studio;
  const frame = () => new Promise(requestAnimationFrame);
  let late = models;
  // A control is built by its first turn, which takes longer: once all are there, none may.
  for (let round = 0; late.length && round < 20; round += 1) {
    late = [];
    for (const model of models) {
      let frames = 0, last = 0;
      const watch = new MutationObserver(() => { last = frames; });
      const all = {subtree: true, childList: true, attributes: true};
      watch.observe(document.querySelector("#tab-video"), all);
      form.choose("video", model);
      for (; frames < 3; frames += 1) await frame();
      watch.disconnect();
      if (last > 0) late.push(model);
    }
  }
  return late;
}"""
"""The models whose choice still changed the tab after the page was drawn again."""


def test_choosing_a_model_settles_before_the_next_frame_and_asks_only_for_a_check(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    # What a page asks for at its start is no part of the choice.
    page.wait_for_load_state("networkidle")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url.removeprefix(server.url)))
    # Its answer changes the page too, whenever it comes.
    page.route("**/check", lambda _: None)
    late = page.evaluate(SETTLING, [spec.id for spec in MODELS if spec.kind == "video"])
    assert late == []
    assert set(requests) <= {"/check"}, requests


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_survives_a_reload(page: Page, server: StudioServer, kind: str) -> None:
    show(page, server, kind)
    page.locator(f"#{kind}-prompt textarea").fill(f"Half a thought about {kind}")
    spec = [spec for spec in VENDORS[0].models if spec.kind == kind][-1]
    choose(page, kind, spec)
    page.locator(f"#{kind}-ratio label[title='9:16']").click()
    chosen(page, kind, ratio="9:16")
    field = "references" if kind == "image" else "start_frame"
    hand_in(page, kind, field, picture())
    if kind == "multishot":
        page.locator("#shot-2-prompt textarea").fill("She turns")
        page.locator("#shot-2-seconds input").fill("7")
    before = asked(page, kind)
    page.reload()
    page.wait_for_selector(f"body[data-tab={kind}] #{kind}-prompt textarea")
    expect(page.locator(f"#{kind}-prompt textarea")).to_have_value(f"Half a thought about {kind}")
    expect(page.locator(f"#tab-{kind} .summary-text")).to_have_text(spec.summary)
    comes(page, before, lambda: asked(page, kind))
    expect(page.locator(f"#tab-{kind} .ref[data-artifact] img")).to_have_js_property(
        "complete", True
    )


def test_problems_stand_beside_their_fields_and_above_the_button(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["useapi:video/sora-2"])
    expect(problems(page, "video").filter(has_text="Add a prompt")).to_have_count(1)
    # The model's card says it, so the foot does not say it again.
    expect(page.locator("#tab-video .summary-risk")).to_contain_text("OpenAI announced")
    expect(problems(page, "video").filter(has_text="OpenAI")).to_have_count(0)
    area = page.locator("#video-prompt textarea")
    area.fill("x" * 1003)
    beside = page.locator("#video-prompt .trouble")
    expect(beside).to_have_text("Prompt is 3 characters too long: 1,003 of 1,000.")
    expect(area).to_have_attribute("aria-invalid", "true")
    page.locator("#video-problems li.hard button").click()
    expect(area).to_be_focused()
    area.fill("Short")
    expect(beside).to_have_count(0)
    expect(page.locator("#video-problems li.hard")).to_have_count(0)


@pytest.mark.allows_console("status of 422")
def test_a_refusal_leaves_standing_what_may_be_sent_all_the_same(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["useapi:video/gen4"])
    page.locator("#video-prompt textarea").fill("x" * 513)
    doubt = problems(page, "video").filter(has_text="longer than 512 characters")
    expect(doubt).to_have_count(1)
    with page.expect_response("**/jobs") as answered:
        page.locator("#video-generate").click()
    assert answered.value.status == 422
    expect(page.locator("#video-problems li.hard")).to_have_count(1)
    expect(doubt).to_have_count(1)
    expect(page.locator("#video-prompt .trouble.soft")).to_contain_text("512")


def test_the_counter_counts_as_the_studio_does(page: Page, server: StudioServer) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["useapi:video/gen4"])
    counter = page.locator("#video-prompt .count")
    area = page.locator("#video-prompt textarea")
    area.fill("🎬é" * 107)
    expect(counter).to_have_text("214 / 512")
    area.fill("x" * 513)
    expect(counter).to_have_text("513 / 1,000")
    expect(counter).to_have_attribute("data-state", "near")
    expect(page.locator("#video-prompt .trouble.soft")).to_contain_text("512")
    area.fill("x" * 1001)
    expect(counter).to_have_attribute("data-state", "over")


def test_control_and_enter_sends_the_last_key_and_keeps_the_form(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    area = page.locator("#image-prompt textarea")
    area.press_sequentially("A blue door")
    with page.expect_request("**/jobs") as sent:
        area.press("Control+Enter")
    body = cast("dict[str, JsonValue]", json.loads(sent.value.post_data or "{}"))
    assert body["prompt"] == "A blue door"
    assert body["client_request_id"]
    expect(page.locator("#jobs [data-job]", has_text="A blue door")).to_have_count(1)
    expect(area).to_have_value("A blue door")
    expect(page.locator("#image-generate")).to_be_enabled()
    page.locator("#image-generate").click()
    expect(page.locator("#jobs [data-job]", has_text="A blue door")).to_have_count(2)


@pytest.mark.allows_console("ERR_", "Failed to load", "WebSocket")
def test_a_press_while_the_studio_is_away_keeps_everything(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    page.locator("#image-prompt textarea").fill("Not lost")
    expect(page.locator("#image-problems li")).to_have_count(0)
    page.route("**/jobs", lambda route: route.abort())
    with page.expect_request("**/jobs") as first:
        page.locator("#image-generate").click()
    expect(problems(page, "image")).to_contain_text("No response")
    expect(page.locator("#image-prompt textarea")).to_have_value("Not lost")
    page.unroute("**/jobs")
    with page.expect_request("**/jobs") as second:
        page.locator("#image-generate").click()
    # The same press under the same name: had the first one arrived, it would still be one job.
    assert name_of(first.value.post_data) == name_of(second.value.post_data)
    expect(page.locator("#jobs [data-job]", has_text="Not lost")).to_have_count(1)


def name_of(body: str | None) -> JsonValue:
    """The client's own name for a press."""
    return cast("Mapping[str, JsonValue]", json.loads(body or "{}"))["client_request_id"]


@pytest.mark.allows_console("status of 422")
def test_a_press_on_an_empty_form_says_what_is_missing(page: Page, server: StudioServer) -> None:
    show(page, server)
    choose(page, "image", ALL["useapi:image/gen4-turbo"])
    expect(page.locator("#image-problems li.quiet")).to_have_count(2)
    assert page.locator("#tab-image .trouble:visible").count() == 0
    page.locator("#image-generate").click()
    expect(page.locator("#image-problems li.hard")).to_have_count(2)
    expect(page.locator("#image-prompt .trouble")).to_contain_text("Prompt is missing")
    expect(page.locator("#image-references .trouble")).to_contain_text("References")
    expect(page.locator("#image-prompt textarea")).to_be_focused()


def test_every_label_is_there_for_assistive_technology(page: Page, server: StudioServer) -> None:
    show(page, server, "video")
    for field in ("ratio", "seed", "explore"):
        expect(page.locator(f"#video-{field}")).to_contain_text(LABELS[field])
    expect(page.get_by_role("radio", name="16:9")).to_have_count(1)
    expect(page.get_by_role("combobox", name="Model", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="Service", exact=True)).to_be_visible()
    names = page.evaluate(
        """() => [...document.querySelectorAll("#tab-video :is(button, input, textarea)")]
          .filter(e => e.checkVisibility() && !e.getAttribute("aria-label"))
          .filter(e => !e.labels?.length && !e.textContent.trim() && !e.ariaHidden)
          .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert names == []


WITHIN = """width => document.documentElement.scrollWidth <= width
  && [...document.querySelectorAll("[role=tab]")].filter(one => one.checkVisibility()).every(tab => {
    const box = tab.getBoundingClientRect();
    return box.width && box.left >= 0 && box.right <= width;
  })"""


@pytest.mark.parametrize("width", [1440, 800, 360])
def test_five_tabs_and_the_button_are_in_reach_at_any_width(
    page: Page, server: StudioServer, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 780})
    show(page, server)
    for kind in KINDS:
        open_tab(page, kind)
        expect(page.get_by_role("tab")).to_have_count(5)
        page.wait_for_function(WITHIN, arg=width)
        expect(page.locator(f"#{kind}-generate")).to_be_in_viewport(ratio=1)
