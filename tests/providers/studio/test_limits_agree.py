"""Every field of every model that takes a file, against what its vendor's sandbox refuses by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import Request, read_request
from providers.catalogue.rules import Slot, Takes
from providers.errors import VendorError
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Media, Vendor
from tests.support.cases import minimal
from tests.support.fitting import FILE, about_files, handed_in, studio_in
from tests.support.measured import Moving, Still
from tests.support.requested import body_of, request_of

pytestmark = [pytest.mark.slow, pytest.mark.anyio]
ODD_STILLS = (Still(1, 1), Still(64, 2600), Still(2600, 64), Still(8001, 64))
ODD_FILMS = (
    Moving(1, 1, 16, 16), Moving(4, 1, 64, 640), Moving(4, 1, 640, 64), Moving(4, 60), Moving(301),
    Moving(4, 1, 2160, 2160),
)  # fmt: skip
"""What is handed in though a row says nothing of it."""


def stills(takes: Takes) -> Iterator[Still]:
    """Images at each limit of a row, and just beyond."""
    for side in _around(takes.least_side):
        yield Still(side, side)
    for side in _around(takes.most_side):
        yield Still(side, max(1, side // 2))
    for shape in (takes.least_shape, takes.most_shape):
        for width in _around(None if shape is None else round(shape * 1000)):
            yield Still(width, 1000)


def films(takes: Takes) -> Iterator[Moving]:
    """Videos at each limit of a row, and just beyond."""
    for seconds in (*_around(_whole(takes.least_seconds)), *_around(_whole(takes.most_seconds))):
        yield Moving(max(1, seconds), 1, 480, 480)
    for rate in _around(_whole(takes.most_rate)):
        yield Moving(4, rate, 480, 480)
    for side in (takes.least_side, takes.most_lines, takes.most_side):
        for length in _around(side, 2):
            yield Moving(4, 1, length, length)
    for shape in (takes.least_shape, takes.most_shape):
        for width in _around(None if shape is None else round(shape * 500) * 2, 2):
            yield Moving(4, 1, width, 1000)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _around(value: int | None, step: int = 1) -> tuple[int, ...]:
    return () if value is None else (value - step, value, value + step)


@dataclass
class Door:
    """A studio and what it has been given already, each file once."""

    studio: Studio
    folder: Path
    _ids: dict[FILE, str] = field(default_factory=dict)
    _sent: int = 0
    _uploads: dict[tuple[str, str], str] = field(default_factory=dict)

    async def given(self, file: FILE) -> str:
        """The id of a file."""
        if file not in self._ids:
            self._ids[file] = (await handed_in(self.studio, self.folder, file)).id
        return self._ids[file]

    async def asked(self, spec: ModelSpec, name: str, file: FILE) -> Request:
        """The least that can be asked with this file in a field."""
        fields: dict[str, JsonValue] = dict(minimal(spec))
        rule = spec.rules[name]
        needed = {one for one in fields if isinstance(spec.rules.get(one), Slot)}
        if isinstance(rule, Slot) and rule.requires is not None:
            needed.add(rule.requires)
        for other in needed - {name}:
            slot = spec.rules[other]
            assert isinstance(slot, Slot)
            plain = Still(480, 480) if slot.kind == "image" else Moving(5, 1, 480, 480)
            fields[other] = await self._in_its_form(other, plain)
        fields[name] = await self._in_its_form(name, file)
        return read_request(body_of(spec, fields))

    async def _in_its_form(self, name: str, file: FILE) -> JsonValue:
        one = await self.given(file)
        return [one] if name == "references" else one

    async def sent(self, spec: ModelSpec, request: Request) -> None:
        """Hand it to the vendor's sandbox past all checks here. VendorError."""
        provider = self.studio.connections[spec.vendor].provider
        uploads: dict[str, str] = {}
        for _, artifact_id in request.media():
            key = (spec.vendor, artifact_id)
            if key not in self._uploads:
                one = self.studio.files.get(artifact_id, "local")
                path = self.studio.files.path(one)
                media = Media(one.id, path, one.sha256, one.media_type, one.kind, one.bytes)
                self._uploads[key] = await provider.upload(media)
            uploads[artifact_id] = self._uploads[key]
        self._sent += 1
        await provider.submit(request_of(spec, request.fields()), uploads, f"token-{self._sent}")


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
async def test_no_row_lets_a_file_in_that_its_vendor_sends_back(
    vendor: Vendor, tmp_path: Path
) -> None:
    let_in: list[str] = []
    async with studio_in(tmp_path) as studio:
        door = Door(studio, tmp_path)
        for spec, name, file in tried(vendor):
            request = await door.asked(spec, name, file)
            if about_files(studio, request, name, "scale"):
                continue
            try:
                await door.sent(spec, request)
            except VendorError as error:
                let_in.append(f"{spec.id} {name} {file}: {error}")
    assert let_in == []


def tried(vendor: Vendor) -> Iterator[tuple[ModelSpec, str, FILE]]:
    """Every field of a vendor's models that takes files, with each file that it is given here."""
    for spec in vendor.models:
        for name, rule in spec.rules.items():
            if isinstance(rule, Slot) and rule.kind == "image":
                yield from ((spec, name, file) for file in {*stills(rule.takes), *ODD_STILLS})
            elif isinstance(rule, Slot):
                yield from ((spec, name, file) for file in {*films(rule.takes), *ODD_FILMS})
