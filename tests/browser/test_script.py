"""A multishot as one text: what people paste becomes shots, and shots become text again without loss."""

from typing import cast

from playwright.sync_api import Page, expect
from pydantic import JsonValue

from tests.browser.forms import asked, show
from tests.servers import StudioServer

READ = """async text => {
  const { readScript } = await import("./assets/js/script.js");
  return readScript(text).map(shot => [shot.seconds, shot.prompt]);
}"""
THERE_AND_BACK = """async shots => {
  const { readScript, writeScript } = await import("./assets/js/script.js");
  return readScript(writeScript(shots));
}"""
TEXTS: dict[str, tuple[str, list[list[JsonValue]]]] = {
    "numbered": ("1. A door\n2. A hand\n", [[None, "A door"], [None, "A hand"]]),
    "named": (
        "Shot 1 (5s): A door: it opens\nand light falls in\n\nShot 2 (4 s): A hand",
        [[5, "A door: it opens and light falls in"], [4, "A hand"]],
    ),
    "bars": ("5s | A door\n3 sec | A hand", [[5, "A door"], [3, "A hand"]]),
    "lines": ("A door (5s)\n\n[3s] A hand", [[5, "A door"], [3, "A hand"]]),
    "words": ("3 seconds of rain\n2001, a star", [[None, "3 seconds of rain"], [None, "2001, a star"]]),
    "table": (
        "| # | Seconds | Prompt |\n|---|---|---|\n| 1 | 5 | A door |\n| 2 | 4 s | A hand |",
        [[5, "A door"], [4, "A hand"]],
    ),
    "json": (
        '{"shots": [{"prompt": "A door", "seconds": 5}, {"text": "A hand", "duration": 4}, "A cup"]}',
        [[5, "A door"], [4, "A hand"], [None, "A cup"]],
    ),
    "nothing": ("  \n ", []),
}  # fmt: skip
LOSSLESS = [
    {"prompt": "2. A list within (3s)", "seconds": 5},
    {"prompt": "- 5s | bars | and [2s] signs", "seconds": 12},
    {"prompt": "Shot 3: said in a prompt", "seconds": 3},
]


def test_what_people_write_a_plan_in_becomes_shots(studio_server: StudioServer, page: Page) -> None:
    show(page, studio_server, "multishot")
    found = {name: page.evaluate(READ, text) for name, (text, _) in TEXTS.items()}
    assert found == {name: wanted for name, (_, wanted) in TEXTS.items()}
    assert page.evaluate(THERE_AND_BACK, LOSSLESS) == LOSSLESS


def test_a_pasted_script_replaces_the_shots_and_can_be_taken_back(
    studio_server: StudioServer, page: Page
) -> None:
    show(page, studio_server, "multishot")
    page.get_by_label("Shot 1 prompt", exact=True).fill("What stood here")
    page.get_by_role("button", name="Script", exact=True).click()
    area = page.get_by_label("The shots as text", exact=True).locator("textarea")
    expect(area).to_have_value("Shot 1 (5s): What stood here\nShot 2 (5s): ")
    area.fill("A door\nA hand\nA cup (4s)")
    expect(page.locator("dialog.script .tool-note")).to_have_text("3 shots · 14 of 15 s")
    area.press("Control+Enter")
    expect(page.locator(".shot-card")).to_have_count(3)
    shots = cast("list[dict[str, JsonValue]]", asked(page, "multishot")["shots"])
    assert [shot["seconds"] for shot in shots] == [5, 5, 4]
    expect(page.locator(".shots-note")).to_contain_text("The script became 3 shots.")
    page.locator(".shots-note").get_by_role("button", name="Undo").click()
    expect(page.locator(".shot-card")).to_have_count(2)
    expect(page.get_by_label("Shot 1 prompt", exact=True)).to_have_value("What stood here")


def test_every_pattern_is_a_plan_that_can_be_sent(studio_server: StudioServer, page: Page) -> None:
    show(page, studio_server, "multishot")
    for pattern in ("Wide, medium, close", "Product reveal", "Dialogue"):
        page.get_by_role("button", name="Script", exact=True).click()
        page.get_by_role("button", name=pattern, exact=True).click()
        page.get_by_role("button", name="Use these shots", exact=True).click()
        expect(page.locator(".shot-card")).to_have_count(3)
        expect(page.locator("#multishot-problems .problem-list li")).to_have_count(0)
