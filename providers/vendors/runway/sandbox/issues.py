"""The vendor's list of what is wrong with a body: codes, paths and figures as its validator gives them."""

from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Rule, Shots, Slot, Span, Text
from providers.vendors.runway.ways import Way

PATHS: Mapping[str, str] = {
    "prompt": "promptText",
    "count": "outputCount",
    "web_search": "grounding",
    "format": "outputFormat",
    "rewrite": "promptExpansionMode",
    "gestures": "bodyControl",
    "expression": "expressionIntensity",
    "scale": "scaleFactor",
    "style": "flavor",
    "sharpness": "sharpen",
    "grain": "smartGrain",
    "detail": "ultraDetail",
    "smooth": "fpsBoost",
    "public_figures": "contentModeration",
    "adherence": "cfgScale",
    "thinking": "thinkingLevel",
    "frame_rate": "targetFramerate",
    "keep_audio": "providerSettings",
}


def issues_of(
    spec: ModelSpec, to: Way, endpoint: str, given: Mapping[str, JsonValue]
) -> list[dict[str, JsonValue]]:
    """An issue for every rule of the row that these fields break."""
    rules = spec.rules_for(given)
    found: list[dict[str, JsonValue]] = []
    for problem in spec.problems(given):
        # Shots are checked from the documents, where they are read.
        if problem.soft or problem.field.partition(".")[0] == "shots":
            continue
        name = problem.field
        place = _path(name, to, endpoint)
        told = _code(rules.get(name), given.get(name))
        if told["code"] == "unrecognized_keys":
            told["keys"] = [place]
        found.append({"path": [place], "message": problem.message, **told})
    return found


def _path(name: str, to: Way, endpoint: str) -> str:
    if name == "ratio" or (name == "resolution" and to.sizes):
        return to.ratio
    if name in ("start_frame", "end_frame"):
        frames = {"character_performance": "character", "video_to_video": "keyframes"}
        return frames.get(endpoint, "promptImage")
    if name in ("references", "people"):
        pictures = {"text_to_image": "referenceImages", "image_upscale": "imageUri"}
        return pictures.get(endpoint, "references")
    if name == "driving_video":
        return to.source or "reference"
    return PATHS.get(name, name)


def _code(rule: Rule | None, value: JsonValue) -> dict[str, JsonValue]:
    match rule:
        case None:
            return {"code": "unrecognized_keys"}
        case Choice():
            return {"code": "invalid_value", "values": [*rule.options]}
        case Span():
            if not isinstance(value, int) or isinstance(value, bool):
                return {"code": "invalid_type", "expected": "int"}
            return _too(value > rule.high, rule.low, rule.high, "int")
        case Flag():
            return {"code": "invalid_type", "expected": "boolean"}
        case Text():
            if not isinstance(value, str):
                return {"code": "invalid_type", "expected": "string"}
            return _too(len(value) > rule.shortest, rule.shortest, rule.longest, "string")
        case Slot() | Shots():
            count = len(value) if isinstance(value, list) else int(value is not None)
            return _too(count > rule.most, rule.least, rule.most, "array")


def _too(big: bool, low: int, high: int, origin: str) -> dict[str, JsonValue]:
    bound: dict[str, JsonValue] = {"maximum": high} if big else {"minimum": low}
    code = "too_big" if big else "too_small"
    return {"code": code, **bound, "origin": origin, "inclusive": True}
