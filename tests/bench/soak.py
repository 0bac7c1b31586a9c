"""`python -m tests.bench.soak --kills 200`: real kills of a real process, and what the vendors' book says.

All four vendors at once, until each of them was struck so often while a job of it was on its way.
"""

import argparse
import hashlib
import json
import multiprocessing
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path

from providers.jobs.job import OPEN, Job
from providers.jobs.journal import Journal
from providers.jobs.ledger import price_words
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.engine import Created
from tests.bench import lives, rig
from tests.bench.figures import Figure, record, table, write_readme
from tests.bench.lives import Life
from tests.chaos.rig import quoted

SCRIPT = "tests/bench/soak.py"
USUAL_KILLS = 20
MOST_CHANGES = 120
"""A kill strikes after so many changes of jobs at most, however busy the machine is,"""
LATEST = 0.03
"""and up to so many seconds later."""
LONGEST_LIFE = 10.0
"""Seconds after which a process is killed, whatever it did."""
STRUCK = "('submitting', 'queued', 'running', 'saving')"
UNRESOLVED = OPEN | {"unsure"}


@dataclass
class Tally:
    """What became of the jobs of one vendor, or of all."""

    kills: int = 0
    """Kills that struck while a job was on its way at the vendor."""
    sending: int = 0
    """Those of them that struck while the answer to a create call was not known."""
    jobs: int = 0
    bought: int = 0
    """Tasks in the vendor's book."""
    double: int = 0
    """Purchases beyond the first for one press."""
    lost: int = 0
    """Purchases that no job refers to and no unsure job shows with its price."""
    broken: int = 0
    """Jobs that are done and whose files are not here, or not what their row says."""
    unsure: int = 0
    unsure_bought: int = 0
    unbalanced: int = 0
    """Jobs whose money in the ledger does not add up."""
    states: Counter[str] = field(default_factory=Counter[str])

    @property
    def wrong(self) -> tuple[int, int, int, int]:
        """What must be zero."""
        return self.double, self.lost, self.broken, self.unbalanced

    def figures(self, whose: str) -> Iterator[Figure]:
        """The same, to be printed."""
        rows: Sequence[tuple[str, float, float | None]] = (
            ("kills with a job on its way", self.kills, None),
            ("kills with a create call unanswered", self.sending, None),
            ("jobs", self.jobs, None),
            ("jobs done", self.states["done"], None),
            ("tasks in the vendor's book", self.bought, None),
            ("bought twice", self.double, 0),
            ("bought and lost", self.lost, 0),
            ("done without their files", self.broken, 0),
            ("money that does not add up", self.unbalanced, 0),
            ("unsure jobs shown", self.unsure, None),
            ("unsure and in truth bought", self.unsure_bought, None),
        )
        for what, value, aim in rows:
            yield Figure(f"Soak, {what}", value, "", aim, SCRIPT, whose)


@dataclass
class Outcome:
    """All vendors' tallies, and how often the process was killed."""

    kills: int = 0
    vendors: Mapping[str, Tally] = field(
        default_factory=lambda: {vendor.name: Tally() for vendor in VENDORS}
    )

    def figures(self) -> Iterator[Figure]:
        """The same, to be printed."""
        yield Figure("Soak, kills of the process", self.kills, "", None, SCRIPT)
        for vendor in VENDORS:
            yield from self.vendors[vendor.name].figures(vendor.label)


