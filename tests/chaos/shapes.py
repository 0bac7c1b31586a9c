"""What is known of the vendors' JSON without asking which vendor it is, to twist it on its way."""

import json
from collections.abc import Callable

from pydantic import JsonValue

STATUS = ("status", "status_code")
PROGRESS = ("progressRatio", "progress")
FILES = ("artifacts", "output", "outputs", "results")
LINKS = ("url", "imageURL", "videoURL", "imageUrl", "videoUrl", "image_url", "video_url")
MOMENTS = ("createdAt", "updatedAt", "created_at", "updated_at", "completed_at", "started_at")
Change = Callable[[JsonValue], JsonValue]


def walk(
    value: JsonValue, change: Callable[[str, JsonValue], JsonValue], key: str = ""
) -> JsonValue:
    """The same JSON with every value, outermost first, as `change(key, value)` gives it."""
    value = change(key, value)
    if isinstance(value, dict):
        return {name: walk(inner, change, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [walk(inner, change) for inner in value]
    return value


def keyed(names: tuple[str, ...], new: JsonValue) -> Change:
    """Every value under one of these keys becomes `new`."""
    return lambda body: walk(body, lambda key, value: new if key in names else value)


def without(names: tuple[str, ...]) -> Change:
    """Every entry under one of these keys is left out."""

    def change(_: str, value: JsonValue) -> JsonValue:
        if isinstance(value, dict):
            return {name: inner for name, inner in value.items() if name not in names}
        return value

    return lambda body: walk(body, change)


def renamed(task: str, new: JsonValue) -> Change:
    """Every value that is the task's id, or a good part of it, becomes `new`."""

    def change(_: str, value: JsonValue) -> JsonValue:
        is_id = isinstance(value, str) and len(value) > 8 and (value in task or task in value)
        return new if is_id else value

    return lambda body: walk(body, change)


def other_task(task: str) -> Change:
    """The answer about another task: its id with other last characters."""
    ending = task[-12:]
    other = ending.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    return lambda body: json.loads(json.dumps(body).replace(ending, other))


def crowded(body: JsonValue) -> JsonValue:
    """Lists of files with what does not belong into them, and each file twice."""
    junk: list[JsonValue] = [None, 5, "x", [], [[{"url": None}]], {}, {"url": None}, {"url": 7}]

    def change(key: str, value: JsonValue) -> JsonValue:
        if key in FILES and isinstance(value, list) and value and value[0] is not None:
            return [None, *junk, *value, *value, *junk * 120]
        return value

    return walk(body, change)


def thousandfold(body: JsonValue) -> JsonValue:
    """Lists of files with a thousand of them, each with a link and a mark of its own."""
    return manifold(1000)(body)


def manifold(count: int) -> Change:
    """Lists of files with so many of them, each with a link and a mark of its own."""

    def change(key: str, value: JsonValue) -> JsonValue:
        made = isinstance(value, list) and value and "/files/" in json.dumps(value)
        if key not in (*FILES, "data") or not made or not isinstance(value, list):
            return value
        return [_numbered(value[0], number) for number in range(count)]

    return lambda body: walk(body, change)


def _numbered(entry: JsonValue, number: int) -> JsonValue:
    if isinstance(entry, dict):
        marked = {"resultIndex": number} if "taskUUID" in entry else {}
        return {name: _numbered(value, number) for name, value in entry.items()} | marked
    if isinstance(entry, str) and "/files/" in entry:
        return f"{entry}{'&' if '?' in entry else '?'}n={number}"
    return entry
