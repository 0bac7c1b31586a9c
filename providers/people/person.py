"""A person: a name that signs in, the owner whose jobs and files are theirs, and a role."""

import re
import secrets
import unicodedata
from typing import Literal

from providers.catalogue.rules import Frozen
from providers.errors import InvalidRequest, Problem

Role = Literal["admin", "member"]
LOCAL = "local"
"""The owner of everything that was made while nobody signed in."""
SHORTEST, LONGEST = 8, 1024
BAD_NAME = "A name must be 1 to 40 letters, digits, dots, hyphens or underscores, without spaces."
BAD_PASSWORD = f"A password must be {SHORTEST} to {LONGEST} characters long."
_NAME = re.compile(r"\w[\w.-]{0,39}")


class Person(Frozen):
    """Somebody who may sign in. The password's hash stays in the register."""

    name: str
    owner: str
    role: Role = "member"
    enabled: bool = True
    caps: str = ""
    """The most that this person's jobs may cost on one day, as in `vendor=500,other=0.5`."""

    @property
    def is_admin(self) -> bool:
        """Whether this person may see and change what is everybody's."""
        return self.role == "admin"


def read_name(text: str) -> str:
    """The one spelling of a name: case does not count. InvalidRequest."""
    name = plain_name(text)
    if not _NAME.fullmatch(name):
        raise InvalidRequest([Problem("name", BAD_NAME)])
    return name


def plain_name(text: str) -> str:
    """The same for a name that may be none."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def read_password(text: str) -> str:
    """A new password. InvalidRequest."""
    if not SHORTEST <= len(text) <= LONGEST:
        raise InvalidRequest([Problem("password", BAD_PASSWORD)])
    return text


def new_owner(name: str) -> str:
    """An owner for a new person: never one that somebody had before."""
    return f"{name}-{secrets.token_hex(4)}"
