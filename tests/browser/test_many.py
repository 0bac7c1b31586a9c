"""Many jobs at once: a pasted list is mended, sent by one press, watched, cancelled and tried again."""

import json
from typing import cast

import httpx
import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect
from pydantic import JsonValue

from tests.browser.views import SOON, show
from tests.support.servers import StudioServer

TEN = "\n".join(
    [
        "A lighthouse at dusk",
        "A {red|blue} fox",
        "A {lost|brace",
        *(f"A kite over dune {number}" for number in range(1, 6)),
        "An owl " + "at noon " * 700,
    ]
)
"""Nine lines that are ten jobs, two of them bad."""


def _open(page: Page, text: str | None = None, kind: str = "image") -> Locator:
    page.locator(f"#{kind}-many").click()
    dialog = page.get_by_role("dialog", name="Batch")
    expect(dialog).to_be_visible()
    if text is not None:
        dialog.get_by_label("Prompts, one per line").fill(text)
    return dialog


def _sent(page: Page, path: str = "/batches") -> list[dict[str, JsonValue]]:
    found: list[dict[str, JsonValue]] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith(path):
            found.append(cast("dict[str, JsonValue]", json.loads(request.post_data or "{}")))

    page.on("request", note)
    return found


def _count(server: StudioServer) -> int:
    told = httpx.get(f"{server.url}/jobs", timeout=30).json()
    return sum(told["counts"]["state"].values())


def test_a_list_with_two_bad_rows_is_mended_sent_and_watched(
    studio_server: StudioServer, page: Page
) -> None:
    show(page, studio_server)
    dialog = _open(page, TEN)
    rows = dialog.locator(".many-row")
    expect(rows).to_have_count(10)
    expect(dialog.locator(".tool-note")).to_have_text("10 jobs · 2 rows need fixing")
    expect(rows.nth(3)).to_contain_text("The brace at character 3 is not closed.")
    expect(rows.nth(9)).to_contain_text("characters too long")
    go = dialog.locator(".act.go")
    expect(go).to_have_attribute("aria-disabled", "true")
    go.click(force=True)
    assert _count(studio_server) == 0
    rows.nth(3).get_by_role("textbox").fill("A found brace")
    expect(dialog.locator(".tool-note")).to_have_text("10 jobs · 1 row needs fixing")
    dialog.get_by_role("button", name="Remove the invalid row").click()
    expect(dialog.locator(".many-bill")).to_have_text(
        "9 jobs on useapi.net (sandbox, free), 2 at a time."
    )
    expect(go).to_have_text("Generate 9")
    expect(go).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    bar = page.locator("#jobs .batch")
    expect(bar.locator(".p")).to_have_text("9 of 9 done", timeout=SOON)
    assert _count(studio_server) == 9
    bar.locator(".p").click()
    expect(page.locator("#jobs [data-job] .p").first).to_have_text("A lighthouse at dusk")
    expect(page.locator("#jobs [data-job]")).to_have_count(9)
    bar.get_by_role("button", name="Show in library").click()
    expect(page.locator(".tile")).to_have_count(9)
    expect(page.locator(".lib-batch .p")).to_have_text("9 of 9 done")


