"""`python -m tests.bench.soak --kills 200`: real kills of a real process, and what the vendors' books say.

All four vendors at once, until each of them was struck so often while a job of it was on its way. `--chaos`
says what happens beside it: `redirects,odd_waits,exchanged_keys,put_backs`, all of it where nothing is said.
"""

import argparse
import multiprocessing
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerContext
from pathlib import Path

import httpx

from providers.vendors.all import VENDORS
from tests.bench import lives, rig, vendors
from tests.bench.chaos import Chaos
from tests.bench.figures import Figure, record, table, write_readme
from tests.bench.lives import OTHERS, OWN, Account, Life
from tests.bench.older import Older
from tests.bench.tally import SCRIPT, Tally, count

USUAL_KILLS = 20
MOST_CHANGES = 120
"""A kill strikes after so many changes of jobs at most, however busy the machine is,"""
LATEST = 0.03
"""and up to so many seconds later."""
LONGEST_LIFE = 10.0
"""Seconds after which a process is killed, whatever it did."""
LONGEST_REST = 120.0
"""Seconds after which what is still open will never end."""
EXCHANGED = 1 / 8
"""Share of lives in which another account or address is used, for each vendor."""
FORGETFUL = 1 / 4
"""Share of lives in which the receipts of ended jobs go, since hours pass."""
STRUCK = "('submitting', 'queued', 'running', 'saving')"


@dataclass
class Outcome:
    """All vendors' tallies, and how often the process was killed."""

    kills: int = 0
    put_backs: int = 0
    vendors: Mapping[str, Tally] = field(
        default_factory=lambda: {vendor.name: Tally() for vendor in VENDORS}
    )

    def figures(self) -> Iterator[Figure]:
        """The same, to be printed."""
        yield Figure("Soak, kills of the process", self.kills, "", None, SCRIPT)
        yield Figure("Soak, older folders put back", self.put_backs, "", None, SCRIPT)
        for vendor in VENDORS:
            yield from self.vendors[vendor.name].figures(vendor.label)


def measure() -> Iterator[Figure]:
    """Twenty kills for each vendor."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        yield from soak(Path(name), USUAL_KILLS).figures()


def soak(
    folder: Path,
    kills: int,
    *,
    seed: int = 0,
    chaos: Chaos | None = None,
    between: Callable[[Path], object] | None = None,
) -> Outcome:
    """Kill a working studio until every vendor was struck so often, let the last ones come to rest, count.

    `between` does something to the data folder of a dead process before the next one starts.
    """
    chaos = chaos or Chaos()
    context = multiprocessing.get_context("forkserver")
    # Imported once: what is tried is the work, and not the loading of modules.
    context.set_forkserver_preload(["tests.bench.lives"])
    port, outcome = rig.free_port(), Outcome()
    args = (port, folder / "vendors", seed, chaos)
    serving = context.Process(target=vendors.serve, args=args, daemon=True)
    serving.start()
    rig.wait_for(f"http://127.0.0.1:{port}/book")
    older = Older(folder / "data", random.Random(seed))
    try:
        with rig.reserved(len(VENDORS)) as ports:
            doors = dict(zip([vendor.name for vendor in VENDORS], ports, strict=True))
            drawn = Drawn(folder / "data", port, doors, chaos, seed)
            while min(tally.kills for tally in outcome.vendors.values()) < kills:
                outcome.kills += 1
                live(context, *drawn.next(outcome.kills))
                strike(folder / "data", outcome)
                if between is not None:
                    between(folder / "data")
                if chaos.put_backs:
                    older.between()
            httpx.post(f"http://127.0.0.1:{port}/calm")
            for life in drawn.last():
                live(context, life, None)
    finally:
        serving.kill()
        serving.join()
    outcome.put_backs = older.times
    count(folder, outcome.vendors, older.forgotten)
    return outcome


class Drawn:
    """The lives of a studio, as chance has them."""

    def __init__(
        self, data: Path, port: int, doors: Mapping[str, int], chaos: Chaos, seed: int
    ) -> None:
        self._life = Life(data, port, doors, seed, None)
        self._chaos = chaos
        self._chance = random.Random(seed)

    def next(self, number: int) -> tuple[Life, float]:
        """One that is killed, and how many seconds after it is ripe."""
        chance = self._chance
        changes, later = chance.randint(0, MOST_CHANGES), chance.uniform(0.0, LATEST)
        accounts = {
            vendor.name: chance.choice(OTHERS)
            for vendor in VENDORS
            if self._chaos.exchanged_keys and chance.random() < EXCHANGED
        }
        hours = 2 if self._chaos.put_backs and chance.random() < FORGETFUL else 0
        seed = self._life.seed + number
        life = replace(self._life, seed=seed, changes=changes, accounts=accounts, hours=hours)
        return life, later

    def last(self) -> Iterator[Life]:
        """Those that come to rest: one with each account, the own one at the end."""
        accounts: tuple[Account, ...] = (*OTHERS, OWN) if self._chaos.exchanged_keys else (OWN,)
        for account in accounts:
            everywhere = {vendor.name: account for vendor in VENDORS}
            yield replace(self._life, accounts=everywhere)


def live(context: ForkServerContext, life: Life, later: float | None) -> None:
    """One life of the studio: killed so many seconds after it is ripe. None: until nobody works on a job."""
    here, there = context.Pipe(duplex=False)
    studio = context.Process(target=lives.work, args=(life, there), daemon=True)
    studio.start()
    there.close()
    if later is not None:
        here.poll(LONGEST_LIFE)
    studio.join(LONGEST_REST if later is None else later)
    studio.kill()
    studio.join()
    here.close()


def strike(data: Path, outcome: Outcome) -> None:
    """Note what was on its way when the process was killed."""
    if not (data / "jobs.db").exists():
        # On a busy machine one may be killed before it has begun.
        return
    # Read-only: another connection would put the log away when it closes, as no kill does.
    with closing(sqlite3.connect(f"file:{data / 'jobs.db'}?mode=ro", uri=True)) as database:
        rows: list[tuple[str, int]] = database.execute(
            "select vendor, max(state = 'submitting' and json_extract(doc, '$.submitted') not null)"
            f" from job where state in {STRUCK} group by vendor"
        ).fetchall()
    for vendor, sending in rows:
        outcome.vendors[vendor].kills += 1
        outcome.vendors[vendor].sending += bool(sending)


def main() -> None:
    """Read the command line, soak, and print."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench.soak")
    reader.add_argument("--kills", type=int, default=200, help="for each vendor")
    reader.add_argument("--seed", type=int, default=0)
    reader.add_argument("--chaos", type=Chaos.of, default=Chaos(), help="what happens beside it")
    reader.add_argument("--record", action="store_true", help="put the figures into README")
    given = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        outcome = soak(Path(name), given.kills, seed=given.seed, chaos=given.chaos)
    figures = list(outcome.figures())
    print(table(figures), flush=True)
    for vendor, tally in outcome.vendors.items():
        print(f"{vendor}: {dict(tally.states)} {dict(tally.wrong) or ''}")
    if given.record:
        record(figures)
        write_readme()
    if any(tally.wrong for tally in outcome.vendors.values()):
        raise SystemExit("Something was bought twice or lost.")


if __name__ == "__main__":
    main()
