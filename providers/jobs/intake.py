"""What is handed in, files and requests, before anything is kept."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Literal

from providers.catalogue.models import Estimate
from providers.catalogue.plans import JobPlan
from providers.catalogue.requests import ArtifactId, Request
from providers.errors import InvalidRequest, Problem, TooLarge
from providers.jobs.callback import callback_address
from providers.jobs.job import Artifact, BatchRow, Job, JobId, new_id
from providers.library.decoding.lanes import DECODERS
from providers.library.imprints.credentials import has_credentials
from providers.library.media import Described
from providers.library.names import own_name
from providers.library.vault import StoredFile, Vault
from providers.pools import FILES

PIECE = 1 << 20


def new_job(
    request: Request,
    *,
    owner: str,
    idempotency_key: str,
    sandbox: bool,
    now: float,
    revision: int = 0,
    estimate: Estimate | None = None,
    batch: BatchRow | None = None,
    plan: JobPlan | None = None,
    clock_offset: float | None = None,
    inputs: Mapping[ArtifactId, str] | None = None,
    called_at: str = "",
) -> Job:
    """A job as it is before anybody works on it, with our mark for the vendor.

    Without a revision it gets one as it is written down. `called_at` is where its vendor can call the studio.
    """
    job_id = new_id()
    return Job(
        id=job_id,
        callback=callback_address(called_at, job_id) if called_at else "",
        owner=owner,
        client_request_id=idempotency_key,
        token=secrets.token_hex(16),
        request=request,
        sandbox=sandbox,
        revision=revision,
        created=now,
        updated=now,
        estimate=estimate,
        batch=batch,
        plan=plan,
        clock_offset=clock_offset,
        inputs=inputs or {},
    )


async def take_in(
    source: AsyncIterable[bytes] | Path,
    *,
    vault: Vault,
    owner: str,
    name: str,
    now: float,
    most: int,
) -> Artifact:
    """A file of at most `most` bytes, kept in the vault and described. InvalidRequest, StoreProblem."""
    async with received(source, vault=vault, most=most) as part:
        found = await DECODERS.probe(part)
        signed = await FILES.run(has_credentials, part)
        kept = await FILES.run(vault.keep, part)
    return artifact_of(
        found, kept, owner=owner, name=own_name(name), created=now, credentials=signed
    )


def artifact_of(
    found: Described,
    kept: StoredFile,
    *,
    owner: str,
    name: str,
    created: float,
    job: JobId | None = None,
    number: int = 0,
    sandbox: bool = False,
    credentials: bool = False,
) -> Artifact:
    """What was `found` in a file that is `kept` in the vault, as the artifact that it becomes."""
    return Artifact(
        id=new_id(),
        owner=owner,
        job=job,
        number=number,
        kind=found.kind,
        sha256=kept.sha256,
        media_type=found.media_type,
        bytes=kept.bytes,
        width=found.width,
        height=found.height,
        seconds=found.seconds,
        sound=found.sound,
        rate=found.rate,
        flaw=found.reason,
        name=name,
        sandbox=sandbox,
        credentials=credentials,
        created=created,
    )


@asynccontextmanager
async def received(
    source: AsyncIterable[bytes] | Path, *, vault: Vault, most: int
) -> AsyncGenerator[Path]:
    """What somebody hands in as a file, gone again after this. InvalidRequest, StoreProblem."""
    part = vault.part()
    try:
        await _receive(source, part, vault, most)
        yield part
    finally:
        await _tidied(FILES.submit(part.unlink, missing_ok=True))


async def _receive(
    source: AsyncIterable[bytes] | Path, part: Path, vault: Vault, most: int
) -> None:
    count = 0
    pieces = _pieces(source) if isinstance(source, Path) else source
    try:
        async with _opened(part, "xb") as file:
            async for piece in pieces:
                count += len(piece)
                if count > most:
                    raise TooLarge(most)
                await FILES.run(file.write, piece)
    except OSError as error:
        raise vault.problem(error) from error
    if not count:
        raise InvalidRequest([Problem("file", "This file is empty. Choose another one.")])


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    async with _opened(path, "rb") as file:
        while piece := await FILES.run(file.read, PIECE):
            yield piece


@asynccontextmanager
async def _opened(path: Path, mode: Literal["rb", "xb"]) -> AsyncGenerator[BinaryIO]:
    """A file that is opened and closed in threads, whose disk may stand still. OSError."""
    lock, files, is_left = Lock(), list[BinaryIO](), False

    def begin() -> None:
        file = path.open(mode)
        with lock:
            if not is_left:
                return files.append(file)
        # Whoever asked for it went away while it was opened.
        file.close()

    try:
        await FILES.run(begin)
        yield files[0]
    except BaseException:
        with lock:
            is_left = True
        # Until it is closed, the room of a file that is removed is not free.
        for file in files:
            await _tidied(FILES.submit(file.close))
        raise
    # Whoever goes away meanwhile does not take it out of the line.
    await asyncio.shield(asyncio.wrap_future(FILES.submit(files[0].close)))


async def _tidied(work: Future[None]) -> None:
    """Wait for what must be done whatever became of the rest; its own failure says nothing new."""
    task = asyncio.current_task()
    # Whoever is cancelled does not wait for a disk that may stand still.
    if task is None or not task.cancelling():
        await asyncio.wait([asyncio.wrap_future(work)])
