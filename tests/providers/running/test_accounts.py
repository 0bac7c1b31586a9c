"""A key with several accounts: the files of a request all go to one of them, the one with room."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from providers.jobs.job import Job
from providers.studio.studio import Studio
from providers.vendors.vendor import Media
from tests.support.fake_vendor import FakeVendor, png, press, running, until

pytestmark = pytest.mark.anyio


@dataclass
class Accounts(FakeVendor):
    """A vendor with several accounts behind one key."""

    with_room: str = "one@example.com"

    async def choose_account(self, wanted: str = "", preferred: str = "") -> str:
        return wanted or preferred or self.with_room

    async def upload_to(self, media: Media, account: str) -> str:
        return f"{account}:{await self.upload(media)}"


@dataclass
class Files:
    studio: Studio
    folder: Path
    ids: list[str] = field(default_factory=list[str])

    async def keep(self, number: int) -> str:
        path = self.folder / f"{number}.png"
        path.write_bytes(png(number))
        return (await self.studio.files.keep("local", path.name, path)).id


async def made(studio: Studio, *references: str) -> Job:
    return await until(studio, press(studio, references=references), "done")


async def test_files_of_two_accounts_never_meet_in_one_request(tmp_path: Path) -> None:
    fake = Accounts()
    async with running(tmp_path / "data", fake) as studio:
        files = Files(studio, tmp_path)
        first, second = await files.keep(1), await files.keep(2)
        await made(studio, first)
        fake.with_room = "two@example.com"
        await made(studio, first, second)
        fake.with_room = "one@example.com"
        await made(studio, first)
    accounts = [{asset.partition(":")[0] for asset in body.values()} for body in fake.bodies]
    assert accounts == [{"one@example.com"}, {"two@example.com"}, {"one@example.com"}]
    # What an account has is not uploaded there again.
    assert len(fake.uploaded) == 3
