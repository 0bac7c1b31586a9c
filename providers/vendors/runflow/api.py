"""The adapter to Runflow: files in three steps, runs with our own mark, and links that are signed anew.

The token is both `client_ref`, by which a run is found after a lost answer, and the `Idempotency-Key`,
by which the vendor itself would know a call that it has had already.
"""

import base64
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from math import inf
from urllib.parse import quote

from pydantic import JsonValue

from providers.catalogue.requests import ArtifactId, Request
from providers.errors import Busy, Gone, NotSent, Refused, Unclear, VendorError
from providers.library.media_types import suffix
from providers.library.outgoing import prepared
from providers.vendors.runflow.answers import (
    KEY,
    is_about_media,
    objects,
    read_balance,
    read_id,
    read_refusal,
    read_run,
)
from providers.vendors.runflow.bodies import run_body, run_path
from providers.vendors.runflow.file_rules import ACCEPTED, MOST_BYTES
from providers.vendors.runflow.listing import read_known, short_id
from providers.vendors.transport.answer import task_named
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import (
    Candidate,
    Cost,
    KeyCheck,
    KnownTask,
    Media,
    Sent,
    Succeeded,
    TaskUpdate,
    Ticket,
)
from providers.vendors.window import Window

NEWEST = 50
LISTED = 100
LONGEST_PAGE = 500
MOST_PAGES = 9
"""Pages of the list that are read at most: some four thousand runs."""
INLINE_BYTES = 1 << 20
"""A picture below this may stand inside the request."""
REMEMBERED = 500
BALANCES = ("/billing/balance", "/credit-balances")


