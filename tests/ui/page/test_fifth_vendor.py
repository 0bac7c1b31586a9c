"""A fifth vendor is one folder and one line: it stands in every picker, and its pictures arrive."""

import json
import re
from pathlib import Path
from typing import cast

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.library.media import probe
from providers.readme import tables
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from tests.support import acme
from tests.support.fake_vendor import until
from ui.bundle.bundle import bundle
from ui.bundle.head import head
from ui.page import blocks

pytestmark = pytest.mark.anyio

FIVE = (*VENDORS, acme.VENDOR)


def studio_of_five(folder: Path) -> Studio:
    settings = Settings(data_dir=folder, sandbox_speed=0)
    return Studio(settings, credentials=Credentials({}), vendors=FIVE)


def controls(studio: Studio) -> dict[str, dict[str, JsonValue]]:
    """element id -> properties of every control on the page."""
    config = cast(
        "dict[str, list[dict[str, dict[str, JsonValue]]]]", blocks.build(studio).get_config_file()
    )
    return {str(part["props"].get("elem_id")): part["props"] for part in config["components"]}


async def test_it_stands_in_the_pickers_with_its_own_controls(tmp_path: Path) -> None:
    studio = studio_of_five(tmp_path)
    made = controls(studio)
    assert ["Acme Pictures", "acme"] in as_lists(made["image-vendor"]["choices"])
    assert ["Acme Pictures", "acme"] not in as_lists(made["video-vendor"]["choices"])
    assert made["image-line_weight"]["label"] == "Line weight (µm)"
    assert made["image-plate_tone"]["label"] == "Plate tone"
    found = re.search(r'id="studio-catalogue">(.*?)</script>', head(studio, bundle(), ""))
    assert found
    known = json.loads(found[1])
    assert [one["label"] for one in known["vendors"]][-1] == "Acme Pictures"
    assert {"acme:image/banana", "acme:image/etching"} <= {row["id"] for row in known["specs"]}
    assert "<b>Acme Pictures</b>, 2 models" in tables(FIVE)


def as_lists(choices: JsonValue) -> list[list[JsonValue]]:
    return [list(cast("list[JsonValue]", one)) for one in cast("list[JsonValue]", choices)]


@pytest.mark.parametrize("model", ["acme:image/banana", "acme:image/etching"])
async def test_its_pictures_arrive(tmp_path: Path, model: str) -> None:
    studio = studio_of_five(tmp_path / "data")
    async with studio.running():
        body: dict[str, JsonValue] = {"kind": "image", "model": model, "prompt": "An oak"}
        job = studio.submission.submit(read_request(body), owner="local")
        job = await until(studio, job, "done")
        (artifact,) = job.artifacts
        found = probe(studio.files.path(artifact))
        assert (found.kind, found.width, found.height) == ("image", 640, 640)
        assert [one.vendor for one in studio.sandbox.engine.book] == ["acme"]
        assert studio.upkeep.status("local").connections[-1].label == "Acme Pictures"
