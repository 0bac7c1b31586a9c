"""The body of useapi.net's create call, in exactly the documented fields.

Readings of what the vendor's pages leave open: every option that a row has is sent, also where the
vendor has a default, because defaults drift; sound is sent only to switch it off, and the explore
queue only to ask for it; single-valued resolutions are not sent; `email` is left out here, because a file
decides the account: the adapter adds it where a person chose one and there is no file.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.requests import ACCOUNT, ArtifactId, MultishotRequest, Request
from providers.errors import Refused
from providers.vendors.useapi.models import MODELS

OPTION_FIELDS = {
    "ratio": "aspect_ratio",
    "resolution": "resolution",
    "duration": "duration",
    "count": "num_images",
    "seed": "seed",
    "style": "style",
    "diversity": "diversity",
    "audio": "audio",
    "keep_audio": "audio",
    "orientation": "characterOrientation",
    "explore": "exploreMode",
}
FRAME_FIELDS = {"start_frame": "startFrameAssetId", "end_frame": "endFrameAssetId"}
NAMED_FRAMES = frozenset(spec.id for spec in MODELS if spec.wire.get("frames") == "named")
"""Rows whose frames have fields of their own; elsewhere they take the first numbered places."""
NAMES = {spec.id: str(spec.wire.get("model", spec.name)) for spec in MODELS}
"""What the vendor calls each row's model."""
ONLY_WHEN = {"audio": False, "keep_audio": False, "explore": True}
"""Flags that are sent in one position alone; the other is what the vendor does by itself."""


def create_body(
    request: Request, uploads: Mapping[ArtifactId, str], token: str, callback: str = ""
) -> dict[str, JsonValue]:
    """The body of the create call, in exactly the documented fields.

    Refused where an option has no field here, which no row of the catalogue asks for.
    """
    body: dict[str, JsonValue] = {"model": NAMES[request.model]}
    if request.prompt.strip():
        body["text_prompt"] = request.prompt
    images = 0
    for field, artifact in request.media():
        name = _own_field(field, request.model)
        if name is None:
            images += 1
            name = f"imageAssetId{images}"
        body[name] = uploads[artifact]
    if isinstance(request, MultishotRequest):
        for number, shot in enumerate(request.shots, start=1):
            body[f"multishot_prompt_{number}"] = shot.prompt
            body[f"multishot_duration_{number}"] = shot.seconds
    for name, value in request.options.items():
        if name == ACCOUNT:
            continue
        if name not in OPTION_FIELDS:
            raise Refused(f"useapi.net doesn't support {name}. Remove it.", code="invalid")
        if value is not None and (name not in ONLY_WHEN or value is ONLY_WHEN[name]):
            body[OPTION_FIELDS[name]] = value
    body["replyRef"] = token
    return {**body, "replyUrl": callback} if callback else body


def _own_field(field: str, model: str) -> str | None:
    """What the vendor calls this field; None where its file takes the next numbered place."""
    if field == "driving_video":
        return "videoAssetId"
    return FRAME_FIELDS.get(field) if model in NAMED_FRAMES else None