def test_what_waits_of_a_batch_is_cancelled_and_what_failed_is_tried_again(
    studio_server: StudioServer, page: Page
) -> None:
    httpx.post(f"{studio_server.url}/settings/sandbox", json={"speed": 10}, timeout=30)
    show(page, studio_server)
    _open(page, "\n".join(f"A kite {number}" for number in range(6)))
    page.locator("dialog.many .act.go[aria-disabled=false]").click()
    bar = page.locator("#jobs .batch")
    cancel = bar.get_by_role("button", name="Cancel 4 waiting")
    expect(cancel).to_be_visible(timeout=SOON)
    cancel.click()
    expect(bar.locator(".m")).to_have_text("2 running · 4 cancelled", timeout=SOON)
    httpx.post(f"{studio_server.url}/settings/sandbox", json={"speed": 0}, timeout=30)

    _open(page, "A good one\nsandbox:fails one\nsandbox:fails two")
    page.locator("dialog.many .act.go[aria-disabled=false]").click()
    newest = page.locator("#jobs .batch").first
    again = newest.get_by_role("button", name="Try 2 failed again")
    # The two that ran have their places until they are done.
    expect(again).to_be_visible(timeout=3 * SOON)
    tried = _sent(page, "/retry")
    again.click()
    expect(newest.locator(".ask p")).to_have_text(
        "Each will be a new job. 2 jobs on useapi.net (sandbox, free)."
    )
    newest.get_by_role("button", name="Try 2 again: ").dblclick()
    expect(newest.locator(".ask")).to_have_count(0, timeout=SOON)
    expect(newest.locator(".p")).to_have_text("1 of 3 done")
    expect(page.locator("#jobs [data-job]", has_text="sandbox:fails")).to_have_count(4)
    assert len({str(body["client_request_id"]) for body in tried}) == 1


def test_the_list_and_what_was_changed_in_it_outlive_a_reload(
    server: StudioServer, page: Page
) -> None:
    show(page, server)
    dialog = _open(page, "One\nTwo\nThree")
    expect(dialog.locator(".many-row")).to_have_count(3)
    dialog.locator(".many-row").nth(0).get_by_role("textbox").fill("One, mended")
    dialog.get_by_label("Variations per prompt, each with its own seed").fill("2")
    expect(dialog.locator(".many-row")).to_have_count(6)
    dialog.get_by_role("button", name="Remove row 3").click()
    expect(dialog.locator(".many-row")).to_have_count(5)
    expect(dialog.get_by_role("button", name="Remove row 3")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#image-many")).to_be_focused()
    show(page, server)
    dialog = _open(page)
    expect(dialog.locator(".many-row")).to_have_count(5)
    expect(dialog.locator(".many-row textarea").nth(0)).to_have_value("One, mended")
    dialog.get_by_role("button", name="Restore 1 row").click()
    expect(dialog.locator(".many-row")).to_have_count(6)
    expect(dialog.locator(".many-row textarea").nth(0)).to_have_value("One, mended")


@pytest.mark.allows_console("net::ERR_FAILED")
def test_a_press_whose_answer_was_lost_is_one_batch_also_after_a_reload(
    server: StudioServer, page: Page
) -> None:
    sent = _sent(page)

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    before = _count(server)
    show(page, server)
    dialog = _open(page, "One\nTwo")
    page.route("**/batches", swallow)
    dialog.locator(".act.go[aria-disabled=false]").click()
    expect(dialog.locator(".tool-note")).to_contain_text("charged twice")
    assert _count(server) == before + 2
    page.unroute("**/batches")
    show(page, server)
    dialog = _open(page)
    dialog.locator(".act.go[aria-disabled=false]").dblclick()
    expect(dialog).to_be_hidden()
    assert _count(server) == before + 2
    assert len({str(body["client_request_id"]) for body in sent}) == 1


def test_the_same_prompts_go_to_several_models_and_a_table_names_its_own(
    server: StudioServer, page: Page
) -> None:
    show(page, server)
    dialog = _open(page, "One\nTwo")
    models = dialog.get_by_label("Also run on another model")
    models.select_option(label="Gen-4")
    expect(dialog.locator(".many-row")).to_have_count(4)
    expect(models).to_be_focused()
    expect(dialog.locator(".many-row").nth(1)).to_contain_text("Gen-4 on useapi.net")
    dialog.get_by_role("button", name="Remove Gen-4").click()
    expect(dialog.locator(".many-row")).to_have_count(2)
    dialog.get_by_label("Prompts, one per line").fill(
        "prompt,ratio,seed,model\nA fox,1:1,7,Gen-4\nA bird,7:5,,"
    )
    first, second = (dialog.locator(".many-row").nth(place) for place in (0, 1))
    expect(first.locator(".many-what")).to_have_text("Gen-4 on useapi.net · ratio 1:1 · seed 7")
    expect(second).to_contain_text("Ratio must be")
