"""What programs get keeps its names: every answer is held against what was written down before."""

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from tests.support.answers import BEFORE, answers, missing


@pytest.mark.slow
def test_every_name_and_value_that_programs_got_before_is_still_there(tmp_path: Path) -> None:
    before = json.loads(BEFORE.read_text(encoding="utf-8"))
    assert list(missing(before, answers(tmp_path))) == []


def test_a_name_that_is_gone_and_a_value_that_changed_are_told() -> None:
    job: dict[str, JsonValue] = {"id": "1", "shots": [{"seconds": 5}], "harm": ""}
    before: JsonValue = {"job": job}
    assert list(missing(before, {"job": {**job, "phase": "slot"}})) == []
    now: JsonValue = {"job": {"id": 1, "shots": [{"seconds": 5.0}]}}
    assert list(missing(before, now)) == [
        ".job.id: '1' before, 1 now",
        ".job.shots[0].seconds: 5 before, 5.0 now",
        ".job.harm is gone",
    ]
