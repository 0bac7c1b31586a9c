"""What a person hears who does not see the page: a control says what it is of, a dialog what stands over it."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, cast

import httpx
import pytest
from playwright.sync_api import Page, expect
from pydantic import BaseModel, JsonValue

from tests.browser.forms import picture
from tests.browser.states import Made, each, fill, go, sign_in
from tests.browser.views import IMAGE, make
from tests.browser.waits import comes, comes_true
from tests.support.servers import StudioServer

pytestmark = pytest.mark.allows_console("401", "422")
PRESSED = frozenset(
    {"button", "combobox", "DisclosureTriangle", "link", "progressbar", "searchbox", "textbox"}
)
IN_A_NAMED_GROUP = frozenset(
    {
        "Move earlier", "Move later", "Duplicate", "Remove", "One second less", "One second more",
    }
)  # fmt: skip
"""Those of a shot: what is around them is called after it."""
ASK = "Accessibility.getFullAXTree"
HEADING = "dialog[open] h2"
NOTICES = {
    "harmed": 2,
    "free": 1,
    "least": 2,
    "connections": [
        {"vendor": "useapi", "notice": "useapi.net: the key is refused."},
        {"vendor": "runway", "notice": "Runway: the key is refused."},
    ],
}


class Value(BaseModel):
    """What is told of a thing."""

    value: JsonValue = ""


class Node(BaseModel):
    """A thing as Chromium tells it."""

    ignored: bool
    role: Value = Value()
    name: Value = Value()
    description: Value = Value()


class Tree(BaseModel):
    """What Chromium tells assistive technology."""

    nodes: list[Node]


class Named(NamedTuple):
    """A thing as assistive technology finds it."""

    role: str
    name: str
    description: str


@pytest.fixture(scope="module")
def made(server: StudioServer) -> Made:
    """Jobs in every state, and of those that need attention more than one."""
    for number in range(2):
        make(server, f"Ink in water, take {number} sandbox:fails")
        make(server, f"A harbor in fog, take {number} sandbox:lost-request")
        rows = [
            {"kind": "image", "model": IMAGE, "prompt": f"{word} {number} sandbox:fails"}
            for word in ("A kite", "An owl")
        ]
        checked = httpx.post(f"{server.url}/batches/check", json={"requests": rows}, timeout=60)
        shown = checked.json()["bill"]
        body = {"client_request_id": f"named-batch-{number}", "requests": rows, "shown": shown}
        answer = httpx.post(f"{server.url}/batches", json=body, timeout=60)
        assert answer.status_code == 201, answer.text
    return fill(server)


def named(page: Page) -> Iterator[Named]:
    """Everything that is not hidden from it."""
    session = page.context.new_cdp_session(page)
    told = cast("JsonValue", session.send(ASK))  # pyright: ignore[reportUnknownMemberType]
    for node in Tree.model_validate(told).nodes:
        if not node.ignored:
            yield Named(*(str(one.value or "") for one in (node.role, node.name, node.description)))
    session.detach()


def alike(page: Page) -> list[str]:
    """Controls that cannot be told from others by what they are called."""
    found = Counter((one.role, one.name) for one in named(page) if one.role in PRESSED)
    return [
        f"{count} × {role} {name!r}"
        for (role, name), count in found.items()
        if (count > 1 or not name) and name not in IN_A_NAMED_GROUP
    ]


def test_no_two_controls_are_called_the_same(page: Page, server: StudioServer, made: Made) -> None:
    page.route("**/notices", lambda route: route.fulfill(json=NOTICES))
    sign_in(page, server)
    expect(page.locator(".banner")).to_have_count(3)
    wrong = [f"{name}: {one}" for name in each(page, made) for one in alike(page)]
    assert not wrong, "\n".join(wrong)


def test_a_dialog_is_called_what_its_heading_says(
    page: Page, server: StudioServer, made: Made
) -> None:
    sign_in(page, server)
    told: set[str] = set()
    for _ in each(page, made):
        if page.locator(HEADING).count():
            told.add(page.locator(HEADING).inner_text())
            assert [one.name for one in named(page) if one.role == "dialog"] == [
                page.locator(HEADING).inner_text()
            ]
    go(page, "image")
    with page.expect_file_chooser() as chooser:
        page.locator(".from-file:visible").click()
    chooser.value.set_files([picture("plain.png")])
    expect(page.get_by_role("dialog", name="Settings from plain.png", exact=True)).to_be_visible()
    assert len(told) >= 5


def test_what_is_said_of_generate_is_said_once(
    page: Page, server: StudioServer, made: Made
) -> None:
    assert made
    sign_in(page, server)
    button = page.locator("#image-generate")
    button.click()
    expect(page.locator("#image-problems li")).to_have_count(1)

    def told() -> list[str]:
        """What is read out after the button's name, and what stands above it."""
        lines = page.locator("#image-problems li").all_inner_texts()
        heard = page.locator("#image-problems [role=status]").filter(has_text=lines[0])
        found = [
            one.description
            for one in named(page)
            if one.role == "button" and one.name.startswith("Generate")
        ]
        return lines if found == lines and heard.count() else []

    comes_true(page, lambda: len(told()) == 1)


def test_the_answers_to_a_cards_question_say_which_job_they_are_about(
    page: Page, server: StudioServer, made: Made
) -> None:
    assert made
    sign_in(page, server)
    cards = page.locator("#jobs > [data-job][data-state=unsure]")
    for place in range(2):
        cards.nth(place).get_by_role("button", name="Discard").click()
    cards.nth(2).get_by_role("button", name="Import by task ID").click()
    expect(page.locator("#jobs .ask")).to_have_count(3)
    comes(page, [], lambda: alike(page))
