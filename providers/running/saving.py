"""From finished there to kept here: fetch every file, check it, and put it into the vault."""

import asyncio
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from providers.errors import (
    Gone,
    InvalidRequest,
    NotSent,
    StoreProblem,
    StudioError,
    VendorError,
    asked_wait,
)
from providers.history.rows import words
from providers.jobs import failures
from providers.jobs.intake import artifact_of
from providers.jobs.job import Artifact, Job, State
from providers.jobs.transitions import SaidFields, StepFields
from providers.library import vault
from providers.library.decoding.lanes import DECODERS
from providers.library.ends import has_end
from providers.library.imprints.credentials import has_credentials
from providers.library.media import Described
from providers.library.media_types import is_message, suffix
from providers.library.names import stem_of
from providers.pools import FILES
from providers.running.life import Life
from providers.vendors.transport.wire import Downloaded
from providers.vendors.vendor import Output, Succeeded

log = logging.getLogger("studio.runner")
MOST_OUTPUTS = 64
"""Files of one task that are fetched; no vendor makes as many."""
MOST_TRIES = 6
FULL_WAIT = 30.0
BACKWARDS = (
    "The service reported this as finished and now says otherwise. The studio asks for "
    "the files again."
)


async def save(life: Life) -> None:
    """Fetch what is missing until all is here. What succeeded is kept, whatever happens to the rest."""
    tries, away, lost = 0, 0, False
    if not life.job.outputs:
        lost = await _renew(life)
    while not life.stopping:
        errors = await _fetch_missing(life)
        if not errors:
            break
        error = errors[0]
        # Without a network all is waited for; a link to nowhere of a task that is lost leads nowhere for good.
        is_away = isinstance(error, NotSent) and not lost
        away = away + 1 if is_away else 0
        tries += 0 if is_away or isinstance(error, StoreProblem) else 1
        if tries >= MOST_TRIES:
            return await _give_up(life, error, lost=lost)
        await life.show(
            detail=f"The result is ready. {life.words(error)} The studio tries again automatically.",
            detail_as="sentence",
        )
        dead = any(isinstance(error, Gone) for error in errors)
        # A dead link is renewed at once the first time, since asking again costs nothing.
        if not dead or tries > 1:
            await life.pause(_wait(life, error, tries + away))
        if (dead or away > 1) and not life.stopping:
            lost = await _renew(life)
    if life.stopping:
        return None
    await finish(life, life.job.remark)


def _wait(life: Life, error: StudioError, failures: int) -> float:
    """Seconds until the files are asked for again, after so many failures in a row."""
    if isinstance(error, StoreProblem):
        return FULL_WAIT
    return max(asked_wait(error), life.backoff(max(1, failures), _first_wait(life)))


def _first_wait(life: Life) -> float:
    return min(2.0, life.connection.pace.max_backoff)


async def _fetch_missing(life: Life) -> list[StudioError]:
    # This waits for every one of them, whatever becomes of the others: none may go on without its job.
    results = await asyncio.gather(
        *(_fetch(life, number, output) for number, output in life.job.missing.items()),
        return_exceptions=True,
    )
    if not life.job.outputs:
        return [VendorError("The service isn't returning a file at the moment.")]
    return [_told(life, error) for error in results if error is not None]


def _told(life: Life, error: BaseException) -> StudioError:
    """What became of one file; something unforeseen is a failed try like any other, and no end of its job."""
    if isinstance(error, VendorError | StoreProblem):
        return error
    # Not its text, which may quote a link.
    log.error("job %s: %s while a file was fetched", life.job.id, type(error).__name__)
    return VendorError("Something unexpected went wrong with a file.")


