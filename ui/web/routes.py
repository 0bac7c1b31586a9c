"""The routes for jobs, settings and health. Media has its own file."""

import re
from collections.abc import Mapping

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from providers.catalogue.models import Estimate
from providers.catalogue.plans import read_job_plan
from providers.catalogue.requests import Request as Asked
from providers.catalogue.requests import read_request
from providers.errors import InvalidRequest, Problem
from providers.history.query import Query
from providers.jobs.job import Job
from providers.jobs.views import ArtifactView, JobHistoryView, JobView
from providers.pools import PAGES
from providers.studio.about import VERSION
from providers.studio.studio import Studio
from ui.answers import (
    CurrentUser,
    answer,
    read_json,
    route,
    shaped,
    texts_of,
    without_empty_media,
)
from ui.views import (
    AliveView,
    AssetsView,
    ChangedView,
    CheckView,
    FirstJobsView,
    HealthView,
    JobsView,
    SettingsView,
    TasksView,
    TodayView,
)
from ui.web import members
from ui.web.links import links_of, mark_of


class JobRoutes:
    """What a page and a script may do with jobs."""

    def __init__(self, studio: Studio, user: CurrentUser, *, page: str = "") -> None:
        self._studio = studio
        self._user = user
        self._page = page

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's."""
        user = self._user
        return [
            route("/jobs", self.listed, user),
            route("/jobs", self.submit, user, "POST"),
            route("/check", self.check, user, "POST"),
            route("/jobs/{job}", self.one, user),
            route("/jobs/{job}", self.delete, user, "DELETE"),
            route("/jobs/{job}/cancel", self.cancel, user, "POST"),
            route("/jobs/{job}/retry", self.retry, user, "POST"),
            route("/jobs/{job}/look", self.look, user, "POST"),
            route("/jobs/{job}/adopt", self.adopt, user, "POST"),
            route("/jobs/{job}/discard", self.discard, user, "POST"),
            route("/jobs/{job}/go-on", self.go_on, user, "POST"),
        ]

    async def listed(self, request: Request, owner: str) -> Response:
        """`GET /jobs`: with `since` what changed after a revision, else one page of the history."""
        return await self._studio.opened.aside(lambda: self._listed(request, owner))

    def _listed(self, request: Request, owner: str) -> Response:
        if "since" in request.query_params:
            return self._changed(dict(request.query_params), owner)
        query = query_of(dict(request.query_params))
        page = self._studio.live.page(owner, query)
        jobs, keeping = tuple(map(JobView.of, page.jobs)), self._studio.keeping
        if query.before:
            return answer(JobsView(jobs=jobs, next=page.next))
        counts = self._studio.live.counts(owner, query) | keeping.marked(owner, query)
        total = keeping.total(owner, query)
        return answer(FirstJobsView(jobs=jobs, next=page.next, total=total, counts=counts))

    def _changed(self, asked: Mapping[str, str], owner: str) -> Response:
        since, store = asked["since"], self._studio.store
        if not (since.isascii() and since.isdigit() and len(since) < 19):
            raise InvalidRequest([Problem("since", "since must be a whole number.")])
        # First: what can be seen by then is in what is read after it, and the rest has a later revision.
        settled = self._studio.live.settled
        # A page that has seen nothing of this folder gets what a snapshot would hold, not the whole history.
        is_mine = asked.get("store", store) == store
        links = links_of(self._studio)
        mark = mark_of(links)
        knows = asked.get("links", mark) == mark
        is_current = is_mine and knows and asked.get("page", self._page) == self._page
        revision = int(since) if is_mine else 0
        jobs = (
            self._studio.live.changed_since(owner, revision)
            if revision
            else self._studio.live.recent(owner)
        )
        gone = self._studio.live.deleted_since(owner, revision) if revision else {}
        if not jobs and not gone and is_current:
            return _nothing()
        newest = max((*(job.revision for job in jobs), *gone.values(), revision))
        newest = max(revision, min(newest, settled))
        shown = ChangedView(
            revision=newest, store=store, page=self._page,
            jobs=tuple(map(JobView.of, jobs)), gone=tuple(gone),
            links=mark, connections=() if knows else links,
        )  # fmt: skip
        return answer(shown)

    async def submit(self, request: Request, owner: str) -> Response:
        """`POST /jobs`: a request becomes a job; nothing is waited for.

        A problem that `asks` is a question: the same with `"agreed": [its name]` is sent. `plan` tells how the
        shots of a multishot were written down: `style`, `cast`, `prompts`, a saved plan's `id` and `revision`.
        `free`: true where the sandbox was shown; what would spend credits all the same is a question then.
        """
        body = await read_json(request)
        idempotency_key = text_of(body, "client_request_id")
        agreed = texts_of("agreed", body.pop("agreed", []))
        plan = read_job_plan(body.pop("plan", None))
        free = body.pop("free", False) is True
        asked = _request(body)
        job = await self._studio.opened.aside(
            lambda: self._studio.submission.submit(
                asked,
                owner=owner,
                idempotency_key=idempotency_key,
                agreed=agreed,
                plan=plan,
                free=free,
            )
        )
        return answer(JobView.of(job), 201)

    async def check(self, request: Request, owner: str) -> Response:
        """`POST /check`: every problem of a request, soft ones too, and its price, without a job."""
        body = await read_json(request)
        text_of(body, "client_request_id")
        return await self._studio.opened.aside(lambda: self._checked(body, owner))

    def _checked(self, body: dict[str, JsonValue], owner: str) -> Response:
        estimate: Estimate | None = None
        try:
            plan = read_job_plan(body.pop("plan", None))
            asked = _request(body)
            found = self._studio.submission.problems(asked, owner=owner, plan=plan)
            found += self._studio.spending.problems(asked, owner)
            estimate = self._studio.spending.estimate(asked, owner)
        except InvalidRequest as error:
            found = list(error.problems)
        return answer(CheckView(problems=tuple(found), estimate=estimate))

    async def one(self, request: Request, owner: str) -> Response:
        """`GET /jobs/{job}`: the job with the history of its states."""
        return await self._studio.opened.aside(lambda: self._one(_job(request), owner))

    def _one(self, job_id: str, owner: str) -> Response:
        job = self._studio.live.get(job_id, owner)
        return answer(JobHistoryView.told(job, self._studio.live.events(job.id, owner)))

    async def delete(self, request: Request, owner: str) -> Response:
        """`DELETE /jobs/{job}`: an ended job and its files, for good."""
        await self._studio.decisions.delete(_job(request), owner)
        return _nothing()

    async def cancel(self, request: Request, owner: str) -> Response:
        """`POST /jobs/{job}/cancel`: as far as the vendor can."""
        await read_json(request)
        return _told(await self._studio.decisions.cancel(_job(request), owner))

    async def retry(self, request: Request, owner: str) -> Response:
        """`POST /jobs/{job}/retry`: the same request as a new job; `agreed` as with a new one."""
        body = await read_json(request)
        idempotency_key = text_of(body, "client_request_id")
        agreed, free = texts_of("agreed", body.pop("agreed", [])), body.get("free") is True
        job = await self._studio.opened.aside(
            lambda: self._studio.decisions.retry(
                _job(request), owner, idempotency_key, agreed, free=free
            )
        )
        return answer(JobView.of(job), 201)

    async def look(self, request: Request, owner: str) -> Response:
        """`POST /jobs/{job}/look`: ask the vendor once more for a lost task."""
        await read_json(request)
        return _told(await self._studio.decisions.look_again(_job(request), owner))

    async def adopt(self, request: Request, owner: str) -> Response:
        """`POST /jobs/{job}/adopt`: take over the vendor's task with this id."""
        task = task_of(await read_json(request))
        return _told(
            await self._studio.opened.aside(
                lambda: self._studio.decisions.adopt(_job(request), owner, task)
            )
        )

    async def discard(self, request: Request, owner: str) -> Response:
        """`POST /jobs/{job}/discard`: let an unclear job go, or one whose account is away."""
        await read_json(request)
        return _told(
            await self._studio.opened.aside(
                lambda: self._studio.decisions.discard(_job(request), owner)
            )
        )

    async def go_on(self, request: Request, owner: str) -> Response:
        """`POST /jobs/{job}/go-on`: its account is the one that is connected now."""
        await read_json(request)
        return _told(await self._studio.decisions.go_on(_job(request), owner))


