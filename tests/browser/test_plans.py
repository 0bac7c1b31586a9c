"""What helps a plan of shots: lines for every shot, repairs shown first, a move to another model, scripts."""

import pytest
from playwright.sync_api import Locator, Page, expect
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Shots, Slot
from tests.browser.forms import (
    ALL,
    MODELS,
    asked,
    choose,
    hand_in,
    open_tab,
    picture,
    problems,
    shots,
    show,
    texts,
    write,
)
from tests.support.servers import StudioServer

FIRST = ALL["useapi:multishot/kling-3.0-pro"]


def seconds(page: Page) -> list[JsonValue]:
    return [shot["seconds"] for shot in shots(page)]


def fixing(page: Page) -> Locator:
    return page.locator(".fixing")


def test_lines_for_every_shot_are_sent_counted_and_shown(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    write(page, "Shot 1 (5s): A door\nShot 2 (5s): A hand")
    page.get_by_text("Style and cast for every shot").click()
    page.get_by_label("Style for every shot").fill("Early light, 35 mm")
    page.get_by_label("Cast for every shot").fill("Mara, red coat")
    assert texts(page) == [
        f"Early light, 35 mm. Mara, red coat. {own}" for own in ("A door", "A hand")
    ]
    expect(page.locator("#shot-1 .cnt")).to_have_text(f"{len(str(texts(page)[0]))} / 512")
    page.locator("#shot-1 summary", has_text="Final text").click()
    expect(page.locator("#shot-1 .whole p")).to_have_text(str(texts(page)[0]))
    page.locator("#shot-1-prompt textarea").fill("x" * 490)
    expect(page.locator("#shot-1-prompt .trouble")).to_contain_text("14 characters too long")
    page.locator("#shot-2-prompt textarea").fill("")
    assert texts(page)[1] == ""
    page.reload()
    open_tab(page, "multishot")
    expect(page.get_by_label("Style for every shot")).to_have_value("Early light, 35 mm")
    page.get_by_label("Style for every shot").fill("")
    assert str(texts(page)[0]).startswith("Mara, red coat. x")
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Style for every shot")).to_have_value("Early light, 35 mm")


def test_settings_of_a_job_bring_the_texts_back_once(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    write(page, "Style: Early light\nShot 1 (5s): A door\nShot 2 (5s): A hand")
    sent = texts(page)
    page.evaluate(
        "shots => window.studio.then(s => s.form.fill('multishot', {shots}))", shots(page)
    )
    assert texts(page) == sent
    expect(page.get_by_label("Style for every shot")).to_have_value("")


def test_a_repair_is_shown_before_it_applies(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    write(page, f"Shot 1 (9s): A door\nShot 2 (9s): {'A long hand ' * 50}\nShot 3 (3s): A cup")
    before = shots(page)
    page.get_by_role("button", name="Fix…").click()
    rows = fixing(page).locator("li")
    expect(rows).to_have_text(
        [
            "Shot 1 9 s, fits",
            "Shot 2 87 characters too long",
            "Shot 3 3 s, fits",
            "All together 6 s too long",
        ]
    )
    fixing(page).get_by_role("button", name="Scale to 15 s").click()
    expect(rows.first).to_have_text("Shot 1 9 s → 6 s")
    expect(fixing(page)).to_contain_text("Still to fix: Shot 2: 87 characters too long.")
    assert shots(page) == before
    fixing(page).get_by_role("button", name="Trim texts").click()
    expect(fixing(page).locator("ins")).to_have_text(("A long hand " * 50)[:511].strip())
    expect(fixing(page)).to_contain_text("This fits.")
    fixing(page).get_by_role("button", name="Trim texts").click(force=True)
    expect(fixing(page)).to_contain_text("No text is too long.")
    assert shots(page) == before
    fixing(page).get_by_role("button", name="Use this plan").click()
    expect(fixing(page)).to_be_hidden()
    assert seconds(page) == [6, 6, 3]
    expect(problems(page, "multishot")).to_have_count(0)
    page.keyboard.press("Control+z")
    assert shots(page) == before


def test_merging_and_keeping_it_as_it_is(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    write(page, "\n".join(f"Shot {number} (3s): Part {number}" for number in range(1, 8)))
    page.get_by_role("button", name="Fix…").click()
    fixing(page).get_by_role("button", name="Scale to 15 s").click(force=True)
    expect(fixing(page)).to_contain_text(
        "7 shots of 3 to 12 s each can't make a video of up to 15 s."
    )
    fixing(page).get_by_role("button", name="Merge shots").click()
    expect(fixing(page).locator("li").first).to_have_text(
        "Shots 1 and 2 3 s → 6 s, one shotPart 1. Part 2"
    )
    fixing(page).get_by_role("button", name="Keep as it is").click()
    assert len(shots(page)) == 7


def shapes() -> list[ModelSpec]:
    """A row for each shape of plan that differs from the first model's."""
    found: dict[str, ModelSpec] = {}
    for spec in MODELS:
        rule = spec.rules.get("shots")
        if spec.kind == "multishot" and isinstance(rule, Shots) and rule != FIRST.rules["shots"]:
            found.setdefault(rule.model_dump_json(), spec)
    return list(found.values())


@pytest.mark.parametrize("spec", shapes(), ids=lambda spec: spec.id)
def test_a_plan_that_moves_changes_nothing_by_itself(
    page: Page, server: StudioServer, spec: ModelSpec
) -> None:
    show(page, server, "multishot")
    rule = spec.rules["shots"]
    assert isinstance(rule, Shots)
    write(page, "Shot 1 (4s): A door\nShot 2 (7s): A hand")
    before = shots(page)
    choose(page, "multishot", spec)
    assert shots(page) == before
    total_fits = 11 in rule.sums if rule.sums else rule.total_least <= 11 <= rule.total
    fits = (
        rule.least <= 2 <= rule.most
        and total_fits
        and all(rule.seconds.low <= length <= rule.seconds.high for length in (4, 7))
    )
    if fits or rule.soft:
        return
    expect(fixing(page)).to_contain_text(f"{spec.label} doesn't take this plan as it is")
    expect(fixing(page).locator("li b")).to_have_text(["Shot 1", "Shot 2"])
    fixing(page).get_by_role("button", name=f"Back to {FIRST.label}").click()
    # One of the same name may have stood between.
    assert ALL[str(asked(page, "multishot")["model"])].label == FIRST.label
    assert shots(page) == before


def test_a_script_says_what_it_could_not_place_and_takes_other_forms(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "multishot")
    page.get_by_role("button", name="Edit as script", exact=True).click()
    dialog = page.locator("dialog.script")
    area, form = dialog.locator("textarea"), dialog.get_by_label("Written as")
    area.fill("Here it is:\n[0:05-0:09] A door\n[0:09-0:12] A hand\nTotal: 7 s")
    left = dialog.locator(".script-left li")
    expect(left).to_have_text(
        ["Here it is: It stands before the first shot.", "Total: 7 s It describes no shot."]
    )
    form.select_option("CSV")
    expect(dialog.locator(".tool-note")).to_contain_text(
        "Take out what has no place in a plan first."
    )
    area.fill("[0:05-0:09] A door\n[0:09-0:12] A hand")
    for name in ("CSV", "Table", "JSON", "Script"):
        form.select_option(name)
        expect(left).to_have_count(0)
        expect(dialog.locator(".tool-note")).to_have_text("2 shots · 7 of 15 s")
    expect(area).to_have_value("Shot 1 (4s): A door\nShot 2 (3s): A hand")
    page.get_by_role("button", name="Use these shots").click()
    assert shots(page) == [{"prompt": "A door", "seconds": 4}, {"prompt": "A hand", "seconds": 3}]
    expect(page.locator("#shots-total > b")).to_have_text("7 / 15 s")


TAGGED = next(
    (
        spec
        for spec in MODELS
        if spec.kind == "multishot"
        and isinstance(rule := spec.rules.get("references"), Slot)
        and rule.tag
        and rule.most > 1
    ),
    None,
)


@pytest.mark.skipif(TAGGED is None, reason="No model binds references to shots.")
def test_references_are_bound_to_shots_by_their_chips(page: Page, server: StudioServer) -> None:
    assert TAGGED is not None
    show(page, server, "multishot")
    choose(page, "multishot", TAGGED)
    hand_in(page, "multishot", "references", picture("mara.png"), picture("boat.png", "#993333"))
    write(page, "Shot 1 (5s): A door\nShot 2 (5s): A hand")
    tags = [str(tag) for tag in ("@IMG_1", "@IMG_2")]
    said = page.locator(".ms > .shots-unused")
    expect(said).to_have_text(f"No shot uses {', '.join(tags)} yet.")
    chips = page.locator("#shot-2 .ref-chips button")
    expect(chips).to_have_text(tags)
    page.locator("#shot-2-prompt textarea").press("End")
    chips.first.click()
    assert texts(page) == ["A door", f"A hand {tags[0]}"]
    expect(chips.first).to_have_attribute("aria-pressed", "true")
    expect(said).to_have_text(f"No shot uses {tags[1]} yet.")
    page.locator("#shot-1-prompt textarea").fill("A door beside @IMG_9")
    expect(page.locator("#shot-1 .ref-chips")).to_contain_text("There is no @IMG_9")
    chips.first.click()
    assert texts(page)[1] == "A hand"


def test_camera_words_are_put_in_at_the_cursor_and_are_only_text(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "multishot")
    write(page, "Shot 1 (5s): A door opens\nShot 2 (5s): A hand")
    before = asked(page, "multishot")
    area = page.locator("#shot-1-prompt textarea")
    area.press("Home")
    page.locator("#shot-1").get_by_label("Camera words").click()
    page.locator("#shot-1").get_by_role("button", name="Low angle").click()
    expect(area).to_have_value("Low angle A door opens")
    expect(area).to_be_focused()
    after = asked(page, "multishot")
    assert {**after, "shots": None} == {**before, "shots": None}
    page.keyboard.press("Control+z")
    expect(area).to_have_value("A door opens")


def test_an_even_spread_that_cannot_be_says_why(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    write(page, "\n".join(f"Shot {number} (3s): Part {number}" for number in range(1, 8)))
    page.get_by_role("button", name="Spread evenly").click()
    expect(page.locator(".shots-note").first).to_have_text(
        "7 shots of 3 to 12 s each can't make a video of up to 15 s."
    )
    assert seconds(page) == [3] * 7
