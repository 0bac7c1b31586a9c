"""The useapi.net adapter meets the emulator, which was written from the same pages by other eyes."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.errors import Busy, Gone, Unclear
from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.sandbox.painter import Card
from providers.vendors.useapi import VENDOR
from providers.vendors.useapi.body import create_body
from providers.vendors.useapi.models import MODELS
from providers.vendors.vendor import Cancelled, Media, Queued, Running, Succeeded, Ticket
from tests.support.cases import legal
from tests.support.meeting import Meeting, Unpainted, meeting
from tests.support.requested import request_of

pytestmark = pytest.mark.anyio

ROWS = {spec.id: spec for spec in MODELS}


async def send(met: Meeting, prompt: str, token: str = "token", **options: JsonValue) -> Ticket:
    return await met.submit("useapi:image/gen4", {"prompt": prompt, **options}, token)


async def hand_over_clip(met: Meeting) -> str:
    path = met.engine.folder / "v.mp4"
    card = Card(model="", prompt="", facts="", seed=1)
    paint_film(Film(card=card, width=64, height=36, takes=(Take(prompt="", seconds=3),)), path)
    media = Media("v", path, "b" * 64, "video/mp4", "video", path.stat().st_size)
    return await met.provider.upload(media)


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.id)
async def test_every_legal_request_arrives_as_it_was_written(
    spec: ModelSpec, tmp_path: Path
) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    cases = list(legal(spec))
    async with meeting(VENDOR, engine) as met:
        picture = await met.hand_over()
        clip = await hand_over_clip(met)
        for number, case in enumerate(cases):
            request = request_of(spec, apart(case.given))
            uploads = {
                artifact: clip if field == "driving_video" else picture
                for field, artifact in request.media()
            }
            token = f"token-{number}"
            ticket = await met.provider.submit(request, uploads, token)
            created = engine.book[-1]
            assert created.body == create_body(request, uploads, token), case.name
            assert (created.task, created.token) == (ticket.task, token)
            assert ticket.short == ticket.task[-36:-28]
    assert len(engine.book) == len(cases)


def apart(given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The same fields with another artifact in each of them."""
    return {
        name: f"{name}-1" if name == "driving_video" else value for name, value in given.items()
    }


async def test_four_pictures_come_from_prompt_to_file(tmp_path: Path) -> None:
    async with meeting(VENDOR, Engine(Clock(0), tmp_path)) as met:
        ticket = await send(met, "A teapot", count=4, ratio="1:1", resolution="720p", seed=77)
        update = await met.provider.poll(ticket)
        while isinstance(update, Queued | Running):
            update = await met.provider.poll(ticket)
        assert isinstance(update, Succeeded)
        assert len(update.outputs) == 4
        assert update.used == {"seed": 77}
        for number, output in enumerate(update.outputs):
            assert output.kind == "image"
            assert output.expires is not None
            done = await met.downloads.fetch(output.url, tmp_path / f"{number}")
            with Image.open(tmp_path / f"{number}") as picture:
                assert picture.size == (720, 720)
            assert done.media_type.startswith("image/")


async def test_a_lost_task_is_found_in_the_scheduler_and_then_in_the_list(tmp_path: Path) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    request = request_of(ROWS["useapi:image/gen4"], {"prompt": "A teapot sandbox:lost-answer"})
    async with meeting(VENDOR, engine) as met:
        with pytest.raises(Unclear):
            await met.provider.submit(request, {}, "mark")
        (created,) = engine.book
        found = await met.provider.find(request, "mark", created.at)
        assert found is not None
        assert found.task == created.task
        by_list = await met.provider.find(request, "no such mark", created.at)
        assert by_list is not None
        assert by_list.task == created.task
        assert await met.provider.find(request, "no such mark", created.at + 3600) is None
        other = request.model_copy(update={"prompt": "A kettle"})
        assert await met.provider.find(other, "no such mark", created.at) is None


async def test_full_slots_are_told_with_their_number(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(60), tmp_path)) as met:
        for number in range(5):
            await send(met, "A teapot", f"token-{number}")
        with pytest.raises(Busy) as caught:
            await send(met, "A teapot", "one too many")
    assert caught.value.running == 5
    assert "@example.com" not in caught.value.vendor_text


async def test_a_cancelled_task_is_gone(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(60), tmp_path)) as met:
        ticket = await send(met, "A teapot")
        assert isinstance(await met.provider.poll(ticket), Queued)
        await met.provider.cancel(ticket)
        with pytest.raises(Gone):
            assert not isinstance(await met.provider.poll(ticket), Cancelled)
        await met.provider.cancel(ticket)


async def test_an_upload_that_was_deleted_is_gone_at_the_create(tmp_path: Path) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    request = request_of(ROWS["useapi:image/nano-banana"], {"prompt": "x", "references": ["a"]})
    async with meeting(VENDOR, engine) as met:
        asset = await met.hand_over()
        ticket = await met.provider.submit(request, {"a": asset}, "t")
        assert ticket.note == {"kind": "image"}
        lost = asset[:-4] + "beef"
        with pytest.raises(Gone):
            await met.provider.submit(request, {"a": lost}, "t")
    assert len(engine.book) == 1


async def test_a_key_is_checked_with_its_balance(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        checked = await met.provider.check()
        assert (checked.ok, checked.concurrency) == (True, 5)
        assert checked.balance is not None
        assert (checked.balance.amount, checked.balance.unit) == (935, "credits")
        assert checked.accounts == ("s…x@e….com",)
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path), key="user:1-bad") as met:
        checked = await met.provider.check()
        assert not checked.ok
        assert "USEAPI_TOKEN" in checked.sentence
