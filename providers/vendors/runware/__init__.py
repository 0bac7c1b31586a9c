"""Runware: many makers' models behind one address; here its Nano Banana, Gen-4, Kling and Veo."""

from typing import TYPE_CHECKING

from providers.vendors.pace import Pace
from providers.vendors.runware.api import Runware
from providers.vendors.runware.models import MODELS
from providers.vendors.vendor import Callbacks, Vendor

if TYPE_CHECKING:
    from providers.vendors.sandbox.engine import Emulator, Engine


def _emulator(engine: "Engine") -> "Emulator":
    # Opening the page needs no emulator, and its painter takes a moment to load.
    from providers.vendors.runware.sandbox.emulator import RunwareEmulator

    return RunwareEmulator(engine)


VENDOR = Vendor(
    name="runware",
    label="Runware",
    key_variable="RUNWARE_API_KEY",
    base_url="https://api.runware.ai/v1",
    models=MODELS,
    pace=Pace(image_every=2.5, video_every=8, slots=4, busy_wait=30),
    provider=Runware,
    emulator=_emulator,
    cancel_note="The studio stops waiting, but Runware still finishes the task and charges for it.",
    trial="You pay for each result. The form shows the price before you press Generate.",
    key_page="runware.ai/docs/platform/authentication",
    callbacks=Callbacks(),
)
