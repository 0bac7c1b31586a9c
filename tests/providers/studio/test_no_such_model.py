"""A vendor that says that it has no such model: its row is marked from then on, until it takes a job again."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import ImageRequest
from providers.errors import Problem, Refused
from providers.studio.studio import Studio
from providers.vendors.runware.answers import as_error, read_fault
from providers.vendors.runway.answers import read_refusal
from providers.vendors.transport.answer import Answer
from providers.vendors.useapi.answers import read_refusal as useapi_refusal
from tests.support.fake_vendor import MODEL, FakeVendor, Time, fake_studio, press, running, until
from ui.page.api import Api
from ui.web.links import links_of

pytestmark = pytest.mark.anyio
GONE = Refused("Fake no longer offers this model.", code="vendor", no_such_model=True)


@asynccontextmanager
async def opened(
    folder: Path, fake: FakeVendor, time: Time | None = None
) -> AsyncGenerator[Studio]:
    """A studio with a key: what its vendor says is about an account and no sandbox."""
    studio = fake_studio(folder, fake, time=time, key="k")
    async with studio.running():
        yield studio


def marks(studio: Studio, owner: str = "local") -> list[Problem]:
    """What the form says of the model before anything is sent."""
    request = ImageRequest(model=MODEL.id, prompt="a fox")
    found = studio.submission.problems(request, owner=owner)
    return [problem for problem in found if problem.field == "model"]


async def test_the_answer_marks_the_row_after_a_restart_too_and_a_job_that_is_taken_unmarks_it(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(creates=[GONE])
    async with opened(tmp_path, fake) as studio:
        assert marks(studio) == []
        await until(studio, press(studio), "rejected")
        (mark,) = marks(studio)
        assert mark.soft
        assert "doesn't offer One" in mark.message
    async with opened(tmp_path, fake) as studio:
        assert len(marks(studio)) == 1
        await until(studio, press(studio), "running", "saving")
        assert marks(studio) == []


async def test_what_one_owner_is_told_marks_the_row_for_all_until_any_of_them_gets_a_task(
    tmp_path: Path,
) -> None:
    fake, time = FakeVendor(creates=[GONE]), Time()
    async with opened(tmp_path, fake, time) as studio:
        await until(studio, press(studio, owner="anna"), "rejected")
        assert len(marks(studio, "ben")) == len(marks(studio, "anna")) == 1
    time.now += 60
    async with opened(tmp_path, fake, time) as studio:
        assert len(marks(studio, "ben")) == 1
        await until(studio, press(studio, owner="ben"), "running", "saving")
        assert marks(studio, "anna") == marks(studio, "ben") == []
    async with opened(tmp_path, fake, time) as studio:
        assert marks(studio, "anna") == []


async def test_pages_and_programs_are_told_which_models_a_vendor_does_not_have(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, FakeVendor(creates=[GONE])) as studio:
        (link,), (row,) = links_of(studio), await Api(studio).models()
        assert not link.unoffered
        assert row["unoffered"] is False
        await until(studio, press(studio), "rejected")
        (link,), (row,) = links_of(studio), await Api(studio).models()
        assert link.unoffered == (MODEL.id,)
        assert row["unoffered"] is True


async def test_other_refusals_mark_nothing(tmp_path: Path) -> None:
    other = Refused("Fake couldn't finish this.", code="vendor")
    fake = FakeVendor(creates=[other])
    async with opened(tmp_path, fake) as studio:
        await until(studio, press(studio), "rejected")
        assert marks(studio) == []


async def test_a_sandbox_marks_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, FakeVendor(creates=[GONE])) as studio:
        await until(studio, press(studio), "rejected")
        assert marks(studio) == []


@pytest.mark.parametrize(
    ("code", "is_unknown"),
    [("modelNotFound", True), ("modelDisabled", True), ("invalidModel", True),
     ("inferenceError", False), ("invalidWidth", False), ("insufficientCredits", False)],
)  # fmt: skip
def test_runwares_codes_tell_whether_the_model_is_there(code: str, is_unknown: bool) -> None:
    error = as_error(read_fault({"code": code, "message": "No."}))
    assert isinstance(error, Refused)
    assert error.no_such_model == is_unknown


@pytest.mark.parametrize(
    ("code", "parameter", "is_unknown"),
    [
        ("invalidParameter", "model", True),
        ("unsupportedValue", ["model"], True),
        ("missingParameter", "model", False),
        ("invalidValue", ["model", "width"], False),
        ("invalidValue", "width", False),
    ],
)
def test_runwares_parameter_tells_whether_the_model_is_there(
    code: str, parameter: JsonValue, is_unknown: bool
) -> None:
    error = as_error(read_fault({"code": code, "parameter": parameter, "message": "No."}))
    assert isinstance(error, Refused)
    assert error.no_such_model == is_unknown


@pytest.mark.parametrize(
    ("path", "is_unknown"), [(["model"], True), (["promptText"], False), ([], False)]
)
def test_runways_issues_tell_whether_the_model_is_there(
    path: list[JsonValue], is_unknown: bool
) -> None:
    issue: JsonValue = {"code": "invalid_value", "path": path, "message": "Invalid input"}
    body: JsonValue = {"error": "Validation of body failed", "issues": [issue]}
    error = read_refusal(Answer(status=400, body=body, text=""))
    assert isinstance(error, Refused)
    assert error.no_such_model == is_unknown
    assert ("doesn't offer this model" in str(error)) == is_unknown


@pytest.mark.parametrize(
    ("message", "is_unknown"),
    [
        ("Parameter model value sora-2 is not supported, use one of: gen4.5, veo-3.1", True),
        ("Unsupported model `sora-2`", True),
        ("Model sora-2 is not available for this account", True),
        ("Parameter model is required", False),
        ("Parameter seed is not supported by sora-2", False),
        ("Parameter resolution value 4K is not supported, use one of: 720p", False),
        ("The model needs an image", False),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_useapis_message_tells_whether_the_model_is_there(
    message: str, is_unknown: bool, status: int
) -> None:
    error = useapi_refusal(Answer(status=status, body={"error": message, "code": status}, text=""))
    assert isinstance(error, Refused)
    assert error.no_such_model == (is_unknown and status == 400)


def branch(*paths: list[JsonValue]) -> JsonValue:
    """The issues of one alternative that a body could have been."""
    return [{"code": "invalid_value", "path": path, "message": "Invalid input"} for path in paths]


@pytest.mark.parametrize(
    ("branches", "is_unknown"),
    [
        ([branch(["model"], ["ratio"]), branch(["model"])], True),
        # It is that of the second alternative, which has another fault.
        ([branch(["model"]), branch(["ratio"])], False),
        ([], False),
        ("no list", False),
    ],
)
def test_no_alternative_with_that_model_means_that_it_is_not_there(
    branches: JsonValue, is_unknown: bool
) -> None:
    issue: JsonValue = {"code": "invalid_union", "path": [], "errors": branches, "message": "No."}
    body: JsonValue = {"error": "Validation of body failed", "issues": [issue]}
    error = read_refusal(Answer(status=400, body=body, text=""))
    assert isinstance(error, Refused)
    assert error.no_such_model == is_unknown
