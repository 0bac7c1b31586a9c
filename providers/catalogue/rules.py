"""The shapes of a limit.

A rule is data: the form, the validator, the sandbox, README and the tests all read the same row.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from providers.catalogue.kinds import MediaKind as MediaKind

LABELS: Mapping[str, str] = {
    "prompt": "Prompt",
    "shots": "Shots",
    "start_frame": "Start frame",
    "end_frame": "End frame",
    "references": "References",
    "driving_video": "Driving video",
    "ratio": "Ratio",
    "duration": "Length",
    "resolution": "Resolution",
    "count": "Images",
    "style": "Style",
    "diversity": "Diversity",
    "seed": "Seed",
    "audio": "Audio",
    "explore": "Explore queue",
    "people": "People in references",
    "quality": "Quality",
    "background": "Background",
    "format": "File type",
    "edit": "Edit the reference",
    "web_search": "Web search",
    "limit_generations": "Ignore counts in the prompt",
    "tolerance": "Safety tolerance",
    "content_check": "Content check",
    "rewrite": "Prompt rewriting",
    "public_figures": "Public figures",
    "gestures": "Body movement",
    "expression": "Expression",
    "orientation": "Orientation from",
    "adherence": "Prompt adherence",
    "thinking": "Thinking",
    "frame_rate": "Frame rate",
    "keep_audio": "Keep the video's audio",
    "scale": "Upscale",
    "creativity": "Creativity",
    "sharpness": "Sharpness",
    "grain": "Grain",
    "detail": "Fine detail",
    "smooth": "Smoother motion",
}
"""Catalogue field names in the order of a form, with their names for people."""


class Frozen(BaseModel):
    """A value: immutable, and strict about names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Choice(Frozen):
    """One of a list. Without a default nothing is sent unless a person chooses."""

    rule: Literal["choice"] = "choice"
    options: tuple[str | int, ...]
    default: str | int | None = None
    unit: str = ""
    open: bool = False
    """The vendor says that it takes any text: what isn't listed is warned about, not refused."""


class Span(Frozen):
    """A whole number from `low` to `high`."""

    rule: Literal["span"] = "span"
    low: int
    high: int
    default: int | None = None
    unit: str = ""
    beyond: tuple[int, int] | None = None
    """The vendor names no limit: outside of low to high but within these a warning, not a refusal."""


class Text(Frozen):
    """Characters, counted as Unicode code points. `shortest` 1 means required."""

    rule: Literal["text"] = "text"
    shortest: int = 0
    longest: int
    doubtful: int | None = None
    """A newer source names this lower maximum: above it a warning, not a refusal."""
    utf16: bool = False
    """The vendor counts UTF-16 units: most emoji are two characters there."""


class Flag(Frozen):
    """On or off."""

    rule: Literal["flag"] = "flag"
    default: bool = False


FileLimit = Literal["types", "sides", "shape", "bytes", "seconds", "rate", "made"]
"""What is limited about a file."""


class Takes(Frozen):
    """What a vendor takes of a file as it leaves. Of what is None nobody says anything: the vendor judges."""

    types: tuple[str, ...] = ()
    """Media types. Images of others become one of these on their way; videos stay as they are."""
    shrunk_to: int | None = None
    """Pixels of the longer side: larger images are made smaller on their way."""
    least_side: int | None = None
    """Pixels of the shorter side."""
    most_side: int | None = None
    """Pixels of the longer side."""
    most_lines: int | None = None
    """Pixels of the shorter side: the 1080 of 1080p."""
    least_shape: float | None = None
    """Width divided by height."""
    most_shape: float | None = None
    least_bytes: int | None = None
    most_bytes: int | None = None
    least_seconds: float | None = None
    most_seconds: float | None = None
    most_rate: float | None = None
    """Frames in a second."""
    most_made: int | None = None
    """Pixels of the result, where it is made `scale` times as wide and as high."""
    soft: tuple[FileLimit, ...] = ()
    """Limits that no page of the vendor says for certain: beyond them a warning, not a refusal."""


