"""The emulated useapi.net over HTTP on this machine, with the Runway accounts that it is told to have."""

import socket
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn

from providers.vendors import useapi
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.useapi.sandbox.emulator import UseApiEmulator
from tests.support.runway_served import Serving

KEY = "user:12345-key"
ONE, TWO = "acct-one@example.com", "second.account@example.org"


@contextmanager
def emulator(folder: Path, emails: Sequence[str] = (ONE, TWO)) -> Generator[tuple[str, Engine]]:
    """Its address, and what it keeps."""
    engine = Engine(Clock(0), folder)

    def linked(engine: Engine) -> UseApiEmulator:
        return UseApiEmulator(engine, emails)

    vendor = replace(useapi.VENDOR, emulator=linked)
    app = sandbox_app([vendor], engine)
    server = Serving(uvicorn.Config(app, log_level="critical", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        assert server.ready.wait(30)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/useapi/v1/runwayml", engine
        finally:
            server.should_exit = True
            thread.join(30)
            engine.close()
