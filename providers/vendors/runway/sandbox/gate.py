"""The gate of the emulated Runway: who calls, with what, and how a refusal looks."""

from pydantic import JsonValue
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.vendors.runway.sandbox.shapes import Refusal, issue
from providers.vendors.sandbox.bodies import json_object
from providers.vendors.sandbox.front import account_of, bearer

VERSION = "2024-11-06"
MOST_BYTES = 32 << 20


def caller(request: Request) -> str:
    """The project behind the key: 401 without a key, 400 without the version of the API."""
    key = bearer(request)
    if key is None:
        raise Refusal(401, "Invalid or missing API key.")
    if request.headers.get("x-runway-version") != VERSION:
        raise Refusal(400, "Missing or unsupported API version in X-Runway-Version.")
    return account_of(key)


async def read_json(request: Request) -> dict[str, JsonValue]:
    """The body, or 400 or 413."""
    content = await request.body()
    if len(content) > MOST_BYTES:
        raise Refusal(413, "The body is too large.")
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refusal(400, "The body must be application/json.")
    body = json_object(content)
    if body is None:
        raise issue("invalid_type", [], "Invalid input: expected object", expected="object")
    return body


async def no_route(_: Request, error: Exception) -> Response:
    """What the API does not have, in the shape of its errors."""
    assert isinstance(error, HTTPException)
    words = "Method not allowed" if error.status_code == 405 else "Not found"
    return JSONResponse({"error": words}, error.status_code, error.headers)
