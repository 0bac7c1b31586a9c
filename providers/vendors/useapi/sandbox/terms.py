"""What useapi.net's pages of May and July 2026 say of its newer video models, in the words of the wire.

Transcribed from those pages and not from our rows: only what they say is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import JsonValue

from providers.vendors.sandbox.bodies import text, whole
from providers.vendors.useapi.sandbox.fields import (
    COMMON_FIELDS,
    SHOT,
    SLOT,
    numbered_images,
    numbered_shots,
)

WIDE_TALL_SQUARE = ("16:9", "9:16", "1:1")
KEYFRAMES = ("startFrameAssetId", "endFrameAssetId")
VIDEO = "videoAssetId"
EDITED_IMAGES = 4
"""The most references beside a video that is edited."""
SHOT_SECONDS = range(3, 13)
MOST_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Terms:
    """One model: what its create body may hold."""

    label: str
    prompt: int
    """The most characters of `text_prompt`."""
    durations: tuple[int, ...]
    """The first that the page names is what the vendor takes where none is sent."""
    ratios: tuple[str, ...]
    resolutions: tuple[str, ...] = ()
    """The first is taken where none is sent; none at all: the parameter is not supported."""
    tier: str = ""
    """What its files have where the body cannot say."""
    audio: bool = True
    """Whether there is a switch for it; with a needed video it is about that video's."""
    images: int = 0
    """How many numbered images it takes."""
    first: Literal["reference", "frame", "needed frame"] = "reference"
    """What the first of them is."""
    keyframes: Literal["", "beside references", "instead of references"] = ""
    """Whether it takes them, and whether a start frame goes together with references."""
    credits_only: tuple[str, ...] = ()
    """Resolutions that the explore queue does not make."""
    shots: int = 0
    """The most shots; 0: none."""
    more: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Fields of its own, with their values."""
    explored_seconds: int | None = None
    """The longest that the explore queue makes, where that is less."""
    video: Literal["", "edited", "reference", "needed"] = ""
    """What a video in the body is: the call is then an edit of it, or it is shown beside the images."""
    video_seconds: tuple[float, float] = (0, 10)
    """How long that video may be."""


def _kling_o3(label: str, tier: str, video: Literal["", "edited"] = "edited") -> Terms:
    return Terms(
        label=label,
        prompt=2500,
        durations=(5, 10, 15),
        ratios=WIDE_TALL_SQUARE,
        tier=tier,
        images=7,
        keyframes="beside references",
        shots=6,
        video=video,
    )


SEEDANCE_2 = Terms(
    label="Seedance 2.0",
    prompt=3500,
    durations=tuple(range(4, 16)),
    ratios=("16:9", "9:16", "1:1", "4:3", "3:4", "21:9"),
    resolutions=("480p", "720p", "1080p"),
    images=11,
    keyframes="instead of references",
    credits_only=("1080p",),
    video="reference",
    video_seconds=(0, 15),
)


TERMS: Mapping[str, Terms] = {
    # The size of a tier is nowhere told in pixels.
    "kling-o3-4k": _kling_o3("Kling O3 4K", "2160p", video=""),
    "kling-o3-pro": _kling_o3("Kling O3 Pro", "1080p"),
    "kling-o3-standard": _kling_o3("Kling O3 Standard", "720p"),
    "seedance-2": SEEDANCE_2,
    "seedance-2-fast": replace(SEEDANCE_2, label="Seedance 2.0 Fast"),
    # Known from the vendor's price list alone; nobody says how long its prompt may be.
    "seedance-2-5": replace(
        SEEDANCE_2,
        label="Seedance 2.5",
        prompt=15_000,
        durations=tuple(range(4, 31)),
        resolutions=("480p", "720p"),
        credits_only=(),
        explored_seconds=15,
    ),
    "kling-3.0-motion-control": Terms(
        label="Kling 3.0 Motion Control",
        prompt=2500,
        durations=(),
        ratios=(),
        resolutions=("720p", "1080p"),
        images=1,
        first="needed frame",
        video="needed",
        video_seconds=(3, 30),
        more=(("characterOrientation", ("image", "video")),),
    ),
    "happyhorse-1.0": Terms(
        label="HappyHorse 1.0",
        prompt=2500,
        durations=tuple(range(3, 16)),
        ratios=("16:9", "9:16", "1:1", "4:3", "3:4"),
        resolutions=("720p", "1080p"),
        audio=False,
        images=1,
        first="frame",
    ),
    "grok-imagine-1.5": Terms(
        label="Grok Imagine 1.5",
        prompt=2500,
        durations=tuple(range(3, 16)),
        ratios=("16:9", "9:16", "1:1", "4:3", "3:4", "2:3", "3:2"),
        resolutions=("480p", "720p"),
        audio=False,
        images=1,
        first="needed frame",
    ),
}


def faults(terms: Terms, body: Mapping[str, JsonValue]) -> Iterator[str]:
    """Every documented rule that a body breaks, as the vendor's messages."""
    yield from _unsupported(terms, body)
    yield from _unlisted(terms, body)
    yield from _wrong_prompt(terms, body)
    yield from _wrong_images(terms, body)
    yield from _wrong_shots(body)


def wrong_length(model: str, seconds: float | None) -> str:
    """What is wrong with a video that is handed in; empty: nothing that is documented."""
    terms = TERMS.get(model)
    if terms is None or seconds is None:
        return ""
    least, most = terms.video_seconds
    if seconds > most + 0.5:
        return f"The video must not be longer than {most} seconds"
    return f"The video must not be shorter than {least} seconds" if seconds < least - 0.5 else ""


