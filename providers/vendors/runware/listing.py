"""A task as the archive tells it, also one that another program made."""

from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.rules import MediaKind
from providers.vendors.runware.models import MODELS
from providers.vendors.transport.answer import shown
from providers.vendors.vendor import KnownTask

LONGEST_PROMPT = 4000
KINDS: Mapping[str, MediaKind] = {"imageInference": "image", "videoInference": "video"}
_ROWS = {(spec.name, spec.kind): spec.id for spec in MODELS}


def read_known(task: str, order: Mapping[str, JsonValue]) -> KnownTask | None:
    """A task in our words, from the object that was sent; None where nothing of it is told."""
    if not order:
        return None
    kind = KINDS.get(_text(order.get("taskType")))
    return KnownTask(
        task=task,
        short=task[:8],
        state="running",
        prompt=shown(_text(order.get("positivePrompt")), longest=LONGEST_PROMPT),
        kind=kind,
        model=_ROWS.get((_text(order.get("model")), kind), "") if kind else "",
    )


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
