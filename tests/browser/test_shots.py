"""The multishot editor in a real browser."""

import json
from typing import cast

from playwright.sync_api import Page, expect
from pydantic import JsonValue

from providers.catalogue.rules import Shots, Text
from tests.browser.forms import ALL, asked, problems, show
from tests.browser.waits import comes, comes_true
from tests.support.servers import StudioServer


def test_shots_are_added_moved_doubled_and_removed_within_the_limits(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "multishot")
    cards = page.locator(".shot-card")
    expect(cards).to_have_count(2)
    expect(page.locator("#shots-total")).to_contain_text("10 / 15 s")
    expect(page.locator("#shots-total")).to_contain_text("2 shots · 5 s left")
    first = page.locator("#shot-1")
    expect(first.get_by_role("button", name="Remove")).to_have_attribute("aria-disabled", "true")
    first.get_by_role("button", name="Remove").click(force=True)
    expect(page.locator(".shots-note")).to_have_text("This model needs at least 2 shots")
    page.locator("#shot-1-prompt textarea").fill("One")
    page.locator("#shot-2-prompt textarea").fill("Two")
    page.get_by_role("button", name="Add shot").click()
    expect(page.locator("#shot-3-prompt textarea")).to_be_focused()
    page.locator("#shot-3-prompt textarea").fill("Three")
    expect(page.locator("#shots-total")).to_contain_text("15 / 15 s")
    page.locator("#shot-3").get_by_role("button", name="Move earlier").click()
    expect(page.locator("#shot-2-prompt textarea")).to_have_value("Three")
    page.locator("#shot-1").get_by_role("button", name="Duplicate").click()
    expect(page.locator("#shot-2-prompt textarea")).to_have_value("One")
    expect(page.locator("#shots-total")).to_contain_text("20 / 15 s")
    expect(page.locator("#shots-total .trouble")).to_contain_text("Remove 5 s")
    page.get_by_role("button", name="Spread evenly").click()
    assert [shot["seconds"] for shot in shots(page)] == [4, 4, 4, 3]
    expect(page.locator("#shot-4 em")).to_have_text("12\u201315 s")
    page.locator("#shot-2").get_by_role("button", name="Remove").click()
    assert [shot["prompt"] for shot in shots(page)] == ["One", "Three", "Two"]
    page.get_by_role("button", name="Undo").click()
    assert [shot["prompt"] for shot in shots(page)] == ["One", "One", "Three", "Two"]


def shots(page: Page) -> list[dict[str, JsonValue]]:
    """The shots that the form would send."""
    return cast("list[dict[str, JsonValue]]", asked(page, "multishot")["shots"])


