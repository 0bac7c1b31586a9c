"""Caps as somebody writes them down, checked against the vendors that there are."""

from collections.abc import Collection

from providers.errors import InvalidRequest, Problem
from providers.settings import read_caps

UNREADABLE = "The cap can't be read: {error}."
NO_SERVICE = "There is no service {name!r}. Use one of these: {all}."


def read_known_caps(field: str, text: str, vendors: Collection[str]) -> str:
    """Caps as they are kept, as in `vendor=500,other=0.5`; empty: none. InvalidRequest names the field."""
    try:
        caps = read_caps(text)
    except ValueError as error:
        raise InvalidRequest([Problem(field, UNREADABLE.format(error=error))]) from error
    for name in caps:
        if name not in vendors:
            told = NO_SERVICE.format(name=name, all=", ".join(vendors))
            raise InvalidRequest([Problem(field, told)])
    return text.strip()
