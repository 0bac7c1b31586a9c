"""What the Settings tab shows of a studio: versions, sizes, connections and the sandbox's words."""

from collections.abc import Iterable

from pydantic import JsonValue

from providers.about import VERSION, versions
from providers.jobs.journal import Journal
from providers.jobs.keeper import Keeper
from providers.jobs.verify import Checks
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.vendors.connection import Connection, Sandbox


def status(
    journal: Journal,
    vault: Vault,
    derived: Derived,
    connections: Iterable[Connection],
    sandbox: Sandbox,
    keeper: Keeper,
    checks: Checks,
) -> dict[str, JsonValue]:
    """`version`, `versions`, `data`, `connections` and `sandbox`, as JSON.

    Of `data`, `damaged` counts rows and files, `harmed` names the files, `unknown` counts those without a
    row, and `checked` is when the last weekly check of all files ended; None: never.
    """
    from providers.vendors.sandbox.engine import SANDBOX_WORDS

    jobs, artifacts = journal.sizes()
    harmed: list[JsonValue] = [
        {"wrong": harm, "artifact": row.id, "job": row.job, "name": row.name}
        for harm, row in keeper.rounds.harmed_rows()
    ]
    return {
        "version": VERSION,
        "versions": versions(),
        "data": {
            "folder": str(vault.folder),
            "bytes": vault.size()[0] + derived.size(),
            "artifacts": artifacts,
            "jobs": jobs,
            "free": vault.free(),
            "damaged": journal.damaged() + len(keeper.rounds.found.harmed),
            "harmed": harmed,
            "unknown": len(keeper.rounds.found.unknown),
            "checked": keeper.rounds.found.ended or None,
            "notice": keeper.notice,
            "check": checks.public(),
        },
        "connections": [connection.shown() for connection in connections],
        "sandbox": {
            "speed": sandbox.speed,
            "words": [{"word": one, "effect": text} for one, text in SANDBOX_WORDS.items()],
        },
    }


def notices(
    journal: Journal, vault: Vault, connections: Iterable[Connection], notice: str, least: int
) -> dict[str, JsonValue]:
    """What people should know before they go on, quick to ask for: `damaged`, `notice`, `free`, `least`.

    `least` is how many bytes must be free for a new job; `connections` are those in trouble.
    """
    shown = [connection.shown() for connection in connections]
    return {
        "damaged": journal.damaged(),
        "notice": notice,
        "free": vault.free(),
        "least": least,
        "connections": [one for one in shown if one.get("trouble")],
    }
