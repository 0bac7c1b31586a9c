"""Tasks of several files, of which some may stay away."""

import json

import httpx
from pydantic import JsonValue

from tests.chaos.shapes import manifold
from tests.chaos.toxics import Forward, Toxic, mutated

ALWAYS = 10**6
FILES = 3


def numbered(*, backwards: bool) -> Toxic:
    """A task of several files, listed from the first or from the last."""
    many = manifold(FILES)

    def change(body: JsonValue) -> JsonValue:
        return _turned(many(body)) if backwards else many(body)

    return mutated(change)


def _turned(body: JsonValue) -> JsonValue:
    if isinstance(body, list):
        turned = [_turned(one) for one in body]
        return turned[::-1] if "n=" in json.dumps(body) else turned
    if isinstance(body, dict):
        return {name: _turned(value) for name, value in body.items()}
    return body


def one_is_away(fetched: list[str]) -> Toxic:
    """The second file does not come; the others are noted."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        number = str(request.url).rpartition("n=")[2][:1]
        if number == "1":
            raise RuntimeError("away")
        fetched.append(number)
        return await forward(request)

    return toxic


def noting(fetched: list[str]) -> Toxic:
    """Files come, and are noted."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        fetched.append(str(request.url).rpartition("n=")[2][:1])
        return await forward(request)

    return toxic
