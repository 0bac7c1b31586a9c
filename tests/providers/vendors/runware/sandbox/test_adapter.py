"""The Runware adapter meets the emulator, which was written from the same pages by other eyes."""

from pathlib import Path

import pytest
from PIL import Image
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.errors import Gone, Unclear
from providers.library.media import probe
from providers.vendors.runware import VENDOR
from providers.vendors.runware.bodies import create_task, task_uuid
from providers.vendors.runware.models import MODELS
from providers.vendors.runware.sandbox.sizes import SIZES
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.vendor import Queued, Running, Succeeded
from tests.support.cases import legal
from tests.support.meeting import Unpainted, meeting, request_of
from tests.support.runware_tasks import KLING_TASK, TASK, post

pytestmark = pytest.mark.anyio

NANO = "runware:image/google:4@1"
PRO = "runware:image/google:4@2"
KLING = "runware:video/klingai:kling-video@3-standard"
TOKEN = "0123456789abcdef" * 2


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.id)
async def test_every_legal_request_arrives_as_it_was_written(
    spec: ModelSpec, tmp_path: Path
) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    cases = list(legal(spec))
    async with meeting(VENDOR, engine) as met:
        picture = await met.hand_over()
        for number, case in enumerate(cases):
            request = request_of(VENDOR, spec.id, case.given)
            uploads = {artifact: picture for _, artifact in request.media()}
            token = f"{number:032x}"
            ticket = await met.provider.submit(request, uploads, token)
            created = engine.book[-1]
            assert created.body == create_task(request, uploads, token), case.name
            assert created.task == created.token == ticket.task == task_uuid(token)
    assert len(engine.book) == len(cases)


def test_rows_and_emulator_read_the_same_sizes_from_the_page() -> None:
    for spec in MODELS:
        sizes = spec.wire["sizes"]
        assert isinstance(sizes, dict)
        page = {
            tier: {ratio: list(size) for ratio, size in pairs.items()}
            for tier, pairs in SIZES[spec.name].items()
        }
        assert sizes == page


@pytest.mark.parametrize(
    ("model", "fields", "kind", "size"),
    [
        (NANO, {"ratio": "21:9", "format": "png"}, "image/png", (1536, 672)),
        (PRO, {"ratio": "4:5", "resolution": "2K", "format": "webp"}, "image/webp", (1856, 2304)),
        ("runware:image/runway:4@1", {"ratio": "3:4"}, "image/jpeg", (1080, 1440)),
    ],
)
async def test_a_picture_has_the_size_and_type_that_were_asked_for(
    model: str, fields: dict[str, JsonValue], kind: str, size: tuple[int, int], tmp_path: Path
) -> None:
    async with meeting(VENDOR, Engine(Clock(0), tmp_path)) as met:
        update = await met.settled(await met.submit(model, {"prompt": "A teapot", **fields}))
        assert isinstance(update, Succeeded)
        await met.downloads.fetch(update.outputs[0].url, tmp_path / "made")
        found = probe(tmp_path / "made")
    assert (found.media_type, (found.width, found.height)) == (kind, size)


async def test_a_picture_without_a_ratio_follows_its_reference(tmp_path: Path) -> None:
    async with meeting(VENDOR, Engine(Clock(0), tmp_path)) as met:
        tall = await met.hand_over("tall.png", (90, 160))
        fields: dict[str, JsonValue] = {"prompt": "A teapot", "references": ["a"]}
        fields["resolution"] = "2K"
        update = await met.settled(await met.submit(PRO, fields, TOKEN, tall))
        assert isinstance(update, Succeeded)
        await met.downloads.fetch(update.outputs[0].url, tmp_path / "made")
        body = met.engine.book[0].body
    assert isinstance(body, dict)
    assert body["resolution"] == "2K"
    assert "width" not in body
    with Image.open(tmp_path / "made") as made:
        assert made.size == (1536, 2752)


async def test_a_clip_has_its_length_and_its_sound(tmp_path: Path) -> None:
    async with meeting(VENDOR, Engine(Clock(0), tmp_path)) as met:
        picture = await met.hand_over()
        fields = {"prompt": "Slow orbit", "start_frame": "a", "duration": 3, "audio": True}
        update = await met.settled(await met.submit(KLING, fields, TOKEN, picture))
        assert isinstance(update, Succeeded)
        assert update.cost is not None
        assert update.outputs[0].kind == "video"
        await met.downloads.fetch(update.outputs[0].url, tmp_path / "made")
        found = probe(tmp_path / "made")
    assert (found.seconds, found.sound) == (3, True)
    assert update.cost.amount == pytest.approx(0.378)


