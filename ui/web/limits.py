"""The route by which an admin sets what holds for all: caps, the largest upload, how long the sandbox takes."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from providers.errors import InvalidRequest
from providers.pools import PAGES
from providers.studio.limits import SPEED
from providers.studio.studio import Studio
from ui.answers import CurrentUser, answer, read_json, route
from ui.views import LimitsView


class LimitRoutes:
    """What the Settings tab may change of what holds for all; in force at once, and told to every open page."""

    def __init__(self, studio: Studio, user: CurrentUser, admin: CurrentUser) -> None:
        self._studio = studio
        self._user = user
        self._admin = admin

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's."""
        user, admin = self._user, self._admin
        return [
            route("/settings/limits", self.limits, user, "POST", admin=admin),
            route("/settings/sandbox", self.sandbox, user, "POST", admin=admin),
        ]

    async def limits(self, request: Request, _owner: str) -> Response:
        """`POST /settings/limits`: any of `cap_job`, `cap_owner_day`, `cap_day` (`"service=500,other=0.5"`),
        `max_upload_mb` and `sandbox_speed`; null: as if nobody had set it. What the environment says wins."""
        await self._set(await read_json(request))
        return answer(LimitsView(limits=self._studio.limits.shown()))

    async def sandbox(self, request: Request, owner: str) -> Response:
        """`POST /settings/sandbox`: how long sandbox tasks take, 0 to 60 times their usual time."""
        # What is no number is refused; nothing at all would take the limit away.
        speed = (await read_json(request)).get("speed", "")
        try:
            await self._set({SPEED: "" if speed is None else speed})
        except InvalidRequest as error:
            # By the name that this door calls it.
            raise InvalidRequest([replace(one, field="speed") for one in error.problems]) from error
        return answer(await PAGES.run(self._studio.upkeep.status, owner))

    async def _set(self, wanted: Mapping[str, JsonValue]) -> None:
        await PAGES.run(self._studio.limits.set, wanted)
        self._studio.bell.ring()
