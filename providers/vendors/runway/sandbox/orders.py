"""What a create body asks the emulated Runway for: read field by field, checked, given a size."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.vendors.runway.models import MODELS
from providers.vendors.runway.sandbox.cuts import Cut, even
from providers.vendors.runway.sandbox.having import HAVING, has
from providers.vendors.runway.sandbox.issues import issues_of
from providers.vendors.runway.sandbox.kling import (
    KLINGS,
    WITH_SCALE,
    Settings,
    faults,
    read_settings,
)
from providers.vendors.runway.sandbox.media import MEDIA_FIELDS, Asked, read_media
from providers.vendors.runway.sandbox.shapes import INVALID, Refusal, issue, number
from providers.vendors.runway.ways import Way, way
from providers.vendors.sandbox.bodies import text, whole

COMMON = {
    "promptText": "prompt",
    "seed": "seed",
    "duration": "duration",
    "audio": "audio",
    "outputCount": "count",
    "quality": "quality",
    "background": "background",
    "edit": "edit",
    "grounding": "web_search",
    "promptExpansionMode": "rewrite",
    "bodyControl": "gestures",
    "expressionIntensity": "expression",
    "scaleFactor": "scale",
    "flavor": "style",
    "creativity": "creativity",
    "sharpen": "sharpness",
    "smartGrain": "grain",
    "ultraDetail": "detail",
    "fpsBoost": "smooth",
    "thinkingLevel": "thinking",
    "targetFramerate": "frame_rate",
}
"""Wire fields that hold one value, and what the catalogue calls them."""
COMPOSED = frozenset({"contentModeration", "referenceVideos", "referenceAudio", "providerSettings"})
"""Fields beside the media that hold lists or objects."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "gen4.5": ("ratio", "duration"),
    "gen4_turbo": ("ratio",),
    "veo3.1": ("ratio",),
    "veo3.1_fast": ("ratio",),
}
"""Fields without a default at the vendor, by model; every picture from text needs its ratio too."""

FREE_SHAPE = frozenset({"bria_fibo_edit_1_5", "ideogram_4_0", "ideogram_4_5"})
"""Image models that choose a shape themselves where none is asked for."""
DIRECTED = 3
"""Shots that are cut here where the model decides."""
ROWS = [(spec, way(spec)) for spec in MODELS]


