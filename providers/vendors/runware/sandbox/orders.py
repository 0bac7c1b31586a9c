"""What a task asks the emulated Runware for: read field by field, and checked by the model's own row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.vendors.runware.models import MODELS
from providers.vendors.runware.sandbox.shapes import Refusal
from providers.vendors.runware.sandbox.shots import LIST, READING, read_shots
from providers.vendors.runware.sandbox.sizes import SIZES, Size
from providers.vendors.sandbox.bodies import text, whole
from providers.vendors.sandbox.calls import loopback

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
    "web_search": "providerSettings",
    "shots": LIST,
}
IMAGE_TYPES = {"JPG": "jpeg", "PNG": "png", "WEBP": "webp"}
VIDEO_TYPES = ("MP4", "WEBM", "MOV")
SOUND = {"google": "generateAudio", "klingai": "sound"}
TOLERANCES: Mapping[JsonValue, str] = {
    "high": "high",
    "medium": "medium",
    "low": "low",
    "none": "",
    "off": "Google's defaults",
}
SEARCHING = frozenset({"google:4@2"})
HOUSES = ("google", "klingai", "runway")
TIERED = frozenset({"google:4@2", "google:3@2", "google:3@3", READING})
"""Models that take a resolution in place of a size."""
ONLY_TIER: Mapping[str, str] = {
    "klingai:kling-video@o3-standard": "720p",
    "klingai:kling-video@o3-pro": "1080p",
    "klingai:kling-video@o3-4k": "4k",
}
"""Models with one resolution: it may be named or left out. These take references as well as frames."""
NEGATING = frozenset(
    {"klingai:kling-video@3-standard", "klingai:kling-video@3-pro", "klingai:kling-video@3-4k"}
)
"""Models that are told what to leave out; the one that reads shots is, too, but only beside a frame."""
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
    """References of an image, or the first and the last frame."""
    shown: tuple[str, ...]
    """References of a video."""
    end: str | None
    body: Fields

    @property
    def sync(self) -> bool:
        """Whether the answer brings the results."""
        return (
            self.body.get("deliveryMethod", "sync" if self.kind == "image" else "async") == "sync"
        )

    @property
    def shots(self) -> tuple[tuple[str, int], ...]:
        """(prompt, seconds) of each shot; empty where the video is one take."""
        shots = self.given.get("shots")
        return tuple(
            (text(shot.get("prompt")), whole(shot.get("seconds"), 1))
            for shot in (shots if isinstance(shots, list) else [])
            if isinstance(shot, dict)
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that a person wrote."""
        return (text(self.given.get("prompt")), *(prompt for prompt, _ in self.shots))


def read_order(kind: Made, body: Fields) -> Order:
    """The order in a task object. Refusal names the first parameter that breaks a rule."""
    model = text(body.get("model"))
    if (kind, model) not in _SPECS:
        raise Refusal(404, "modelNotFound", f"No {kind} model {body.get('model')!r}.", "model")
    for name in body:
        if name not in COMMON and not (name == "negativePrompt" and _takes_negative(model, body)):
            raise Refusal(400, "unknownParameter", f"{name} is not a parameter.", name)
    _check_delivery(kind, body)
    shots = read_shots(model, body)
    spec = _SPECS[("multishot" if shots else kind, model)]
    given: dict[str, JsonValue] = {
        ours: body[theirs] for theirs, ours in PLAIN.items() if theirs in body
    }
    if shots:
        # Read from it, or beside a list of them: the whole length is no field of a form.
        given = {name: value for name, value in given.items() if name != "duration"}
        if model == READING:
            del given["prompt"]
        given["shots"] = shots
    given |= _format(kind, body)
    given |= _safety(body)
    given |= _provider_settings(spec, body)
    pictures, roles = _inputs(kind, model, body)
    given |= roles
    size = _size(spec, body)
    given |= _shape(spec, size, body, bool(pictures))
    _check_row(spec, given)
    end = pictures[1] if kind == "video" and len(pictures) > 1 else None
    return Order(kind, spec, given, size, tuple(pictures), _shown(kind, roles), end, body)


