"""Way: the facts of a row that only the wire knows, in a shape of their own."""

from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Frozen

TEXT_TO_IMAGE = "text_to_image"
VIDEO_TO_VIDEO = "video_to_video"
CHARACTER_PERFORMANCE = "character_performance"
IMAGE_UPSCALE = "image_upscale"
MULTI_SHOT_VIDEO = "recipes/multi_shot_video"
"""A recipe: a pipeline with a body of its own, which names no model."""


class Way(Frozen):
    """Where a request for one row goes, and what stands in it beside the fields."""

    endpoint: str
    framed: str = ""
    """The endpoint with a start frame, where that is another one."""
    model: str = ""
    """The vendor's name, where one name stands for several rows."""
    source: str = ""
    """What the video to work on is called."""
    sizes: Mapping[str, Mapping[str, str]] = {}
    """Resolution, ratio, pixel pair (see `sizes.py`); empty where both are sent as they are."""
    guided_sizes: Mapping[str, Mapping[str, str]] = {}
    """The same beside references, where pixels are others there."""
    other_sizes: tuple[str, ...] = ()
    """Sizes that the API takes and no shape stands for."""
    ratio: str = "ratio"
    """What the ratio is called."""
    capitals: bool = False
    """Resolutions are sent in capitals."""
    tags: bool = False
    """References are named by tags."""
    shot_type: str = ""
    """Who cuts a multishot, as the provider's settings say it: `customize` or `intelligence`."""
    lone_frame: bool = False
    """A single frame goes as its address alone: no page describes the list of several."""
    fixed: Mapping[str, JsonValue] = {}

    def table(self, *, guided: bool) -> Mapping[str, Mapping[str, str]]:
        """The sizes of a request with references, or without."""
        return (guided and self.guided_sizes) or self.sizes


def way(spec: ModelSpec) -> Way:
    """The way of a row."""
    read = Way.model_validate(dict(spec.wire))
    return read if read.model else read.model_copy(update={"model": spec.name})
