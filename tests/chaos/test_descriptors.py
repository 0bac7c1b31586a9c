"""Too few descriptors: what cannot be accepted is said once, and the page answers again once there is room."""

import socket
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.support.servers import StudioServer
from ui.web.logs import FULL

HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
"""A request that does not end."""
MOST = 8192
"""Bytes of the log that a shortage may take."""


class ShortServer(StudioServer):
    """A studio that may open 256 files and sockets."""

    def command(self) -> list[str]:
        """The same, within that limit."""
        return ["bash", "-c", 'ulimit -n 256; exec "$@"', "bash", *super().command()]


def test_half_open_sockets_make_no_flood_and_the_page_answers_again(tmp_path: Path) -> None:
    server = ShortServer(tmp_path / "data")
    try:
        server.start()
        address = ("127.0.0.1", server.port)
        with ExitStack() as opened:
            for _ in range(300):
                half = opened.enter_context(socket.create_connection(address, timeout=60))
                half.sendall(HALF)
            until = time.monotonic() + 60
            while FULL.encode() not in server.log.read_bytes():
                assert time.monotonic() < until, server.log.read_text()[-2000:]
                time.sleep(
                    0.1
                )  # The shortage is another process's: it has no event to wait for here.
        # Those that wait to be accepted are closed by now, so this one is accepted in its turn.
        assert httpx.get(f"{server.url}/healthz", timeout=120).status_code == 200
        said = server.log.read_bytes()
        assert len(said) < MOST, said[-2000:]
        assert said.count(FULL.encode()) <= 2
    finally:
        server.close()
