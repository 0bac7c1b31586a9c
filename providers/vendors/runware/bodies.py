"""Our requests as Runware's task objects, in exactly the documented fields.

Readings of what the vendor's pages leave open: the size goes along with references when a ratio was
chosen, and is left out when none was; every result is fetched by its link, so no other output type is
asked for, and no `ttl` is set, which could only let a paid file die sooner; cost is always asked for;
results are always delivered later, because a sync call may time out. Shots bring their own length: that of
the video is sent as their sum, for nobody says that it may be left out, and without it the default of 5 s
might hold. Where the vendor reads shots from the prompt, the sum is what it holds them against.
"""

import hashlib
import uuid
from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.bounds import whole
from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import (
    ArtifactId,
    ImageRequest,
    MultishotRequest,
    Request,
    VideoRequest,
)
from providers.catalogue.rules import written
from providers.errors import Refused
from providers.vendors.runware.models import MODELS

ROWS = {spec.id: spec for spec in MODELS}
PLAIN_FIELDS = {
    "count": "numberResults",
    "quality": "outputQuality",
    "seed": "seed",
    "duration": "duration",
}
FORMATS = {"jpeg": "JPG", "png": "PNG", "webp": "WEBP"}
TOLERANCES = {"high": "high", "medium": "medium", "low": "low", "Google's defaults": "off"}
SIZED = ("ratio", "resolution")


def task_uuid(token: str) -> str:
    """The task's id at the vendor, made from our token alone: the same token gives the same id."""
    try:
        return str(uuid.UUID(hex=token, version=4))
    except ValueError:
        digest = hashlib.sha256(token.encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))


def create_task(
    request: Request, uploads: Mapping[ArtifactId, str], token: str, callback: str = ""
) -> dict[str, JsonValue]:
    """The task object. Refused where an option has no field here, which no row asks for."""
    spec = ROWS[request.model]
    task: dict[str, JsonValue] = {
        "taskType": spec.wire["task"],
        "taskUUID": task_uuid(token),
        "model": spec.name,
        "outputType": "URL",
        "includeCost": True,
        "deliveryMethod": "async",
    }
    if callback:
        task["webhookURL"] = callback
    if request.prompt.strip():
        task["positivePrompt"] = request.prompt
    inputs = _inputs(request, uploads)
    if inputs:
        task["inputs"] = inputs
    task |= _size(spec, request.options)
    for name, value in request.options.items():
        if value is not None and name not in SIZED:
            _add_option(task, spec, name, value)
    if isinstance(request, MultishotRequest):
        _add_shots(task, spec, request)
    return task


def _inputs(request: Request, uploads: Mapping[ArtifactId, str]) -> dict[str, JsonValue]:
    inputs: dict[str, JsonValue] = {}
    if not isinstance(request, ImageRequest):
        last = request.end_frame if isinstance(request, VideoRequest) else None
        frames: list[JsonValue] = [
            {"image": uploads[artifact], "frame": place}
            for artifact, place in ((request.start_frame, "first"), (last, "last"))
            if artifact is not None
        ]
        inputs |= {"frameImages": frames} if frames else {}
    if request.references:
        inputs["referenceImages"] = [uploads[one] for one in request.references]
    return inputs


def _add_shots(task: dict[str, JsonValue], spec: ModelSpec, request: MultishotRequest) -> None:
    plan = [(shot.prompt, whole(shot.seconds) or 0) for shot in request.shots]
    task["duration"] = sum(seconds for _, seconds in plan)
    field = spec.wire.get("shots")
    if isinstance(field, str):
        listed: list[JsonValue] = [
            {"prompt": prompt, "duration": seconds} for prompt, seconds in plan
        ]
        _set_for(task, field, listed)
    else:
        task["positivePrompt"] = written(plan)


def _set_for(task: dict[str, JsonValue], field: str, value: JsonValue) -> None:
    """One setting of a model's maker, as `klingai.sound`, beside those that are there already."""
    house, _, name = field.partition(".")
    settings = task.setdefault("providerSettings", {house: {}})
    own = settings[house] if isinstance(settings, dict) else None
    if isinstance(own, dict):
        own[name] = value


def _size(spec: ModelSpec, options: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    sizes = spec.wire["sizes"]
    resolution, ratio = options.get("resolution"), options.get("ratio")
    if not isinstance(sizes, dict):
        return {}
    if not isinstance(ratio, str):
        # A resolution alone is a field of its own, and only of some models.
        return {"resolution": resolution} if spec.wire.get("by_resolution") else {}
    tier = sizes[resolution] if isinstance(resolution, str) else next(iter(sizes.values()))
    pair = tier.get(ratio) if isinstance(tier, dict) else None
    if not isinstance(pair, list):
        raise Refused(
            f"Runware has no size for ratio {ratio}. Choose another ratio.", code="invalid"
        )
    return {"width": pair[0], "height": pair[1]}


def _add_option(task: dict[str, JsonValue], spec: ModelSpec, name: str, value: JsonValue) -> None:
    if name in PLAIN_FIELDS:
        task[PLAIN_FIELDS[name]] = value
    elif name == "format":
        task["outputFormat"] = FORMATS[str(value)]
    elif name == "tolerance":
        _set_for(task, "google.safetyTolerance", TOLERANCES[str(value)])
    elif name == "web_search":
        # Off is what happens when nothing is sent.
        if value is True:
            _set_for(task, "google.webSearch", value)
    elif name == "content_check":
        # Off is what happens when nothing is sent.
        task |= {"safety": {"mode": "fast"}} if value is True else {}
    elif name == "audio":
        # The vendor's own default differs between its pages, so it is always told.
        _set_for(task, str(spec.wire["sound"]), value)
    else:
        raise Refused(f"Runware doesn't support {name}. Remove it.", code="invalid")