class SettingsRoutes:
    """What is set, whether keys work, and whether the studio is well."""

    def __init__(self, studio: Studio, user: CurrentUser, admin: CurrentUser) -> None:
        self._studio = studio
        self._user = user
        self._admin = admin

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's."""
        user, admin = self._user, self._admin
        return [
            route("/healthz", self.health, lambda _: ""),
            route("/settings", self.shown, user),
            route("/notices", self.notices, user),
            route("/spend", self.spend, user),
            route("/connections/{vendor}/check", self.check, user, "POST", admin=admin),
            route("/connections/{vendor}/tasks", self.tasks, user, admin=admin),
            route("/connections/{vendor}/adopt", self.adopt, user, "POST", admin=admin),
            route("/connections/{vendor}/assets", self.assets, user, admin=admin),
            route("/connections/{vendor}/assets", self.take_in, user, "POST", admin=admin),
        ]

    async def health(self, request: Request, _owner: str) -> Response:
        """`GET /healthz`: for monitors; tells nobody's history, and a stranger only that all is well.

        It answers 200 as long as the studio lives; with `?ready`, 503 while no new jobs are taken.
        """
        ready = self._studio.opened.is_ready
        status = 503 if "ready" in request.query_params and not ready else 200
        if self._user(request) is None:
            return answer(AliveView(ready=ready), status)
        open_jobs = await self._studio.opened.aside(lambda: self._studio.live.open_count)
        return answer(HealthView(ready=ready, version=VERSION, open_jobs=open_jobs), status)

    async def shown(self, request: Request, owner: str) -> Response:
        """`GET /settings`: everything that the Settings tab shows, to a member only what is theirs."""
        studio = self._studio
        status, spend, keys = await PAGES.run(
            lambda: (studio.upkeep.status(owner), studio.spending.shown(owner), studio.keys.view())
        )
        limits = studio.limits.shown()
        shown = SettingsView(**dict(status), spend=spend, keys=keys, limits=limits)
        return answer(shown if self._admin(request) is not None else members.settings(shown))

    async def notices(self, request: Request, _owner: str) -> Response:
        """`GET /notices`: what every tab says at its top: damage, little space, connections in trouble."""
        told = await PAGES.run(self._studio.upkeep.notices)
        return answer(told if self._admin(request) is not None else members.notices(told))

    async def spend(self, _request: Request, owner: str) -> Response:
        """`GET /spend`: what the owner's jobs cost today, by vendor and unit."""
        today = await self._studio.opened.aside(lambda: self._studio.spending.today(owner))
        return answer(TodayView(today=today))

    async def check(self, request: Request, _owner: str) -> Response:
        """`POST /connections/{vendor}/check`: ask the vendor about the key, free of charge."""
        await read_json(request)
        found = await self._studio.upkeep.check_key(request.path_params["vendor"])
        return answer(found)

    async def tasks(self, request: Request, _owner: str) -> Response:
        """`GET /connections/{vendor}/tasks`: what the vendor lists and no job here holds."""
        vendor = str(request.path_params["vendor"])
        tasks = await self._studio.adoption.unknown(vendor)
        return answer(TasksView(tasks=tuple(tasks)))

    async def adopt(self, request: Request, owner: str) -> Response:
        """`POST /connections/{vendor}/adopt`: a new job that follows a task made elsewhere."""
        body = await read_json(request)
        task, kind = task_of(body), text_of(body, "kind")
        vendor = str(request.path_params["vendor"])
        job = await self._studio.adoption.take_in(vendor, task, owner, kind)
        return answer(JobView.of(job), 201)

    async def assets(self, request: Request, _owner: str) -> Response:
        """`GET /connections/{vendor}/assets?kind=image&page=0`: files in the key's accounts, newest first."""
        asked, vendor = request.query_params, str(request.path_params["vendor"])
        kind, page = asked.get("kind", "image"), asked.get("page", "0")
        if kind not in ("image", "video") or not re.fullmatch(r"[0-9]{1,2}", page):
            raise InvalidRequest([Problem("kind", "kind must be image or video.")])
        found, more = await self._studio.assets.listed(vendor, kind, int(page))
        return answer(AssetsView(assets=tuple(found), more=more))

    async def take_in(self, request: Request, owner: str) -> Response:
        """`POST /connections/{vendor}/assets` `{"asset": name}`: one of them becomes a reference."""
        name = text_of(await read_json(request), "asset")
        vendor = str(request.path_params["vendor"])
        artifact = await self._studio.assets.take_in(vendor, name, owner)
        return answer(ArtifactView.of(artifact), 201)


def query_of(asked: dict[str, str]) -> Query:
    """A question to the history from a link's parameters; unknown ones are refused."""
    return shaped(Query, {name: value for name, value in asked.items() if value})


def text_of(body: dict[str, JsonValue], name: str, most: int = 200) -> str:
    """Take a short text out of the body; nothing given is an empty one."""
    value = body.pop(name, None)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise InvalidRequest([Problem(name, f"{name} must be text of up to {most} characters.")])
    return value


def task_of(body: dict[str, JsonValue]) -> str:
    """Take a vendor's task id out of the body."""
    task = text_of(body, "task", most=512).strip()
    if not task:
        raise InvalidRequest(
            [Problem("task", "task is missing. Paste the task ID from the service.")]
        )
    return task


def _request(body: dict[str, JsonValue]) -> Asked:
    return read_request(without_empty_media(body))


def _job(request: Request) -> str:
    return str(request.path_params["job"])


def _nothing() -> Response:
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def _told(job: Job) -> Response:
    return answer(JobView.of(job))
