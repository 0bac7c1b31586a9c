"""The register: `people.db` in the data folder, with people, their sessions and their passes.

Each call opens the file anew, so the command and a running studio agree at once. Secrets of sessions and
passes are kept as hashes; they are long and random, so a plain hash tells nothing.
"""

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Literal

from providers.errors import InvalidRequest, Problem, StoreProblem
from providers.library.vault import private_folder
from providers.people.listed import Listed
from providers.people.passwords import USUAL, ScryptCost, hashed
from providers.people.person import (
    LOCAL,
    Person,
    Role,
    new_owner,
    plain_name,
    read_name,
    read_password,
)
from providers.terminal import command

SessionKind = Literal["session", "pass"]
Columns = tuple[object, ...]
Stamp = tuple[int, int, int]
SETTLED = 2.0
"""Seconds after which a change of the file is sure to show in its time."""
IDLE, OLDEST = 14 * 86400.0, 90 * 86400.0
"""Seconds after which a session ends: unused, and however much it is used."""
SEEN_EVERY = 3600.0
PATIENCE = 3.0
"""Seconds for which one waits while another changes the list."""
VERSION = 1
TABLES = (
    """create table person (
        name text primary key, owner text not null unique, role text not null,
        enabled integer not null, caps text not null, password text not null,
        listed integer not null
    ) strict""",
    """create table visit (
        mark text primary key, name text not null references person (name) on delete cascade,
        kind text not null, begun real not null, used real not null
    ) strict""",
    f"pragma user_version={VERSION}",
)
COLUMNS = "person.name, owner, role, enabled, caps"
UNREADABLE = (
    "The list of people, people.db in the data folder, can't be used ({reason}), so nobody is "
    "let in. Restore a copy of it, or move it away and add the people again."
)
NEWER = "The list of people was written by a newer version of the studio. Update the studio."
TAKEN = "This name is already taken. Choose another one."
NO_PERSON = f"There is no person named {{name}}. `{command('people')} list` shows all."
HAS_OWNER = "This history already belongs to {name}. Choose one that belongs to nobody."
LAST_ADMIN = "One admin must remain while there are people. Make someone else an admin first."


