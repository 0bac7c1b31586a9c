"""Nothing stands in anybody's way: tabs and dialogs in the eyes of axe, three widths, both themes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from tests.browser.states import Made, each, fill, sign_in
from tests.support.servers import StudioServer

pytestmark = pytest.mark.allows_console("401", "422")
# axe for Python is one file beside a wrapper without types: the file is enough, and comes with no npm.
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
LOOK = """async only => {
  const rules = {
    "target-size": {enabled: true},
    "label-content-name-mismatch": {enabled: true},
  };
  const options = {resultTypes: ["violations"], preload: false};
  // What lies below a dialog is inert.
  const found = await axe.run(document.querySelector("dialog[open]") ?? document,
    only ? {...options, runOnly: {type: "rule", values: only}} : {...options, rules});
  return found.violations
    .filter(({impact}) => impact === "serious" || impact === "critical")
    .flatMap(({id, nodes}) => nodes.map(node => `${id}: ${node.html.slice(0, 160)}`));
}"""
PREPARE = """axe.configure({rules: [
  // A door's name is its model's and its service's; its price and its time are its description.
  {id: "label-content-name-mismatch", selector: "button, a, input, textarea, summary, [role=tab]"},
]})"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio that has made something of everything, and has people."""
    started = StudioServer(tmp_path_factory.mktemp("studio") / "data").start()
    yield started
    started.close()


@pytest.fixture(scope="module")
def made(server: StudioServer) -> Made:
    """Its jobs."""
    return fill(server)


def prepared(page: Page) -> None:
    page.evaluate(AXE)
    page.evaluate(PREPARE)


def seen(page: Page) -> list[str]:
    """What is wrong in the dark, and then with the colours of the light."""
    found: list[str] = []
    for scheme, only in (("dark", None), ("light", ["color-contrast"])):
        page.emulate_media(
            color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
        )
        expect(page.locator("html.dark")).to_have_count(int(scheme == "dark"))
        wrong = cast("list[str]", page.evaluate(LOOK, only))
        found += [f"{scheme}: {one}" for one in wrong]
    return found


@pytest.mark.parametrize("size", [(1440, 900), (800, 1000), (360, 780)], ids=str)
def test_nothing_serious_is_found_on_any_tab_or_dialog(
    new_page: Callable[[], Page], server: StudioServer, made: Made, size: tuple[int, int]
) -> None:
    page = new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, server)
    prepared(page)
    wrong = [f"{name}, {one}" for name in each(page, made) for one in seen(page)]
    assert not wrong, "\n".join(wrong)


def test_nothing_serious_is_found_where_one_signs_in(
    page: Page, server: StudioServer, made: Made
) -> None:
    assert made
    page.goto(server.url)
    prepared(page)
    for size in ((1440, 900), (360, 780)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert seen(page) == []
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("not hers")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    prepared(page)
    assert seen(page) == []
