"""People from the setting STUDIO_PEOPLE, for a Space, whose disk is emptied and which has no command line.

Each is `name:role:hash`, as `python -m providers.people line NAME` writes it; between them stands white space.
"""

import hashlib
import re
from dataclasses import dataclass, field

from providers.errors import InvalidRequest, Problem
from providers.people.person import Role, read_name

SLIP = (
    "Entry {number} of STUDIO_PEOPLE can't be read. Use the entries that `python -m "
    "providers.people line NAME` prints, separated by spaces."
)
TWICE = "STUDIO_PEOPLE names {name} twice. Remove one of the two."
_HASH = re.compile(r"scrypt\$(\d{2,7})\$(\d{1,2})\$(\d{1,2})\$[0-9a-f]{32}\$[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody whom the setting names."""

    name: str
    role: Role
    password: str = field(repr=False)
    """The password's hash."""

    @property
    def owner(self) -> str:
        """The same owner at every start, so that jobs which come back find whom they belong to."""
        return f"{self.name}-{hashlib.sha256(self.name.encode()).hexdigest()[:8]}"

    def line(self) -> str:
        """How the setting names them."""
        return f"{self.name}:{self.role}:{self.password}"


def read_people(text: str) -> list[Listed]:
    """Everybody whom the setting names. InvalidRequest says which entry is wrong, and never what it is."""
    found = [_listed(part, number) for number, part in enumerate(text.split(), start=1)]
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise InvalidRequest([Problem("people", TWICE.format(name=name))])
    return found


def _listed(text: str, number: int) -> Listed:
    name, _, rest = text.partition(":")
    role, _, kept = rest.partition(":")
    match = _HASH.fullmatch(kept)
    slip = InvalidRequest([Problem("people", SLIP.format(number=number))])
    if match is None or role not in ("admin", "member"):
        raise slip
    n = int(match[1])
    # More than a machine can do would keep everybody out.
    if n & (n - 1) or n > 2**17 or not 1 <= int(match[2]) <= 16 or not 1 <= int(match[3]) <= 16:
        raise slip
    try:
        return Listed(read_name(name), "admin" if role == "admin" else "member", kept)
    except InvalidRequest:
        raise slip from None
