"""F111: a person marks a job at the very moment at which a step of it is on its way to the disk."""

from pathlib import Path

import pytest

from tests.support.fake_vendor import FakeVendor, press, until
from tests.support.marking import marked_in_between
from tests.support.promises import studio_on

pytestmark = [pytest.mark.anyio, pytest.mark.fault("F111")]


@pytest.mark.parametrize("state", ["submitting", "queued", "running", "saving", "done"])
async def test_whoever_has_seen_the_star_learns_of_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    async with studio_on(tmp_path, FakeVendor()) as studio:
        journal = studio.opened.journal
        stars = marked_in_between(studio, monkeypatch, lambda job: job.state == state)
        job = await until(studio, press(studio), "done")
        changed = journal.jobs.changed_since("local", stars[-1])
        assert [(one.id, one.starred) for one in changed] == [(job.id, True)]
        assert changed[0].state == journal.jobs.get(job.id).state
