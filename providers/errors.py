"""Everything that can go wrong, drawn once.

StudioError                 what happened and what to do, in words for people
├── InvalidRequest          the request breaks rules; carries every problem
│   └── TooLarge            a file that is handed in has more bytes than are taken
├── Unknown                 no such model, job, artifact or connection (or not yours)
├── Denied                  who asks may not: nobody has signed in, too many tries, or only an admin may
├── Misconfigured           a setting, or the file that it stands in, cannot be read
├── StoreProblem            the data folder cannot be used: locked, damaged, full, of a newer version
└── VendorError             a call to a vendor did not give what it should
    ├── NotSent             nothing reached the vendor: repeating is safe
    ├── Unclear             the vendor may have taken it: never repeat a create
    │   └── Doubtful        a refusal under the status of a success, with the `refusal` that it is
    ├── Busy                refused for now: wait for a slot
    ├── Gone                the vendor no longer knows (or never knew) this id
    └── Refused             a readable refusal, with a `code` that says which

A failed *generation* is not here: it is a value, `providers.vendors.vendor.Failed`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

RefusalCode = Literal[
    "invalid", "key", "subscription", "credits", "moderated", "session", "too_large", "vendor"
]
NAME_THE_MATTER = frozenset[RefusalCode]({"subscription", "credits", "moderated", "too_large"})
"""Refusals whose messages begin with what they are about, and not with the vendor's name."""
LONGEST_WAIT = 15 * 60.0
"""Seconds. Who asks for more patience is asked again all the same."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a request: `field` is a catalogue field name, or "" for the whole.

    A soft problem is a warning: sources disagree about the limit, so the request may be sent on purpose.
    One that `asks` is a question: under that name somebody agrees, and without it nothing is sent.
    """

    field: str
    message: str
    soft: bool = False
    asks: str = ""

    def __post_init__(self) -> None:
        # Both may quote what came in, and half a surrogate pair from JSON cannot leave as UTF-8.
        for name, text in (("field", self.field), ("message", self.message)):
            object.__setattr__(self, name, text.encode(errors="replace").decode())


class StudioError(Exception):
    """What happened, then what to do; `str(error)` may be shown to a person."""

    @property
    def free(self) -> str:
        """The same where nothing can be charged, as in a sandbox."""
        return str(self)


class InvalidRequest(StudioError):
    """The request breaks the model's rules; `problems` holds every one of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class TooLarge(InvalidRequest):
    """A file that is handed in has more than `most` bytes."""

    def __init__(self, most: int) -> None:
        sentence = f"This file is larger than {most // 1_000_000} MB. Choose a smaller one."
        super().__init__([Problem("file", sentence)])


class Misconfigured(StudioError):
    """A setting, or the file that it stands in, cannot be read."""


class Unknown(StudioError):
    """Nothing with this id exists, or it belongs to somebody else."""


class Denied(StudioError):
    """Who asks may not. `why`: a stranger, too often (`wait` is in seconds), or no admin."""

    def __init__(
        self, message: str, *, why: Literal["stranger", "often", "member"], wait: float = 0.0
    ) -> None:
        super().__init__(message)
        self.why = why
        self.wait = wait


class StoreProblem(StudioError):
    """The data folder cannot be used as it is."""


class VendorError(StudioError):
    """A call to a vendor failed. `vendor_text` is the vendor's own wording, cut and without secrets.

    `names_vendor`: the message begins with the vendor's name, so it can stand among others' as it is.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        vendor_text: str = "",
        names_vendor: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.vendor_text = vendor_text
        self.names_vendor = names_vendor


class NotSent(VendorError):
    """Name lookup, connection or TLS failed: the vendor never saw the request.

    `unsafe`: somebody answered but could not prove who they are, which waiting seldom mends.
    """

    def __init__(self, message: str, *, unsafe: bool = False, names_vendor: bool = True) -> None:
        super().__init__(message, names_vendor=names_vendor)
        self.unsafe = unsafe


class Unclear(VendorError):
    """The answer was lost or unreadable: the vendor may have accepted, and may charge."""

    _free = ""

    @classmethod
    def after(cls, happened: str, *, status: int | None = None, vendor_text: str = "") -> "Unclear":
        """Of a create call of which it is open what became; `happened` tells that in a sentence."""
        free = f"{happened} Check there before you send it again"
        error = cls(f"{free}, or it may be charged twice.", status=status, vendor_text=vendor_text)
        error._free = f"{free}."
        return error

    @property
    def free(self) -> str:
        """What it says without its charges."""
        return self._free or str(self)


class Busy(VendorError):
    """Every slot at the vendor is taken. `running` is how many of our tasks it names, if it does; `wait` is
    the seconds that it asks for, within bounds whatever it says."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        vendor_text: str = "",
        wait: float | None = None,
        running: int | None = None,
        names_vendor: bool = True,
    ) -> None:
        super().__init__(message, status=status, vendor_text=vendor_text, names_vendor=names_vendor)
        if wait is not None:
            wait = None if math.isnan(wait) else min(max(wait, 0.0), LONGEST_WAIT)
        self.wait = wait
        self.running = running


def asked_wait(error: Exception) -> float:
    """Seconds for which a vendor wants to be left alone; 0 where it does not say."""
    return (error.wait or 0.0) if isinstance(error, Busy) else 0.0


class Gone(VendorError):
    """The vendor answers that there is no such task or asset (404, 410)."""


class Refused(VendorError):
    """The vendor understood and said no. Sending the same again gets the same answer.

    `says_what_to_do`: whether the message does so after it has told what happened. `no_such_model`: whether
    the vendor says that it does not have the model that was asked for.
    """

    def __init__(
        self,
        message: str,
        *,
        code: RefusalCode,
        status: int | None = None,
        vendor_text: str = "",
        names_vendor: bool | None = None,
        says_what_to_do: bool = True,
        no_such_model: bool = False,
    ) -> None:
        if names_vendor is None:
            names_vendor = code not in NAME_THE_MATTER
        super().__init__(message, status=status, vendor_text=vendor_text, names_vendor=names_vendor)
        self.code: RefusalCode = code
        self.says_what_to_do = says_what_to_do
        self.no_such_model = no_such_model


class Doubtful(Unclear):
    """A refusal that came under the status of a success: the vendor's lists have the last word. `refusal` is
    what it is where they do not show the task."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(
            str(refusal), status=refusal.status, vendor_text=refusal.vendor_text,
            names_vendor=refusal.names_vendor,
        )  # fmt: skip
        self.refusal = refusal
