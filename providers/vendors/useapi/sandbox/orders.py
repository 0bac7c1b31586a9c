"""What a create body asks the emulated useapi.net for: read field by field, checked, given a size."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.vendors.sandbox.bodies import whole
from providers.vendors.useapi.models import MODELS

Size = tuple[int, int]
Made = Literal["image", "video"]

COMMON_FIELDS = frozenset({"model", "email", "exploreMode", "replyUrl", "replyRef", "maxJobs"})
IMAGE_FIELDS: Mapping[str, str] = {
    "text_prompt": "prompt",
    "aspect_ratio": "ratio",
    "resolution": "resolution",
    "num_images": "count",
    "diversity": "diversity",
    "seed": "seed",
    "style": "style",
}
VIDEO_FIELDS: Mapping[str, str] = {
    "text_prompt": "prompt",
    "aspect_ratio": "ratio",
    "resolution": "resolution",
    "duration": "duration",
    "audio": "audio",
    "seed": "seed",
}
ONLY_RESOLUTION: Mapping[tuple[Made, str], str] = {
    ("image", "gen4-turbo"): "1080p",
    ("video", "gen4"): "720p",
    ("video", "gen4-turbo"): "720p",
}
"""Models with one resolution: it may be named or left out."""
ALWAYS_SOUND = frozenset({"sora-2", "sora-2-pro"})

SIZES: Mapping[str, Mapping[str, Size]] = {
    "video 720p": {
        "16:9": (1280, 720), "9:16": (720, 1280), "1:1": (960, 960),
        "4:3": (1104, 832), "3:4": (832, 1104), "21:9": (1584, 672),
    },
    "video 1080p": {
        "16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1440, 1440),
        "4:3": (1664, 1248), "3:4": (1248, 1664), "21:9": (2208, 944),
    },
    "image 720p": {
        "16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720),
        "4:3": (960, 720), "3:4": (720, 960), "21:9": (1680, 720),
    },
    "image 1080p": {
        "16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080),
        "4:3": (1440, 1080), "3:4": (1080, 1440), "21:9": (2112, 912),
    },
    "image 1K": {
        "16:9": (1344, 768), "9:16": (768, 1344), "1:1": (1024, 1024),
        "4:3": (1184, 864), "3:4": (864, 1184), "21:9": (1536, 672),
    },
    "image 2K": {
        "16:9": (2688, 1536), "9:16": (1536, 2688), "1:1": (2048, 2048),
        "4:3": (2368, 1728), "3:4": (1728, 2368), "21:9": (3072, 1344),
    },
    "image 4K": {
        "16:9": (3840, 2160), "9:16": (2160, 3840), "1:1": (2880, 2880),
        "4:3": (3328, 2496), "3:4": (2496, 3328), "21:9": (3840, 1648),
    },
}  # fmt: skip
"""Pixels by kind and resolution, then ratio."""

_SPECS = {spec.id: spec for spec in MODELS}
_SLOT = re.compile(r"imageAssetId(\d+)")
_SHOT = re.compile(r"multishot_(prompt|duration)_(\d+)")


class Unacceptable(Exception):
    """The body breaks a documented rule; the text is the vendor's message."""


