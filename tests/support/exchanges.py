"""The calls that each adapter makes, one case for each golden exchange in tests/wire."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from pydantic import BaseModel, JsonValue, TypeAdapter

from providers.catalogue.requests import read_request
from providers.catalogue.rules import Frozen, MediaKind
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Cancelled, Failed, Media, Provider, Ticket

FOLDER = Path(__file__).parents[1] / "wire"
QUIET = {"missing", "why", "seen", "word", "charged", "quote"}
"""What is written down only where it says something."""


TEXTS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


class Sent(Frozen):
    """A request as it must look; a body that is text is base64."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: JsonValue = None


class Answered(Frozen):
    """What the vendor says to it."""

    status: int
    body: JsonValue


class Exchange(Frozen):
    """One request and its answer."""

    request: Sent
    answer: Answered


class Case(Frozen):
    """One call of the adapter, the exchanges it has, and what it gives."""

    name: str
    does: str
    given: Mapping[str, JsonValue]
    exchanges: tuple[Exchange, ...]
    gives: JsonValue


class Golden(Frozen):
    """The cases of one endpoint; `source` is where they were read."""

    source: str
    cases: tuple[Case, ...]


FILES = {path.stem: Golden.model_validate_json(path.read_bytes()) for path in FOLDER.glob("*.json")}
SELLERS = {vendor.name: vendor for vendor in VENDORS}


CASES = [
    pytest.param(SELLERS[name.partition("-")[0]], case, id=f"{name}: {case.name}")
    for name, file in FILES.items()
    for case in file.cases
]


async def act(provider: Provider, case: Case, folder: Path) -> JsonValue:
    """Call the adapter as the case tells; the result as JSON."""
    given = case.given
    request, since = given.get("request"), given.get("since")
    token = str(given.get("token", ""))
    result: BaseModel | JsonValue
    match case.does:
        case "upload":
            result = await provider.upload(media_of(given, folder))
        case "submit" if isinstance(request, dict):
            uploads = TEXTS.validate_python(given["uploads"])
            result = await provider.submit(read_request(request), uploads, token)
        case "find" if isinstance(request, dict) and isinstance(since, float):
            result = await provider.find(read_request(request), token, since)
        case "poll":
            result = await provider.poll(Ticket.model_validate(given["ticket"]))
        case "cancel":
            await provider.cancel(Ticket.model_validate(given["ticket"]))
            result = None
        case "check":
            result = await provider.check()
        case _:
            raise AssertionError(case.does)
    if not isinstance(result, BaseModel):
        return result
    usual = {name: field.default for name, field in type(result).model_fields.items()}
    quiet = {*QUIET, "cost"} if isinstance(result, Failed | Cancelled) else QUIET
    shown = result.model_dump(mode="json")
    return {
        name: value for name, value in shown.items() if name not in quiet or value != usual[name]
    }


def media_of(given: Mapping[str, JsonValue], folder: Path) -> Media:
    texts = TEXTS.validate_python(given)
    content = base64.b64decode(texts["content"])
    path = folder / "file"
    path.write_bytes(content)
    kind = cast("MediaKind", texts["kind"])
    return Media("artifact", path, texts["sha256"], texts["media_type"], kind, len(content))
