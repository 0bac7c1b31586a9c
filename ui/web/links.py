"""How the connections are, as each way of the feed tells it, and by which mark a page knows them."""

import hashlib
import json

from providers.studio.studio import Studio
from providers.vendors.views import ConnectionStateView


def links_of(studio: Studio) -> tuple[ConnectionStateView, ...]:
    """How each connection is just now."""
    return tuple(map(ConnectionStateView.of, studio.connections.values()))


class LinksTold:
    """What a page was told last of the connections, and of their keys."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._told: tuple[int, tuple[ConnectionStateView, ...]] | None = None

    def news(self) -> tuple[ConnectionStateView, ...] | None:
        """How they are now, if that is not what was told last."""
        now = self._studio.keys.changes, links_of(self._studio)
        before, self._told = self._told, now
        return None if now == before else now[1]


def mark_of(links: tuple[ConnectionStateView, ...]) -> str:
    """The same for the same connections, and another one once something about them has changed."""
    told = json.dumps([link.model_dump(mode="json") for link in links])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
