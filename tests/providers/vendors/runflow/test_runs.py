"""Runs as Runflow tells them: the list of an organisation's, and what the rarer fields of one mean."""

import base64
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.rules import MediaKind
from providers.errors import Unclear
from providers.vendors.runflow import VENDOR
from providers.vendors.runflow.answers import read_balance, read_decimal, read_run
from providers.vendors.runflow.listing import read_known
from providers.vendors.sandbox.engine import Clock
from providers.vendors.vendor import Failed, Succeeded, TaskLister
from tests.support.meeting import Unpainted, meeting, picture
from tests.support.runflow_adapter import BASE, EDIT, adapter, call, said

pytestmark = pytest.mark.anyio

PRO = "runflow:image/google/nano-banana-pro"
RUN = "0198a0b1-7c1e-7000-8000-000000000001"
URL = "https://r2.example.com/0.png?sig=1"


def run(**more: JsonValue) -> dict[str, JsonValue]:
    """A run as the list tells it, with these fields changed."""
    given: JsonValue = {"prompt": "A boat", "num_images": 2}
    return {"id": RUN, "status_code": "succeeded", "input": given, "metadata": None, **more}


def files(*sorts: str) -> JsonValue:
    """So many finished files."""
    return {
        "outputs": [{"url": f"{URL}{number}", "type": sort} for number, sort in enumerate(sorts)]
    }


OURS: dict[str, JsonValue] = {"client_ref": "t", "metadata": {"job": "t"}}


@pytest.mark.parametrize(
    ("told", "kind", "model"),
    [
        (run(), "image", ""),
        (run(**OURS), "image", PRO),
        (run(client_ref="t", metadata={"job": "another"}), "image", ""),
        (run(model_id="google/nano-banana-pro"), "image", PRO),
        (run(model_id="google/nano-banana-pro/edit"), "image", PRO),
        (run(model_id="0198-of-another-model"), "image", ""),
        (run(input={"prompt": "A boat", "duration": "8s"}), "video", ""),
        (run(input={"prompt": "A boat"}), None, ""),
        (run(input={"prompt": "A boat"}, output=files("image")), "image", ""),
        (run(output=files("video")), "video", ""),
        (run(**OURS, output=files("video")), "video", ""),
    ],
)
def test_a_listed_run_is_read_for_what_it_tells(
    told: Mapping[str, JsonValue], kind: str | None, model: str
) -> None:
    known = read_known(told)
    assert known is not None
    assert (known.kind, known.model, known.prompt) == (kind, model, "A boat")
    assert (known.task, known.short, known.state) == (RUN, "00000001", "succeeded")


def test_a_listed_run_without_its_parts_is_still_one_and_without_an_id_is_none() -> None:
    shapes: list[JsonValue] = [None, [], "x", 5]
    for told in shapes:
        known = read_known({"id": RUN, "input": told, "metadata": told, "created_at": told})
        assert known is not None
        assert (known.state, known.prompt, known.model) == ("running", "", "")
    assert [read_known({"id": mark}) for mark in (None, 7, "", "../x")] == [None] * 4


async def test_the_list_is_asked_for_once_and_read_in_either_shape() -> None:
    runs: list[JsonValue] = [run(), run(id=None), "x", run(id="run-2", status_code="canceled")]
    wrapped: JsonValue = {"items": runs, "next_pq": "more"}
    for body in (wrapped, runs):
        async with adapter(said(body)) as (provider, vendor):
            known = await provider.tasks()
        assert [one.state for one in known] == ["succeeded", "cancelled"]
        (request,) = vendor.seen
        assert (request.url.path, request.url.params["limit"]) == ("/v1/runs", "100")
        assert RUN not in repr(known)


async def test_of_several_runs_with_our_mark_none_is_chosen_and_all_are_listed(
    tmp_path: Path,
) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        fields: dict[str, JsonValue] = {"prompt": "A teapot sandbox:lost-answer"}
        with pytest.raises(Unclear):
            await met.submit(PRO, fields)
        request = met.request(PRO, fields)
        assert await met.provider.find(request, "0" * 32, 0) is not None
        # Another program of the same account sends a run under the same mark.
        twin: JsonValue = {"input": {"prompt": "A teapot"}, "client_ref": "0" * 32}
        answer = await call(met.engine, "POST", BASE, twin, key="user:0-sandbox")
        assert answer.status_code == 201
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        assert await met.provider.find(request, "0" * 32, 0) is None
        assert isinstance(met.provider, TaskLister)
        listed = {known.task for known in await met.provider.tasks()}
        assert listed == {created.task for created in met.engine.book}
        assert len(listed) == 2


