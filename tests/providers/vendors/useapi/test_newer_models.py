"""The vendor's models of July and October 2026: what the emulator makes of them, and what it refuses."""

import pytest

from providers.vendors.useapi.sandbox.fields import Unacceptable
from providers.vendors.useapi.sandbox.orders import Made, read_order
from providers.vendors.useapi.sandbox.terms import wrong_length
from tests.support.emulated import Json

SEEDANCE: Json = {"model": "seedance-2", "text_prompt": "A lighthouse"}
MOTION: Json = {"model": "kling-3.0-motion-control", "text_prompt": "a"}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("image", {"text_prompt": "a", "model": "flux-2-max", "aspect_ratio": "auto"}),
        ("image", {"text_prompt": "a", "model": "flux-2-klein", "resolution": "4K"}),
        ("image", {"model": "flux-2-klein", **{f"imageAssetId{n}": "x" for n in range(1, 6)}}),
        ("image", {"model": "flux-2-max", "text_prompt": "x" * 4001}),
        ("image", {"text_prompt": "a", "model": "flux-2-max", "seed": 0}),
        ("image", {"text_prompt": "a", "model": "nano-banana-2", "seed": 1}),
        ("image", {"text_prompt": "a", "model": "nano-banana-2-lite", "resolution": "1K"}),
        ("image", {"text_prompt": "a", "model": "gpt-image-1-5", "aspect_ratio": "16:9"}),
        ("image", {"model": "gpt-image-1-mini", "text_prompt": ""}),
        ("image", {"text_prompt": "a", "model": "seedream-5", "resolution": "1K"}),
        ("image", {"text_prompt": "a", "model": "seedream-5", "num_images": 2}),
        ("image", {"text_prompt": "a", "model": "seedream-5", "style": "vivid"}),
        ("video", {**SEEDANCE, "startFrameAssetId": "x", "videoAssetId": "y"}),
        ("video", {**SEEDANCE, "characterOrientation": "image"}),
        ("video", {**SEEDANCE, "model": "seedance-2-5", "duration": 31}),
        ("video", {**SEEDANCE, "model": "seedance-2-5", "duration": 16, "exploreMode": True}),
        ("video", {**SEEDANCE, "model": "seedance-2-5", "resolution": "1080p"}),
        ("video", {**MOTION, "imageAssetId1": "x"}),
        ("video", {**MOTION, "videoAssetId": "x"}),
        ("video", {**MOTION, "imageAssetId1": "x", "videoAssetId": "y", "duration": 5}),
        ("video", {**MOTION, "imageAssetId1": "x", "videoAssetId": "y", "aspect_ratio": "16:9"}),
        ("video", {**MOTION, "imageAssetId1": "x", "videoAssetId": "y", "resolution": "480p"}),
        ("video", {**MOTION, "imageAssetId1": "x", "videoAssetId": "y", "characterOrientation": "up"}),
    ],
)  # fmt: skip
def test_what_is_documented_as_refused_is_refused(kind: Made, body: Json) -> None:
    with pytest.raises(Unacceptable):
        read_order(kind, body)


@pytest.mark.parametrize(
    ("body", "size"),
    [
        ({"model": "flux-2-max"}, (1024, 1024)),
        ({"model": "flux-2-max", "aspect_ratio": "9:21", "resolution": "0.6MP"}, (512, 1184)),
        ({"model": "flux-2-klein", "aspect_ratio": "16:9", "resolution": "2K"}, (2688, 1536)),
        ({"model": "nano-banana-2", "aspect_ratio": "auto"}, (1024, 1024)),
        ({"model": "gpt-image-1-5", "aspect_ratio": "3:2"}, (1248, 832)),
        ({"model": "seedream-5", "aspect_ratio": "1:1", "resolution": "3K"}, (3072, 3072)),
    ],
)
def test_an_image_has_its_shape_and_about_as_many_pixels_as_were_asked_for(
    body: Json, size: tuple[int, int]
) -> None:
    assert read_order("image", {"text_prompt": "a", **body}).size == size


def test_a_reference_video_leaves_a_seedance_its_own_length_and_an_edit_has_that_of_its_video() -> (
    None
):
    made = read_order("video", {**SEEDANCE, "videoAssetId": "v", "duration": 6})
    assert made.given["duration"] == 6
    assert (
        "duration"
        not in read_order("video", {**MOTION, "imageAssetId1": "i", "videoAssetId": "v"}).given
    )


@pytest.mark.parametrize(
    ("model", "fits", "wrong"),
    [
        ("kling-3.0-motion-control", (3, 30), (2, 31)),
        ("seedance-2", (1, 15), (16,)),
        ("kling-o3-pro", (1, 10), (11,)),
    ],
)
def test_a_video_that_is_handed_in_has_a_length_of_its_models(
    model: str, fits: tuple[float, ...], wrong: tuple[float, ...]
) -> None:
    assert [wrong_length(model, seconds) for seconds in fits] == [""] * len(fits)
    assert all(wrong_length(model, seconds) for seconds in wrong)