async def test_of_a_batch_of_8_the_7_that_succeed_are_kept(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        fields = {"prompt": "A teapot sandbox:one-fails", "count": 8}
        update = await met.settled(await met.submit(NANO, fields))
    assert isinstance(update, Succeeded)
    assert len({output.url for output in update.outputs}) == 7
    assert (update.missing, update.why) == (1, "The inference could not be completed.")
    assert update.cost is not None
    assert update.cost.amount == pytest.approx(7 * 0.039)


async def test_results_of_a_batch_come_one_after_the_other(tmp_path: Path) -> None:
    now = 1000.0
    engine = Unpainted(Clock(1, lambda: now), tmp_path)
    async with meeting(VENDOR, engine) as met:
        ticket = await met.submit(NANO, {"prompt": "A teapot", "count": 8})
        seen: list[object] = []
        for step in (0.0, 2.0, 2.5, 9.0):
            now = 1000.0 + step
            seen.append(await met.provider.poll(ticket))
    assert isinstance(seen[0], Running | Queued)
    assert seen[1] == Running(progress=0.5, detail="4 of 8 ready")
    assert seen[2] == Running(progress=0.75, detail="6 of 8 ready")
    assert isinstance(seen[3], Succeeded)
    assert len(seen[3].outputs) == 8


async def test_a_checked_picture_says_so(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        fields = {"prompt": "A teapot", "content_check": True, "tolerance": "Google's defaults"}
        update = await met.settled(await met.submit(NANO, fields))
    assert isinstance(update, Succeeded)
    assert update.used["content_check"] == "passed"
    assert str(update.used["seed"]).isdecimal()


async def test_a_lost_task_is_found_by_its_id_and_an_unsent_one_is_not(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        fields: dict[str, JsonValue] = {"prompt": "A teapot sandbox:lost-answer"}
        with pytest.raises(Unclear):
            await met.submit(NANO, fields, TOKEN)
        request = met.request(NANO, fields)
        found = await met.provider.find(request, TOKEN, 0)
        assert found is not None
        assert found.task == task_uuid(TOKEN)
        assert isinstance(await met.settled(found), Succeeded)
        assert await met.provider.find(request, "f" * 32, 0) is None


async def test_a_task_that_is_sent_again_was_accepted_before(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        first = await met.submit(NANO, {"prompt": "A teapot"}, TOKEN)
        assert await met.submit(NANO, {"prompt": "A teapot"}, TOKEN) == first
    assert len(met.engine.book) == 1


async def test_an_upload_that_is_gone_is_told_before_anything_is_made(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        fields: dict[str, JsonValue] = {"prompt": "A teapot", "references": ["a"]}
        lost = "0a1b2c3d-0000-4000-8000-000000000001"
        with pytest.raises(Gone, match="uploaded again"):
            await met.submit(NANO, fields, TOKEN, lost)
        assert not met.engine.book
        with pytest.raises(Gone):
            await met.provider.poll((await met.submit(NANO, {"prompt": "ab"})).model_copy(
                update={"task": task_uuid("f" * 32)}
            ))  # fmt: skip


async def test_a_link_that_died_is_renewed_by_asking_again(tmp_path: Path) -> None:
    async with meeting(VENDOR, Engine(Clock(0), tmp_path)) as met:
        fields: dict[str, JsonValue] = {"prompt": "A teapot sandbox:expired-link"}
        ticket = await met.submit(NANO, fields)
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
        assert (checked.balance.amount, checked.balance.unit) == (42.5, "$")
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path / "bad"), key="a-bad-key") as met:
        checked = await met.provider.check()
        assert not checked.ok
        assert "RUNWARE_API_KEY" in checked.sentence


REFUSED: list[tuple[dict[str, JsonValue], str, str | None]] = [
    ({**TASK, "taskType": "imageDream"}, "invalidTaskType", "taskType"),
    ({**TASK, "taskUUID": "1"}, "invalidTaskUUID", "taskUUID"),
    ({name: value for name, value in TASK.items() if name != "taskUUID"}, "missingTaskUUID", "taskUUID"),
    ({**TASK, "model": "google:9@9"}, "modelNotFound", "model"),
    ({**TASK, "steps": 20}, "unknownParameter", "steps"),
    ({**TASK, "seed": 7}, "invalidSeed", "seed"),
    ({**TASK, "resolution": "2K"}, "incompatibleParameters", "resolution"),
    ({**TASK, "positivePrompt": "x"}, "invalidPositivePrompt", "positivePrompt"),
    ({**TASK, "positivePrompt": "x" * 3001}, "invalidPositivePrompt", "positivePrompt"),
    ({**TASK, "width": 1000}, "unsupportedDimensions", "width"),
    ({name: value for name, value in TASK.items() if name != "height"}, "missingDimension", "width"),
    ({name: value for name, value in TASK.items() if name not in ("width", "height")},
     "missingDimension", "width"),
    ({**TASK, "numberResults": 21}, "invalidNumberResults", "numberResults"),
    ({**TASK, "outputFormat": "jpg"}, "invalidOutputFormat", "outputFormat"),
    ({**TASK, "outputQuality": 19}, "invalidOutputQuality", "outputQuality"),
    ({**TASK, "outputType": "url"}, "invalidOutputType", "outputType"),
    ({**TASK, "ttl": 59}, "invalidTtl", "ttl"),
    ({**TASK, "ttl": 60, "outputType": "dataURI"}, "invalidTtl", "ttl"),
    ({**TASK, "includeCost": 1}, "invalidIncludeCost", "includeCost"),
    ({**TASK, "safety": {"mode": "full"}}, "invalidMode", "safety.mode"),
    ({**TASK, "providerSettings": {"openai": {}}}, "unknownProviderSettingsProvider", "providerSettings"),
    ({**TASK, "providerSettings": {"klingai": {}}}, "mismatchProviderSettingsProvider", "providerSettings"),
    ({**TASK, "inputs": {"referenceImages": []}}, "invalidReferenceImages", "referenceImages"),
    ({**TASK, "inputs": {"referenceImages": ["!"]}}, "invalidImage", "inputs.referenceImages"),
    ({**TASK, "webhookURL": "here"}, "invalidWebhookURL", "webhookURL"),
    ({**KLING_TASK}, "missingDimension", "width"),
    ({**KLING_TASK, "width": 1920, "height": 1080, "duration": 5,
      "inputs": {"frameImages": [{"image": "x", "frame": "first"}]}}, "invalidWidth", "width"),
    ({**KLING_TASK, "width": 1920, "height": 1080, "deliveryMethod": "sync"},
     "invalidDeliveryMethod", "deliveryMethod"),
    ({**KLING_TASK, "width": 1920, "height": 1080, "duration": 16}, "invalidDuration", "duration"),
]  # fmt: skip


@pytest.mark.parametrize(("task", "code", "parameter"), REFUSED)
async def test_what_the_vendor_does_not_take_is_refused_in_its_own_shape(
    task: dict[str, JsonValue], code: str, parameter: str | None, tmp_path: Path
) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    answer = await post(engine, [task])
    (error,) = answer.json()["errors"]
    assert (error["code"], error.get("parameter")) == (code, parameter)
    assert answer.status_code in (400, 404)
    assert "data" not in answer.json()
    assert not engine.book


async def test_results_stand_beside_errors_and_the_answer_is_200(tmp_path: Path) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    second = {**TASK, "taskUUID": "0a1b2c3d-0000-4000-8000-000000000002", "seed": 1}
    answer = await post(engine, [TASK, second, {"taskType": "ping", "ping": True}])
    body = answer.json()
    assert answer.status_code == 200
    assert [item["taskType"] for item in body["data"]] == ["imageInference", "ping"]
    assert [error["taskUUID"] for error in body["errors"]] == [second["taskUUID"]]


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"[]"])
async def test_a_body_that_is_no_array_of_tasks_is_refused(body: bytes, tmp_path: Path) -> None:
    answer = await post(Unpainted(Clock(0), tmp_path), body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "invalidRequest"


async def test_the_key_may_come_as_a_task_and_a_bad_one_is_401(tmp_path: Path) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    for key, status in (("good", 200), ("bad", 401), ("", 401)):
        login: JsonValue = {"taskType": "authentication", "apiKey": key}
        answer = await post(engine, [login, {"taskType": "ping"}], key="")
        assert answer.status_code == status
        if status == 401:
            assert answer.json()["errors"][0]["code"] == "invalidApiKey"


@pytest.mark.parametrize(
    ("output", "field"), [("base64Data", "imageBase64Data"), ("dataURI", "imageDataURI")]
)
async def test_a_sync_answer_brings_the_picture_and_no_status(
    output: str, field: str, tmp_path: Path
) -> None:
    task = {**TASK, "deliveryMethod": "sync", "outputType": output, "includeCost": True}
    (item,) = (await post(Engine(Clock(1), tmp_path), [task])).json()["data"]
    assert field in item
    assert "status" not in item
    assert item["cost"] == 0.039
