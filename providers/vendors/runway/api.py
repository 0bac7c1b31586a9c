"""The adapter to Runway's own API: uploads, the create call, polling, cancelling, the key."""

import base64
from collections.abc import Mapping
from contextlib import suppress

from pydantic import JsonValue

from providers.catalogue.requests import ArtifactId, Request
from providers.errors import Gone, Refused, Unclear, VendorError
from providers.library.media_types import suffix
from providers.library.outgoing import discreet, prepared
from providers.pools import SENDING
from providers.vendors.runway.answers import (
    FORGOTTEN,
    GOES_ON,
    VENDOR,
    read_credits,
    read_id,
    read_refusal,
    read_task,
    status_of,
)
from providers.vendors.runway.body import WAYS, create_call
from providers.vendors.runway.file_rules import (
    LEAST_UPLOAD,
    MOST_UPLOAD,
    PICTURES,
    VIDEOS,
)
from providers.vendors.runway.models import MODELS
from providers.vendors.runway.organization import read_organization
from providers.vendors.transport.answer import shown, task_named
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import KeyCheck, Media, TaskUpdate, Ticket

MODEL_NAMES = tuple(sorted({to.model for to in WAYS.values()}))
BY_ACCOUNT = {spec.id: WAYS[spec.id].model for spec in MODELS if spec.by_account}
"""Rows that only some accounts have, and what the vendor calls their models."""


class RunwayApi:
    """One project of Runway's developer portal."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        wire.read_error = read_refusal

    async def upload(self, media: Media) -> str:
        """The file's `runway://` address there, which holds for a day."""
        content: bytes | None = None
        kind, taken = media.media_type, PICTURES if media.kind == "image" else VIDEOS
        if media.kind == "image":
            content, kind = await prepared(media.path, kind, PICTURES)
        if kind not in taken:
            raise Refused("Runway doesn't take this type of file. Use MP4.", code="invalid")
        size = media.bytes if content is None else len(content)
        if size > MOST_UPLOAD:
            raise Refused(
                "Runway takes files of up to 200 MB. Use a smaller one.", code="too_large"
            )
        if content is not None and size < LEAST_UPLOAD:
            return f"data:{kind};base64,{base64.b64encode(content).decode()}"
        name = f"{media.sha256[:16]}{suffix(kind)}"
        slot = await self._wire.ask("/v1/uploads", {"filename": name, "type": "ephemeral"})
        url, fields, uri = _slot(slot)
        file = await SENDING.run(discreet, media.path) if content is None else content
        await self._wire.post_form(url, fields, name=name, content=file, media_type=kind)
        return uri

    async def submit(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str
    ) -> Ticket:
        """Create the task. Runway takes no mark of ours, so `token` is not sent."""
        del token
        path, body = create_call(request, uploads)
        try:
            answer = await self._wire.create(path, body)
        except Gone as error:
            if error.status == 400 and uploads:
                raise Gone(FORGOTTEN, status=400, vendor_text=error.vendor_text) from None
            code = "invalid" if error.status == 400 else "vendor"
            raise Refused(
                VENDOR, code=code, status=error.status, vendor_text=error.vendor_text
            ) from None
        task = read_id(task_named(answer, "id", "taskId"))
        if task is None:
            raise Unclear.after("Runway accepted the job without naming the task.")
        kind = "image" if request.kind == "image" else "video"
        quote = read_credits(answer.get("estimatedCost"))
        return Ticket(task=task, note={"kind": kind}, short=task[:8], quote=quote)

    async def find(self, request: Request, token: str, since: float) -> Ticket | None:
        """Never: Runway lists no tasks, and a request carries no mark."""
        del request, token, since
        return None

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        """The task as it is now."""
        return read_task(await self._task(ticket), ticket.note)

    async def cancel(self, ticket: Ticket) -> None:
        """Delete the task if it goes on. A finished one would lose its files with its record."""
        with suppress(Gone):
            if status_of(await self._task(ticket)) in GOES_ON:
                await self._wire.delete(_path(ticket))

    async def check(self) -> KeyCheck:
        """The organization's balance and limits, and what was made today."""
        try:
            body = await self._wire.get("/v1/organization")
        except Refused as error:
            return KeyCheck(ok=False, sentence=str(error), names_vendor=error.names_vendor)
        return read_organization(body, MODEL_NAMES, BY_ACCOUNT)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()

    async def _task(self, ticket: Ticket) -> Mapping[str, JsonValue]:
        body = await self._wire.look(_path(ticket))
        told = body.get("id") if isinstance(body, dict) else None
        if not isinstance(body, dict) or (told is not None and str(told) != ticket.task):
            raise VendorError("Runway answered about something else. The studio will ask again.")
        return body


def _path(ticket: Ticket) -> str:
    task = read_id(ticket.task)
    if task is None:
        raise Gone("This isn't a Runway task ID. Copy the whole ID.")
    return f"/v1/tasks/{task}"


def _slot(body: JsonValue) -> tuple[str, dict[str, str], str]:
    """Where the file goes, what goes with it, and its address afterwards."""
    told = body if isinstance(body, dict) else {}
    url, fields, uri = told.get("uploadUrl"), told.get("fields"), told.get("runwayUri")
    if not (isinstance(url, str) and isinstance(uri, str) and uri.startswith("runway://")):
        raise VendorError(
            f"Runway gave no upload address for the file: {shown(str(sorted(told)), longest=80)}."
        )
    pairs = fields.items() if isinstance(fields, dict) else ()
    return url, {name: value for name, value in pairs if isinstance(value, str)}, uri
