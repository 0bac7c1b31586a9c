"""Runway's own Python client at our emulator, over HTTP: it notices nothing."""

import io
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image
from pydantic import BaseModel
from runwayml import APIStatusError, BadRequestError, NotFoundError, RunwayML, TaskFailedError
from runwayml.lib import polling

from providers.vendors.sandbox.clips import FPS
from tests.support.filmed import cuts
from tests.support.runway_served import emulator


class Issue(BaseModel):
    """One broken rule of a refused body."""

    path: list[str | int]
    message: str


class Refused(BaseModel):
    """The body of a 400."""

    error: str
    issues: list[Issue]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client waits six seconds before its first look, and has no setting for it."""
    monkeypatch.setattr(polling, "POLL_TIME", 0)
    monkeypatch.setattr(polling, "POLL_JITTER", 0)


@contextmanager
def client_of(folder: Path, scale: float = 0, key: str = "key_sandbox") -> Generator[RunwayML]:
    with (
        emulator(folder, scale) as url,
        RunwayML(
            api_key=key, base_url=url, max_retries=0, _strict_response_validation=True
        ) as client,
    ):
        yield client


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((320, 320), 80).save(out, "PNG")
    return out.getvalue()


def test_a_picture_is_made_waited_for_and_fetched(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        made = client.text_to_image.create(
            model="gen4_image", prompt_text="A teapot", ratio="1360:768", seed=7
        )
        task = made.wait_for_task_output()
        assert task.status == "SUCCEEDED"
        (url,) = task.output
        with Image.open(io.BytesIO(httpx.get(url, trust_env=False).content)) as image:
            assert image.size == (1360, 768)
        assert client.tasks.retrieve(made.id).id == made.id


def test_an_upload_becomes_the_first_frame_of_a_video(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        upload = client.uploads.create_ephemeral(file=("frame.png", picture()))
        assert upload.uri.startswith("runway://")
        made = client.image_to_video.create(
            model="gen4.5",
            prompt_image=upload.uri,
            prompt_text="The sea rises",
            ratio="960:960",
            duration=2,
        )
        task = made.wait_for_task_output()
        assert task.status == "SUCCEEDED"
        clip = httpx.get(task.output[0], trust_env=False)
        assert clip.headers["content-type"] == "video/mp4"
        assert task.cost.credits == 24


def test_the_recipe_makes_one_video_of_three_shots(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        made = client.recipes.multi_shot_video(
            mode="custom",
            version="2026-06",
            duration=5,
            ratio="960:960",
            shots=[
                {"prompt": "A door opens", "duration": 2},
                {"prompt": "A long hall", "duration": 2},
                {"prompt": "A window", "duration": 1},
            ],
        )
        task = made.wait_for_task_output()
        assert task.status == "SUCCEEDED"
        assert task.cost.credits == 65
        film = tmp_path / "film.mp4"
        film.write_bytes(httpx.get(task.output[0], trust_env=False).content)
        assert cuts(film) == (5 * FPS, [2 * FPS, 4 * FPS])


def test_a_video_of_kling_has_the_segments_of_its_settings(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        made = client.text_to_video.create(
            model="kling3.0_standard",
            ratio="960:960",
            audio=False,
            provider_settings={
                "shot_type": "customize",
                "multi_prompt": [
                    {"prompt": "A door opens", "duration": 1},
                    {"prompt": "A long hall", "duration": 3},
                ],
            },
        )
        task = made.wait_for_task_output()
        assert task.status == "SUCCEEDED"
        assert task.cost.credits == 4 * 9
        film = tmp_path / "film.mp4"
        film.write_bytes(httpx.get(task.output[0], trust_env=False).content)
        assert cuts(film) == (4 * FPS, [1 * FPS])
        with pytest.raises(BadRequestError) as caught:
            client.text_to_video.create(
                model="kling3.0_standard",
                ratio="960:960",
                provider_settings={"multi_prompt": [{"prompt": "A door", "duration": 16}]},
            )
        body = Refused.model_validate(caught.value.body)
        assert [issue.path for issue in body.issues] == [["providerSettings", "multiPrompt"]]


def test_a_task_is_cancelled_and_then_unknown(tmp_path: Path) -> None:
    with client_of(tmp_path, scale=3600) as client:
        made = client.text_to_video.create(
            model="veo3.1", prompt_text="A street", ratio="1280:720", duration=4
        )
        assert client.tasks.retrieve(made.id).status == "PENDING"
        client.tasks.delete(made.id)
        with pytest.raises(NotFoundError, match="Could not find Task"):
            client.tasks.retrieve(made.id)
        with pytest.raises(NotFoundError):
            client.tasks.delete(made.id)


def test_the_organization_and_its_usage_are_read(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        before = client.organization.retrieve()
        client.text_to_image.create(model="muse_image", prompt_text="A teapot", ratio="auto")
        after = client.organization.retrieve()
        assert before.credit_balance - after.credit_balance == 1
        assert after.usage.models["muse_image"].daily_generations == 1
        assert after.tier.models["gen4.5"].max_concurrent_generations
        usage = client.organization.retrieve_usage()
        assert usage.models == ["muse_image"]
        assert [one.amount for day in usage.results for one in day.used_credits] == [1]
        with pytest.raises(BadRequestError):
            client.organization.retrieve_usage(start_date="2026-01-01", before_date="2026-12-01")


def test_a_refusal_names_every_field(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        with pytest.raises(BadRequestError) as caught:
            client.text_to_image.create(
                model="gen4_image_turbo", prompt_text="x" * 1001, ratio="1920:1080", seed=-1,
                reference_images=[],
            )  # fmt: skip
        body = Refused.model_validate(caught.value.body)
        assert {issue.path[0] for issue in body.issues} == {
            "promptText",
            "seed",
            "referenceImages",
        }
        assert body.error == "Validation of body failed"


def test_a_moderated_prompt_fails_the_task(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        made = client.text_to_image.create(
            model="gen4_image", prompt_text="x sandbox:moderated", ratio="1280:720"
        )
        with pytest.raises(TaskFailedError) as caught:
            made.wait_for_task_output()
        task = caught.value.task_details
        assert task.status == "FAILED"
        assert task.failure_code == "SAFETY.INPUT.TEXT"


def test_a_wrong_key_is_told(tmp_path: Path) -> None:
    with client_of(tmp_path, key="bad") as client, pytest.raises(APIStatusError) as caught:
        client.organization.retrieve()
    assert caught.value.status_code == 401
