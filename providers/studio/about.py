"""What this is and what it stands on: the version, and those of the parts that matter."""

import importlib.metadata
import platform

from providers.history.schema import SQLITE_VERSION

NAME = "Multishot Studio"
VERSION = "0.1.0"
PARTS = ("gradio", "httpx", "pydantic", "diskcache", "av", "pillow", "websockets")


def versions() -> dict[str, str]:
    """Versions by name, of the parts that are installed."""
    found: dict[str, str] = {
        "python": platform.python_version(),
        "sqlite": SQLITE_VERSION,
    }
    for name in PARTS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
