"""Files of every kind, as a person gives them to the studio and as they come to a vendor past its checks."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import Request, read_request
from providers.catalogue.rules import Slot
from providers.errors import Problem
from providers.jobs.job import Artifact
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.vendor import Media
from tests.support.cases import minimal
from tests.support.measured import Heavy, Moving, Padded, Still
from tests.support.requested import body_of, request_of

FILE = Still | Moving | Heavy | Padded


@asynccontextmanager
async def studio_in(folder: Path, max_upload_mb: int = 200) -> AsyncGenerator[Studio]:
    settings = Settings(data_dir=folder / "data", sandbox_speed=0, max_upload_mb=max_upload_mb)
    studio = Studio(settings, credentials=Credentials({}))
    async with studio.running():
        yield studio


async def handed_in(studio: Studio, folder: Path, file: FILE) -> Artifact:
    path = file.write(folder)
    return await studio.files.keep("local", path.name, path)


async def asked(
    studio: Studio, folder: Path, spec: ModelSpec, field: str, *files: FILE, **given: JsonValue
) -> Request:
    """The least that can be asked of a model with these files in a field."""
    fields: dict[str, JsonValue] = {**minimal(spec), "prompt": "A lighthouse", **given}
    if "prompt" not in spec.rules:
        del fields["prompt"]
    for name, rule in spec.rules.items():
        if isinstance(rule, Slot) and name in fields and name not in given:
            fill = Still(400, 400) if rule.kind == "image" else Moving(5, 1, 480, 480)
            kept = (await handed_in(studio, folder, fill)).id
            fields[name] = [kept] if name == "references" else kept
    ids: list[JsonValue] = [(await handed_in(studio, folder, file)).id for file in files]
    fields[field] = ids if field == "references" else ids[0]
    return read_request(body_of(spec, fields))


def about_files(studio: Studio, request: Request, *fields: str) -> list[Problem]:
    found = studio.submission.problems(request, owner="local")
    return [one for one in found if one.field in fields]


async def directly(studio: Studio, spec: ModelSpec, request: Request) -> None:
    """Hand the files and the request to the vendor's sandbox, past everything that is checked here."""
    provider = studio.connections[spec.vendor].provider
    uploads: dict[str, str] = {}
    for _, artifact_id in request.media():
        one = studio.files.get(artifact_id, "local")
        path = studio.files.path(one)
        media = Media(one.id, path, one.sha256, one.media_type, one.kind, one.bytes)
        uploads[one.id] = await provider.upload(media)
    await provider.submit(request_of(spec, request.fields()), uploads, "token")
