"""Runflow: runs of many makers' models; here for images, videos and multishots, from words or from pictures."""

from typing import TYPE_CHECKING

from providers.vendors.pace import Pace
from providers.vendors.runflow.api import Runflow
from providers.vendors.runflow.callbacks import SECRET_VARIABLE, is_signed
from providers.vendors.runflow.models import MODELS
from providers.vendors.vendor import Callbacks, Vendor

if TYPE_CHECKING:
    from providers.vendors.sandbox.engine import Emulator, Engine


def _emulator(engine: "Engine") -> "Emulator":
    # Opening the page needs no emulator, and its painter takes a moment to load.
    from providers.vendors.runflow.sandbox.emulator import RunflowEmulator

    return RunflowEmulator(engine)


VENDOR = Vendor(
    name="runflow",
    label="Runflow",
    key_variable="RUNFLOW_API_KEY",
    base_url="https://api.runflow.io/v1",
    models=MODELS,
    pace=Pace(image_every=3, video_every=8, slots=4, busy_wait=15),
    provider=Runflow,
    emulator=_emulator,
    cancel_note="The studio stops waiting, but Runflow still finishes the run and charges for it.",
    key_page="docs.runflow.io/concepts/authentication",
    trial="New accounts start with $10 of credit (November 2026).",
    lists_tasks=True,
    callbacks=Callbacks(secret_variable=SECRET_VARIABLE, is_signed=is_signed),
)