def _check_row(spec: ModelSpec, given: Fields) -> None:
    hard = [problem for problem in spec.problems(given) if not problem.soft]
    if hard:
        field = hard[0].field.partition(".")[0]
        parameter = PARAMETERS.get(field, field)
        sort = "missing" if given.get(field) is None else "invalid"
        name = parameter.rpartition(".")[2]
        raise Refusal(400, sort + name[:1].upper() + name[1:], hard[0].message, parameter)


def _takes_negative(model: str, body: Fields) -> bool:
    return model in NEGATING or (model == READING and "inputs" in body)


def _shown(kind: Made, roles: Fields) -> tuple[str, ...]:
    references = roles.get("references") if kind == "video" else None
    return tuple(text(one) for one in references) if isinstance(references, list) else ()


def _check_delivery(kind: Made, body: Fields) -> None:
    ways = ("sync", "async") if kind == "image" else ("async",)
    outputs = ("URL", "base64Data", "dataURI") if kind == "image" else ("URL",)
    for name, allowed in (("deliveryMethod", ways), ("outputType", outputs)):
        if body.get(name, allowed[0]) not in allowed:
            _invalid(name, f"Allowed: {', '.join(allowed)}.")
    if not isinstance(body.get("includeCost", False), bool):
        _invalid("includeCost", "A boolean is expected.")
    for name in ("webhookURL", "uploadEndpoint"):
        # A sandbox calls this machine too, where nobody has a certificate.
        is_here = name == "webhookURL" and loopback(body.get(name)) is not None
        if name in body and not (is_here or text(body[name]).startswith("https://")):
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
    if spec.name == READING:
        message = "This model takes no providerSettings."
        raise Refusal(400, "unsupportedParameter", message, "providerSettings")
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
        elif name == "multiPrompt":
            continue  # Its shots are read already.
        elif name == "webSearch" and spec.name in SEARCHING and isinstance(value, bool):
            found["web_search"] = value
        elif name == "safetyTolerance" and value in TOLERANCES:
            # Not sending it is the same as `none`.
            found |= {} if value == "none" else {"tolerance": TOLERANCES[value]}
        else:
            path = f"providerSettings.{house}.{name}"
            raise Refusal(400, "unknownParameter", f"{path} is not taken like this.", path)
    return found


def _inputs(kind: Made, model: str, body: Fields) -> tuple[list[str], dict[str, JsonValue]]:
    """Pictures that fill a frame or guide an image, and all of them by the role that they play."""
    inputs = body.get("inputs")
    taken = ["referenceImages"] if kind == "image" else ["frameImages"]
    taken += ["referenceImages"] if model in ONLY_TIER else []
    if inputs is None:
        return [], {}
    if not isinstance(inputs, dict) or not inputs or not set(inputs) <= set(taken):
        raise Refusal(400, "unsupportedParameter", f"inputs takes {taken} here.", "inputs")
    for name, listed in inputs.items():
        if not isinstance(listed, list) or not listed:
            sort = f"invalid{name[:1].upper()}{name[1:]}"
            raise Refusal(400, sort, "A list is expected.", name)
    told = inputs.get("referenceImages")
    references = [text(one) for one in told] if isinstance(told, list) else []
    roles: dict[str, JsonValue] = {}
    if references:
        roles["references"] = list[JsonValue](references)
    if kind == "image":
        return references, roles
    frames = inputs.get("frameImages")
    pictures, places = _frames(frames if isinstance(frames, list) else [])
    return pictures, roles | places


def _frames(listed: list[JsonValue]) -> tuple[list[str], dict[str, JsonValue]]:
    roles: dict[str, JsonValue] = {}
    for place, frame in zip(("first", "last"), listed, strict=False):
        if not isinstance(frame, dict) or frame.get("frame", place) != place:
            _invalid("inputs.frameImages", "The first frame, then the last one, are expected.")
            continue
        roles["start_frame" if place == "first" else "end_frame"] = text(frame.get("image"))
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
    if tier is not None and tier == ONLY_TIER.get(spec.name):
        tier = None
    if tier is not None and spec.name not in TIERED:
        raise Refusal(400, "unsupportedParameter", "This model takes a size.", "resolution")
    if size is None:
        if not pictures and (tier is None or spec.kind != "image"):
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
