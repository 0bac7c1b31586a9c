"""Further video models that Runway's Python client 5.24 types. Rows only; what it leaves open is soft."""

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Rule, Slot, Takes, When
from providers.vendors.runway import newer_sizes, sizes
from providers.vendors.runway.client_rules import (
    CLIENT,
    CLIENT_READ,
    PERCENT,
    doubted,
    doubted_seconds,
    shapes,
)
from providers.vendors.runway.video_rules import (
    END,
    FILM_IDEAS,
    MOVE_IDEAS,
    START,
    ratio,
    resolution,
)

USUAL = 2500
"""Characters of a prompt, as others sell these models."""
# Ten images altogether, frames included.
KLING_4: dict[str, Rule] = {
    "prompt": doubted(USUAL),
    "start_frame": START,
    "end_frame": END,
    "references": Slot(most=10),
    "ratio": ratio(newer_sizes.KLING_4),
    "resolution": resolution(*newer_sizes.KLING_4),
    "duration": doubted_seconds(3, 30),
}
NEWER_VIDEOS = (
    ModelSpec(
        id="runway:video/kling_4",
        label="Kling 4",
        summary="Up to 30 s with audio, from text, two frames or 10 references.",
        good_for=("long", "many references"),
        always_audio=True,
        rules=KLING_4,
        when=(
            When(
                field="start_frame",
                rules={
                    "prompt": doubted(USUAL, needed=False),
                    "references": Slot(most=9),
                },
                hides=("ratio",),
            ),
            When(field="end_frame", rules={"references": Slot(most=8)}),
        ),
        by_account=True,
        examples=FILM_IDEAS,
        family="kling-4",
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(newer_sizes.KLING_4),
            "lone_frame": True,
        },
        source=CLIENT,
        checked=CLIENT_READ,
    ),
    ModelSpec(
        id="runway:video/kling2.5_turbo_pro",
        label="Kling 2.5 Turbo Pro",
        summary="Quick videos of 5 or 10 s, from text or two frames.",
        good_for=("people", "fast"),
        rules={
            "prompt": doubted(USUAL),
            "start_frame": START,
            "end_frame": END,
            "ratio": ratio(newer_sizes.KLING_TURBO),
            "resolution": resolution(*newer_sizes.KLING_TURBO),
            "duration": Choice(options=(5, 10), default=5, unit="s"),
            "adherence": PERCENT,
        },
        when=(When(field="start_frame", hides=("ratio", "resolution")),),
        by_account=True,
        examples=MOVE_IDEAS,
        family="kling-2.5-turbo-pro",
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(newer_sizes.KLING_TURBO),
        },
        source=CLIENT,
        checked=CLIENT_READ,
    ),
    ModelSpec(
        id="runway:video/grok_imagine_1_5_lite",
        label="Grok Imagine 1.5 Lite",
        summary="Quick videos from text or a start frame, whose aspect ratio they keep.",
        good_for=("short", "fast", "keeps the aspect ratio"),
        rules={
            "prompt": doubted(USUAL),
            "start_frame": Slot(takes=Takes(least_shape=0.4, most_shape=2.5)),
            "ratio": shapes(newer_sizes.GROK_LITE),
            "resolution": resolution(*newer_sizes.GROK_LITE),
            "duration": doubted_seconds(1, 15),
        },
        when=(
            When(
                field="start_frame",
                rules={"prompt": doubted(USUAL, needed=False)},
                hides=("ratio",),
            ),
        ),
        by_account=True,
        examples=FILM_IDEAS,
        family="grok-imagine-1.5-lite",
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(newer_sizes.GROK_LITE),
        },
        source=CLIENT,
        checked=CLIENT_READ,
    ),
)
NEWER_CHANGES = (
    ModelSpec(
        id="runway:video/video_to_video/kling_4",
        label="Kling 4: edit a video",
        summary="Edits a video from instructions, with up to 10 guide images.",
        good_for=("editing videos", "many references"),
        rules={
            "prompt": doubted(USUAL),
            "driving_video": Slot(kind="video", least=1, label="Video to edit"),
            "references": Slot(most=10),
            "resolution": resolution("720p", "1080p"),
        },
        by_account=True,
        examples=("Make it a snowy night, street lamps lit, breath visible in the cold",),
        family="kling-4-edit",
        wire={
            "endpoint": "video_to_video",
            "model": "kling_4",
            "source": "videoUri",
            "sizes": {"720p": {"auto": "auto_720p"}, "1080p": {"auto": "auto_1080p"}},
        },
        source=CLIENT,
        checked=CLIENT_READ,
    ),
    ModelSpec(
        id="runway:video/enhance_frame_rate",
        label="Frame Rate Conversion",
        summary="Gives a video another frame rate, up to 120 in a second.",
        good_for=("smooth motion", "no prompt"),
        deed="New frame rate",
        rules={
            "driving_video": Slot(
                kind="video",
                least=1,
                label="Video to work on",
                takes=Takes(most_seconds=300),
            ),
            "frame_rate": Choice(
                options=("60", "24", "25", "30", "48", "50", "120", "23.98", "29.97", "59.94"),
                default="60",
                unit="fps",
            ),
        },
        by_account=True,
        family="frame-rate",
        wire={"endpoint": "video_upscale", "source": "videoUri"},
        source=CLIENT,
        checked=CLIENT_READ,
    ),
)
