"""The settings of Kling's models in the emulated Runway, checked from the client's types alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from providers.vendors.runway.sandbox.cuts import Cut
from providers.vendors.runway.sandbox.shapes import number
from providers.vendors.sandbox.bodies import text, whole

KLING_3 = frozenset({"kling3.0_standard", "kling3.0_pro", "kling3.0_4k"})
KLING_O3 = frozenset({"klingO3_standard", "klingO3_pro", "klingO3_4k"})
KLINGS = KLING_3 | KLING_O3
WITH_SCALE = KLING_3 | {"kling2.5_turbo_pro"}
TYPES = ("intelligence", "customize")
TOGETHER = range(3, 16)
"""Seconds of all segments. How many there may be, and how long each and its text, is told by nobody."""
MOST_BESIDE_A_FRAME = 7
Issue = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Settings:
    """What `providerSettings` asks for."""

    shot_type: str = ""
    """Who cuts: `customize`, `intelligence`, or nobody."""
    cuts: tuple[Cut, ...] = ()
    keeps_sound: JsonValue = None


def read_settings(endpoint: str, body: Mapping[str, JsonValue]) -> Settings:
    """The settings as far as they can be read; `faults` says what is wrong with them."""
    told = body.get("providerSettings")
    if body.get("model") not in [*KLINGS] or not isinstance(told, dict):
        return Settings()
    if endpoint == "video_to_video":
        return Settings(keeps_sound=told.get("keepOriginalSound"))
    segments = told.get("multiPrompt")
    usual = "customize" if segments is not None else ""
    cuts = [
        (text(one.get("prompt")), whole(number(one.get("duration"))))
        for one in (segments if isinstance(segments, list) else [])
        if isinstance(one, dict)
    ]
    return Settings(text(told.get("shotType")) or usual, tuple(cuts))


def faults(endpoint: str, body: Mapping[str, JsonValue]) -> Iterator[Issue]:
    """Everything that the types forbid in the fields that Kling's models alone have."""
    if "cfgScale" in body:
        yield from _scale(body["cfgScale"])
    if "providerSettings" not in body:
        return
    told, place = body["providerSettings"], "providerSettings"
    if not isinstance(told, dict):
        yield _issue("invalid_type", [place], "Expected object")
        return
    known = {"multiPrompt", "shotType"}
    known |= {"keepOriginalSound"} if endpoint == "video_to_video" else set()
    for name in sorted(told.keys() - known):
        yield _issue("unrecognized_keys", [place], f'Unrecognized key: "{name}"', keys=[name])
    if "shotType" in told and told["shotType"] not in TYPES:
        yield _issue("invalid_value", [place, "shotType"], "Invalid option", values=[*TYPES])
    if not isinstance(told.get("keepOriginalSound", True), bool):
        yield _issue("invalid_type", [place, "keepOriginalSound"], "Expected boolean")
    if told.get("shotType") == "intelligence" and not text(body.get("promptText")):
        yield _issue("invalid_type", ["promptText"], "Required for intelligence")
    if "multiPrompt" in told:
        yield from _segments(told["multiPrompt"], [place, "multiPrompt"])


def _scale(value: JsonValue) -> Iterator[Issue]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield _issue("invalid_type", ["cfgScale"], "Expected number", expected="number")
    elif not 0 <= value <= 1:
        yield _issue("too_big" if value > 1 else "too_small", ["cfgScale"], "Must be 0 to 1")


def _segments(value: JsonValue, place: list[JsonValue]) -> Iterator[Issue]:
    if not isinstance(value, list):
        yield _issue("invalid_type", place, "Expected array", expected="array")
        return
    total = 0
    for at, one in enumerate(value):
        segment = one if isinstance(one, dict) else {}
        seconds = number(segment.get("duration"))
        good = isinstance(seconds, int) and not isinstance(seconds, bool)
        if not good or not isinstance(segment.get("prompt"), str):
            yield _issue("invalid_type", [*place, at], "Needs a prompt and a duration")
        for name in sorted(segment.keys() - {"prompt", "duration"}):
            yield _issue("unrecognized_keys", [*place, at], f'Unrecognized key: "{name}"')
        total += whole(seconds)
    if total not in TOGETHER:
        yield _issue("custom", place, "Total duration must be between 3 and 15 seconds")


def _issue(code: str, path: list[JsonValue], message: str, **more: JsonValue) -> Issue:
    return {"code": code, "path": path, "message": message, **more}