@dataclass(frozen=True, slots=True)
class Order:
    """A create body that keeps the rules, in catalogue words."""

    endpoint: str
    spec: ModelSpec
    to: Way
    given: Mapping[str, JsonValue]
    """Catalogue fields, defaults filled in."""
    media: Asked
    pixels: str = ""
    """The size that was asked for, as it was written."""
    body: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    cuts: tuple[Cut, ...] = ()
    """The shots of a multishot."""

    @property
    def prompt(self) -> str:
        """The prompt, or "" ."""
        return text(self.given.get("prompt"))

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that was written."""
        return (self.prompt, *(prompt for prompt, _ in self.cuts))

    def credits(self, seconds: float | None) -> float:
        """What the task will cost; rows without a published price cost one credit here.

        `seconds`: the length of the video handed in.
        """
        known = self.spec.estimate(self.given, seconds)
        return known.amount if known else 1.0


def read_order(endpoint: str, body: Mapping[str, JsonValue]) -> Order:
    """The order in a body. Refusal with an issue for every broken rule."""
    settings = read_settings(endpoint, body)
    spec, to = _row(endpoint, body, settings.shot_type)
    missing = [name for name in _needed(endpoint, to) if body.get(name) is None]
    if missing:
        raise Refusal(400, INVALID, [_required(name) for name in missing])
    asked = read_media(endpoint, to, body)
    given = dict(_values(to, body)) | asked.fields()
    framed = endpoint == to.framed
    pixels = _sized(to, body, given, framed=framed)
    given |= _set(settings)
    found = [*issues_of(spec, to, endpoint, _checked(to, given, settings)), *faults(endpoint, body)]
    found += [_stray(name) for name in body if not _is_known(endpoint, to, name)]
    found += [_odd(name) for name, value in body.items() if not _has_a_form(endpoint, name, value)]
    if found:
        raise Refusal(400, INVALID, found)
    whole_order = {**given, **spec.complete(given)}
    cuts = settings.cuts
    if settings.shot_type == "intelligence":
        cuts = even(text(given.get("prompt")), whole(whole_order.get("duration")), DIRECTED)
    return Order(endpoint, spec, to, whole_order, asked, pixels, body, cuts)


def _set(settings: Settings) -> dict[str, JsonValue]:
    """What the settings say, in catalogue words."""
    found: dict[str, JsonValue] = {}
    if settings.cuts:
        found["shots"] = [{"prompt": words, "seconds": length} for words, length in settings.cuts]
    if settings.keeps_sound is not None:
        found["keep_audio"] = settings.keeps_sound
    return found


def _checked(to: Way, given: Mapping[str, JsonValue], settings: Settings) -> dict[str, JsonValue]:
    """What the row is asked about: nobody forbids what a form leaves out beside segments or two frames."""
    beside: set[str] = set()
    if settings.shot_type == "customize":
        beside |= {"prompt", "duration", "end_frame"}
    if to.model in KLINGS and "end_frame" in given:
        beside |= {"ratio"}
    return {name: value for name, value in given.items() if name not in beside}


def _row(endpoint: str, body: Mapping[str, JsonValue], shot_type: str) -> tuple[ModelSpec, Way]:
    here = [(spec, to) for spec, to in ROWS if endpoint in (to.endpoint, to.framed)]
    model = body.get("model")
    mode = body.get("mode", "reference")
    for spec, to in here:
        fits = to.fixed.get("mode", mode) == mode and to.shot_type == shot_type
        if to.model == model and fits:
            return spec, to
    names: list[JsonValue] = [*dict.fromkeys(to.model for _, to in here)]
    raise issue("invalid_union", ["model"], "Invalid input", values=names, discriminator="model")


def _needed(endpoint: str, to: Way) -> tuple[str, ...]:
    if endpoint == "text_to_image":
        return () if to.model in FREE_SHAPE else ("ratio",)
    if endpoint == "text_to_video" and to.model in KLINGS:
        return ("ratio",)
    return NEEDED.get(to.model, ())


def _required(name: str) -> dict[str, JsonValue]:
    return {"code": "invalid_type", "path": [name], "message": "Required", "expected": "string"}


def _stray(name: str) -> dict[str, JsonValue]:
    message = f'Unrecognized key: "{name}"'
    return {"code": "unrecognized_keys", "path": [], "keys": [name], "message": message}


def _odd(name: str) -> dict[str, JsonValue]:
    return {"code": "invalid_type", "path": [name], "message": "Invalid input"}


def _has_a_form(endpoint: str, name: str, value: JsonValue) -> bool:
    # A field may be left out, but null is a value, and so is empty text: no field has them.
    composed = name in MEDIA_FIELDS[endpoint] or name in COMPOSED
    return value not in (None, "") and (composed or not isinstance(value, list | dict))


def _is_known(endpoint: str, to: Way, name: str) -> bool:
    if name in HAVING or name in MEDIA_FIELDS[endpoint]:
        return has(endpoint, to.model, to.source, name)
    if name in COMMON:
        return True
    if name == "providerSettings":
        return to.model in KLINGS
    if name == "cfgScale":
        return to.model in WITH_SCALE
    return name in {"model", to.ratio, "resolution", "contentModeration"}


def _values(to: Way, body: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    for name, value in body.items():
        if name in COMMON:
            yield COMMON[name], _worded(name, value)
    scale = body.get("cfgScale")
    if isinstance(scale, int | float) and not isinstance(scale, bool):
        yield "adherence", round(scale * 100)
    if to.endpoint == "text_to_image" and "outputFormat" in body:
        yield "format", body["outputFormat"]
    if "contentModeration" not in body:
        return
    moderation = body["contentModeration"]
    told = moderation.get("publicFigureThreshold", "auto") if isinstance(moderation, dict) else None
    if told not in ("auto", "low"):
        raise issue(
            "invalid_value",
            ["contentModeration", "publicFigureThreshold"],
            'Invalid option: expected one of "auto"|"low"',
            values=["auto", "low"],
        )
    yield "public_figures", told == "low"


def _worded(name: str, value: JsonValue) -> JsonValue:
    # Rates have an underscore where people write a point.
    rate = name == "targetFramerate" and isinstance(value, str) and "." not in value
    return text(value).replace("_", ".") if rate else number(value)


def _sized(
    to: Way, body: Mapping[str, JsonValue], given: dict[str, JsonValue], *, framed: bool
) -> str:
    """Fill in ratio and resolution; the answer is the size as it was written."""
    ratio, resolution = body.get(to.ratio), body.get("resolution")
    follows = framed and to.sizes and not any("auto" in row for row in to.sizes.values())
    if resolution is not None:
        if to.sizes and not (follows and ratio is None):
            raise Refusal(400, INVALID, [_stray("resolution")])
        given["resolution"] = _as_listed(resolution) if to.capitals else resolution
    if ratio is None or ratio in to.other_sizes:
        return text(ratio)
    if not to.sizes:
        given["ratio"] = ratio
        return ""
    sizes = to.table(guided=bool(body.get("referenceImages")))
    for size, row in sizes.items():
        for shape, pair in row.items():
            if pair == ratio:
                given |= {"resolution": size} if size else {}
                given |= {} if shape == "auto" and (framed or len(row) == 1) else {"ratio": shape}
                return pair
    values: list[JsonValue] = [pair for row in sizes.values() for pair in row.values()]
    raise issue("invalid_value", [to.ratio], "Invalid option", values=values)


def _as_listed(resolution: JsonValue) -> JsonValue:
    known = {"768P": "768p", "720P": "720p", "1080P": "1080p", "2k": "2K"}
    return known.get(resolution, resolution) if isinstance(resolution, str) else resolution
