"""Everything the page can show, reached as a person does: its tabs, its dialogs, and jobs in every state."""

import secrets
from collections.abc import Callable, Iterator
from typing import NamedTuple

import httpx
from playwright.sync_api import Page, expect
from pydantic import JsonValue

from providers.people.register import Register
from tests.browser.forms import hand_in, picture
from tests.browser.gates import hold, until
from tests.browser.views import CLIP, CUTS, SOON, ends, make, tile
from tests.support.guests import PASSWORD, invite
from tests.support.servers import StudioServer

SHOTS: list[JsonValue] = [
    {"prompt": "Wide: the train enters from the left", "seconds": 5},
    {"prompt": "Inside: a hand wipes the fogged window", "seconds": 4},
    {"prompt": "The lights of a station come closer", "seconds": 3},
]
ELSEWHERE = "runway:multishot/multi_shot_video"
"""A model that takes other plans than the first one."""
REST = """() => {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  document.body.classList.remove("jobs-open");
  scrollTo(0, 0);
}"""

SHOW = """([kind, id]) => {
  dispatchEvent(new CustomEvent("studio:show", {detail: {kind, id}}));
  dispatchEvent(new CustomEvent("studio:sent", {detail: id})); // a phone goes there after Generate alone
}"""


class Made(NamedTuple):
    """Ids of jobs, one for each state that a person meets."""

    images: str
    video: str
    cuts: str
    failed: str
    unsure: str
    running: str


class State(NamedTuple):
    """One thing that the page shows; `reach` goes there from wherever the page stands without a dialog."""

    name: str
    reach: Callable[[Page, Made], None]


def fill(server: StudioServer) -> Made:
    """Jobs in every state, and then people, the first of whom all of it belongs to."""
    four: dict[str, JsonValue] = {"ratio": "1:1", "count": 4}
    nano = "useapi:image/nano-banana-pro"
    images = make(server, "A lighthouse at blue hour", model=nano, options=four)
    video = make(server, "A drone rises over a cliff road", kind="video", model=CLIP)
    cuts = make(server, "A night train", kind="multishot", model=CUTS, shots=SHOTS)
    failed = make(server, "Ink unfolds in water sandbox:fails")
    unsure = make(server, "A harbour in fog sandbox:lost-request")
    for job in (images, video, cuts):
        _until(server, job, "done")
    _until(server, failed, "failed")
    _until(server, unsure, "unsure")
    httpx.post(f"{server.url}/settings/sandbox", json={"speed": 60}, timeout=30)
    running = make(server, "Market street after rain sandbox:slow", kind="video", model=CLIP)
    invite(Register(server.folder))
    return Made(images, video, cuts, failed, unsure, running)


def _until(server: StudioServer, job: str, state: str) -> None:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        for _ in range(3000):
            if client.get(f"/jobs/{job}").json()["state"] == state:
                return
    raise AssertionError(f"{job} is not {state}.")


