"""What the rows of Runway's video models share: rules, lengths and ideas."""

from datetime import date

from providers.catalogue.rules import Choice, Flag, Slot, Span, Takes, Text
from providers.vendors.runway import sizes

API = "docs.dev.runwayml.com/api"
READ = date(2026, 11, 20)

SEED = Span(low=0, high=4294967295)
LOOSER = Flag(default=False)
"""Loosens the check for well-known people, and no other."""
SOUND = Flag(default=True)
START = Slot()
END = Slot(requires="start_frame")
HALF_TO_TWICE = Takes(least_shape=0.5, most_shape=2)
HALF_TO_WIDEST = Takes(least_shape=0.5, most_shape=2.358)


def prompt(longest: int) -> Text:
    """Words that must be there, counted as the vendor counts them."""
    return Text(shortest=1, longest=longest, utf16=True)


def optional(longest: int) -> Text:
    """Words that may be left out."""
    return Text(longest=longest, utf16=True)


def ratio(table: sizes.Sizes) -> Choice:
    """The shapes of a table, its first one as the default."""
    return Choice(options=sizes.ratios(table), default=sizes.ratios(table)[0])


def resolution(*options: str) -> Choice:
    """These, the first one as the default."""
    return Choice(options=options, default=options[0])


def seconds(low: int, high: int) -> Span:
    """A length that is five seconds unless said."""
    return Span(low=low, high=high, default=5, unit="s")


FILM_IDEAS = (
    "A drone rises over a cliff road at golden hour; one red car below, long shadows",
    "Market street after rain, slow push-in past the lanterns, reflections on the stones",
    "Macro shot: ink unfolds in clear water, the camera drifts through the plumes",
)
MOVE_IDEAS = (
    "The camera pushes in slowly while the light turns from blue to gold",
    "She looks up, smiles, and the wind lifts her hair; handheld, shallow focus",
    "Slow orbit to the right, leaves drifting through the frame",
)
