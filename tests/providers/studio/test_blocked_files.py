"""Files that moderation blocked without any words are asked about as words are."""

from dataclasses import replace
from pathlib import Path

import pytest

from providers.catalogue.requests import ImageRequest
from providers.catalogue.rules import Text
from providers.errors import Refused
from providers.jobs.failures import COUNTED
from providers.vendors.pace import Pace
from providers.vendors.vendor import Vendor
from tests.support.fake_vendor import MODEL, PACE, FakeVendor, fake_studio, png, press, until

pytestmark = pytest.mark.anyio
BLOCKED = Refused("Moderation rejected an image.", code="moderated")


class Wordless(FakeVendor):
    """Its model can do without a prompt."""

    def vendor(self, pace: Pace = PACE) -> Vendor:
        """The same company with another row."""
        rules = {**MODEL.rules, "prompt": Text(longest=500)}
        return replace(super().vendor(pace), models=(MODEL.model_copy(update={"rules": rules}),))


async def test_the_same_files_without_words_are_sent_again_by_an_edit_or_a_yes(
    tmp_path: Path,
) -> None:
    studio = fake_studio(tmp_path, Wordless(creates=[BLOCKED]), key="k")
    async with studio.running():
        (tmp_path / "fox.png").write_bytes(png())
        file = await studio.files.keep("local", "fox.png", tmp_path / "fox.png")
        again = ImageRequest(model=MODEL.id, references=(file.id,))
        assert studio.submission.problems(again, owner="local") == []
        await until(studio, press(studio, "", references=(file.id,)), "rejected")
        (problem,) = studio.submission.problems(again, owner="local")
        assert (problem.asks, problem.field) == ("moderated", "references")
        assert "these files" in problem.message
        assert COUNTED in problem.message
        for edited in (
            again.model_copy(update={"prompt": "A fox"}),
            again.model_copy(update={"references": (), "prompt": "A fox"}),
        ):
            assert studio.submission.problems(edited, owner="local") == []
        studio.submission.submit(again, owner="local", agreed=["moderated"])
