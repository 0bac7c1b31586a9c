"""A multishot as it is written down: shots in order, the lines before each, words that wait in braces.

A saved plan and a film hold one, of any length; a request is made of it. The page reads texts alike.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from pydantic import Field, JsonValue, ValidationError

from providers.catalogue.requests import ArtifactId, MultishotRequest, Request, Shot, shape_problem
from providers.catalogue.rules import Frozen
from providers.errors import InvalidRequest, Problem

P = TypeVar("P", bound=Frozen)
PlanId = str
MOST_SHOTS = 200
LONGEST_LINE = 20_000
"""Characters of a line for every shot; a model takes fewer."""
SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What a browser takes off the ends of a text."""
CLOSING = ")\"'\u201d\u2019"
_SLOT = re.compile(
    r"\{[ \t]*([^{}\"'`:;,|<>\\/=()\[\]0-9 \t\r\n][^{}\"`:;,|<>\\/=()\[\]\t\r\n]{0,39})\}"
)
WAITS = (
    "{place} still says {slots}. Fill in the braces, or generate anyway to send them as they are."
)
UNFILLED = "{place} still says {slots}. Fill in the template's words first."
TOO_MANY_SHOTS = Problem("plan.shots", f"A plan has at most {MOST_SHOTS} shots. Remove some.")
OTHER_SHOTS = Problem(
    "plan", "The plan makes other shots than these. Send the shots that it makes."
)


class Plan(Frozen):
    """A multishot before it is sent. Its files are its owner's, its options those of its model."""

    model: str = ""
    """A spec id; a plan outlives it."""
    prompt: str = ""
    style: str = ""
    """Stands before the text of every shot, and so does the cast."""
    cast: str = ""
    shots: tuple[Shot, ...] = Field(default=(), max_length=MOST_SHOTS)
    options: Mapping[str, JsonValue] = Field(default_factory=dict)
    start_frame: ArtifactId | None = None
    references: tuple[ArtifactId, ...] = ()

    def request(self) -> MultishotRequest:
        """What would be sent."""
        shots = tuple(
            Shot(prompt=final(self.style, self.cast, one.prompt), seconds=one.seconds)
            for one in self.shots
        )
        return MultishotRequest(
            model=self.model, prompt=self.prompt, shots=shots, options=self.options,
            start_frame=self.start_frame, references=self.references,
        )  # fmt: skip

    @property
    def seconds(self) -> float:
        """How long it lasts; a shot without a length counts for nothing."""
        return sum(one.seconds or 0 for one in self.shots)

    @property
    def slots(self) -> tuple[str, ...]:
        """The names in braces, each once, in the order in which they are read."""
        texts = (self.prompt, self.style, self.cast, *(one.prompt for one in self.shots))
        return tuple(dict.fromkeys(name for text in texts for name in slots_in(text)))


class JobPlan(Frozen):
    """How the shots of a job were written down: frozen with it, whatever becomes of the saved plan."""

    id: PlanId = ""
    """The saved plan that they are of; empty: none."""
    name: str = Field(default="", max_length=200)
    """As the saved plan was called when they were sent."""
    revision: int = 0
    """Of the saved plan, as it was opened."""
    slots: tuple[str, ...] = Field(default=(), max_length=MOST_SHOTS)
    """Names of the template that it was made of: none of them may be left."""
    style: str = Field(default="", max_length=LONGEST_LINE)
    cast: str = Field(default="", max_length=LONGEST_LINE)
    prompts: tuple[str, ...] = Field(default=(), max_length=MOST_SHOTS)
    """Of each shot, without the lines for all."""

    def problems(self, request: Request) -> list[Problem]:
        """Whether these are its shots."""
        shots = request.shots if isinstance(request, MultishotRequest) else ()
        made = [_bare(final(self.style, self.cast, prompt)) for prompt in self.prompts]
        return [] if made == [_bare(one.prompt) for one in shots] else [OTHER_SHOTS]


def read_plan(body: JsonValue) -> Plan:
    """A plan from JSON, or InvalidRequest with a sentence for every field that has no such shape."""
    return _read(Plan, body)


def read_job_plan(body: JsonValue) -> JobPlan | None:
    """How shots were written down, from JSON; None for nothing. InvalidRequest."""
    return None if body is None else _read(JobPlan, body)


def _read(model: type[P], body: JsonValue) -> P:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = [_shape_problem(fault["loc"], fault["type"]) for fault in error.errors()]
        raise InvalidRequest(list(dict.fromkeys(found))) from None


def _shape_problem(location: tuple[int | str, ...], kind: str) -> Problem:
    if not location:
        return Problem("plan", "plan must be an object. Fix it.")
    if kind == "too_long" and location == ("shots",):
        return TOO_MANY_SHOTS
    found = shape_problem(("plan", *location), kind)
    return replace(found, field=f"plan.{found.field}")


def joined(*texts: str) -> str:
    """Texts one after the other; a sentence that does not end is ended."""
    given = [text for text in (one.strip(SPACE) for one in texts) if text]
    return " ".join([*map(_ended, given[:-1]), *given[-1:]])


def _bare(text: str) -> str:
    # Which letters there are is told by each language's own tables: a full stop more is no other text.
    return re.sub(r"[.\s\ufeff]", "", text)


def _ended(text: str) -> str:
    is_open = unicodedata.category(text[-1])[0] in "LN" or text[-1] in CLOSING
    return f"{text}." if is_open else text


def final(style: str, cast: str, prompt: str) -> str:
    """The text of a shot as it is sent: the lines for every shot come first. One without a text has none."""
    is_led = any(text.strip(SPACE) for text in (style, cast))
    return joined(style, cast, prompt) if is_led and prompt.strip(SPACE) else prompt


def slots_in(text: str) -> tuple[str, ...]:
    """The names in braces in a text, in their order."""
    return tuple(name.rstrip(" ") for name in _SLOT.findall(text))


def slot_problems(request: Request, of_template: Collection[str] = ()) -> list[Problem]:
    """Braces that wait for words. Of a template they must be filled; else they may be meant as they stand."""
    if not isinstance(request, MultishotRequest):
        return []
    texts = [("prompt", "The prompt", request.prompt)]
    texts += [
        (f"shots.{number}.prompt", f"Shot {number}", one.prompt)
        for number, one in enumerate(request.shots, start=1)
    ]
    found = [(field, place, tuple(dict.fromkeys(slots_in(text)))) for field, place, text in texts]
    return [_waiting(field, place, names, of_template) for field, place, names in found if names]


def _waiting(field: str, place: str, names: Iterable[str], of_template: Collection[str]) -> Problem:
    unfilled = [name for name in names if name in of_template]
    said = " and ".join(f"{{{name}}}" for name in unfilled or names)
    if unfilled:
        return Problem(field, UNFILLED.format(place=place, slots=said))
    return Problem(field, WAITS.format(place=place, slots=said), soft=True, asks="slots")
