"""Limits: caps, the largest upload and the sandbox's time, as an admin sets them in the page.

What is set lies in `limits.json` in the data folder. The environment, `.env` and the command line win over it,
setting by setting. A file that can't be read keeps the studio from starting: no cap may be lost to one.
"""

import secrets
import threading
from collections.abc import Callable, Collection, Mapping

from pydantic import ConfigDict, Field, JsonValue, ValidationError

from providers.catalogue.rules import Frozen
from providers.errors import InvalidRequest, Problem, StoreProblem, Unknown
from providers.history.ledger import SCOPES, Scope, variable
from providers.library.disk import Disk
from providers.library.vault import as_store_problem
from providers.people.caps import read_known_caps
from providers.settings import PREFIX, Settings, read_caps
from providers.studio.views import LimitView, Origin
from providers.vendors.connection import Sandbox

SPEED = "sandbox_speed"
MOST_UPLOAD_MB = 100_000
DAMAGED = (
    "limits.json in the data folder can't be read, so the caps set in the page are unknown. "
    "Restore a copy of it, or remove it and set the limits again."
)
ELSEWHERE = "{variable} sets this where the studio is started. Change it there."
NO_VENDOR = "{variable} names the unknown service {name!r}. Use one of these: {all}."
WANTED = {
    "max_upload_mb": f"The largest upload must be a whole number of megabytes from 1 to {MOST_UPLOAD_MB:,}.",
    SPEED: "speed must be a number from 0 to 60.",
}
"""What a limit must be, where it is no cap."""
CAP = "{name} must be text, as in service=500,other=0.5."
NO_LIMIT = "There is no limit {name!r} here. Remove it."


class Kept(Frozen):
    """What is set in the page; None: not there."""

    model_config = ConfigDict(strict=True, extra="forbid")

    cap_job: str | None = None
    cap_owner_day: str | None = None
    cap_day: str | None = None
    max_upload_mb: int | None = Field(default=None, ge=1, le=MOST_UPLOAD_MB)
    sandbox_speed: float | None = Field(default=None, ge=0, le=60, allow_inf_nan=False)

    def cap(self, scope: Scope) -> str | None:
        """The caps of a scope, as they are written."""
        return {"job": self.cap_job, "owner_day": self.cap_owner_day, "day": self.cap_day}[scope]


class Limits:
    """The limits that hold just now. Read and set by any thread; who sets one waits for whoever sets another.

    `vendors` are those whose caps can be set. Whoever is in `watchers` is called after a change, in the thread
    that made it. How long the sandbox takes can be changed whoever set it, where the environment did until the
    next start.
    """

    def __init__(
        self, settings: Settings, vendors: Collection[str], sandbox: Sandbox, disk: Disk
    ) -> None:
        self._settings = settings
        self._vendors = tuple(vendors)
        self._sandbox = sandbox
        self._disk = disk
        self._kept = Kept()
        self._in_turn = threading.Lock()
        self.file = settings.data_dir / "limits.json"
        self.watchers: list[Callable[[], None]] = []

    def open(self) -> None:
        """Read what was set before. StoreProblem: it can't be."""
        try:
            kept = self._read(Kept.model_validate_json(self.file.read_bytes()))
        except FileNotFoundError:
            return
        except OSError as error:
            raise as_store_problem(error, self.file) from error
        except (ValidationError, InvalidRequest) as error:
            raise StoreProblem(DAMAGED) from error
        self._take(kept, is_start=True)

    def is_given(self, name: str) -> bool:
        """Whether the environment, `.env` or the command line says it."""
        return name in self._settings.model_fields_set

    def caps(self, scope: Scope) -> dict[str, float]:
        """A scope's caps by vendor, in the vendor's unit. Unknown: the setting names a vendor that is none."""
        told = read_caps(self._cap(scope))
        for name in told:
            if name not in self._vendors:
                known = ", ".join(self._vendors)
                message = NO_VENDOR.format(variable=variable(scope), name=name, all=known)
                raise Unknown(message)
        return told

    @property
    def max_upload_bytes(self) -> int:
        """The largest file that is handed in, in bytes."""
        return self._most_megabytes() * 1_000_000

    def shown(self) -> tuple[LimitView, ...]:
        """Each limit, with who says so."""
        values = {f"cap_{scope}": self._cap(scope) for scope in SCOPES}
        values |= {"max_upload_mb": str(self._most_megabytes()), SPEED: f"{self._sandbox.speed:g}"}
        return tuple(
            LimitView(name=name, value=value, origin=self._origin(name), variable=_variable(name))
            for name, value in values.items()
        )

    def set(self, wanted: Mapping[str, JsonValue]) -> None:
        """Set these, all or none; null: as if nobody had set it. InvalidRequest, StoreProblem."""
        for name in wanted:
            if name != SPEED and name in Kept.model_fields and self.is_given(name):
                told = ELSEWHERE.format(variable=_variable(name))
                raise InvalidRequest([Problem(name, told)])
        with self._in_turn:
            kept = self._with(wanted)
            self._write(kept)
            self._take(kept, is_start=SPEED not in wanted)

    # Inside

    def _with(self, wanted: Mapping[str, JsonValue]) -> Kept:
        try:
            return self._read(Kept.model_validate({**self._kept.model_dump(), **wanted}))
        except ValidationError as error:
            names = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors())
            raise InvalidRequest([Problem(name, _must(name)) for name in names]) from None

    def _take(self, kept: Kept, *, is_start: bool) -> None:
        self._kept = kept
        if not (is_start and self.is_given(SPEED)):
            usual = self._settings.sandbox_speed
            self._sandbox.speed = usual if kept.sandbox_speed is None else kept.sandbox_speed
        for call in self.watchers:
            call()

    def _origin(self, name: str) -> Origin:
        if self.is_given(name):
            return "environment"
        return "usual" if self._kept.model_dump()[name] is None else "page"

    def _cap(self, scope: Scope) -> str:
        given = self._settings.cap(scope)
        return given if self.is_given(f"cap_{scope}") else self._kept.cap(scope) or ""

    def _most_megabytes(self) -> int:
        usual, kept = self._settings.max_upload_mb, self._kept.max_upload_mb
        return usual if kept is None or self.is_given("max_upload_mb") else kept

    def _read(self, kept: Kept) -> Kept:
        """The same with caps of vendors that there are, and none where none is said. InvalidRequest."""
        said = {scope: kept.cap(scope) for scope in SCOPES}
        caps = {
            f"cap_{scope}": read_known_caps(f"cap_{scope}", text, self._vendors) or None
            for scope, text in said.items()
            if text is not None
        }
        return kept.model_copy(update=caps)

    def _write(self, kept: Kept) -> None:
        new = self.file.with_name(f"limits-{secrets.token_hex(4)}.new")
        try:
            text = kept.model_dump_json(exclude_none=True, indent=2)
            self._disk.replace_private(new, self.file, text.encode())
            self._disk.sync_folder(self.file.parent)
        except OSError as error:
            raise as_store_problem(error, self.file.parent) from error


def _must(name: str) -> str:
    if name not in Kept.model_fields:
        return NO_LIMIT.format(name=name)
    return WANTED.get(name) or CAP.format(name=name)


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"
