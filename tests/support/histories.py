"""Histories for tests: jobs without a studio, written straight into a journal."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from providers.catalogue.requests import ImageRequest
from providers.durability.opening import open_history
from providers.history.journal import Journal
from providers.history.rows import row_sum
from providers.jobs.job import Artifact, Job, State, new_id
from providers.library.vault import StoredFile, Vault
from providers.vendors.vendor import Ticket
from tests.support.fake_vendor import MODEL, png


def a_job(
    journal: Journal, prompt: str = "a red fox", state: State = "done", **more: object
) -> Job:
    """Put a job into the history as if it had got there by itself."""
    sent = state not in ("waiting",)
    job = Job(
        id=new_id(), owner="local", client_request_id="", token=new_id(), sandbox=True,
        request=ImageRequest(model=MODEL.id, prompt=prompt), state=state,
        revision=journal.revisions.next(), created=time.time(), updated=time.time(),
        submitted=time.time() if sent else None,
        ticket=Ticket(task=f"task-{new_id()}", short="task") if sent else None,
    ).model_copy(update=more)  # fmt: skip
    journal.add(job, job.request)
    if job.artifacts:
        journal.write(job, note=False)
    return job


def an_artifact(vault: Vault, colour: int = 1, **more: object) -> Artifact:
    """A picture in the vault, and its row, which is not in any history yet."""
    kept = a_file(vault, png(colour))
    artifact = Artifact(
        id=new_id(), owner="local", kind="image", sha256=kept.sha256, media_type="image/png",
        bytes=kept.bytes, width=40, height=30, name=f"fox-{colour}.png", sandbox=True,
        created=time.time(),
    )  # fmt: skip
    return artifact.model_copy(update=more)


def a_file(vault: Vault, content: bytes) -> StoredFile:
    """Bytes in the vault."""
    part = vault.part()
    part.write_bytes(content)
    return vault.keep(part)


def spoil(path: Path, content: bytes) -> None:
    """Change a kept file, as a failing disk would."""
    path.chmod(0o600)
    path.write_bytes(content)


def a_history(folder: Path, jobs: int = 3) -> list[Job]:
    """A data folder in which the studio has worked and ended in order."""
    vault = Vault(folder, reserve=1 << 20)
    vault.open()
    journal = open_history(vault)
    made: list[Job] = []
    for number in range(jobs):
        artifact = an_artifact(vault, number % 5, number=1)
        job = a_job(journal, f"fox {number}")
        job = job.model_copy(update={"artifacts": (artifact.model_copy(update={"job": job.id}),)})
        journal.write(job, note=False)
        made.append(job)
    journal.close()
    vault.close()
    return made


def opened(folder: Path) -> Journal:
    """The history of a folder, opened as the studio does, with the vault closed behind it."""
    vault = Vault(folder, reserve=0)
    vault.open()
    try:
        return open_history(vault)
    finally:
        vault.close()


def as_if_killed(folder: Path) -> None:
    """Sign the lock as a process does that was never able to sign off."""
    (folder / "LOCK").write_text(f"{os.getpid():<19}\n")


def many_jobs(path: Path, count: int) -> None:
    """So many jobs that are being made at the vendor, all in one write."""
    with closing(Journal(path)) as journal:
        a_job(journal, "one of many", "running")
    multiply(path, count)


def twin(text: str, name: str, number: int) -> str:
    """A text in which another task stands in the place of this one."""
    return text.replace(name, f"{name[:-12]}{number:012x}")


def multiply(path: Path, each: int) -> None:
    """Make so many of every job in this history, each with a task of its own, all in one write."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("delete from event")
        columns = [row[1] for row in database.execute("pragma table_info(job)")]
        rows: list[tuple[object, ...]] = []
        for place, row in enumerate(database.execute("select * from job").fetchall()):
            held = dict(zip(columns, row, strict=True))
            job = Job.model_validate_json(held["doc"])
            assert job.ticket is not None
            for number in range(1, each):
                name = f"{place * each + number:025x}"
                task = twin(job.ticket.task, job.ticket.task, number)
                ticket = job.ticket.model_copy(update={"task": task, "short": name})
                made = job.model_copy(update={"id": name, "token": name, "ticket": ticket})
                doc = made.model_dump_json()
                own = {"id": name, "token": name, "task": task, "doc": doc, "row_sum": row_sum(doc)}
                rows.append(tuple((held | own).values()))
        marks = ", ".join("?" * len(columns))
        database.executemany(f"insert into job values ({marks})", rows)
