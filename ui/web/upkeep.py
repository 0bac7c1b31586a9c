"""The routes that look after the kept files: whether all are whole, and taking in those without a row."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from providers.errors import InvalidRequest, Problem
from providers.jobs.views import JobView
from providers.library.vault import is_name
from providers.studio.studio import Studio
from ui.answers import CurrentUser, answer, read_json, route
from ui.views import AdoptedView


class UpkeepRoutes:
    """What the Settings tab may ask about the data folder."""

    def __init__(self, studio: Studio, user: CurrentUser, admin: CurrentUser) -> None:
        self._studio = studio
        self._user = user
        self._admin = admin

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's."""
        return [
            route("/library/verify", self.verify, self._user, "POST", admin=self._admin),
            route("/library/adopt", self.adopt, self._user, "POST", admin=self._admin),
        ]

    async def verify(self, request: Request, owner: str) -> Response:
        """`POST /library/verify`: hash every file; what is wrong, as JSON and as sentences."""
        await read_json(request)
        return answer((await self._studio.upkeep.verify()).view_for(owner))

    async def adopt(self, request: Request, owner: str) -> Response:
        """`POST /library/adopt` `{"files": [names]}`: take in files without a row; none named: all.

        Each becomes a finished job; the answer has `jobs`, their files as `adopted`, and `refused`, sentences.
        """
        files = (await read_json(request)).get("files", [])
        named = files if isinstance(files, list) else [None]
        names = [one for one in named if isinstance(one, str) and is_name(one)]
        if len(names) < len(named):
            raise InvalidRequest([Problem("files", "files must be names from the last check.")])
        taken, refused = await self._studio.upkeep.adopt(owner, names)
        jobs = tuple(map(JobView.of, taken))
        files = tuple(artifact for job in jobs for artifact in job.artifacts)
        return answer(AdoptedView(adopted=files, jobs=jobs, refused=tuple(refused)))
