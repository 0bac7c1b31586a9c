"""A key with several Runway accounts: a person chooses one, and files that lie in one stay there."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from PIL import Image
from pydantic import JsonValue

from providers.catalogue.requests import Request, read_request
from providers.errors import InvalidRequest, Refused, Unknown
from providers.settings import Credentials, Settings
from providers.studio import assets
from providers.studio.studio import Studio
from providers.vendors.accounts import AssetLister, account_mark
from providers.vendors.sandbox.engine import Engine
from providers.vendors.useapi import api
from tests.support.fake_vendor import until
from tests.support.useapi_adapter import adapter, said
from tests.support.useapi_served import KEY, ONE, TWO, emulator
from ui.web.links import links_of

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def keyed(folder: Path, *emails: str) -> AsyncGenerator[tuple[Studio, Engine]]:
    """A studio with a key behind which these accounts are, once it knows them."""
    with emulator(folder / "vendor", emails or (ONE, TWO)) as (url, engine):
        keys = {"USEAPI_TOKEN": KEY, "STUDIO_USEAPI_BASE_URL": url}
        studio = Studio(Settings(data_dir=folder / "data"), credentials=Credentials(keys))
        async with studio.running():
            async with asyncio.timeout(60):
                for _ in count():
                    if studio.connections["useapi"].health.linked:
                        break
                    await asyncio.sleep(0)
            yield studio, engine


def image(account: str = "", *references: str) -> Request:
    """A small one."""
    options: dict[str, JsonValue] = {"account": account_mark(account)} if account else {}
    body: dict[str, JsonValue] = {"kind": "image", "model": "useapi:image/nano-banana-pro"}
    return read_request(
        {**body, "prompt": "A ferry", "references": [*references], "options": options}
    )


async def sent(studio: Studio, engine: Engine, request: Request) -> dict[str, JsonValue]:
    """The body that came to the vendor, with the task that was made as `task`."""
    job = studio.submission.submit(request, owner="local")
    await until(studio, job, "done")
    order = engine.book[-1]
    body = order.body
    assert isinstance(body, dict)
    return {**body, "task": order.task}


async def test_a_job_without_files_names_the_account_that_was_chosen(tmp_path: Path) -> None:
    async with keyed(tmp_path) as (studio, engine):
        for account in (TWO, ONE, TWO):
            body = await sent(studio, engine, image(account))
            assert body["email"] == account
            assert account in str(body["task"])
        assert "email" not in await sent(studio, engine, image())


async def test_files_go_to_the_account_that_was_chosen_and_the_call_names_none(
    tmp_path: Path,
) -> None:
    Image.new("RGB", (320, 180), "teal").save(tmp_path / "x.png")
    async with keyed(tmp_path) as (studio, engine):
        kept = await studio.files.keep("local", "x.png", tmp_path / "x.png")
        for account in (TWO, ONE, TWO):
            body = await sent(studio, engine, image(account, kept.id))
            assert "email" not in body
            assert account in str(body["imageAssetId1"])
            assert account in str(body["task"])


async def test_only_accounts_of_the_key_may_be_chosen(tmp_path: Path) -> None:
    async with keyed(tmp_path) as (studio, _):
        wrongs: list[JsonValue] = ["0" * 16, "nobody", 7, ["x"]]
        for wrong in wrongs:
            options: dict[str, JsonValue] = {"account": wrong}
            asked = image().model_copy(update={"options": options})
            with pytest.raises(InvalidRequest, match="no such account"):
                studio.submission.submit(asked, owner="local")
        other = image(ONE).model_copy(update={"model": "runway:image/gen4_image"})
        with pytest.raises(InvalidRequest, match="no such account"):
            studio.submission.submit(other, owner="local")


async def test_pages_are_told_the_accounts_masked_and_only_where_there_are_several(
    tmp_path: Path,
) -> None:
    async with keyed(tmp_path / "two") as (studio, _):
        told = {link.vendor: link.accounts for link in links_of(studio)}
        assert [one.mark for one in told["useapi"]] == [account_mark(ONE), account_mark(TWO)]
        assert ONE not in json.dumps([one.model_dump() for one in told["useapi"]])
        assert not told["runway"]
    async with keyed(tmp_path / "one", ONE) as (studio, _):
        assert not any(link.accounts for link in links_of(studio))


async def test_an_account_that_is_no_longer_linked_is_refused_before_anything_is_sent() -> None:
    async with adapter(said({ONE: {"email": ONE}}), said({ONE: {"email": ONE}})) as (api, vendor):
        with pytest.raises(Refused, match="no longer linked") as caught:
            await api.submit(image(TWO), {}, "token")
    assert "@" not in str(caught.value)
    assert {request.method for request in vendor.seen} == {"GET"}


async def test_a_file_that_lies_in_an_account_goes_by_its_id_and_to_that_account_alone(
    tmp_path: Path,
) -> None:
    async with keyed(tmp_path) as (studio, engine):
        made = await sent(studio, engine, image(TWO))
        listed, more = await studio.assets.listed("useapi", "image")
        assert not more
        (found,) = [asset for asset in listed if asset.account]
        assert "@" not in found.asset
        assert TWO not in found.model_dump_json()
        kept = await studio.assets.take_in("useapi", found.asset, "local")
        body = dict[str, JsonValue]()
        for _ in range(3):
            body = await sent(studio, engine, image("", kept.id))
            assert TWO in str(body["imageAssetId1"])
            assert TWO in str(body["task"])
        asset = str(body["imageAssetId1"])
        provider = studio.connections["useapi"].provider
        assert isinstance(provider, AssetLister)
        # It is the very file that was made there, and no copy that was handed in.
        assert (await provider.asset(asset)).name.startswith("Nano Banana Pro")
        # Another account does not know it: there the file itself goes.
        body = await sent(studio, engine, image(ONE, kept.id))
        assert ONE in str(body["imageAssetId1"])
        assert str(made["task"]) != str(body["task"])


async def test_files_of_two_accounts_meet_in_none(tmp_path: Path) -> None:
    async with keyed(tmp_path) as (studio, engine):
        kept: list[str] = []
        for account in (ONE, TWO):
            await sent(studio, engine, image(account))
        for found in (await studio.assets.listed("useapi", "image")).assets:
            artifact = await studio.assets.take_in("useapi", found.asset, "local")
            kept.append(artifact.id)
        body = await sent(studio, engine, image("", *kept))
        assets = [str(body[f"imageAssetId{number}"]) for number in (1, 2)]
        assert {ONE in asset for asset in assets} in ({True}, {False})


async def test_files_come_in_pages_each_with_a_small_image_that_is_fetched_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MOST_ASSETS", 1)
    async with keyed(tmp_path, ONE) as (studio, engine):
        for _ in range(2):
            await sent(studio, engine, image())
        pages = [await studio.assets.listed("useapi", "image", page) for page in range(3)]
        assert [(len(page.assets), page.more) for page in pages] == [
            (1, True),
            (1, True),
            (0, False),
        ]
        names = [page.assets[0].asset for page in pages[:2]]
        assert names[0] != names[1]
        for name in names:
            path = await studio.assets.thumb("useapi", name)
            with Image.open(path) as small:
                assert (small.format, max(small.size) <= 480) == ("WEBP", True)
            assert await studio.assets.thumb("useapi", name) == path
        with pytest.raises(Unknown, match="out of date"):
            await studio.assets.thumb("useapi", "nobody")


async def test_a_small_image_that_is_none_is_not_fetched_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "MOST_PREVIEW", 50)
    async with keyed(tmp_path) as (studio, engine):
        await sent(studio, engine, image())
        [shown, *_], _ = await studio.assets.listed("useapi", "image")
        with pytest.raises(Refused, match="larger than"):
            await studio.assets.thumb("useapi", shown.asset)
        assert not list((tmp_path / "data" / "part").glob("*"))


async def test_a_name_that_was_not_listed_is_refused(tmp_path: Path) -> None:
    async with keyed(tmp_path) as (studio, _):
        with pytest.raises(InvalidRequest, match="out of date"):
            await studio.assets.take_in("useapi", "nobody", "local")
