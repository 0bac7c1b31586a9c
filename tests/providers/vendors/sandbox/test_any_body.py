"""Whatever is sent to a vendor's emulator, it answers in that vendor's words and never breaks."""

import json
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue
from starlette.testclient import TestClient

from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock
from tests.support.exchanges import FILES
from tests.support.meeting import Fateless

Route = tuple[str, str]
"""A vendor and a path at it."""
Place = tuple[str | int, ...]
KEY = "user:4711-AbC123"
HEADERS = {
    "Authorization": f"Bearer {KEY}",
    "X-Runway-Version": "2024-11-06",
    "Content-Type": "application/json",
}


def bodies() -> dict[Route, list[JsonValue]]:
    """The bodies of all golden create calls, by where they go."""
    found: dict[Route, list[JsonValue]] = {}
    for name, file in FILES.items():
        for case in file.cases:
            for exchange in case.exchanges if case.does == "submit" else ():
                sent = exchange.request
                if sent.method == "POST" and isinstance(sent.body, dict | list):
                    found.setdefault((name.partition("-")[0], sent.path), []).append(sent.body)
    return found


BODIES = bodies()
ODD: list[JsonValue] = [
    "",
    "\0",
    "\ud800",
    "16:9",
    "auto",
    10**30,
    -1,
    0,
    1e308,
    [],
    {},
    [[]],
    None,
]
VALUES = st.recursive(
    st.sampled_from(ODD) | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=4,
)


def places(value: JsonValue, here: Place = ()) -> Iterator[Place]:
    """Every place in a body, the whole of it first."""
    yield here
    items = value.items() if isinstance(value, dict) else ()
    for name, one in (*items, *(enumerate(value) if isinstance(value, list) else ())):
        yield from places(one, (*here, name))


def changed(value: JsonValue, place: Place, new: JsonValue) -> JsonValue:
    """The same body with another value in one place."""
    if not place:
        return new
    first, *rest = place
    if isinstance(value, dict) and isinstance(first, str):
        return {**value, first: changed(value.get(first), tuple(rest), new)}
    assert isinstance(value, list)
    assert isinstance(first, int)
    return [*value[:first], changed(value[first], tuple(rest), new), *value[first + 1 :]]


@st.composite
def mutants(draw: st.DrawFn, route: Route) -> bytes:
    """A golden body with one to three places spoilt or fields added; sometimes no JSON at all."""
    body = draw(st.sampled_from(BODIES[route]))
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=9) | VALUES.map(lambda odd: json.dumps(odd).encode()))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from([*places(body)][1:] or [()]))
        # The name of a field is an odd thing, too: what is no field yet becomes a stray one.
        named = draw(st.text(max_size=6)) if place and draw(st.booleans()) else ""
        spoilt = (*place[:-1], named) if named and isinstance(place[-1], str) else place
        body = changed(body, spoilt, draw(VALUES))
    return json.dumps(body).encode()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Generator[TestClient]:
    """A caller of all emulators."""
    engine = Fateless(Clock(0), tmp_path_factory.mktemp("emulators"))
    with TestClient(sandbox_app(VENDORS, engine), headers=HEADERS) as made:
        yield made
    engine.close()


def is_refusal(vendor: str, body: JsonValue) -> bool:
    """Whether an answer has the shape of this vendor's errors."""
    if not isinstance(body, dict):
        return False
    match vendor:
        case "runware":
            faults = body.get("errors")
            held = faults if isinstance(faults, list) else []
            return bool(held) and all(
                isinstance(one, dict) and one.get("code") and one.get("message") for one in held
            )
        case "runflow":
            return bool(body.get("code") and body.get("message")) and "errors" in body
        case _:
            return isinstance(body.get("error"), str)


def test_every_vendor_has_golden_create_calls() -> None:
    assert {vendor for vendor, _ in BODIES} == {vendor.name for vendor in VENDORS}


@pytest.mark.parametrize("route", BODIES, ids="".join)
def test_whatever_is_sent_is_taken_or_refused_in_the_vendors_words(
    client: TestClient, route: Route
) -> None:
    vendor, path = route

    @settings(
        max_examples=80, derandomize=True, database=None, deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    @given(mutants(route))
    def send(content: bytes) -> None:
        answer = client.post(f"/{vendor}{path}", content=content)
        assert answer.status_code < 500, (answer.text, content)
        if answer.status_code >= 400:
            assert is_refusal(vendor, answer.json()), (answer.text, content)

    send()


def test_a_picture_in_letters_that_no_base64_has_is_refused_in_the_vendors_words(
    client: TestClient,
) -> None:
    picture = "data:image/png;base64,größer"
    body = {"model": "gen4_turbo", "promptImage": picture, "ratio": "1280:720", "duration": 5}
    answer = client.post("/runway/v1/image_to_video", json=body)
    assert answer.status_code == 400, answer.text
    assert is_refusal("runway", answer.json())
