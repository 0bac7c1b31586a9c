"""What a browser would show of a page that came in the place of an answer."""

import html
import re
from collections.abc import Iterable

_IS_PAGE = re.compile(r"(?i)<(?:!doctype\s+html|html|head|body)[\s>]")
_TAG = re.compile(r"<[!/?a-zA-Z][^<>]*>")
_TITLE = (re.compile(r"(?i)<title\b[^<>]*>"), re.compile(r"(?i)</title\s*>"))
_UNSEEN = (
    (re.compile("<!--"), re.compile("-->")),
    *(
        (re.compile(rf"(?i)<{name}\b[^<>]*>"), re.compile(rf"(?i)</{name}\s*>"))
        for name in ("script", "style", "template", "svg")
    ),
)
"""Where what nobody sees begins and ends; what is never closed goes on to the end."""


def seen(text: str) -> str:
    """The text itself; of a page what is seen of it, or its title where nothing is."""
    if not _IS_PAGE.search(text):
        return text
    for begin, end in _UNSEEN:
        text = " ".join(_parts(text, begin, end)[0])
    outside, titles = _parts(text, *_TITLE)
    return _words(outside) or _words(titles)


def _words(markup: Iterable[str]) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", " ".join(markup))).split())


def _parts(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> tuple[list[str], list[str]]:
    """What stands outside of such elements, and what inside."""
    outside: list[str] = []
    inside: list[str] = []
    at = 0
    while at < len(text) and (opening := begin.search(text, at)):
        closing = end.search(text, opening.end())
        outside.append(text[at : opening.start()])
        inside.append(text[opening.end() : closing.start() if closing else len(text)])
        at = closing.end() if closing else len(text)
    return [*outside, text[at:]], inside
