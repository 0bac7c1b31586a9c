"""The records of the emulated Runflow, and the shapes in which it tells of them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import JsonValue

from providers.catalogue.rules import Frozen
from providers.vendors.sandbox import odd
from providers.vendors.sandbox.clips import Take
from providers.vendors.sandbox.front import WireRefusal
from providers.vendors.sandbox.tasks import SandboxTask

PRICE = 15
"""Cents a picture."""


class Refusal(WireRefusal):
    """An answer that is not a success, in the documented shape."""

    def __init__(
        self, status: int, code: str, message: str, errors: list[JsonValue] | None = None
    ) -> None:
        listed: JsonValue = errors
        super().__init__(status, message, {"code": code, "message": message, "errors": listed})


class HiddenError(WireRefusal):
    """A refusal under the status of a success."""

    def __init__(self) -> None:
        super().__init__(200, odd.REFUSAL, {"error": {"message": odd.REFUSAL}})


class Asset(Frozen):
    """A picture on its way in: announced, then filled, then confirmed."""

    id: str
    account: str
    name: str
    media_type: str
    bytes: int
    width: int = 0
    height: int = 0
    sha256: str = ""
    confirmed: bool = False
    at: float


class Run(SandboxTask):
    """A run that was accepted, with all that is needed to make its files again."""

    account: str
    slug: str
    seed: int | None = None
    media_type: str
    pictures: tuple[str, ...] = ()
    """Ids of assets; links to elsewhere are left out."""
    start: str = ""
    """Of these, the one that fills the first frames."""
    end: str = ""
    takes: tuple[Take, ...] = ()
    dollars: float | None = PRICE / 100
    """What one of its files costs; None: no page tells it."""
    body: Mapping[str, JsonValue]
    key: str = ""
    """The `Idempotency-Key` it came with."""


def asset_shape(asset: Asset, url: str) -> dict[str, JsonValue]:
    """A confirmed asset, with its link signed anew."""
    return {
        "id": asset.id,
        "url": url,
        "thumbnail_url": None,
        "mime_type": asset.media_type,
        "size_bytes": asset.bytes,
        "name": asset.name,
        "r2_key": f"assets/{asset.id}",
        "asset_type": "image",
    }


def run_shape(run: Run, status: str, urls: list[str] | None, now: float) -> dict[str, JsonValue]:
    """A run as it is told. `urls` are its finished files."""
    ended = status in ("succeeded", "partial_succeeded", "failed")
    flagged = "sandbox:moderated-output" in run.words
    shape: dict[str, JsonValue] = {
        "id": odd.identity(run.words, run.id, run.id),
        "status_code": status,
        "client_ref": run.body.get("client_ref"),
        "input": run.body.get("input"),
        "metadata": run.body.get("metadata"),
        "output": None if urls is None else _output(run, urls),
        "cost": None if urls is None else _money(run.dollars, len(urls)),
        "duration_ms": round((now - run.at) * 1000) if ended else None,
        "created_at": moment(run.at),
        "started_at": None if status == "queued" else moment(run.at),
        "completed_at": moment(run.finished or now) if ended else None,
        "failure_code": None,
        "failure_message": None,
        "failure_stage_code": None,
        "nodes_total": 1,
        "nodes_completed": 1 if ended else 0,
    }
    if status == "failed":
        told = (
            "flagged by the provider's safety check" if flagged else "not finished by the provider"
        )
        shape |= {
            "failure_code": "CONTENT_FLAGGED" if flagged else "PROVIDER_INTERNAL_ERROR",
            "failure_message": f"The run was {told}.",
            "failure_stage_code": "inference",
        }
    if status == "partial_succeeded":
        shape["failure_message"] = "One picture was not finished by the provider."
    return shape


def moment(at: float) -> str:
    """Seconds since the epoch as the vendor writes them: 2026-04-13T10:00:00.000+00:00."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _money(dollars: float | None, files: int) -> str | None:
    """Dollars as text, with no more than four places."""
    if dollars is None:
        return None
    whole, _, part = f"{dollars * files:.4f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def _output(run: Run, urls: list[str]) -> dict[str, JsonValue]:
    """What came out: the files of pictures are listed, a video stands alone."""
    told: dict[str, JsonValue] = {
        "model_data": {"prompt": run.prompt},
        "nsfw_detected": None,
        "seed": run.seed,
    }
    if run.kind == "video":
        video: JsonValue = {"url": urls[0], "content_type": run.media_type}
        return {"video": video, **told, "timing": None}
    outputs: list[JsonValue] = [
        {"url": url, "type": "image", "width": run.width, "height": run.height} for url in urls
    ]
    return {"outputs": outputs, **told, "timing": None}
