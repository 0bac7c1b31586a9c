"""The emulated Runflow's calls once a run has ended, and the secrets that they are signed with."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Awaitable, Callable, Sequence

from pydantic import JsonValue
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.catalogue.rules import Frozen
from providers.vendors.runflow.sandbox.gate import read_json
from providers.vendors.runflow.sandbox.shapes import Refusal, Run
from providers.vendors.sandbox.bodies import text
from providers.vendors.sandbox.calls import Call
from providers.vendors.sandbox.engine import Engine

VENDOR_NAME = "runflow"
WAITS = (1.0, 2.0)
"""Seconds before another try."""
EVENTS = {
    "succeeded": "run.completed",
    "partial_succeeded": "run.partial_succeeded",
    "failed": "run.failed",
}
LONGEST_LABEL = 255


class Secret(Frozen):
    """What an account's calls are signed with from now on."""

    id: str
    account: str
    label: str
    plain: str
    at: float


class CallbackDesk:
    """Calls, and makes the secrets for them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._secrets = engine.records(VENDOR_NAME, "callback-secrets", Secret)

    async def make_secret(self, request: Request, account: str) -> Response:
        """`POST /callback-secrets`: the one answer that shows the secret."""
        label = (await read_json(request)).get("label")
        if not isinstance(label, str) or len(label) > LONGEST_LABEL:
            raise Refusal(422, "VALIDATION_ERROR", "label is text of up to 255 characters.")
        made = Secret(
            id=str(uuid.uuid4()),
            account=account,
            label=label,
            plain=f"whsec_{secrets.token_hex(16)}",
            at=self._engine.clock.now(),
        )
        self._secrets.put(made.id, made)
        shape: dict[str, JsonValue] = {
            "id": made.id,
            "label": label,
            "plain_secret": made.plain,
            "key_prefix": made.plain[:10],
            "is_current": True,
        }
        return JSONResponse(shape, 201)

    def promise(
        self, run: Run, ended: Callable[[], Awaitable[dict[str, JsonValue] | None]]
    ) -> None:
        """Call once the run has ended, if it came with an address."""

        async def told() -> Sequence[Call] | None:
            shape = await ended()
            return None if shape is None else [self._call(run, shape)]

        self._engine.callbacks.promise(run.body.get("callback_url"), told, waits=WAITS)

    def _call(self, run: Run, shape: dict[str, JsonValue]) -> Call:
        status = text(shape["status_code"])
        names = ("output", "duration_ms", "created_at", "completed_at", "metadata")
        told: dict[str, JsonValue] = {name: shape[name] for name in names}
        body = to_json({"event": EVENTS[status], "run_id": run.id, "status": status, **told})
        headers = {"Runflow-Request-Id": str(uuid.uuid4())}
        secret = self._secret(run.account)
        if secret:
            signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            headers["Runflow-Signature"] = signed
        return Call(body, headers)

    def _secret(self, account: str) -> str:
        own = [secret for secret in self._secrets if secret.account == account]
        newest = max(own, key=lambda secret: secret.at, default=None)
        return newest.plain if newest else self._engine.callback_secrets.get(VENDOR_NAME, "")
