"""The Runflow adapter meets the emulator, which was written from the same pages by other eyes."""

from pathlib import Path

import httpx
import pytest
from PIL import Image
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.errors import Gone, Unclear
from providers.library.media import probe
from providers.vendors.runflow import VENDOR
from providers.vendors.runflow.bodies import run_body
from providers.vendors.runflow.models import MODELS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.vendor import Queued, Running, Succeeded
from tests.support.cases import legal
from tests.support.meeting import Unpainted, meeting, request_of
from tests.support.runflow_adapter import BASE, EDIT, call
from tests.support.runflow_films import ADDRESSES

pytestmark = pytest.mark.anyio

PRO = "runflow:image/google/nano-banana-pro"
TOKEN = "0123456789abcdef" * 2


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.id)
async def test_every_legal_request_arrives_as_it_was_written(
    spec: ModelSpec, tmp_path: Path
) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    cases = list(legal(spec))
    bare, with_files, fields = ADDRESSES[spec.id]
    async with meeting(VENDOR, engine) as met:
        asset = await met.hand_over()
        for number, case in enumerate(cases):
            request = request_of(VENDOR, spec.id, case.given)
            media = request.media()
            token = f"{number:032x}"
            ticket = await met.provider.submit(request, dict.fromkeys(handed(media), asset), token)
            created = engine.book[-1]
            assert isinstance(created.body, dict)
            sent = dict(created.body)
            assert sent.pop("model") == (with_files if media else bare)
            given = sent["input"]
            assert isinstance(given, dict)
            urls = [url for field in fields for url in listed(given.get(field))]
            assert len(urls) == len(media)
            assert sent == run_body(request, urls, token), case.name
            assert (created.task, created.token) == (ticket.task, token)
    assert len(engine.book) == len(cases)


def handed(media: tuple[tuple[str, str], ...]) -> list[str]:
    return [artifact for _, artifact in media]


def listed(value: JsonValue) -> list[str]:
    """The addresses in a field: one, several or none."""
    held = value if isinstance(value, list) else [] if value is None else [value]
    return [str(one) for one in held]


@pytest.mark.parametrize(
    ("fields", "kind", "size"),
    [
        ({}, "image/png", (1024, 1024)),
        ({"ratio": "16:9", "resolution": "2K", "format": "jpeg"}, "image/jpeg", (2736, 1536)),
        ({"ratio": "2:3", "format": "webp"}, "image/webp", (832, 1248)),
    ],
)
async def test_a_picture_has_the_size_and_type_that_were_asked_for(
    fields: dict[str, JsonValue], kind: str, size: tuple[int, int], tmp_path: Path
) -> None:
    async with meeting(VENDOR, Engine(Clock(0), tmp_path)) as met:
        update = await met.settled(await met.submit(PRO, {"prompt": "A teapot", **fields}))
        assert isinstance(update, Succeeded)
        await met.downloads.fetch(update.outputs[0].url, tmp_path / "made")
        found = probe(tmp_path / "made")
    assert (found.media_type, (found.width, found.height)) == (kind, size)
    assert update.cost is not None
    assert (update.cost.amount, update.cost.unit) == (0.15, "$")


async def test_three_references_are_edited_in_the_shape_of_the_first(tmp_path: Path) -> None:
    async with meeting(VENDOR, Engine(Clock(0), tmp_path)) as met:
        assets = [await met.hand_over(f"{n}.png", (90, 160)) for n in range(3)]
        fields: dict[str, JsonValue] = {"prompt": "Blend", "references": ["a", "b", "c"]}
        update = await met.settled(await met.submit(PRO, fields, TOKEN, *assets))
        assert isinstance(update, Succeeded)
        await met.downloads.fetch(update.outputs[0].url, tmp_path / "made")
    with Image.open(tmp_path / "made") as made:
        assert made.width / made.height == pytest.approx(9 / 16, abs=0.01)


