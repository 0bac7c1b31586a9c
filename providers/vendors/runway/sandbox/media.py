"""The media of a create body: every form in which the emulated Runway takes them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from providers.vendors.runway.sandbox.shapes import issue
from providers.vendors.runway.ways import Way

MEDIA_FIELDS: Mapping[str, tuple[str, ...]] = {
    "text_to_image": ("referenceImages",),
    "text_to_video": ("references",),
    "image_to_video": ("promptImage", "references"),
    "video_to_video": ("videoUri", "promptVideo", "references", "keyframes"),
    "character_performance": ("character", "reference"),
    "image_upscale": ("imageUri",),
    "video_upscale": ("videoUri",),
}
Path = list[str | int]
_TAG = re.compile(r"[a-z][a-z0-9_]{2,15}")
_URI = re.compile(r"https://.{5,}|runway://.{4,}|data:(image|video|audio)/.+", re.DOTALL)
MOST_PEOPLE = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """Media addresses by role."""

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    video: tuple[str, ...] = ()
    people: int = 0

    def fields(self) -> dict[str, JsonValue]:
        """As catalogue fields."""
        given: dict[str, JsonValue] = {}
        roles = (
            ("start_frame", self.first),
            ("end_frame", self.last),
            ("driving_video", self.video),
        )
        for name, uris in roles:
            if uris:
                given[name] = uris[0] if len(uris) == 1 else list[JsonValue](uris)
        if self.pictures:
            given["references"] = list[JsonValue](self.pictures)
        if self.people:
            given["people"] = self.people
        return given


def read_media(endpoint: str, to: Way, body: Mapping[str, JsonValue]) -> Asked:
    """All media of a body. Refusal where one has no such form."""
    match endpoint:
        case "text_to_image":
            return _references(to, body.get("referenceImages"))
        case "image_upscale":
            return Asked(pictures=(read_uri(body.get("imageUri"), ["imageUri"]),))
        case "image_to_video":
            beside = tuple(uri for uri, _ in _listed(body.get("references"), "references"))
            frames = _frames(body.get("promptImage"))
            return replace(frames, pictures=(*frames.pictures, *beside))
        case "character_performance":
            return _performance(body)
        case "video_to_video" | "video_upscale":
            video = (read_uri(body.get(to.source), [to.source]),)
            pictures = tuple(uri for uri, _ in _listed(body.get("references"), "references"))
            keys = [*_keyframes(body.get("keyframes"))]
            first = tuple(uri for uri, at in keys if at < 0.5)
            last = tuple(uri for uri, at in keys if at >= 0.5)
            return Asked(first=first, last=last, pictures=pictures, video=video)
        case _:
            found = _listed(body.get("references"), "references")
            return Asked(pictures=tuple(uri for uri, _ in found))


def _references(to: Way, value: JsonValue) -> Asked:
    uris: list[str] = []
    tags: set[str] = set()
    people = 0
    for number, (uri, reference) in enumerate(_listed(value, "referenceImages")):
        tag, subject = reference.get("tag"), reference.get("subject", "object")
        path: Path = ["referenceImages", number]
        if tag is not None and (not isinstance(tag, str) or not to.tags or not _TAG.fullmatch(tag)):
            raise issue("invalid_string", [*path, "tag"], "Invalid tag", validation="regex")
        if isinstance(tag, str) and tag in tags:
            raise issue("custom", [*path, "tag"], "Tags must be unique")
        if subject not in ("object", "human"):
            raise issue("invalid_value", [*path, "subject"], "Invalid", values=["object", "human"])
        tags |= {tag} if isinstance(tag, str) else set()
        people += subject == "human"
        uris.append(uri)
    if people > MOST_PEOPLE:
        raise issue("too_big", ["referenceImages"], "At most 5 human references", maximum=5)
    return Asked(pictures=tuple(uris), people=people)


def _frames(value: JsonValue) -> Asked:
    if isinstance(value, str):
        return Asked(first=(read_uri(value, ["promptImage"]),))
    if not isinstance(value, list) or not value:
        raise issue("invalid_type", ["promptImage"], "Required", expected="string | array")
    roles: dict[str, list[str]] = {}
    for uri, frame in _listed(value, "promptImage"):
        position = frame.get("position", "")
        if position not in ("first", "last", ""):
            values: list[JsonValue] = ["first", "last"]
            raise issue("invalid_value", ["promptImage", "position"], "Invalid", values=values)
        roles.setdefault(str(position), []).append(uri)
    if "" in roles and len(roles) > 1:
        raise issue("custom", ["promptImage"], "Keyframes and references cannot be mixed")
    if any(len(uris) > 1 for position, uris in roles.items() if position):
        raise issue("custom", ["promptImage"], "Positions must not repeat")
    return Asked(
        first=tuple(roles.get("first", ())),
        last=tuple(roles.get("last", ())),
        pictures=tuple(roles.get("", ())),
    )


def _performance(body: Mapping[str, JsonValue]) -> Asked:
    character, reference = body.get("character"), body.get("reference")
    if not isinstance(character, dict) or character.get("type") not in ("image", "video"):
        raise issue("invalid_union", ["character"], "Invalid input", discriminator="type")
    if not isinstance(reference, dict) or reference.get("type") != "video":
        raise issue("invalid_type", ["reference"], "Required", expected="object")
    first = (read_uri(character.get("uri"), ["character", "uri"]),)
    return Asked(first=first, video=(read_uri(reference.get("uri"), ["reference", "uri"]),))


def _keyframes(value: JsonValue) -> Iterator[tuple[str, float]]:
    for number, (uri, keyframe) in enumerate(_listed(value, "keyframes")):
        at, seconds = keyframe.get("at"), keyframe.get("seconds")
        told = at if at is not None else seconds
        good = isinstance(told, int | float) and not isinstance(told, bool)
        if not good or (at is None) == (seconds is None):
            raise issue("invalid_union", ["keyframes", number], "Give seconds or at")
        assert isinstance(told, int | float)
        if not 0 <= told <= (1 if at is not None else 30):
            raise issue("too_big", ["keyframes", number], "Outside the clip")
        yield uri, told if at is not None else told / 30


def _listed(value: JsonValue, name: str) -> Iterator[tuple[str, Mapping[str, JsonValue]]]:
    if value is None:
        return
    if not isinstance(value, list):
        raise issue("invalid_type", [name], "Invalid input: expected array", expected="array")
    for number, element in enumerate(value):
        if not isinstance(element, dict):
            raise issue("invalid_type", [name, number], "Expected object", expected="object")
        yield read_uri(element.get("uri"), [name, number, "uri"]), element


def read_uri(value: JsonValue, path: Path) -> str:
    """An address of a file in one of the forms that the API takes, or a refusal."""
    if not isinstance(value, str):
        raise issue("invalid_type", path, "Required", expected="string")
    most = 2048 if value.startswith("https:") else 5000 if value.startswith("runway:") else 5 << 20
    if not _URI.fullmatch(value):
        raise issue("invalid_union", path, "Must be an HTTPS URL, a runway:// URI or a data URI")
    if len(value) > most:
        raise issue("too_big", path, "Too long", maximum=most, origin="string", inclusive=True)
    return value
