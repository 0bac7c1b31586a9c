"""The gate of the emulated useapi.net: who calls, with what, and how a refusal looks."""

import re
from collections.abc import Sequence

from pydantic import JsonValue
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.vendors.sandbox.bodies import json_object
from providers.vendors.sandbox.front import bearer
from providers.vendors.useapi.sandbox.shapes import Refusal

_FULL_ID = re.compile(
    r"user:(?P<user>\d+)-runwayml:(?P<email>.+)-(?P<kind>asset|task):(?P<id>[0-9a-fA-F-]{36})"
)


def caller(request: Request) -> int:
    """The user behind the bearer token, or 401; 404 for an id that is percent-encoded.

    The real one does not find an id whose `:` or `@` is encoded.
    """
    key = bearer(request)
    if key is None:
        raise Refusal(401, "Unauthorized")
    if any(code in _raw_path(request) for code in (b"%3A", b"%40")):
        raise Refusal(404, "Not found.")
    known = re.match(r"user:(\d{1,12})-", key)
    return int(known[1]) if known else 12345


def own_id(full_id: str, kind: str, user: int) -> str:
    """The bare id in a composite one; 404 for another form, 403 for another user's."""
    found = _FULL_ID.fullmatch(full_id)
    if found is None or found["kind"] != kind:
        raise Refusal(404, "Not found.")
    if int(found["user"]) != user:
        raise Refusal(403, f"This {kind} belongs to another user.")
    return found["id"].lower()


def owner_of(email: JsonValue, emails: Sequence[str]) -> str:
    """Which of the linked accounts is asked; 404 for another one, 400 where it has to be named."""
    if email is None and len(emails) > 1:
        raise Refusal(400, "Parameter email is required when multiple accounts are configured")
    if email is not None and email not in emails:
        raise Refusal(404, "Runway account is not configured.")
    return email if isinstance(email, str) else emails[0]


def window(request: Request, most: int) -> tuple[int, int]:
    """`offset` and `limit`, both required; 400 outside their ranges."""
    found: list[int] = []
    for name, low, high in (("offset", 0, 1000), ("limit", 1, most)):
        text = request.query_params.get(name, "")
        if not re.fullmatch(r"\d{1,4}", text) or not low <= int(text) <= high:
            raise Refusal(400, f"Parameter {name} is required, valid range: {low}…{high}")
        found.append(int(text))
    return found[0], found[1]


async def read_json(request: Request) -> dict[str, JsonValue]:
    """The body, or 400."""
    body = json_object(await request.body())
    if body is None:
        raise Refusal(400, "The body is not a JSON object")
    return body


def _raw_path(request: Request) -> bytes:
    raw = request.scope.get("raw_path")
    return raw.upper() if isinstance(raw, bytes) else b""


async def no_route(_: Request, error: Exception) -> Response:
    """What the API does not have, in the shape of its errors."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"error": "Not found.", "code": status}, status)
