"""From an order to a task of the emulated useapi.net, and what the task tells of the order."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from providers.vendors.sandbox.bodies import text, whole
from providers.vendors.sandbox.painter import seed_from
from providers.vendors.useapi.sandbox.orders import Order
from providers.vendors.useapi.sandbox.shapes import UPSTREAM, Asset, Task
from providers.vendors.useapi.sandbox.sizes import Size

LONGEST_DRIVEN = 30
"""Seconds that a driving video may lend to its clip."""
AREAS = {"720p": 1280 * 720, "1080p": 1920 * 1080}


@dataclass(frozen=True, slots=True)
class Handed:
    """The assets that an order names."""

    images: Sequence[Asset] = ()
    references: Sequence[Asset] = ()
    film: Asset | None = None


def task_from(order: Order, user: int, handed: Handed, at: float, email: str) -> Task:
    """The task, but for its `options` and `words`."""
    images, film = handed.images, handed.film
    seed = whole(order.given.get("seed")) or random.randint(1, 4294967294)
    marks = [one.sha256 for one in (*images, *handed.references)]
    if order.is_seeded:
        marks.append(str(seed))
    width, height = order.size or _same_shape(images[0], text(order.given.get("resolution")))
    body = order.body
    return Task(
        id=str(uuid.uuid4()),
        user=user,
        kind=order.kind,
        model=order.model,
        label=order.label,
        prompt=order.prompt,
        shots=order.shots,
        seed=seed if order.is_seeded else 0,
        look=seed_from(order.model, *order.texts, *marks),
        width=width,
        height=height,
        seconds=_seconds(order, film),
        sound=order.sound,
        count=whole(order.given.get("count"), 1),
        images=tuple(one.id for one in images),
        references=tuple(one.id for one in handed.references),
        video=None if film is None else film.id,
        options={},
        explore=order.given.get("explore") is True,
        at=at,
        email=email,
        reply={name: body[name] for name in ("replyUrl", "replyRef") if name in body},
    )


def echo(order: Order, task: Task, sources: list[JsonValue]) -> dict[str, JsonValue]:
    """The task's `options`: the order in the names of the house further up."""
    shared: dict[str, JsonValue] = {
        "name": f"{task.model} {task.prompt}".strip(),
        "text_prompt": task.prompt,
        "exploreMode": task.explore,
        "assetGroupId": task.id,
        "creationSource": "tool-mode",
        "recordingEnabled": True,
    }
    if task.seed:
        shared["seed"] = task.seed
    return shared | (_film_echo(task) if task.kind == "video" else _picture_echo(order, sources))


def _film_echo(task: Task) -> dict[str, JsonValue]:
    route = "v2v" if task.video else "i2v" if task.images or task.references else "t2v"
    return {
        "seconds": task.seconds,
        "watermark": False,
        "route": route,
        "width": task.width,
        "height": task.height,
    }


def _picture_echo(order: Order, sources: list[JsonValue]) -> dict[str, JsonValue]:
    given = order.given
    shape: dict[str, JsonValue] = {
        "aspect_ratio": given.get("ratio"),
        "num_images": given.get("count"),
        "reference_images": sources,
        "model": UPSTREAM.get(order.model, ("", order.model))[1],
    }
    if order.model.startswith("nano"):
        return shape | {"image_size": given.get("resolution") or "1K"}
    width, height = order.size or (0, 0)
    shape |= {"width": width, "height": height, "flip": False}
    return shape | {name: given[name] for name in ("style", "diversity") if name in given}


def _seconds(order: Order, film: Asset | None) -> int:
    if order.kind == "image":
        return 0
    if order.shots:
        return sum(seconds for _, seconds in order.shots)
    if film is not None and "duration" not in order.given:
        return min(max(round(film.seconds or 0), 1), LONGEST_DRIVEN)
    return whole(order.given.get("duration"))


def _same_shape(picture: Asset, resolution: str) -> Size:
    """About as many pixels as this resolution has, else 720p, in the shape of this picture, and even."""
    shape = picture.width / picture.height
    width = round((AREAS.get(resolution, AREAS["720p"]) * shape) ** 0.5 / 2) * 2
    return max(width, 64), max(round(width / shape / 2) * 2, 64)