async def _fetch(life: Life, number: int, output: Output) -> StudioError | None:
    tools, own = life.tools, life.tools.vault.part_of(life.job.id, number)
    # What was left over there may be neither written to nor removed: then nothing is gone on with.
    part = own if await FILES.run(tools.vault.takes, own) else tools.vault.part()
    try:
        done = await _downloaded(life, output, part)
        found, is_sure = await _looked_at(part, output, done.is_complete)
        if not is_sure and not done.is_complete:
            await FILES.run(_put_by, part, tools.vault.longest_of(life.job.id, number))
            raise _NoResult("The file arrived damaged or incomplete.")
        if not is_sure:
            found = await _second_look(life, output, part, found, done.bytes)
        await _keep(life, number, found, part)
    except _NoResult as error:
        await FILES.run(tools.vault.drop, part)
        return error
    except (VendorError, StoreProblem) as error:
        if part != own:
            await FILES.run(tools.vault.drop, part)
        return error
    except OSError as error:
        await FILES.run(tools.vault.drop, part)
        return vault.as_store_problem(error, tools.vault.folder)
    return None


async def _downloaded(life: Life, output: Output, part: Path) -> Downloaded:
    done = await life.connection.downloads.fetch(output.url, part)
    life.tools.meters.fetched(life.connection, done.bytes)
    return done


async def _keep(life: Life, number: int, found: Described, part: Path) -> None:
    """Make an artifact of a file of the job. StoreProblem, OSError."""
    tools = life.tools
    signed = await FILES.run(has_credentials, part)
    kept = await FILES.run(tools.vault.keep, part)
    artifact = artifact_of(
        found,
        kept,
        owner=life.job.owner,
        name=file_name(words(life.job.request), number, found.media_type),
        created=tools.clock(),
        job=life.job.id,
        number=number,
        sandbox=life.job.sandbox,
        credentials=signed,
    )
    held = sorted((*life.job.artifacts, artifact), key=lambda one: one.number)
    # A full disk may take its row much later, and who makes room deletes jobs that made the same bytes.
    with tools.vault.holding(kept.sha256):
        await life.move("saving", artifacts=tuple(held), **life.said)


def _put_by(part: Path, longest: Path) -> None:
    """Keep what came where nothing longer came before. OSError."""
    if not longest.exists() or longest.stat().st_size < part.stat().st_size:
        os.replace(part, longest)


class _NoResult(VendorError):
    """What came is none of the files that were made."""


async def _looked_at(part: Path, output: Output, is_complete: bool) -> tuple[Described, bool]:
    """What was fetched, and whether it does not look cut or damaged.

    It was paid for: where it came as long as its server told, it is kept whatever it is. Where nothing was
    told, a file that is not at its end may be cut. _NoResult.
    """
    if await FILES.run(is_message, part):
        raise _NoResult("A message arrived instead of the file.")
    found = await DECODERS.described(part, output.kind)
    is_sure = found.flaw != "unreadable"
    if is_sure and found.flaw is not None and not is_complete:
        is_sure = await FILES.run(has_end, part, found.media_type)
    return found, is_sure


async def _second_look(
    life: Life, output: Output, part: Path, found: Described, size: int
) -> Described:
    """Fetch what seems damaged once more: it may not have been all there yet. The better one is in `part`."""
    await life.pause(_first_wait(life))
    other = life.tools.vault.part()
    # Whatever becomes of this, the first one is here.
    with suppress(Exception):
        done = await _downloaded(life, output, other)
        again, is_sure = await _looked_at(other, output, done.is_complete)
        if is_sure or done.bytes > size:
            await FILES.run(os.replace, other, part)
            found = again
    await FILES.run(life.tools.vault.drop, other)
    return found


async def _renew(life: Life) -> bool:
    """Ask for fresh links, since links die and tasks do not. True: the vendor has lost this task."""
    ticket = life.job.ticket
    if ticket is None:
        return False
    try:
        await life.pause(life.too_early)
        update = await life.look(ticket, first=True)
    except VendorError as error:
        await life.show(detail=f"The result is ready. {life.words(error)}", detail_as="sentence")
        if (wait := asked_wait(error)) > 0:
            await life.pause(wait)
        return isinstance(error, Gone) and not life.is_said
    if isinstance(update, Succeeded):
        if update.outputs:
            outputs = renewed(life.job.outputs, update.outputs)[:MOST_OUTPUTS]
            await life.move(
                "saving", outputs=outputs, detail="Downloading the result", detail_as="phase"
            )
        return False
    said: SaidFields = {**life.said, "detail": BACKWARDS, "detail_as": "sentence"}
    if life.said != said:
        # In the history once, however often it is said again.
        await life.move("saving", **said)
    return False


