"""The multishot editor by keyboard and by dragging, and its way back through every step."""

from typing import NamedTuple, cast

from playwright.sync_api import Locator, Page, expect
from pydantic import JsonValue

from tests.browser.forms import asked, problems, show
from tests.browser.waits import comes
from tests.support.servers import StudioServer

BACK, FORWARD = "Control+z", "Control+Shift+z"


class Shot(NamedTuple):
    """A shot as it would be sent."""

    prompt: str
    seconds: int


def plan(page: Page) -> list[Shot]:
    """The shots that the form would send."""
    shots = cast("list[dict[str, JsonValue]]", asked(page, "multishot")["shots"])
    return [Shot(str(shot["prompt"]), cast("int", shot["seconds"])) for shot in shots]


def prompts(page: Page) -> list[str]:
    return [shot.prompt for shot in plan(page)]


def seconds(page: Page) -> list[int]:
    return [shot.seconds for shot in plan(page)]


def three(page: Page, server: StudioServer) -> list[Shot]:
    """A plan of three shots that can be sent."""
    show(page, server, "multishot")
    page.get_by_role("button", name="Add shot").click()
    for number, words in enumerate(("One", "Two", "Three"), 1):
        page.locator(f"#shot-{number}-prompt textarea").fill(words)
    assert plan(page) == [Shot("One", 5), Shot("Two", 5), Shot("Three", 5)]
    return plan(page)


