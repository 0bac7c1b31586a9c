"""Histories for tests: jobs without a studio, written straight into a journal."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from providers.catalogue.requests import ImageRequest
from providers.jobs.job import Artifact, Job, State, new_id
from providers.jobs.journal import Journal
from providers.jobs.opening import open_history
from providers.jobs.rows import row_sum
from providers.library.vault import Kept, Vault
from providers.vendors.vendor import Ticket
from tests.fake_vendor import MODEL, png


def a_job(
    journal: Journal, prompt: str = "a red fox", state: State = "done", **more: object
) -> Job:
    """Put a job into the history as if it had got there by itself."""
    sent = state not in ("waiting",)
    job = Job(
        id=new_id(), owner="local", client_request_id="", token=new_id(), sandbox=True,
        request=ImageRequest(model=MODEL.id, prompt=prompt), state=state,
        revision=journal.next_revision(), created=time.time(), updated=time.time(),
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


def a_file(vault: Vault, content: bytes) -> Kept:
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
        job = a_job(journal, "one of many", "running")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("delete from event")
        columns = [row[1] for row in database.execute("pragma table_info(job)")]
        (row,) = database.execute("select * from job").fetchall()
        rows: list[tuple[object, ...]] = []
        for number in range(1, count):
            name = f"{number:025x}"
            ticket = Ticket(task=f"task-{number}", short=name)
            made = job.model_copy(update={"id": name, "token": name, "ticket": ticket})
            doc = made.model_dump_json()
            own = {
                "id": name,
                "token": name,
                "task": ticket.task,
                "doc": doc,
                "row_sum": row_sum(doc),
            }
            rows.append(tuple((dict(zip(columns, row, strict=True)) | own).values()))
        marks = ", ".join("?" * len(columns))
        database.executemany(f"insert into job values ({marks})", rows)
