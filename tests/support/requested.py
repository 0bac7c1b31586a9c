"""A row and its fields as the request that comes in by the front door."""

from pydantic import JsonValue

from providers.catalogue.models import Catalogue, ModelSpec
from providers.catalogue.requests import MEDIA_FIELDS, Request, read_request
from tests.support.cases import Fields

OWN_PLACE = {"prompt", "shots", *MEDIA_FIELDS}
"""Fields that stand beside the options."""


def body_of(spec: ModelSpec, fields: Fields) -> dict[str, JsonValue]:
    """The request's JSON: what has its own place stands there, the rest among the options."""
    own = {name: value for name, value in fields.items() if name in OWN_PLACE}
    options = {name: value for name, value in fields.items() if name not in OWN_PLACE}
    return {"kind": spec.kind, "model": spec.id, "options": options, **own}


def request_of(spec: ModelSpec, fields: Fields) -> Request:
    """The request as it is kept: validated, defaults filled in, a seed fixed where there is none."""
    seed = {"seed": 4711} if "seed" in spec.rules else {}
    return Catalogue([spec]).validate(read_request(body_of(spec, {**seed, **fields})))
