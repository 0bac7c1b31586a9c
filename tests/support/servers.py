"""The studio as its users start it: `python app.py` in a process of its own, on a free port."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from pydantic import JsonValue

from tests.support.ports import Port

ROOT = Path(__file__).parents[2]
READY = "Multishot Studio is ready: "


class StudioServer:
    """One data folder and the process that serves it; it may be stopped, killed and started again."""

    def __init__(
        self, folder: Path, *, port: int = 0, module: str = "app", **settings: str
    ) -> None:
        self.folder = folder
        self.port = port
        self._own: Port | None = None
        self.module = module
        self.settings = settings
        self.url = ""
        self.told = ""
        self.log = folder.parent / f"{folder.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def environment(self) -> Mapping[str, str]:
        """This process's environment without keys and settings, and the server's own settings."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("STUDIO_", "SPACE_", "GRADIO_"))
            and not name.endswith(("_TOKEN", "_API_KEY", "_API_SECRET"))
        }
        own = {"STUDIO_DATA_DIR": str(self.folder), "STUDIO_PORT": str(self.port)}
        return {**clean, "STUDIO_SANDBOX_SPEED": "0", **own, **self.settings}

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running process."""
        assert self._process is not None, "The server was not started."
        return self._process

    def command(self) -> list[str]:
        """What runs: `app.py`, or a module of the tests that serves the same page."""
        if self.module == "app":
            return [sys.executable, str(ROOT / "app.py")]
        way = f"import sys, runpy; sys.path.insert(0, {str(ROOT)!r})"
        way += f"; runpy.run_module({self.module!r}, run_name='__main__')"
        return [sys.executable, "-c", way]

    def start(self, seconds: float = 180) -> "StudioServer":
        """Start and wait for the line that says where. The same port is taken again after a stop."""
        if not self.port:
            self._own = Port()
            self.port = self._own.number
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                cwd=self.folder.parent,
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=log,
            )
        line = self._first_line(time.monotonic() + seconds)
        if not line.startswith(READY):
            # Else the next test is blamed for the open pipe.
            self.kill()
        assert line.startswith(READY), f"No address: {line!r} {self.log.read_text()[-2000:]}"
        self.told = line
        self.url = line.removeprefix(READY).split()[0]
        return self

    def _first_line(self, until: float) -> str:
        out = self.process.stdout
        assert out is not None
        held = b""
        while b"\n" not in held:
            ready, _, _ = select.select([out], [], [], max(0.0, until - time.monotonic()))
            chunk = os.read(out.fileno(), 4096) if ready else b""
            if not chunk:
                break
            held += chunk
        return held.decode(errors="replace")

    def stop(self, seconds: float = 30) -> int:
        """Ask it to stop as a service manager does, and return the exit code."""
        return self._end(signal.SIGTERM, seconds)

    def kill(self) -> int:
        """End it without any warning."""
        return self._end(signal.SIGKILL, 10)

    def _end(self, sign: signal.Signals, seconds: float) -> int:
        self.process.send_signal(sign)
        try:
            return self.process.wait(seconds)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(10)
            if self.process.stdout is not None:
                self.process.stdout.close()

    def close(self) -> None:
        """End it if it still runs, and leave its port."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        if self._own is not None:
            self._own.close()

    def get(self, path: str) -> JsonValue:
        """The JSON at a path."""
        return httpx.get(f"{self.url}/{path}", timeout=30).raise_for_status().json()
