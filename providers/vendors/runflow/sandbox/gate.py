"""The gate of the emulated Runflow: who calls, with what, and how a refusal looks."""

import hashlib

from pydantic import JsonValue, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.vendors.runflow.sandbox.shapes import Refusal
from providers.vendors.sandbox.front import bearer

_BODY: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


def caller(request: Request) -> str:
    """Whose key it is, or 401. Any key but one that holds `bad` is good."""
    key = bearer(request)
    if key is None:
        raise Refusal(401, "UNAUTHORIZED", "The API key is missing or not valid.")
    return hashlib.sha256(key.encode()).hexdigest()[:12]


async def read_json(request: Request) -> dict[str, JsonValue]:
    """The body, or 400."""
    try:
        return _BODY.validate_json(await request.body())
    except ValidationError:
        raise Refusal(400, "BAD_REQUEST", "The body is not a JSON object.") from None


async def refuse(_: Request, error: Exception) -> Response:
    """A refusal in its own shape."""
    assert isinstance(error, Refusal)
    return JSONResponse(error.body, error.status)


async def no_route(_: Request, error: Exception) -> Response:
    """What the API does not have, in the shape of its errors."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    body = {"code": "NOT_FOUND", "message": "There is nothing here.", "errors": None}
    return JSONResponse(body, status)
