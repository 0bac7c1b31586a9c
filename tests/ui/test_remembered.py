"""The page is drawn and packed once for all who see the same, and never shown to somebody else."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from providers.people.person import LOCAL
from tests.support.guests import FORM, House, open_house
from tests.support.serving import Web, serve
from ui.remembered import MOST_PAGES, Compressed

PACKED = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The application with its sandbox."""
    yield from serve(
        tmp_path_factory.mktemp("remembered") / "data", {}, allowed_hosts="studio.test"
    )


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A studio with three people."""
    yield from open_house(tmp_path / "data")


@dataclass
class Drawn:
    """A page that takes work: how often it was made."""

    status: int = 200
    paths: list[str] = field(default_factory=list[str])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A long text that says by which address it was asked for."""
        asked = Request(scope)
        self.paths.append(str(asked.url))
        text = f"{asked.url.scheme} {asked.headers.get('x-forwarded-host', asked.url.hostname)} "
        await PlainTextResponse(text * 500, self.status)(scope, receive, send)


def visited(drawn: Drawn, who: str = LOCAL) -> TestClient:
    """Whose browser asks for it."""
    page = Compressed(drawn, who=lambda asked: asked.headers.get("x-who", who))
    return TestClient(page, headers=PACKED)


def test_the_page_is_made_once_however_often_it_is_opened() -> None:
    drawn = Drawn()
    client = visited(drawn)
    told = [client.get("/") for _ in range(40)]
    assert len(drawn.paths) == 1
    assert {answer.content for answer in told} == {told[0].content}
    assert all(answer.headers == told[0].headers for answer in told)
    assert told[0].headers["content-encoding"] == "gzip"


def test_another_address_another_person_and_a_query_have_a_page_of_their_own() -> None:
    drawn = Drawn()
    client = visited(drawn)
    for sent in (
        {},
        {"x-who": "bea"},
        {"host": "other.test"},
        {"x-forwarded-host": "proxy.test"},
        {"x-forwarded-proto": "https"},
        {"x-gradio-server": "http://far.test"},
    ):
        before = len(drawn.paths)
        first, again = (client.get("/", headers=sent) for _ in range(2))
        assert len(drawn.paths) == before + 1, sent
        assert first.text == again.text
    before = len(drawn.paths)
    client.get("/?deep_link=abc")
    client.get("/?deep_link=abc")
    assert len(drawn.paths) == before + 2


def test_who_asks_through_which_network_makes_no_other_page() -> None:
    drawn = Drawn()
    client = visited(drawn)
    for number in range(5):
        sent = {"x-forwarded-for": f"203.0.113.{number}", "user-agent": f"browser {number}"}
        client.get("/", headers=sent)
    assert len(drawn.paths) == 1


def test_a_refusal_is_not_remembered_and_strange_addresses_do_not_fill_the_memory() -> None:
    refused = Drawn(status=503)
    client = visited(refused)
    assert [client.get("/").status_code for _ in range(3)] == [503] * 3
    assert len(refused.paths) == 3
    drawn = Drawn()
    client = visited(drawn)
    for number in [*range(MOST_PAGES + 1), 0]:
        client.get("/", headers={"x-forwarded-host": f"h{number}.test"})
    # The first was forgotten for the last.
    assert len(drawn.paths) == MOST_PAGES + 2


def test_who_takes_nothing_packed_is_answered_as_before() -> None:
    drawn = Drawn()
    client = visited(drawn)
    packed, plain = client.get("/"), client.get("/", headers=PLAIN)
    assert packed.content == plain.content
    assert "content-encoding" not in plain.headers
    assert client.head("/").status_code == 200
    assert client.post("/").status_code == 200
    assert len(drawn.paths) == 4


@pytest.mark.parametrize("path", ["/", "/config"])
def test_the_remembered_page_is_the_one_that_is_made_anew(web: Web, path: str) -> None:
    for sent in (
        {},
        {"x-who": "bea"},
        {"host": "studio.test"},
        {"x-forwarded-host": "studio.test", "x-forwarded-proto": "https"},
    ):
        first, again = (web.client.get(path, headers={**PACKED, **sent}) for _ in range(2))
        anew = web.client.get(path, headers={**PLAIN, **sent})
        assert anew.status_code == 200
        assert first.content == again.content == anew.content
        assert dict(first.headers) == dict(again.headers)
        assert ('"username":"bea"' in anew.text) == ("x-who" in sent)


def test_nobody_sees_the_page_of_somebody_else(house: House) -> None:
    for _ in range(2):
        for name in ("ada", "bea", "cyd"):
            page = house.client.get("/", headers=house.carried(name) | PACKED)
            assert f'id="studio-person">{{"name": "{name}"' in page.text
            assert page.headers["cache-control"] == "no-store"
            assert "Cookie" in page.headers["vary"]
        stranger = house.client.get("/", headers=FORM | PACKED, follow_redirects=False)
        assert stranger.status_code == 303
    carried = house.carried("bea")
    assert house.client.get("/", headers=carried | PACKED).status_code == 200
    house.register.set_role("bea", "admin")
    page = house.client.get("/", headers=carried | PACKED).text
    assert '"name": "bea", "admin": true' in page


def test_what_is_remembered_can_be_unpacked_by_itself(web: Web) -> None:
    for _ in range(2):
        with web.client.stream("GET", "/", headers=PACKED) as answer:
            raw = b"".join(answer.iter_raw())
        assert int(answer.headers["content-length"]) == len(raw)
        assert b"</html>" in gzip.decompress(raw)
