"""What stands in the fields that all create bodies of the emulated useapi.net share."""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from providers.vendors.sandbox.bodies import whole

COMMON_FIELDS = frozenset({"model", "email", "exploreMode", "replyUrl", "replyRef", "maxJobs"})
SLOT = re.compile(r"imageAssetId(\d+)")
SHOT = re.compile(r"multishot_(prompt|duration)_(\d+)")


class Unacceptable(Exception):
    """The body breaks a documented rule; the text is the vendor's message."""


def check_common(body: Mapping[str, JsonValue]) -> None:
    """Refuse what is wrong beside the fields that say what to make."""
    for name in ("replyUrl", "replyRef"):
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > 1024:
            raise Unacceptable(f"Parameter {name} maximum length is 1024 characters")
    if not isinstance(body.get("exploreMode", False), bool):
        raise Unacceptable("Parameter exploreMode must be boolean")
    if "maxJobs" in body and not 1 <= whole(body["maxJobs"]) <= 10:
        raise Unacceptable("Parameter maxJobs valid range is 1…10")


def numbered_images(body: Mapping[str, JsonValue]) -> list[str]:
    """The ids in `imageAssetId1` and on, which may leave none out."""
    numbers = sorted(int(found[1]) for name in body if (found := SLOT.fullmatch(name)))
    if numbers != list(range(1, len(numbers) + 1)):
        raise Unacceptable("Parameters imageAssetId must be numbered from 1 without gaps")
    held: list[str] = []
    for number in numbers:
        value = body[f"imageAssetId{number}"]
        if not isinstance(value, str) or not value:
            raise Unacceptable(f"Parameter imageAssetId{number} must be an assetId")
        held.append(value)
    return held


def numbered_shots(body: Mapping[str, JsonValue]) -> list[JsonValue]:
    """The shots in catalogue words; each needs both of its fields."""
    found = {name: match for name in body if (match := SHOT.fullmatch(name))}
    numbers = sorted({int(match[2]) for match in found.values()})
    if numbers != list(range(1, len(numbers) + 1)):
        raise Unacceptable("Parameters multishot_* must be numbered from 1 without gaps")
    shots: list[JsonValue] = []
    for number in numbers:
        names = (f"multishot_prompt_{number}", f"multishot_duration_{number}")
        if not all(name in body for name in names):
            raise Unacceptable(f"Shot {number} requires both {names[0]} and {names[1]}")
        shots.append({"prompt": body[names[0]], "seconds": body[names[1]]})
    return shots
