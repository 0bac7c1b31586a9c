"""useapi.net's Runway API: one subscription for Runway's own models and those that it resells."""

from typing import TYPE_CHECKING

from providers.vendors.pace import Lane, Pace
from providers.vendors.useapi.api import UseApi
from providers.vendors.useapi.models import MODELS
from providers.vendors.vendor import Callbacks, Vendor

if TYPE_CHECKING:
    from providers.vendors.sandbox.engine import Emulator, Engine


def _emulator(engine: "Engine") -> "Emulator":
    # Opening the page needs no emulator, and its painter takes a moment to load.
    from providers.vendors.useapi.sandbox.emulator import UseApiEmulator

    return UseApiEmulator(engine)


VENDOR = Vendor(
    name="useapi",
    label="useapi.net",
    key_variable="USEAPI_TOKEN",
    base_url="https://api.useapi.net/v1/runwayml",
    models=MODELS,
    pace=Pace(image_every=5, video_every=15, slots=2),
    provider=UseApi,
    emulator=_emulator,
    queue="Runway",
    cancel_note="Cancelled here. Runway may still finish the task and charge for it.",
    before_cancel="Runway may still finish the task and charge for it.",
    trial="A useapi.net subscription, and a Runway account that you link to it.",
    key_page="useapi.net/docs/start-here/setup-useapi",
    lists_tasks=True,
    lists_assets=True,
    lane=Lane(option="explore", slots=1, usual_seconds=(300, 900)),
    callbacks=Callbacks(),
)
