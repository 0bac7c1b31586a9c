"""A port that stays somebody's though nobody listens there for a while."""

import socket

HOME = "127.0.0.1"


class Port:
    """A free port of this machine, held until it is closed.

    A socket that is bound and does not listen keeps others from being given the number, by chance, between
    two servers on it; whoever connects meanwhile is refused.
    """

    def __init__(self) -> None:
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind((HOME, 0))
        self.number = int(self._held.getsockname()[1])

    def close(self) -> None:
        """Leave it to others."""
        self._held.close()
