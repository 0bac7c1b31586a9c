"""One plan of three shots, moved from service to service, becomes the same film at each of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page, expect
from pydantic import JsonValue

from providers.catalogue.requests import read_request
from tests.browser.forms import ALL, asked, choose, show
from tests.browser.pressed import pressed
from tests.support.filmed import cuts
from tests.support.servers import StudioServer

WAYS = (
    "useapi:multishot/kling-3.0-pro",
    "useapi:multishot/kling-o3-pro",
    "runway:multishot/multi_shot_video",
    "runway:multishot/kling3.0_standard",
    "runware:multishot/klingai:kling-video@3-standard",
    "runware:multishot/klingai:kling-video@3.0-turbo",
    "runflow:multishot/kuaishou/kling-video/v3/pro",
)
PLAN: list[JsonValue] = [
    {"prompt": "Wide: a potter lifts a wet bowl from the wheel", "seconds": 3},
    {"prompt": "Close: a thumb smooths the rim, clay drips", "seconds": 3},
    {"prompt": "The bowl stands on a shelf by the window", "seconds": 4},
]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio without any key."""
    made = StudioServer(tmp_path_factory.mktemp("everywhere") / "data").start()
    yield made
    made.close()


def write(page: Page, text: str) -> None:
    """Put a script in place of the plan."""
    page.get_by_role("button", name="Edit as script", exact=True).click()
    page.locator("dialog.script textarea").fill(text)
    page.get_by_role("button", name="Use these shots").click()


def total(server: StudioServer) -> JsonValue:
    """How many jobs there are."""
    return cast("dict[str, JsonValue]", server.get("jobs"))["total"]


def test_one_plan_moves_from_service_to_service_and_is_filmed_alike(
    box: StudioServer, page: Page, tmp_path: Path
) -> None:
    show(page, box, "multishot")
    told = [one for one in PLAN if isinstance(one, dict)]
    lines = [f"Shot {n} ({one['seconds']}s): {one['prompt']}" for n, one in enumerate(told, 1)]
    write(page, "\n".join(lines))
    assert asked(page, "multishot")["shots"] == PLAN
    for way in WAYS:
        choose(page, "multishot", ALL[way])
        assert asked(page, "multishot")["shots"] == PLAN, "nothing changes by itself"
        expect(page.locator("#multishot-problems li")).to_have_count(0)
        [film] = pressed(page, box, "multishot", tmp_path)
        frames, begun = cuts(film.path)
        rate = frames / 10
        assert film.found.seconds == pytest.approx(10, abs=0.1), way
        assert begun == pytest.approx([3 * rate, 6 * rate], abs=1), way


@pytest.mark.allows_console("status of 422")
@pytest.mark.parametrize("way", WAYS)
def test_a_plan_that_no_service_takes_is_refused_at_its_shots_before_anything_is_sent(
    box: StudioServer, page: Page, way: str
) -> None:
    show(page, box, "multishot")
    write(page, "Shot 1 (3s): A door\nShot 2 (20s): A hand")
    choose(page, "multishot", ALL[way])
    page.locator("#shot-1-prompt textarea").fill("")
    page.keyboard.press("Tab")
    before = total(box)
    page.locator("#multishot-generate").click()
    expect(page.locator("#shot-1 .trouble").first).to_be_visible()
    wanted = ALL[way].problems(read_request(asked(page, "multishot")).fields())
    assert {"shots.1.prompt", "shots.2.seconds"} <= {one.field for one in wanted}
    for one in wanted:
        if one.soft:
            continue
        if one.field.startswith("shots."):
            card = page.locator(f"#shot-{one.field.split('.')[1]}")
            expect(card).to_contain_text(one.message)
        elif one.field == "shots":
            expect(page.locator("#tab-multishot")).to_contain_text(one.message)
    assert total(box) == before
