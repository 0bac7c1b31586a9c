"""From an order to a task of the emulated Runware."""

from collections.abc import Sequence

from providers.vendors.runware.sandbox.orders import Order
from providers.vendors.runware.sandbox.shapes import Task
from providers.vendors.runware.sandbox.shots import DEFAULT_SECONDS, READING
from providers.vendors.runware.sandbox.sizes import SIZES, Size
from providers.vendors.sandbox.bodies import text, whole
from providers.vendors.sandbox.painter import seed_from


def task_from(
    order: Order, account: str, first: Size | None, marks: Sequence[str], at: float
) -> Task:
    """The task, but for its references and words. `first` is the size of the first reference."""
    given, body, spec = order.given, order.body, order.spec
    prompt = text(given.get("prompt"))
    told = given.get("seed")
    look = seed_from(spec.name, *order.texts, *marks, *([str(told)] if told is not None else []))
    width, height = order.size or _following(order, first)
    kind = text(given.get("format")) or "jpeg"
    price = spec.estimate({**given, "count": 1})
    return Task(
        id=text(body["taskUUID"]),
        account=account,
        kind=order.kind,
        model=spec.name,
        label=spec.label,
        prompt=prompt,
        look=look,
        seed=whole(told, look),
        width=width,
        height=height,
        shots=order.shots,
        seconds=_seconds(order),
        sound=spec.name == READING or given.get("audio", spec.name.startswith("google")) is True,
        count=whole(given.get("count"), 1),
        media_type="video/mp4" if order.kind == "video" else f"image/{kind}",
        output=text(body.get("outputType")) or "URL",
        ttl=whole(body["ttl"], 60) if "ttl" in body else None,
        checked=given.get("content_check") is True,
        price=price.amount if price is not None and body.get("includeCost") is True else None,
        request=body,
        at=at,
    )


def _seconds(order: Order) -> int:
    if order.kind == "image":
        return 0
    return sum(seconds for _, seconds in order.shots) or whole(
        order.given.get("duration"), DEFAULT_SECONDS
    )


def _following(order: Order, first: Size | None) -> Size:
    """The size that is nearest in shape to the first reference, in the tier that was asked for."""
    tiers = SIZES[order.spec.name]
    tier = tiers.get(text(order.given.get("resolution"))) or next(iter(tiers.values()))
    if first is None:
        return next(iter(tier.values()))
    shape = first[0] / first[1]
    return min(tier.values(), key=lambda size: abs(size[0] / size[1] - shape))
