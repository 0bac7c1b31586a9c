"""The routes for batches: a list is read, looked at with its price, and sent by one press."""

from collections.abc import Mapping

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from providers.catalogue.lists import MOST_ROWS, ListRow
from providers.catalogue.requests import Request as Asked
from providers.catalogue.requests import read_request
from providers.errors import InvalidRequest, Problem
from providers.jobs.job import Job
from providers.jobs.views import JobView
from providers.pools import PAGES
from providers.studio.batches import COUNT, Checked
from providers.studio.studio import Studio
from providers.studio.views import BillView
from ui.answers import CurrentUser, answer, read_json, route, texts_of, without_empty_media
from ui.views import BatchSentView, CheckView, ListCheckView, ListView, RowView
from ui.web.routes import text_of

LONGEST = 1_000_000
"""Characters of a list; a body is smaller anyway."""


class BatchRoutes:
    """What a page and a script may do with many jobs at once."""

    def __init__(self, studio: Studio, user: CurrentUser) -> None:
        self._studio = studio
        self._batches = studio.batches
        self._user = user

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's."""
        user = self._user
        return [
            route("/batches", self.submit, user, "POST"),
            route("/batches/read", self.read, user, "POST"),
            route("/batches/check", self.check, user, "POST"),
            route("/batches/{batch}", self.one, user),
            route("/batches/{batch}/cancel", self.cancel, user, "POST"),
            route("/batches/{batch}/retry", self.retry, user, "POST"),
        ]

    async def read(self, request: Request, _owner: str) -> Response:
        """`POST /batches/read` `{"text", "request", "models", "takes"}`: the requests that a list asks for.

        Each row tells its `line`, its `request`, a `note` of what its model left out of the form, and a
        `problem` where the line cannot be read. Nothing is checked yet.
        """
        body = await read_json(request)
        text = text_of(body, "text", most=LONGEST)
        takes = body.get("takes", 1)
        if not isinstance(takes, int) or isinstance(takes, bool):
            raise InvalidRequest([Problem("takes", "takes must be a whole number.")])
        models = texts_of("models", body.get("models", []), MOST_ROWS)
        form = _request(body.get("request"))
        # A long list takes a moment, in which everybody else goes on.
        found = await PAGES.run(self._batches.read, text, form, models, takes)
        rows = tuple(map(_row, found.rows))
        return answer(ListView(rows=rows, count=found.count, problem=found.problem))

    async def check(self, request: Request, owner: str) -> Response:
        """`POST /batches/check` `{"requests"}`: each one's problems and price, and what all good ones cost.

        Caps count over all of them. Each sum of the `bill` is one vendor's; it is shown, and handed
        back with the press. At most 200 requests.
        """
        asked = _requests(await read_json(request))
        good = [one for one in asked if not isinstance(one, list)]
        checked, bill = await self._studio.opened.aside(lambda: self._priced(good, owner))
        told = iter(checked)
        rows: list[Checked | list[Problem]] = [
            one if isinstance(one, list) else next(told) for one in asked
        ]
        return answer(ListCheckView(rows=tuple(map(_checked, rows)), bill=bill))

    def _priced(self, asked: list[Asked], owner: str) -> tuple[list[Checked], tuple[BillView, ...]]:
        checked = self._batches.check(asked, owner) if asked else []
        return checked, self._batches.bill([one for one in checked if one.is_good], owner)

    async def submit(self, request: Request, owner: str) -> Response:
        """`POST /batches` `{"client_request_id", "requests", "shown"}`: all become jobs, or none.

        `shown` is the bill that was agreed to, and may be left out. Problems name their row: `rows.3.ratio`.
        """
        body = await read_json(request)
        idempotency_key, shown = text_of(body, "client_request_id"), body.get("shown")
        asked = _requests(body)
        bad = [
            Problem(f"rows.{place}.{one.field}", one.message)
            for place, found in enumerate(asked, start=1)
            if isinstance(found, list)
            for one in found
        ]
        if bad:
            raise InvalidRequest(bad)
        good = [one for one in asked if not isinstance(one, list)]
        # Two hundred rows take a moment, in which everybody else goes on.
        jobs = await self._studio.opened.aside(
            lambda: self._batches.submit(good, owner, idempotency_key, shown)
        )
        return answer(_sent(idempotency_key, jobs), 201)

    async def one(self, request: Request, owner: str) -> Response:
        """`GET /batches/{batch}`: its rows by state, those that failed, and what trying them again costs."""
        return await self._told(request, owner)

    async def _told(self, request: Request, owner: str) -> Response:
        told = self._batches.told
        return answer(await self._studio.opened.aside(lambda: told(_batch(request), owner)))

    async def cancel(self, request: Request, owner: str) -> Response:
        """`POST /batches/{batch}/cancel`: what was not sent yet; what is on its way goes on."""
        await read_json(request)
        await self._batches.cancel(_batch(request), owner)
        return await self._told(request, owner)

    async def retry(self, request: Request, owner: str) -> Response:
        """`POST /batches/{batch}/retry` `{"client_request_id", "jobs", "shown"}`: failed ones as new jobs.

        All of them become jobs, or none; `shown` as with a new batch.
        """
        body = await read_json(request)
        idempotency_key, shown = text_of(body, "client_request_id"), body.get("shown")
        again, names = self._batches.retry, texts_of("jobs", body.get("jobs", []), MOST_ROWS)
        jobs = await self._studio.opened.aside(
            lambda: again(_batch(request), owner, names, idempotency_key, shown)
        )
        return answer(_sent(_batch(request), jobs), 201)


def _batch(request: Request) -> str:
    return str(request.path_params["batch"])


def _sent(batch: str, jobs: list[Job]) -> BatchSentView:
    return BatchSentView(batch=batch, jobs=tuple(map(JobView.of, jobs)))


def _request(body: JsonValue) -> Asked:
    if not isinstance(body, dict):
        raise InvalidRequest([Problem("request", "Each request must be an object. Fix it.")])
    return read_request(without_empty_media(body))


def _requests(body: Mapping[str, JsonValue]) -> list[Asked | list[Problem]]:
    """Every request of a body, or what is wrong with its shape. InvalidRequest."""
    given = body.get("requests")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_ROWS:
        raise InvalidRequest([COUNT])
    read: list[Asked | list[Problem]] = []
    for one in given:
        try:
            read.append(_request(one))
        except InvalidRequest as error:
            read.append(list(error.problems))
    return read


def _row(row: ListRow) -> RowView:
    return RowView(line=row.line, request=row.request, note=row.note, problem=row.problem)


def _checked(row: Checked | list[Problem]) -> CheckView:
    if isinstance(row, list):
        return CheckView(problems=tuple(row), estimate=None)
    return CheckView(problems=row.problems, estimate=row.estimate)
