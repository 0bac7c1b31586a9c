"""The entrance of a running studio: signing in and out, and who comes with a secret."""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from providers.errors import Denied, InvalidRequest, Problem
from providers.people.attempts import Attempts
from providers.people.passwords import USUAL, ScryptCost, matches, nobody
from providers.people.person import LONGEST, Person, plain_name, read_password
from providers.people.register import Register, SessionKind
from providers.pools import PAGES

T = TypeVar("T")
log = logging.getLogger("studio.people")
WRONG = "Wrong name or password. Try again, or ask an admin for a new password."
WRONG_OLD = "The current password is wrong. Try again."
LISTED = "This password is set by STUDIO_PEOPLE. Ask an admin to change it there."
AT_ONCE = 2
"""Passwords that are judged at the same time: each takes 32 MiB."""


class Entrance:
    """Who may come in. Used on the server's loop; `cost` is the hash's for unknown names. StoreProblem."""

    def __init__(
        self,
        register: Register,
        *,
        clock: Callable[[], float] = time.monotonic,
        cost: ScryptCost = USUAL,
    ) -> None:
        self.register = register
        self._attempts = Attempts(clock)
        self.cost = cost
        self._nobody = nobody(cost)
        self._judges = CapacityLimiter(AT_ONCE)
        self._closed = register.has_people()

    @property
    def is_closed(self) -> bool:
        """Whether people have to sign in. Once so, it stays so until the studio is started again."""
        self._closed = self._closed or self.register.has_people()
        return self._closed

    def visitor(self, secret: str, kind: SessionKind) -> Person | None:
        """Whose visit this is, if it still goes on."""
        return self.register.visitor(secret, kind) if secret else None

    async def sign_in(self, name: str, password: str, address: str) -> str:
        """The secret of a new session. Denied: wrong, or too often."""
        name = plain_name(name)
        proven = await self._judge(name, password, address, WRONG)
        # Whoever was removed or has a new password since is not let in by the old one.
        secret = await PAGES.run(self.register.begin, name, "session", proven)
        if not secret:
            raise Denied(WRONG, why="stranger")
        log.info("%s signed in from %s.", name, address)
        return secret

    async def change_password(
        self, person: Person, old: str, new: str, *, address: str, session: str
    ) -> None:
        """A new password for who knows the old one; only this session goes on. Denied, InvalidRequest."""
        if self.register.is_listed(person.name):
            raise InvalidRequest([Problem("new", LISTED)])
        read_password(new)
        await self._judge(person.name, old, address, WRONG_OLD)
        change = partial(self.register.set_password, person.name, new, keep=session, cost=self.cost)
        await self.in_turn(change)

    async def in_turn(self, change: Callable[[], T]) -> T:
        """Do what hashes a password: no more at the same time than passwords are judged."""
        return await to_thread.run_sync(change, limiter=self._judges)

    def sign_out(self, secret: str) -> None:
        """End one session."""
        self.register.end(secret)

    def sign_out_everywhere(self, person: Person) -> None:
        """End all sessions of somebody; programs keep their passes."""
        self.register.end_all(person.name, "session")

    async def _judge(self, name: str, password: str, address: str, wrong: str) -> str:
        """The hash that the password was found to have. Denied."""
        try:
            self._attempts.begin(name, address)
        except Denied:
            log.warning("Too many tries to sign in from %s.", address)
            raise
        kept = self.register.password_of(name) or self._nobody
        # Longer ones were never taken, and must not keep a processor busy.
        told = password if len(password) <= LONGEST else ""
        right = await to_thread.run_sync(matches, told, kept, limiter=self._judges)
        if not right:
            # What was typed as a name may be a password.
            log.warning("A try to sign in from %s was refused.", address)
            raise Denied(wrong, why="stranger")
        self._attempts.forgive(name, address)
        return kept
