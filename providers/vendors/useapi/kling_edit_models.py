"""Kling O3 at useapi.net, where it changes a video. Rows only.

The vendor has one model for both: a video in the call makes it an edit. Nothing is said of a length or a ratio
there, so neither is sent, and the video keeps its own.
"""

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Rule, Slot, Takes
from providers.vendors.useapi.model_rules import (
    EXPLORE,
    KEEP_AUDIO,
    READ,
    TAG,
    VIDEOS,
    required,
)

RULES: dict[str, Rule] = {
    # Of an edit the page says no more than that; Runway itself needs the prompt there.
    "prompt": required(2500),
    "driving_video": Slot(
        kind="video", least=1, label="Video to edit", takes=Takes(most_seconds=10)
    ),
    "references": Slot(most=4, tag=TAG),
    "keep_audio": KEEP_AUDIO,
    "explore": EXPLORE,
}
NOTE = "The video may be up to 10 s long."
IDEAS = (
    "Make it a snowy night, street lamps lit, breath visible in the cold",
    "Replace the car with a horse-drawn carriage, same street, same camera",
)

EDITS = (
    ModelSpec(
        id="useapi:video/kling-o3-pro-edit",
        label="Kling O3 Pro Edit",
        summary="Changes a video of up to 10 s, with up to 4 references.",
        good_for=("editing", "people", "detail"),
        rules=RULES,
        note=NOTE,
        usual_seconds=(300, 600),
        examples=IDEAS,
        wire={"model": "kling-o3-pro"},
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/kling-o3-standard-edit",
        label="Kling O3 Standard Edit",
        summary="The same with Kling O3 Standard, for drafts.",
        good_for=("editing", "people", "drafts"),
        rules=RULES,
        note=NOTE,
        usual_seconds=(300, 600),
        examples=IDEAS,
        wire={"model": "kling-o3-standard"},
        source=VIDEOS,
        checked=READ,
    ),
)
