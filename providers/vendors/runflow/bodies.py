"""Our requests as Runflow's runs: which model's address, and what goes into `input`."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import MultishotRequest, Request, Shot
from providers.errors import Refused
from providers.vendors.runflow.models import MODELS

ROWS = {spec.id: spec for spec in MODELS}
FIELDS = {
    "ratio": "aspect_ratio",
    "resolution": "resolution",
    "duration": "duration",
    "count": "num_images",
    "seed": "seed",
    "format": "output_format",
    "audio": "generate_audio",
    "tolerance": "safety_tolerance",
    "web_search": "enable_web_search",
    "limit_generations": "limit_generations",
}


def run_path(request: Request) -> str:
    """Where the run is created: with files handed in, most models have a twin for it."""
    spec = ROWS[request.model]
    twin = "with_files" if request.media() else "without_files"
    return f"/models/{spec.wire.get(twin, spec.name)}/runs"


def run_body(
    request: Request, pictures: Sequence[str], token: str, callback: str = ""
) -> dict[str, JsonValue]:
    """The body of the create call; `pictures` are addresses that the vendor can read.

    Refused where an option has no field here, which no row of the catalogue asks for.
    """
    spec = ROWS[request.model]
    given: dict[str, JsonValue] = (
        _shots(spec, request.shots)
        if isinstance(request, MultishotRequest)
        else {"prompt": request.prompt}
    )
    given |= _files(spec, request, pictures)
    for name, value in _sent(spec, request.options).items():
        if name not in FIELDS:
            raise Refused(f"Runflow doesn't support {name}. Remove it.", code="invalid")
        given[FIELDS[name]] = value
    body: dict[str, JsonValue] = {
        "input": given, "client_ref": token, "metadata": {"job": token},
    }  # fmt: skip
    return {**body, "callback_url": callback} if callback else body


def _shots(spec: ModelSpec, shots: Sequence[Shot]) -> dict[str, JsonValue]:
    """Shots stand in the place of a prompt, and the length of the video is told as their sum."""
    return {
        "shot_type": "customize",
        "multi_prompt": [
            {"prompt": shot.prompt, "duration": _seconds(spec, shot.seconds)} for shot in shots
        ],
        "duration": _seconds(spec, sum(shot.seconds or 0 for shot in shots)),
    }


def _files(spec: ModelSpec, request: Request, pictures: Sequence[str]) -> dict[str, JsonValue]:
    """Each picture in the field of its role: references are a list, a frame stands alone."""
    files: dict[str, JsonValue] = {}
    references: list[JsonValue] = []
    for (role, _), picture in zip(request.media(), pictures, strict=True):
        if role == "references":
            references.append(picture)
        files[str(spec.wire[role])] = references if role == "references" else picture
    return files


def _sent(spec: ModelSpec, options: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    sent: dict[str, JsonValue] = {
        name: value for name, value in options.items() if value is not None
    }
    for switch in ("web_search", "limit_generations"):
        if sent.get(switch) is not True:
            # The one costs more with some models, the other is an experiment; both are off by themselves.
            sent.pop(switch, None)
    if "tolerance" in sent:
        sent["tolerance"] = str(sent["tolerance"])
    if "duration" in sent:
        sent["duration"] = _seconds(spec, sent["duration"])
    return sent


def _seconds(spec: ModelSpec, seconds: JsonValue) -> JsonValue:
    """A length as the model's page writes it: as a number, or in text that holds the number."""
    form = spec.wire.get("seconds")
    return form.format(seconds) if isinstance(form, str) else seconds
