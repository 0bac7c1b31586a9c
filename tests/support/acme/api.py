"""Our adapter to Acme."""

from collections.abc import Mapping

from providers.catalogue.requests import ArtifactId, Request
from providers.errors import Refused, Unclear
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import (
    Cost,
    KeyCheck,
    Media,
    Output,
    Queued,
    Succeeded,
    TaskUpdate,
    Ticket,
)


class Acme:
    """Two calls: a plate is ordered, and looked at until it is dry."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def upload(self, media: Media) -> str:
        """Acme takes no files."""
        raise Refused(f"Acme takes no {media.kind}. Leave the picture out.", code="invalid")

    async def submit(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str
    ) -> Ticket:
        """Order a plate."""
        del uploads
        body = {"model": request.model.rpartition("/")[2], "prompt": request.prompt, "mark": token}
        answer = await self._wire.create("/plates", {**body, **request.options})
        plate = answer.get("plate")
        if not isinstance(plate, str):
            raise Unclear("Acme named no plate. Look there before you send it again.")
        return Ticket(task=plate, short=plate)

    async def find(self, request: Request, token: str, since: float) -> Ticket | None:
        """Acme lists nothing."""
        del request, token, since
        return None

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        """The plate as it is now."""
        body = await self._wire.get(f"/plates/{ticket.task}")
        link = body.get("link") if isinstance(body, dict) else None
        if not isinstance(link, str):
            return Queued()
        return Succeeded(
            outputs=(Output(url=link, kind="image"),), cost=Cost(amount=3, unit="acorns")
        )

    async def cancel(self, ticket: Ticket) -> None:
        """Acme stops nothing."""
        del ticket

    async def check(self) -> KeyCheck:
        """Acme tells nothing about a key."""
        return KeyCheck(ok=True, sentence="The key works.")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()
