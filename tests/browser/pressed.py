"""A press of Generate, and the files that came of it."""

from pathlib import Path
from typing import NamedTuple, cast

import httpx
from PIL import Image, ImageChops, ImageColor
from playwright.sync_api import Page, expect
from pydantic import JsonValue

from providers.library.media import Probe, probe
from providers.library.pixels import first_frame
from tests.support.servers import StudioServer

LONG = 60_000
"""Milliseconds: a clip is painted while other tests run."""
NEAR, PATCH = 40, 300
"""A colour is seen where so many pixels are off by less than this; compression moves them a little."""


class Made(NamedTuple):
    """A file that came of a press."""

    path: Path
    found: Probe

    def holds(self, colour: str) -> bool:
        """Whether a patch of this colour is seen in it, or in its first frame."""
        picture = self._seen()
        wanted = ImageColor.getrgb(colour)
        near = Image.new("RGB", picture.size, wanted)
        bands = ImageChops.difference(picture, near).split()
        worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
        return sum(worst.histogram()[:NEAR]) > PATCH

    def _seen(self) -> Image.Image:
        if self.found.kind == "video":
            return first_frame(self.path).convert("RGB")
        with Image.open(self.path) as picture:
            return picture.convert("RGB")


def pressed(page: Page, server: StudioServer, kind: str, tmp_path: Path) -> list[Made]:
    """Press Generate, wait for the card, and read the files that came of it."""
    with page.expect_response("**/jobs") as answer:
        page.locator(f"#{kind}-generate").click()
    assert answer.value.status == 201, answer.value.text()
    job = cast("dict[str, JsonValue]", answer.value.json())["id"]
    card = page.locator(f'#jobs [data-job="{job}"]')
    expect(card).to_have_attribute("data-state", "done", timeout=LONG)
    done = cast("dict[str, list[dict[str, str]]]", server.get(f"jobs/{job}"))
    found: list[Made] = []
    for number, artifact in enumerate(done["artifacts"]):
        path = tmp_path / f"{job}-{number}"
        path.write_bytes(httpx.get(f"{server.url}/{artifact['url']}", timeout=30).content)
        found.append(Made(path, probe(path)))
    return found