@dataclass(frozen=True, slots=True)
class Order:
    """A create body that keeps the rules, in catalogue words."""

    kind: Made
    model: str
    spec: ModelSpec
    given: Mapping[str, JsonValue]
    """Catalogue fields, defaults filled in."""
    images: tuple[str, ...] = ()
    """Asset ids, in slot order."""
    video: str | None = None
    body: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    @property
    def prompt(self) -> str:
        """The prompt, or "" ."""
        return _text(self.given.get("prompt"))

    @property
    def shots(self) -> tuple[tuple[str, int], ...]:
        """(prompt, seconds) of each shot; empty but in a multishot."""
        shots = self.given.get("shots")
        found: list[tuple[str, int]] = []
        for shot in shots if isinstance(shots, list) else []:
            if isinstance(shot, dict):
                found.append((_text(shot.get("prompt")), whole(shot.get("seconds"))))
        return tuple(found)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that a person wrote."""
        return (self.prompt, *(prompt for prompt, _ in self.shots))

    @property
    def sound(self) -> bool:
        """Whether the film has a sound track."""
        return self.model in ALWAYS_SOUND or self.given.get("audio") is True

    @property
    def size(self) -> Size | None:
        """Pixels; None where the clip keeps the shape of its picture."""
        ratio = self.given.get("ratio")
        if not isinstance(ratio, str):
            return None
        fallback = "720p" if self.kind == "video" else "1K"
        only = ONLY_RESOLUTION.get((self.kind, self.model), fallback)
        resolution = _text(self.given.get("resolution")) or only
        return SIZES[f"{self.kind} {resolution}"][ratio]


def read_order(kind: Made, body: Mapping[str, JsonValue]) -> Order:
    """The order in a body, or Unacceptable with every broken rule in its text."""
    model = body.get("model")
    if not isinstance(model, str):
        raise Unacceptable("Parameter model is required")
    images = _slots(body)
    shots = _shots(body)
    spec = _SPECS.get(f"useapi:{'multishot' if shots else kind}/{model}")
    if f"useapi:{kind}/{model}" not in _SPECS:
        raise Unacceptable(f"Parameter model value {model} is not supported")
    if spec is None:
        raise Unacceptable(f"Parameters multishot_* are not supported by {model}")
    _check_common(body)
    given = _given(kind, body)
    if ("resolution" in given) and given["resolution"] == ONLY_RESOLUTION.get((kind, model)):
        del given["resolution"]
    given.update(_media(kind, images))
    video = body.get("videoAssetId")
    if video is not None:
        given["driving_video"] = video
    if shots:
        given["shots"] = shots
    problems = [problem for problem in spec.problems(given) if not problem.soft]
    if problems:
        raise Unacceptable(" ".join(problem.message for problem in problems))
    complete = {**given, **spec.complete(given)}
    film = video if isinstance(video, str) else None
    return Order(kind, model, spec, complete, tuple(images), film, body)


def _given(kind: Made, body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    own = IMAGE_FIELDS if kind == "image" else VIDEO_FIELDS
    known = COMMON_FIELDS | own.keys() | ({"videoAssetId"} if kind == "video" else set[str]())
    for name in body:
        if name in known or _SLOT.fullmatch(name) or (kind == "video" and _SHOT.fullmatch(name)):
            continue
        raise Unacceptable(f"Parameter {name} is not supported")
    given = {own[name]: value for name, value in body.items() if name in own}
    if body.get("exploreMode") is True:
        given["explore"] = True
    return given


def _media(kind: Made, images: list[str]) -> dict[str, JsonValue]:
    if not images:
        return {}
    if kind == "image":
        return {"references": list[JsonValue](images)}
    if len(images) > 2:
        raise Unacceptable("Parameter imageAssetId3 is not supported")
    return dict(zip(("start_frame", "end_frame"), images, strict=False))


def _check_common(body: Mapping[str, JsonValue]) -> None:
    for name in ("replyUrl", "replyRef"):
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > 1024:
            raise Unacceptable(f"Parameter {name} maximum length is 1024 characters")
    if not isinstance(body.get("exploreMode", False), bool):
        raise Unacceptable("Parameter exploreMode must be boolean")
    if "maxJobs" in body and not 1 <= whole(body["maxJobs"]) <= 10:
        raise Unacceptable("Parameter maxJobs valid range is 1…10")


def _slots(body: Mapping[str, JsonValue]) -> list[str]:
    numbers = sorted(int(found[1]) for name in body if (found := _SLOT.fullmatch(name)))
    if numbers != list(range(1, len(numbers) + 1)):
        raise Unacceptable("Parameters imageAssetId must be numbered from 1 without gaps")
    held: list[str] = []
    for number in numbers:
        value = body[f"imageAssetId{number}"]
        if not isinstance(value, str) or not value:
            raise Unacceptable(f"Parameter imageAssetId{number} must be an assetId")
        held.append(value)
    return held


def _shots(body: Mapping[str, JsonValue]) -> list[JsonValue]:
    found = {name: match for name in body if (match := _SHOT.fullmatch(name))}
    numbers = sorted({int(match[2]) for match in found.values()})
    if numbers != list(range(1, len(numbers) + 1)):
        raise Unacceptable("Parameters multishot_* must be numbered from 1 without gaps")
    shots: list[JsonValue] = []
    for number in numbers:
        names = (f"multishot_prompt_{number}", f"multishot_duration_{number}")
        if not all(name in body for name in names):
            raise Unacceptable(f"Shot {number} requires both {names[0]} and {names[1]}")
        shots.append({"prompt": body[names[0]], "seconds": body[names[1]]})
    return shots


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
