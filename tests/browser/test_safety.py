"""What is known of a paid job's safety is seen and can be acted on: doubts, deadlines, damage, focus."""

import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pydantic import JsonValue

from tests.browser.views import SOON, card, ends, make, put, show
from tests.support.servers import StudioServer

ONE, TWO = "fake:image/one", "fake:image/two"
RUNWAY = "runway:image/gen4_image"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio with a key for a vendor that has prices, balances and a list of tasks."""
    made = StudioServer(
        tmp_path_factory.mktemp("live") / "data", module="tests.support.priced"
    ).start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio without any key, whose tasks take some seconds."""
    made = StudioServer(tmp_path_factory.mktemp("box") / "data", STUDIO_SANDBOX_SPEED="1").start()
    yield made
    made.close()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[StudioServer]:
    """A studio with a key for a vendor that lists a task which no job here holds."""
    made = StudioServer(tmp_path / "data", module="tests.support.priced").start()
    yield made
    made.close()


def details(page: Page, found: Locator) -> Locator:
    """The detail view, opened from a card."""
    found.get_by_role("button", name="Details").click()
    viewer = page.locator("dialog.viewer")
    expect(viewer.locator(".view-history")).to_be_attached(timeout=SOON)
    return viewer


def test_a_question_in_the_detail_view_stays_while_the_job_moves_on(
    box: StudioServer, page: Page
) -> None:
    show(page, box)
    job = make(box, "A slow boat sandbox:slow")
    expect(card(page, job)).to_have_attribute("data-state", "running", timeout=SOON)
    page.locator("#tab-library-button").click()
    page.locator(f'[data-tile="{job}"]').click()
    viewer = page.locator("dialog.viewer")
    viewer.locator("summary", has_text="History").click()
    viewer.get_by_role("button", name="Cancel", exact=True).click()
    viewer.get_by_role("button", name="Keep", exact=True).focus()
    state = viewer.locator(".view-state b")
    before = state.inner_text()
    expect(state).not_to_have_text(before, timeout=SOON)
    expect(viewer.get_by_role("button", name="Keep", exact=True)).to_be_focused()
    expect(viewer.locator(".view-history")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(viewer.locator(".ask")).to_have_count(0)
    expect(viewer.get_by_role("button", name="Cancel", exact=True)).to_be_focused()
    viewer.get_by_role("button", name="Cancel", exact=True).click()
    viewer.get_by_role("button", name="Cancel job").click()
    expect(state).to_have_text("Cancelled", timeout=SOON)


def test_the_evidence_tells_what_else_ran_and_whether_the_balance_fits(
    box: StudioServer, page: Page
) -> None:
    show(page, box)
    alone = ends(page, make(box, "Harbour sandbox:lost-answer", model=RUNWAY), "unsure")
    expect(alone.locator(".evidence")).to_contain_text(
        "8 credits less, exactly the price of this job"
    )
    expect(alone.locator(".evidence")).to_contain_text("Other jobsnone running in between")
    alone.get_by_role("button", name="Import by task ID").click()
    asked = alone.get_by_role("form", name="Import a task")
    expect(asked).to_contain_text("Runway doesn't list its tasks.")
    slow = make(box, "A slow harbour sandbox:slow", model=RUNWAY)
    expect(card(page, slow)).to_have_attribute("data-state", "running", timeout=SOON)
    beside = ends(page, make(box, "Pier sandbox:lost-request", model=RUNWAY), "unsure")
    told = beside.locator(".evidence")
    expect(told).to_contain_text("Other jobs1 running in between, about 8 credits")


def test_enter_twice_on_try_again_buys_nothing_and_escape_gives_the_focus_back(
    live: StudioServer, page: Page
) -> None:
    show(page, live)
    found = ends(page, make(live, "lost heron", model=ONE), "unsure")
    before = page.locator("#jobs [data-job]").count()
    again = found.get_by_role("button", name="Try again")
    again.focus()
    page.keyboard.press("Enter")
    question = found.locator(".ask")
    expect(question).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_contain_text("Each attempt costs about 10 credits.")
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(again).to_be_focused()
    expect(page.locator("#jobs [data-job]")).to_have_count(before)


def test_tasks_that_may_be_the_lost_one_are_shown_for_choice(
    live: StudioServer, page: Page
) -> None:
    show(page, live)
    found = ends(page, make(live, "lost kite", model=TWO), "unsure")
    viewer = details(page, found)
    offered = viewer.get_by_role("group", name="Tasks on your account")
    expect(offered).to_contain_text("No task on your account has this prompt.", timeout=SOON)
    expect(offered.locator("[data-stray]")).to_contain_text("A kite over the dunes")
    offered.get_by_role("button", name="Import").click()
    expect(viewer.locator(".view-state b")).to_have_text("Done", timeout=SOON)
    expect(viewer.locator(".view-media img")).to_be_visible()


def test_every_task_that_may_be_the_lost_one_can_be_chosen_and_told_from_its_twins(
    elsewhere: StudioServer, page: Page
) -> None:
    show(page, elsewhere)
    found = ends(page, make(elsewhere, "lost twins 9", model=TWO), "unsure")
    viewer = details(page, found)
    offered = viewer.get_by_role("group", name="Tasks on your account")
    expect(offered).to_contain_text("9 tasks on your account have this prompt", timeout=SOON)
    rows = offered.locator("[data-stray]")
    # All nine and the one of another prompt: four at once, the rest behind a line.
    expect(rows).to_have_count(10)
    expect(rows.locator("visible=true")).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("created 1 min after this was sent")
    expect(rows.nth(1)).to_contain_text("seed 1")
    offered.locator("summary", has_text="6 more").click()
    expect(rows.locator("visible=true")).to_have_count(10)
    page.set_viewport_size({"width": 360, "height": 800})
    assert offered.evaluate("element => element.getBoundingClientRect().width") <= 360
    expect(rows.last).to_contain_text("A kite over the dunes")
    rows.nth(7).get_by_role("button", name="Import").click()
    expect(viewer.locator(".view-state b")).to_have_text("Done", timeout=SOON)
    expect(viewer.locator(".view-media img")).to_be_visible()


def test_a_failed_job_that_ended_well_after_all_offers_to_fetch_its_result(
    live: StudioServer, page: Page
) -> None:
    show(page, live)
    like = make(live, "A gull", model=ONE)
    ends(page, like)
    after_all = (
        "The service couldn't finish this. Later, the service reported a result after all.",
        "Check again to download it.",
    )
    error: dict[str, JsonValue] = {
        "code": "vendor",
        "message": after_all[0],
        "advice": after_all[1],
        "charged": "unknown",
        "vendor_text": "",
        "lines": [*after_all],
        "on_money": False,
    }
    changes: dict[str, JsonValue] = {
        "id": "late", "state": "failed", "late": True, "artifacts": [], "error": error,
        "finished": 1e9,
    }  # fmt: skip
    put(page, live, like, **changes)
    found = card(page, "late")
    expect(found.locator(".m span")).to_have_text("Finished after all")
    expect(found.locator(".note")).to_contain_text("reported a result after all")
    expect(found.get_by_role("button", name="Download the result")).to_be_visible()
    expect(page.locator(".jobs-pill")).to_contain_text("attention")


def test_a_card_tells_what_is_left_by_this_librarys_own_jobs_and_how_many_wait_before_it(
    live: StudioServer, page: Page
) -> None:
    show(page, live)
    like = make(live, "A tern", model=ONE)
    ends(page, like)
    now = time.time()
    new: dict[str, JsonValue] = {"artifacts": [], "finished": None, "progress": None, "cost": None}
    put(page, live, like, **new, id="runs", state="running", usual=600, submitted=now - 61)
    expect(card(page, "runs").locator(".m b")).to_contain_text("about 9 min left")
    for number in (1, 2):
        put(
            page,
            live,
            like,
            **new,
            id=f"waits-{number}",
            state="waiting",
            created=now + number,
            detail="Waiting for a slot · 2 of 2 busy",
        )
    expect(card(page, "waits-2").locator(".m b")).to_have_text("1 ahead in the queue")


def test_a_vendor_that_refuses_the_key_is_named_on_every_tab(
    elsewhere: StudioServer, page: Page
) -> None:
    said = "Fake refused the key. Check it on the Settings tab."
    told: dict[str, JsonValue] = {
        "damaged": 0, "harmed": 0, "notice": "", "free": 1e12, "least": 1e9,
        "connections": [{"vendor": "fake", "label": "Fake", "trouble": said, "notice": said}],
    }  # fmt: skip
    page.route("**/notices", lambda route: route.fulfill(json=told))
    show(page, elsewhere)
    expect(page.locator(".banner")).to_contain_text(said)
    for tab in ("video", "multishot", "library"):
        page.locator(f"#tab-{tab}-button").click()
        expect(page.locator(".banner")).to_be_visible()
    page.locator(".banner").get_by_role("button", name="Open Settings").click()
    expect(page.get_by_role("region", name="Connections")).to_be_focused()
    told["connections"] = []
    page.locator('[data-check="fake"]').click()
    expect(page.locator(".banner")).to_have_count(0)


def test_on_a_phone_a_listed_task_keeps_its_button_in_sight(
    elsewhere: StudioServer, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True)
    page = show(context.new_page(), elsewhere, "settings")
    page.locator('[data-strays="fake"]').click()
    button = page.locator("[data-stray]").get_by_role("button", name="Import")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 360
    context.close()


def test_a_file_that_is_not_here_counts_down_how_long_the_vendor_keeps_it(
    live: StudioServer, page: Page
) -> None:
    show(page, live)
    long = ends(page, make(live, "A pier that is stuck for 83000", model=ONE), "saving")
    expect(long.locator(".deadline")).to_have_text(re.compile(r"keeps the file for 23 h \d+ min"))
    expect(long.locator(".deadline")).not_to_have_class(re.compile("urgent"))
    soon = ends(page, make(live, "A quay that is stuck for 290", model=ONE), "saving")
    told = soon.locator(".deadline")
    expect(told).to_have_class(re.compile("urgent"))
    before = told.inner_text()
    assert re.fullmatch(r"The service keeps the file for 4 min \d+ s\.", before)
    expect(told).not_to_have_text(before)
    soon.locator(".p").click()
    expect(page.locator(".way .deadline:visible")).to_contain_text("The service keeps the file")


def spoil(folder: Path) -> None:
    """Two kept files are harmed, and one lies there that nobody knows."""
    files = sorted(one for one in (folder / "artifacts").rglob("*") if one.is_file())
    files[0].chmod(0o600)
    files[0].write_bytes(b"x" * files[0].stat().st_size)
    files[1].unlink()
    stranger = files[2].read_bytes() + b"\0"
    name = hashlib.sha256(stranger).hexdigest()
    home = folder / "artifacts" / name[:2]
    home.mkdir(exist_ok=True)
    (home / name).write_bytes(stranger)


@pytest.mark.allows_console("status of 422")
@pytest.mark.allows_console("status of 404")
def test_a_check_finds_what_is_damaged_and_every_tab_says_so(
    own_server: StudioServer, page: Page
) -> None:
    show(page, own_server)
    for seed in (1, 2, 3):
        ends(page, make(own_server, f"Quay {seed}", options={"seed": seed}))
    spoil(own_server.folder)
    page.locator("#tab-settings-button").click()
    data = page.get_by_role("region", name="Data")
    expect(data).to_contain_text("Not checked yet.")
    data.get_by_role("button", name="Check all files").click()
    expect(data).to_contain_text("2 files damaged or missing. 1 file without a record.")
    expect(data.get_by_role("button", name="Check all files")).to_be_focused()
    expect(data.locator("[data-harmed]")).to_have_count(2)
    for wrong in ("Missing", "Damaged"):
        expect(data.locator("[data-harmed]", has_text=wrong)).to_have_count(1)
    data.get_by_role("button", name="Import").click()
    expect(data.locator(".took")).to_contain_text("1 file imported.")
    page.locator("#tab-video-button").click()
    banner = page.locator(".banner")
    expect(banner).to_contain_text("2 files are damaged or missing.")
    banner.get_by_role("button", name="Open Settings").click()
    expect(page.locator("body")).to_have_attribute("data-tab", "settings")
    expect(data).to_be_focused()
    # Another page sees the same, without a check of its own_server.
    page.reload()
    expect(data).to_contain_text("2 files damaged or missing.", timeout=SOON)
    banner.get_by_role("button", name="Hide this notice").click()
    expect(banner).to_have_count(0)


def test_the_keyboard_walks_cards_tiles_and_details_and_keeps_its_place(
    own_server: StudioServer, page: Page
) -> None:
    made = [make(own_server, f"Quay {one}", options={"seed": one}) for one in (1, 2, 3)]
    show(page, own_server)
    for job in made:
        ends(page, job)
    lost = ends(page, make(own_server, "Lost sandbox:lost-request"), "unsure")
    lost.get_by_role("button", name="Discard").click()
    page.keyboard.press("Tab")
    expect(lost.get_by_role("button", name="Discard job")).to_be_focused()
    page.keyboard.press("Enter")
    expect(lost).to_have_count(0)
    expect(card(page, made[2]).locator(".p")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(card(page, made[1]).locator(".p")).to_be_focused()
    page.locator("#tab-library-button").click()
    tiles = [page.locator(f'[data-tile="{job}"]') for job in made]
    expect(tiles[2]).to_be_visible()
    expect(page.locator('.tile[tabindex="0"]')).to_have_count(1)
    tiles[2].focus()
    page.keyboard.press("ArrowRight")
    expect(tiles[1]).to_be_focused()
    page.keyboard.press("Enter")
    viewer = page.locator("dialog.viewer")
    expect(viewer.locator(".view-prompt")).to_have_text("Quay 2")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".view-prompt")).to_have_text("Quay 1")
    page.keyboard.press("Escape")
    expect(viewer).not_to_be_visible()
    expect(tiles[0]).to_be_focused()
