"""`make screenshots`: every tab in three widths, light and dark, and README's picture."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page
from pydantic import JsonValue

from tests.bench import rig

TABS = ("Image", "Video", "Multishot", "Library", "Settings")
WIDTHS = {1440: 900, 800: 1000, 360: 780}
README = rig.ROOT / "assets" / "screenshot.png"
OPEN = ("waiting", "submitting", "queued", "running", "saving")

DONE: tuple[dict[str, JsonValue], ...] = (
    {
        "kind": "image",
        "model": "useapi:image/nano-banana-pro",
        "prompt": "A lighthouse on a basalt cliff at blue hour, long exposure, sea like smoke",
        "options": {"count": 4},
    },
    {
        "kind": "image",
        "model": "useapi:image/gen4",
        "prompt": "Isometric cutaway of a tiny bookshop in the rain, warm lamps, gouache texture",
        "options": {"ratio": "4:3", "seed": 7},
    },
    {
        "kind": "video",
        "model": "useapi:video/gen4.5",
        "prompt": "Macro shot: ink unfolds in clear water sandbox:fails",
        "options": {"duration": 4},
    },
    {
        "kind": "multishot",
        "model": "useapi:multishot/kling-3.0-pro",
        "prompt": "A night train crossing a snowy plain, muted colors",
        "shots": [
            {"prompt": "Wide: the train enters from the left", "seconds": 5},
            {"prompt": "Inside: a hand wipes the fogged window", "seconds": 4},
            {"prompt": "The lights of a station come closer", "seconds": 3},
        ],
    },
    {
        "kind": "video",
        "model": "useapi:video/veo-3.1",
        "prompt": "A drone rises over a cliff road at golden hour; one red car below, long shadows",
        "options": {"resolution": "1080p"},
    },
)
RUNNING: dict[str, JsonValue] = {
    "kind": "video",
    "model": "useapi:video/kling-2.6-pro",
    "prompt": "Market street after rain, slow push-in past the lanterns sandbox:slow",
}


def fill(url: str) -> None:
    """Make a history: finished jobs at once, then one that runs on."""
    for body in DONE:
        httpx.post(f"{url}/jobs", json=body, timeout=30).raise_for_status()
        wait_until_idle(url)
    httpx.post(f"{url}/settings/sandbox", json={"speed": 5}, timeout=30).raise_for_status()
    httpx.post(f"{url}/jobs", json=RUNNING, timeout=30).raise_for_status()


def wait_until_idle(url: str, seconds: float = 60) -> None:
    """Until no job is open."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if httpx.get(f"{url}/healthz", timeout=30).json()["open_jobs"] == 0:
            return
        time.sleep(0.05)
    raise TimeoutError(f"A job was still open after {seconds} s.")


def photographs(browser: Browser, url: str) -> Iterator[tuple[str, Page]]:
    """(name, page standing ready) for every tab, width and theme."""
    for theme in ("light", "dark"):
        for width, height in WIDTHS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto(url)
            page.locator("#jobs [data-job]").first.wait_for(state="attached")
            for tab in TABS:
                page.get_by_role("tab", name=tab, exact=True).click()
                page.wait_for_timeout(1200)
                yield f"{tab.lower()}-{width}-{theme}", page
            context.close()


def picture_for_readme(browser: Browser, url: str) -> None:
    """The Video tab at work: a written prompt, a chosen film, one job on its way."""
    page = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme="dark", reduced_motion="reduce"
    ).new_page()
    page.goto(url)
    page.get_by_role("tab", name="Video", exact=True).click()
    chosen = page.locator("#jobs [data-job][data-state=done]").first
    chosen.locator("button.p").click()
    page.locator("#video-prompt textarea").fill(str(DONE[-1]["prompt"]))
    page.locator("[data-part=stage][data-tab=video] video").wait_for()
    page.wait_for_timeout(1500)
    page.screenshot(path=README)
    page.context.close()


def main() -> None:
    """Photograph into a folder, and README's picture into assets."""
    reader = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    reader.add_argument("--folder", type=Path, help="where to put them (default: a new one)")
    reader.add_argument("--readme", action="store_true", help="also write README's picture")
    given = reader.parse_args()
    folder: Path = given.folder or Path(tempfile.mkdtemp(prefix="screenshots-"))
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="studio-") as held,
        rig.studio(Path(held), STUDIO_SANDBOX_SPEED="0") as (url, _),
        rig.chrome() as browser,
    ):
        fill(url)
        for name, page in photographs(browser, url):
            page.screenshot(path=folder / f"{name}.png")
        if given.readme:
            picture_for_readme(browser, url)
    sys.stdout.write(f"The pictures are in {folder}.\n")


if __name__ == "__main__":
    main()
