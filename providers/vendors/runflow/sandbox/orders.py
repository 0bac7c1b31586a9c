"""What a run asks the emulated Runflow for: read field by field, and checked.

A picture's fields are held against the model's own row, a video's against the pages (`pages.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from providers.vendors.runflow.models import MODELS
from providers.vendors.runflow.sandbox.pages import PAGES, Page, wrong_fields
from providers.vendors.runflow.sandbox.shapes import PRICE, Refusal
from providers.vendors.sandbox.bodies import text
from providers.vendors.sandbox.bodies import whole as whole_number
from providers.vendors.sandbox.clips import Take

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
    "limit_generations": "limit_generations",
    "image_urls": "references",
}
NAMES = {ours: theirs for theirs, ours in PLAIN.items()} | {"tolerance": "safety_tolerance"}
SWITCHES = ("sync_mode",)
TOP = frozenset({"input", "metadata", "callback_url", "client_ref"})
SIDES = {"1K": 1024, "2K": 2048, "4K": 4096}
HEIGHTS = {"480p": 480, "720p": 720, "1080p": 1080, "4k": 2160}
"""Of a video at 16:9; another shape has about as many pixels."""
PIXELS_EVEN, PIXELS_SIXTEEN = 2, 16
RATIO = re.compile(r"([1-9]\d?):([1-9]\d?)")
MEDIA_URL = re.compile(r"(https?://|data:image/)\S+")

_SPEC = next(spec for spec in MODELS if spec.name == BASE)


@dataclass(frozen=True, slots=True)
class Order:
    """What a run asks for, whatever it makes."""

    label: str
    prompt: str
    urls: tuple[tuple[str, str], ...]
    """The part that a picture plays, and its address."""
    ratio: str
    pixels: int
    step: int
    """Both sides are so many pixels, or a multiple of it."""
    media_type: str
    dollars: float | None
    """Of one file, where a page tells it."""
    seed: int | None = None
    count: int = 1
    takes: tuple[Take, ...] = ()
    sound: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that a person wrote."""
        return self.prompt, *(take.prompt for take in self.takes)

    def size(self, first: Size | None) -> Size:
        """Pixels in the asked shape, or else in that of the first picture, or else in the usual one."""
        asked = RATIO.fullmatch(self.ratio)
        usual = (16, 9) if self.takes else (1, 1)
        width, height = (int(asked[1]), int(asked[2])) if asked else first or usual
        wide = round((self.pixels * width / height) ** 0.5 / self.step) * self.step
        high = round(wide * height / width / self.step) * self.step
        return max(wide, 64), max(high, 64)


def read_order(slug: str, body: Mapping[str, JsonValue]) -> Order:
    """The order in a create body. 422 names everything that breaks a rule."""
    stray = sorted(set(body) - TOP)
    told = body.get("input")
    if stray or not isinstance(told, dict):
        raise _invalid([(name, "Unexpected field.") for name in stray] or [("input", "Required.")])
    _check_top(body)
    return _film(slug, told) if slug in PAGES else _picture(slug, told)


def _film(slug: str, told: Mapping[str, JsonValue]) -> Order:
    wrong = wrong_fields(slug, told)
    if wrong:
        raise _invalid(wrong)
    page = PAGES[slug]
    takes = _takes(page, told)
    sound = page.has_audio and told.get("generate_audio") is not False
    full: dict[str, JsonValue] = {"generate_audio": True, "resolution": page.tier}
    full |= {name: value for name, value in told.items() if value is not None}
    is_told = all(full[name] == value for name, value in page.dollars_for.items())
    height = HEIGHTS.get(text(full["resolution"]).lower(), HEIGHTS[page.tier])
    seed = told.get("seed")
    return Order(
        label=page.label,
        prompt=text(told.get("prompt")),
        urls=tuple(_urls(page, told)),
        ratio=text(told.get("aspect_ratio")),
        pixels=height * height * 16 // 9,
        step=PIXELS_EVEN,
        media_type="video/mp4",
        dollars=sum(take.seconds for take in takes) * page.dollars if is_told else None,
        seed=seed if isinstance(seed, int) else None,
        takes=takes,
        sound=sound,
    )


def _takes(page: Page, told: Mapping[str, JsonValue]) -> tuple[Take, ...]:
    shots = told.get("multi_prompt")
    listed = [shot for shot in shots if isinstance(shot, dict)] if isinstance(shots, list) else []
    if listed:
        return tuple(
            Take(prompt=text(one.get("prompt")), seconds=_seconds(one.get("duration"), page))
            for one in listed
        )
    seconds = _seconds(told.get("duration"), page)
    return (Take(prompt=text(told.get("prompt")), seconds=seconds),)


def _seconds(value: JsonValue, page: Page) -> int:
    number = re.match(r"\d+", value) if isinstance(value, str) else None
    return int(number[0]) if number else whole_number(value, page.seconds)


def _urls(page: Page, told: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    frames = [(part, text(told.get(name))) for name, part in page.frames.items()]
    listed = told.get("image_urls")
    references = [text(one) for one in listed] if isinstance(listed, list) else []
    return [(part, url) for part, url in frames if url] + [("", url) for url in references]


def _picture(slug: str, told: Mapping[str, JsonValue]) -> Order:
    given: dict[str, JsonValue] = {ours: told[name] for name, ours in PLAIN.items() if name in told}
    wrong = _strays(slug, told) + _tolerance(told, given)
    if given.get("ratio") == "auto":
        del given["ratio"]
    urls = told.get("image_urls")
    if slug == EDIT and not (isinstance(urls, list) and urls):
        wrong.append(("image_urls", "At least one is required."))
    held = urls if isinstance(urls, list) else []
    for url in held:
        if not isinstance(url, str) or not MEDIA_URL.match(url):
            wrong.append(("image_urls", "A media URL must be HTTP(S) or a data URI."))
    problems = [problem for problem in _SPEC.problems(given) if not problem.soft]
    wrong += [(NAMES.get(one.field, one.field), one.message) for one in problems]
    if wrong:
        raise _invalid(wrong)
    complete = {**given, **_SPEC.complete(given)}
    seed = complete.get("seed")
    return Order(
        label=_SPEC.label,
        prompt=text(complete.get("prompt")),
        urls=tuple(("", str(url)) for url in held),
        ratio=text(complete.get("ratio")),
        pixels=SIDES[str(complete.get("resolution"))] ** 2,
        step=PIXELS_SIXTEEN,
        media_type=f"image/{complete.get('format')}",
        dollars=PRICE / 100,
        seed=seed if isinstance(seed, int) else None,
        count=whole_number(complete.get("count"), 1),
    )


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
