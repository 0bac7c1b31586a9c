"""What the pages of Runflow's video models say: each address with its fields, and what a second costs.

Where a page does not tell what a field may hold, anything of its type is taken.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

Check = Callable[[JsonValue], str]
"""What is wrong with a value, in the vendor's words; "" for nothing."""
FINE = ""
MOST_TEXT = 100_000
MOST_REFERENCES = 20
"""What no page says: here only to have an end."""
ADDRESS = "A media URL must be HTTP(S) or a data URI."


@dataclass(frozen=True)
class Page:
    """One address of a video model."""

    label: str
    fields: Mapping[str, Check]
    required: tuple[str, ...]
    dollars: float
    """A second, as the page tells it: what else one costs is not known, and so no run tells it."""
    dollars_for: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """What the page tells that price of; empty: of every video."""
    seconds: int = 5
    """The length where none is asked for."""
    tier: str = "720p"
    """The resolution where none is asked for."""
    has_audio: bool = True
    frames: Mapping[str, str] = field(default_factory=dict[str, str])
    """The part that a picture plays, by its field."""


def of_type(words: str, *kinds: type) -> Check:
    """Anything of these types; text is as long as a prompt at most."""

    def check(value: JsonValue) -> str:
        fits = isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
        too_long = isinstance(value, str) and len(value) > MOST_TEXT
        return FINE if fits and not too_long else f"{words} is expected."

    return check


def word(value: JsonValue) -> str:
    """A short text, of which the page names no values."""
    fits = isinstance(value, str) and 0 < len(value.strip()) <= 100
    return FINE if fits else "A word is expected."


def one_of(*values: str) -> Check:
    """One text of a list."""
    words = ", ".join(f'"{value}"' for value in values)

    def check(value: JsonValue) -> str:
        return (
            FINE if isinstance(value, str) and value in values else f"One of {words} is expected."
        )

    return check


def whole(low: int, high: int) -> Check:
    """A whole number within limits."""

    def check(value: JsonValue) -> str:
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return FINE if fits else f"A whole number from {low} to {high} is expected."

    return check


def prompt(value: JsonValue) -> str:
    """Text that says something."""
    fits = isinstance(value, str) and value.strip() and len(value) <= MOST_TEXT
    return FINE if fits else f"Text of up to {MOST_TEXT} characters is expected."


def address(value: JsonValue) -> str:
    """Where a picture can be fetched, or the picture itself."""
    told = value.startswith(("https://", "http://", "data:image/")) if isinstance(value, str) else 0
    return FINE if told else ADDRESS


