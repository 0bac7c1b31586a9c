"""A card says what happens to its job by what the studio tells as data; sentences are printed as they are."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pydantic import JsonValue

from tests.browser.views import SOON, card, ends, make, put, show
from tests.support.servers import StudioServer

CLOCK = r"\d+:\d\d"
LOST = "The response was lost, looking for it"
HELD = "Waiting for the disk before sending"
FIRST = "In Runway's queue, behind your other tasks"
SILENT = "Runway does not answer. Trying again in 5 s."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio whose sandbox answers at once."""
    folder = tmp_path_factory.mktemp("phases") / "data"
    made = StudioServer(folder, STUDIO_SANDBOX_SPEED="0").start()
    yield made
    made.close()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[StudioServer]:
    """A studio whose sandbox takes its time."""
    made = StudioServer(tmp_path / "data", STUDIO_SANDBOX_SPEED="3").start()
    yield made
    made.close()


@pytest.mark.parametrize("model", ["runway:image/gen4_image", "useapi:image/gen4"])
def test_a_task_that_its_vendor_holds_back_is_in_that_vendors_queue(
    slow: StudioServer, page: Page, model: str
) -> None:
    show(page, slow)
    found = card(page, make(slow, "A pier sandbox:throttled", model=model))
    expect(found.locator(".hint")).not_to_be_empty(timeout=SOON)
    expect(found.locator(".m span")).to_have_text("In Runway's queue")
    expect(found.locator(".hint")).to_have_text(
        FIRST if model.startswith("runway") else "Runway is holding the task until a slot is free"
    )


PHASES: dict[str, tuple[dict[str, JsonValue], str, str, str]] = {
    "slot": (
        {"state": "waiting", "queue": {"whose": "", "ahead": 2, "of": 3}},
        "Waiting for a slot", "2 of 3 slots busy", "",
    ),
    "slot again": (
        {"state": "waiting", "phase": "slot", "detail": SILENT, "detail_as": "sentence"},
        "Waiting for a slot", CLOCK, SILENT,
    ),
    "held_disk": (
        {"state": "submitting", "detail": HELD, "detail_as": "sentence"},
        "Waiting for the disk", f"not sent · {CLOCK}", HELD,
    ),
    "uploading": (
        {"state": "submitting", "detail": "Uploading the references", "detail_as": "words"},
        "Sending", f"{CLOCK} · Uploading the references", "",
    ),
    "sent": (
        {"state": "submitting", "detail": "Sent, waiting for the service's response", "detail_as": "words"},
        "Sending", f"{CLOCK} · Sent, waiting for the service's response", "",
    ),
    "looking": (
        {"state": "submitting", "detail": f"{LOST} (1 of 5)", "detail_as": "words"},
        "Looking for the task", f"{CLOCK} · {LOST} \\(1 of 5\\)", "",
    ),
    "queued": (
        {"state": "queued", "detail": "Queued on Runway", "queue": {"whose": "Elsewhere"}},
        "In Elsewhere's queue", CLOCK, "",
    ),
    "throttled": (
        {"state": "queued", "detail": FIRST, "detail_as": "sentence"}, "In Runway's queue", CLOCK, FIRST,
    ),
    "making": (
        {"state": "running", "progress": 0.5, "detail": "2 of 4 ready", "detail_as": "words"},
        "Running 50%", "2 of 4 ready", "",
    ),
    "fetching": ({"state": "saving", "detail": "Downloading the result"}, "Saving files", CLOCK, ""),
    "cancelling": ({"state": "running", "cancelling": True, "detail": "Cancelling"}, "Cancelling", CLOCK, ""),
    "parked": (
        {"state": "queued", "parked": "no_key", "detail": "Set the key and start again."},
        "Waiting for its key", "sent", "",
    ),
}  # fmt: skip


def test_every_phase_has_its_words_and_every_sentence_is_printed_whole(
    server: StudioServer, page: Page
) -> None:
    show(page, server)
    like = make(server, "A pier")
    ends(page, like)
    for number, (name, (changes, _, _, _)) in enumerate(PHASES.items()):
        # As old as each other, so that none waits behind another.
        new: dict[str, JsonValue] = {
            "id": f"phase-{number}", "prompt": name, "phase": name.partition(" ")[0], "finished": None,
            "artifacts": [], "progress": None, "queue": None, "detail_as": "phase", "usual": None,
        }  # fmt: skip
        put(page, server, like, **{**new, **changes})
    for number, (name, (_, state, more, hint)) in enumerate(PHASES.items()):
        found = card(page, f"phase-{number}")
        expect(found.locator(".m span"), name).to_have_text(state)
        expect(found.locator(".m b"), name).to_have_text(re.compile(more))
        expect(found.locator(".hint"), name).to_have_text(hint)
    expect(page.locator("#jobs .hint:visible")).to_have_count(3)


def test_a_job_in_the_explore_queue_takes_as_long_as_that_queue(
    server: StudioServer, page: Page
) -> None:
    show(page, server)
    like = make(server, "A quay", model="useapi:image/gen4")
    ends(page, like)
    for name, explore, words in (("paid", False, "10.30 s"), ("explored", True, "5.15 min")):
        new: dict[str, JsonValue] = {
            "id": name, "prompt": name, "state": "running", "phase": "making", "finished": None,
            "artifacts": [], "progress": None, "usual": None, "sandbox": False, "detail": "",
            "options": {"explore": explore},
        }  # fmt: skip
        put(page, server, like, **new)
        expect(card(page, name).locator(".m")).to_contain_text(re.compile(f"usually {words}"))
