"""A history that cannot be asked for a moment: jobs wait for it, and go on where they stood."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from providers.errors import Unclear
from providers.studio.studio import Studio
from tests.support.fake_vendor import FakeVendor, png, press, running, until
from tests.support.standing import history_of

pytestmark = pytest.mark.anyio
ASKED: Mapping[str, tuple[int, str]] = {
    "what earlier jobs took": (sqlite3.SQLITE_FUNCTION, "json_extract"),
    "whose task it is": (sqlite3.SQLITE_READ, "task"),
    "its files": (sqlite3.SQLITE_READ, "artifact"),
}
"""What is asked on a job's way, and by which word in the question it is known."""
TIMES = 3


def blind(studio: Studio, asked: str) -> list[int]:
    """So often, this cannot be asked. What is left of that."""
    left, (deed, word) = [TIMES], ASKED[asked]

    def allows(what: int, one: str | None, other: str | None, *_: str | None) -> int:
        if what != deed or word not in (one, other) or not left[0]:
            return sqlite3.SQLITE_OK
        left[0] -= 1
        return sqlite3.SQLITE_DENY

    for reader in history_of(studio)._readers:  # pyright: ignore[reportPrivateUsage]
        reader.set_authorizer(allows)
    return left


@pytest.mark.fault("F60", "F101")
@pytest.mark.parametrize("asked", ASKED)
async def test_a_job_waits_for_a_history_that_cannot_be_asked_and_does_not_end_for_that(
    tmp_path: Path, asked: str
) -> None:
    fake = FakeVendor(creates=[Unclear("The answer was lost.")])
    source = tmp_path / "fox.png"
    source.write_bytes(png())
    async with running(tmp_path / "data", fake) as studio:
        reference = await studio.keep("local", "fox.png", source)
        job = press(studio, references=[reference.id])
        left = blind(studio, asked)
        await until(studio, job, "done")
    assert left == [0]
    assert fake.created() == 1
