"""The tasks and the files of an account as its lists tell them, also what was made by hand at Runway."""

from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.requests import Kind
from providers.catalogue.rules import MediaKind
from providers.vendors.accounts import KnownAsset
from providers.vendors.transport.answer import read_moment, shown
from providers.vendors.useapi.account import account_of
from providers.vendors.useapi.answers import read_id, read_task, short_id, whole_number
from providers.vendors.useapi.models import MODELS
from providers.vendors.vendor import KnownTask

LONGEST_PROMPT = 4000
LONGEST_NAME = 120
_MEDIA: Mapping[str, MediaKind] = {"image": "image", "video": "video"}
_ROWS = {(spec.name, spec.kind): spec.id for spec in MODELS}
_NAMES = frozenset(spec.name for spec in MODELS)


def read_known(task: Mapping[str, JsonValue], ahead: float = 0.0) -> KnownTask | None:
    """A listed task in our words; None where its id cannot be used.

    `ahead` is what the vendor's clock shows more than ours, in seconds.
    """
    made = read_moment(task.get("createdAt"))
    found = read_id(task.get("taskId"))
    if found is None:
        return None
    told = task.get("options")
    options: Mapping[str, JsonValue] = told if isinstance(told, dict) else {}
    kind, name = _kind(options), _name(task)
    first = name.partition(" ")[0]
    return KnownTask(
        task=found,
        short=short_id(found),
        state=read_task(task, {}).state,
        prompt=_prompt(options, name),
        kind=kind,
        model=_ROWS.get((first, kind), "") if kind is not None else "",
        created=None if made is None else made - ahead,
        seed=whole_number(options.get("seed")),
    )


def read_asset(told: Mapping[str, JsonValue], ahead: float = 0.0) -> KnownAsset | None:
    """A listed file in our words; None where it cannot be used: no picture and no film, or without a link."""
    asset, url = read_id(told.get("assetId")), told.get("url")
    kind = _MEDIA.get(str(told.get("mediaType")))
    if asset is None or kind is None or not isinstance(url, str):
        return None
    made, name = read_moment(told.get("createdAt")), _name(told)
    return KnownAsset(
        asset=asset,
        account=account_of(asset),
        name=shown(name, longest=LONGEST_NAME),
        kind=kind,
        url=url,
        preview=_preview(told, url if kind == "image" else ""),
        bytes=whole_number(told.get("fileSize")) or 0,
        created=None if made is None else made - ahead,
    )


def _preview(told: Mapping[str, JsonValue], own: str) -> str:
    """The first of the small images; a file's own link where there is none."""
    listed = told.get("previewUrls")
    first = listed[0] if isinstance(listed, list) and listed else None
    return first if isinstance(first, str) and first else own


def _kind(options: Mapping[str, JsonValue]) -> Kind | None:
    if "num_images" in options or "image_size" in options:
        return "image"
    if "multishot_prompt_1" in options:
        return "multishot"
    return "video" if "seconds" in options or "duration" in options else None


def _prompt(options: Mapping[str, JsonValue], name: str) -> str:
    text = options.get("text_prompt")
    if isinstance(text, str) and text.strip():
        return shown(text, longest=LONGEST_PROMPT, is_prompt=True)
    # A task's name is its model and the beginning of its prompt.
    first, _, rest = name.partition(" ")
    return shown(rest if first in _NAMES else name, longest=LONGEST_PROMPT, is_prompt=True)


def _name(task: Mapping[str, JsonValue]) -> str:
    name = task.get("name")
    return name if isinstance(name, str) else ""