def edit(url: str) -> JsonValue:
    """A run that edits one picture."""
    given: dict[str, JsonValue] = {"prompt": "x", "image_urls": [url]}
    return {"input": given}


async def test_a_picture_inside_a_request_is_painted_like_one_that_was_uploaded(
    tmp_path: Path,
) -> None:
    held = picture(tmp_path / "in.png", (90, 160))
    packed = base64.b64encode(held.path.read_bytes()).decode()
    engine = Unpainted(Clock(0), tmp_path / "engine")
    made = (await call(engine, "POST", EDIT, edit(f"data:image/png;base64,{packed}"))).json()
    told = (await call(engine, "GET", f"/runs/{made['id']}")).json()
    (output,) = told["output"]["outputs"]
    assert output["height"] > output["width"]
    for broken in ("data:image/png;base64,%%%", "data:image/png;base64,AAAA", "data:image/png"):
        answer = await call(engine, "POST", EDIT, edit(broken))
        assert answer.status_code == 422
    engine.close()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", "queued"), ("dispatching", "queued"), ("running", "running"),
        ("succeeded", "succeeded"), ("completed", "succeeded"), ("partial_succeeded", "succeeded"),
        ("failed", "failed"), ("errored", "failed"), ("canceled", "cancelled"),
        ("cancelled", "cancelled"), ("anything else", "running"), (None, "running"), (5, "running"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["status_code", "status"])
def test_every_status_is_read_in_both_spellings_and_under_both_keys(
    word: JsonValue, state: str, key: str
) -> None:
    for told in (word, word.upper() if isinstance(word, str) else word):
        body: dict[str, JsonValue] = {"id": RUN, key: told, "output": files("image")}
        whole, empty = read_run(body, 1).state, read_run({"id": RUN, key: told}, 1).state
        if state == "running" and word != "running":
            # A status that no page describes is a success as soon as its files are there.
            assert (whole, empty) == ("succeeded", "running")
        else:
            assert whole == state


@pytest.mark.parametrize(
    ("flag", "used"),
    [(True, {"content_check": "flagged"}), (False, {"content_check": "passed"}), (None, {})],
)
def test_a_flag_beside_files_is_told_and_the_files_are_kept(
    flag: JsonValue, used: dict[str, JsonValue]
) -> None:
    output: JsonValue = {"outputs": [{"url": URL, "type": "image"}], "nsfw_detected": flag}
    update = read_run(run(output=output), 1)
    assert isinstance(update, Succeeded)
    assert (len(update.outputs), update.used) == (1, used)


MP4: JsonValue = {"url": "https://r2.example.com/a.mp4?sig=1"}
BARE: JsonValue = {"url": "https://r2.example.com/a?sig=1"}
TYPED: JsonValue = {"url": "https://r2.example.com/a?sig=1", "content_type": "video/mp4"}


@pytest.mark.parametrize(
    "told",
    [
        {"output": {"video": MP4}},
        {"output": {"video": BARE}},
        {"output": {"video": "https://r2.example.com/a?sig=1"}},
        {"output": {"videos": [BARE]}},
        {"output": {"video_url": "https://r2.example.com/a?sig=1"}},
        {"output": None, "video": BARE},
        {"video": BARE},
        {"output": {"outputs": [MP4]}},
        {"output": {"outputs": [TYPED]}},
        {"output": MP4},
        {"output": {"video": BARE, "image": {"url": "https://r2.example.com/poster.png"}}},
    ],
)
def test_a_video_is_found_in_each_shape_that_pages_show(told: Mapping[str, JsonValue]) -> None:
    kinds: tuple[MediaKind | None, ...] = (None, "video")
    for kind in kinds:
        update = read_run({"id": RUN, "status_code": "succeeded", **told}, 1, kind)
        assert isinstance(update, Succeeded)
        assert [output.kind for output in update.outputs] == ["video"]
        assert update.missing == 0


def test_a_file_of_an_unknown_sort_is_what_was_asked_for() -> None:
    told = run(output={"outputs": [BARE]})
    sorts: dict[MediaKind | None, str] = {"video": "video", "image": "image", None: "image"}
    for kind, sort in sorts.items():
        update = read_run(told, 1, kind)
        assert isinstance(update, Succeeded)
        assert update.outputs[0].kind == sort


SHOTS: JsonValue = {
    "multi_prompt": [{"prompt": "A door"}, {"prompt": "A hall"}, 7],
    "duration": "9",
}


def test_a_listed_multishot_tells_its_shots_as_its_prompt() -> None:
    for told in (run(input=SHOTS, **OURS), run(input=SHOTS, **OURS, output={"video": BARE})):
        known = read_known(told)
        assert known is not None
        assert (known.kind, known.prompt) == ("multishot", "A door A hall")
        assert known.model == "runflow:multishot/kuaishou/kling-video/v3/pro"


