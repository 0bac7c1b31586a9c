"""From waiting to a ticket: a slot, the references, and the create call, sent at most once."""

import asyncio
import logging
from collections.abc import Mapping

from providers.catalogue.requests import ArtifactId
from providers.errors import (
    Busy,
    Doubtful,
    Gone,
    InvalidRequest,
    NotSent,
    Refused,
    StoreProblem,
    StudioError,
    Unclear,
    Unknown,
    VendorError,
    asked_wait,
)
from providers.jobs import failures
from providers.jobs.job import Evidence, Failure, Queue
from providers.jobs.transitions import SaidFields
from providers.library.media_types import kind_of
from providers.pools import SENDING
from providers.running.balance import Reading
from providers.running.breaking import where
from providers.running.life import DISK_WAIT, Life
from providers.running.recovery import look_for
from providers.running.search import LookResult, is_free, look, settle
from providers.vendors.heard import listening
from providers.vendors.vendor import AccountChooser, CallbackTaker, Media, Ticket, clock_offset

log = logging.getLogger("studio.sending")
UPLOAD_TRIES = 6
UNSAFE_TRIES = 3
FIRST_WAIT = 2.0
NO_SLOT: SaidFields = {"detail": "Waiting for a slot", "detail_as": "phase"}


async def send(life: Life) -> None:
    """One try to bring a waiting job to the vendor. It ends queued, waiting again, or for good."""
    if not await _take_slot(life):
        return
    life.tools.balances.ask(life.connection)
    media = await _media(life)
    if media is None:
        return
    if media:
        await life.move("submitting", submitted=None, detail="Uploading the references")
    else:
        await life.move("submitting", submitted=None, detail="Sending", detail_as="phase")
    uploads = await _hand_over(life, media)
    before = await life.tools.balances.before(life.connection)
    if uploads is None or await _held_up(life, life.job.attempts):
        return
    try:
        await _create(life, uploads, before)
    except Gone as error:
        # The vendor forgot an upload that we remembered: hand everything over anew, once. Who answers like
        # that and took the job all the same has it in its lists.
        if await _is_taken(life, error):
            return
        for reference in media:
            forget = life.tools.derived.forget_upload
            await SENDING.run(forget, life.files_in, reference.sha256)
        await life.move("submitting", submitted=None, detail="Uploading the references again")
        uploads = await _hand_over(life, media)
        if uploads is None or await _held_up(life, life.job.attempts):
            return
        try:
            await _create(life, uploads, before)
        except Gone:
            await life.move("rejected", error=failures.upload_gone())


async def _take_slot(life: Life) -> bool:
    job, slots = life.job, life.slots
    turn = slots.join(job)
    try:
        while not await _interrupted(life):
            turn.clear()
            if slots.take(job.id):
                return True
            await life.show(
                detail=f"Waiting for a slot · {slots.held} of {slots.limit} busy",
                detail_as="phase",
                queue=Queue(ahead=slots.held, of=slots.limit, turns=slots.ahead(job.id)),
            )
            wait = slots.wait() if slots.is_first(job.id) else 0.0
            await life.pause(wait if wait > 0 else None, turn)
    finally:
        slots.leave(job.id)
    return False


async def _interrupted(life: Life) -> bool:
    if life.job.cancel_wanted:
        await life.move("cancelled", submitted=None, error=failures.cancelled_here())
        return True
    sends_no_more = life.stopping or life.withdrawn
    if sends_no_more and life.job.state != "waiting":
        await life.move("waiting", submitted=None)
    return sends_no_more


async def _held_up(life: Life, attempts: int) -> bool:
    if await _interrupted(life):
        return True
    if life.slots.wait() > 0:
        # Others were refused since this one took its place, and all of them wait now.
        await life.move("waiting", submitted=None, attempts=attempts, **NO_SLOT)
        return True
    return False


