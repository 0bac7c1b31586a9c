"""The parameter types of Runway's own Python client, read as data."""

import importlib
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, NotRequired, Required, Union, get_args, get_origin

from pydantic import JsonValue
from runwayml._utils import PropertyInfo
from typing_extensions import get_type_hints, is_typeddict

ENDPOINTS = (
    "text_to_image",
    "text_to_video",
    "image_to_video",
    "video_to_video",
    "character_performance",
    "image_upscale",
    "video_upscale",
    "recipes/multi_shot_video",
)
Plain = str | int | float | bool | None
Arm = Mapping[str, tuple[object, bool]]
"""Wire name of a field: its type, and whether it must be there."""


def arms(endpoint: str) -> dict[str, Arm]:
    """The forms of a create call, by the model, or the mode of a recipe, that each is for."""
    recipe = endpoint.startswith("recipes/")
    place = endpoint.replace("recipes/", "recipe_") + ("" if recipe else "_create")
    module = importlib.import_module(f"runwayml.types.{place}_params")
    name = "".join(part.capitalize() for part in place.split("_")) + "Params"
    whole: object = getattr(module, name)
    parts = get_args(whole) if is_union(whole) else (whole,)
    found: dict[str, Arm] = {}
    for part in parts:
        arm = fields(part)
        (model,) = get_args(arm["mode" if recipe else "model"][0])
        found[model] = arm
    return found


def called(body: Mapping[str, JsonValue]) -> str:
    """The model that a body names, or the mode of a recipe."""
    return str(body.get("model", body.get("mode")))


def fields(kind: object) -> Arm:
    """The fields of a typed dictionary under their names on the wire."""
    assert isinstance(kind, type)
    found: dict[str, tuple[object, bool]] = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        plain: object = hint
        needed = False
        alias: str = name
        while get_origin(plain) in (Annotated, Required, NotRequired):
            needed = needed or get_origin(plain) is Required
            for extra in get_args(plain)[1:]:
                alias = (isinstance(extra, PropertyInfo) and extra.alias) or alias
            plain = get_args(plain)[0]
        found[alias] = (plain, needed)
    return found


def is_union(kind: object) -> bool:
    return get_origin(kind) in (Union, types.UnionType)


def options(kind: object) -> set[Plain]:
    """The literal values in a type, at any depth of unions."""
    if get_origin(kind) is Literal:
        return set(get_args(kind))
    if is_union(kind):
        return {value for part in get_args(kind) for value in options(part)}
    return set()


def complaints(kind: object, value: JsonValue, place: str = "") -> Iterator[str]:
    """What the client's types would not let pass."""
    if is_union(kind):
        found = [list(complaints(part, value, place)) for part in get_args(kind)]
        if all(found):
            yield from min(found, key=len)
    elif get_origin(kind) is Literal:
        # True == 1 in Python, and is no enum's value.
        if isinstance(value, bool) or value not in get_args(kind):
            yield f"{place}: {value!r} is not one of {get_args(kind)}"
    elif is_typeddict(kind):
        yield from _dictionary(kind, value, place)
    elif get_origin(kind) is not None:
        item = get_args(kind)[0]
        if not isinstance(value, list):
            yield f"{place}: {value!r} is not a list"
        for number, one in enumerate(value if isinstance(value, list) else ()):
            yield from complaints(item, one, f"{place}.{number}")
    elif kind is not object and not _is_plain(kind, value):
        yield f"{place}: {value!r} is not {kind}"


def _dictionary(kind: object, value: JsonValue, place: str) -> Iterable[str]:
    if not isinstance(value, dict):
        yield f"{place}: {value!r} is not an object"
        return
    known = fields(kind)
    for name, (_, needed) in known.items():
        if needed and name not in value:
            yield f"{place}.{name} is missing"
    for name, held in value.items():
        if name not in known:
            yield f"{place}.{name} is unknown"
        else:
            yield from complaints(known[name][0], held, f"{place}.{name}")


def _is_plain(kind: object, value: JsonValue) -> bool:
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    return (
        isinstance(value, int | float)
        if kind is float
        else isinstance(value, kind)
        if isinstance(kind, type)
        else False
    )


def arm_complaints(arm: Arm, body: Mapping[str, JsonValue]) -> list[str]:
    """The same for a whole body."""
    found = [
        f"{name} is missing" for name, (_, needed) in arm.items() if needed and name not in body
    ]
    for name, value in body.items():
        if name in arm:
            found += complaints(arm[name][0], value, name)
        else:
            found.append(f"{name} is unknown")
    return found
