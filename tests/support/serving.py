"""The web application in this process, for tests that ask it things."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from pydantic import JsonValue
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from ui.web.app import build

HOME = "http://127.0.0.1:7860"
LIVE = "ws://127.0.0.1:7860/live"
ASK: dict[str, JsonValue] = {
    "kind": "image",
    "model": "useapi:image/gen4",
    "prompt": "A lighthouse at dusk",
    "options": {"ratio": "16:9", "seed": 7},
}


class Web(NamedTuple):
    """A running application and its studio."""

    client: TestClient
    studio: Studio


def whose(connection: HTTPConnection) -> str | None:
    """The owner whom a test names; nobody for a stranger."""
    who = connection.headers.get("x-who", "ann")
    return None if who == "stranger" else who


def serve(folder: Path, keys: dict[str, str | None], **changes: object) -> Iterator[Web]:
    """An application over a fresh studio, for as long as the test needs it."""
    values = {"data_dir": folder, "sandbox_speed": 0.0, **changes}
    settings = Settings.model_validate(values)
    studio = Studio(settings, credentials=Credentials(keys))
    app = build(studio, current_user=whose, environment={})
    with TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
        yield Web(client, studio)


def picture(colour: str = "red", kind: str = "PNG", size: tuple[int, int] = (320, 200)) -> bytes:
    """A small picture file."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()