class Register:
    """The people of one data folder. Any thread may call; every method raises StoreProblem."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self._clock = clock
        self._path = folder / "people.db"
        self._seen: tuple[Stamp | None, dict[tuple[str, SessionKind], Columns]] = (None, {})

    # People

    def people(self) -> list[Person]:
        """Everybody, by name; nobody where there is no register."""
        return [_person(row) for row in self._all(f"select {COLUMNS} from person order by name")]

    def has_people(self) -> bool:
        """Whether anybody has to sign in."""
        return bool(self._all("select 1 from person limit 1"))

    def person(self, name: str) -> Person:
        """One person. InvalidRequest when there is none of this name."""
        name = plain_name(name)
        found = self._all(f"select {COLUMNS} from person where name = ?", name)
        if not found:
            raise InvalidRequest([Problem("name", NO_PERSON.format(name=name))])
        return _person(found[0])

    def caps(self, owner: str) -> str:
        """The caps of the person who is this owner; none is an empty text."""
        found = self._all("select caps from person where owner = ?", owner)
        return str(found[0][0]) if found else ""

    def add(
        self,
        name: str,
        password: str,
        *,
        role: Role | None = None,
        history: str = "",
        cost: ScryptCost = USUAL,
    ) -> Person:
        """A new person. The first one is an admin, and takes over what was made while nobody signed in.

        `history` is an owner whose jobs the person takes over instead; nobody may have it. InvalidRequest.
        """
        name, kept = read_name(name), hashed(read_password(password), cost)
        with self._changing() as database:
            first = not database.execute("select 1 from person limit 1").fetchone()
            owner = history or (LOCAL if first else new_owner(name))
            whose = database.execute("select name from person where owner = ?", (owner,)).fetchone()
            if whose:
                raise InvalidRequest([Problem("history", HAS_OWNER.format(name=whose[0]))])
            if database.execute("select 1 from person where name = ?", (name,)).fetchone():
                raise InvalidRequest([Problem("name", TAKEN)])
            made = Person(name=name, owner=owner, role=role or ("admin" if first else "member"))
            _insert(database, made, kept)
        return made

    def take_in(self, people: Collection[Listed]) -> None:
        """Make those whom the setting names what it says, and remove those whom it named before."""
        if not people and not self._path.exists():
            return
        with self._changing() as database:
            here = {
                str(name): (role, password)
                for name, role, password in database.execute(
                    "select name, role, password from person"
                )
            }
            for one in people:
                self._take_in(database, one, here)
            for (name,) in database.execute("select name from person where listed").fetchall():
                if name not in [one.name for one in people]:
                    database.execute("delete from person where name = ?", (name,))

    def _take_in(
        self, database: sqlite3.Connection, one: Listed, here: Mapping[str, tuple[object, object]]
    ) -> None:
        if one.name not in here:
            free = not database.execute("select 1 from person where owner = ?", (LOCAL,)).fetchone()
            owner = LOCAL if free and one.role == "admin" else one.owner
            _insert(database, Person(name=one.name, owner=owner, role=one.role), one.password)
        elif here[one.name] != (one.role, one.password):
            database.execute(
                "update person set role = ?, password = ? where name = ?",
                (one.role, one.password, one.name),
            )
            database.execute("delete from visit where name = ?", (one.name,))
        database.execute("update person set listed = 1 where name = ?", (one.name,))

    def set_password(
        self, name: str, password: str, *, keep: str = "", cost: ScryptCost = USUAL
    ) -> None:
        """A new password. Who was signed in under this name is signed out, programs too, but for `keep`."""
        kept = hashed(read_password(password), cost)
        self._set(name, "password", kept, ends=True, keep=keep)

    def set_role(self, name: str, role: Role) -> None:
        """Make somebody an admin or a member."""
        self._set(name, "role", role)

    def set_enabled(self, name: str, enabled: bool) -> None:
        """Keep somebody out without losing anything, or let them in again."""
        self._set(name, "enabled", int(enabled), ends=not enabled)

    def set_caps(self, name: str, caps: str) -> None:
        """The most that this person's jobs may cost on one day; an empty text: as for everybody."""
        self._set(name, "caps", caps)

    def remove(self, name: str) -> Person:
        """Take somebody off the list. Their jobs and files stay, under the owner that they were."""
        gone = self.person(name)
        with self._changing() as database:
            database.execute("delete from person where name = ?", (gone.name,))
        return gone

    def password_of(self, name: str) -> str:
        """The hash that a password is compared with; an empty text where there is none to compare."""
        found = self._all(
            "select password from person where name = ? and enabled = 1", plain_name(name)
        )
        return str(found[0][0]) if found else ""

    def is_listed(self, name: str) -> bool:
        """Whether the setting names this person, and so says what their password is."""
        return bool(self._all("select 1 from person where name = ? and listed", plain_name(name)))

    # Visits: sessions of browsers, and passes of programs

    def begin(self, name: str, kind: SessionKind, proven: str = "") -> str:
        """The secret of a new visit. Only its hash is kept.

        `proven` is the password's hash that somebody was judged by: where it holds no more, they get nothing.
        """
        secret, now = secrets.token_urlsafe(32), self._clock()
        with self._changing() as database:
            if (
                proven
                and not database.execute(
                    "select 1 from person where name = ? and password = ? and enabled = 1",
                    (plain_name(name), proven),
                ).fetchone()
            ):
                return ""
            database.execute(
                "delete from visit where kind = 'session' and (used < ? or begun < ?)",
                (now - IDLE, now - OLDEST),
            )
            database.execute(
                "insert into visit (mark, name, kind, begun, used) values (?, ?, ?, ?, ?)",
                (_mark(secret), plain_name(name), kind, now, now),
            )
        return secret

    def visitor(self, secret: str, kind: SessionKind) -> Person | None:
        """Whose visit this is, if it still goes on."""
        mark, now = _mark(secret), self._clock()
        row = self._visit(mark, kind)
        if row is None:
            return None
        *told, begun, used = row
        if not (isinstance(begun, float) and isinstance(used, float)):
            return None
        if kind == "session" and (now - used > IDLE or now - begun > OLDEST):
            return None
        if now - used > SEEN_EVERY:
            # On a full disk a visit goes on all the same.
            with suppress(StoreProblem), self._changing() as database:
                database.execute("update visit set used = ? where mark = ?", (now, mark))
        return _person(tuple(told))

    def _visit(self, mark: str, kind: SessionKind) -> Columns | None:
        """Its row and its person's, remembered for as long as the file stays as it is."""
        stamp = self._stamp()
        if stamp != self._seen[0]:
            self._seen = (stamp, {})
        # Whoever fills it while another finds the file changed fills one that nobody asks any more.
        _, seen = self._seen
        if stamp is not None and (mark, kind) in seen:
            return seen[mark, kind]
        found = self._all(
            f"select {COLUMNS}, begun, used from visit join person on person.name = visit.name"
            " where mark = ? and kind = ? and enabled = 1",
            mark, kind,
        )  # fmt: skip
        row = found[0] if found else None
        if stamp is not None and row is not None:
            seen[mark, kind] = row
        return row

    def _stamp(self) -> Stamp | None:
        """What tells that the file was changed; None: it was so lately that the next change may look alike.

        The file is not opened for it: closing it would take the locks of whoever writes it just now.
        """
        try:
            told = self._path.stat()
        except OSError:
            return None
        settled = time.time() - told.st_mtime > SETTLED
        return (told.st_ino, told.st_mtime_ns, told.st_size) if settled else None

    def end(self, secret: str) -> None:
        """End one visit."""
        with self._changing() as database:
            database.execute("delete from visit where mark = ?", (_mark(secret),))

    def end_all(self, name: str, *kinds: SessionKind) -> None:
        """End every visit of these kinds under this name."""
        with self._changing() as database:
            for kind in kinds:
                database.execute(
                    "delete from visit where name = ? and kind = ?", (plain_name(name), kind)
                )

    # Inside

    def _set(
        self, name: str, column: str, value: str | int, *, ends: bool = False, keep: str = ""
    ) -> None:
        one = self.person(name)
        with self._changing() as database:
            database.execute(f"update person set {column} = ? where name = ?", (value, one.name))
            if ends:
                database.execute(
                    "delete from visit where name = ? and mark <> ?", (one.name, _mark(keep))
                )

    def _all(self, question: str, *values: str | float) -> list[Columns]:
        if not self._path.exists():
            return []
        with self._open() as database:
            return database.execute(question, values).fetchall()

    @contextmanager
    def _changing(self) -> Generator[sqlite3.Connection]:
        if not self._path.exists():
            self._create()
        with self._open() as database:
            database.execute("begin immediate")
            yield database
            _check_admins(database)
            database.execute("commit")

    def _create(self) -> None:
        # Made under another name: an empty file in its place would let everybody in.
        new = self._path.with_name(f"people-{secrets.token_hex(4)}.new")
        try:
            private_folder(self.folder)
            new.touch(mode=0o600)
            with closing(sqlite3.connect(new, isolation_level=None)) as database:
                for statement in TABLES:
                    database.execute(statement)
            if not self._path.exists():
                new.replace(self._path)
        except (OSError, sqlite3.Error) as error:
            raise _problem(error) from error
        finally:
            new.unlink(missing_ok=True)

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        try:
            # What has vanished meanwhile is not made anew: an empty list would let everybody in.
            place = f"{self._path.resolve().as_uri()}?mode=rw"
            with closing(
                sqlite3.connect(place, uri=True, timeout=PATIENCE, isolation_level=None)
            ) as database:
                database.execute("pragma foreign_keys=on")
                if _version(database) > VERSION:
                    raise StoreProblem(NEWER)
                yield database
        except sqlite3.Error as error:
            raise _problem(error) from error


def _problem(error: OSError | sqlite3.Error) -> StoreProblem:
    # Strangers read it too: where the folder lies is not told.
    reason = error.strerror or "no reason told" if isinstance(error, OSError) else str(error)
    return StoreProblem(UNREADABLE.format(reason=reason[:200]))


def _insert(database: sqlite3.Connection, one: Person, password: str) -> None:
    database.execute(
        "insert into person (name, owner, role, enabled, caps, password, listed)"
        " values (?, ?, ?, 1, '', ?, 0)",
        (one.name, one.owner, one.role, password),
    )


def _check_admins(database: sqlite3.Connection) -> None:
    some = database.execute("select count(*), sum(role = 'admin' and enabled) from person")
    people, admins = some.fetchone()
    if people and not admins:
        raise InvalidRequest([Problem("role", LAST_ADMIN)])


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("pragma user_version").fetchone()[0])


def _person(row: Columns) -> Person:
    name, owner, role, enabled, caps = row
    return Person.model_validate(
        {"name": name, "owner": owner, "role": role, "enabled": bool(enabled), "caps": caps}
    )


def _mark(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