def card(page: Page, number: int) -> Locator:
    return page.locator(f"#shot-{number}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_every_action_has_a_key_on_the_card(page: Page, server: StudioServer) -> None:
    three(page, server)
    page.locator("#shot-1-prompt textarea").focus()
    press(page, "Escape")
    expect(card(page, 1)).to_be_focused()
    press(page, "ArrowRight", "ArrowDown")
    expect(card(page, 3)).to_be_focused()
    press(page, "Home")
    expect(card(page, 1)).to_be_focused()
    press(page, "Alt+ArrowRight")
    assert prompts(page) == ["Two", "One", "Three"]
    expect(card(page, 2)).to_be_focused()
    press(page, "Alt+ArrowUp", "-", "-", "+")
    assert plan(page) == [Shot("One", 4), Shot("Two", 5), Shot("Three", 5)]
    press(page, "a")
    assert prompts(page) == ["One", "", "Two", "Three"]
    expect(card(page, 2)).to_be_focused()
    press(page, "Delete", "b", "Delete", "d")
    assert prompts(page) == ["One", "Two", "Two", "Three"]
    press(page, "m")
    assert prompts(page) == ["One", "Two", "Two. Three"]
    assert seconds(page) == [4, 5, 10]
    press(page, "s")
    assert plan(page)[2:] == [Shot("Two.", 5), Shot("Three", 5)]
    press(page, "Enter")
    expect(page.locator("#shot-4-prompt textarea")).to_be_focused()


def test_a_key_that_can_do_nothing_says_why(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    said = page.locator(".shots-note")
    page.locator("#shot-2-prompt textarea").press("Escape")
    for key, reason in {
        "Delete": "This model needs at least 2 shots",
        "m": "This is already the last shot",
        "Alt+ArrowRight": "This is already the last shot.",
    }.items():
        press(page, key)
        expect(said).to_have_text(reason)
    press(page, "d", "d", "d", "a")
    expect(said).to_have_text("This model makes at most 5 shots")
    expect(page.locator(".shot-card")).to_have_count(5)


def test_within_a_text_letters_are_letters_and_alt_moves_and_splits(
    page: Page, server: StudioServer
) -> None:
    three(page, server)
    area = page.locator("#shot-2-prompt textarea")
    area.fill("A door")
    area.press("End")
    page.keyboard.type(" and a dam")
    assert prompts(page)[1] == "A door and a dam"
    area.press("Alt+ArrowUp")
    assert prompts(page) == ["A door and a dam", "One", "Three"]
    first = page.locator("#shot-1-prompt textarea")
    expect(first).to_be_focused()
    first.press("Home")
    press(page, *["ArrowRight"] * 6, "Alt+Enter")
    assert plan(page)[:2] == [Shot("A door", 3), Shot("and a dam", 3)]
    expect(page.locator("#shot-2-prompt textarea")).to_be_focused()


def test_many_steps_are_taken_back_and_made_again(page: Page, server: StudioServer) -> None:
    seen = [three(page, server)]
    page.locator("#shot-2-prompt textarea").press("Escape")
    for key in ("Alt+ArrowLeft", "+", "+", "s", "d", "m", "Delete", "-", "Alt+ArrowLeft"):
        press(page, key)
        seen.append(plan(page))
        assert seen[-1] != seen[-2], key
    for before in seen[-2::-1]:
        press(page, BACK)
        assert plan(page) == before
    for after in seen[1:]:
        press(page, FORWARD)
        assert plan(page) == after
    page.locator("#shot-1-prompt textarea").fill("Something else")
    press(page, FORWARD)
    expect(page.locator(".shots-note")).to_have_text("There is nothing to make again.")


def test_a_script_and_an_even_spread_are_steps_too(page: Page, server: StudioServer) -> None:
    before = three(page, server)
    page.locator("#shot-1").get_by_role("button", name="One second less").click()
    page.get_by_role("button", name="Spread evenly").click()
    page.get_by_role("button", name="Edit as script", exact=True).click()
    page.locator("dialog.script textarea").fill("A door\nA hand")
    page.locator("dialog.script textarea").press("Control+Enter")
    assert prompts(page) == ["A door", "A hand"]
    for _ in range(2):
        page.get_by_role("button", name="Back one step").click()
    assert seconds(page) == [4, 5, 5]
    press(page, BACK)
    assert plan(page) == before
    page.get_by_role("button", name="Forward one step").click()
    assert seconds(page) == [4, 5, 5]


def test_an_edge_of_the_bar_gives_one_shot_what_the_other_loses(
    page: Page, server: StudioServer
) -> None:
    three(page, server)
    edge = page.get_by_role("separator", name="Edge between shots 1 and 2")
    edge.focus()
    press(page, "ArrowRight")
    assert seconds(page) == [6, 4, 5]
    expect(edge).to_be_focused()
    press(page, *["ArrowLeft"] * 9)
    assert seconds(page) == [3, 7, 5]
    bar, box = page.locator(".seglist").bounding_box(), edge.bounding_box()
    assert bar is not None
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for part in (1, 2, 3):
        page.mouse.move(x + part * bar["width"] / 15, y)
    page.mouse.up()
    comes(page, [6, 4, 5], lambda: seconds(page))
    press(page, BACK)
    assert seconds(page) == [3, 7, 5]


def test_cards_are_dragged_to_another_place(page: Page, server: StudioServer) -> None:
    three(page, server)
    # A drag that begins while the page is drawn anew is none.
    expect(problems(page, "multishot")).to_have_count(0)
    card(page, 3).locator("header b").drag_to(card(page, 1))
    comes(page, ["Three", "One", "Two"], lambda: prompts(page))
    press(page, BACK)
    assert prompts(page) == ["One", "Two", "Three"]


def test_the_menu_of_a_card_has_what_its_keys_do(page: Page, server: StudioServer) -> None:
    three(page, server)
    for action, wanted in {
        "Merge with next shot": ["One", "Two. Three"],
        "Split at the cursor": ["One", "Two.", "Three"],
        "Insert shot before": ["One", "", "Two.", "Three"],
        "Insert shot after": ["One", "", "", "Two.", "Three"],
    }.items():
        card(page, 2).locator("summary[title='More actions']").click()
        card(page, 2).get_by_role("button", name=action).click()
        assert prompts(page) == wanted
    card(page, 2).locator("summary[title='More actions']").click()
    expect(card(page, 2).get_by_role("button", name="Insert shot after")).to_have_attribute(
        "aria-disabled", "true"
    )
