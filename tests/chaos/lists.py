"""What a vendor's lists may do to the tasks that they show, whichever vendor it is."""

import html
import unicodedata
from collections.abc import Callable

import httpx
from pydantic import JsonValue

from tests.chaos.shapes import Change, walk
from tests.chaos.toxics import Forward, Toxic, mutated

PROMPTS = ("text_prompt", "name", "prompt", "promptText", "positivePrompt")
NUMBERS = ("seed", "num_images", "seconds", "duration")
MARKS = ("replyRef",)
LONGEST = 60
"""Signs after which a list cuts a prompt."""


def reworded(change: Callable[[str], str]) -> Change:
    """Every prompt, and every name that holds one, as `change` makes it."""

    def each(key: str, value: JsonValue) -> JsonValue:
        return change(value) if key in PROMPTS and isinstance(value, str) else value

    return lambda body: walk(body, each)


def renumbered(change: Callable[[int], JsonValue]) -> Change:
    """Every setting that is a number, as `change` makes it."""

    def each(key: str, value: JsonValue) -> JsonValue:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return change(value) if key in NUMBERS and whole and isinstance(value, int) else value

    return lambda body: walk(body, each)


BENT: dict[str, Change] = {
    "cut": reworded(lambda text: text[:LONGEST]),
    "cut with an ellipsis": reworded(lambda text: text[:LONGEST] + "…"),
    "cut with dots": reworded(lambda text: text[:LONGEST].rstrip() + "..."),
    "stripped": reworded(str.strip),
    "one line": reworded(lambda text: " ".join(text.split())),
    "composed": reworded(lambda text: unicodedata.normalize("NFC", text)),
    "decomposed": reworded(lambda text: unicodedata.normalize("NFD", text)),
    "escaped": reworded(html.escape),
    "escaped and cut": reworded(lambda text: html.escape(text)[:LONGEST]),
    "numbers as text": renumbered(str),
    "numbers as floats": renumbered(float),
    "numbers as text of floats": renumbered(lambda number: f"{number}.0"),
}
"""Ways in which a list may show another text or number than was sent."""
PROMPT = (
    'A café at "Zürich"  & a\nlighthouse <north> of it, while the light goes down behind the houses'
)
"""Words that each of them bends."""


def unmarked(change: Change = lambda body: body) -> Toxic:
    """A vendor that keeps no track of our marks: what it lists, and bent by `change`."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        if request.url.path.endswith("/scheduler/"):
            return httpx.Response(200, json=[], request=request)
        if is_list(request):
            return await mutated(change)(request, forward)
        return await forward(request)

    return toxic


def is_list(request: httpx.Request) -> bool:
    """Whether it asks for tasks, and not for one of them."""
    return request.url.path.rstrip("/").endswith(("/tasks", "/runs")) and request.method == "GET"
