"""The gate of the emulated Runflow: who calls, with what, and how a refusal looks."""

from pydantic import JsonValue
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.vendors.runflow.sandbox.shapes import Refusal
from providers.vendors.sandbox.bodies import json_object
from providers.vendors.sandbox.front import account_of, bearer


def caller(request: Request) -> str:
    """Whose key it is, or 401. Any key but one that holds `bad` is good."""
    key = bearer(request)
    if key is None:
        raise Refusal(401, "UNAUTHORIZED", "The API key is missing or not valid.")
    return account_of(key)


async def read_json(request: Request) -> dict[str, JsonValue]:
    """The body, or 400."""
    body = json_object(await request.body())
    if body is None:
        raise Refusal(400, "BAD_REQUEST", "The body is not a JSON object.")
    return body


async def no_route(_: Request, error: Exception) -> Response:
    """What the API does not have, in the shape of its errors."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    body = {"code": "NOT_FOUND", "message": "There is nothing here.", "errors": None}
    return JSONResponse(body, status)
