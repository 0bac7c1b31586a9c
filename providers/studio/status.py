"""Upkeep: how history, files and connections are, and what a person can do about them."""

from collections.abc import Callable, Collection, Mapping

from pydantic import JsonValue

from providers.durability.maintenance import Keeper
from providers.durability.opening import FAR
from providers.durability.verify import Report, adopt, shown_harm
from providers.history.journal import Journal
from providers.jobs.job import Job
from providers.jobs.reservations import LEAST_FREE
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.pools import PAGES
from providers.studio.about import VERSION, versions
from providers.vendors.connection import Connection, Sandbox


class Upkeep:
    """What the Settings tab and the notices show. `parts` gives the open history and its keeper;
    `publish` shows a new job on its owner's pages, on the server's loop."""

    def __init__(
        self,
        vault: Vault,
        derived: Derived,
        connections: Mapping[str, Connection],
        sandbox: Sandbox,
        parts: Callable[[], tuple[Journal, Keeper]],
        clock: Callable[[], float],
        publish: Callable[[Job], None],
    ) -> None:
        self._vault = vault
        self._derived = derived
        self._connections = connections
        self._sandbox = sandbox
        self._parts = parts
        self._clock = clock
        self._publish = publish

    async def verify(self) -> Report:
        """Hash every original, and compare all with the history; takes as long as reading them does."""
        return await self._parts()[1].rounds.whole()

    async def adopt(self, owner: str, names: Collection[str] = ()) -> tuple[list[Job], list[str]]:
        """Make these files without a row finished jobs of this owner's; no names: all. And what was refused."""
        journal = self._parts()[0]

        def take() -> tuple[list[Job], list[str]]:
            jobs, refused = adopt(journal, self._vault, owner, names, self._clock())
            return [journal.job(job.id) for job in jobs], refused

        taken, refused = await PAGES.run(take)
        for job in taken:
            self._publish(job)
        return taken, refused

    def status(self, owner: str) -> dict[str, JsonValue]:
        """`version`, `versions`, `data`, `connections` and `sandbox`, as JSON.

        Of `data`, `damaged` counts rows and files, `harmed` names the owner's files, `harmed_others` counts
        other people's, `unknown` names those without a row, and `checked` is when the last check of all
        files ended; None: never. `checking`: one is at work.
        """
        from providers.vendors.sandbox.engine import SANDBOX_WORDS

        journal, keeper = self._parts()
        jobs, artifacts = journal.sizes()
        return {
            "version": VERSION,
            "versions": versions(),
            "data": {
                "folder": str(self._vault.folder),
                "bytes": self._vault.size()[0] + self._derived.size(),
                "artifacts": artifacts,
                "jobs": jobs,
                "free": self._vault.free(),
                "damaged": journal.damaged() + len(keeper.rounds.found.harmed),
                **shown_harm(keeper.rounds.harmed_rows(), owner),
                "unknown": [*keeper.rounds.unknown()],
                "checked": keeper.rounds.found.ended or None,
                "notice": keeper.notice or ("" if journal.uses_log else FAR),
                "checking": keeper.rounds.checking,
            },
            "connections": [*self._shown()],
            "sandbox": {
                "speed": self._sandbox.speed,
                "words": [{"word": one, "effect": text} for one, text in SANDBOX_WORDS.items()],
            },
        }

    def notices(self) -> dict[str, JsonValue]:
        """What people should know on every tab, quick to ask for: `damaged`, `harmed`, `notice`, `free`.

        `least` is how many bytes must be free for a new job; `connections` are those in trouble.
        """
        journal, keeper = self._parts()
        return {
            "damaged": journal.damaged(),
            "harmed": len(keeper.rounds.found.harmed),
            "notice": " ".join(filter(None, (keeper.notice, "" if journal.uses_log else FAR))),
            "free": self._vault.free(),
            "least": LEAST_FREE + journal.room_held(),
            "connections": [one for one in self._shown() if one.get("trouble")],
        }

    def _shown(self) -> list[dict[str, JsonValue]]:
        return [connection.shown() for connection in self._connections.values()]