def sign_in(page: Page, server: StudioServer, name: str = "ada") -> Page:
    """The page of somebody who has signed in, with its script at work."""
    page.goto(server.url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    link = page.locator(".studio-header .link")
    expect(link).to_have_attribute("data-online", "live", timeout=SOON)
    return page


def rest(page: Page) -> None:
    """Close what is open."""
    if page.locator(".picker.open").count():
        page.keyboard.press("Escape")
        expect(page.locator(".picker.open")).to_have_count(0)
    page.evaluate(REST)
    expect(page.locator("dialog[open]")).to_have_count(0)


def each(page: Page, made: Made) -> Iterator[str]:
    """Go from state to state; the name of each as it is reached."""
    for state in STATES:
        rest(page)
        state.reach(page, made)
        page.evaluate("document.fonts.ready")
        yield state.name
    rest(page)


def go(page: Page, tab: str) -> None:
    """Open a tab."""
    page.locator(f"#tab-{tab}-button").click()
    expect(page.locator("body")).to_have_attribute("data-tab", tab)


def _form(tab: str, job: str = "") -> Callable[[Page, Made], None]:
    """A form, with what was made of one of its jobs on the stage."""

    def reach(page: Page, made: Made) -> None:
        go(page, tab)
        if job:
            page.evaluate(SHOW, [tab, getattr(made, job)])
            expect(
                page.locator(f"[data-part=stage][data-tab={tab}] .stage-main > *").first
            ).to_be_visible()

    return reach


def _problems(page: Page, _: Made) -> None:
    go(page, "image")
    page.locator("#image-prompt textarea").fill("")
    page.locator("#image-generate").click()
    expect(page.locator("#image-problems li").first).to_be_visible()


def _trays(page: Page, _: Made) -> None:
    go(page, "image")
    page.locator("#image-prompt textarea").fill("A heron")
    if not page.locator("#tab-image .ref[data-artifact]").count():
        hand_in(page, "image", "references", picture("a.png", "red"), picture("b.png", "blue"))
    page.locator("#tab-image .ref[data-artifact] .im").first.click()
    if not page.locator("#tab-image .ref.sending").count():
        held = hold(page, "**/media?name=slow.png*")
        chooser = page.locator("#tab-image input[type=file][data-field=references]")
        chooser.set_input_files([picture("slow.png", "#445566")])
        until(page, held)
    expect(page.locator("#tab-image .ref.sending")).to_be_visible()


def _frames(page: Page, _: Made) -> None:
    go(page, "video")
    if not page.locator("#tab-video .ref[data-artifact]").count():
        hand_in(page, "video", "start_frame", picture("start.png", "teal", (640, 360)))


def _picker(tab: str) -> Callable[[Page, Made], None]:
    def reach(page: Page, _: Made) -> None:
        go(page, tab)
        page.locator(f"#{tab}-model input").click()
        expect(page.get_by_role("option").first).to_be_visible()

    return reach


def _dialog(name: str, tab: str, opener: str) -> Callable[[Page, Made], None]:
    def reach(page: Page, _: Made) -> None:
        go(page, tab)
        page.locator(opener).first.click()
        expect(page.locator(f"dialog.{name}[open]")).to_be_visible()

    return reach


def _script(page: Page, made: Made) -> None:
    _dialog("script", "multishot", "#shots-total .acts button")(page, made)
    lines = (
        "Here it is:",
        "Style: 35 mm",
        "Cast: {hero}",
        "Shot 1 (9s): {hero} waits",
        "Shot 2 (8s): A gull",
    )
    page.locator("dialog.script textarea").fill("\n".join([*lines, "Total: 17 s"]))
    expect(page.locator("dialog.script .script-left li")).to_have_count(2)


def _written(page: Page, made: Made) -> None:
    """A plan that is too long, with lines for every shot and words in braces."""
    _script(page, made)
    page.get_by_role("button", name="Use these shots").click()
    expect(page.locator(".shot-card")).to_have_count(2)


def _plans(page: Page, made: Made) -> None:
    if page.locator(".fixing").is_visible():
        page.locator(".fixing").get_by_role("button", name="Keep as it is").click()
    _written(page, made)
    _dialog("plans", "multishot", "#shots-total button:text-is('Open plans')")(page, made)
    dialog = page.locator("dialog.plans")
    for how in ("Save as template", "Save plan"):
        dialog.get_by_label("Name of this plan").fill(f"{how}: a boat {secrets.token_hex(3)}")
        button = dialog.get_by_role("button", name=how, exact=True)
        if button.is_visible():
            button.click()
            expect(dialog.locator(".tool-note")).to_contain_text("Saved as")
    expect(dialog.locator(".plan-row").nth(1)).to_be_visible()


def _plan_actions(page: Page, made: Made) -> None:
    _plans(page, made)
    found = page.locator("dialog.plans .plan-row").first
    found.get_by_role("button", name="More actions").click()
    found.get_by_role("button", name="Delete", exact=True).click()
    expect(found.get_by_role("button", name="Delete plan")).to_be_visible()


def _plan_changed(page: Page, made: Made) -> None:
    _plans(page, made)
    dialog = page.locator("dialog.plans")
    page.evaluate(
        """() => window.studio.then(({form}) => form.write("multishot",
        {opened: {...form.current("multishot").opened, revision: 0}, style: String(Math.random())}))"""
    )
    dialog.get_by_role("button", name="Save changes").click()
    expect(dialog.get_by_role("button", name="Overwrite it")).to_be_visible()


def _template(page: Page, made: Made) -> None:
    _plans(page, made)
    page.locator("dialog.plans .plan-open", has_text="Template").first.click()
    expect(page.locator("dialog.slots[open]")).to_be_visible()


def _gather(page: Page, made: Made) -> None:
    _dialog("gather", "video", "#video-frames .from-here")(page, made)
    expect(page.locator("dialog.gather .gather-tile").first).to_be_visible()


def _plan(page: Page) -> None:
    """Two shots on the Multishot tab, in words that can be sent."""
    go(page, "multishot")
    for number, text in enumerate(("A door opens", "A hand on a rail"), 1):
        page.locator(f"#shot-{number}-prompt textarea").fill(text)


def _lines(page: Page, _: Made) -> None:
    _plan(page)
    lines = page.locator("#tab-multishot .lines-fold")
    if lines.get_attribute("open") is None:
        lines.locator("summary").click()
    page.get_by_label("Cast for every shot").fill("Mara, red coat")
    expect(page.locator("#shot-1 summary", has_text="Final text")).to_be_visible()


def _camera(page: Page, _: Made) -> None:
    _plan(page)
    page.locator("#shot-1").get_by_label("Camera words for shot 1").click()
    expect(page.locator("#shot-1").get_by_role("button", name="Low angle")).to_be_visible()


def _shot_menu(page: Page, _: Made) -> None:
    _plan(page)
    page.locator("#shot-2 summary[title='More actions']").click()
    expect(page.locator("#shot-2").get_by_role("button", name="Insert shot after")).to_be_visible()


def _repairs(page: Page, _: Made) -> None:
    _plan(page)
    for number in (1, 2):
        page.locator(f"#shot-{number}-seconds input").fill("12")
    expect(page.locator("#shots-total")).to_contain_text("24 / 15 s")  # Later it ends a repair.
    page.get_by_role("button", name="Fix…").click()
    page.locator(".fixing").get_by_role("button", name="Scale to").click()
    expect(page.locator(".fixing").get_by_role("button", name="Use this plan")).to_be_visible()


def _move(page: Page, _: Made) -> None:
    _plan(page)
    page.locator("#shot-1-seconds input").fill("12")
    page.evaluate("id => window.studio.then(s => s.form.choose('multishot', id))", ELSEWHERE)
    expect(page.locator(".fixing")).to_contain_text("doesn't take this plan as it is")


def _many(page: Page, made: Made) -> None:
    _dialog("many", "image", "#image-many")(page, made)
    text = "A {red|blue} fox\nA {lost|brace\n" + "An owl at noon " * 500
    page.locator("dialog.many textarea").first.fill(text)
    expect(page.locator("dialog.many .many-row")).to_have_count(4)


def _keys(page: Page, _: Made) -> None:
    go(page, "library")
    page.locator(".lib").first.click(position={"x": 2, "y": 2})
    page.keyboard.press("?")
    expect(page.locator("dialog.keys[open]")).to_be_visible()


def _failed_in_list(page: Page, made: Made) -> None:
    go(page, "image")
    _show_jobs(page)
    ends(page, made.failed, "failed").scroll_into_view_if_needed()
    expect(page.locator(f'#jobs [data-job="{made.unsure}"] .choice').first).to_be_visible()


def _show_jobs(page: Page) -> None:
    if not page.locator("#jobs [data-job]").first.is_visible():
        page.locator(".jobs-pill").click()


def _library(page: Page, made: Made) -> None:
    go(page, "library")
    expect(tile(page, made.images)).to_be_visible()


def _filters(page: Page, made: Made) -> None:
    _library(page, made)
    button = page.locator(".lib .fil-toggle, .lib [aria-controls]").first
    if button.count() and button.is_visible():
        button.click()


def _selection(page: Page, made: Made) -> None:
    _library(page, made)
    if not page.locator(".pick-bar").is_visible():
        tile(page, made.images).click(modifiers=["Control"])
    expect(page.locator(".pick-bar")).to_be_visible()


def _delete_selection(page: Page, made: Made) -> None:
    _selection(page, made)
    page.locator(".pick-bar").get_by_role("button", name="Delete").click()
    expect(page.locator(".pick-bar .ask")).to_be_visible()


def _viewer(job: str) -> Callable[[Page, Made], None]:
    def reach(page: Page, made: Made) -> None:
        go(page, "library")
        if page.locator(".pick-bar").is_visible():
            page.keyboard.press("Escape")
            expect(page.locator(".pick-bar")).to_be_hidden()
        tile(page, getattr(made, job)).click()
        expect(page.locator("dialog.viewer .view-prompt")).to_be_visible()

    return reach


def _delete(page: Page, made: Made) -> None:
    _viewer("images")(page, made)
    page.locator("dialog.viewer").get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("dialog.viewer .ask")).to_be_visible()


