"""An answer goes where it was asked for, and a newer choice takes away the older one's claim."""

import httpx
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.forms import ALL, asked, choose, open_tab, picture, show
from tests.browser.gates import hold, until
from tests.browser.views import CLIP, ends, make
from tests.browser.waits import comes
from tests.support.servers import StudioServer

RUNWAY = "runway:video/gen4_turbo"


def many(page: Page, text: str, kind: str = "image") -> Locator:
    """The list of one form, with these lines."""
    page.locator(f"#{kind}-many").click()
    dialog = page.get_by_role("dialog", name="Batch")
    dialog.get_by_label("Prompts, one per line").fill(text)
    expect(dialog.locator(".act.go")).to_have_attribute("aria-disabled", "false")
    return dialog


def upload(page: Page, kind: str, field: str, *files: FilePayload) -> None:
    """Choose files for a slot and wait for nothing."""
    page.locator(f"#tab-{kind} input[type=file][data-field={field}]").set_input_files(list(files))


def media(page: Page, kind: str, field: str) -> list[str]:
    """The ids of the files in a slot."""
    found = page.evaluate(
        "([kind, field]) => window.studio.then(s => "
        "(s.form.current(kind).media[field] ?? []).map(one => one.name))",
        [kind, field],
    )
    return [str(name) for name in found]


