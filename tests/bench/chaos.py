"""What the soak lets happen beside kills: each kind of it by its name, and how often it comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from email.utils import format_datetime

from tests.chaos.network import Call
from tests.chaos.toxics import HTML


@dataclass(frozen=True)
class Chaos:
    """Which kinds happen."""

    redirects: bool = True
    """A create call that was taken is answered with an address that no request can be made for."""
    odd_waits: bool = True
    """A refusal for lack of room says how long to wait in a way that nobody should follow."""
    exchanged_keys: bool = True
    """A life runs with another account's key, or at another address."""
    put_backs: bool = True
    """An older data folder is put in the place of the one that was used."""

    @classmethod
    def of(cls, names: str) -> "Chaos":
        """These kinds alone, by their names with commas between them. ValueError for one that is none."""
        wanted, known = set(filter(None, names.split(","))), {one.name for one in fields(cls)}
        if not wanted <= known:
            raise ValueError(f"Known are {', '.join(sorted(known))}.")
        return cls(**{name: name in wanted for name in known})


@dataclass(frozen=True)
class Fault:
    """What the network does to one call. `status` 0: the line is cut; None: nothing is done."""

    status: int | None = None
    taken: bool = False
    """Whether the vendor had the call before."""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Draw = tuple[tuple[Fault, ...], ...]
"""Each group is as likely as the others, and so is each fault in it."""
FULL = b'{"error": "Too many requests"}'
SOON = {"retry-after": "1"}
FINE = (Fault(),)
CREATE: Draw = (
    *(FINE,) * 8,
    (Fault(429, body=FULL, headers=SOON),),
    (Fault(500),),
    (Fault(500, taken=True),),
    (Fault(0, taken=True),),
    (Fault(200, taken=True, body=HTML),),
)
"""A refusal is drawn with the prompt, and an address where nobody listens for a whole life: with them
these are the thirteen cases of a create call."""
LOOK: Draw = (*(FINE,) * 17, (Fault(500),), (Fault(200, body=HTML),), (Fault(0),))
FILE: Draw = (*(FINE,) * 18, (Fault(503, headers=SOON),), (Fault(0, taken=True),))
NOWHERE = ("data:text/html,x", "host.example:443", "http:login", "mailto:x", "about:blank")
REDIRECTS = tuple(
    Fault(status, taken=True, headers={"location": place})
    for status in (301, 302, 303, 307, 308)
    for place in NOWHERE
)
ODD = (
    "0", "0.0", "-5", "NaN", "1e9", "soon, we hope",
    format_datetime(datetime(2001, 1, 1, tzinfo=UTC), usegmt=True),
    format_datetime(datetime(9999, 12, 31, tzinfo=UTC), usegmt=True),
)  # fmt: skip
ODD_WAITS = tuple(Fault(429, body=FULL, headers={"retry-after": wait}) for wait in ODD)


def faults(chaos: Chaos) -> Mapping[Call, Draw]:
    """What may happen to a call of each sort."""
    redirects: Draw = (REDIRECTS,) if chaos.redirects else ()
    waits: Draw = (ODD_WAITS,) if chaos.odd_waits else ()
    return {
        "create": (*CREATE, *redirects, *waits, *waits),
        "look": (*LOOK, *LOOK, *waits),
        "file": FILE,
        "account": (FINE,),
    }


CALM: Mapping[Call, Draw] = faults(Chaos(redirects=False, odd_waits=False))
"""So that what an odd wait holds up comes to its end at last."""
