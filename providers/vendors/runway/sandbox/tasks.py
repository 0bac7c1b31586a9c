"""From an order to a task of the emulated Runway: media that fit, a size, a length, a price."""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from providers.vendors.runway.sandbox.orders import Order
from providers.vendors.runway.sandbox.shapes import Refusal, Task, Upload, issue
from providers.vendors.sandbox.bodies import text, whole
from providers.vendors.sandbox.painter import seed_from

SHAPES: Mapping[str, tuple[float, float]] = {
    "gen4.5": (0.5, 2.0),
    "gen4_turbo": (0.5, 2.358),
    "act_two": (0.5, 2.358),
    "veo3.1": (0.5, 2.0),
    "veo3.1_fast": (0.5, 2.0),
    "happyhorse_1_0": (0.55, 1.8),
    "gemini_2.5_flash": (0.25, 4.0),
    "seedance2_5": (0.4, 4.0),
    "grok_imagine_1_5_lite": (0.4, 2.5),
}
"""Width / height of pictures that each model takes."""
LEAST_SIDES = {"happyhorse_1_0": 300, "h3_max": 256, "magnific_precision_upscaler_v2": 300}
LENGTHS: Mapping[str, tuple[float, float]] = {
    "aleph2": (2, 30),
    "act_two": (3, 30),
    "gemini_omni_flash": (0, 10),
    "seedance2": (0, 15),
    "seedance2_fast": (0, 15),
    "seedance2_mini": (0, 15),
    "seedance2_5": (0, 30),
    "hailuo3": (0, 15),
    "magnific_video_upscaler_creative": (0, 30),
    "enhance_frame_rate": (0, 300),
}
"""Seconds of the video that each model works on."""
VIDEO_LINES = {"aleph2": 1080}
"""Pixels of the shorter side of the video that a model works on, at most."""
VIDEO_RATES = {"aleph2": 30}
"""Frames in a second of it, at most."""
RATE_SLACK = 0.3
SHORT_SIDES = {
    "480p": 480, "720p": 720, "768p": 768, "1080p": 1080,
    "1k": 1080, "2k": 1440, "2K": 1440, "4k": 2160,
}  # fmt: skip
MOST_PIXELS = 25.3e6
SLACK = 0.05
"""Seconds by which a file's own length may differ from whole ones."""
AREA = 1280 * 720
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files of an order."""

    first: Upload | None
    last: Upload | None
    pictures: tuple[Upload, ...]
    video: Upload | None

    @property
    def stills(self) -> tuple[Upload, ...]:
        """All pictures, frames first."""
        return (*(one for one in (self.first, self.last) if one is not None), *self.pictures)


def check_inputs(order: Order, inputs: Inputs) -> None:
    """Refuse pictures and videos that the model does not take."""
    model = order.to.model
    for one in inputs.stills:
        _check_shape(model, one)
        if min(one.width, one.height) < LEAST_SIDES.get(model, 0):
            raise Refusal(400, "Invalid asset dimensions")
    if inputs.video is not None:
        shortest, longest = LENGTHS.get(model, (0, 999))
        place = order.to.source or "reference"
        if inputs.video.seconds > longest + SLACK:
            raise issue("custom", [place], f"Asset duration must be at most {longest} seconds")
        if inputs.video.seconds < shortest - SLACK:
            raise issue("custom", [place], f"Asset duration must be at least {shortest} seconds")
        _check_video(model, inputs.video)


def _check_shape(model: str, one: Upload) -> None:
    low, high = SHAPES.get(model, (0.0, inf))
    shape = one.width / one.height
    if not low <= shape <= high:
        bound = f"at least {low}" if shape < low else f"at most {high}"
        words = f"width / height ratio must be {bound}. Got {shape:.3f}."
        raise Refusal(400, f"Invalid asset aspect ratio. {words}")


def _check_video(model: str, video: Upload) -> None:
    if model == "act_two":
        _check_shape(model, video)
    too_fast = video.rate > VIDEO_RATES.get(model, inf) + RATE_SLACK
    if too_fast or min(video.width, video.height) > VIDEO_LINES.get(model, inf):
        raise Refusal(400, "Invalid asset dimensions")


def task_from(
    order: Order, inputs: Inputs, project: str, words: tuple[str, ...], at: float
) -> Task:
    """The task that this order becomes."""
    spec, to, given = order.spec, order.to, order.given
    kind = "image" if spec.kind == "image" else "video"
    marks = [one.sha256 for one in (*inputs.stills, inputs.video) if one is not None]
    seed = given.get("seed")
    seed = whole(seed) if seed is not None else random.randint(0, 4294967295)
    marks += [str(seed)] if "seed" in spec.rules else []
    width, height = _size(order, inputs)
    # Where a video is worked on, pictures are shown and none fills a frame.
    frames = inputs.video is None
    shown = inputs.pictures if frames else inputs.stills
    first = inputs.first if frames else None
    return Task(
        id=str(uuid.uuid4()),
        project=project,
        endpoint=order.endpoint,
        model=to.model,
        label=spec.label,
        kind=kind,
        prompt=order.prompt,
        seed=seed if "seed" in spec.rules else 0,
        look=seed_from(to.model, *order.texts, *marks),
        width=width,
        height=height,
        seconds=_seconds(order, inputs) if kind == "video" else 0,
        sound=given.get("audio") is True,
        count=whole(given.get("count"), 1),
        media_type=f"image/{text(given.get('format')) or 'png'}"
        if kind == "image"
        else "video/mp4",
        images=tuple(one.id for one in shown),
        start=first.id if first is not None else "",
        end=inputs.last.id if first is not None and inputs.last is not None else "",
        video=inputs.video.id if inputs.video is not None else "",
        credits=order.credits(inputs.video.seconds if inputs.video else None),
        shots=order.cuts,
        words=words,
        at=at,
    )


def _seconds(order: Order, inputs: Inputs) -> int:
    asked = sum(seconds for _, seconds in order.cuts) or whole(order.given.get("duration"))
    if asked:
        return asked
    film = inputs.video
    return min(max(round(film.seconds), 1), 30) if film is not None else 5


def _size(order: Order, inputs: Inputs) -> Size:
    width, _, height = order.pixels.partition(":")
    if width.isdecimal() and height.isdecimal():
        return int(width), int(height)
    model = inputs.video or next(iter(inputs.stills), None)
    scale = whole(order.given.get("scale"))
    if scale and model is not None:
        if model.width * model.height * scale * scale > MOST_PIXELS:
            raise Refusal(400, "Invalid asset dimensions")
        return model.width * scale, model.height * scale
    shape = _shape(text(order.given.get("ratio"))) or (
        model.width / model.height if model is not None else 16 / 9
    )
    resolution = text(order.given.get("resolution"))
    side = SHORT_SIDES.get(resolution)
    height_of = side / min(shape, 1) if side else (AREA / shape) ** 0.5
    return _even(height_of * shape), _even(height_of)


def _shape(ratio: str) -> float:
    width, _, height = ratio.partition(":")
    return float(width) / float(height) if height else 0.0


def _even(side: float) -> int:
    return max(round(side / 2) * 2, 64)
