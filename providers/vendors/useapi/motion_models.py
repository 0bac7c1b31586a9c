"""Kling Motion Control at useapi.net: the person of an image moves as the one in a video. Rows only.

Its length is the video's. Nothing is said of a ratio or of the explore queue, so neither is offered; that the
image goes into the first numbered field is what every other model with a video does.
"""

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Slot, Takes
from providers.vendors.useapi.model_rules import (
    KEEP_AUDIO,
    READ,
    START_NEEDED,
    VIDEOS,
    optional,
    resolution,
)

MOTIONS = (
    ModelSpec(
        id="useapi:video/kling-3.0-motion-control",
        label="Kling 3.0 Motion Control",
        summary="Makes the person in your image move like the person in your video, for 3 to 30 s.",
        good_for=("performance", "people", "up to 1080p"),
        rules={
            "prompt": optional(2500),
            "start_frame": START_NEEDED,
            "driving_video": Slot(
                kind="video", least=1, takes=Takes(least_seconds=3, most_seconds=30)
            ),
            "resolution": resolution("720p", "1080p"),
            "orientation": Choice(options=("image", "video"), default="image"),
            "keep_audio": KEEP_AUDIO,
        },
        usual_seconds=(300, 600),
        examples=(
            "A rooftop at dusk, neon signs, handheld camera",
            "A bright studio with a plain gray wall, soft light",
        ),
        source=VIDEOS,
        checked=READ,
    ),
)
