"""The words of a reading: one model in one situation, its fields on the wire and their limits.

A limit is firm where a page of the vendor, or its own client, says it; else going beyond it may only warn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Plain = str | int | float | bool
Size = tuple[Plain, ...]


@dataclass(frozen=True)
class Words:
    """A prompt, in characters."""

    path: str
    most: int | None = None
    """None: nobody says how long it may be."""
    least: int = 1
    """The fewest characters of one that is there."""
    needed: bool = True
    firm: bool | None = True
    """None: sources leave it open, so that either will do."""
    warned_from: int | None = None
    """Another source knows only so many."""
    utf16: bool | None = None
    """Whether most emoji count twice; None: no source says."""


@dataclass(frozen=True)
class Pick:
    """One of a list; all values that ever go on the wire."""

    path: str
    values: tuple[Plain, ...]
    """None at all: no source lists them."""
    default: Plain | None = None
    """What goes, if anything does, when nothing is chosen; None: no source says."""
    always: bool = False
    """Sent even when nothing is chosen."""


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    path: str
    low: int
    high: int | None
    """None: no source says."""
    firm: bool | None = True
    """None: sources leave it open, so that either will do."""
    default: Plain | None = None
    always: bool = False
    form: Literal["number", "text"] = "number"


@dataclass(frozen=True)
class Share:
    """A number from 0 to 1."""

    path: str
    default: float


@dataclass(frozen=True)
class Switch:
    """On or off."""

    path: str
    default: bool | None = None
    always: bool = False


Option = Pick | Whole | Share | Switch


@dataclass(frozen=True)
class Sizes:
    """Fields on the wire that shape and size fill together, and all their values."""

    paths: tuple[str, ...]
    values: tuple[Size, ...]
    default: Size | None = None
    always: bool = True
    not_offered: tuple[Size, ...] = ()
    """Of the values: those that leave shape or price open, or that no shape and size name."""


@dataclass(frozen=True)
class Files:
    """Files of one role: below which path, how many."""

    path: str
    most: int | None
    """None: no source says."""
    least: int = 0
    firm: bool | None = True
    """None: sources leave it open, so that either will do."""
    warned_from: int | None = None
    """More than so many are warned about: another source knows no more."""
    beside: Mapping[str, Plain] = field(default_factory=dict[str, Plain])
    """What stands beside each file on the wire."""
    bare: bool = True
    """May go as an address alone."""


@dataclass(frozen=True)
class Segments:
    """Shots: how many, seconds of one, seconds and sums of all, characters of one."""

    path: str
    form: Literal["objects", "text seconds", "fields", "one text"]
    counts: tuple[int, int]
    seconds: tuple[int, int]
    total: tuple[int, int]
    sums: tuple[int, ...] = ()
    characters: tuple[int, int] = (1, 512)
    firm_counts: bool | None = True
    firm_seconds: bool | None = True
    firm_total: bool | None = True
    firm_characters: bool | None = True
    utf16: bool | None = None
    sum_path: str = ""
    """Where the seconds of all go, where they do."""
    sum_as_text: bool = False
    most_written: int | None = None
    """Characters of all shots as one text."""


@dataclass(frozen=True)
class Cost:
    """What one request costs, in the vendor's unit; None: no source says."""

    amount: float | None
    unit: Literal["credits", "$"]
    asked: Mapping[str, Plain] = field(default_factory=dict[str, Plain])
    """In the studio's words: options chosen, and `total` for the seconds of a plan of shots."""
    size: Size | None = None
    """Only of this size."""
    at_least: bool | None = None
    """Whether it is a lower bound; None: as it may be."""
    files: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Reading:
    """One row in one situation."""

    row: str
    place: str
    """Where the create call goes, below the vendor's root."""
    fixed: Mapping[str, Plain]
    """What each body has."""
    given: tuple[str, ...] = ()
    """Files that are there in this situation, one of each role."""
    prompt: Words | None = None
    shots: Segments | None = None
    sizes: Sizes | None = None
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])
    files: Mapping[str, Files] = field(default_factory=dict[str, Files])
    apart: tuple[tuple[str, str], ...] = ()
    """Fields that must not go together."""
    together: tuple[tuple[str, ...], int] | None = None
    """Roles that share one maximum."""
    may: tuple[str, ...] = ()
    """Further paths that the contract lists and that may be sent."""
    prices: tuple[Cost, ...] = ()
    at_risk: bool = False
    by_account: bool | None = None
    """Only accounts that list it have it; None: no source says."""

    def told(self) -> str:
        """Its name in a list of tests."""
        return f"{self.row} {'+'.join(self.given)}".strip()