async def _media(life: Life) -> list[Media] | None:
    job, tools = life.job, life.tools
    names = dict.fromkeys(artifact_id for _, artifact_id in job.request.media())
    if not names:
        return []
    try:
        rows = await tools.journal.database.ask(
            lambda: [tools.journal.artifacts.get(name, job.owner) for name in names]
        )
    except Unknown as error:
        await _reject(life, failures.plain("invalid", str(error), "Add it again.", "no"))
        return None
    return [
        Media(
            artifact=artifact.id,
            path=tools.vault.path(artifact.sha256),
            sha256=artifact.sha256,
            media_type=artifact.media_type,
            kind=kind_of(artifact.media_type),
            bytes=artifact.bytes,
        )
        for artifact in rows
    ]


async def _hand_over(life: Life, media: list[Media]) -> Mapping[ArtifactId, str] | None:
    uploads: dict[ArtifactId, str] = {}
    account: str | None = None
    for reference in media:
        if await _interrupted(life):
            return None
        try:
            # One for all files of a request: another account's are not known to it.
            account = await _account(life, media) if account is None else account
            with listening() as life.heard:
                uploads[reference.artifact] = await _upload(life, reference, account)
        except InvalidRequest as error:
            await _reject(life, failures.bad_file(error))
            return None
        except (OSError, StoreProblem):
            sentence = "A reference of this request can no longer be read."
            await _reject(life, failures.plain("storage", sentence, "Add it again.", "no"))
            return None
        except VendorError as error:
            await _not_handed_over(life, error)
            return None
    return uploads


async def _account(life: Life, media: list[Media]) -> str:
    """The account that takes the files, where the key has several; empty where the key is one."""
    provider, connection = life.connection.provider, life.connection
    chosen = ""
    if isinstance(provider, AccountChooser):
        wanted, owner = life.job.request.account, life.tools.derived.owner_of
        # A file that was chosen from an account stays there, as far as nobody wants another one.
        names = [one.sha256 for one in media]
        preferred = await SENDING.run(owner, connection.account, names)
        chosen = await provider.choose_account(wanted if isinstance(wanted, str) else "", preferred)
    life.files_in = connection.files_of(chosen)
    return chosen


async def _upload(life: Life, reference: Media, account: str) -> str:
    derived, place, provider = life.tools.derived, life.files_in, life.connection.provider
    known = await SENDING.run(derived.upload, place, reference.sha256)
    if known is None:
        several = isinstance(provider, AccountChooser)
        known = await (
            provider.upload_to(reference, account) if several else provider.upload(reference)
        )
        holds = life.connection.pace.upload_holds
        await SENDING.run(derived.keep_upload, place, reference.sha256, known, seconds=holds)
    return known


async def _not_handed_over(life: Life, error: VendorError) -> None:
    # An upload may be repeated; only a readable "no" ends the job.
    if isinstance(error, Refused):
        await _refused(life, error)
    elif isinstance(error, NotSent | Busy) or life.tries < UPLOAD_TRIES:
        await _step_back(life, error)
    else:
        await _reject(life, failures.gave_up(error, "Try again later."))


async def _create(life: Life, uploads: Mapping[ArtifactId, str], before: Reading | None) -> None:
    job = life.job
    evidence = before and Evidence(before=before.balance, before_at=before.at)
    life.calm.clear()
    try:
        # Durable before the first byte leaves: after a crash this row is looked up, never sent.
        await life.move(
            "submitting",
            attempts=job.attempts + 1,
            submitted=life.tools.clock(),
            clock_offset=clock_offset(life.connection.provider),
            usual=life.tools.pacing.usual(job, life.switch),
            detail="Sent, waiting for the service's response",
            evidence=evidence,
        )
        if await _held_up(life, job.attempts):
            return
        await _accept(life, await _submitted(life, uploads))
        life.tries = 0
    except Gone:
        raise
    except NotSent as error:
        await _step_back(life, error)
    except Busy as error:
        await _no_slot(life, error)
    except Refused as error:
        await _refused(life, error)
    except Doubtful as error:
        life.calm.set()
        await _doubted(life, error)
    except VendorError as error:
        life.calm.set()
        await look_for(life, error)
    finally:
        life.calm.set()