def measure() -> Iterator[Figure]:
    """Twenty kills for each vendor."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        yield from soak(Path(name), USUAL_KILLS).figures()


def soak(
    folder: Path, kills: int, *, seed: int = 0, between: Callable[[Path], object] | None = None
) -> Outcome:
    """Kill a working studio until every vendor was struck so often, let the last one come to rest, count.

    `between` does something to the data folder of a dead process before the next one starts.
    """
    context = multiprocessing.get_context("forkserver")
    # Imported once: what is tried is the work, and not the loading of modules.
    context.set_forkserver_preload(["tests.bench.lives"])
    chance, port, outcome = random.Random(seed), rig.free_port(), Outcome()
    args = (port, folder / "vendors", seed)
    vendors = context.Process(target=lives.serve, args=args, daemon=True)
    vendors.start()
    rig.wait_for(f"http://127.0.0.1:{port}/book")
    try:
        while min(tally.kills for tally in outcome.vendors.values()) < kills:
            outcome.kills += 1
            changes, later = chance.randint(0, MOST_CHANGES), chance.uniform(0.0, LATEST)
            number = seed + outcome.kills
            live(context, Life(folder / "data", port, rig.free_port(), number, changes), later)
            strike(folder / "data", outcome)
            if between is not None:
                between(folder / "data")
        live(context, Life(folder / "data", port, rig.free_port(), seed, None), None)
    finally:
        vendors.kill()
        vendors.join()
    count(folder, outcome)
    return outcome


def live(context: ForkServerContext, life: Life, later: float | None) -> None:
    """One life of the studio: killed so many seconds after it is ripe. None: until all is at rest."""
    here, there = context.Pipe(duplex=False)
    studio = context.Process(target=lives.work, args=(life, there), daemon=True)
    studio.start()
    there.close()
    if later is not None:
        here.poll(LONGEST_LIFE)
    studio.join(later)
    studio.kill()
    studio.join()
    here.close()


# Counting


def strike(data: Path, outcome: Outcome) -> None:
    """Note what was on its way when the process was killed."""
    # Read-only: another connection would put the log away when it closes, as no kill does.
    with closing(sqlite3.connect(f"file:{data / 'jobs.db'}?mode=ro", uri=True)) as database:
        rows: list[tuple[str, int]] = database.execute(
            "select vendor, max(state = 'submitting' and json_extract(doc, '$.submitted') not null)"
            f" from job where state in {STRUCK} group by vendor"
        ).fetchall()
    for vendor, sending in rows:
        outcome.vendors[vendor].kills += 1
        outcome.vendors[vendor].sending += bool(sending)


def count(folder: Path, outcome: Outcome) -> None:
    """Compare the journal with the vendors' book, both as they lie on the disk."""
    path = folder / "data" / "jobs.db"
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        rows: list[tuple[str]] = database.execute("select doc from job").fetchall()
    jobs = [Job.model_validate_json(row[0]) for row in rows]
    lines = (folder / "vendors" / "book.jsonl").read_text(encoding="utf-8").splitlines()
    book = [Created.model_validate_json(line) for line in lines]
    journal = Journal(path)
    unbalanced = set(journal.unbalanced())
    journal.close()
    for name, tally in outcome.vendors.items():
        mine = [job for job in jobs if job.vendor == name]
        _compare(tally, mine, [one for one in book if one.vendor == name])
        tally.broken += sum(not _whole(folder / "data", job) for job in mine)
        tally.unbalanced += sum(job.id in unbalanced for job in mine)


def _compare(tally: Tally, jobs: Sequence[Job], book: Sequence[Created]) -> None:
    bodies = [json.dumps(one.body, ensure_ascii=False) for one in book]
    held = {job.ticket.task for job in jobs if job.ticket is not None}
    tally.jobs, tally.bought = len(jobs), len(book)
    accounted: set[int] = set()
    for job in jobs:
        mine = [n for n, body in enumerate(bodies) if quoted(job.request.prompt) in body]
        tally.states[job.state] += 1
        tally.double += max(0, len(mine) - 1)
        tally.unsure += job.state == "unsure"
        tally.unsure_bought += job.state == "unsure" and bool(mine)
        accounted |= {n for n in mine if book[n].task in held or _is_shown(job)}
    tally.lost += len(book) - len(accounted)


def _is_shown(job: Job) -> bool:
    """Whether the person is asked about this job, and told what it may cost."""
    if job.state not in UNRESOLVED or job.error is None:
        return False
    return job.estimate is None or price_words(job.estimate) in job.error.message


def _whole(data: Path, job: Job) -> bool:
    for artifact in job.artifacts:
        path = data / "artifacts" / artifact.sha256[:2] / artifact.sha256
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != artifact.sha256:
            return False
    return bool(job.artifacts) or job.state != "done"


def main() -> None:
    """Read the command line, soak, and print."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench.soak")
    reader.add_argument("--kills", type=int, default=200, help="for each vendor")
    reader.add_argument("--seed", type=int, default=0)
    reader.add_argument("--record", action="store_true", help="put the figures into README")
    given = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        outcome = soak(Path(name), given.kills, seed=given.seed)
    figures = list(outcome.figures())
    print(table(figures), flush=True)
    for vendor, tally in outcome.vendors.items():
        print(f"{vendor}: {dict(tally.states)}")
    if given.record:
        record(figures)
        write_readme()
    if any(any(tally.wrong) for tally in outcome.vendors.values()):
        raise SystemExit("Something was bought twice or lost.")


if __name__ == "__main__":
    main()
