"""Our requests as Runflow's runs: which model's address, and what goes into `input`."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from providers.catalogue.requests import Request
from providers.errors import Refused
from providers.vendors.runflow.models import MODELS

ROWS = {spec.id: spec for spec in MODELS}
FIELDS = {
    "ratio": "aspect_ratio",
    "resolution": "resolution",
    "count": "num_images",
    "seed": "seed",
    "format": "output_format",
    "tolerance": "safety_tolerance",
    "web_search": "enable_web_search",
}


def run_path(request: Request) -> str:
    """Where the run is created: without pictures at the model, with pictures at its editing twin."""
    spec = ROWS[request.model]
    slug = spec.wire["edit"] if request.media() else spec.name
    return f"/models/{slug}/runs"


def run_body(request: Request, pictures: Sequence[str], token: str) -> dict[str, JsonValue]:
    """The body of the create call; `pictures` are addresses that the vendor can read.

    Refused where an option has no field here, which no row of the catalogue asks for.
    """
    given: dict[str, JsonValue] = {"prompt": request.prompt}
    if pictures:
        given["image_urls"] = list(pictures)
    for name, value in _sent(request.options).items():
        if name not in FIELDS:
            raise Refused(f"Runflow doesn't support {name}. Remove it.", code="invalid")
        given[FIELDS[name]] = value
    return {"input": given, "client_ref": token, "metadata": {"job": token}}


def _sent(options: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    sent: dict[str, JsonValue] = {
        name: value for name, value in options.items() if value is not None
    }
    if sent.get("web_search") is not True:
        # It costs more with some models, and off is what happens by itself.
        sent.pop("web_search", None)
    if "tolerance" in sent:
        sent["tolerance"] = str(sent["tolerance"])
    return sent
