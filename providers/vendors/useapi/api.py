"""The adapter to useapi.net's Runway API: our requests in its fields, its answers in our words.

What the create call says is in `body.py`.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from itertools import count
from math import inf

from pydantic import JsonValue

from providers.catalogue.requests import ArtifactId, Request
from providers.catalogue.rules import MediaKind
from providers.errors import Gone, Refused, Unclear, VendorError
from providers.library.media_types import suffix
from providers.library.outgoing import discreet, prepared
from providers.pools import SENDING
from providers.vendors.accounts import AssetPage, KnownAsset
from providers.vendors.transport.answer import masked
from providers.vendors.transport.wire import Wire
from providers.vendors.useapi.account import (
    Account,
    Balance,
    account_of,
    read_balance,
    read_subscription,
)
from providers.vendors.useapi.answers import (
    KEY,
    SESSION,
    SUBSCRIPTION,
    Full,
    inner_task,
    objects,
    read_id,
    read_refusal,
    read_task,
    same_task,
    task_id,
)
from providers.vendors.useapi.body import create_body
from providers.vendors.useapi.file_rules import PICTURES, VIDEOS
from providers.vendors.useapi.linked import (
    APART,
    NO_ACCOUNT,
    Linked,
    for_people,
    healthiest,
    not_linked,
)
from providers.vendors.useapi.listing import read_asset, read_known
from providers.vendors.useapi.search import STATUSES, alike, marked, ticket_of
from providers.vendors.vendor import (
    Candidate,
    Cost,
    KeyCheck,
    KnownTask,
    Media,
    Sent,
    TaskUpdate,
    Ticket,
)
from providers.vendors.window import Window

ROOT = "/v1/runwayml"
LIMITS = (100, 400, 500, 1000)
"""Tasks on a page of the list: most often the first is enough."""
FARTHEST = 1000
"""The last task at which the vendor lets a page begin."""
CHECKED_ACCOUNTS = 5
MOST_ASSETS = 50
EXPLORE_HINT = (
    " The Explore queue is for legacy Unlimited accounts. This account may not be eligible."
)


class UseApi:
    """One useapi.net subscription with the Runway accounts behind it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        wire.read_error = read_refusal
        self._accounts = Linked(wire)

    @property
    def clock_offset(self) -> float | None:
        """Seconds by which useapi.net's clock is ahead of ours."""
        return self._wire.offset.seconds

    async def choose_account(self, wanted: str = "", preferred: str = "") -> str:
        """One of the linked accounts, as `Linked` chooses."""
        return await self._accounts.choose(wanted, preferred)

    async def upload(self, media: Media) -> str:
        """The composite asset id of the file in the first account that works."""
        return await self.upload_to(media, healthiest(await self._accounts.all()).email)

    async def upload_to(self, media: Media, account: str) -> str:
        """The same in this account; the file is converted where the vendor would not take it."""
        accounts = await self._accounts.all()
        content: bytes | None = None
        kind, taken = media.media_type, PICTURES if media.kind == "image" else VIDEOS
        if media.kind == "image":
            content, kind = await prepared(media.path, kind, PICTURES)
        if kind not in taken:
            raise Refused("useapi.net doesn't take this type of file. Use MP4.", code="invalid")
        params: dict[str, str | int] = {"name": f"{media.sha256[:16]}{suffix(kind)}"}
        if len(accounts) > 1:
            params["email"] = account
        try:
            body = await self._wire.upload(
                "/assets/",
                params=params,
                content=content or await SENDING.run(discreet, media.path),
                media_type=kind,
            )
        except Gone as error:
            raise not_linked(error) from None
        asset = read_id(body.get("assetId")) if isinstance(body, dict) else None
        if asset is None:
            raise VendorError(
                "useapi.net accepted a file without naming it. The studio tries again."
            )
        return asset

    async def submit(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str
    ) -> Ticket:
        """Create the task. Gone means: an uploaded file is unknown there, and nothing was created."""
        return await self.submit_with_callback(request, uploads, token, "")

    async def submit_with_callback(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str, callback: str
    ) -> Ticket:
        """The same; there is at least one call, at the end."""
        path = "/images/create" if request.kind == "image" else "/videos/create"
        if len({account_of(asset) for asset in uploads.values()}) > 1:
            raise Gone(APART)
        body = create_body(request, uploads, token, callback)
        if isinstance(request.account, str) and (
            email := await self._accounts.email_for(request.account, uploads.values())
        ):
            body["email"] = email
        try:
            answer = await self._wire.create(path, body)
        except Full as error:
            return _taken(error, request, token)
        except Gone as error:
            if not uploads:
                raise not_linked(error) from None
            message = (
                "useapi.net no longer has a file of this request. It has to be uploaded again."
            )
            raise Gone(message, status=error.status, vendor_text=error.vendor_text) from None
        except Refused as error:
            if error.code != "invalid" or not request.options.get("explore"):
                raise
            raise Refused(
                f"{error}{EXPLORE_HINT}",
                code=error.code,
                status=error.status,
                vendor_text=error.vendor_text,
            ) from None
        task = task_id(answer)
        if task is None:
            raise _unnamed()
        return ticket_of(task, request)

    async def find(self, request: Request, token: str, since: float) -> Ticket | None:
        """The one task that the call may have made."""
        found = await self.candidates(Sent(request, token, since, until=inf), ())
        return found[0].ticket if len(found) == 1 else None

    async def candidates(self, sent: Sent, rivals: Sequence[Sent]) -> tuple[Candidate, ...]:
        """By our mark in the scheduler, else by what the tasks of every account were made from.

        A part that does not answer is an error only where the rest finds nothing.
        """
        error: VendorError | None = None
        try:
            tracked = marked(objects(await self._wire.get("/scheduler/"), "scheduler"), sent)
            if tracked:
                return tracked
        except VendorError as failed:
            error = failed
        listed: list[dict[str, JsonValue]] = []
        for account in await self._accounts.all(anew=True):
            try:
                listed += await self._since(account, sent)
            except (Refused, Gone) as failed:
                # An account that is no longer linked must not hide the tasks of the others.
                error = error or failed
        found = marked(listed, sent) or alike(listed, sent, rivals, self._ahead)
        if not found and error is not None:
            raise error
        return found

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        """The task as it is now."""
        body = await self._wire.look(_path("/tasks/", ticket))
        task = inner_task(body)
        if not task or not same_task(ticket.task, task.get("taskId")):
            raise VendorError(
                "useapi.net answered about something else. The studio will ask again."
            )
        return read_task(task, ticket.note)

    async def cancel(self, ticket: Ticket) -> None:
        """Delete the task; where that is refused, give its slot back. Only for tasks that go on:
        to delete a finished one could take its files along."""
        task = _path("/tasks/", ticket)
        try:
            answer = await self._wire.delete(task)
            if not isinstance(answer, dict) or answer.get("success") is not False:
                return
        except (Gone, Refused) as error:
            if isinstance(error, Refused) and error.code == "key":
                raise
        with suppress(Gone):
            await self._wire.delete(_path("/scheduler/", ticket))

    async def tasks(self) -> tuple[KnownTask, ...]:
        """The newest 100 tasks of every linked account."""
        async with aclosing(self.pages()) as pages:
            return await anext(pages, ())

    async def pages(self) -> AsyncGenerator[tuple[KnownTask, ...]]:
        """The tasks of all linked accounts, as far down as the vendor lets anybody read."""
        going = [
            self._pages(account) for account in await self._accounts.all() if not account.broken
        ]
        while going:
            listed: list[dict[str, JsonValue]] = []
            for account in tuple(going):
                page = await anext(account, None)
                listed += page or ()
                if page is None:
                    going.remove(account)
            read = (read_known(task, self._ahead) for task in listed)
            yield tuple(known for known in read if known is not None)

    async def assets(self, kind: MediaKind, page: int) -> AssetPage:
        """The newest files of every linked account that works, handed in or made there, 50 on a page."""
        if (offset := page * MOST_ASSETS) > FARTHEST:
            return AssetPage((), more=False)
        accounts, found = await self._accounts.all(anew=page == 0), list[KnownAsset]()
        is_full = False
        for account in accounts:
            if account.broken:
                continue
            params: dict[str, str | int] = {
                "offset": offset, "limit": MOST_ASSETS, "mediaType": kind,
            }  # fmt: skip
            if len(accounts) > 1:
                params["email"] = account.email
            listed = objects(await self._wire.get("/assets/", params), "assets")
            is_full = is_full or len(listed) >= MOST_ASSETS
            found += [one for each in listed if (one := read_asset(each, self._ahead))]
        newest = sorted(found, key=lambda one: one.created or 0, reverse=True)
        return AssetPage(tuple(newest), more=is_full and offset + MOST_ASSETS <= FARTHEST)

    async def asset(self, asset: str) -> KnownAsset:
        """One of them, with a new link."""
        told = await self._wire.get(f"/assets/{asset}")
        found = read_asset(told, self._ahead) if isinstance(told, dict) else None
        if found is None or not same_task(asset, found.asset):
            raise VendorError("useapi.net answered about something else. Try again.")
        return found

    async def check(self) -> KeyCheck:
        """The subscription, the linked accounts and their plan credits."""
        try:
            subscription = read_subscription(await self._wire.get(self._subscription_url()))
            if subscription is False:
                return KeyCheck(ok=False, sentence=SUBSCRIPTION, names_vendor=False)
            accounts = await self._accounts.read()
        except Gone:
            return KeyCheck(ok=False, sentence=NO_ACCOUNT, names_vendor=False)
        except Refused as error:
            sentence = str(error) or KEY
            return KeyCheck(ok=False, sentence=sentence, names_vendor=error.names_vendor)
        if not accounts:
            return KeyCheck(ok=False, sentence=NO_ACCOUNT, names_vendor=False)
        healthy = [account for account in accounts if not account.broken]
        balances = [
            balance
            for account in healthy[:CHECKED_ACCOUNTS]
            if (balance := await self._credits(account, alone=len(accounts) == 1)) is not None
        ]
        left = sum(balance.left for balance in balances)
        slots = sum(account.most_jobs or 0 for account in healthy)
        return KeyCheck(
            ok=bool(healthy),
            sentence="The key works." if healthy else SESSION,
            balance=Cost(amount=left, unit="credits") if balances else None,
            plan=f"{sum(balance.plan for balance in balances):,.0f} credits" if balances else "",
            accounts=tuple(masked(account.email) for account in accounts),
            linked=tuple(for_people(account) for account in accounts),
            concurrency=slots or None,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()

    @property
    def _ahead(self) -> float:
        return self.clock_offset or 0.0

    async def _since(self, account: Account, sent: Sent) -> list[dict[str, JsonValue]]:
        found: list[dict[str, JsonValue]] = []
        async with aclosing(self._pages(account)) as pages:
            async for page in pages:
                found += page
                # Only now is it known what the vendor's clock shows.
                window = Window.of(sent, self.clock_offset)
                if window.is_passed([task.get("createdAt") for task in page]):
                    break
        return found

    async def _pages(self, account: Account) -> AsyncGenerator[list[dict[str, JsonValue]]]:
        offset = 0
        for number in count():
            limit = LIMITS[min(number, len(LIMITS) - 1)]
            params: dict[str, str | int] = {"limit": limit, "statuses": STATUSES}
            if len(await self._accounts.all()) > 1:
                params["email"] = account.email
            answer = await self._wire.get("/tasks/", {"offset": offset, **params})
            tasks = objects(answer, "tasks")
            yield tasks
            offset += len(tasks)
            # The vendor may give fewer than it is asked for, and goes no further down than this.
            if len(tasks) < LIMITS[0] or offset > FARTHEST:
                return

    async def _credits(self, account: Account, *, alone: bool) -> Balance | None:
        try:
            params = None if alone else {"email": account.email}
            return read_balance(await self._wire.get("/features/", params))
        except VendorError:
            # The key works all the same; only the figure is missing.
            return None

    def _subscription_url(self) -> str:
        return f"{self._wire.base_url.removesuffix(ROOT)}/v2/account"


def _path(collection: str, ticket: Ticket) -> str:
    # Raw: the vendor does not find an id whose colons and at-signs are encoded.
    task = read_id(ticket.task)
    if task is None:
        raise Gone("This isn't a useapi.net task ID. Copy the whole ID, starting with `user:`.")
    return collection + task


def _taken(error: Full, request: Request, token: str) -> Ticket:
    """The task of a call that was refused for those that are made there, and is one of them: on its way it
    was repeated, and taken once. Busy where none of them bears its mark."""
    if not any(task.get("replyRef") == token for task in error.tasks):
        raise error
    found = marked(error.tasks, Sent(request, token, 0.0, until=inf))
    if len(found) != 1:
        raise _unnamed()
    return found[0].ticket


def _unnamed() -> Unclear:
    return Unclear.after("useapi.net accepted the job without naming the task.")
