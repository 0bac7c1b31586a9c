"""What a task asks the emulated Runware for: read field by field, and checked by the model's own row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.vendors.runware.models import MODELS
from providers.vendors.runware.sandbox.shapes import Refusal
from providers.vendors.sandbox.bodies import text, whole

Size = tuple[int, int]
Made = Literal["image", "video"]
Fields = Mapping[str, JsonValue]

COMMON = frozenset(
    {
        "taskType", "taskUUID", "model", "positivePrompt", "width", "height", "inputs", "numberResults",
        "outputType", "outputFormat", "outputQuality", "deliveryMethod", "webhookURL",
        "uploadEndpoint", "ttl", "includeCost", "safety", "providerSettings", "resolution", "seed",
        "duration",
    }
)  # fmt: skip
PLAIN = {
    "positivePrompt": "prompt",
    "numberResults": "count",
    "outputQuality": "quality",
    "seed": "seed",
    "duration": "duration",
}
PARAMETERS = {
    **{ours: theirs for theirs, ours in PLAIN.items()},
    "references": "inputs.referenceImages",
    "start_frame": "inputs.frameImages",
    "end_frame": "inputs.frameImages",
    "ratio": "width",
    "resolution": "resolution",
    "format": "outputFormat",
    "content_check": "safety",
    "audio": "providerSettings",
    "tolerance": "providerSettings",
}
IMAGE_TYPES = {"JPG": "jpeg", "PNG": "png", "WEBP": "webp"}
VIDEO_TYPES = ("MP4", "WEBM", "MOV")
SOUND = {"google": "generateAudio", "klingai": "sound"}
HOUSES = ("google", "klingai", "runway")
TIERED = frozenset({"google:4@2", "google:3@2", "google:3@3"})
"""Models that take a resolution in place of a size."""
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

_SPECS = {(spec.kind, spec.name): spec for spec in MODELS}


@dataclass(frozen=True, slots=True)
class Order:
    """A task that keeps the rules, in catalogue words."""

    kind: Made
    spec: ModelSpec
    given: Fields
    size: Size | None
    """None: as the first reference is."""
    pictures: tuple[str, ...]
    """References, or the first and the last frame."""
    end: str | None
    body: Fields

    @property
    def sync(self) -> bool:
        """Whether the answer brings the results."""
        return (
            self.body.get("deliveryMethod", "sync" if self.kind == "image" else "async") == "sync"
        )


def read_order(kind: Made, body: Fields) -> Order:
    """The order in a task object. Refusal names the first parameter that breaks a rule."""
    spec = _SPECS.get((kind, text(body.get("model"))))
    if spec is None:
        raise Refusal(404, "modelNotFound", f"No {kind} model {body.get('model')!r}.", "model")
    for name in body:
        if name not in COMMON:
            raise Refusal(400, "unknownParameter", f"{name} is not a parameter.", name)
    _check_delivery(kind, body)
    given: dict[str, JsonValue] = {
        ours: body[theirs] for theirs, ours in PLAIN.items() if theirs in body
    }
    given |= _format(kind, body)
    given |= _safety(body)
    given |= _provider_settings(spec, body)
    pictures, roles = _inputs(kind, body)
    given |= roles
    size = _size(spec, body)
    given |= _shape(spec, size, body, bool(pictures))
    hard = [problem for problem in spec.problems(given) if not problem.soft]
    if hard:
        parameter = PARAMETERS.get(hard[0].field, hard[0].field)
        sort = "missing" if given.get(hard[0].field) is None else "invalid"
        name = parameter.rpartition(".")[2]
        raise Refusal(400, sort + name[:1].upper() + name[1:], hard[0].message, parameter)
    end = pictures[1] if kind == "video" and len(pictures) > 1 else None
    return Order(kind, spec, given, size, tuple(pictures), end, body)


def _check_delivery(kind: Made, body: Fields) -> None:
    ways = ("sync", "async") if kind == "image" else ("async",)
    outputs = ("URL", "base64Data", "dataURI") if kind == "image" else ("URL",)
    for name, allowed in (("deliveryMethod", ways), ("outputType", outputs)):
        if body.get(name, allowed[0]) not in allowed:
            _invalid(name, f"Allowed: {', '.join(allowed)}.")
    if not isinstance(body.get("includeCost", False), bool):
        _invalid("includeCost", "A boolean is expected.")
    for name in ("webhookURL", "uploadEndpoint"):
        if name in body and not text(body[name]).startswith("https://"):
            _invalid(name, "A URI is expected.")
    if "ttl" in body and (whole(body["ttl"], 0) < 60 or body.get("outputType", "URL") != "URL"):
        _invalid("ttl", "At least 60 seconds, and only with outputType URL.")


def _format(kind: Made, body: Fields) -> dict[str, JsonValue]:
    told = body.get("outputFormat")
    if told is None:
        return {}
    if kind == "video":
        if told not in VIDEO_TYPES:
            _invalid("outputFormat", f"Allowed: {', '.join(VIDEO_TYPES)}.")
        return {}
    if not isinstance(told, str) or told not in IMAGE_TYPES:
        _invalid("outputFormat", f"Allowed: {', '.join(IMAGE_TYPES)}.")
    return {"format": IMAGE_TYPES[str(told)]}


def _safety(body: Fields) -> dict[str, JsonValue]:
    safety = body.get("safety")
    if safety is None:
        return {}
    if not isinstance(safety, dict) or not set(safety) <= {"checkContent", "mode"}:
        _invalid("safety", "An object with checkContent or mode is expected.")
        return {}
    mode = safety.get("mode", "fast" if safety.get("checkContent") is True else "none")
    if mode not in ("none", "fast"):
        _invalid("safety.mode", "Allowed: none, fast.")
    return {"content_check": mode == "fast"}


def _provider_settings(spec: ModelSpec, body: Fields) -> dict[str, JsonValue]:
    told = body.get("providerSettings")
    if told is None:
        return {}
    house = spec.name.partition(":")[0]
    if not isinstance(told, dict) or not set(told) <= set(HOUSES):
        raise Refusal(
            400, "unknownProviderSettingsProvider", "No such provider.", "providerSettings"
        )
    if set(told) != {house}:
        message = f"This model is made by {house}."
        raise Refusal(400, "mismatchProviderSettingsProvider", message, "providerSettings")
    settings = told[house]
    found: dict[str, JsonValue] = {}
    for name, value in settings.items() if isinstance(settings, dict) else ():
        if name == SOUND.get(house):
            found["audio"] = value
        elif name == "safetyTolerance" and value in ("none", "off"):
            # Not sending it is the same as `none`.
            found |= {"tolerance": "Google's defaults"} if value == "off" else {}
        else:
            path = f"providerSettings.{house}.{name}"
            raise Refusal(400, "unknownParameter", f"{path} is not taken like this.", path)
    return found


def _inputs(kind: Made, body: Fields) -> tuple[list[str], dict[str, JsonValue]]:
    inputs = body.get("inputs")
    own = "referenceImages" if kind == "image" else "frameImages"
    if inputs is None:
        return [], {}
    if not isinstance(inputs, dict) or set(inputs) != {own}:
        raise Refusal(400, "unsupportedParameter", f"inputs takes {own} here.", "inputs")
    listed = inputs[own]
    if not isinstance(listed, list) or not listed:
        raise Refusal(400, f"invalid{own[:1].upper()}{own[1:]}", "A list is expected.", own)
    if kind == "image":
        pictures = [text(one) for one in listed]
        return pictures, {"references": list[JsonValue](pictures)}
    return _frames(listed)


def _frames(listed: list[JsonValue]) -> tuple[list[str], dict[str, JsonValue]]:
    roles: dict[str, JsonValue] = {}
    for place, entry in zip(("first", "last"), listed, strict=False):
        if not isinstance(entry, dict) or entry.get("frame", place) != place:
            _invalid("inputs.frameImages", "The first frame, then the last one, are expected.")
            continue
        roles["start_frame" if place == "first" else "end_frame"] = text(entry.get("image"))
    if len(listed) > 2:
        _invalid("inputs.frameImages", "At most two frames are taken.")
    return [text(one) for one in roles.values()], roles


def _size(spec: ModelSpec, body: Fields) -> Size | None:
    width, height = body.get("width"), body.get("height")
    if (width is None) != (height is None):
        raise Refusal(400, "missingDimension", "width and height go together.", "width")
    if width is None:
        return None
    if "resolution" in body:
        text = "resolution cannot be used with width and height."
        raise Refusal(400, "incompatibleParameters", text, "resolution")
    size = (whole(width, 0), whole(height, 0))
    if size not in _pairs(spec):
        message = f"{width}x{height} is not supported by this model."
        raise Refusal(400, "unsupportedDimensions", message, "width")
    return size


def _shape(
    spec: ModelSpec, size: Size | None, body: Fields, pictures: bool
) -> dict[str, JsonValue]:
    """Ratio and resolution, as far as the row has them."""
    tier = body.get("resolution")
    if tier is not None and spec.name not in TIERED:
        raise Refusal(400, "unsupportedParameter", "This model takes a size.", "resolution")
    if size is None:
        if not pictures and (tier is None or spec.kind == "video"):
            raise Refusal(400, "missingDimension", "Give width and height.", "width")
        if not pictures and "ratio" in spec.rules:
            # A resolution alone is square here.
            return {"ratio": "1:1", "resolution": tier}
        return {} if tier is None else {"resolution": tier}
    ratio, named = _pairs(spec)[size]
    shape: dict[str, JsonValue] = {"ratio": ratio}
    if "resolution" in spec.rules:
        shape["resolution"] = named
    return shape


def _pairs(spec: ModelSpec) -> dict[Size, tuple[str, str]]:
    return {
        size: (ratio, tier)
        for tier, pairs in SIZES[spec.name].items()
        for ratio, size in pairs.items()
    }


def _invalid(parameter: str, message: str) -> None:
    name = parameter.rpartition(".")[2]
    raise Refusal(400, f"invalid{name[:1].upper()}{name[1:]}", message, parameter)


ONE_K: Mapping[str, Size] = {
    "1:1": (1024, 1024), "3:2": (1248, 832), "2:3": (832, 1248), "4:3": (1184, 864),
    "3:4": (864, 1184), "5:4": (1152, 896), "4:5": (896, 1152), "16:9": (1344, 768),
    "9:16": (768, 1344), "21:9": (1536, 672),
}  # fmt: skip
PRO: Mapping[str, Mapping[str, Size]] = {
    "1K": {
        "1:1": (1024, 1024), "3:2": (1264, 848), "2:3": (848, 1264), "4:3": (1200, 896),
        "3:4": (896, 1200), "4:5": (928, 1152), "5:4": (1152, 928), "9:16": (768, 1376),
        "16:9": (1376, 768), "21:9": (1548, 672),
    },
    "2K": {
        "1:1": (2048, 2048), "3:2": (2528, 1696), "2:3": (1696, 2528), "4:3": (2400, 1792),
        "3:4": (1792, 2400), "4:5": (1856, 2304), "5:4": (2304, 1856), "9:16": (1536, 2752),
        "16:9": (2752, 1536), "21:9": (3168, 1344),
    },
    "4K": {
        "1:1": (4096, 4096), "3:2": (5096, 3392), "2:3": (3392, 5096), "4:3": (4800, 3584),
        "3:4": (3584, 4800), "4:5": (3712, 4608), "5:4": (4608, 3712), "9:16": (3072, 5504),
        "16:9": (5504, 3072), "21:9": (6336, 2688),
    },
}  # fmt: skip
GEN_4: Mapping[str, Mapping[str, Size]] = {
    "1080p": {
        "16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080), "4:3": (1440, 1080),
        "3:4": (1080, 1440), "21:9": (2112, 912),
    },
    "720p": {
        "16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720), "4:3": (960, 720),
        "3:4": (720, 960), "21:9": (1680, 720),
    },
}  # fmt: skip
VEO: Mapping[str, Mapping[str, Size]] = {
    "720p": {"16:9": (1280, 720), "9:16": (720, 1280)},
    "1080p": {"16:9": (1920, 1080), "9:16": (1080, 1920)},
    "4K": {"16:9": (3840, 2160), "9:16": (2160, 3840)},
}
SIZES: Mapping[str, Mapping[str, Mapping[str, Size]]] = {
    "google:4@1": {"1K": ONE_K},
    "google:4@2": PRO,
    "runway:4@1": GEN_4,
    "google:3@2": VEO,
    "google:3@3": VEO,
    "klingai:kling-video@3-pro": {
        "1080p": {"16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1440, 1440)}
    },
    "klingai:kling-video@3-standard": {
        "720p": {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (960, 960)}
    },
}
"""Pixels by model, resolution and ratio, transcribed from the pages and not from the rows."""
