"""How the connections are, as each way of the feed tells it, and by which mark a page knows them."""

import hashlib
import json

from providers.studio.studio import Studio
from providers.vendors.views import ConnectionStateView


def links_of(studio: Studio) -> tuple[ConnectionStateView, ...]:
    """How each connection is just now."""
    return tuple(map(ConnectionStateView.of, studio.connections.values()))


def mark_of(links: tuple[ConnectionStateView, ...]) -> str:
    """The same for the same connections, and another one once something about them has changed."""
    told = json.dumps([link.model_dump(mode="json") for link in links])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
