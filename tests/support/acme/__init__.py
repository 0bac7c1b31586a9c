"""An invented fifth vendor, as complete as a real one: this folder, and one line where it is named."""

from providers.vendors.pace import Pace
from providers.vendors.vendor import Vendor
from tests.support.acme.api import Acme
from tests.support.acme.models import MODELS
from tests.support.acme.sandbox import AcmeEmulator

VENDOR = Vendor(
    name="acme",
    label="Acme Pictures",
    key_variable="ACME_KEY",
    base_url="https://api.acme.example/v7",
    models=MODELS,
    pace=Pace(image_every=2, video_every=5, slots=2),
    provider=Acme,
    emulator=AcmeEmulator,
    cancel_note="Acme finishes the picture all the same.",
    find_looks=0,
)
