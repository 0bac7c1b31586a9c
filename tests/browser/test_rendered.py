"""What the page shows, read as it is shown: each text and each name for assistive technology, in all states."""

import re
from collections.abc import Mapping
from typing import cast

import pytest
from playwright.sync_api import Page

from tests.browser.states import each, fill, sign_in
from tests.support.glossary import banned
from tests.support.servers import StudioServer

pytestmark = pytest.mark.allows_console("401", "422")
# What people and vendors wrote is theirs, and code is code.
READ = """() => {
  const top = document.querySelector("dialog[open]") ?? document.body;
  const theirs = "textarea, input, code, pre, kbd, [dir=auto], .raw, select";
  const seen = [...top.querySelectorAll("*")].filter(one =>
    one.checkVisibility({visibilityProperty: true}) && !one.closest(theirs));
  const texts = seen.flatMap(one => [...one.childNodes].filter(node => node.nodeType === 3))
    .map(node => node.textContent.trim().replace(/\\s+/g, " "));
  const names = [...top.querySelectorAll("*")].filter(one => one.checkVisibility({visibilityProperty: true}))
    .flatMap(one => ["aria-label", "title", "placeholder", "alt"].map(name => one.getAttribute(name)));
  return [...new Set([...texts, ...names].filter(Boolean))];
}"""
WRONG: Mapping[str, re.Pattern[str]] = {
    "a value that is none": re.compile(r"\b(?:undefined|NaN|null|None|Infinity)\b|\[object"),
    "a field's name": re.compile(r"(?<![\w./:-])[a-z]+(?:_[a-z]+)+(?![\w./-])"),
    "doubled or loose punctuation": re.compile(
        r"(?<!\.)\.\.(?!\.)|,,| [,;](?=\s|$)|\S  \S|·\s*·|· *$|^ *·\s*\S*$"
    ),
    "money that nobody writes so": re.compile(r"\d \$|\$ \d|\$\d+\.\d(?!\d)"),
    "half a sentence of code": re.compile(r"\$\{|\{\w+\}"),
}
WRITTEN_BY_PEOPLE = re.compile(
    r"lighthouse at blue hour|cliff road|night train|unfolds in water|harbour in fog|Market street|sandbox:"
    r"|such as \{subject\}"
)


def found_in(texts: list[str]) -> list[str]:
    """What is wrong with them, each with its text."""
    rules = {
        **WRONG,
        **{f"{word} (ruled out by the glossary)": one for word, one in banned().items()},
    }
    return [
        f"{name}: {text[:120]!r}"
        for text in texts
        # A sign alone stands between two others.
        if text != "·" and not WRITTEN_BY_PEOPLE.search(text)
        for name, pattern in rules.items()
        if pattern.search(text)
    ]


def read(page: Page) -> list[str]:
    return cast("list[str]", page.evaluate(READ))


def test_what_is_shown_holds_to_the_words_of_the_page(page: Page, server: StudioServer) -> None:
    made = fill(server)
    sign_in(page, server)
    wrong: dict[str, str] = {}
    count = 0
    for name in each(page, made):
        texts = read(page)
        count += len(texts)
        for one in found_in(texts):
            wrong.setdefault(one, name)
    assert count > 1000
    assert not wrong, "\n".join(f"{name}: {one}" for one, name in wrong.items())


@pytest.mark.parametrize(
    "text",
    [
        "Costs undefined", "Set start_frame first", "Done..", "Ready · · 5 s", "It costs 0.31 $", "About $0.3",
        "Up to {n} images", "Smaller pictures",
    ],
)  # fmt: skip
def test_what_is_planted_is_found(page: Page, text: str) -> None:
    page.set_content("<main><p></p></main>")
    page.locator("p").evaluate("(one, text) => one.textContent = text", text)
    assert found_in(read(page))
    page.set_content("<main><button>OK</button></main>")
    page.locator("button").evaluate("(one, text) => one.setAttribute('aria-label', text)", text)
    assert found_in(read(page))
