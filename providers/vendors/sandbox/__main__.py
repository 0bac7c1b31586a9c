"""`python -m providers.vendors.sandbox`: the emulators over real HTTP, for this machine only."""

import argparse
import tempfile
from pathlib import Path

import uvicorn

from providers.terminal import command, named_folder, show_everything
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock, Engine


def main() -> None:
    """Read the command line and serve until stopped."""
    show_everything()
    reader = argparse.ArgumentParser(
        prog=command("sandbox"),
        description="Serves the vendors' APIs, offline and free, under /<vendor> on 127.0.0.1.",
    )
    reader.add_argument("--port", type=int, default=8790, help="0 takes a free one (default 8790)")
    reader.add_argument(
        "--speed", type=float, default=1.0, help="how long tasks take: 1 a few seconds, 0 at once"
    )
    reader.add_argument(
        "--folder",
        type=named_folder,
        help="where tasks and files are kept (default: until it stops)",
    )
    given = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="sandbox-") as passing:
        engine = Engine(Clock(given.speed), given.folder or Path(passing))
        try:
            uvicorn.run(
                sandbox_app(VENDORS, engine),
                host="127.0.0.1",
                port=given.port,
                log_level="warning",
                timeout_graceful_shutdown=2,
            )
        finally:
            engine.close()


if __name__ == "__main__":
    main()
