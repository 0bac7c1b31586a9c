"""F40: answers with fields and types that nobody expects, through the studio and through each adapter."""

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.rig import chaos
from tests.chaos.toxics import mutated

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]


def leaves(value: JsonValue, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The places of all values in a JSON document."""
    found = [path] if path else []
    if isinstance(value, dict):
        for name, inner in value.items():
            found += leaves(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            found += leaves(inner, (*path, place))
    return found


def put(value: JsonValue, path: tuple[str | int, ...], new: JsonValue) -> JsonValue:
    """The same document with another value in one place."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return copy


STRANGE: tuple[JsonValue, ...] = (
    None,
    "",
    "x",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    [None],
    "\ud800",
    10**400,
)


@pytest.mark.fault("F40")
async def test_f40_no_strange_answer_breaks_the_studio(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        jobs: list[Job] = []

        def strange(number: int) -> toxics.Toxic:
            def change(body: JsonValue) -> JsonValue:
                places = leaves(body)
                body = put(body, places[number % len(places)], STRANGE[number % len(STRANGE)])
                return {**body, "somethingNew": [{"x": 1}]} if isinstance(body, dict) else body

            return mutated(change)

        for number in range(40):
            rig.road.plan.clear()
            rig.road.next("create", strange(number * 7))
            rig.road.next("look", strange(number * 11), strange(number * 13 + 5))
            jobs.append(await rig.over(rig.press()))
        states = {job.state for job in jobs}
        assert states <= {"done", "unsure", "failed", "cancelled", "rejected", "expired"}
        assert [job.state for job in jobs].count("done") >= 20
