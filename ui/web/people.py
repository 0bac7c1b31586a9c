"""The routes about people: what an admin sees of them, and what can be changed as with the command."""

from collections.abc import Callable
from functools import partial

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from providers.errors import InvalidRequest, Problem
from providers.people.changes import PeopleChanges
from providers.people.person import LONGEST, Person, Role
from providers.pools import PAGES
from providers.studio.spending import OwnerSums
from providers.studio.studio import Studio
from providers.terminal import command
from ui.answers import CurrentUser, Endpoint, answer, read_json, route
from ui.views import PassView, PeopleView, PersonTotalsView, TotalsView
from ui.web.routes import text_of
from ui.web.visitors import Visitors

FIRST = (
    "Others can reach this address, so the first person is added where the studio runs: "
    f"`{command('people')} add NAME`."
)
CHANGES = ("password", "enabled", "role", "caps", "pass", "signout")
"""What can be changed about a person: the ends of their addresses."""
ROLES: dict[str, Role] = {"admin": "admin", "member": "member"}


class PeopleRoutes:
    """For an admin: names, roles and totals, never what somebody made; and the changes of the command.

    `is_private`: only this machine reaches the address, so whoever opens the page may add the first person.
    """

    def __init__(
        self,
        studio: Studio,
        visitors: Visitors,
        user: CurrentUser,
        admin: CurrentUser,
        *,
        is_private: bool,
    ) -> None:
        self._studio = studio
        self._visitors = visitors
        self._user = user
        self._admin = admin
        self._is_private = is_private
        entrance = visitors.entrance
        self._changes = PeopleChanges(entrance.register, studio.connections, entrance.cost)

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's."""
        user, admin = self._user, self._admin
        changes: tuple[Endpoint, ...] = (
            self.password, self.enabled, self.role, self.caps, self.make_pass, self.sign_out,
        )  # fmt: skip
        return [
            route("/people", self.everybody, user, admin=admin),
            route("/people", self.add, user, "POST", admin=admin),
            *(
                route(f"/people/{{name}}/{name}", change, user, "POST", admin=admin)
                for name, change in zip(CHANGES, changes, strict=True)
            ),
        ]

    async def everybody(self, _request: Request, _owner: str) -> Response:
        """`GET /people`: names, roles and totals; never what somebody made."""
        return answer(await self._studio.opened.aside(self._people))

    async def add(self, request: Request, _owner: str) -> Response:
        """`POST /people` `{"name", "password", "role"}`: a new person. The first one is an admin."""
        body = await read_json(request)
        if not self._visitors.entrance.is_closed and not self._is_private:
            raise InvalidRequest([Problem("name", FIRST)])
        name, password = text_of(body, "name"), text_of(body, "password", most=LONGEST)
        role = _role(body) if "role" in body else None
        await self._hashing(partial(self._changes.add, name, password, role=role))
        return await self._changed(201)

    async def password(self, request: Request, _owner: str) -> Response:
        """`POST /people/{name}/password` `{"password"}`: a new one; the person is signed out everywhere."""
        new = text_of(await read_json(request), "password", most=LONGEST)
        await self._hashing(partial(self._changes.set_password, _name(request), new))
        return await self._changed()

    async def enabled(self, request: Request, _owner: str) -> Response:
        """`POST /people/{name}/enabled` `{"enabled": false}`: keep somebody out, or let them in again."""
        told = (await read_json(request)).get("enabled")
        if not isinstance(told, bool):
            raise InvalidRequest([Problem("enabled", "enabled must be true or false.")])
        await PAGES.run(self._changes.set_enabled, _name(request), told)
        return await self._changed()

    async def role(self, request: Request, _owner: str) -> Response:
        """`POST /people/{name}/role` `{"role": "admin"}`: make somebody an admin or a member."""
        role = _role(await read_json(request))
        await PAGES.run(self._changes.set_role, _name(request), role)
        return await self._changed()

    async def caps(self, request: Request, _owner: str) -> Response:
        """`POST /people/{name}/caps` `{"caps": "service=500,other=0.5"}`: empty, the same as for everyone."""
        caps = text_of(await read_json(request), "caps")
        await PAGES.run(self._changes.set_caps, _name(request), caps)
        return await self._changed()

    async def make_pass(self, request: Request, _owner: str) -> Response:
        """`POST /people/{name}/pass`: a pass for a program, in this one answer and never again."""
        await read_json(request)
        one, secret = await PAGES.run(self._changes.make_pass, _name(request))
        return answer(PassView(name=one.name, secret=secret), 201)

    async def sign_out(self, request: Request, _owner: str) -> Response:
        """`POST /people/{name}/signout`: end all of somebody's sessions and passes."""
        await read_json(request)
        await PAGES.run(self._changes.sign_out, _name(request))
        return await self._changed()

    # Inside

    async def _hashing(self, change: Callable[[], Person]) -> None:
        await self._visitors.entrance.in_turn(change)

    async def _changed(self, status: int = 200) -> Response:
        self._studio.bell.ring()
        return answer(await self._studio.opened.aside(self._people), status)

    def _people(self) -> PeopleView:
        sums = self._studio.spending.by_owner()
        register = self._visitors.entrance.register
        people: list[TotalsView] = []
        for one in register.people():
            own = _totals(one.name, sums.pop(one.owner, OwnerSums()))
            person = PersonTotalsView(
                **dict(own), role=one.role, enabled=one.enabled, caps=one.caps,
                listed=register.is_listed(one.name),
            )  # fmt: skip
            people.append(person)
        people += [_totals("", own) for own in sums.values()]
        can_add = self._visitors.entrance.is_closed or self._is_private
        return PeopleView(people=tuple(people), command=command("people"), can_add=can_add)


def _totals(name: str, own: OwnerSums) -> TotalsView:
    return TotalsView(name=name, today=own.today, days=own.days)


def _name(request: Request) -> str:
    return str(request.path_params["name"])


def _role(body: dict[str, JsonValue]) -> Role:
    role = ROLES.get(text_of(body, "role"))
    if role is None:
        raise InvalidRequest([Problem("role", "role must be admin or member.")])
    return role