def test_a_shot_says_its_own_problems(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    page.locator("#shot-1-prompt textarea").fill("A kettle")
    page.locator("#shot-2-prompt textarea").fill("x" * 543)
    expect(page.locator("#shot-2-prompt .trouble")).to_contain_text("31 characters too long")
    expect(page.locator("#shot-2 .cnt")).to_have_text("543 / 512")
    expect(page.locator("#shot-2 .cnt")).to_have_attribute("data-state", "over")
    page.locator("#shot-1-seconds input").fill("2")
    expect(page.locator("#shot-1-seconds .trouble")).to_contain_text("3 to 12 whole seconds")
    expect(problems(page, "multishot")).to_have_count(2)
    problems(page, "multishot").filter(has_text="Shot 1").locator("button").click()
    expect(page.locator("#shot-1-seconds input")).to_be_focused()


def test_a_multishot_goes_out_as_it_is_shown(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    page.locator("#multishot-prompt textarea").fill("Kitchen at dawn")
    page.locator("#shot-1-prompt textarea").fill("A kettle")
    page.locator("#shot-2-prompt textarea").fill("Steam")
    page.locator("#shot-2").get_by_role("button", name="One second more").click()
    page.locator("#multishot-audio input").uncheck()
    expect(problems(page, "multishot")).to_have_count(0)
    with page.expect_response("**/jobs") as answered:
        page.locator("#multishot-generate").click()
    assert answered.value.status == 201
    body = cast("dict[str, JsonValue]", json.loads(answered.value.request.post_data or "{}"))
    body.pop("client_request_id")
    assert body == {
        "kind": "multishot",
        "model": "useapi:multishot/kling-3.0-pro",
        "free": True,
        "prompt": "Kitchen at dawn",
        "shots": [{"prompt": "A kettle", "seconds": 5}, {"prompt": "Steam", "seconds": 6}],
        "options": {"ratio": "16:9", "audio": False, "explore": False},
        "plan": {
            "id": "", "name": "", "revision": 0, "slots": [], "style": "", "cast": "",
            "prompts": ["A kettle", "Steam"],
        },
    }  # fmt: skip


def test_rules_of_text_and_shots_reach_the_page(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    rules = ALL["useapi:multishot/kling-3.0-pro"].rules
    prompt, plan = rules["prompt"], rules["shots"]
    assert isinstance(prompt, Text)
    assert isinstance(plan, Shots)
    expect(page.locator("#multishot-prompt .count")).to_have_text(f"0 / {prompt.longest:,}")
    expect(page.locator("#shot-1 .cnt")).to_have_text(f"0 / {plan.prompt.longest}")


def test_wild_seconds_neither_count_nor_break_the_editor(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    box = page.locator("#shot-2-seconds input")
    total = page.locator("#shots-total > b")
    for written, sent in (("-4", -4), ("4.5", 4.5), ("", None)):
        box.fill(written)
        expect(total).to_have_text("5 / 15 s")
        expect(page.locator("#tab-multishot .go-promise")).to_have_text("2 shots · 5 s")
        assert shots(page)[1]["seconds"] == sent
    box.fill("9000000000")
    expect(page.locator("#shots-total")).to_contain_text("too long")
    assert page.locator(".rul span").count() < 12
    page.reload()
    expect(box).to_have_value("9000000000")
    box.fill("6")
    expect(total).to_have_text("11 / 15 s")


def test_undo_brings_a_shot_back_and_keeps_what_was_written_since(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "multishot")
    page.get_by_role("button", name="Add shot").click()
    for number, words in enumerate(("One", "Two", "Three"), 1):
        page.locator(f"#shot-{number}-prompt textarea").fill(words)
    page.locator("#shot-2").get_by_role("button", name="Remove").click()
    page.locator("#shot-1-prompt textarea").fill("One, and more")
    page.get_by_role("button", name="Undo").click()
    assert [shot["prompt"] for shot in shots(page)] == ["One, and more", "Two", "Three"]
    expect(page.locator("#shot-2-prompt textarea")).to_be_focused()
    page.locator("#shot-1-seconds input").fill("3")
    page.get_by_role("button", name="Spread evenly").click()
    page.locator("#shot-3-prompt textarea").fill("Three, and more")
    page.get_by_role("button", name="Undo").click()
    assert [shot["prompt"] for shot in shots(page)][2] == "Three, and more"


SIGHT = """() => {
  const rows = document.querySelector("#shot-2 .menu[open] .menu-rows").getBoundingClientRect();
  return rows.height && rows.bottom <= document.querySelector("#tab-multishot .maker-foot").getBoundingClientRect().top;
}"""  # noqa: E501 - a script for the page


def test_on_a_phone_the_menu_of_a_card_opens_in_sight(page: Page, server: StudioServer) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    show(page, server, "multishot")
    for words in ("Camera words", "More actions"):
        page.locator(f"#shot-2 summary[title='{words}']").click()
        page.wait_for_function(SIGHT)
        page.keyboard.press("Escape")


def test_one_long_prompt_does_not_stretch_its_neighbour(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    page.evaluate("document.fonts.ready")
    first, second = page.locator("#shot-1"), page.locator("#shot-2")
    low, before = (one.evaluate("one => one.offsetHeight") for one in (first, second))
    page.locator("#shot-1-prompt textarea").fill("A long line. " * 38)
    comes_true(page, lambda: first.evaluate("one => one.offsetHeight") > low)
    comes(page, before, lambda: second.evaluate("one => one.offsetHeight"))
