"""The routes for saved plans and templates, and for the plan that a job was made of."""

from collections.abc import Callable, Mapping

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from providers.catalogue.plans import read_plan
from providers.errors import InvalidRequest, Problem
from providers.history.plans import SavedPlan
from providers.studio.studio import Studio
from ui.answers import CurrentUser, answer, read_json, route, texts_of
from ui.views import MadePlanView, PlansView, PlanView
from ui.web.routes import text_of

NO_REVISION = Problem(
    "revision", "revision is missing. Send the one that the plan had when you opened it."
)


class PlanRoutes:
    """What an owner may do with plans; each for its owner alone."""

    def __init__(self, studio: Studio, user: CurrentUser) -> None:
        self._studio = studio
        self._planning = studio.planning
        self._user = user

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's."""
        user = self._user
        return [
            route("/plans", self.listed, user),
            route("/plans", self.save, user, "POST"),
            route("/plans/{plan}", self.one, user),
            route("/plans/{plan}", self.change, user, "POST"),
            route("/plans/{plan}", self.delete, user, "DELETE"),
            route("/plans/{plan}/duplicate", self.duplicate, user, "POST"),
            route("/jobs/{job}/plan", self.of_job, user),
        ]

    async def listed(self, _request: Request, owner: str) -> Response:
        """`GET /plans`: all plans and templates, without their texts."""
        found = await self._studio.opened.aside(lambda: self._planning.all(owner))
        return answer(PlansView(plans=tuple(found)))

    async def save(self, request: Request, owner: str) -> Response:
        """`POST /plans` `{"name", "plan", "template", "client_request_id"}`: a new plan.

        `plan` has `model`, `prompt`, `style`, `cast`, `shots`, `options`, `start_frame` and `references`.
        """
        body = await read_json(request)
        name, key = text_of(body, "name"), text_of(body, "client_request_id")
        plan, template = read_plan(body.get("plan")), _flag(body, "template") or False
        return await self._told(
            owner,
            lambda: self._planning.save(owner, name, plan, template=template, key=key),
            201,
        )

    async def one(self, request: Request, owner: str) -> Response:
        """`GET /plans/{plan}`: the plan, and as `problems` what keeps it from being sent by now."""
        return await self._told(owner, lambda: self._planning.one(_plan(request), owner))

    async def change(self, request: Request, owner: str) -> Response:
        """`POST /plans/{plan}` `{"revision", "name", "plan", "template"}`: what is not named stays.

        A plan that is not of this revision any more asks; `"agreed": ["changed"]` overwrites it.
        """
        body = await read_json(request)
        name = text_of(body, "name") if body.get("name") is not None else None
        plan = None if body.get("plan") is None else read_plan(body["plan"])
        template, revision = _flag(body, "template"), _revision(body)
        return await self._told(
            owner,
            lambda: self._planning.change(
                _plan(request), owner, revision, name=name, plan=plan, template=template
            ),
        )

    async def duplicate(self, request: Request, owner: str) -> Response:
        """`POST /plans/{plan}/duplicate`: the same plan once more."""
        key = text_of(await read_json(request), "client_request_id")
        return await self._told(
            owner, lambda: self._planning.duplicate(_plan(request), owner, key=key), 201
        )

    async def delete(self, request: Request, owner: str) -> Response:
        """`DELETE /plans/{plan}`: for good. Jobs that were made of it keep what they were made of."""
        await self._studio.opened.aside(lambda: self._planning.delete(_plan(request), owner))
        return Response(status_code=204, headers={"Cache-Control": "no-store"})

    async def of_job(self, request: Request, owner: str) -> Response:
        """`GET /jobs/{job}/plan`: what the job was made of, whatever the saved plan says by now."""
        job = str(request.path_params["job"])
        made = await self._studio.opened.aside(lambda: self._planning.of_job(job, owner))
        return answer(MadePlanView(name=made.name, plan=made.plan))

    async def _told(self, owner: str, work: Callable[[], SavedPlan], status: int = 200) -> Response:
        def told() -> PlanView:
            saved = work()
            problems = self._planning.problems(saved.plan, owner)
            return PlanView(**dict(saved), slots=saved.plan.slots, problems=problems)

        return answer(await self._studio.opened.aside(told), status)


def _plan(request: Request) -> str:
    return str(request.path_params["plan"])


def _flag(body: Mapping[str, JsonValue], name: str) -> bool | None:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise InvalidRequest([Problem(name, f"{name} must be true or false.")])
    return value


def _revision(body: Mapping[str, JsonValue]) -> int | None:
    """The revision that was opened; None for somebody who agreed to overwrite whatever is there."""
    if "changed" in texts_of("agreed", body.get("agreed", [])):
        return None
    value = body.get("revision")
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRequest([NO_REVISION])
    return value