async def _submitted(life: Life, uploads: Mapping[ArtifactId, str]) -> Ticket:
    """The create call. Whatever breaks on its way, the vendor may have taken it: only a VendorError that says
    so says otherwise."""
    job = life.job
    provider = life.connection.provider
    if job.callback and isinstance(provider, CallbackTaker):
        call = provider.submit_with_callback(job.request, uploads, job.token, job.callback)
    else:
        call = provider.submit(job.request, uploads, job.token)
    with listening() as life.heard:
        [end] = await asyncio.gather(call, return_exceptions=True)
    life.tools.meters.created(life.connection, end)
    if isinstance(end, VendorError):
        raise end
    if isinstance(end, BaseException):
        log.error("job %s: %s at %s", job.id, type(end).__name__, where(end))
        raise Unclear.after(
            "The service may have accepted the job, but its response couldn't be read."
        )
    return end


async def _accept(life: Life, ticket: Ticket) -> None:
    """The vendor named the task. A history that cannot be asked whose it is, is waited for, and until then
    another disk has its id."""
    life.named = ticket
    while True:
        try:
            if not await life.tools.journal.database.ask(lambda: is_free(life, ticket)):
                life.named = None
                raise Unclear("The service returned the task of another job.")
            life.connection.health.accepted()
            life.slots.accepted(life.job.id)
            await settle(life, ticket, "In the service's queue", "phase")
        except StoreProblem as error:
            await life.rescue(ticket, error)
            await life.tools.sleep(DISK_WAIT)
        else:
            life.named = None
            return


async def _doubted(life: Life, error: Doubtful) -> None:
    # Where the vendor's lists show the task, it was taken whatever the answer said.
    try:
        found = await look(life) if life.connection.vendor.find_looks else LookResult()
    except VendorError:
        found = None
    if found is None or found.alike:
        await look_for(life, error)
    elif found.ticket is not None:
        await settle(life, found.ticket, "Found on the service")
    else:
        await _refused(life, error.refusal)


async def _is_taken(life: Life, error: Gone) -> bool:
    try:
        found = await look(life)
    except VendorError:
        # Without a look nothing may be sent a second time.
        found = None
    if found is None or found.alike:
        await look_for(life, error)
        return True
    if found.ticket is not None:
        await settle(life, found.ticket, "Found on the service")
    return found.ticket is not None


async def _no_slot(life: Life, error: Busy) -> None:
    least = life.connection.pace.busy_wait
    life.slots.refused(life.job.id, running=error.running, wait=error.wait or 0.0, least=least)
    # A refusal for lack of room is no attempt.
    await life.move("waiting", submitted=None, attempts=life.job.attempts - 1, **NO_SLOT)


async def _step_back(life: Life, error: StudioError) -> None:
    life.tries += 1
    if isinstance(error, NotSent) and error.unsafe and life.tries >= UNSAFE_TRIES:
        await _reject(life, failures.gave_up(error, "Then try again."))
        return
    least = life.backoff(life.tries, min(FIRST_WAIT, life.connection.pace.max_backoff))
    wait = max(asked_wait(error), least)
    detail = f"{life.words(error)} Trying again in {max(1, round(wait))} s."
    await life.move("waiting", submitted=None, detail=detail, detail_as="sentence")
    life.slots.release(life.job.id)
    await life.pause(wait)


async def _refused(life: Life, error: Refused) -> None:
    life.connection.refused(life.job.request.model, error)
    await _reject(life, failures.refused(error))


async def _reject(life: Life, failure: Failure) -> None:
    await life.move("rejected", error=failure)
