"""A connection: the sandbox in this process."""

import asyncio
from pathlib import Path

import httpx
import pytest

from providers.vendors.all import VENDORS
from providers.vendors.connection import SANDBOX_KEY, Sandbox

pytestmark = pytest.mark.anyio


async def test_two_first_calls_at_once_reach_the_same_emulator(tmp_path: Path) -> None:
    sandbox = Sandbox(VENDORS, tmp_path, speed=1)
    headers = {"Authorization": f"Bearer {SANDBOX_KEY}"}
    async with httpx.AsyncClient(
        transport=sandbox, base_url="http://sandbox/useapi/v1/runwayml", headers=headers
    ) as client:

        async def create(prompt: str) -> str:
            body = {"model": "nano-banana", "text_prompt": prompt}
            answer = await client.post("/images/create", json=body)
            return str(answer.json()["task"]["taskId"])

        tasks = await asyncio.gather(*(create(f"picture {number}") for number in range(3)))
        seen = [await client.get(f"/tasks/{task}") for task in tasks]
    sandbox.close()
    assert [answer.status_code for answer in seen] == [200, 200, 200]
