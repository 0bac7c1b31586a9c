"""A studio with people, in this process, and what each of them carries."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from starlette.testclient import TestClient

from providers.people.entrance import Entrance
from providers.people.passwords import Cost
from providers.people.register import Register
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.serving import HOME
from ui.web.app import build
from ui.web.visitors import Visitors

CHEAP = Cost(2**4, 8, 1)
"""A hash for tests: it takes no time and protects nothing."""
PASSWORD = "a canary in a coal mine"
FORM = {"Accept": "text/html"}


class Hand:
    """A clock that a test turns, in seconds."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class House(NamedTuple):
    """A running application with the people ada, an admin, and bea and cyd, members."""

    client: TestClient
    studio: Studio
    register: Register
    clock: Hand
    cookie: str

    def carried(self, name: str) -> dict[str, str]:
        """The headers of a browser in which somebody has signed in."""
        return {"Cookie": f"{self.cookie}={self.register.begin(name, 'session')}"}

    def sign_in(self, name: str, password: str = PASSWORD, **headers: str) -> int:
        """What the door answers to a program; the client keeps no cookie of it."""
        sent = {"username": name, "password": password}
        status = self.client.post("/login", data=sent, headers=headers).status_code
        self.client.cookies.clear()
        return status


def invite(register: Register) -> None:
    """Add the people of a House."""
    for name in ("ada", "bea", "cyd"):
        register.add(name, PASSWORD, cost=CHEAP)


def open_house(folder: Path) -> Iterator[House]:
    """The application over a fresh studio with people."""
    clock = Hand()
    register = Register(folder, clock=clock)
    invite(register)
    studio = Studio(Settings(data_dir=folder, sandbox_speed=0), credentials=Credentials({}))
    entrance = Entrance(register, clock=clock, cost=CHEAP)
    app = build(studio, entrance=entrance, environment={})
    with TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
        yield House(client, studio, register, clock, Visitors(entrance).cookie)
