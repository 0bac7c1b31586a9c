"""The routes of the page's keys: one is pasted, or removed. A key comes in here, and never goes out."""

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from providers.studio.studio import Studio
from ui.answers import CurrentUser, answer, read_json, route
from ui.web import logs
from ui.web.routes import text_of

MOST = 4096
"""Characters of what is pasted: more is answered with a sentence as well, and not read."""

SHORTEST = 8
"""Characters of what may be somebody's key: less would take words out of the log."""


class KeyRoutes:
    """What an admin may do with keys; without people, everybody who may use them."""

    def __init__(self, studio: Studio, user: CurrentUser, admin: CurrentUser) -> None:
        self._studio = studio
        self._user = user
        self._admin = admin

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's."""
        user, admin, path = self._user, self._admin, "/connections/{vendor}/key"
        return [
            route(path, self.put, user, "POST", admin=admin),
            route(path, self.remove, user, "DELETE", admin=admin),
        ]

    async def put(self, request: Request, _owner: str) -> Response:
        """`POST /connections/{vendor}/key` `{"key"}`: ask the vendor about it; if it works, keep and use it.

        The answer has what the vendor said, and of the key its end. 422 with a sentence: nothing is kept.
        """
        text = text_of(await read_json(request), "key", most=MOST)
        if len(text.strip()) >= SHORTEST:
            # Before anybody is asked: also one that is refused may be somebody's.
            logs.hide(SecretStr(text.strip()))
        return answer(await self._studio.keys.put(str(request.path_params["vendor"]), text))

    async def remove(self, request: Request, _owner: str) -> Response:
        """`DELETE /connections/{vendor}/key`: keep the pasted key no longer, and send nothing new with it."""
        return answer(await self._studio.keys.remove(str(request.path_params["vendor"])))