def addresses(value: JsonValue) -> str:
    """One or more of them."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST_REFERENCES:
        return f"1 to {MOST_REFERENCES} are required."
    return next((wrong for wrong in map(address, value) if wrong), FINE)


def shots(value: JsonValue) -> str:
    """Shots, each with a prompt and with seconds in text; the page tells neither how many nor how long."""
    if not isinstance(value, list) or not value:
        return "At least one shot is required."
    for shot in value:
        if not isinstance(shot, dict) or set(shot) - {"prompt", "duration"}:
            return "Objects of prompt and duration are expected."
        seconds = shot.get("duration", "5")
        if prompt(shot.get("prompt")):
            return "A shot needs a prompt."
        if not isinstance(seconds, str) or seconds not in map(str, range(1, 16)):
            return 'The duration of a shot is text, as "5".'
    return FINE


TEXT, FLAG, LIST = of_type("Text", str), of_type("A boolean", bool), of_type("A list", list)
NUMBER = of_type("A number", int, float)

KLING: Mapping[str, Check] = {
    "prompt": prompt,
    "multi_prompt": shots,
    "shot_type": TEXT,
    "duration": one_of(*map(str, range(3, 16))),
    "generate_audio": FLAG,
    "voice_ids": LIST,
    "negative_prompt": TEXT,
    "cfg_scale": NUMBER,
}
KLING_FRAMES = {"start_image_url": "start", "end_image_url": "end"}
FRAMES = {"image_url": "start", "end_image_url": "end"}
SEEDANCE: Mapping[str, Check] = {
    "prompt": prompt,
    "aspect_ratio": one_of("auto", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16"),
    "duration": one_of("auto", *map(str, range(4, 16))),
    "resolution": one_of("480p", "720p", "1080p"),
    "generate_audio": FLAG,
}
VEO: Mapping[str, Check] = {
    "prompt": prompt,
    "aspect_ratio": one_of("16:9", "9:16"),
    "duration": one_of("4s", "6s", "8s"),
    "resolution": one_of("720p", "1080p", "4k"),
    "generate_audio": FLAG,
    "negative_prompt": TEXT,
    "auto_fix": FLAG,
    "safety_tolerance": one_of("1", "2", "3", "4", "5", "6"),
    "seed": whole(1 - 2**53, 2**53 - 1),
}
SILENT: Mapping[str, JsonValue] = {"generate_audio": False}
IN_720P: Mapping[str, JsonValue] = {"resolution": "720p"}
_KLING, _SEEDANCE, _VEO = "kuaishou/kling-video/v3/pro", "bytedance/seedance/2.0", "google/veo3.1"
PAGES: Mapping[str, Page] = {
    f"{_KLING}/text-to-video": Page(
        label="Kling 3.0 Pro",
        fields={**KLING, "aspect_ratio": one_of("16:9", "9:16", "1:1")},
        required=(),
        dollars=0.112,
        dollars_for=SILENT,
    ),
    f"{_KLING}/image-to-video": Page(
        label="Kling 3.0 Pro",
        fields={**KLING, **dict.fromkeys(KLING_FRAMES, address), "elements": LIST},
        required=("start_image_url",),
        dollars=0.112,
        dollars_for=SILENT,
        frames=KLING_FRAMES,
    ),
    f"{_SEEDANCE}/text-to-video": Page(
        label="Seedance 2.0",
        fields=SEEDANCE,
        required=("prompt",),
        dollars=0.3034,
        dollars_for=IN_720P,
    ),
    f"{_SEEDANCE}/image-to-video": Page(
        label="Seedance 2.0",
        fields={**SEEDANCE, **dict.fromkeys(FRAMES, address)},
        required=("prompt", "image_url"),
        dollars=0.3024,
        dollars_for=IN_720P,
        frames=FRAMES,
    ),
    f"{_SEEDANCE}/fast/text-to-video": Page(
        label="Seedance 2.0 Fast",
        fields=SEEDANCE,
        required=("prompt",),
        dollars=0.2419,
        dollars_for=IN_720P,
    ),
    "alibaba/wan/v2.7/text-to-video": Page(
        label="Wan 2.7",
        fields={"prompt": prompt, "duration": whole(1, 60), "resolution": word},
        required=("prompt",),
        dollars=0.10,
        has_audio=False,
    ),
    "alibaba/happy-horse/reference-to-video": Page(
        label="HappyHorse",
        fields={
            "prompt": prompt,
            "image_urls": addresses,
            "duration": whole(3, 15),
            "resolution": word,
            "aspect_ratio": word,
        },
        required=("prompt", "image_urls"),
        dollars=0.14,
        dollars_for=IN_720P,
        has_audio=False,
    ),
    _VEO: Page(
        label="Veo 3.1",
        fields=VEO,
        required=("prompt",),
        dollars=0.20,
        dollars_for=SILENT,
        seconds=8,
    ),
    f"{_VEO}/fast": Page(
        label="Veo 3.1 Fast",
        fields=VEO,
        required=("prompt",),
        dollars=0.10,
        dollars_for=SILENT,
        seconds=8,
    ),
    f"{_VEO}/fast/image-to-video": Page(
        label="Veo 3.1 Fast",
        fields={**VEO, "image_url": address},
        required=("prompt", "image_url"),
        dollars=0.10,
        dollars_for=SILENT,
        seconds=8,
        frames={"image_url": "start"},
    ),
    f"{_VEO}/lite": Page(
        label="Veo 3.1 Lite",
        fields=VEO,
        required=("prompt",),
        dollars=0.03,
        dollars_for={**SILENT, **IN_720P},
        seconds=8,
    ),
}


def wrong_fields(slug: str, told: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    """(field, words) of everything that a page of this address refuses. Null is the same as nothing."""
    page = PAGES[slug]
    given = {name: value for name, value in told.items() if value is not None}
    wrong = [(name, "Unexpected field.") for name in sorted(set(told) - set(page.fields))]
    wrong += [(name, "Required.") for name in page.required if name not in given]
    checked = {name: page.fields[name](given[name]) for name in page.fields if name in given}
    wrong += [(name, words) for name, words in checked.items() if words]
    if "multi_prompt" in page.fields:
        wrong += _one_of_two(given, page)
    return wrong


def _one_of_two(given: Mapping[str, JsonValue], page: Page) -> list[tuple[str, str]]:
    if ("prompt" in given) == ("multi_prompt" in given):
        return [("prompt", "Exactly one of prompt and multi_prompt is required.")]
    if page.frames and "multi_prompt" in given and "shot_type" not in given:
        return [("shot_type", "Required with multi_prompt.")]
    return []
