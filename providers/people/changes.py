"""What may be changed about people, whoever asks: the command beside the studio, or an admin in the page."""

from collections.abc import Collection

from providers.errors import InvalidRequest, Problem
from providers.history.owners import histories
from providers.people.caps import read_known_caps
from providers.people.passwords import USUAL, ScryptCost
from providers.people.person import Person, Role
from providers.people.register import Register
from providers.terminal import command

NO_HISTORY = f"There is no history {{name!r}}. `{command('people')} list` shows all."
LISTED = "STUDIO_PEOPLE sets the password and the role of {name}. Change them there."


class PeopleChanges:
    """Changes of a register; each raises InvalidRequest and StoreProblem. Caps may name these `vendors`."""

    def __init__(
        self, register: Register, vendors: Collection[str], cost: ScryptCost = USUAL
    ) -> None:
        self._register = register
        self._vendors = tuple(vendors)
        self._cost = cost

    def add(
        self, name: str, password: str, *, role: Role | None = None, history: str = ""
    ) -> Person:
        """A new person; see the register."""
        if history and history not in histories(self._register.folder):
            raise InvalidRequest([Problem("history", NO_HISTORY.format(name=history))])
        return self._register.add(name, password, role=role, history=history, cost=self._cost)

    def set_password(self, name: str, password: str) -> Person:
        """A new password. The person is signed out everywhere, programs too."""
        one = self._unlisted(name)
        self._register.set_password(one.name, password, cost=self._cost)
        return one

    def set_role(self, name: str, role: Role) -> Person:
        """Make somebody an admin or a member."""
        one = self._unlisted(name)
        self._register.set_role(one.name, role)
        return one

    def set_enabled(self, name: str, enabled: bool) -> Person:
        """Keep somebody out without losing anything, or let them in again."""
        one = self._register.person(name)
        self._register.set_enabled(one.name, enabled)
        return one

    def set_caps(self, name: str, caps: str) -> Person:
        """The most that this person's jobs may cost on one day; an empty text: as for everybody."""
        told = read_known_caps("caps", caps, self._vendors)
        self._register.set_caps(name, told)
        return self._register.person(name)

    def make_pass(self, name: str) -> tuple[Person, str]:
        """A pass for a program of this person's. It is told this once."""
        one = self._register.person(name)
        return one, self._register.begin(one.name, "pass")

    def sign_out(self, name: str) -> Person:
        """End all sessions and passes of this person's."""
        one = self._register.person(name)
        self._register.end_all(one.name, "session", "pass")
        return one

    def _unlisted(self, name: str) -> Person:
        one = self._register.person(name)
        if self._register.is_listed(one.name):
            raise InvalidRequest([Problem("name", LISTED.format(name=one.name))])
        return one
