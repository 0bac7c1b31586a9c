"""What a run asks the emulated Runflow for: read field by field, and checked by the model's own row."""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from providers.vendors.runflow.models import MODELS
from providers.vendors.runflow.sandbox.shapes import Refusal

Size = tuple[int, int]
BASE = "google/nano-banana-pro"
EDIT = "google/nano-banana-pro/edit"
PLAIN = {
    "prompt": "prompt",
    "aspect_ratio": "ratio",
    "resolution": "resolution",
    "num_images": "count",
    "output_format": "format",
    "seed": "seed",
    "enable_web_search": "web_search",
    "image_urls": "references",
}
NAMES = {ours: theirs for theirs, ours in PLAIN.items()} | {"tolerance": "safety_tolerance"}
SWITCHES = ("sync_mode", "limit_generations")
TOP = frozenset({"input", "metadata", "callback_url", "client_ref"})
SIDES = {"1K": 1024, "2K": 2048, "4K": 4096}
MEDIA_URL = re.compile(r"(https?://|data:image/)\S+")

_SPEC = next(spec for spec in MODELS if spec.name == BASE)


def read_input(slug: str, body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The fields of a run, in catalogue words. 422 names everything that breaks a rule."""
    stray = sorted(set(body) - TOP)
    told = body.get("input")
    if stray or not isinstance(told, dict):
        raise _invalid([(name, "Unexpected field.") for name in stray] or [("input", "Required.")])
    _check_top(body)
    given: dict[str, JsonValue] = {ours: told[name] for name, ours in PLAIN.items() if name in told}
    wrong = _strays(slug, told) + _tolerance(told, given)
    if given.get("ratio") == "auto":
        del given["ratio"]
    urls = told.get("image_urls")
    if slug == EDIT and not (isinstance(urls, list) and urls):
        wrong.append(("image_urls", "At least one is required."))
    for url in urls if isinstance(urls, list) else ():
        if not isinstance(url, str) or not MEDIA_URL.match(url):
            wrong.append(("image_urls", "A media URL must be HTTP(S) or a data URI."))
    problems = [problem for problem in _SPEC.problems(given) if not problem.soft]
    wrong += [(NAMES.get(one.field, one.field), one.message) for one in problems]
    if wrong:
        raise _invalid(wrong)
    return {**given, **_SPEC.complete(given)}


def size_of(given: Mapping[str, JsonValue], first: Size | None) -> Size:
    """Pixels of the asked resolution, in the asked shape, or else in that of the first picture."""
    ratio = given.get("ratio")
    width, height = first or (1, 1)
    if isinstance(ratio, str):
        left, _, right = ratio.partition(":")
        width, height = int(left), int(right)
    side = SIDES[str(given.get("resolution"))]
    wide = round(side * (width / height) ** 0.5 / 16) * 16
    return max(wide, 64), max(round(wide * height / width / 16) * 16, 64)


def _check_top(body: Mapping[str, JsonValue]) -> None:
    wrong: list[tuple[str, str]] = []
    for name, longest in (("client_ref", 255), ("callback_url", 2048)):
        value = body.get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= longest):
            wrong.append((name, f"Text of up to {longest} characters is expected."))
    if not isinstance(body.get("metadata"), dict | None):
        wrong.append(("metadata", "An object is expected."))
    if wrong:
        raise _invalid(wrong)


def _strays(slug: str, told: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    known = {*PLAIN, *SWITCHES, "safety_tolerance"} - ({"image_urls"} if slug == BASE else set())
    wrong = [(name, "Unexpected field.") for name in sorted(set(told) - known)]
    for name in SWITCHES:
        if not isinstance(told.get(name), bool | None):
            wrong.append((name, "A boolean is expected."))
    return wrong


def _tolerance(told: Mapping[str, JsonValue], given: dict[str, JsonValue]) -> list[tuple[str, str]]:
    value = told.get("safety_tolerance")
    if value is None:
        return []
    if not isinstance(value, str) or value not in "123456" or len(value) != 1:
        return [("safety_tolerance", 'One of "1", "2", "3", "4", "5", "6" is expected.')]
    given["tolerance"] = int(value)
    return []


def _invalid(wrong: list[tuple[str, str]]) -> Refusal:
    errors: list[JsonValue] = [{"field": name, "message": words} for name, words in wrong]
    return Refusal(422, "VALIDATION_ERROR", "The input is not valid.", errors)
