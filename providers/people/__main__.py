"""`python -m providers.people`: who may sign in. Without people everybody who opens the page is let in."""

import argparse
import sys
from collections.abc import Callable, Sequence
from getpass import getpass
from pathlib import Path
from typing import Protocol, cast

from providers.errors import InvalidRequest, Problem, StudioError
from providers.history.owners import histories
from providers.people.changes import PeopleChanges
from providers.people.listed import Listed
from providers.people.passwords import USUAL, ScryptCost, hashed
from providers.people.person import LOCAL, read_name, read_password
from providers.people.register import Register
from providers.settings import for_command
from providers.terminal import command, named_folder, show_everything
from providers.vendors.all import VENDORS

TWICE = "The passwords don't match. Start again."
PASS = """\
{secret}

This pass lets a program in as {name}: send it as the header "Authorization: Bearer ...".
It is shown once. `signout {name}` ends it."""
AGAIN = "After a restart of the studio, nobody has to sign in."
STARTS = "From now on everyone has to sign in. No restart is needed."
STAY = "{jobs} here: `add NAME --history {owner}` gives them to someone."
TOOK = "{name} took over what was made while nobody signed in."


class Arguments(Protocol):
    """The words of the command line."""

    data_dir: Path | None
    name: str
    admin: bool
    history: str
    role: str
    caps: str


def arguments() -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(
        prog=command("people"),
        description="Manage who can sign in. Without people, anyone who opens the page is let in.",
        epilog="Passwords are asked for, or read from standard input; never write one on the command line.",
    )
    parser.add_argument(
        "--data-dir", type=named_folder, help="the data folder (default: STUDIO_DATA_DIR)"
    )
    does = parser.add_subparsers(dest="does", required=True, metavar="COMMAND")
    does.add_parser("list", help="list everyone, and histories that belong to nobody")
    add = does.add_parser(
        "add", help="add a person; the first is an admin and takes over existing jobs"
    )
    add.add_argument("name")
    add.add_argument("--admin", action="store_true", help="may see and change what everyone shares")
    add.add_argument("--history", default="", help="take over a history that belongs to nobody")
    for name, told in (
        ("password", "set a new password; signs the person out everywhere"),
        ("disable", "block a person from signing in; nothing is lost"),
        ("enable", "let a person sign in again"),
        ("remove", "remove a person; their jobs and files stay in the data folder"),
        ("signout", "end all of a person's sessions and passes"),
        ("pass", "make a pass for a person's program; it is shown only once"),
    ):
        does.add_parser(name, help=told).add_argument("name")
    line = does.add_parser("line", help="write an entry for STUDIO_PEOPLE; changes nothing here")
    line.add_argument("name")
    line.add_argument(
        "--admin", action="store_true", help="may see and change what everyone shares"
    )
    role = does.add_parser("role", help="make a person an admin or a member")
    role.add_argument("name")
    role.add_argument("role", choices=("admin", "member"))
    cap = does.add_parser("cap", help="set how much a person's jobs may cost per day")
    cap.add_argument("name")
    cap.add_argument(
        "caps",
        nargs="?",
        default="",
        help="as in service=500,other=0.5; none: the same as for everyone",
    )
    return parser