@pytest.mark.parametrize(
    ("slug", "given", "model"),
    [
        ("kuaishou/kling-video/v3/pro/image-to-video", {"duration": "5"}, "video/kuaishou/kling-video/v3/pro"),
        ("kuaishou/kling-video/v3/pro/text-to-video", SHOTS, "multishot/kuaishou/kling-video/v3/pro"),
        ("google/veo3.1/fast/image-to-video", {"duration": "8s"}, "video/google/veo3.1/fast"),
        ("alibaba/happy-horse/reference-to-video", {"image_urls": ["x"], "duration": 5},
         "video/alibaba/happy-horse/reference-to-video"),
        ("bytedance/seedance/2.0/fast/text-to-video", {"duration": "5"}, "video/bytedance/seedance/2.0/fast"),
    ],
)  # fmt: skip
def test_a_listed_run_that_names_its_address_is_of_our_row(
    slug: str, given: JsonValue, model: str
) -> None:
    known = read_known(run(input=given, model_id=slug))
    assert known is not None
    assert (known.model, known.kind) == (f"runflow:{model}", model.partition("/")[0])


def test_what_the_model_says_of_its_work_is_kept_in_plain_values() -> None:
    told: JsonValue = {
        "prompt": "A teapot, soft light",
        "steps": 30,
        "link": "https://r2.example.com/a?X-Signature=secret",
        "nested": {"a": 1},
        "none": None,
        "empty": "",
        "seed": 7,
    }
    output: JsonValue = {"outputs": [{"url": URL, "type": "image"}], "seed": 5, "model_data": told}
    update = read_run(run(output=output), 1)
    assert isinstance(update, Succeeded)
    assert update.used == {
        "prompt": "A teapot, soft light",
        "steps": 30,
        "link": "https://r2.example.com/a?…",
        "seed": "5",
    }
    hostiles: list[JsonValue] = [None, "x", [1], {"x" * 99: 1}, {str(n): n for n in range(9999)}]
    for hostile in hostiles:
        odd: JsonValue = {"outputs": [{"url": URL, "type": "image"}], "model_data": hostile}
        update = read_run(run(output=odd), 1)
        assert isinstance(update, Succeeded)
        assert len(update.used) <= 20


def test_a_flag_without_files_is_moderation() -> None:
    update = read_run(run(output={"outputs": [], "nsfw_detected": True}), 1)
    assert isinstance(update, Failed)
    assert update.code == "moderated"


def test_a_partial_success_keeps_what_is_there_and_says_what_is_missing() -> None:
    told = run(
        status_code="partial_succeeded",
        output=files("image", "image", "image"),
        failure_message="One was not finished.",
        cost="0.45",
    )
    update = read_run(told, 4)
    assert isinstance(update, Succeeded)
    assert (len(update.outputs), update.missing, update.why) == (3, 1, "One was not finished.")
    assert update.cost is not None
    assert update.cost.amount == 0.45


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("0.15", "0.15"), (" 12.50 ", "12.5"), (0.15, "0.15"), (3, "3"), ("1e3", "1000"),
        (None, None), ("", None), ("free", None), ("NaN", None), ("Infinity", None), (True, None),
        ([], None), ("9" * 30, None),
    ],
)  # fmt: skip
def test_money_is_a_decimal_in_text_or_a_number(told: JsonValue, number: str | None) -> None:
    assert read_decimal(told) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("body", "amount", "unit"),
    [
        ({"balance_cents": 865, "currency": "USD"}, 8.65, "$"),
        ({"id": "x", "org_id": "y", "balance": "8.65", "low_balance_threshold": "1"}, 8.65, "$"),
        ({"balance": 8.65}, 8.65, "$"),
        ([{"balance": "8.65"}], 8.65, "$"),
        ({"items": [{"balance": "8.65"}]}, 8.65, "$"),
        ({"balance_cents": 865, "currency": "EUR"}, 8.65, "EUR"),
    ],
)
def test_a_balance_is_read_in_each_of_its_shapes(body: JsonValue, amount: float, unit: str) -> None:
    found = read_balance(body)
    assert found is not None
    assert (found.amount, found.unit) == (amount, unit)


def test_no_balance_is_not_nought() -> None:
    shapes: list[JsonValue] = [
        None,
        [],
        {},
        {"balance": None},
        {"items": []},
        {"balance": "much"},
        "8",
    ]
    assert [read_balance(shape) for shape in shapes] == [None] * len(shapes)
