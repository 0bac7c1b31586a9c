"""A file that was paid for and cannot be shown: the page says so, asks for no picture, and hands it out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from providers.catalogue.requests import ImageRequest
from providers.durability.opening import open_history
from providers.jobs.intake import artifact_of
from providers.library import media
from providers.library.vault import Vault
from tests.browser.views import IMAGE, SOON, card, ends, make, show
from tests.support.histories import a_file, a_job
from tests.support.odd import huge, picture
from tests.support.servers import StudioServer

HUGE = huge(10_000, 9_000)
WHY = (
    "This file can't be shown here. It has more than 64 megapixels. Download it and open it in "
    "another program."
)
PROMPT = "A harbour, far too wide"


def kept(folder: Path, *contents: bytes) -> str:
    """A finished job with these files, made before the studio starts; its id."""
    vault = Vault(folder, reserve=1 << 20)
    vault.open()
    journal = open_history(vault)
    job = a_job(journal, PROMPT, request=ImageRequest(model=IMAGE, prompt=PROMPT))
    files = [
        artifact_of(
            media.described(vault.path(held.sha256), "image"), held, owner="local",
            name="harbour.png", created=job.created, job=job.id, number=number, sandbox=True,
        )
        for number, held in enumerate((a_file(vault, content) for content in contents), start=1)
    ]  # fmt: skip
    changes = {"artifacts": tuple(files), "finished": job.created}
    journal.write(job.model_copy(update=changes), note=False)
    journal.close()
    vault.close()
    return job.id


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StudioServer]:
    made = StudioServer(tmp_path / "data")
    yield made
    made.close()


def test_what_cannot_be_shown_is_told_everywhere_and_can_be_downloaded(
    server: StudioServer, page: Page
) -> None:
    job = kept(server.folder, HUGE)
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith(("/thumb", "/poster")):
            asked.append(request.url)

    page.on("request", note)
    show(page, server.start())
    found = card(page, job)
    expect(found.locator(".hint")).to_have_text(WHY)
    expect(found.locator(".th .blank")).to_be_visible()
    stage = page.locator('[data-part="stage"][data-tab="image"]')
    expect(stage.locator(".hero .blank")).to_have_text("Can't be shown here")
    expect(stage.locator(".cap .deadline")).to_have_text(WHY)
    for use in ("Use as reference", "Use as start frame"):
        expect(stage.get_by_role("button", name=use)).to_have_count(0)
    page.locator("#tab-library-button").click()
    tile = page.locator(f'[data-tile="{job}"]')
    expect(tile).to_contain_text("Can't be shown here")
    tile.click()
    viewer = page.locator("dialog.viewer[open]")
    expect(viewer.locator(".view-media .blank")).to_be_visible()
    expect(viewer.locator(".note.plain")).to_have_text(WHY)
    expect(viewer.locator("dl")).to_contain_text(re.compile(r"10000 . 9000"))
    with page.expect_download() as saved:
        viewer.get_by_role("link", name="Download").click()
    assert Path(saved.value.path()).read_bytes() == HUGE
    assert saved.value.suggested_filename.endswith(".png")
    assert asked == []


def test_one_of_several_is_told_and_the_others_are_shown(server: StudioServer, page: Page) -> None:
    job = kept(server.folder, picture(), HUGE)
    show(page, server.start())
    told = "1 of 2 files can't be shown here. See Details for the reason."
    expect(card(page, job).locator(".hint")).to_have_text(told)
    stage = page.locator('[data-part="stage"][data-tab="image"]')
    expect(stage.locator(".shot img")).to_have_count(1)
    stage.locator(".shot").nth(1).click()
    expect(stage.locator(".cap .deadline")).to_have_text(WHY)
    expect(stage.locator(".shot .blank")).to_be_visible()
    expect(stage.locator(".shot.on")).to_contain_text("Can't be shown here")


def test_it_is_not_offered_where_a_file_is_chosen(server: StudioServer, page: Page) -> None:
    kept(server.folder, HUGE)
    show(page, server.start())
    ends(page, make(server, "An owl at noon"))
    page.locator("#image-references .from-here").click()
    expect(page.locator("dialog.gather[open] .gather-tile")).to_have_count(1, timeout=SOON)
