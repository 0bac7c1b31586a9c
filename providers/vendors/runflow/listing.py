"""The runs of an organisation as their list tells them, also those that other programs made."""

from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.rules import MediaKind
from providers.vendors.runflow.answers import read_id, read_outputs, read_run
from providers.vendors.runflow.models import MODELS
from providers.vendors.transport.answer import read_moment, shown
from providers.vendors.vendor import KnownTask

LONGEST_PROMPT = 4000
PICTURE_FIELDS = frozenset({"num_images", "image_urls", "output_format"})
CLIP_FIELDS = frozenset({"duration", "generate_audio"})
NAMES = ("model_id", "model", "model_slug")
"""Where a run may name its model; the pages show none of them filled."""
_ROWS = {slug: spec.id for spec in MODELS for slug in (spec.name, spec.wire["edit"])}


def read_known(run: Mapping[str, JsonValue], ahead: float = 0.0) -> KnownTask | None:
    """A listed run in our words; None where its id cannot be used.

    `ahead` is what the vendor's clock shows more than ours, in seconds.
    """
    made = read_moment(run.get("created_at"))
    found = read_id(run.get("id"))
    if found is None:
        return None
    told = run.get("input")
    given: Mapping[str, JsonValue] = told if isinstance(told, dict) else {}
    kind, prompt, seed = _kind(run, given), given.get("prompt"), given.get("seed")
    return KnownTask(
        task=found,
        short=short_id(found),
        state=read_run(run, 1).state,
        prompt=shown(prompt, longest=LONGEST_PROMPT) if isinstance(prompt, str) else "",
        kind=kind,
        model=_model(run) if kind == "image" else "",
        created=None if made is None else made - ahead,
        seed=int(seed) if isinstance(seed, int | float) and not isinstance(seed, bool) else None,
    )


def short_id(run: str) -> str:
    """Ids begin with their time, so that only their ends differ."""
    return run[-8:]


def _kind(run: Mapping[str, JsonValue], given: Mapping[str, JsonValue]) -> MediaKind | None:
    outputs = read_outputs(run.get("output"))
    if outputs:
        return outputs[0].kind
    if CLIP_FIELDS & given.keys():
        return "video"
    return "image" if PICTURE_FIELDS & given.keys() else None


def _model(run: Mapping[str, JsonValue]) -> str:
    named = [name for key in NAMES if isinstance(name := run.get(key), str)]
    known = next((_ROWS[name] for name in named if name in _ROWS), "")
    if known or not _is_ours(run) or len(MODELS) != 1:
        return known
    # A studio makes no other runs than those of its only row.
    return MODELS[0].id


def _is_ours(run: Mapping[str, JsonValue]) -> bool:
    metadata, mark = run.get("metadata"), run.get("client_ref")
    return isinstance(metadata, dict) and isinstance(mark, str) and metadata == {"job": mark}
