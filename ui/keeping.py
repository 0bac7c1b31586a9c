"""The routes for what people keep: stars and tags, and several files as one zip."""

import secrets
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime

from anyio import CancelScope
from pydantic import JsonValue
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from providers.errors import InvalidRequest, Problem, Unknown
from providers.jobs.marks import Marks
from providers.jobs.query import Query
from providers.jobs.views import JobView
from providers.keeping import Wanted
from providers.library.archive import length, stream
from providers.pools import PAGES
from providers.studio import Studio
from ui.answers import CurrentUser, answer, read_json, route
from ui.media import download_name
from ui.routes import shaped
from ui.views import ParcelView

MOST_ORDERS = 200
"""Zips that may wait to be fetched; the oldest is forgotten first."""
FORGOTTEN = "This download is no longer prepared. Choose the files again."
TYPES = {
    "starred": "Give 'starred' as true or false.",
    "tags": "Give 'tags' as a list of short words.",
    "jobs": "Give 'jobs' as a list of ids.",
    "filter": "Give 'filter' as an object.",
}


class KeepingRoutes:
    """Each for its owner alone."""

    def __init__(self, studio: Studio, user: CurrentUser) -> None:
        self._studio = studio
        self._user = user
        self._orders: dict[str, tuple[str, Wanted]] = {}

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's."""
        return [
            route("/jobs/{job}/mark", self.mark, self._user, "POST"),
            route("/archive", self.order, self._user, "POST"),
            route("/archive/{name}", self.fetch, self._user),
        ]

    async def mark(self, request: Request, owner: str) -> Response:
        """`POST /jobs/{job}/mark` `{"starred": true, "tags": ["sky"]}`: either, or both; the job with them."""
        marks = marks_of(await read_json(request))
        job = await self._studio.keeping.put_marks(request.path_params["job"], owner, marks)
        return answer(JobView.of(job))

    async def order(self, request: Request, owner: str) -> Response:
        """`POST /archive` `{"jobs": [ids]}`, or `{"filter": {…}}` as for `GET /jobs`: prepares a zip.

        Its `url`, how many `files` and `bytes` it has, and how many files are `missing`.
        """
        wanted = _wanted(await read_json(request))
        made = await PAGES.run(self._studio.keeping.parcel, owner, wanted, download_name)
        name = secrets.token_urlsafe(16)
        while len(self._orders) >= MOST_ORDERS:
            del self._orders[next(iter(self._orders))]
        self._orders[name] = (owner, wanted)
        told = ParcelView(
            url=f"archive/{name}",
            files=made.files,
            bytes=length(made.entries),
            missing=made.absent,
        )
        return answer(told, 201)

    async def fetch(self, request: Request, owner: str) -> Response:
        """`GET /archive/{name}`: the zip, written while it is sent."""
        whose, wanted = self._orders.get(request.path_params["name"], ("", Wanted()))
        if whose != owner:
            raise Unknown(FORGOTTEN)
        made = await PAGES.run(self._studio.keeping.parcel, owner, wanted, download_name)
        return Zipped(stream(made.entries), length(made.entries))


class Zipped(StreamingResponse):
    """A zip of known length; when its reader goes away, nothing more is read."""

    def __init__(self, parts: Generator[bytes], size: int) -> None:
        self._parts = parts
        day = datetime.now(UTC).date().isoformat()
        headers = {
            "Content-Length": str(size),
            "Content-Disposition": f'attachment; filename="studio-{day}.zip"',
            "Cache-Control": "no-store",
        }
        super().__init__(_sent(parts), headers=headers, media_type="application/zip")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and close the file that is open whatever happens."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with CancelScope(shield=True):
                await PAGES.run(self._parts.close)


async def _sent(parts: Generator[bytes]) -> AsyncGenerator[bytes]:
    async for part in iterate_in_threadpool(parts):
        yield part


def marks_of(body: dict[str, JsonValue]) -> Marks:
    """What is to be marked, from a JSON body. InvalidRequest that names the field at fault."""
    starred, tags = body.pop("starred", None), body.pop("tags", None)
    if body:
        raise InvalidRequest([Problem(name, f"There is no mark {name!r}.") for name in body])
    if starred is not None and not isinstance(starred, bool):
        raise InvalidRequest([Problem("starred", TYPES["starred"])])
    return Marks(starred=starred, tags=None if tags is None else _texts("tags", tags))


def _wanted(body: dict[str, JsonValue]) -> Wanted:
    jobs, asked = body.get("jobs"), body.get("filter", {})
    if jobs is not None:
        named = _texts("jobs", jobs)
        if not named:
            raise InvalidRequest([Problem("jobs", "Choose at least one job.")])
        return Wanted(jobs=named)
    if not isinstance(asked, dict):
        raise InvalidRequest([Problem("filter", TYPES["filter"])])
    given = {name: one for name, one in asked.items() if isinstance(one, str | int)}
    return Wanted(query=shaped(Query, given))


def _texts(field: str, value: JsonValue) -> tuple[str, ...]:
    texts = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(texts) < len(value):
        raise InvalidRequest([Problem(field, TYPES[field])])
    return tuple(texts)
