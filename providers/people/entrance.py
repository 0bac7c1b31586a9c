"""The entrance of a running studio: signing in and out, and who comes with a secret."""

import time
from collections.abc import Callable

from anyio import CapacityLimiter, to_thread

from providers.errors import Denied
from providers.people.attempts import Attempts
from providers.people.passwords import USUAL, Cost, matches, nobody
from providers.people.person import LONGEST, Person, plain_name
from providers.people.register import Kind, Register

WRONG = "The name or the password is not right. Try again, or ask an admin for a new password."
AT_ONCE = 2
"""Passwords that are judged at the same time: each takes 32 MiB."""


class Entrance:
    """Who may come in. Used on the server's loop; `cost` is that of the hash for unknown names."""

    def __init__(
        self,
        register: Register,
        *,
        clock: Callable[[], float] = time.monotonic,
        cost: Cost = USUAL,
    ) -> None:
        self.register = register
        self._attempts = Attempts(clock)
        self._nobody = nobody(cost)
        self._judges = CapacityLimiter(AT_ONCE)
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """Whether people have to sign in. Once so, it stays so until the studio is started again."""
        self._closed = self._closed or self.register.has_people()
        return self._closed

    def visitor(self, secret: str, kind: Kind) -> Person | None:
        """Whose visit this is, if it still goes on."""
        return self.register.visitor(secret, kind) if secret else None

    async def sign_in(self, name: str, password: str, address: str) -> str:
        """The secret of a new session. Denied: wrong, or too often."""
        name = plain_name(name)
        self._attempts.begin(name, address)
        kept = self.register.password_of(name) or self._nobody
        # Longer ones were never taken, and must not keep a processor busy.
        told = password if len(password) <= LONGEST else ""
        right = await to_thread.run_sync(matches, told, kept, limiter=self._judges)
        if not right:
            raise Denied(WRONG, why="stranger")
        self._attempts.forgive(name, address)
        return self.register.begin(name, "session")

    def sign_out(self, secret: str) -> None:
        """End one session."""
        self.register.end(secret)

    def sign_out_everywhere(self, person: Person) -> None:
        """End all sessions of somebody; programs keep their passes."""
        self.register.end_all(person.name, "session")
