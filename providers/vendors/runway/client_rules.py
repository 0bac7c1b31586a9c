"""What rows share that follow the types of Runway's Python client: what it leaves open is soft."""

from datetime import date

from providers.catalogue.rules import Choice, Span, Text
from providers.vendors.runway.sizes import Sizes

CLIENT = "pypi.org/project/runwayml/5.24.0"
CLIENT_READ = date(2026, 11, 29)
PERCENT = Span(low=0, high=100, unit="%")
LONGEST = 20_000
"""Characters: no model of Runway's takes more."""
LONGEST_VIDEO = 60
"""Seconds: no model of Runway's makes more."""


def doubted(usual: int, *, needed: bool = True) -> Text:
    """A prompt whose longest is told by nobody; so many characters are usual for its like."""
    return Text(shortest=int(needed), longest=LONGEST, doubtful=usual, utf16=True)


def doubted_seconds(low: int, high: int) -> Span:
    """A length whose limits are told by nobody; these are usual for its like."""
    return Span(low=low, high=high, default=5, unit="s", beyond=(1, LONGEST_VIDEO))


def shapes(table: Sizes) -> Choice:
    """The shapes of a table as a choice, without the one that a reference decides."""
    names = [name for name in next(iter(table.values())) if name != "auto"]
    return Choice(options=tuple(names), default=names[0])
