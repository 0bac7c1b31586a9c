"""The same page in Firefox and WebKit, where this machine has them."""

import contextlib
from collections.abc import Iterator

import httpx
import pytest

from tests.browser.clashes import HEADER
from tests.support.engines import ENGINES, OtherBrowser, until
from tests.support.servers import StudioServer

SHOWN = """[...document.querySelectorAll(".maker-foot")].find(one => one.checkVisibility())"""
VENDOR = (
    """[...document.querySelectorAll(".pick-vendor input")].find(one => one.checkVisibility())"""
)
SNUG = f"""(() => {{
  const input = {VENDOR};
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = getComputedStyle(input).font;
  const spare = input.getBoundingClientRect().width - pen.measureText(input.value).width;
  return 0 < spare && spare < 32;
}})()"""
"""Whether the service's field is as wide as its words: a gap after it cuts what stands beside it."""
APART = f"""(() => {{
  const foot = {SHOWN};
  const box = name => foot.querySelector(name).getBoundingClientRect();
  return box(".go-promise").right <= box(".go-keys").left;
}})()"""
"""Whether Generate's words end before its keys begin."""
WRITE = """(() => {
  const area = document.querySelector("#image-prompt textarea");
  area.value = "A tern over the harbor";
  area.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
})()"""
PRESS = f"(() => {{ {SHOWN}.querySelector('button.primary').click(); return true; }})()"


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OtherBrowser]:
    """One of the other browsers."""
    with contextlib.ExitStack() as held:
        try:
            made = held.enter_context(ENGINES[request.param](tmp_path_factory.mktemp("engine")))
        except LookupError as missing:
            pytest.skip(str(missing))
        yield made


def comes_true(engine: OtherBrowser, expression: str) -> None:
    """Wait until this holds in the page."""
    assert until(lambda: engine.run(expression) is True), f"This never came true: {expression}"


def test_the_page_is_whole_and_makes_an_image(server: StudioServer, engine: OtherBrowser) -> None:
    engine.size(1440, 900)
    engine.go(server.url)
    comes_true(engine, f"Boolean(document.querySelector('.connections .pill') && {VENDOR}?.value)")
    comes_true(engine, SNUG)
    comes_true(engine, APART)
    for width in (1440, 1080, 980, 800, 500):
        engine.size(width, 900)
        comes_true(engine, f"innerWidth === {width} && {HEADER}.length === 0")
    engine.size(1440, 900)
    before = len(jobs(server))
    assert engine.run(WRITE)
    comes_true(
        engine, f"!{SHOWN}.querySelector('button.primary').classList.contains('has-problems')"
    )
    assert engine.run(PRESS)
    comes_true(engine, "Boolean(document.querySelector('#jobs [data-job][data-state=done]'))")
    comes_true(engine, "document.querySelector('#jobs [data-job] img')?.naturalWidth > 0")
    assert len(jobs(server)) == before + 1
    assert engine.errors() == []


def jobs(server: StudioServer) -> list[object]:
    """The jobs that the studio knows."""
    return httpx.get(f"{server.url}/jobs", timeout=60).raise_for_status().json()["jobs"]
