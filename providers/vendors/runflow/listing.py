"""The runs of an organisation as their list tells them, also those that other programs made."""

from collections.abc import Mapping
from typing import get_args

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import Kind
from providers.vendors.runflow.answers import read_id, read_outputs, read_run
from providers.vendors.runflow.models import MODELS
from providers.vendors.transport.answer import read_moment, shown
from providers.vendors.vendor import KnownTask

LONGEST_PROMPT = 4000
PICTURE_FIELDS = frozenset({"num_images", "image_urls", "output_format"})
CLIP_FIELDS = frozenset({"duration", "generate_audio", "start_image_url"})
SHOTS = "multi_prompt"
NAMES = ("model_id", "model", "model_slug")
"""Where a run may name its model; the pages show none of them filled."""


def _addresses(spec: ModelSpec) -> set[str]:
    told = (spec.wire.get(twin, spec.name) for twin in ("without_files", "with_files"))
    return {slug for slug in told if isinstance(slug, str)}


_ROWS = {(slug, spec.kind): spec.id for spec in MODELS for slug in _addresses(spec)}
_OF_KIND = {kind: [spec.id for spec in MODELS if spec.kind == kind] for kind in get_args(Kind)}


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
    kind, seed = _kind(run, given), given.get("seed")
    return KnownTask(
        task=found,
        short=short_id(found),
        state=read_run(run, 1).state,
        prompt=shown(_prompt(given), longest=LONGEST_PROMPT, is_prompt=True),
        kind=kind,
        model=_model(run, kind),
        created=None if made is None else made - ahead,
        seed=int(seed) if isinstance(seed, int | float) and not isinstance(seed, bool) else None,
    )


def short_id(run: str) -> str:
    """Ids begin with their time, so that only their ends differ."""
    return run[-8:]


def _kind(run: Mapping[str, JsonValue], given: Mapping[str, JsonValue]) -> Kind | None:
    if given.get(SHOTS):
        return "multishot"
    outputs = read_outputs(run)
    if outputs:
        return outputs[0].kind
    if CLIP_FIELDS & given.keys():
        return "video"
    return "image" if PICTURE_FIELDS & given.keys() else None


def _prompt(given: Mapping[str, JsonValue]) -> str:
    """What was asked for in words: the prompt, or those of the shots."""
    listed = given.get(SHOTS)
    shots = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    texts = [given.get("prompt"), *(shot.get("prompt") for shot in shots)]
    return " ".join([text for text in texts if isinstance(text, str)])


def _model(run: Mapping[str, JsonValue], kind: Kind | None) -> str:
    if kind is None:
        return ""
    named = [name for key in NAMES if isinstance(name := run.get(key), str)]
    known = next((_ROWS[name, kind] for name in named if (name, kind) in _ROWS), "")
    if known or not _is_ours(run) or len(_OF_KIND[kind]) != 1:
        return known
    # A studio makes no other runs of this kind than those of its only row.
    return _OF_KIND[kind][0]


def _is_ours(run: Mapping[str, JsonValue]) -> bool:
    metadata, mark = run.get("metadata"), run.get("client_ref")
    return isinstance(metadata, dict) and isinstance(mark, str) and metadata == {"job": mark}
