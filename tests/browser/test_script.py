"""A multishot as one text in its dialog; how texts are read stands under `tests/js`."""

import re
from typing import cast

from playwright.sync_api import Page, expect
from pydantic import JsonValue

from tests.browser.forms import asked, show
from tests.support.servers import StudioServer


def test_a_pasted_script_replaces_the_shots_and_can_be_taken_back(
    studio_server: StudioServer, page: Page
) -> None:
    show(page, studio_server, "multishot")
    page.get_by_label("Shot 1 prompt", exact=True).fill("What stood here")
    page.get_by_role("button", name="Edit as script", exact=True).click()
    area = page.get_by_label("Script", exact=True).locator("textarea")
    expect(area).to_have_value("Shot 1 (5s): What stood here\nShot 2 (5s): ")
    area.fill("A door\nA hand\nA cup (4s)")
    expect(page.locator("dialog.script .tool-note")).to_have_text("3 shots · 14 of 15 s")
    area.press("Control+Enter")
    expect(page.locator(".shot-card")).to_have_count(3)
    shots = cast("list[dict[str, JsonValue]]", asked(page, "multishot")["shots"])
    assert [shot["seconds"] for shot in shots] == [5, 5, 4]
    expect(page.locator(".shots-note")).to_contain_text("Created 3 shots from the script.")
    page.locator(".shots-note").get_by_role("button", name="Undo").click()
    expect(page.locator(".shot-card")).to_have_count(2)
    expect(page.get_by_label("Shot 1 prompt", exact=True)).to_have_value("What stood here")


def test_lengths_are_given_to_what_is_written_and_take_no_shot_away(
    studio_server: StudioServer, page: Page
) -> None:
    show(page, studio_server, "multishot")
    page.get_by_role("button", name="Edit as script", exact=True).click()
    dialog = page.locator("dialog.script")
    area = dialog.locator("textarea")
    area.fill("Style: 35 mm\nShot 1 (9s): A door\nShot 2 (2s): A hand")
    dialog.get_by_role("button", name="4, 4, 4, 3 s").click()
    paced = (
        "Shot 1 (4s): A door\nShot 2 (4s): A hand\nShot 3 (4s): {describe this shot}\n"
        "Shot 4 (3s): {describe this shot}"
    )
    expect(area).to_have_value(re.compile(f"Style: 35 mm\\s+{re.escape(paced)}"))
    dialog.get_by_role("button", name="3 × 5 s").click()
    expect(area).to_have_value(re.compile(r"Shot 3 \(5s\).*\nShot 4 \(3s\)"))
    expect(dialog.locator(".tool-note")).to_contain_text("4 shots · 18 of 15 s")


def test_every_pattern_is_a_plan_that_can_be_sent(studio_server: StudioServer, page: Page) -> None:
    show(page, studio_server, "multishot")
    for pattern in ("Wide, medium, close", "Product reveal", "Dialogue"):
        page.get_by_role("button", name="Edit as script", exact=True).click()
        page.get_by_role("button", name=pattern, exact=True).click()
        page.get_by_role("button", name="Use these shots", exact=True).click()
        expect(page.locator(".shot-card")).to_have_count(3)
        expect(page.locator("#multishot-problems .problem-list li")).to_have_count(0)