def read_secret(ask: Callable[[str], str] = getpass) -> str:
    """A new password: asked for twice at a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    secret = ask("New password: ")
    if ask("Repeat the new password: ") != secret:
        raise InvalidRequest([Problem("password", TWICE)])
    return secret


class Command:
    """What each word does; the answer is what is said."""

    def __init__(self, register: Register, secret: Callable[[], str], cost: ScryptCost) -> None:
        self._register = register
        self._changes = PeopleChanges(register, [vendor.name for vendor in VENDORS], cost)
        self._secret = secret
        self._cost = cost

    def run(self, does: str, asked: Arguments) -> str:
        """Do it. StudioError with a sentence when it cannot be done."""
        simple: dict[str, Callable[[str], str]] = {
            "password": self._password,
            "disable": lambda name: self._enabled(name, False),
            "enable": lambda name: self._enabled(name, True),
            "remove": self._remove,
            "signout": self._sign_out,
            "pass": self._pass,
        }
        if does in simple:
            return simple[does](asked.name)
        if does == "list":
            return self._list()
        if does == "add":
            return self._add(asked)
        if does == "line":
            kept = hashed(read_password(self._secret()), self._cost)
            return Listed(read_name(asked.name), "admin" if asked.admin else "member", kept).line()
        if does == "role":
            self._changes.set_role(asked.name, "admin" if asked.role == "admin" else "member")
            return f"{asked.name} is now {'an admin' if asked.role == 'admin' else 'a member'}."
        return self._cap(asked)

    def _list(self) -> str:
        people = self._register.people()
        jobs = histories(self._register.folder)
        lines = [
            f"{one.name}  {one.role}{'' if one.enabled else ', disabled'}  {_jobs(jobs.pop(one.owner, 0))}"
            + (f"  cap {one.caps}" if one.caps else "")
            for one in people
        ]
        if not people:
            lines.append("There are no people, so nobody has to sign in.")
        else:
            lines += [f"(nobody)  history {owner}  {_jobs(count)}" for owner, count in jobs.items()]
        return "\n".join(lines)

    def _add(self, asked: Arguments) -> str:
        register = self._register
        first = not register.has_people()
        made = self._changes.add(
            asked.name,
            self._secret(),
            role="admin" if asked.admin else None,
            history=asked.history,
        )
        said = [f"{made.name} can sign in, as {'an admin' if made.is_admin else 'a member'}."]
        if made.owner == LOCAL and LOCAL in histories(register.folder):
            said.append(TOOK.format(name=made.name))
        return " ".join([*said, STARTS] if first else said)

    def _password(self, name: str) -> str:
        # Before anything is asked for.
        self._register.person(name)
        one = self._changes.set_password(name, self._secret())
        return f"{one.name} has a new password and is signed out everywhere."

    def _enabled(self, name: str, enabled: bool) -> str:
        self._changes.set_enabled(name, enabled)
        return (
            f"{name} can sign in again." if enabled else f"{name} is signed out and can't sign in."
        )

    def _remove(self, name: str) -> str:
        gone = self._register.remove(name)
        said = [f"{gone.name} is removed."]
        jobs = histories(self._register.folder)
        if gone.owner in jobs:
            said.append(STAY.format(jobs=_staying(jobs[gone.owner]), owner=gone.owner))
        return " ".join(said if self._register.has_people() else [*said, AGAIN])

    def _sign_out(self, name: str) -> str:
        one = self._changes.sign_out(name)
        return f"{one.name} is signed out everywhere and has no passes."

    def _pass(self, name: str) -> str:
        one, secret = self._changes.make_pass(name)
        return PASS.format(secret=secret, name=one.name)

    def _cap(self, asked: Arguments) -> str:
        caps = self._changes.set_caps(asked.name, asked.caps).caps
        return (
            f"{asked.name} may spend {caps} per day."
            if caps
            else f"{asked.name} has no cap of their own."
        )


def _staying(count: int) -> str:
    return f"{_jobs(count)} {'stays' if count == 1 else 'stay'}"


def _jobs(count: int) -> str:
    return f"{count} {'job' if count == 1 else 'jobs'}"


def main(
    words: Sequence[str] | None = None,
    *,
    secret: Callable[[], str] = read_secret,
    cost: ScryptCost = USUAL,
) -> int:
    """Do what was asked; 1 with a sentence when it cannot be done."""
    show_everything()
    found = arguments().parse_args(words)
    asked = cast(Arguments, found)
    register = Register(asked.data_dir or for_command().data_dir)
    try:
        said = Command(register, secret, cost).run(str(found.does), asked)
    except StudioError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