async def test_of_four_pictures_the_three_that_succeed_are_kept(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        fields: dict[str, JsonValue] = {"prompt": "A teapot sandbox:one-fails", "count": 4}
        update = await met.settled(await met.submit(PRO, fields))
    assert isinstance(update, Succeeded)
    assert (len(update.outputs), update.missing) == (3, 1)
    assert "not finished" in update.why
    assert update.cost is not None
    assert update.cost.amount == pytest.approx(0.45)


async def test_a_run_is_queued_then_at_work_then_done(tmp_path: Path) -> None:
    now = 1000.0
    async with meeting(VENDOR, Unpainted(Clock(1, lambda: now), tmp_path)) as met:
        ticket = await met.submit(PRO, {"prompt": "A teapot"})
        states: list[type] = []
        for step in (0.0, 2.0, 9.0):
            now = 1000.0 + step
            states.append(type(await met.provider.poll(ticket)))
    assert states == [Queued, Running, Succeeded]


async def test_a_lost_run_is_found_by_our_mark_and_an_unsent_one_is_not(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        fields: dict[str, JsonValue] = {"prompt": "A teapot sandbox:lost-answer"}
        with pytest.raises(Unclear):
            await met.submit(PRO, fields, TOKEN)
        request = met.request(PRO, fields)
        found = await met.provider.find(request, TOKEN, 0)
        assert found is not None
        assert found.task == met.engine.book[0].task
        assert await met.provider.find(request, "f" * 32, 0) is None


async def test_the_same_call_twice_is_one_run(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        first = await met.submit(PRO, {"prompt": "A teapot", "seed": 1}, TOKEN)
        assert await met.submit(PRO, {"prompt": "A teapot", "seed": 1}, TOKEN) == first
        with pytest.raises(Unclear):
            await met.submit(PRO, {"prompt": "Another", "seed": 1}, TOKEN)
    assert len(met.engine.book) == 1


async def test_an_upload_that_is_gone_is_told_before_anything_is_made(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        fields: dict[str, JsonValue] = {"prompt": "A teapot", "references": ["a"]}
        with pytest.raises(Gone, match="uploads it again"):
            await met.submit(PRO, fields, TOKEN, "0a1b2c3d-0000-4000-8000-000000000001")
        assert not met.engine.book
        ticket = await met.submit(PRO, {"prompt": "A teapot"})
        with pytest.raises(Gone):
            await met.provider.poll(ticket.model_copy(update={"task": "another"}))


async def test_a_link_that_died_is_signed_anew(tmp_path: Path) -> None:
    async with meeting(VENDOR, Engine(Clock(0), tmp_path)) as met:
        ticket = await met.submit(PRO, {"prompt": "A teapot sandbox:expired-link"})
        update = await met.settled(ticket)
        assert isinstance(update, Succeeded)
        with pytest.raises(Gone):
            await met.downloads.fetch(update.outputs[0].url, tmp_path / "made")
        again = await met.provider.poll(ticket)
        assert isinstance(again, Succeeded)
        await met.downloads.fetch(again.outputs[0].url, tmp_path / "made")


async def test_a_key_is_checked_with_its_balance(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path / "good")) as met:
        checked = await met.provider.check()
        assert checked.ok
        assert checked.balance is not None
        assert (checked.balance.amount, checked.balance.unit) == (8.65, "$")
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path / "bad"), key="a_bad_key") as met:
        checked = await met.provider.check()
        assert not checked.ok
        assert "RUNFLOW_API_KEY" in checked.sentence


WRONG: list[tuple[str, dict[str, JsonValue], str]] = [
    (BASE, {}, "input"),
    (BASE, {"prompt": ""}, "prompt"),
    (BASE, {"prompt": "x", "num_images": 101}, "num_images"),
    (BASE, {"prompt": "x", "num_images": "1"}, "num_images"),
    (BASE, {"prompt": "x", "resolution": "8K"}, "resolution"),
    (BASE, {"prompt": "x", "output_format": "PNG"}, "output_format"),
    (BASE, {"prompt": "x", "safety_tolerance": 4}, "safety_tolerance"),
    (BASE, {"prompt": "x", "safety_tolerance": "7"}, "safety_tolerance"),
    (BASE, {"prompt": "x", "enable_web_search": 1}, "enable_web_search"),
    (BASE, {"prompt": "x", "sync_mode": "yes"}, "sync_mode"),
    (BASE, {"prompt": "x", "limit_generations": "yes"}, "limit_generations"),
    (BASE, {"prompt": "x", "num_images": 0}, "num_images"),
    (BASE, {"prompt": "x", "seed": -(2**53)}, "seed"),
    (BASE, {"prompt": "x", "width": 100}, "width"),
    (BASE, {"prompt": "x", "image_urls": ["https://example.com/a.png"]}, "image_urls"),
    (EDIT, {"prompt": "x"}, "image_urls"),
    (EDIT, {"prompt": "x", "image_urls": []}, "image_urls"),
    (EDIT, {"prompt": "x", "image_urls": ["runflow://assets/1"]}, "image_urls"),
]


@pytest.mark.parametrize(("path", "given", "field"), WRONG)
async def test_what_the_vendor_does_not_take_is_refused_in_its_own_shape(
    path: str, given: dict[str, JsonValue], field: str, tmp_path: Path
) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    answer = await call(engine, "POST", path, {"input": given} if given else {})
    assert answer.status_code == 422
    assert set(answer.json()) == {"code", "message", "errors"}
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert not engine.book


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/models/google/nano-banana-9/runs", {"input": {"prompt": "x"}}, 404),
        ("POST", BASE, {"input": {"prompt": "x"}, "client_ref": "x" * 256}, 422),
        ("POST", BASE, {"input": {"prompt": "x"}, "metadata": "x"}, 422),
        ("POST", BASE, {"input": {"prompt": "x"}, "extra": 1}, 422),
        ("POST", BASE, [], 400),
        ("GET", "/runs?limit=501", None, 422),
        ("GET", "/runs?q=status", None, 422),
        ("GET", "/runs/unknown", None, 404),
        ("GET", "/assets/unknown", None, 404),
        ("GET", "/nothing", None, 404),
        ("GET", "/auth/me", None, 200),
        ("GET", "/health", None, 200),
        ("GET", "/models/google/nano-banana-pro/edit", None, 200),
        ("POST", "/asset-uploads", {"filename": "a", "mime_type": "image/png"}, 422),
        (
            "POST",
            "/asset-uploads",
            {"filename": "a", "mime_type": "b", "size_bytes": 52428801},
            422,
        ),
        ("POST", "/asset-uploads/unknown/confirmations", {}, 404),
    ],
)
async def test_each_address_answers_as_it_is_documented(
    method: str, path: str, body: JsonValue, status: int, tmp_path: Path
) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    assert (await call(engine, method, path, body)).status_code == status
    if path != "/health":
        assert (await call(engine, method, path, body, key="bad")).status_code in (401, 404)


async def test_the_store_takes_the_announced_bytes_and_no_key(tmp_path: Path) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    told: JsonValue = {"filename": "a.png", "mime_type": "image/png", "size_bytes": 3}
    place = (await call(engine, "POST", "/asset-uploads", told)).json()
    confirm = f"/asset-uploads/{place['asset_id']}/confirmations"
    assert (await call(engine, "POST", confirm, {})).status_code == 409
    transport = httpx.ASGITransport(app=sandbox_app([VENDOR], engine))
    async with httpx.AsyncClient(transport=transport) as client:
        for content, headers, status in [
            (b"abc", {"Content-Type": "image/png", "Authorization": "Bearer x"}, 400),
            (b"abc", {"Content-Type": "image/jpeg"}, 403),
            (b"abcd", {"Content-Type": "image/png"}, 403),
            (b"abc", {"Content-Type": "image/png"}, 200),
        ]:
            answer = await client.put(place["upload_url"], content=content, headers=headers)
            assert answer.status_code == status
        unsigned = place["upload_url"].partition("?")[0]
        assert (await client.put(unsigned, content=b"abc")).status_code == 403
    assert (await call(engine, "POST", confirm, {})).status_code == 422
