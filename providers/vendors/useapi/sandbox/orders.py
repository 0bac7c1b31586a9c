"""What a create body asks the emulated useapi.net for: read field by field, checked, given a size."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from providers.vendors.sandbox.bodies import text, whole
from providers.vendors.useapi.models import MODELS
from providers.vendors.useapi.sandbox.fields import (
    COMMON_FIELDS,
    SHOT,
    SLOT,
    Unacceptable,
    check_common,
    numbered_images,
    numbered_shots,
)
from providers.vendors.useapi.sandbox.image_terms import IMAGE_TERMS, ImageTerms, image_faults
from providers.vendors.useapi.sandbox.sizes import Size, size_of
from providers.vendors.useapi.sandbox.terms import KEYFRAMES, TERMS, VIDEO, Terms, faults

Made = Literal["image", "video"]

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

_SPECS = {spec.id: spec for spec in MODELS if "model" not in spec.wire}


@dataclass(frozen=True, slots=True)
class Order:
    """A create body that keeps the rules, in catalogue words."""

    kind: Made
    model: str
    label: str
    given: Mapping[str, JsonValue]
    """Catalogue fields, defaults filled in."""
    images: tuple[str, ...] = ()
    """Asset ids: references of an image, frames of a video, in their order."""
    references: tuple[str, ...] = ()
    """Asset ids of what a video shows beside its frames."""
    is_seeded: bool = False
    tier: str = ""
    """The resolution where none can be asked for."""
    video: str | None = None
    body: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    @property
    def prompt(self) -> str:
        """The prompt, or "" ."""
        return text(self.given.get("prompt"))

    @property
    def shots(self) -> tuple[tuple[str, int], ...]:
        """(prompt, seconds) of each shot; empty but in a multishot."""
        shots = self.given.get("shots")
        found: list[tuple[str, int]] = []
        for shot in shots if isinstance(shots, list) else []:
            if isinstance(shot, dict):
                found.append((text(shot.get("prompt")), whole(shot.get("seconds"))))
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
        resolution = text(self.given.get("resolution")) or self.tier or only
        return size_of(self.kind, resolution, ratio)


def read_order(kind: Made, body: Mapping[str, JsonValue]) -> Order:
    """The order in a body, or Unacceptable with every broken rule in its text."""
    model = body.get("model")
    if not isinstance(model, str):
        raise Unacceptable("Parameter model is required")
    if kind == "video" and model in TERMS:
        return _newer(model, TERMS[model], body)
    if kind == "image" and model in IMAGE_TERMS:
        return _newer_image(model, IMAGE_TERMS[model], body)
    images = numbered_images(body)
    shots = numbered_shots(body)
    spec = _SPECS.get(f"useapi:{'multishot' if shots else kind}/{model}")
    if f"useapi:{kind}/{model}" not in _SPECS:
        raise Unacceptable(f"Parameter model value {model} is not supported")
    if spec is None:
        raise Unacceptable(f"Parameters multishot_* are not supported by {model}")
    check_common(body)
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
    return Order(
        kind=kind,
        model=model,
        label=spec.label,
        given=complete,
        images=tuple(images),
        is_seeded="seed" in spec.rules,
        video=film,
        body=body,
    )


def _newer(model: str, terms: Terms, body: Mapping[str, JsonValue]) -> Order:
    check_common(body)
    wrong = list(faults(terms, body))
    if wrong:
        raise Unacceptable(". ".join(wrong))
    given: dict[str, JsonValue] = {"audio": terms.audio}
    if terms.ratios:
        given["ratio"] = terms.ratios[0]
    if terms.durations and not (VIDEO in body and terms.video == "edited"):
        given["duration"] = terms.durations[0]
    given |= {VIDEO_FIELDS[name]: value for name, value in body.items() if name in VIDEO_FIELDS}
    given["explore"] = body.get("exploreMode") is True
    if shots := numbered_shots(body):
        given["shots"] = shots
    if terms.resolutions:
        given.setdefault("resolution", terms.resolutions[0])
    frames = [text(body[name]) for name in KEYFRAMES if name in body]
    numbered = numbered_images(body)
    if terms.first != "reference":
        frames, numbered = numbered, []
    return Order(
        kind="video",
        model=model,
        label=terms.label,
        given=given,
        images=tuple(frames),
        references=tuple(numbered),
        tier=terms.tier,
        video=text(body[VIDEO]) if VIDEO in body else None,
        body=body,
    )


def _newer_image(model: str, terms: ImageTerms, body: Mapping[str, JsonValue]) -> Order:
    check_common(body)
    wrong = list(image_faults(terms, body))
    if wrong:
        raise Unacceptable(". ".join(wrong))
    given: dict[str, JsonValue] = {"ratio": terms.ratio, "count": 1}
    if terms.resolutions:
        given["resolution"] = terms.resolutions[0]
    given |= {IMAGE_FIELDS[name]: value for name, value in body.items() if name in IMAGE_FIELDS}
    given["explore"] = body.get("exploreMode") is True
    return Order(
        kind="image",
        model=model,
        label=terms.label,
        given=given,
        images=tuple(numbered_images(body)),
        is_seeded=terms.seed,
        body=body,
    )


def _given(kind: Made, body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    own = IMAGE_FIELDS if kind == "image" else VIDEO_FIELDS
    known = COMMON_FIELDS | own.keys() | ({"videoAssetId"} if kind == "video" else set[str]())
    for name in body:
        if name in known or SLOT.fullmatch(name) or (kind == "video" and SHOT.fullmatch(name)):
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
