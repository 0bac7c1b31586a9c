"""Task objects as any program may send them to the emulated Runware, and the call that sends them."""

import httpx
from pydantic import JsonValue

from providers.vendors.runware import VENDOR
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Engine

TASK: dict[str, JsonValue] = {
    "taskType": "imageInference",
    "taskUUID": "0a1b2c3d-0000-4000-8000-000000000001",
    "model": "google:4@1",
    "positivePrompt": "A paper boat",
    "width": 1344,
    "height": 768,
    "deliveryMethod": "async",
}
KLING_TASK: dict[str, JsonValue] = {
    **{name: TASK[name] for name in ("taskUUID", "positivePrompt", "deliveryMethod")},
    "taskType": "videoInference",
    "model": "klingai:kling-video@3-pro",
}


async def post(engine: Engine, body: JsonValue | bytes, key: str = "good") -> httpx.Response:
    """The answer to tasks, or to bytes that may be none."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app=sandbox_app([VENDOR], engine))
    async with httpx.AsyncClient(transport=transport, headers=headers) as client:
        address = "http://sandbox/runware/v1"
        if isinstance(body, bytes):
            return await client.post(address, content=body)
        return await client.post(address, json=body)
