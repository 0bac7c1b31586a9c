"""The words in which Runway's documents are written down for the tests: a call, its media, its price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Plain = str | int | bool
SEED = range(4294967296)
YES_NO = (True, False)
PERCENT = range(101)
RATIO = ("ratio",)


@dataclass(frozen=True)
class Media:
    """References beside the source: how many of each kind, where the documents give a number."""

    pictures: range = range(1)
    tags: bool = False
    subjects: bool = False
    """Typed `object` or `human`."""


@dataclass(frozen=True)
class Frames:
    """The forms of `promptImage`: positions, and how many pictures without any."""

    last: bool = False
    pictures: int = 0
    """Most of them in reference mode: that of `references` elsewhere, where no limit is told."""
    ratios: tuple[str, ...] = ()
    """The only ones beside positions, where not all are."""


@dataclass(frozen=True)
class Tier:
    """Credits while every named wire field has one of these values; None: nobody has published them."""

    credits: float | None
    when: Mapping[str, tuple[Plain, ...]] = field(default_factory=dict[str, tuple[Plain, ...]])


@dataclass(frozen=True)
class Price:
    """The first tier that holds, times pictures, seconds or frames; then the additions; never below `least`.

    A field that no body has stands for what only the vendor sees.
    """

    tiers: tuple[Tier, ...]
    per: Literal["picture", "second", "frame"]
    reference: float = 0
    """For each picture that is handed in."""
    input_second: Mapping[tuple[Plain, ...], float] = field(
        default_factory=dict[tuple[Plain, ...], float]
    )
    """For each second of a video that is handed in, by ratio or resolution."""
    least: float = 0


@dataclass(frozen=True)
class Segments:
    """The shots of a call: how many, characters and seconds of each, and what all may last together."""

    counts: range
    characters: range
    seconds: range
    together: Sequence[int]
    certain: bool = True
    """False: but for `together`, nobody at the vendor says so."""


@dataclass(frozen=True)
class Call:
    """One endpoint with one model."""

    price: Price
    prompt: range | None = None
    """UTF-16 units, from 0 where it may be left out; None: there is no such field."""
    shortest: int = 1
    """Units of a prompt that is there, where it may be left out."""
    fields: Mapping[str, Sequence[Plain]] = field(default_factory=dict[str, Sequence[Plain]])
    """Every plain field but model and prompt, with all values it takes."""
    needed: tuple[str, ...] = ()
    """Which of them must be there."""
    media: Media = Media()
    frames: Frames | None = None
    shots: Segments | None = None
    first_frame: bool = False
    """Takes a picture as `firstFrame`."""
    source: str = ""
    """The field of the one file that is worked on."""
    looser: bool = False
    """Takes `contentModeration`."""
    settings: Mapping[str, Sequence[Plain]] = field(default_factory=dict[str, Sequence[Plain]])
    """Plain fields of `providerSettings`."""
    adherence: bool = False
    """Takes `cfgScale`, from 0 to 1."""
    beside: range = range(1)
    """References beside a first frame."""
    told: bool = True
    """False: nobody says how long prompts and videos may be. The longest here are what the studio sends."""


UNKNOWN = Price((Tier(None),), "second")


def flat(
    credits: float, per: Literal["picture", "second"], *, least: float = 0, reference: float = 0
) -> Price:
    """The same credits always."""
    return Price((Tier(credits),), per, least=least, reference=reference)


def by_shape(*tiers: tuple[float | None, tuple[str, ...]], reference: float = 0) -> Price:
    """Credits for each picture, by its ratio."""
    found = tuple(Tier(credits, {"ratio": ratios}) for credits, ratios in tiers)
    return Price(found, "picture", reference=reference)


def by_second(
    *tiers: tuple[float, tuple[str, ...]], by: str = "ratio", reference: float = 0
) -> Price:
    """Credits for each second, by ratio or resolution."""
    found = tuple(Tier(credits, {by: values}) for credits, values in tiers)
    return Price(found, "second", reference=reference)


def by_quality(*tiers: tuple[float, tuple[str, ...], tuple[str, ...]], reference: float) -> Price:
    """Credits for each picture, by quality and ratio."""
    found = tuple(Tier(credits, {"quality": q, "ratio": r}) for credits, q, r in tiers)
    return Price(found, "picture", reference=reference)


def by_sound(loud: float, silent: float) -> Price:
    """Credits for each second with sound, and without."""
    return Price((Tier(loud, {"audio": (True,)}), Tier(silent, {"audio": (False,)})), per="second")
