"""F40: answers with fields and types that nobody expects, through the studio and through each adapter."""

import asyncio
import json
import tempfile
from itertools import product
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue, SecretStr

from providers.errors import VendorError
from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.rig import chaos
from tests.chaos.toxics import mutated
from tests.support.exchanges import CASES, Case, act
from tests.support.scripted import KEY, Sleeps

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
            rig.network.plan.clear()
            rig.network.next("create", strange(number * 7))
            rig.network.next("look", strange(number * 11), strange(number * 13 + 5))
            jobs.append(await rig.over(rig.press()))
        states = {job.state for job in jobs}
        assert states <= {"done", "unsure", "failed", "cancelled", "rejected", "expired"}
        assert [job.state for job in jobs].count("done") >= 20


leaf = (
    st.sampled_from(STRANGE)
    | st.sampled_from(
        ["FAILED", "succeeded", "1e999", "NaN", "50%", "https://x.example/a", "a@b.c"]
    )
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
anything: st.SearchStrategy[JsonValue] = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
HUGE: tuple[JsonValue, ...] = (10**400, "9" * 400)


@pytest.mark.fault("F40")
async def test_f40_no_number_is_too_large_for_an_adapter(vendor: Vendor) -> None:
    for case in RECORDED[vendor.name]:
        answers = [(one.answer.status, one.answer.body) for one in case.exchanges]
        for place, (status, body) in enumerate(answers):
            for where, huge in product(leaves(body), HUGE):
                bent = put(body, where, huge)
                await ask(vendor, case, [*answers[:place], (status, bent), *answers[place + 1 :]])


STATUSES = st.sampled_from([200, 400, 401, 402, 403, 404, 409, 412, 422, 429, 500, 503])
RECORDED: dict[str, list[Case]] = {vendor.name: [] for vendor in VENDORS}
for _param in CASES:
    _vendor, _case = _param.values
    assert isinstance(_vendor, Vendor)
    assert isinstance(_case, Case)
    RECORDED[_vendor.name].append(_case)


@pytest.mark.fault("F40")
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_f40_no_json_of_this_world_breaks_an_adapter(vendor: Vendor, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(RECORDED[vendor.name]))
    answers = [(one.answer.status, one.answer.body) for one in case.exchanges]
    place = data.draw(st.integers(0, len(answers) - 1))
    status, body = answers[place]
    for _ in range(data.draw(st.integers(0, 3))):
        if places := leaves(body):
            body = put(body, data.draw(st.sampled_from(places)), data.draw(anything))
    if data.draw(st.integers(0, 5)) == 0:
        body = data.draw(anything)
    answers[place] = (data.draw(st.just(status) | STATUSES), body)
    asyncio.run(ask(vendor, case, answers))


async def ask(vendor: Vendor, case: Case, answers: list[tuple[int, JsonValue]]) -> None:
    """Have an adapter read these answers, one after the other, then the last one for ever."""

    def reply(_: httpx.Request) -> httpx.Response:
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        return httpx.Response(status, content=json.dumps(body).encode())

    wire = Wire(
        label=vendor.label,
        base_url=vendor.base_url,
        key=SecretStr(KEY),
        headers=vendor.headers,
        transport=httpx.MockTransport(reply),
        sleep=Sleeps(),
    )
    provider = vendor.provider(wire)
    try:
        with tempfile.TemporaryDirectory() as folder:
            told = await act(provider, case, Path(folder))
        json.dumps(told)
    except VendorError as error:
        # A person may be shown it, whatever stood in the answer.
        str(error).encode()
    finally:
        await provider.aclose()
