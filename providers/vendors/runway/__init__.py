"""Runway's own developer API: its models, and those of others that it resells, by credits."""

from typing import TYPE_CHECKING

from providers.vendors.pace import Pace
from providers.vendors.runway.api import RunwayApi
from providers.vendors.runway.models import MODELS
from providers.vendors.vendor import Vendor

if TYPE_CHECKING:
    from providers.vendors.sandbox.engine import Emulator, Engine


def _emulator(engine: "Engine") -> "Emulator":
    # Opening the page needs no emulator, and its painter takes a moment to load.
    from providers.vendors.runway.sandbox.emulator import RunwayEmulator

    return RunwayEmulator(engine)


VENDOR = Vendor(
    name="runway",
    label="Runway",
    key_variable="RUNWAYML_API_SECRET",
    base_url="https://api.dev.runwayml.com",
    models=MODELS,
    # No task may be read more often than every 5 s; the runner's beat varies upwards alone.
    pace=Pace(image_every=5, video_every=5, slots=2, upload_holds=23 * 3600),
    provider=RunwayApi,
    emulator=_emulator,
    queue="Runway",
    cancel_note="Cancelled on Runway. Runway doesn't guarantee a refund of the credits.",
    key_page="dev.runwayml.com",
    trial="At least $10, for 1,000 credits (October 2026). Credits of its web app don't count.",
    find_looks=0,
    headers={"X-Runway-Version": "2024-11-06"},
)  # fmt: skip
