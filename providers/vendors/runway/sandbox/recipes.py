"""The recipe Multi-Shot Video of the emulated Runway: its body, read and checked from its documents alone."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from providers.vendors.runway.models import MODELS
from providers.vendors.runway.sandbox.cuts import Cut, even
from providers.vendors.runway.sandbox.media import Asked, read_uri
from providers.vendors.runway.sandbox.orders import Order
from providers.vendors.runway.sandbox.shapes import INVALID, Refusal, issue, number
from providers.vendors.runway.ways import MULTI_SHOT_VIDEO, way
from providers.vendors.sandbox.bodies import text, whole

VERSIONS = ("2026-06", "unsafe-latest")
OF_BOTH = frozenset({"version", "mode", "duration", "ratio", "audio", "firstFrame"})
OWN = {"custom": "shots", "auto": "prompt"}
"""Mode, and the field that it needs and the other forbids."""
LENGTHS = (5, 10, 15)
USUAL_LENGTH = 10
RATIOS: Mapping[str, tuple[str, str]] = {
    "1280:720": ("16:9", "720p"), "720:1280": ("9:16", "720p"), "960:960": ("1:1", "720p"),
    "1920:1080": ("16:9", "1080p"), "1080:1920": ("9:16", "1080p"), "1440:1440": ("1:1", "1080p"),
}  # fmt: skip
USUAL_RATIO = "1280:720"
FEWEST, MOST = 3, 5
"""Shots of the mode `custom`; the mode `auto` always makes the most of them."""
SHORTEST, LONGEST = 3, 512
"""Characters of a shot."""
LONGEST_STORY = 2500
LONGEST_SHOT = 15
"""Seconds."""
Issue = dict[str, JsonValue]


def read_recipe(body: Mapping[str, JsonValue]) -> Order:
    """The order in a body of the recipe. Refusal with every issue at once."""
    mode = body.get("mode")
    if mode not in [*OWN]:
        values: list[JsonValue] = [*OWN]
        raise issue("invalid_union", ["mode"], "Invalid input", values=values, discriminator="mode")
    mode = str(mode)
    found = [*_plain(mode, body), *(_shots(body) if mode == "custom" else _story(body))]
    if found:
        raise Refusal(400, INVALID, found)
    frame = body.get("firstFrame")
    uri = frame.get("uri") if isinstance(frame, dict) else None
    first = () if frame is None else (read_uri(uri, ["firstFrame", "uri"]),)
    duration, ratio = (
        number(body.get("duration", USUAL_LENGTH)),
        text(body.get("ratio", USUAL_RATIO)),
    )
    shape, size = RATIOS[ratio]
    given: dict[str, JsonValue] = {
        "ratio": shape, "resolution": size, "audio": body.get("audio", True),
        "duration": duration, **Asked(first=first).fields(),
    }  # fmt: skip
    cuts = (
        tuple(_cuts(body))
        if mode == "custom"
        else even(text(body["prompt"]), whole(duration), MOST)
    )
    given |= {"prompt": body["prompt"]} if mode == "auto" else {}
    spec, to = next(
        (spec, to)
        for spec in MODELS
        if (to := way(spec)).endpoint == MULTI_SHOT_VIDEO and to.fixed["mode"] == mode
    )
    media = Asked(first=first)
    return Order(MULTI_SHOT_VIDEO, spec, to, given, media, ratio, body, cuts)


def _plain(mode: str, body: Mapping[str, JsonValue]) -> Iterator[Issue]:
    strays = body.keys() - OF_BOTH - {OWN[mode]}
    for name in sorted(strays):
        yield _issue("unrecognized_keys", [], f'Unrecognized key: "{name}"', keys=[name])
    if body.get("version") not in VERSIONS:
        yield _issue("invalid_value", ["version"], "Invalid option", values=[*VERSIONS])
    duration = body.get("duration", USUAL_LENGTH)
    if isinstance(duration, bool) or duration not in LENGTHS:
        yield _issue("invalid_value", ["duration"], "Invalid option", values=[*LENGTHS])
    if body.get("ratio", USUAL_RATIO) not in [*RATIOS]:
        yield _issue("invalid_value", ["ratio"], "Invalid option", values=[*RATIOS])
    if not isinstance(body.get("audio", True), bool):
        yield _issue("invalid_type", ["audio"], "Expected boolean", expected="boolean")
    frame = body.get("firstFrame", {"uri": ""})
    if not isinstance(frame, dict) or frame.keys() != {"uri"}:
        yield _issue("invalid_type", ["firstFrame"], "Expected object", expected="object")


def _story(body: Mapping[str, JsonValue]) -> Iterator[Issue]:
    yield from _text(body.get("prompt"), ["prompt"], 1, LONGEST_STORY)


def _shots(body: Mapping[str, JsonValue]) -> Iterator[Issue]:
    shots = body.get("shots")
    if not isinstance(shots, list):
        yield _issue("invalid_type", ["shots"], "Expected array", expected="array")
        return
    if not FEWEST <= len(shots) <= MOST:
        yield _size(["shots"], len(shots), FEWEST, MOST, "array")
    for place, shot in enumerate(shots):
        yield from _shot(shot, ["shots", place])
    wanted = body.get("duration", USUAL_LENGTH)
    if sum(seconds for _, seconds in _cuts(body)) != wanted:
        # Where the vendor says this isn't known.
        yield _issue("custom", ["shots"], "Shot durations must sum to duration")


def _shot(shot: JsonValue, place: list[JsonValue]) -> Iterator[Issue]:
    if not isinstance(shot, dict):
        yield _issue("invalid_type", place, "Expected object", expected="object")
        return
    for name in sorted(shot.keys() - {"prompt", "duration"}):
        yield _issue("unrecognized_keys", place, f'Unrecognized key: "{name}"', keys=[name])
    yield from _text(shot.get("prompt"), [*place, "prompt"], SHORTEST, LONGEST)
    seconds = number(shot.get("duration"))
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        yield _issue("invalid_type", [*place, "duration"], "Expected int", expected="int")
    elif not 1 <= seconds <= LONGEST_SHOT:
        yield _size([*place, "duration"], seconds, 1, LONGEST_SHOT, "int")


def _text(value: JsonValue, path: list[JsonValue], least: int, most: int) -> Iterator[Issue]:
    if not isinstance(value, str):
        yield _issue("invalid_type", path, "Expected string", expected="string")
        return
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    if not least <= units <= most:
        yield _size(path, units, least, most, "string")


def _cuts(body: Mapping[str, JsonValue]) -> Iterator[Cut]:
    shots = body.get("shots")
    for shot in shots if isinstance(shots, list) else []:
        if isinstance(shot, dict):
            yield text(shot.get("prompt")), whole(number(shot.get("duration")))


def _size(path: list[JsonValue], held: int, least: int, most: int, origin: str) -> Issue:
    big = held > most
    bound: Issue = {"maximum": most} if big else {"minimum": least}
    words = f"Too big: at most {most}" if big else f"Too small: at least {least}"
    code = "too_big" if big else "too_small"
    return _issue(code, path, words, **bound, origin=origin, inclusive=True)


def _issue(code: str, path: list[JsonValue], message: str, **more: JsonValue) -> Issue:
    return {"code": code, "path": path, "message": message, **more}
