"""What became of the soak's jobs: the history against the vendors' books, both as they lie on the disk."""

import hashlib
import json
import sqlite3
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from providers.catalogue.money import price_words
from providers.history.journal import Journal
from providers.jobs.job import OPEN, Job
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.engine import Created
from tests.bench import vendors
from tests.bench.figures import Figure
from tests.bench.older import press_of

SCRIPT = "tests/bench/soak.py"
MOST_CREATES = 10
"""Create calls for one press in one second that are no loop without a pause."""
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
    forgotten: int = 0
    """The same of presses that a put-back took from the history and the receipts alike: not lost by us."""
    mixed_up: int = 0
    """Jobs that hold a task which was made for another press."""
    broken: int = 0
    """Jobs that are done and whose files are not here, or not what their row says."""
    unsure: int = 0
    unsure_bought: int = 0
    unbalanced: int = 0
    """Jobs whose money in the ledger does not add up."""
    expired: int = 0
    """Jobs that were given up, though every task here keeps its result."""
    hanging: int = 0
    """Jobs that are still open when nobody works on any."""
    creates: int = 0
    """Create calls for one press in the second that saw most of them."""
    states: Counter[str] = field(default_factory=Counter[str])

    @property
    def wrong(self) -> Mapping[str, int]:
        """What must be zero and is not."""
        rushed = max(0, self.creates - MOST_CREATES)
        told = {
            "bought twice": self.double, "bought and lost": self.lost, "mixed up": self.mixed_up,
            "without files": self.broken,
            "unbalanced": self.unbalanced, "given up": self.expired, "hanging": self.hanging,
            "calls too many": rushed,
        }  # fmt: skip
        return {what: count for what, count in told.items() if count}

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
            ("bought and taken from the history by a put-back", self.forgotten, None),
            ("jobs with another one's task", self.mixed_up, 0),
            ("done without their files", self.broken, 0),
            ("money that does not add up", self.unbalanced, 0),
            ("given up though the result is there", self.expired, 0),
            ("left open by everybody", self.hanging, 0),
            ("create calls for one press in a second, at most", self.creates, MOST_CREATES),
            ("unsure jobs shown", self.unsure, None),
            ("unsure and in truth bought", self.unsure_bought, None),
        )
        for what, value, aim in rows:
            yield Figure(f"Soak, {what}", value, "", aim, SCRIPT, whose)


def count(folder: Path, tallies: Mapping[str, Tally], forgotten: Collection[str]) -> None:
    """Count what lies in this folder, by vendor. `forgotten`: presses that a put-back took from the studio."""
    path = folder / "data" / "jobs.db"
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        rows: list[tuple[str]] = database.execute("select doc from job").fetchall()
    jobs = [Job.model_validate_json(row[0]) for row in rows]
    lines = [
        line
        for book in vendors.books(folder / "vendors")
        if book.exists()
        for line in book.read_text(encoding="utf-8").splitlines()
    ]
    book = [Created.model_validate_json(line) for line in lines]
    journal = Journal(path)
    unbalanced = set(journal.unbalanced())
    journal.close()
    creates = _creates(folder / "vendors" / vendors.CALLS)
    for name, tally in tallies.items():
        mine = [job for job in jobs if job.vendor == name]
        _compare(tally, mine, [one for one in book if one.vendor == name], forgotten)
        tally.broken += sum(not _whole(folder / "data", job) for job in mine)
        tally.unbalanced += sum(job.id in unbalanced for job in mine)
        tally.creates = creates[name]


def _compare(
    tally: Tally, jobs: Sequence[Job], book: Sequence[Created], forgotten: Collection[str]
) -> None:
    tally.states += Counter(job.state for job in jobs)
    tally.jobs, tally.bought = len(jobs), len(book)
    tally.expired, tally.unsure = tally.states["expired"], tally.states["unsure"]
    tally.hanging = sum(job.is_open for job in jobs)
    # Lists, since a vendor that takes our own id for its task has the same one in every world.
    tasks: dict[str, list[str]] = {}
    for one in book:
        press = press_of(json.dumps(one.body, ensure_ascii=False))
        tasks.setdefault(press, []).append(one.task)
    tally.double = sum(len(bought) - 1 for bought in tasks.values())
    held = {job.ticket.task: press_of(job.request.prompt) for job in jobs if job.ticket is not None}
    tally.mixed_up = sum(
        press != held.get(task, press) for press, bought in tasks.items() for task in bought
    )
    shown = {press_of(job.request.prompt) for job in jobs if _is_shown(job)}
    unsure = {press_of(job.request.prompt) for job in jobs if job.state == "unsure"}
    tally.unsure_bought = len(unsure & tasks.keys())
    for press, bought in tasks.items():
        missing = 0 if press in shown else sum(task not in held for task in bought)
        if press in forgotten:
            tally.forgotten += missing
        else:
            tally.lost += missing


def _creates(path: Path) -> Mapping[str, int]:
    times: dict[tuple[str, str], list[float]] = {}
    for line in path.read_text().splitlines():
        vendor, moment, press = line.split(" ")
        times.setdefault((vendor, press), []).append(float(moment))
    most = dict.fromkeys((vendor.name for vendor in VENDORS), 0)
    for (vendor, _), moments in times.items():
        most[vendor] = max(most[vendor], _most_in_a_second(moments))
    return most


def _most_in_a_second(moments: Sequence[float]) -> int:
    starts = [bisect_left(moments, moment - 1.0) for moment in moments]
    return max(number - start + 1 for number, start in enumerate(starts))


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
