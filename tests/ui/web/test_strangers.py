"""What strangers and rivals try at the door, and what nobody may bring about by asking often."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app import PRIVATE
from providers.errors import Denied
from providers.people.attempts import ADDRESS, PAIR, Attempts
from providers.people.entrance import Entrance
from providers.people.register import Register
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.guests import CHEAP, FORM, PASSWORD, Hand, House, open_house
from tests.support.serving import HOME
from ui.bundle.early import early
from ui.web.app import build


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A studio with three people."""
    yield from open_house(tmp_path / "data")


def test_a_script_is_answered_alike_however_often_it_was_asked_for(house: House) -> None:
    page = house.client.get("/", headers=house.carried("bea") | FORM).text
    script = re.search(r"assets/index-[\w-]{8}\.js", page)
    assert script is not None
    asking = house.carried("bea") | {"Accept-Encoding": "gzip"}
    told = [house.client.get(f"/{script[0]}", headers=asking).headers for _ in range(3)]
    assert told[0] == told[1] == told[2]


def test_a_visitor_of_a_space_cannot_choose_the_address_that_is_counted(house: House) -> None:
    proxied = ProxyHeadersMiddleware(house.client.app, trusted_hosts=PRIVATE)  # pyright: ignore[reportArgumentType]
    client = TestClient(proxied, base_url=HOME, client=("10.16.3.120", 5000))  # pyright: ignore[reportArgumentType]
    told: list[int] = []
    for number in range(PAIR + 1):
        came_by = {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7", **FORM}
        tried = {"username": "bea", "password": "guess"}
        told.append(client.post("/login", data=tried, headers=came_by).status_code)
    assert told == [401] * PAIR + [429]
    # Somebody at another address goes on, and over the proxy's https.
    elsewhere = {"X-Forwarded-For": "198.51.100.8", "X-Forwarded-Proto": "https"}
    right = {"username": "bea", "password": PASSWORD}
    done = client.post("/login", data=right, headers=elsewhere)
    assert (done.status_code, "Secure" in done.headers["set-cookie"]) == (200, True)


def test_an_old_address_in_new_clothes_is_counted_by_itself() -> None:
    attempts = Attempts(Hand())
    for number in range(ADDRESS):
        attempts.begin(f"name {number}", "::ffff:192.0.2.1")
    attempts.begin("ada", "::ffff:192.0.2.2")
    with pytest.raises(Denied):
        attempts.begin("ada", "192.0.2.1")


@pytest.mark.parametrize("change", ["password", "disabled", "removed"])
def test_who_is_kept_out_while_their_password_is_judged_does_not_get_in(
    tmp_path: Path, change: str
) -> None:
    register = Register(tmp_path)
    for name in ("ada", "bea"):
        register.add(name, PASSWORD, cost=CHEAP)
    entrance = Entrance(register, cost=CHEAP)
    changes = {
        "password": lambda: register.set_password("bea", "another one", cost=CHEAP),
        "disabled": lambda: register.set_enabled("bea", False),
        "removed": lambda: register.remove("bea"),
    }

    async def at_once() -> str:
        signing_in = asyncio.create_task(entrance.sign_in("bea", PASSWORD, "192.0.2.1"))
        # Now the hash has been read and is being judged; what it gives is taken up once this is done.
        await asyncio.sleep(0)
        changes[change]()
        return await signing_in

    with pytest.raises(Denied):
        asyncio.run(at_once())


def test_a_start_with_people_stays_closed_though_the_last_one_goes_before_anybody_asks(
    tmp_path: Path,
) -> None:
    register = Register(tmp_path)
    register.add("ada", PASSWORD, cost=CHEAP)
    studio = Studio(Settings(data_dir=tmp_path, sandbox_speed=0), credentials=Credentials({}))
    with TestClient(build(studio, environment={}), base_url=HOME) as client:
        register.remove("ada")
        assert client.get("/jobs").status_code == 401


def test_a_stranger_is_not_told_where_the_data_folder_lies(house: House) -> None:
    (house.register.folder / "people.db").write_bytes(b"no database at all")
    right = {"username": "ada", "password": PASSWORD}
    told = [
        house.client.get("/healthz", headers={"Cookie": f"{house.cookie}=guess"}),
        house.client.post("/login", data=right, headers=FORM),
        house.client.post("/login", data=right),
    ]
    assert [one.status_code for one in told] == [503] * 3
    assert not [one.text for one in told if str(house.register.folder.parent) in one.text]


@pytest.mark.parametrize(
    "script",
    [
        "(m.f=[./a.js])import(`./b.js`),__vite__mapDeps([0])",
        '(m.f=["./a.js"])import(`./b.js`),__vite__mapDeps([0,7])',
        "(m.f=[7])import(`./b.js`),__vite__mapDeps([0])",
        '(m.f=["./a.css"])import(`./b.js`),__vite__mapDeps([0])',
        '(m.f=["./a.js"])import(`./b.js`),__vite__mapDeps([,])',
    ],
)
def test_another_gradio_that_names_its_files_otherwise_makes_the_page_later_and_not_absent(
    tmp_path: Path, script: str
) -> None:
    (tmp_path / "index-12345678.js").write_text(script, "utf-8")
    assert early({"textbox"}, tmp_path) == early((), tmp_path / "none")