def _unsupported(terms: Terms, body: Mapping[str, JsonValue]) -> Iterator[str]:
    known = COMMON_FIELDS | {"text_prompt"} | {name for name, _ in terms.more}
    known |= {"duration"} if terms.durations else set[str]()
    known |= {"aspect_ratio"} if terms.ratios else set[str]()
    known |= {"resolution"} if terms.resolutions else set[str]()
    known |= {"audio"} if terms.audio else set[str]()
    known |= set(KEYFRAMES) if terms.keyframes else set[str]()
    known |= {VIDEO} if terms.video else set[str]()
    for name in body:
        slot = SLOT.fullmatch(name)
        shot = SHOT.fullmatch(name)
        is_numbered = (slot and int(slot[1]) <= terms.images) or (
            shot and int(shot[2]) <= terms.shots
        )
        if name not in known and not is_numbered:
            yield f"Parameter {name} is not supported by {text(body['model'])}"


def _unlisted(terms: Terms, body: Mapping[str, JsonValue]) -> Iterator[str]:
    listed: tuple[tuple[str, tuple[str | int, ...]], ...] = (
        ("duration", terms.durations),
        ("aspect_ratio", terms.ratios),
        ("resolution", terms.resolutions),
        *terms.more,
    )
    is_multishot = any(SHOT.fullmatch(name) for name in body)
    for name, values in listed:
        value = body.get(name)
        if name in body and not (name == "duration" and is_multishot) and not _is_in(value, values):
            names = ", ".join(str(value) for value in values)
            yield f"Parameter {name} value {value} is not supported, use one of: {names}"
    if body.get("exploreMode") is True and body.get("resolution") in terms.credits_only:
        yield f"Parameter resolution {body['resolution']} is not supported with exploreMode"
    longest, length = terms.explored_seconds, body.get("duration")
    if body.get("exploreMode") is True and longest and whole(length) > longest:
        yield f"Parameter duration {length} is not supported with exploreMode"
    if not isinstance(body.get("audio", True), bool):
        yield "Parameter audio must be boolean"


def _is_in(value: JsonValue, values: tuple[str | int, ...]) -> bool:
    return any(value == known and type(value) is type(known) for known in values)


def _wrong_prompt(terms: Terms, body: Mapping[str, JsonValue]) -> Iterator[str]:
    prompt = body.get("text_prompt", "")
    if not isinstance(prompt, str):
        yield "Parameter text_prompt must be a string"
    elif len(prompt) > terms.prompt:
        yield f"Parameter text_prompt maximum length is {terms.prompt} characters"
    given = any(
        SLOT.fullmatch(name) or SHOT.fullmatch(name) or name in (*KEYFRAMES, VIDEO) for name in body
    )
    # What becomes of a video has to be told, as Runway itself has it.
    is_edit = VIDEO in body and terms.video == "edited"
    if not text(prompt).strip() and (is_edit or not given):
        yield "Parameter text_prompt or an image is required"


def _wrong_images(terms: Terms, body: Mapping[str, JsonValue]) -> Iterator[str]:
    start, end = (body.get(name) for name in KEYFRAMES)
    if terms.first == "needed frame" and "imageAssetId1" not in body:
        yield "Parameter imageAssetId1 is required"
    for name in KEYFRAMES:
        if name in body and not text(body[name]):
            yield f"Parameter {name} must be an assetId"
    if end is not None and start is None:
        yield "Parameter endFrameAssetId requires startFrameAssetId"
    if end is not None and numbered_images(body):
        yield "Parameter endFrameAssetId cannot be combined with reference images"
    if terms.video == "needed" and VIDEO not in body:
        yield f"Parameter {VIDEO} is required"
    if VIDEO in body and not text(body[VIDEO]):
        yield f"Parameter {VIDEO} must be an assetId"
    is_edit = VIDEO in body and terms.video == "edited"
    if is_edit and len(numbered_images(body)) > EDITED_IMAGES:
        yield f"At most {EDITED_IMAGES} reference images are supported with {VIDEO}"
    shown = numbered_images(body) or VIDEO in body
    if terms.keyframes == "instead of references" and start is not None and shown:
        yield "Parameter startFrameAssetId cannot be combined with reference images"


def _wrong_shots(body: Mapping[str, JsonValue]) -> Iterator[str]:
    shots = numbered_shots(body)
    if not shots:
        return
    if VIDEO in body:
        yield f"Parameters multishot_* cannot be combined with {VIDEO}"
    if len(shots) < 2:
        yield "Multishot requires at least 2 shots"
    total = 0
    for number, shot in enumerate(shots, start=1):
        prompt, seconds = (shot["prompt"], shot["seconds"]) if isinstance(shot, dict) else ("", 0)
        total += whole(seconds)
        if not text(prompt).strip():
            yield f"Parameter multishot_prompt_{number} is required"
        if whole(seconds) not in SHOT_SECONDS:
            yield f"Parameter multishot_duration_{number} valid range is 3…12"
    if total > MOST_SECONDS:
        yield f"Total duration of all shots must not exceed {MOST_SECONDS} seconds"
    if "duration" in body and body["duration"] != total:
        yield "Parameter duration must be the sum of all multishot_duration_*"
