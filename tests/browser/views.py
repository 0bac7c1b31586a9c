"""What the tests of the page share: asking for jobs without it, opening it, finding a job's card."""

import re
from collections.abc import Callable, Mapping

import httpx
from playwright.sync_api import Locator, Page, WebSocketRoute, expect
from pydantic import JsonValue

from providers.jobs.job import PHASES
from tests.support.servers import StudioServer

IMAGE = "useapi:image/gen4"
CLIP = "useapi:video/veo-3.1"
CUTS = "useapi:multishot/kling-3.0-pro"
PUT = "job => window.studio.then(studio => void studio.store.put(job))"
OPEN: Mapping[str, str] = {**PHASES}
"""What the studio says of an open job where it has no more to tell."""
LINK = ".studio-header .link"
LIVE = re.compile(r"/live(\?|$)")
"""Where the page's feed comes from."""
SOON = 45_000
"""Milliseconds within which anything here must happen."""


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
    expect(page.locator(LINK)).to_have_attribute("data-online", "live", timeout=SOON)
    if tab != "image":
        page.locator(f"#tab-{tab}-button").click()
    expect(page.locator("body")).to_have_attribute("data-tab", tab)
    return page


def gone(page: Page, server: StudioServer) -> None:
    """Kill the studio under a page that has all its parts: Gradio fetches some only now and then."""
    page.wait_for_load_state("networkidle", timeout=SOON)
    server.kill()


def shut(page: Page) -> Callable[[], None]:
    """Shut the page's feed as if it slept; it comes back once the answer is called, and not before."""
    kept: list[WebSocketRoute] = []
    opened = False

    def routed(route: WebSocketRoute) -> None:
        if opened:
            route.connect_to_server()
        else:
            kept.append(route)

    def open_again() -> None:
        nonlocal opened
        opened = True
        for route in kept[-1:]:
            route.connect_to_server()

    page.route_web_socket(LIVE, routed)
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    expect(page.locator(LINK)).not_to_have_attribute("data-online", "live", timeout=SOON)
    return open_again


def put(page: Page, server: StudioServer, like: str, **changes: JsonValue) -> None:
    """Tell the page of a job that is like this one but for the changes, as the feed would."""
    job = httpx.get(f"{server.url}/jobs/{like}", timeout=30).json()
    job.pop("events")
    page.evaluate(PUT, {**job, **_follows({**job, **changes}), **changes})


def _follows(job: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    state = job["state"]
    unsent = state == "waiting" or (state == "submitting" and job["submitted"] is None)
    return {"phase": OPEN.get(str(state)), "unsent": unsent}


def card(page: Page, job: str) -> Locator:
    """A job in the list."""
    return page.locator(f'#jobs [data-job="{job}"]')


def tile(page: Page, job: str) -> Locator:
    """The tile of one job in the library."""
    return page.locator(f'[data-tile="{job}"]')


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
