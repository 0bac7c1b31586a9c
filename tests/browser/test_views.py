"""The page beside its forms: the live list, the stage, the library, the detail view and the settings."""

import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pydantic import JsonValue

from tests.servers import ROOT, StudioServer

IMAGE = "useapi:image/gen4"
CLIP = "useapi:video/veo-3.1"
CUTS = "useapi:multishot/kling-3.0-pro"
EVIL = '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>"\'{{7*7}}'
SOON = 20_000
"""Milliseconds within which anything here must happen."""

OUTAGE = (
    "WebSocket connection",
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "Failed to load",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio whose sandbox answers at once, shared by the tests that do not stop it."""
    made = StudioServer(tmp_path_factory.mktemp("views") / "data").start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio whose sandbox takes its usual few seconds."""
    folder = tmp_path_factory.mktemp("slow") / "data"
    made = StudioServer(folder, STUDIO_SANDBOX_SPEED="1").start()
    yield made
    made.close()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[StudioServer]:
    """A studio that nobody has used yet, for one test; asked for before the page, it outlives it."""
    made = StudioServer(tmp_path / "data").start()
    yield made
    made.close()


def make(
    server: StudioServer, prompt: str, *, model: str = IMAGE, kind: str = "image", **more: JsonValue
) -> str:
    """Ask for a job without the page; its id."""
    body = {"kind": kind, "model": model, "prompt": prompt, "options": {}, **more}
    answer = httpx.post(f"{server.url}/jobs", json=body, timeout=30)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def show(page: Page, server: StudioServer, tab: str = "image") -> Page:
    """The page with its script at work, on a tab."""
    page.goto(server.url)
    expect(page.locator("#jobs")).to_be_attached(timeout=SOON)
    expect(page.locator(".studio-header .link")).to_have_attribute(
        "data-online", "live", timeout=SOON
    )
    if tab != "image":
        page.locator(f"#tab-{tab}-button").click()
    expect(page.locator("body")).to_have_attribute("data-tab", tab)
    return page


def card(page: Page, job: str) -> Locator:
    """A job in the list."""
    return page.locator(f'#jobs [data-job="{job}"]')


def ends(page: Page, job: str, state: str = "done") -> Locator:
    """The job's card once it has come to this state."""
    found = card(page, job)
    expect(found).to_have_attribute("data-state", state, timeout=SOON)
    return found


def generate(page: Page, prompt: str) -> None:
    """Write a prompt on the Image tab and press Generate."""
    page.locator("#image-prompt textarea").fill(prompt)
    page.locator("#image-generate").click()


def first_job(page: Page, prompt: str) -> str:
    """The id of the newest job with this prompt in the list."""
    found = page.locator("#jobs [data-job]", has_text=prompt).first
    expect(found).to_be_visible(timeout=SOON)
    return found.get_attribute("data-job") or ""


def test_a_job_outlives_a_reload_and_shows_in_a_second_browser(
    slow_server: StudioServer, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    show(first, slow_server)
    generate(first, "Two windows on one job")
    first.reload()
    show(second, slow_server)
    job = first_job(second, "Two windows on one job")
    for page in (first, second):
        expect(card(page, job)).to_be_visible(timeout=SOON)
        expect(card(page, job).locator(".m")).to_contain_text(
            re.compile(r"Running \d+ %"), timeout=SOON
        )
    for page in (first, second):
        ends(page, job)
        expect(
            page.locator('[data-part="stage"][data-tab="image"] .hero img').first
        ).to_be_visible()


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[str]:
    """The sandbox as a process of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = str(tmp_path / "emulator")
    command = [sys.executable, "-m", "providers.vendors.sandbox", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with (tmp_path / "emulator.log").open("wb") as log:
        process = subprocess.Popen([*command, "--folder", folder], cwd=ROOT, stdout=log, stderr=log)
    try:
        # Refused connections are tried again, a little later each time, until the process listens.
        with httpx.Client(transport=httpx.HTTPTransport(retries=6), timeout=30) as client:
            client.get(f"{url}/book").raise_for_status()
        yield url
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.allows_console(*OUTAGE)
def test_an_open_page_heals_after_the_studio_was_killed_and_nothing_is_bought_twice(
    tmp_path: Path, emulator: str, page: Page
) -> None:
    address = f"{emulator}/useapi/v1/runwayml"
    server = StudioServer(tmp_path / "data", STUDIO_USEAPI_BASE_URL=address).start()
    try:
        show(page, server)
        page.evaluate("window.sameDocument = true")
        generate(page, "Killed in the middle")
        job = first_job(page, "Killed in the middle")
        expect(card(page, job)).to_have_attribute(
            "data-state", re.compile("queued|running"), timeout=SOON
        )
        server.kill()
        expect(page.locator(".studio-header .link")).to_have_text("Reconnecting", timeout=SOON)
        server.start()
        ends(page, job)
        expect(page.locator(".studio-header .link")).to_have_text("", timeout=SOON)
        assert page.evaluate("window.sameDocument")
        assert page.locator("#image-prompt textarea").input_value() == "Killed in the middle"
        assert len(httpx.get(f"{emulator}/book", timeout=30).json()) == 1
    finally:
        server.close()


def test_ten_tabs_of_one_browser_all_show_the_job(server: StudioServer, page: Page) -> None:
    show(page, server)
    others = [page.context.new_page() for _ in range(9)]
    for other in others:
        other.goto(server.url)
    job = make(server, "Seen ten times")
    for one in (page, *others):
        ends(one, job)


@pytest.mark.allows_console("WebSocket connection")
def test_without_a_socket_the_page_asks_every_two_seconds(server: StudioServer, page: Page) -> None:
    page.route_web_socket(re.compile("/live$"), lambda route: route.close())
    page.goto(server.url)
    expect(page.locator(".studio-header .link")).to_have_text("Checking every 2 s", timeout=SOON)
    ends(page, make(server, "Without a socket"))


def test_what_people_and_vendors_write_stays_text(server: StudioServer, page: Page) -> None:
    done = make(server, EVIL)
    refused = make(server, f"{EVIL} sandbox:moderated")
    shots: list[JsonValue] = [{"prompt": EVIL, "seconds": 3}, {"prompt": "then rest", "seconds": 3}]
    cuts = make(server, "", model=CUTS, kind="multishot", shots=shots)
    show(page, server)
    ends(page, refused, "rejected")
    for job in (done, cuts):
        ends(page, job).locator(".p").click()
        expect(page.locator(".hero:visible")).to_be_visible(timeout=SOON)
    page.locator("#tab-library-button").click()
    page.locator(f'[data-tile="{done}"]').click()
    expect(page.locator("dialog.viewer .view-prompt")).to_have_text(EVIL)
    page.keyboard.press("Escape")
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize(
    ("word", "state", "says"),
    [
        ("sandbox:moderated", "rejected", "Refused by moderation"),
        ("sandbox:moderated-output", "failed", "Stopped by moderation"),
        ("sandbox:no-credits", "rejected", "Not enough credits"),
        ("sandbox:fails", "failed", "No usable result"),
        ("sandbox:lost-answer", "done", "Done"),
        ("sandbox:expired-link", "done", "Done"),
        ("sandbox:cut-download", "done", "Done"),
    ],
)
def test_every_fate_has_its_card(
    server: StudioServer, page: Page, word: str, state: str, says: str
) -> None:
    show(page, server)
    found = ends(page, make(server, f"A harbour {word}"), state)
    expect(found.locator(".m span")).to_have_text(says)
    if state == "done":
        expect(found.locator(".th img")).to_be_visible()
        return
    expect(found.locator(".note p").first).not_to_be_empty()
    buttons = found.locator(".fix button")
    assert buttons.all_inner_texts() == ["Edit and retry", "Try again as new", "Details"]
    page.locator("#image-prompt textarea").fill("something else")
    buttons.first.click()
    expect(page.locator("#image-prompt textarea")).to_have_value(f"A harbour {word}")


@pytest.mark.allows_console("status of 422")
def test_an_unclear_job_offers_four_ways_and_asks_before_a_second_charge(
    server: StudioServer, page: Page
) -> None:
    show(page, server)
    job = make(server, "Nobody knows sandbox:lost-request")
    found = ends(page, job, "unsure")
    expect(found.locator(".m")).to_contain_text("Needs a look")
    expect(page.locator(".jobs-pill")).to_contain_text("1 to look at")
    before = page.locator("#jobs [data-job]").count()
    found.get_by_role("button", name="Try again").click()
    expect(found.locator(".ask p")).to_contain_text("charged twice")
    assert page.locator("#jobs [data-job]").count() == before
    found.get_by_role("button", name="Keep it as it is").click()
    found.get_by_role("button", name="Adopt a task id").click()
    found.locator("input[name=task]").fill("not a task")
    found.get_by_role("button", name="Adopt", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Copy it from the vendor")
    found.get_by_role("button", name="Never mind").click()
    found.get_by_role("button", name="Discard").click()
    found.get_by_role("button", name="Discard it").click()
    expect(found).to_have_count(0, timeout=SOON)


def test_cancelling_says_what_the_vendor_does_with_it(
    slow_server: StudioServer, page: Page
) -> None:
    show(page, slow_server)
    job = make(slow_server, "A long night sandbox:slow")
    found = card(page, job)
    expect(found).to_have_attribute("data-state", re.compile("queued|running"), timeout=SOON)
    found.get_by_role("button", name="Cancel", exact=True).click()
    expect(found.locator(".ask p")).to_contain_text("may still finish the task and charge")
    found.get_by_role("button", name="Cancel the job").click()
    ends(page, job, "cancelled")
    expect(found.locator(".m span")).to_have_text("Cancelled")


def test_a_change_touches_only_its_own_card(slow_server: StudioServer, page: Page) -> None:
    for number in range(5):
        make(slow_server, f"Standing still {number} sandbox:moderated")
    show(page, slow_server)
    expect(page.locator("#jobs [data-state=rejected]")).to_have_count(5, timeout=SOON)
    page.evaluate(
        """() => {
            window.touched = new Set();
            new MutationObserver(list => list.forEach(({target}) => {
                const card = (target.closest ? target : target.parentElement)?.closest('[data-job]');
                if (card) window.touched.add(card.dataset.job);
            })).observe(document.getElementById('jobs'),
                {subtree: true, childList: true, characterData: true, attributes: true});
        }"""
    )
    job = make(slow_server, "Moving")
    ends(page, job)
    assert page.evaluate("[...window.touched]") == [job]


def test_the_stage_teaches_while_it_is_empty_and_fills_the_form(
    own_server: StudioServer, page: Page
) -> None:
    show(page, own_server, "video")
    ideas = page.locator('[data-part="stage"][data-tab="video"] .idea')
    expect(ideas).to_have_count(3)
    text = ideas.nth(1).inner_text()
    ideas.nth(1).click()
    expect(page.locator("#video-prompt textarea")).to_have_value(text)
    page.locator("#tab-library-button").click()
    expect(page.locator(".lib-note h2")).to_have_text("Nothing made yet")


def test_four_pictures_share_the_stage_and_the_chosen_one_becomes_a_reference(
    server: StudioServer, page: Page
) -> None:
    job = make(server, "Four of a kind", options={"count": 4})
    show(page, server)
    ends(page, job).locator(".p").click()
    stage = page.locator('[data-part="stage"][data-tab="image"]')
    expect(stage.locator(".shot")).to_have_count(4)
    stage.locator(".shot").nth(2).click()
    expect(stage.locator(".shot.on")).to_have_attribute("aria-label", "Picture 3 of 4")
    third = stage.locator(".shot img").nth(2).get_attribute("src") or ""
    picked = third.removesuffix("/poster").rpartition("/")[2]
    stage.get_by_role("button", name="Use as reference").click()
    tray = page.locator('[data-part="tray"][data-tab="image"] img')
    expect(tray).to_have_attribute("src", re.compile(picked), timeout=SOON)


def test_a_clip_plays_jumps_to_its_shots_and_hands_its_last_frame_on(
    server: StudioServer, page: Page
) -> None:
    shots: list[JsonValue] = [{"prompt": f"Shot {one}", "seconds": 3 + one} for one in range(3)]
    job = make(server, "", model=CUTS, kind="multishot", shots=shots)
    show(page, server, "multishot")
    ends(page, job)
    stage = page.locator('[data-part="stage"][data-tab="multishot"]')
    expect(stage.locator("video")).to_be_visible(timeout=SOON)
    marks = stage.locator(".mark-shot")
    expect(marks).to_have_count(3)
    marks.nth(2).click()
    expect(marks.nth(2)).to_have_class(re.compile(r"\bon\b"), timeout=SOON)
    assert 6.9 < float(stage.locator("video").evaluate("video => video.currentTime")) < 7.2
    stage.get_by_role("button", name="Last frame → start").click()
    expect(page.locator("body")).to_have_attribute("data-tab", "video", timeout=SOON)
    expect(page.locator('[data-part="tray"][data-tab="video"] img')).to_have_count(1, timeout=SOON)


def test_the_library_searches_filters_and_pages(own_server: StudioServer, page: Page) -> None:
    for number in range(70):
        make(own_server, f"Refused number{number} sandbox:moderated")
    make(own_server, "A lighthouse at dusk")
    make(own_server, "A red kite", model=CLIP, kind="video")
    show(page, own_server, "library")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(60, timeout=SOON)
    page.locator(".more").scroll_into_view_if_needed()
    expect(tiles).to_have_count(72, timeout=SOON)
    page.keyboard.press("/")
    page.keyboard.type("lighthouse")
    expect(tiles).to_have_count(1, timeout=SOON)
    page.locator(".lib input[type=search]").fill("")
    expect(tiles).to_have_count(60, timeout=SOON)
    page.locator('[data-filter="kind"][data-value="video"]').click()
    expect(tiles).to_have_count(1, timeout=SOON)
    expect(tiles.locator(".tag")).to_have_text(re.compile(r"^0:\d\d$"))
    page.locator('[data-filter="kind"][data-value=""]').click()
    failed = page.locator('[data-filter="state"]', has_text="Failed")
    expect(failed.locator("b")).to_have_text("70", timeout=SOON)
    page.locator('[data-filter="state"][data-value="done"]').click()
    expect(tiles).to_have_count(2, timeout=SOON)
    make(own_server, "Arrives by itself")
    expect(tiles).to_have_count(3, timeout=SOON)
    expect(tiles.first).to_have_attribute("title", "Arrives by itself")


def test_the_detail_view_tells_everything_and_walks_by_arrow_keys(
    server: StudioServer, page: Page
) -> None:
    older = make(server, "The older of two", options={"seed": 4711})
    newer = make(server, "The newer of two")
    show(page, server, "library")
    ends(page, newer)
    page.locator(f'[data-tile="{newer}"]').click()
    viewer = page.locator("dialog.viewer")
    expect(viewer.locator(".view-prompt")).to_have_text("The newer of two")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".view-prompt")).to_have_text("The older of two")
    facts = viewer.locator("dl")
    for text in ("Gen-4", "useapi.net, sandbox", "4711", "nothing, sandbox", older):
        expect(facts).to_contain_text(text)
    expect(viewer.locator(".view-history li").first).to_contain_text("waiting")
    page.keyboard.press("ArrowLeft")
    expect(viewer.locator(".view-prompt")).to_have_text("The newer of two")
    page.keyboard.press("Escape")
    expect(viewer).not_to_be_visible()


def test_a_download_has_a_readable_name(server: StudioServer, page: Page) -> None:
    job = make(server, "Worth keeping")
    show(page, server)
    ends(page, job).locator(".p").click()
    stage = page.locator('[data-part="stage"][data-tab="image"]')
    with page.expect_download() as saved:
        stage.get_by_role("link", name="Download").click()
    assert re.search(r"\.(png|jpe?g|webp)$", saved.value.suggested_filename)


def test_settings_check_the_key_and_explain_the_sandbox(server: StudioServer, page: Page) -> None:
    show(page, server, "settings")
    link = page.locator(".link-card")
    expect(link.locator("code").first).to_have_text("USEAPI_TOKEN")
    link.get_by_role("button", name="Check").click()
    expect(link.locator(".said b")).not_to_be_empty(timeout=SOON)
    expect(link.locator(".said")).to_have_class(re.compile(r"\bok\b"), timeout=SOON)
    expect(page.locator(".fates tbody tr").first).to_contain_text("sandbox:moderated")
    page.locator('[data-speed="0.25"]').click()
    expect(page.locator('[data-speed="0.25"]')).to_have_attribute("aria-pressed", "true")
    page.locator('[data-speed="0"]').click()
    expect(page.locator('[data-speed="0"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".sets")).to_contain_text(str(server.folder))


def test_the_theme_follows_the_system_until_it_is_chosen(
    server: StudioServer, browser: Browser
) -> None:
    context = browser.new_context(color_scheme="light")
    page = show(context.new_page(), server)
    expect(page.locator("body")).not_to_have_class(re.compile(r"\bdark\b"))
    page.locator(".theme").click()
    expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
    page.reload()
    expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"), timeout=SOON)
    context.close()


@pytest.mark.parametrize("tab", ["image", "video", "multishot", "library", "settings"])
def test_a_phone_scrolls_only_up_and_down(server: StudioServer, browser: Browser, tab: str) -> None:
    make(server, "A prompt with averyveryveryveryveryveryveryveryveryverylongword in it")
    context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True)
    page = show(context.new_page(), server, tab)
    page.locator(".jobs-pill").click()
    expect(page.locator("#jobs [data-job]").first).to_be_in_viewport(timeout=SOON)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
