"""What the Settings tab shows of a studio: versions, sizes, connections and the sandbox's words."""

import importlib.metadata
import platform
from collections.abc import Iterable

from pydantic import JsonValue

from providers.jobs.journal import Journal
from providers.jobs.schema import SQLITE_VERSION
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.vendors.connection import Connection, Sandbox

VERSION = "0.1.0"
PARTS = ("gradio", "httpx", "pydantic", "diskcache", "av", "pillow", "websockets")


def status(
    journal: Journal,
    vault: Vault,
    derived: Derived,
    connections: Iterable[Connection],
    sandbox: Sandbox,
) -> dict[str, JsonValue]:
    """`version`, `versions`, `data`, `connections` and `sandbox`, as JSON."""
    from providers.vendors.sandbox.engine import SANDBOX_WORDS

    jobs, artifacts = journal.sizes()
    return {
        "version": VERSION,
        "versions": _versions(),
        "data": {
            "folder": str(vault.folder),
            "bytes": vault.size()[0] + derived.size(),
            "artifacts": artifacts,
            "jobs": jobs,
            "free": vault.free(),
        },
        "connections": [connection.shown() for connection in connections],
        "sandbox": {
            "speed": sandbox.speed,
            "words": [{"word": one, "effect": text} for one, text in SANDBOX_WORDS.items()],
        },
    }


def _versions() -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {
        "python": platform.python_version(),
        "sqlite": SQLITE_VERSION,
    }
    for name in PARTS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
