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
from providers.history.query import Query
from providers.jobs.views import JobView
from providers.library.archive import length, stream
from providers.pools import PAGES
from providers.studio.keeping import Selection
from providers.studio.studio import Studio
from ui.answers import TYPES, CurrentUser, answer, marks_of, read_json, route, shaped, texts_of
from ui.views import ParcelView
from ui.web.media import download_name

MOST_ORDERS = 200
"""Zips that may wait to be fetched; the oldest is forgotten first."""
FORGOTTEN = "This download has expired. Choose the files again."


class KeepingRoutes:
    """Each for its owner alone."""

    def __init__(self, studio: Studio, user: CurrentUser) -> None:
        self._studio = studio
        self._user = user
        self._orders: dict[str, tuple[str, Selection]] = {}

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
        whose, wanted = self._orders.get(request.path_params["name"], ("", Selection()))
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


def _wanted(body: dict[str, JsonValue]) -> Selection:
    jobs, asked = body.get("jobs"), body.get("filter", {})
    if jobs is not None:
        named = texts_of("jobs", jobs)
        if not named:
            raise InvalidRequest([Problem("jobs", "jobs is empty. Choose at least one job.")])
        return Selection(jobs=named)
    if not isinstance(asked, dict):
        raise InvalidRequest([Problem("filter", TYPES["filter"])])
    given = {name: one for name, one in asked.items() if isinstance(one, str | int)}
    return Selection(query=shaped(Query, given))