def _settings(page: Page, _: Made) -> None:
    go(page, "settings")
    expect(page.locator(".people [data-person]").first).to_be_visible()


STATES = (
    State("image", _form("image", "images")),
    State("video", _form("video", "video")),
    State("multishot", _form("multishot", "cuts")),
    State("video-running", _form("video", "running")),
    State("image-failed", _form("image", "failed")),
    State("image-unsure", _form("image", "unsure")),
    State("problems", _problems),
    State("trays", _trays),
    State("frames", _frames),
    State("jobs", _failed_in_list),
    State("picker", _picker("video")),
    State("many", _many),
    State("recents", _dialog("recents", "image", "#image-prompt .recent")),
    State("script", _dialog("script", "multishot", "#shots-total .acts button")),
    State("lines", _lines),
    State("camera", _camera),
    State("shot-menu", _shot_menu),
    State("repairs", _repairs),
    State("move", _move),
    State("script-read", _script),
    State("plans", _plans),
    State("plan-actions", _plan_actions),
    State("plan-changed", _plan_changed),
    State("template", _template),
    State("gather", _gather),
    State("library", _library),
    State("filters", _filters),
    State("selection", _selection),
    State("delete-selection", _delete_selection),
    State("viewer-image", _viewer("images")),
    State("viewer-video", _viewer("video")),
    State("viewer-shots", _viewer("cuts")),
    State("viewer-failed", _viewer("failed")),
    State("viewer-unsure", _viewer("unsure")),
    State("viewer-running", _viewer("running")),
    State("delete", _delete),
    State("keys", _keys),
    State("settings", _settings),
)