class Slot(Frozen):
    """References of one role: how many, of what kind."""

    rule: Literal["slot"] = "slot"
    kind: MediaKind = "image"
    least: int = 0
    most: int = 1
    label: str = ""
    """What the field is called here, where its usual name does not fit."""
    requires: str | None = None
    """Another field that must be filled first (an end frame needs a start frame)."""
    tag: str | None = None
    """How the prompt names the n-th one, e.g. `@IMG_{n}`."""
    doubtful: int | None = None
    """From here on a warning, not a refusal: sources disagree about the maximum, or say none."""
    open: bool = False
    """No source says how many at most: `most` only keeps a mistake from being sent."""
    takes: Takes = Takes()
    """What each file must be like."""
    uncut: bool = False
    """Of a frame: it keeps its own shape, whatever ratio is asked for."""


Limit = Literal["count", "seconds", "total"]
"""What a rule about shots limits beside their texts: how many, the length of one, the length of all."""


class Shots(Frozen):
    """The shots of a multishot video: how many, each with its prompt and seconds, and all together."""

    rule: Literal["shots"] = "shots"
    least: int
    most: int
    prompt: Text
    """The text of one shot."""
    seconds: Span
    """The length of one shot."""
    total: int
    """The most seconds of all together."""
    total_least: int = 0
    """The least seconds of all together."""
    sums: tuple[int, ...] = ()
    """All together last exactly one of these, in seconds; empty: whatever lies within the totals."""
    soft: tuple[Limit, ...] = ()
    """Limits that no page of the vendor says: beyond them a warning, not a refusal."""
    in_one_text: int | None = None
    """The vendor reads the shots from one text (`written`), which has at most so many characters. So no
    shot's text holds the semicolon that ends it there, a line break, or the words that begin a shot."""
    rewritten: bool = False
    """The vendor rewords the texts before it films them."""


Rule = Annotated[Choice | Span | Text | Flag | Slot | Shots, Field(discriminator="rule")]


class When(Frozen):
    """While `field` is given, these rules replace the row's own (or join them), and `hides` fall away.

    A switch is given while it is on.
    """

    field: str
    rules: Mapping[str, Rule] = {}
    hides: tuple[str, ...] = ()

    def holds(self, given: Mapping[str, JsonValue]) -> bool:
        """Whether these fields give it. `assets/js/core/rules.js` does the same."""
        value = given.get(self.field)
        return is_given(value) and value is not False


MANY = frozenset({"shots", "references"})
"""Fields whose names for people speak of several."""


def wanted(field: str, rule: Rule | None = None) -> str:
    """The field as one asks for it: "a prompt", "an end frame", "references"."""
    own = rule.label if isinstance(rule, Slot) else ""
    named = (own or label(field)).lower()
    if field in MANY and not (isinstance(rule, Slot) and own and rule.most == 1):
        return named
    return f"{'an' if named[0] in 'aeiou' else 'a'} {named}"


def label(field: str) -> str:
    """The field's name for people."""
    return LABELS.get(field, field.replace("_", " ").capitalize())


SIZE = re.compile(r"(\d+(?:\.\d+)?)([pk]?)", re.IGNORECASE | re.ASCII)
"""What an option looks like that has a place in an order: 5, 720p, 4K."""


def with_unit(value: str | int, unit: str) -> str:
    """A value as people write it: `15 s`, `62%`, `2×`, `720p`, `4K`, whatever case a vendor gives it."""
    size = SIZE.fullmatch(str(value))
    word = size[1] + {"k": "K", "p": "p"}.get(size[2].lower(), "") if size else value
    return f"{word}{unit}" if unit in ("×", "%") else f"{word} {unit}".strip()


def meant(rule: "Choice", value: JsonValue) -> JsonValue:
    """The option that a value means, in the vendor's own spelling: one writes 4k, another 4K."""
    if not isinstance(value, str):
        return value
    spelled = {option.casefold(): option for option in rule.options if isinstance(option, str)}
    return value if value in rule.options else spelled.get(value.casefold(), value)


def length(rule: Text, text: str) -> int:
    """How many characters the vendor counts in a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if rule.utf16 else len(text)


def written(shots: Iterable[tuple[str, int]]) -> str:
    """Prompts and seconds as one text, for a vendor that reads shots from it: `shot 1, 4, A door; …`."""
    parts = [
        f"shot {number}, {seconds}, {prompt.strip()};"
        for number, (prompt, seconds) in enumerate(shots, start=1)
    ]
    return " ".join(parts)


def is_given(value: JsonValue) -> bool:
    """Whether a field holds anything: blank text, an empty list and null do not."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, list | dict):
        return bool(value)
    return value is not None


def listed(options: list[str]) -> str:
    """`a, b or c`."""
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} or {options[-1]}"
