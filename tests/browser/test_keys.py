"""Keys in Settings: a wrong one, a right one, its balance, a paid image, a restart; and the key nowhere."""

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Locator, Page, Response, expect

from providers.vendors import runway
from tests.browser.gates import OUTAGE
from tests.browser.views import SOON, ends, gone, make, show
from tests.support.servers import StudioServer
from tests.support.two_accounts import FIRST, Accounts, two_accounts

MODEL = "runway:image/gen4_image"
REFUSED = "status of 422"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    """The vendors over HTTP."""
    with two_accounts(tmp_path / "accounts") as made:
        yield made


@pytest.fixture
def server(tmp_path: Path, accounts: Accounts) -> Iterator[StudioServer]:
    """A studio without keys."""
    address = f"http://127.0.0.1:{accounts.port}/runway{accounts.path(runway.VENDOR)}"
    made = StudioServer(tmp_path / "data", STUDIO_RUNWAY_BASE_URL=address)
    yield made.start()
    made.close()


def card(page: Page) -> Locator:
    """The service's card in Settings."""
    return page.locator('.link-card[data-vendor="runway"]')


def paste(page: Page, key: str) -> Locator:
    """Paste a key, and give the card."""
    found = card(page)
    if not found.locator("form").count():
        found.get_by_role("button", name="Paste a key").click()
    found.locator("input").fill(key)
    found.get_by_role("button", name="Use this key").click()
    return found


def forms_of(key: str) -> list[bytes]:
    """A key as it may stand somewhere."""
    return [key.encode(), quote(key, safe="").encode(), base64.b64encode(key.encode())[:-4]]


def holds(text: bytes, key: str) -> bool:
    """Whether it stands there in some form."""
    return any(form in text for form in forms_of(key))


@pytest.mark.allows_console(*OUTAGE, REFUSED)
def test_a_key_is_pasted_used_and_kept_and_stands_nowhere_else(
    server: StudioServer, accounts: Accounts, page: Page
) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    show(page, server, "settings")
    expect(page.locator(".first-run tbody tr")).to_have_count(4)
    expect(page.locator(".first-run")).to_contain_text("needs no key")
    found = paste(page, "user:9-wrong-canary")
    expect(found.locator(".said b").last).to_contain_text("doesn't accept this key", timeout=SOON)
    expect(found.locator(".pill.sandbox")).to_be_visible()
    paste(page, FIRST)
    expect(found.locator(".said.ok b")).to_have_text("The key works and is in use.", timeout=SOON)
    expect(found.locator(".said.ok")).to_contain_text("Balance")
    expect(found).to_contain_text("ends in irst")
    expect(page.locator(".first-run")).to_have_count(0)
    expect(page.locator(".studio-header .pill.live")).to_contain_text("Runway")
    assert FIRST not in page.content()
    job = make(server, "Paid for", model=MODEL)
    ends(page, job)
    assert len(accounts.bought()) == 1
    running = subprocess.run(
        ["ps", "-eo", "args"], capture_output=True, text=True, check=True
    ).stdout
    assert not holds(running.encode(), FIRST)
    for answer in answers:
        assert not holds(answer.url.encode(), FIRST)
        if answer.ok and "websocket" not in answer.headers.get("upgrade", ""):
            assert not holds(answer.body(), FIRST), answer.url
    archive = httpx.post(f"{server.url}/archive", json={"jobs": [job]}, timeout=30).json()
    zipped = httpx.get(f"{server.url}/{archive['url'].lstrip('/')}", timeout=30)
    assert zipped.status_code == 200
    assert not holds(zipped.content, FIRST)
    gone(page, server)
    for path in [*server.folder.rglob("*"), server.log]:
        if path.is_file() and path != server.folder / "keys":
            assert not holds(path.read_bytes(), FIRST), path
            assert not holds(path.read_bytes(), "user:9-wrong-canary"), path
    server.start()
    page.reload()
    expect(card(page)).to_contain_text("ends in irst", timeout=SOON)
    card(page).get_by_role("button", name="Remove").click()
    card(page).get_by_role("button", name="Remove key").click()
    expect(card(page).locator(".pill.sandbox")).to_be_visible(timeout=SOON)
    assert FIRST not in (server.folder / "keys").read_text()
