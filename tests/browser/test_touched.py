"""A job that changes costs the library its own tile, however many others are shown."""

from collections.abc import Callable, Mapping
from typing import cast

from playwright.sync_api import Page, expect
from pydantic import JsonValue

from tests.browser.views import ends, make, show
from tests.support.servers import StudioServer

FEW, MANY = 30, 250
SHOW = """([id, count]) => window.studio.then(({store}) => {
    const like = store.jobs.get(id);
    store.putAll(Array.from({length: count}, (_, place) =>
        ({...like, id: `tile ${place}`, created: 4e9 + place})));
})"""
WATCH = """() => {
    window.touched = 0;
    const isTile = element => element instanceof Element && element.closest(".tiles") !== null;
    const called = (of, name) => {
        const own = of[name];
        of[name] = function (...given) {
            window.touched += isTile(this);
            return own.apply(this, given);
        };
    };
    const read = (of, name) => {
        const {get, ...rest} = Object.getOwnPropertyDescriptor(of, name);
        Object.defineProperty(of, name, {...rest, get() {
            const found = get.call(this);
            // A list is walked from end to end.
            window.touched += isTile(this) ? found?.length ?? 1 : 0;
            return found;
        }});
    };
    for (const name of ["setAttribute", "removeAttribute", "getAttribute"])
        called(Element.prototype, name);
    for (const name of ["insertBefore", "appendChild", "removeChild"]) called(Node.prototype, name);
    read(Node.prototype, "nextSibling");
    read(Node.prototype, "childNodes");
    read(Element.prototype, "children");
    read(HTMLElement.prototype, "dataset");
}"""
TELL = """([id, changes]) => window.studio.then(({store}) => {
    const like = store.jobs.get(id);
    window.touched = 0;
    if (changes) store.put({...like, ...changes, revision: like.revision + 1});
    else store.drop(id);
    return window.touched;
})"""
EVENTS: Mapping[str, tuple[str, JsonValue]] = {
    "starred": ("tile 7", {"starred": True}),
    "failed": ("tile 8", {"state": "failed", "artifacts": []}),
    "running": ("tile 9", {"state": "running", "artifacts": [], "progress": 0.5}),
    "come": ("tile 6", {"id": "tile new", "created": 4e9 + 0.5}),
    "gone": ("tile 10", None),
}


def touched(page: Page, server: StudioServer, job: str, tiles: int) -> dict[str, int]:
    """How often something about any tile was read or written for each event, among so many tiles."""
    show(page, server)
    ends(page, job)
    page.locator("#tab-library-button").click()
    expect(page.locator(f'[data-tile="{job}"]')).to_be_visible()
    page.evaluate(SHOW, [job, tiles])
    shown = page.locator(".tile")
    expect(shown).to_have_count(tiles + 1)
    page.evaluate(WATCH)
    counts = {name: cast("int", page.evaluate(TELL, [*event])) for name, event in EVENTS.items()}
    # Told of and shown: one came, one went.
    expect(shown).to_have_count(tiles + 1)
    order = shown.evaluate_all("tiles => tiles.map(tile => tile.getAttribute('data-tile'))")
    assert order[-5:] == ["tile 2", "tile 1", "tile new", "tile 0", job]
    assert "tile 10" not in order
    expect(page.locator('[data-tile="tile 9"]')).to_have_attribute("data-state", "running")
    return counts


def test_an_event_touches_no_more_among_many_tiles_than_among_few(
    own_server: StudioServer, new_page: Callable[[], Page]
) -> None:
    job = make(own_server, "A heron in the reeds")
    few = touched(new_page(), own_server, job, FEW)
    many = touched(new_page(), own_server, job, MANY)
    assert few["come"] > 0
    assert many == few
