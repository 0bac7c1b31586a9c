"""Plans that are saved and opened again, two windows on one of them, templates that ask for their words."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.forms import (
    ALL,
    SOON,
    asked,
    choose,
    open_tab,
    problems,
    shots,
    show,
    texts,
    write,
)
from tests.support.servers import StudioServer

pytestmark = pytest.mark.allows_console("404", "422")


def plans(page: Page) -> Locator:
    """The dialog of saved plans, open."""
    dialog = page.locator("dialog.plans")
    if not dialog.is_visible():
        page.get_by_role("button", name="Open plans", exact=True).click()
    expect(dialog).to_be_visible()
    return dialog


def save(page: Page, name: str, how: str = "Save plan") -> None:
    dialog = plans(page)
    dialog.get_by_label("Name of this plan").fill(name)
    dialog.get_by_role("button", name=how, exact=True).click()
    expect(dialog.locator(".tool-note")).to_have_text(f"Saved as “{name}”.")
    expect(dialog.locator(".plan-open", has_text=name).first).to_be_visible()


def close(page: Page) -> None:
    page.locator("dialog.plans").get_by_role("button", name="Close", exact=True).click()


def row(page: Page, name: str) -> Locator:
    return plans(page).locator(".plan-row").filter(has=page.get_by_text(name, exact=True))


def act(page: Page, name: str, verb: str) -> Locator:
    """The row of a plan, after one of its actions was pressed."""
    found = row(page, name)
    found.get_by_role("button", name="More actions").click()
    found.get_by_role("button", name=verb, exact=True).click()
    return found


def stored(server: StudioServer) -> list[str]:
    found = httpx.get(f"{server.url}/plans", timeout=30).json()["plans"]
    return [str(one["name"]) for one in found]


def test_a_plan_is_saved_and_opened_again_as_it_was(
    page: Page, studio_server: StudioServer
) -> None:
    show(page, studio_server, "multishot")
    write(page, "Style: 35 mm\nCast: Mara\nShot 1 (4s): A door\nShot 2 (6s): A hand")
    before = asked(page, "multishot")
    save(page, "The kettle")
    expect(page.locator(".plan-name")).to_have_text("Plan: The kettle")
    close(page)
    page.locator("#shot-1-prompt textarea").fill("A window")
    expect(page.locator(".plan-name")).to_have_text("Plan: The kettle · edited")
    page.reload()
    expect(page.locator(".plan-name")).to_have_text("Plan: The kettle · edited")
    row(page, "The kettle").locator(".plan-open").click()
    expect(page.locator("dialog.plans")).to_be_hidden()
    assert asked(page, "multishot") == before
    expect(page.locator("#multishot-style")).to_have_value("35 mm")
    expect(page.locator(".plan-name")).to_have_text("Plan: The kettle")
    page.get_by_role("button", name="Undo").first.click()
    assert texts(page)[0] == "35 mm. Mara. A window"


def test_plans_are_renamed_duplicated_and_deleted_in_place(
    page: Page, studio_server: StudioServer
) -> None:
    show(page, studio_server, "multishot")
    write(page, "Shot 1 (4s): A lamp\nShot 2 (6s): A moth")
    save(page, "Moth")
    renaming = act(page, "Moth", "Rename")
    renaming.get_by_label("New name").fill("Moth and lamp")
    renaming.get_by_label("New name").press("Enter")
    expect(row(page, "Moth and lamp")).to_be_visible()
    expect(plans(page).get_by_label("Name of this plan")).to_have_value("Moth and lamp")
    act(page, "Moth and lamp", "Duplicate")
    expect(row(page, "Moth and lamp (copy)")).to_be_visible()
    asking = act(page, "Moth and lamp (copy)", "Delete")
    asking.get_by_role("button", name="Keep").click()
    asking.get_by_role("button", name="Delete", exact=True).click()
    asking.get_by_role("button", name="Delete plan").click()
    expect(plans(page).locator(".tool-note")).to_have_text("Deleted “Moth and lamp (copy)”.")
    expect(row(page, "Moth and lamp (copy)")).to_have_count(0)
    assert "Moth and lamp (copy)" not in stored(studio_server)
    close(page)
    page.locator("#shot-1-prompt textarea").fill("A candle")
    save(page, "Moth and lamp", "Save changes")
    assert stored(studio_server).count("Moth and lamp") == 1


def test_a_plan_that_another_window_changed_is_not_overwritten_unasked(
    new_page: Callable[[], Page], studio_server: StudioServer
) -> None:
    one, other = new_page(), new_page()
    show(one, studio_server, "multishot")
    write(one, "Shot 1 (4s): First\nShot 2 (6s): Second")
    save(one, "Shared")
    close(one)
    show(other, studio_server, "multishot")
    row(other, "Shared").locator(".plan-open").click()
    expect(other.locator("dialog.plans")).to_be_hidden()
    other.locator("#shot-1-prompt textarea").fill("From the other window")
    save(other, "Shared", "Save changes")
    close(other)
    one.locator("#shot-1-prompt textarea").fill("From this window")
    dialog = plans(one)
    dialog.get_by_role("button", name="Save changes").click()
    expect(dialog.locator(".tool-note")).to_contain_text("This plan was changed elsewhere")
    dialog.get_by_role("button", name="Open the newer one").click()
    expect(one.locator("#shot-1-prompt textarea")).to_have_value("From the other window")
    one.locator("#shot-1-prompt textarea").fill("From this window again")
    save(one, "Shared", "Save changes")
    other.locator("#shot-1-prompt textarea").fill("Last")
    dialog = plans(other)
    dialog.get_by_role("button", name="Save changes").click()
    dialog.get_by_role("button", name="Overwrite it").click()
    expect(dialog.locator(".tool-note")).to_have_text("Saved as “Shared”.")
    [found] = [
        one
        for one in httpx.get(f"{studio_server.url}/plans", timeout=30).json()["plans"]
        if one["name"] == "Shared"
    ]
    held = httpx.get(f"{studio_server.url}/plans/{found['id']}", timeout=30).json()
    assert held["plan"]["shots"][0]["prompt"] == "Last"
    httpx.delete(f"{studio_server.url}/plans/{found['id']}", timeout=30)
    dialog.get_by_role("button", name="Save changes").click()
    expect(dialog.locator(".tool-note")).to_contain_text("This plan isn't here any more.")
    expect(dialog.get_by_role("button", name="Save plan", exact=True)).to_be_visible()


def test_a_job_gives_back_the_plan_that_it_was_made_of(
    page: Page, studio_server: StudioServer
) -> None:
    show(page, studio_server, "multishot")
    write(page, "Style: 16 mm\nShot 1 (4s): A pier\nShot 2 (6s): A gull")
    save(page, "Frozen pier")
    close(page)
    with page.expect_response("**/jobs") as sent:
        page.locator("#multishot-generate").click()
    job = sent.value.json()
    assert job["plan"]["name"] == "Frozen pier"
    page.locator("#multishot-style").fill("8 mm")
    page.locator("#shot-1-prompt textarea").fill("Changed since")
    save(page, "Frozen pier", "Save changes")
    close(page)
    expect(page.locator(f'#jobs [data-job="{job["id"]}"][data-state=done]')).to_have_count(
        1, timeout=SOON
    )
    stage = page.locator("[data-part=stage][data-tab=multishot]")
    stage.get_by_role("button", name="Reuse settings").click()
    expect(page.locator("#multishot-style")).to_have_value("16 mm")
    expect(page.locator("#shot-1-prompt textarea")).to_have_value("A pier")
    assert texts(page) == ["16 mm. A pier", "16 mm. A gull"]


def test_a_plan_whose_model_is_gone_opens_and_says_so(
    page: Page, studio_server: StudioServer
) -> None:
    body = {
        "name": "Old model",
        "plan": {
            "model": "acme:multishot/gone",
            "shots": [{"prompt": "A mast", "seconds": 5}, {"prompt": "A sail", "seconds": 5}],
        },
    }
    assert httpx.post(f"{studio_server.url}/plans", json=body, timeout=30).status_code == 201
    show(page, studio_server, "multishot")
    found = row(page, "Old model")
    expect(found).to_contain_text("no longer offered")
    found.locator(".plan-open").click()
    notice = page.locator("#tab-multishot .notice")
    expect(notice).to_contain_text(
        "The model of this plan, acme:multishot/gone, is no longer offered"
    )
    assert texts(page) == ["A mast", "A sail"]


def test_a_template_asks_for_each_word_once_and_fills_all_shots(
    page: Page, studio_server: StudioServer
) -> None:
    show(page, studio_server, "multishot")
    write(
        page,
        "Cast: {hero}, red coat\nShot 1 (4s): {hero} opens {the door}\nShot 2 (6s): The hand of {hero}",
    )
    save(page, "Portrait", "Save as template")
    row(page, "Portrait").locator(".plan-open").click()
    dialog = page.locator("dialog.slots")
    expect(dialog.locator("label")).to_have_text(["hero", "the door"])
    expect(dialog.locator("input").first).to_be_focused()
    page.keyboard.type("Mara {1}")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert texts(page) == [
        "Mara {1}, red coat. Mara {1} opens {the door}",
        "Mara {1}, red coat. The hand of Mara {1}",
    ]
    # What was left out must be filled before anything is sent.
    expect(problems(page, "multishot")).to_contain_text(["Shot 1 still says {the door}."])
    before = httpx.get(f"{studio_server.url}/jobs", timeout=30).json()["total"]
    page.locator("#multishot-generate").click()
    expect(problems(page, "multishot").locator("button.yes")).to_have_count(0)
    assert httpx.get(f"{studio_server.url}/jobs", timeout=30).json()["total"] == before
    page.get_by_role("button", name="Fill in…").click()
    expect(dialog.locator("label")).to_have_text(["the door"])
    dialog.locator("input").fill("a gate")
    dialog.get_by_role("button", name="Fill in", exact=True).click()
    assert texts(page)[0] == "Mara {1}, red coat. Mara {1} opens a gate"
    expect(page.get_by_role("button", name="Fill in…")).to_be_hidden()
    expect(problems(page, "multishot")).to_have_count(0)
    # Nothing of the words is kept for the next time.
    row(page, "Portrait").locator(".plan-open").click()
    expect(dialog.locator("input").first).to_have_value("")
    page.keyboard.press("Escape")
    assert texts(page)[0] == "Mara {1}, red coat. Mara {1} opens a gate"


def test_braces_that_are_meant_are_sent_after_one_question(
    page: Page, studio_server: StudioServer
) -> None:
    show(page, studio_server, "multishot")
    choose(page, "multishot", ALL["useapi:multishot/kling-3.0-pro"])
    write(page, "Shot 1 (5s): A sign that says {OPEN}\nShot 2 (5s): The sign {OPEN} again")
    lines = problems(page, "multishot")
    expect(lines).to_contain_text(["Shot 1 still says {OPEN}.", "Shot 2 still says {OPEN}."])
    expect(lines.locator("button.yes")).to_have_count(1)
    with page.expect_response("**/jobs") as sent:
        lines.locator("button.yes").click()
    assert sent.value.status == 201
    assert [one["prompt"] for one in sent.value.json()["shots"]] == [
        one["prompt"] for one in shots(page)
    ]


@pytest.mark.parametrize("width", [1440, 800, 360])
def test_the_price_stands_on_the_button_in_the_sandbox_too(
    page: Page, studio_server: StudioServer, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    show(page, studio_server, "multishot")
    for kind, model in (
        ("multishot", "runway:multishot/multi_shot_video"),
        ("image", "runway:image/gen4_image"),
        ("video", "runway:video/veo3.1"),
    ):
        open_tab(page, kind)
        page.evaluate(
            "([kind, model]) => window.studio.then(s => s.form.choose(kind, model))", [kind, model]
        )
        promise = page.locator(f"[data-part=problems][data-tab={kind}] .go-promise")
        expect(promise).to_have_text(re.compile(r"about [\d,]+ credits, free in the sandbox$"))
        fits = "e => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth"
        assert promise.evaluate(fits), (kind, width)
