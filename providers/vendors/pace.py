"""How often a vendor is asked, how much at once, and the second queue that some have."""

from dataclasses import dataclass

from providers.catalogue.rules import Frozen


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to look and how much to ask for at once. Seconds."""

    image_every: float
    video_every: float
    slots: int
    """Tasks at once until the vendor teaches otherwise."""
    busy_wait: float = 15.0
    look_again: float = 5.0
    """Between looks for a lost task, and for outputs that are not there yet."""
    missing_grace: float = 60.0
    """How long a new task may be unknown to the vendor's own poll."""
    max_backoff: float = 60.0
    upload_holds: float = 20 * 86400.0
    """How long the vendor's id of an uploaded file may be used again."""


Switch = tuple[str, bool]
"""An option of a request that is on or off, and whether it is on."""


class Lane(Frozen):
    """A queue at the vendor beside its usual one, which jobs enter by a switch: its slots and its times are
    its own."""

    option: str
    """The switch."""
    slots: int
    """Tasks at once until the vendor teaches otherwise."""
    usual_seconds: tuple[int, int]
    """How long the vendor says a task takes there: from, to."""
