"""A data folder with a long past: jobs of all three kinds, over a month, in all the ways they end."""

import time
from pathlib import Path

from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.durability.opening import open_history
from providers.history.journal import Journal
from providers.history.new_job import NewJob
from providers.jobs import failures
from providers.jobs.job import Artifact, Job, State, new_id
from providers.library.vault import Vault
from tests.support.histories import an_artifact

DAYS = 30
SUBJECTS = ("lighthouse", "heron", "kite", "fox", "harbour", "orchard", "glacier")
TAGS = ((), (), ("client a",), (), ("client b", "night"), (), ("night",), ())
MODELS: tuple[tuple[str, str], ...] = (
    ("image", "useapi:image/gen4"),
    ("image", "runware:image/google:4@1"),
    ("video", "useapi:video/veo-3.1"),
    ("image", "useapi:image/nano-banana"),
    ("multishot", "useapi:multishot/kling-3.0-pro"),
)
STATES: tuple[State, ...] = ("done", "done", "done", "failed", "done", "done", "cancelled", "done")


def long_history(folder: Path, count: int) -> None:
    """Write it where a studio has not been yet, in one transaction."""
    vault = Vault(folder, reserve=1 << 20)
    vault.open()
    journal = open_history(vault)
    files = [an_artifact(vault, colour) for colour in range(5)]
    jobs = [_job(journal, files, number, count) for number in range(count)]

    def write() -> None:
        for job in jobs:
            journal.enter(NewJob(job, job.request))
            journal.artifacts.keep(job.artifacts)

    journal.database.write(write)
    journal.close()
    vault.close()


def _job(journal: Journal, files: list[Artifact], number: int, count: int) -> Job:
    state = STATES[number % len(STATES)]
    created = time.time() - DAYS * 86400 * (count - number) / count
    name = f"{int(created * 1e6):015x}{number:010x}"
    return Job(
        id=name, owner="local", client_request_id="", token=name, sandbox=True,
        request=read_request(_asked(number)), state=state, revision=journal.revisions.next(),
        created=created, updated=created, submitted=created, finished=created + 40,
        error={"failed": failures.no_output(), "cancelled": failures.cancelled_here()}.get(state),
        artifacts=_kept(files, name, number, created) if state == "done" else (),
        starred=number % 11 == 0, tags=TAGS[number % len(TAGS)],
    )  # fmt: skip


def _asked(number: int) -> dict[str, JsonValue]:
    kind, model = MODELS[number % len(MODELS)]
    prompt = f"A {SUBJECTS[number % len(SUBJECTS)]}, number {number}"
    asked: dict[str, JsonValue] = {"kind": kind, "model": model, "prompt": prompt}
    if kind == "multishot":
        asked["shots"] = [{"prompt": f"{prompt}, shot {shot}", "seconds": 5} for shot in (1, 2)]
    return asked


def _kept(files: list[Artifact], job: str, number: int, created: float) -> tuple[Artifact, ...]:
    """One picture, or four; many jobs share a file, as those do that were made alike."""
    several = 4 if number % 6 == 0 else 1
    return tuple(
        files[(number + place) % len(files)].model_copy(
            update={"id": new_id(), "job": job, "number": place + 1, "created": created}
        )
        for place in range(several)
    )
