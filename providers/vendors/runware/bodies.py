"""Our requests as Runware's task objects, in exactly the documented fields.

Readings of what the vendor's pages leave open: the size goes along with references when a ratio was
chosen, and is left out when none was; every result is fetched by its link, so no other output type is
asked for, and no `ttl` is set, which could only let a paid file die sooner; cost is always asked for;
results are always delivered later, because a sync call may time out.
"""

import hashlib
import uuid
from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import ArtifactId, ImageRequest, Request, VideoRequest
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
TOLERANCES = {"Google's defaults": "off"}
SIZED = ("ratio", "resolution")


def task_uuid(token: str) -> str:
    """The task's id at the vendor, made from our token alone: the same token gives the same id."""
    try:
        return str(uuid.UUID(hex=token, version=4))
    except ValueError:
        digest = hashlib.sha256(token.encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))


def create_task(
    request: Request, uploads: Mapping[ArtifactId, str], token: str
) -> dict[str, JsonValue]:
    """The task object. Refused where an option has no field here, which no row asks for."""
    spec = ROWS[request.model]
    task: dict[str, JsonValue] = {
        "taskType": spec.wire["task"],
        "taskUUID": task_uuid(token),
        "model": spec.name,
        "positivePrompt": request.prompt,
        "outputType": "URL",
        "includeCost": True,
        "deliveryMethod": "async",
    }
    inputs = _inputs(request, uploads)
    if inputs:
        task["inputs"] = inputs
    task |= _size(spec, request.options)
    for name, value in request.options.items():
        if value is not None and name not in SIZED:
            _add_option(task, spec, name, value)
    return task


def _inputs(request: Request, uploads: Mapping[ArtifactId, str]) -> dict[str, JsonValue]:
    if isinstance(request, ImageRequest) and request.references:
        return {"referenceImages": [uploads[one] for one in request.references]}
    frames: list[JsonValue] = []
    if isinstance(request, VideoRequest):
        for artifact, place in ((request.start_frame, "first"), (request.end_frame, "last")):
            if artifact is not None:
                frames.append({"image": uploads[artifact], "frame": place})
    return {"frameImages": frames} if frames else {}


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
        task["providerSettings"] = {"google": {"safetyTolerance": TOLERANCES[str(value)]}}
    elif name == "content_check":
        # Off is what happens when nothing is sent.
        task |= {"safety": {"mode": "fast"}} if value is True else {}
    elif name == "audio":
        # The vendor's own default differs between its pages, so it is always told.
        house, _, field = str(spec.wire["sound"]).partition(".")
        task["providerSettings"] = {house: {field: value}}
    else:
        raise Refused(f"Runware doesn't support {name}. Remove it.", code="invalid")
