"""A request in Runway's own fields: which endpoint, and what stands in its body.

Readings of what the documents leave open: every option that a row has is sent, because defaults drift;
frames always go as a list with positions; references get the tags that the page shows; the first
references are the people among them.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.requests import ArtifactId, Request
from providers.errors import Refused
from providers.vendors.runway.models import MODELS
from providers.vendors.runway.ways import (
    CHARACTER_PERFORMANCE,
    IMAGE_UPSCALE,
    MULTI_SHOT_VIDEO,
    TEXT_TO_IMAGE,
    VIDEO_TO_VIDEO,
    Way,
    way,
)

FIELDS = {
    "duration": "duration",
    "count": "outputCount",
    "seed": "seed",
    "audio": "audio",
    "quality": "quality",
    "background": "background",
    "format": "outputFormat",
    "edit": "edit",
    "web_search": "grounding",
    "rewrite": "promptExpansionMode",
    "gestures": "bodyControl",
    "expression": "expressionIntensity",
    "scale": "scaleFactor",
    "style": "flavor",
    "creativity": "creativity",
    "sharpness": "sharpen",
    "grain": "smartGrain",
    "detail": "ultraDetail",
    "smooth": "fpsBoost",
    "thinking": "thinkingLevel",
}
"""Options whose value is sent as it is."""
OF_THEIR_OWN = frozenset(
    {"ratio", "resolution", "people", "public_figures", "adherence", "keep_audio", "frame_rate"}
)


WAYS = {spec.id: way(spec) for spec in MODELS}


def create_call(
    request: Request, uploads: Mapping[ArtifactId, str]
) -> tuple[str, dict[str, JsonValue]]:
    """Path and body of the create call.

    Refused where an option has no field here, which no row of the catalogue asks for.
    """
    to = WAYS.get(request.model)
    if to is None:
        raise Refused("This model is no longer in the list. Choose another one.", code="invalid")
    held = _held(request, uploads)
    framed = bool(to.framed and held.get("start_frame"))
    endpoint = to.framed if framed else to.endpoint
    if endpoint == MULTI_SHOT_VIDEO:
        body = _recipe(to, request, held)
    else:
        body = {"model": to.model, **to.fixed}
        if request.prompt.strip():
            body["promptText"] = request.prompt
        body |= _media(endpoint, to, held, request.options.get("people"))
        body |= _settings(to, request)
    body |= _size(to, request.options, guided=bool(held.get("references")))
    body |= _options(request.options)
    return f"/v1/{endpoint}", body


def _recipe(to: Way, request: Request, held: Mapping[str, list[str]]) -> dict[str, JsonValue]:
    """What only the recipe's body has: a story, or shots with their sum, and one frame."""
    body: dict[str, JsonValue] = dict(to.fixed)
    if shots := _shots(request):
        body["shots"] = _segments(shots)
        body["duration"] = sum(seconds for _, seconds in shots)
    else:
        body["prompt"] = request.prompt
    if first := held.get("start_frame"):
        body["firstFrame"] = {"uri": first[0]}
    return body


def _settings(to: Way, request: Request) -> dict[str, JsonValue]:
    """The provider's settings. A multishot's length is the sum of its shots, and isn't sent."""
    settings: dict[str, JsonValue] = {"shotType": to.shot_type} if to.shot_type else {}
    if shots := _shots(request):
        settings["multiPrompt"] = _segments(shots)
    keeps = request.options.get("keep_audio")
    if keeps is not None:
        settings["keepOriginalSound"] = keeps
    return {"providerSettings": settings} if settings else {}


def _shots(request: Request) -> list[tuple[str, int]]:
    shots = request.shots if request.kind == "multishot" else ()
    return [(shot.prompt, int(shot.seconds or 0)) for shot in shots]


def _segments(shots: list[tuple[str, int]]) -> JsonValue:
    return [{"prompt": prompt, "duration": seconds} for prompt, seconds in shots]


def _held(request: Request, uploads: Mapping[ArtifactId, str]) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for field, artifact in request.media():
        held.setdefault(field, []).append(uploads[artifact])
    return held


def _media(
    endpoint: str, to: Way, held: Mapping[str, list[str]], people: JsonValue
) -> dict[str, JsonValue]:
    first, last = held.get("start_frame", []), held.get("end_frame", [])
    video, pictures = held.get("driving_video", []), held.get("references", [])
    match endpoint:
        case value if value == TEXT_TO_IMAGE:
            return (
                {"referenceImages": _tagged(pictures, to.tags, people=people)} if pictures else {}
            )
        case value if value == IMAGE_UPSCALE:
            return {"imageUri": pictures[0]}
        case value if value == CHARACTER_PERFORMANCE:
            return {
                "character": {"type": "image", "uri": first[0]},
                "reference": {"type": "video", "uri": video[0]},
            }
        case _:
            body: dict[str, JsonValue] = {to.source: video[0]} if video else {}
            if pictures:
                body["references"] = _tagged(pictures, tags=False, people=None)
            if to.lone_frame and first and not last:
                return body | {"promptImage": first[0]}
            return body | _frames(endpoint, first, last)


def _frames(endpoint: str, first: list[str], last: list[str]) -> dict[str, JsonValue]:
    keys = endpoint == VIDEO_TO_VIDEO
    frames: list[JsonValue] = []
    for place, position, uris in ((0, "first", first), (1, "last", last)):
        for uri in uris:
            frames.append({"uri": uri, "at": place} if keys else {"uri": uri, "position": position})
    return {"keyframes" if keys else "promptImage": frames} if frames else {}


def _tagged(pictures: list[str], tags: bool, *, people: JsonValue) -> list[JsonValue]:
    references: list[JsonValue] = []
    for number, uri in enumerate(pictures, start=1):
        reference: dict[str, JsonValue] = {"uri": uri}
        if tags:
            reference["tag"] = f"img_{number}"
        if isinstance(people, int):
            reference["subject"] = "human" if number <= people else "object"
        references.append(reference)
    return references


def _size(to: Way, options: Mapping[str, JsonValue], *, guided: bool) -> dict[str, JsonValue]:
    ratio, resolution = options.get("ratio"), options.get("resolution")
    sizes = to.table(guided=guided)
    shapes = sizes.get(resolution if isinstance(resolution, str) else "", {})
    if isinstance(ratio, str) and ratio in shapes:
        return {"ratio": shapes[ratio]}
    if ratio is None and "auto" in shapes:
        # The clip takes its start frame's shape: only the size is chosen.
        return {"ratio": shapes["auto"]}
    body: dict[str, JsonValue] = {}
    if ratio is not None:
        body[to.ratio] = ratio
    if isinstance(resolution, str):
        body["resolution"] = resolution.upper() if to.capitals else resolution
    return body


def _options(options: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    body: dict[str, JsonValue] = {}
    for name, value in options.items():
        if value is None or name in OF_THEIR_OWN:
            continue
        if name not in FIELDS:
            raise Refused(f"Runway doesn't support {name}. Remove it.", code="invalid")
        body[FIELDS[name]] = value
    rate = options.get("frame_rate")
    if isinstance(rate, str):
        body["targetFramerate"] = rate.replace(".", "_")
    closely = options.get("adherence")
    if isinstance(closely, int):
        body["cfgScale"] = closely / 100
    looser = options.get("public_figures")
    if looser is not None:
        body["contentModeration"] = {"publicFigureThreshold": "low" if looser else "auto"}
    return body