def renewed(old: Sequence[Output], new: Sequence[Output]) -> tuple[Output, ...]:
    """The fresh links, each in the place of the one that it replaces; no file that was told is forgotten.

    A file here has the number of its link, so a task that lists its files in another order must not bring
    one of them twice and another never.
    """
    for name_of in (_link, _file):
        fresh, named = {name_of(one): one for one in new}, [name_of(one) for one in old]
        if len(fresh) == len(new) and fresh.keys() & {*named}:
            kept = [fresh.pop(name, one) for name, one in zip(named, old, strict=True)]
            return (*kept, *fresh.values())
    return (*new, *old[len(new) :])


def _link(output: Output) -> str:
    return output.url


def _file(output: Output) -> str:
    # What is behind it is the signature.
    return urlsplit(output.url).path


async def _give_up(life: Life, error: StudioError, *, lost: bool) -> None:
    await _keep_longest(life)
    wanted, here = len(life.job.outputs), len(life.job.own_files)
    if here == wanted and here:
        await finish(life, life.job.remark)
    elif not lost:
        # Paid and not deleted: what is missing stays within reach of a press.
        failure = failures.not_fetched(error, here, wanted)
        await life.move("unsure", error=failure, cancel_wanted=False)
    elif here:
        await finish(life, failures.rest_deleted(here, wanted))
    else:
        await life.move("expired", error=failures.lost())


async def _keep_longest(life: Life) -> None:
    """Of each file that only ever came cut, what there is of it: it was paid for."""
    for number, output in life.job.missing.items():
        path = life.tools.vault.longest_of(life.job.id, number)
        # A disk that does not take it leaves it where it is, for the next time.
        with suppress(StoreProblem, OSError):
            if await FILES.run(path.is_file):
                await _keep(life, number, await DECODERS.described(path, output.kind), path)


def given_up(job: Job) -> tuple[State, StepFields]:
    """What becomes of a job that nobody wants to fetch more of: files that are here stay."""
    is_partly_here = job.state == "saving" or (
        job.error is not None and job.error.code == "storage"
    )
    if not (job.own_files and is_partly_here):
        return "discarded", {"detail": ""}
    remark = failures.rest_given_up(len(job.own_files), len(job.outputs))
    return "done", {"error": None, "outputs": (), "progress": 1.0, "detail": remark}


async def finish(life: Life, detail: str) -> None:
    """Done with the files that are here; `detail` is what is said beside them."""
    home, numbers = life.tools.vault, range(1, life.job.kept_before + len(life.job.outputs) + 1)
    named = [part(life.job.id, one) for one in numbers for part in (home.part_of, home.longest_of)]
    await FILES.run(lambda: [home.drop(part) for part in named])
    await life.move("done", outputs=(), progress=1.0, detail=detail, cancel_wanted=False)
    life.tools.pacing.note(life.job, life.switch)
    life.tools.meters.done(life.connection, life.job)
    for artifact in life.job.artifacts:
        life.tools.background(_derive(life, artifact))


async def _derive(life: Life, artifact: Artifact) -> None:
    if artifact.flaw:
        return
    path = life.tools.vault.path(artifact.sha256)
    try:
        await life.tools.derived.thumb(artifact.sha256, path, artifact.kind, artifact.pixels)
        if artifact.kind == "video":
            await life.tools.derived.poster(artifact.sha256, path, artifact.kind, artifact.pixels)
    except (InvalidRequest, OSError):
        # The page asks for it again when it is shown.
        return


def file_name(prompt: str, number: int, media_type: str) -> str:
    """A name for the download folder: the first words of the prompt, the number, the right suffix."""
    return f"{stem_of(prompt) or 'untitled'}-{number}{suffix(media_type)}"
