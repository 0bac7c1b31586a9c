"""The adapter to Runware: one address, POST only, tasks that carry our own id.

The id is made from the job's token, which is stored before anything is sent: a lost answer costs nothing,
because the task can be asked for by the id that it must have.
"""

import base64
import re
import uuid
from collections import OrderedDict
from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.bounds import whole
from providers.catalogue.requests import ArtifactId, Request
from providers.errors import Doubtful, Gone, Refused, Unclear, VendorError
from providers.vendors.runware.answers import (
    KEY,
    Results,
    Told,
    Twice,
    as_error,
    as_failure,
    read_balance,
    read_order,
    read_refusal,
    read_results,
    read_told,
    succeeded,
    takes,
)
from providers.vendors.runware.bodies import create_task, task_uuid
from providers.vendors.runware.listing import read_known
from providers.vendors.runware.pictures import fitted
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import (
    KeyCheck,
    KnownTask,
    Media,
    Queued,
    Running,
    TaskUpdate,
    Ticket,
)

HERE = ""
"""There are no paths below the root."""
PATIENCE = 8
"""Looks in a row that may find fewer results than were asked for before that is the end."""
MOST_RESULTS = 20
"""Of one task, by the vendor's pages."""
REMEMBERED = 500
REFUSED = 400
"""The status that an error without a task would have, had it not come under that of a success."""
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Runware:
    """One Runware account."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        wire.read_error = read_refusal
        # How often in a row a task was seen with nothing running and too few results.
        self._short: OrderedDict[str, int] = OrderedDict()
        # How many results tasks of other programs were asked for.
        self._asked: OrderedDict[str, int] = OrderedDict()

    async def upload(self, media: Media) -> str:
        """The id of a picture, made to fit; the vendor keeps it for 30 days after its last use."""
        if media.kind != "image":
            raise Refused(
                "Runware takes images here, not videos.", code="invalid", says_what_to_do=False
            )
        content, media_type = await fitted(media.path, media.media_type)
        packed = base64.b64encode(content).decode()
        told = await self._ask("imageUpload", image=f"data:{media_type};base64,{packed}")
        for result in told.results:
            made = result.get("imageUUID")
            if isinstance(made, str) and made:
                return made
        raise _told_error(
            told, "Runware accepted an image without naming it. The studio tries again."
        )

    async def submit(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str
    ) -> Ticket:
        """Create the task. Gone means: an uploaded file is unknown there, and nothing was created."""
        return await self.submit_with_callback(request, uploads, token, "")

    async def submit_with_callback(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str, callback: str
    ) -> Ticket:
        """The same; there is a call for each result."""
        task = create_task(request, uploads, token, callback)
        ticket = _ticket(request, token)
        try:
            answer = await self._wire.create(HERE, [task])
        except Twice:
            return ticket
        except Gone as error:
            raise _lost(error, uploads) from None
        told = read_told(answer).of(ticket.task)
        if told.results or (not told.faults and takes(answer, ticket.task)):
            return ticket
        if not told.faults:
            raise Unclear.after("Runware's response didn't mention the task.")
        error = as_error(told.faults[0])
        if isinstance(error, Twice):
            return ticket
        refusal = as_error(told.faults[0], status=REFUSED)
        if told.faults[0].sort == "unknown" and isinstance(refusal, Refused):
            raise Doubtful(refusal)
        raise _lost(error, uploads) if isinstance(error, Gone) else error

    async def find(self, request: Request, token: str, since: float) -> Ticket | None:
        """By the id that the task must have: first in the archive, then among what is being made."""
        del since
        ticket = _ticket(request, token)
        for question in ("getTaskDetails", "getResponse"):
            try:
                told = await self._ask(question, task=ticket.task)
            except Gone:
                continue
            known = told.of(ticket.task)
            if known.results or any(fault.sort != "gone" and fault.task for fault in known.faults):
                return ticket
            if any(fault.sort != "gone" for fault in known.faults):
                raise _told_error(known, "Runware couldn't be reached. The studio tries again.")
        return None

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        """The task as it is now; every answer repeats all results so far."""
        if not UUID.fullmatch(ticket.task):
            raise Gone("This isn't a Runware task ID, which is a UUID. Copy the whole ID.")
        question: JsonValue = [{"taskType": "getResponse", "taskUUID": ticket.task}]
        told = read_told(await self._wire.look(HERE, body=question)).of(ticket.task)
        own = tuple(fault for fault in told.faults if fault.task)
        if len(own) < len(told.faults):
            # A failure that names no task is about the asking: the task goes on.
            raise _told_error(told, "Runware couldn't be reached. The studio tries again.")
        if any(fault.sort == "gone" for fault in own) and not told.results:
            raise as_error(own[0])
        asked = whole(ticket.note.get("count"))
        if asked is None:
            asked = await self._asked_for(ticket.task)
        return self._read(ticket, read_results(told), asked)

    async def known(self, task: str) -> KnownTask | None:
        """What a task was made from, whoever made it: the archive keeps what was sent."""
        if not UUID.fullmatch(task):
            return None
        return read_known(task, read_order(await self._details(task)))

    async def cancel(self, ticket: Ticket) -> None:
        """Nothing: the vendor has no way to stop a task."""

    async def check(self) -> KeyCheck:
        """Whether the key works, and the balance where it is told."""
        try:
            told = await self._ask("accountManagement", operation="getDetails")
        except Refused as error:
            sentence = str(error) or KEY
            return KeyCheck(ok=False, sentence=sentence, names_vendor=error.names_vendor)
        for fault in told.faults:
            error = as_error(fault)
            if isinstance(error, Refused) and error.code == "key":
                return KeyCheck(ok=False, sentence=str(error), names_vendor=error.names_vendor)
            raise _told_error(told, "Runware couldn't be reached. Try again.")
        return KeyCheck(ok=True, sentence="The key works.", balance=read_balance(told))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()

    async def _asked_for(self, task: str) -> int:
        """How many results a task that was taken in is to have."""
        known = self._asked.get(task)
        if known is None:
            try:
                order = read_order(await self._details(task))
                known = whole(order.get("numberResults"), 1, MOST_RESULTS) or 1
            except Gone:
                known = 1
            self._asked[task] = known
            if len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
        return known

    async def _details(self, task: str) -> Told:
        return (await self._ask("getTaskDetails", task=task)).of(task)

    def _read(self, ticket: Ticket, results: Results, asked: int) -> TaskUpdate:
        done, failed = len(results.finished), len(results.faults)
        if results.running or not (done or failed or results.bare):
            self._short.pop(ticket.task, None)
            return _going(results, asked)
        if done + failed + results.bare < asked:
            seen = self._short[ticket.task] = self._short.get(ticket.task, 0) + 1
            if len(self._short) > REMEMBERED:
                self._short.popitem(last=False)
            if seen <= PATIENCE:
                return _going(results, asked)
        if failed and not done:
            return as_failure(results.faults)
        return succeeded(results, asked)

    async def _ask(self, question: str, task: str = "", **more: JsonValue) -> Told:
        body: dict[str, JsonValue] = {
            "taskType": question,
            "taskUUID": task or str(uuid.uuid4()),
            **more,
        }
        return read_told(await self._wire.ask(HERE, [body]))


def _going(results: Results, asked: int) -> TaskUpdate:
    done = len(results.finished)
    if asked > 1 and done:
        return Running(progress=done / asked, detail=f"{done} of {asked} ready")
    if results.progress is not None or results.running or done:
        return Running(progress=results.progress, word=results.word)
    return Queued()


def _ticket(request: Request, token: str) -> Ticket:
    task = task_uuid(token)
    kind = "image" if request.kind == "image" else "video"
    note: dict[str, JsonValue] = {"kind": kind, "count": request.options.get("count", 1)}
    return Ticket(task=task, note=note, short=task[:8])


def _lost(error: Gone, uploads: Mapping[ArtifactId, str]) -> VendorError:
    if not uploads:
        message = "Runware no longer offers this model. Choose another one."
        return Refused(
            message, code="vendor", status=error.status, vendor_text=error.vendor_text,
            no_such_model=True,
        )  # fmt: skip
    message = "Runware no longer has an image of this request. It has to be uploaded again."
    return Gone(message, status=error.status, vendor_text=error.vendor_text)


def _told_error(told: Told, otherwise: str) -> VendorError:
    if not told.faults:
        return VendorError(otherwise)
    error = as_error(told.faults[0])
    if isinstance(error, Unclear):
        return VendorError(otherwise, vendor_text=error.vendor_text)
    return error
