"""How the web application answers: JSON in, JSON out, and every error as a list of problems."""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import TypeVar, cast

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import from_json
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from providers.catalogue.requests import MEDIA_FIELDS
from providers.errors import (
    Denied,
    InvalidRequest,
    Problem,
    StoreProblem,
    StudioError,
    TooLarge,
    Unknown,
    VendorError,
)
from providers.history.marks import Marks
from ui.views import ProblemsView

M = TypeVar("M", bound=BaseModel)
CurrentUser = Callable[[HTTPConnection], str | None]
"""Who is asking: an owner's name, or None for a stranger."""
Endpoint = Callable[[Request, str], Awaitable[Response]]
"""A route's work: the request and its owner in, the answer out."""

MOST_JSON = 1024 * 1024
NOBODY = Problem("", "Sign in first.")
TYPES = {
    "starred": "starred must be true or false.",
    "tags": "tags must be a list of short texts.",
    "jobs": "jobs must be a list of IDs.",
    "models": "models must be a list of IDs.",
    "filter": "filter must be an object.",
    "agreed": "agreed must be a list of the questions that you say yes to.",
}
"""What a field wants to be given as."""
HALF = "This text contains half of a character, such as half an emoji. Delete it and type it again."
ADMINS = "Only an admin can see or change this."
REASONS = {"stranger": 401, "member": 403, "often": 429}


class NotAnswered(StudioError):
    """A request that is wrong as HTTP, before its content matters."""

    def __init__(self, status: int, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.field = field


def problems_json(problems: Iterable[Problem]) -> dict[str, JsonValue]:
    """`{"problems": [{"field", "message", "soft", "asks"}]}`"""
    return ProblemsView(problems=tuple(problems)).model_dump(mode="json")


def refusal(error: StudioError) -> dict[str, JsonValue]:
    """An error as JSON: every problem of a refused request, or its one sentence."""
    if isinstance(error, InvalidRequest):
        return problems_json(error.problems)
    field = error.field if isinstance(error, NotAnswered) else ""
    return problems_json([Problem(field, str(error))])


def status_of(error: StudioError) -> int:
    """The HTTP status that an error deserves."""
    if isinstance(error, NotAnswered):
        return error.status
    if isinstance(error, Denied):
        return REASONS[error.why]
    for kind, status in (
        (TooLarge, 413),
        (InvalidRequest, 422),
        (Unknown, 404),
        (StoreProblem, 503),
        (VendorError, 502),
    ):
        if isinstance(error, kind):
            return status
    return 500


def failed(error: StudioError) -> Response:
    """The answer to a request that did not work."""
    told = answer(refusal(error), status_of(error))
    if isinstance(error, Denied) and error.wait:
        told.headers["Retry-After"] = str(int(error.wait) + 1)
    return told


def answer(body: BaseModel | JsonValue | Mapping[str, JsonValue], status: int = 200) -> Response:
    """JSON that no cache keeps."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(body, BaseModel):
        return Response(body.model_dump_json(), status, headers, "application/json")
    return JSONResponse(body, status, headers)


def route(
    path: str,
    endpoint: Endpoint,
    user: CurrentUser,
    *methods: str,
    admin: CurrentUser | None = None,
) -> Route:
    """A route that knows its owner and answers every StudioError as JSON. `admin`: only who it names may."""

    async def run(request: Request) -> Response:
        try:
            owner = user(request)
            if owner is None:
                raise Denied(NOBODY.message, why="stranger")
            if admin is not None and admin(request) is None:
                raise Denied(ADMINS, why="member")
            return await endpoint(request, owner)
        except StudioError as error:
            return failed(error)

    return Route(path, run, methods=list(methods or ("GET",)))


async def read_body(request: Request, most: int) -> bytes | None:
    """The request's bytes; None when there are more than `most`, which are not waited for."""
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > most:
            return None
    return bytes(held)


async def read_json(request: Request) -> dict[str, JsonValue]:
    """The request's JSON object; an empty body is an empty object.

    Raises NotAnswered for another content type, a body over 1 MiB, or anything that is no JSON object.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NotAnswered(415, "Send this as JSON, with Content-Type: application/json.")
    held = await read_body(request, MOST_JSON)
    if held is None:
        raise NotAnswered(413, "This request is larger than 1 MB. Shorten it.")
    try:
        body = from_json(held or b"{}", allow_inf_nan=False)
    except ValueError:
        if (field := _half_character(held)) is not None:
            raise NotAnswered(400, HALF, field) from None
        raise NotAnswered(400, "This isn't valid JSON. Fix it and send it again.") from None
    if not isinstance(body, dict):
        raise NotAnswered(400, "Send a JSON object.")
    return body


def _half_character(held: bytes) -> str | None:
    """The field whose text holds half of a surrogate pair, as an emoji that was cut in two leaves it."""
    try:
        body = cast("JsonValue", json.loads(held))
    except (ValueError, RecursionError):
        return None
    return next(_halved(body, ""), None)


def _halved(value: JsonValue, path: str) -> Iterator[str]:
    if isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
        yield path
    elif isinstance(value, list):
        for place, each in enumerate(value, start=1):
            yield from _halved(each, f"{path}.{place}")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _halved(each, f"{path}.{name}" if path else name)


def without_empty_media(body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The request without file fields that hold nothing: every form has them, not every kind."""
    return {
        name: value for name, value in body.items() if value or name not in (*MEDIA_FIELDS, "shots")
    }


def shaped(model: type[M], values: Mapping[str, str | int]) -> M:
    """`values` as `model`, or InvalidRequest that names the fields at fault."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        fields = {str(fault["loc"][0]) if fault["loc"] else "" for fault in error.errors()}
        problems = [Problem(name, f"{name!r} has an invalid value. Fix it.") for name in fields]
        raise InvalidRequest(problems) from None


def marks_of(body: dict[str, JsonValue]) -> Marks:
    """What is to be marked, from a JSON body. InvalidRequest that names the field at fault."""
    starred, tags = body.pop("starred", None), body.pop("tags", None)
    if body:
        raise InvalidRequest(
            [Problem(name, f"There is no field {name!r} here. Remove it.") for name in body]
        )
    if starred is not None and not isinstance(starred, bool):
        raise InvalidRequest([Problem("starred", TYPES["starred"])])
    return Marks(starred=starred, tags=None if tags is None else texts_of("tags", tags))


def texts_of(field: str, value: JsonValue, most: int | None = None) -> tuple[str, ...]:
    """A list of texts as it was given, at most so many. InvalidRequest that names the field."""
    texts = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    is_long = most is not None and len(texts) > most
    if not isinstance(value, list) or len(texts) < len(value) or is_long:
        raise InvalidRequest([Problem(field, TYPES[field])])
    return tuple(texts)