class Runflow:
    """One Runflow organisation."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        wire.read_error = read_refusal
        # Runs that were read with their files once: whoever asks again needs links signed anew.
        self._read: deque[str] = deque(maxlen=REMEMBERED)
        # What was handed over, by its id there: it may have to go inside a request after all.
        self._handed: OrderedDict[str, Media] = OrderedDict()

    @property
    def clock_offset(self) -> float | None:
        """Seconds by which Runflow's clock is ahead of ours."""
        return self._wire.offset.seconds

    async def upload(self, media: Media) -> str:
        """The id of a picture: a place for it is asked for, filled, and confirmed."""
        if media.kind != "image":
            raise Refused(
                "Runflow takes images here, not videos.", code="invalid", says_what_to_do=False
            )
        content, kind = await prepared(media.path, media.media_type, ACCEPTED)
        if len(content) > MOST_BYTES:
            message = "An image is too large for Runflow, which takes up to 50 MiB."
            raise Refused(message, code="too_large", says_what_to_do=False)
        name = f"{media.sha256[:16]}{suffix(kind)}"
        place = await self._wire.ask(
            "/asset-uploads", {"filename": name, "mime_type": kind, "size_bytes": len(content)}
        )
        asset = read_id(place.get("asset_id")) if isinstance(place, dict) else None
        url = place.get("upload_url") if isinstance(place, dict) else None
        if asset is None or not isinstance(url, str):
            raise VendorError(
                "Runflow gave no upload address for an image. The studio tries again."
            )
        await self._wire.deposit(url, content=content, media_type=kind)
        kept = await self._wire.ask(f"/asset-uploads/{asset}/confirmations", {})
        asset = (read_id(kept.get("id")) if isinstance(kept, dict) else None) or asset
        self._handed[asset] = media
        if len(self._handed) > REMEMBERED:
            self._handed.popitem(last=False)
        return asset

    async def submit(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str
    ) -> Ticket:
        """Create the run. Gone means: a file has to be handed over (again), and nothing was created."""
        return await self.submit_with_callback(request, uploads, token, "")

    async def submit_with_callback(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str, callback: str
    ) -> Ticket:
        """The same; the run calls back once it has ended.

        The pages disagree on how a picture is named. A refusal of that makes nothing, so the ways are
        tried in turn: an address signed just now, the vendor's own reference, the picture itself.
        """
        assets = [uploads[artifact] for _, artifact in request.media()]
        pictures = [await self._signed(asset) for asset in assets]
        try:
            return await self._create(request, run_body(request, pictures, token, callback), token)
        except Refused as error:
            if not assets or not is_about_media(error):
                raise
        pictures = [f"runflow://assets/{asset}" for asset in assets]
        try:
            return await self._create(
                request, run_body(request, pictures, token, callback), f"{token}-2"
            )
        except Refused as error:
            packed = await self._packed(assets) if is_about_media(error) else None
            if packed is None:
                raise
        return await self._create(request, run_body(request, packed, token, callback), f"{token}-3")

    async def find(self, request: Request, token: str, since: float) -> Ticket | None:
        """By our mark among the runs; None too where several have it, and the person has to choose."""
        found = await self.candidates(Sent(request, token, since, until=inf), ())
        return found[0].ticket if len(found) == 1 else None

    async def candidates(self, sent: Sent, rivals: Sequence[Sent]) -> tuple[Candidate, ...]:
        """The runs that bear our mark."""
        del rivals
        found: list[dict[str, JsonValue]] = []
        try:
            params: dict[str, str | int] = {"limit": NEWEST, "q": f"client_ref.EQ:'{sent.token}'"}
            found = _marked(objects(await self._wire.get("/runs", params), "items"), sent.token)
        except Refused as error:
            if error.code == "key":
                raise
        if not found:
            # The filter is written differently on different pages, and what it did cannot be seen.
            found = await self._since(sent)
        ids = {read_id(run.get("id")) for run in found}
        tickets = [_ticket(run, sent.request) for run in sorted(run for run in ids if run)]
        return tuple(Candidate(ticket=ticket, is_marked=True) for ticket in tickets)

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        """The run as it is now."""
        run = read_id(ticket.task)
        if run is None:
            raise Gone("This isn't a Runflow run ID. Copy the whole ID.")
        params = {"add_signature": "true"} if run in self._read else None
        body = await self._wire.look(f"/runs/{quote(run)}", params)
        if not isinstance(body, dict) or str(body.get("id", run)) != run:
            raise VendorError("Runflow answered about something else. The studio will ask again.")
        count, kind = ticket.note.get("count"), ticket.note.get("kind")
        # A task that was taken in tells itself what it makes.
        known = "video" if kind == "video" else "image" if count is not None else None
        update = read_run(body, count if isinstance(count, int) else 1, known)
        if isinstance(update, Succeeded) and update.outputs and run not in self._read:
            self._read.append(run)
        return update

    async def cancel(self, ticket: Ticket) -> None:
        """Nothing: the vendor has no public way to stop a run."""

    async def tasks(self) -> tuple[KnownTask, ...]:
        """The newest runs of the organisation."""
        async with aclosing(self.pages()) as pages:
            return await anext(pages, ())

    async def pages(self) -> AsyncGenerator[tuple[KnownTask, ...]]:
        """The runs of the organisation, some thousands down."""
        async with aclosing(self._pages(LISTED)) as pages:
            async for page in pages:
                ahead = self.clock_offset or 0.0
                read = (read_known(run, ahead) for run in page)
                yield tuple(known for known in read if known is not None)

    async def check(self) -> KeyCheck:
        """Whether the key works, and the credit that is left where it may be told."""
        try:
            await self._wire.get("/auth/me")
        except Refused as error:
            if error.status == 403:
                # Known, but without the right to read about itself.
                return KeyCheck(ok=True, sentence="The key works.", balance=await self._balance())
            sentence = str(error) or KEY
            return KeyCheck(ok=False, sentence=sentence, names_vendor=error.names_vendor)
        return KeyCheck(ok=True, sentence="The key works.", balance=await self._balance())

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()

    async def _since(self, sent: Sent) -> list[dict[str, JsonValue]]:
        async with aclosing(self._pages(NEWEST)) as pages:
            async for page in pages:
                found = _marked(page, sent.token)
                window = Window.of(sent, self.clock_offset)
                if found or window.is_passed([run.get("created_at") for run in page]):
                    return found
        return []

    async def _pages(self, first: int) -> AsyncGenerator[list[dict[str, JsonValue]]]:
        params: dict[str, str | int] = {"limit": first}
        for _ in range(MOST_PAGES):
            body = await self._wire.get("/runs", params)
            yield objects(body, "items")
            following = body.get("next_pq") if isinstance(body, dict) else None
            if not isinstance(following, str) or not following:
                return
            params = {"limit": LONGEST_PAGE, "pq": following}

    async def _create(self, request: Request, body: dict[str, JsonValue], key: str) -> Ticket:
        headers = {"Idempotency-Key": key}
        try:
            answer = await self._wire.create(run_path(request), body, headers=headers)
        except Gone as error:
            message = "Runflow no longer offers this model. Choose another one."
            text = error.vendor_text
            raise Refused(
                message, code="vendor", status=error.status, vendor_text=text, no_such_model=True
            ) from None
        run = read_id(task_named(answer, "id", "run_id"))
        if run is None:
            raise Unclear.after("Runflow accepted the job without naming the run.")
        return _ticket(run, request)

    async def _signed(self, asset: str) -> str:
        # Nothing of the request has left yet, and the runner must know that.
        try:
            body = await self._wire.get(f"/assets/{quote(asset)}")
        except Gone as error:
            message = "Runflow no longer has an image of this request. The studio uploads it again."
            raise Gone(message, status=error.status, vendor_text=error.vendor_text) from None
        except (NotSent, Busy, Refused):
            raise
        except VendorError as error:
            raise NotSent(f"{error} Nothing was sent.") from None
        url = body.get("url") if isinstance(body, dict) else None
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise NotSent("Runflow gave no address for an image, so nothing was sent.")
        return url

    async def _packed(self, assets: list[str]) -> list[str] | None:
        """The pictures as data URIs; None where one is too large for that."""
        packed: list[str] = []
        for asset in assets:
            media = self._handed.get(asset)
            if media is None:
                message = "Runflow takes images only inside the request. The studio sends it again."
                raise Gone(message)
            try:
                content, kind = await prepared(media.path, media.media_type, ACCEPTED)
            except OSError:
                return None
            if len(content) >= INLINE_BYTES:
                return None
            packed.append(f"data:{kind};base64,{base64.b64encode(content).decode()}")
        return packed

    async def _balance(self) -> Cost | None:
        for path in BALANCES:
            try:
                balance = read_balance(await self._wire.get(path))
            except VendorError:
                # The key works all the same; only the figure is missing.
                continue
            if balance is not None:
                return balance
        return None


def _ticket(run: str, request: Request) -> Ticket:
    is_image = request.kind == "image"
    note: dict[str, JsonValue] = (
        {"count": request.options.get("count", 1)} if is_image else {"kind": "video"}
    )
    return Ticket(task=run, note=note, short=short_id(run))


def _marked(runs: list[dict[str, JsonValue]], token: str) -> list[dict[str, JsonValue]]:
    return [run for run in runs if run.get("client_ref") == token]
