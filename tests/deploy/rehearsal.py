"""`python -m tests.deploy.rehearsal`: what the Dockerfile says, without a container engine, up to an image.

The steps are taken one after the other in an empty folder, whose paths stand for the container's; the image's
Python is an environment made of this one (or of the one that is named). As root the studio runs under the
Dockerfile's own account, which can write to its data alone.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pydantic import JsonValue

from providers.jobs.job import OPEN
from tests.support.ports import Port
from tests.support.servers import ROOT

INSIDE = ("/data", "/src", "/tmp")


def steps(text: str) -> list[tuple[str, str]]:
    """(instruction, the rest of its line) of a Dockerfile, lines that go on joined."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = [line.strip() for line in joined.splitlines()]
    parts = (line.partition(" ") for line in lines if line and not line.startswith("#"))
    return [(name, rest.strip()) for name, _, rest in parts]


@dataclass
class Container:
    """A folder that stands for the container's disk, and what the steps have set."""

    root: Path
    python: str = sys.executable
    environment: dict[str, str] = field(default_factory=dict[str, str])
    folder: Path = Path()
    user: str = ""
    check: Sequence[str] = ()
    command: Sequence[str] = ()

    def there(self, path: str) -> Path:
        """A path of the container on this machine's disk."""
        return self.root / path.lstrip("/")

    def told(self, text: str) -> str:
        """A line in which the container's folders are this machine's."""
        inside = "|".join(INSIDE)
        return re.sub(rf"(?<![\w.])({inside})(?=[/\s]|$)", rf"{self.root}\1", text)

    def take(self, name: str, rest: str) -> None:
        """One step. What an engine alone can do (ports, volumes, signals) needs nothing here."""
        match name:
            case "FROM":
                subprocess.run([self.python, "-m", "venv", str(self.there("python"))], check=True)
                self.environment["PATH"] = f"{self.there('python/bin')}:/usr/bin:/bin"
                self.there("tmp").mkdir(mode=0o1777)
            case "ENV":
                pairs = (pair.partition("=") for pair in shlex.split(rest))
                self.environment |= {key: self.told(value) for key, _, value in pairs}
            case "WORKDIR":
                self.folder = self.there(rest)
                self.folder.mkdir(parents=True, exist_ok=True)
            case "COPY":
                *sources, target = rest.split()
                for source in sources:
                    self._copy(ROOT / source, self.folder / target)
            case "RUN":
                subprocess.run(
                    ["sh", "-ec", self.told(rest)], cwd=self.folder, env=self._whole(), check=True
                )
            case "USER":
                self.user = rest
            case "HEALTHCHECK":
                self.check = json.loads(rest[rest.index("CMD ") + 4 :])
            case "ENTRYPOINT":
                self.command = json.loads(rest)
            case _:
                assert name in ("EXPOSE", "VOLUME", "STOPSIGNAL"), name

    def _copy(self, source: Path, target: Path) -> None:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / source.name)

    def _whole(self) -> Mapping[str, str]:
        index = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        return {**index, "LANG": "C.UTF-8", **self.environment}

    def start(self, command: Sequence[str], **settings: str) -> subprocess.Popen[bytes]:
        """A program in the container, as its user."""
        number, _, group = self.user.partition(":")
        drop = os.getuid() == 0
        found = shutil.which(command[0], path=self.environment["PATH"])
        assert found is not None, command
        return subprocess.Popen(
            [found, *command[1:]],
            cwd=self.folder, env={**self.environment, **settings},
            user=int(number) if drop else None, group=int(group) if drop else None,
            extra_groups=[] if drop else None,
        )  # fmt: skip


def image_made(client: httpx.Client, seconds: float = 120) -> int:
    """The bytes of an image that the sandbox makes for whoever asks by this client."""
    asked: dict[str, JsonValue] = {
        "kind": "image",
        "model": "useapi:image/gen4",
        "prompt": "A lighthouse",
        "options": {},
    }
    job = client.post("jobs", json=asked).raise_for_status().json()
    until = time.monotonic() + seconds
    while job["state"] in OPEN and time.monotonic() < until:
        job = client.get(f"jobs/{job['id']}").raise_for_status().json()
    assert job["state"] == "done", job
    image = client.get(job["artifacts"][0]["url"].lstrip("/")).raise_for_status()
    assert image.headers["content-type"].startswith("image/")
    return len(image.content)


def main() -> int:
    """Build, start, look after its health, make an image, stop in order, and start again on the same data."""
    port = Port()
    with tempfile.TemporaryDirectory(prefix="container-") as name:
        Path(name).chmod(0o755)
        container = Container(Path(name), sys.argv[1] if sys.argv[1:] else sys.executable)
        for step, rest in steps((ROOT / "Dockerfile").read_text(encoding="utf-8")):
            sys.stdout.write(f"{step} {rest}\n")
            container.take(step, rest)
        for _ in range(2):
            run_once(container, port.number)
    port.close()
    return 0


def run_once(container: Container, port: int) -> None:
    """One life of the studio in the container."""
    settings = {"STUDIO_PORT": str(port), "STUDIO_SANDBOX_SPEED": "0"}
    running = container.start(container.command, **settings)
    try:
        until = time.monotonic() + 120
        while container.start(container.check, **settings).wait(30) and time.monotonic() < until:
            assert running.poll() is None
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            bytes_made = image_made(client)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
        sys.stdout.write(
            f"An image of {bytes_made} bytes was made, and the studio stopped in order.\n"
        )
    finally:
        if running.poll() is None:
            running.kill()
            running.wait(10)


if __name__ == "__main__":
    sys.exit(main())
