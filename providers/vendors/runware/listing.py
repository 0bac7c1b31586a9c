"""A task as the archive tells it, also one that another program made."""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.requests import Kind
from providers.vendors.runware.models import MODELS
from providers.vendors.transport.answer import shown
from providers.vendors.vendor import KnownTask

LONGEST_PROMPT = 4000
KINDS: Mapping[str, Kind] = {"imageInference": "image", "videoInference": "video"}
_FIRST_SHOT = re.compile(r"\s*shot\s+1\s*,\s*\d+\s*,", re.IGNORECASE)
_ROWS = {(spec.name, spec.kind): spec for spec in MODELS}


def read_known(task: str, order: Mapping[str, JsonValue]) -> KnownTask | None:
    """A task in our words, from the object that was sent; None where nothing of it is told."""
    if not order:
        return None
    name, kind = _text(order.get("model")), KINDS.get(_text(order.get("taskType")))
    prompt, listed = _text(order.get("positivePrompt")), _listed(order)
    multishot = _ROWS.get((name, "multishot"))
    # A model without a list of shots reads them from the prompt.
    reads = multishot is not None and "shots" not in multishot.wire
    if kind == "video" and (listed or (reads and _FIRST_SHOT.match(prompt))):
        kind = "multishot"
    row = _ROWS.get((name, kind)) if kind else None
    return KnownTask(
        task=task,
        short=task[:8],
        state="running",
        prompt=shown(prompt or " ".join(listed), longest=LONGEST_PROMPT, is_prompt=True),
        kind=kind,
        model="" if row is None else row.id,
    )


def _listed(order: Mapping[str, JsonValue]) -> list[str]:
    """The prompts of a list of shots, as far as they can be read."""
    settings = order.get("providerSettings")
    own = settings.get("klingai") if isinstance(settings, dict) else None
    shots = own.get("multiPrompt") if isinstance(own, dict) else None
    return [
        _text(shot.get("prompt"))
        for shot in (shots if isinstance(shots, list) else [])
        if isinstance(shot, dict)
    ]


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