def test_a_batch_that_was_sent_leaves_the_list_of_another_form_alone(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    held = hold(page, "**/batches")
    dialog = many(page, "A kite\nA crane")
    dialog.locator(".act.go").click()
    until(page, held)
    page.keyboard.press("Escape")
    open_tab(page, "video")
    other = many(page, "A whale\nAn otter", "video")
    held[0].continue_()
    expect(page.locator(".toast")).to_have_text("2 jobs added.")
    expect(other).to_be_visible()
    expect(other.get_by_label("Prompts, one per line")).to_have_value("A whale\nAn otter")
    expect(other.locator(".many-row")).to_have_count(2)
    expect(other.locator(".act.go")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Escape")
    open_tab(page, "image")
    page.locator("#image-many").click()
    expect(dialog.get_by_label("Prompts, one per line")).to_have_value("")


def test_what_is_written_while_a_batch_is_sent_stays(page: Page, server: StudioServer) -> None:
    show(page, server)
    held = hold(page, "**/batches")
    dialog = many(page, "A kite\nA crane")
    dialog.locator(".act.go").click()
    until(page, held)
    dialog.get_by_label("Prompts, one per line").fill("A kite\nA crane\nA heron")
    held[0].continue_()
    expect(page.locator(".toast")).to_have_text("2 jobs added.")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Prompts, one per line")).to_have_value("A kite\nA crane\nA heron")


@pytest.mark.allows_console("status of 422")
def test_a_refused_batch_is_told_though_another_list_is_open(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    held = hold(page, "**/batches")
    many(page, "A kite\nA crane").locator(".act.go").click()
    until(page, held)
    page.keyboard.press("Escape")
    open_tab(page, "video")
    other = many(page, "A whale\nAn otter", "video")
    why = {"field": "", "message": "The disk is full. Free some.", "soft": False}
    held[0].fulfill(status=422, json={"problems": [why]})
    expect(page.locator(".toast")).to_have_text("The disk is full. Free some.")
    expect(other.locator(".tool-note")).to_have_text("2 jobs")
    expect(other.locator(".act.go")).to_have_attribute("aria-disabled", "false")


@pytest.mark.allows_console("media/later/thumb")
def test_a_start_frame_chosen_later_is_not_replaced_by_an_older_upload(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL[RUNWAY])
    held = hold(page, "**/media?name=older.png*")
    upload(page, "video", "start_frame", picture("older.png", "#131516"))
    until(page, held)
    page.evaluate(
        """() => window.studio.then(({form}) => form.setMedia(
             "video", "start_frame", [{id: "later", name: "later.png", kind: "image"}]))"""
    )
    held[0].continue_()
    expect(page.locator("#tab-video .ref.sending")).to_have_count(0)
    expect(page.locator("#tab-video .ref[data-artifact=later]")).to_have_count(1)
    assert media(page, "video", "start_frame") == ["later.png"]


def test_of_two_uploads_to_one_place_the_later_one_stays(page: Page, server: StudioServer) -> None:
    show(page, server, "video")
    choose(page, "video", ALL[RUNWAY])
    held = hold(page, "**/media?name=older.png*")
    drop = """([bytes, name]) => {
      const held = new DataTransfer();
      held.items.add(new File([new Uint8Array(bytes)], name, {type: "image/png"}));
      const event = new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true});
      document.querySelector("#tab-video .ref[data-field=start_frame]").dispatchEvent(event);
    }"""
    upload(page, "video", "start_frame", picture("older.png", "#1507f9"))
    until(page, held)
    later = [list(picture("later.png", "#16fadc")["buffer"]), "later.png"]
    page.evaluate(drop, later)
    expect(page.locator("#tab-video .ref[data-artifact]")).to_have_count(1)
    held[0].continue_()
    page.evaluate("new Promise(requestAnimationFrame)")
    assert media(page, "video", "start_frame") == ["later.png"]


def test_an_upload_does_not_land_in_a_form_that_was_filled_meanwhile(
    page: Page, server: StudioServer
) -> None:
    job = make(server, "A quiet harbour")
    show(page, server)
    ends(page, job)
    held = hold(page, "**/media?name=slow.png*")
    upload(page, "image", "references", picture("slow.png", "#18edbf"))
    until(page, held)
    page.locator("#tab-image .stage-main").get_by_role("button", name="Reuse settings").click()
    expect(page.locator("#image-prompt textarea")).to_have_value("A quiet harbour")
    held[0].continue_()
    expect(page.locator("#tab-image .ref.sending")).to_have_count(0)
    expect(page.locator("#tab-image .tray-error")).to_contain_text("slow.png")
    assert media(page, "image", "references") == []
    assert not asked(page, "image").get("references")


def test_a_recent_prompt_leaves_an_upload_its_place(page: Page, server: StudioServer) -> None:
    job = make(server, "A recent owl")
    show(page, server)
    ends(page, job)
    held = hold(page, "**/media?name=slow.png*")
    upload(page, "image", "references", picture("slow.png", "#1ae0a2"))
    until(page, held)
    page.locator("#image-prompt .recent").click()
    page.locator(".recent-line", has_text="A recent owl").click()
    held[0].continue_()
    expect(page.locator("#tab-image .ref[data-artifact]")).to_have_count(1)
    assert media(page, "image", "references") == ["slow.png"]


def test_an_upload_to_a_place_that_the_model_lost_waits_aside(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL[RUNWAY])
    held = hold(page, "**/media?name=aside.png*")
    upload(page, "video", "start_frame", picture("aside.png", "#1cd385"))
    until(page, held)
    without = next(
        spec
        for spec in ALL.values()
        if spec.id.startswith("runway:video/") and "start_frame" not in spec.rules
    )
    choose(page, "video", without)
    held[0].continue_()
    page.wait_for_function(
        "window.studio.then(s => s.form.current('video').parked.start_frame?.length === 1)"
    )
    assert media(page, "video", "start_frame") == []
    choose(page, "video", ALL[RUNWAY])
    expect(page.locator("#tab-video .ref[data-artifact]")).to_have_count(1)


@pytest.mark.allows_console("status of 422")
def test_a_refusal_does_not_fetch_back_whoever_went_on(page: Page, server: StudioServer) -> None:
    show(page, server)
    page.locator("#image-prompt textarea").fill("A heron")
    held = hold(page, "**/jobs")
    page.locator("#image-generate").click()
    until(page, held)
    open_tab(page, "video")
    area = page.locator("#video-prompt textarea")
    area.fill("A whale")
    why = {"field": "prompt", "message": "These words are refused here.", "soft": False}
    held[0].fulfill(status=422, json={"problems": [why]})
    expect(page.locator(".toast")).to_have_text("These words are refused here.")
    expect(area).to_be_focused()
    expect(page.locator("#video-problems")).not_to_contain_text("refused")
    open_tab(page, "image")
    expect(page.locator("#image-problems")).to_contain_text("These words are refused here.")


@pytest.mark.allows_console("status of 422")
def test_a_refusal_of_what_was_asked_before_does_not_stand_on_what_was_written_since(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    area = page.locator("#image-prompt textarea")
    area.fill("A heron")
    held = hold(page, "**/jobs")
    page.locator("#image-generate").click()
    until(page, held)
    with page.expect_response("**/check"):
        area.fill("A heron at dawn")
    why = {"field": "prompt", "message": "A heron is refused here.", "soft": False}
    held[0].fulfill(status=422, json={"problems": [why]})
    expect(page.locator(".toast")).to_have_text("A heron is refused here.")
    expect(page.locator("#image-problems")).not_to_contain_text("refused")
    expect(area).to_be_focused()


@pytest.mark.allows_console("net::ERR_FAILED")
def test_an_answer_about_one_question_leaves_a_newer_one_standing(
    page: Page, server: StudioServer
) -> None:
    httpx.post(f"{server.url}/settings/sandbox", json={"speed": 60}, timeout=30)
    job = make(server, "A slow heron")
    try:
        show(page, server)
        card = ends(page, job, "queued")
        held = hold(page, f"**/jobs/{job}/cancel")
        card.locator(".cancel[aria-label^=Cancel]").click()
        card.get_by_role("button", name="Cancel job").click()
        until(page, held)
        # Asked once more, as a person does who thinks that nothing happened.
        card.locator(".cancel[aria-label^=Cancel]").click()
        expect(card.locator(".ask")).to_be_focused()
        held[0].abort()
        expect(page.locator(".toast")).to_contain_text("No response")
        expect(card.locator(".ask")).to_be_focused()
    finally:
        httpx.post(f"{server.url}/jobs/{job}/cancel", json={}, timeout=30)
        httpx.post(f"{server.url}/settings/sandbox", json={"speed": 0}, timeout=30)


def test_two_tags_in_a_row_are_both_kept(page: Page, server: StudioServer) -> None:
    job = make(server, "A tagged heron")
    show(page, server)
    ends(page, job).locator(".p").click()
    page.locator("#tab-image .stage-main").get_by_role("button", name="Details").click()
    held = hold(page, f"**/jobs/{job}/mark")
    field = page.get_by_role("combobox", name="Add a tag")
    field.press_sequentially("dawn,")
    until(page, held)
    field.press_sequentially("reeds,")
    held[0].continue_()
    until(page, held, 2)
    held[1].continue_()
    expect(page.locator(".tag-chip")).to_have_text(["dawn", "reeds"])
    asked = f"{server.url}/jobs/{job}"
    comes(page, ["dawn", "reeds"], lambda: httpx.get(asked, timeout=30).json()["tags"])


def test_a_task_id_written_while_another_is_taken_in_stays(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    page.locator("#tab-settings-button").click()
    held = hold(page, "**/adopt")
    field = page.get_by_role("textbox", name="Task ID", exact=True)
    field.fill("first")
    page.get_by_role("button", name="Import", exact=True).click()
    until(page, held)
    field.fill("second")
    like = httpx.get(f"{server.url}/jobs/{make(server, 'Taken in')}", timeout=30).json()
    like.pop("events")
    held[0].fulfill(status=201, json=like)
    expect(page.locator(".adopt-card .said.ok")).to_be_visible()
    expect(field).to_have_value("second")


@pytest.mark.allows_console("media/later/thumb")
def test_the_last_frame_gives_way_to_a_start_frame_chosen_since(
    page: Page, server: StudioServer
) -> None:
    job = make(server, "A harbour", kind="video", model=CLIP)
    show(page, server, "video")
    ends(page, job)
    choose(page, "video", ALL[RUNWAY])
    held = hold(page, "**/media?name=last-frame.png")
    page.locator("#tab-video .stage-main").get_by_role(
        "button", name=("Use last frame as start frame")
    ).click()
    until(page, held)
    page.evaluate(
        """() => window.studio.then(({form}) => form.setMedia(
             "video", "start_frame", [{id: "later", name: "later.png", kind: "image"}]))"""
    )
    held[0].continue_()
    expect(page.locator(".toast")).to_contain_text("another start frame")
    assert media(page, "video", "start_frame") == ["later.png"]


def test_the_speed_that_was_pressed_last_is_the_one_that_is_shown(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    page.locator("#tab-settings-button").click()
    speeds = page.get_by_role("group", name="How long sandbox tasks take")
    held = hold(page, "**/settings/sandbox")
    speeds.get_by_role("button", name="very slow").click()
    until(page, held)
    speeds.get_by_role("button", name="instant").click()
    until(page, held, 2)
    held[1].fulfill(json={})
    expect(speeds.get_by_role("button", name="instant")).to_have_attribute("aria-pressed", "true")
    with page.expect_event("requestfinished"):
        held[0].fulfill(json={})
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(speeds.get_by_role("button", name="instant")).to_have_attribute("aria-pressed", "true")


def test_an_older_answer_about_a_batch_does_not_undo_a_newer_one(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    many(page, "A grebe\nA coot").locator(".act.go").click()
    bar = page.locator("#jobs .batch").first
    expect(bar.locator(".p")).to_have_text("2 of 2 done")
    # Other lists of this file may have bars of their own.
    held = hold(page, f"**/batches/{bar.get_attribute('data-batch')}", "GET")
    ask = "window.dispatchEvent(new CustomEvent('studio:online'))"
    page.evaluate(ask)
    until(page, held)
    page.evaluate(ask)
    until(page, held, 2)
    told = httpx.get(held[0].request.url, timeout=30).json()
    held[1].continue_()
    with page.expect_event("requestfinished"):
        held[0].fulfill(json={**told, "states": {"running": 2}})
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(bar.locator(".p")).to_have_text("2 of 2 done")


def test_an_older_answer_about_the_settings_does_not_undo_a_newer_one(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    page.locator("#tab-settings-button").click()
    card = page.locator(".sets section").first
    expect(card.locator("header").first).to_be_visible()
    held = hold(page, "**/settings", "GET")
    for count in (1, 2):
        page.locator("#tab-library-button").click()
        page.locator("#tab-settings-button").click()
        until(page, held, count)
    told = httpx.get(held[0].request.url, timeout=30).json()
    held[1].fulfill(json=told)
    with page.expect_event("requestfinished"):
        held[0].fulfill(json={**told, "connections": []})
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(card.locator("header").first).to_be_visible()
