"""What a member may know of what is everybody's: only what is named here is passed on."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

CONNECTION = (
    "vendor", "label", "sandbox", "trouble", "notice", "cancel_note", "before_cancel", "queue",
    "lists_tasks",
)  # fmt: skip
DATA = ("harmed", "free")
NOTICES = ("free", "least")
ALONE = ("today", "days")


def settings(told: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """`/settings` without folders, keys, other people's files and their totals."""
    spend = _fields(told["spend"])
    return {
        "version": told["version"],
        "versions": told["versions"],
        "data": _only(told["data"], DATA),
        "connections": _connections(told["connections"]),
        "sandbox": _only(told["sandbox"], ("words",)),
        "spend": {
            **_only(spend, ALONE),
            "caps": [cap for cap in _rows(spend["caps"]) if _fields(cap)["scope"] != "day"],
        },
    }


def notices(told: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """`/notices` without the state of the history, which only an admin can mend."""
    quiet: dict[str, JsonValue] = {"damaged": 0, "harmed": 0, "notice": ""}
    kept = _only({**told}, NOTICES)
    return {**quiet, **kept, "connections": _connections(told["connections"])}


def _connections(rows: JsonValue) -> list[JsonValue]:
    return [_only(row, CONNECTION) for row in _rows(rows)]


def _only(value: JsonValue, names: Sequence[str]) -> dict[str, JsonValue]:
    held = _fields(value)
    return {name: held[name] for name in names if name in held}


def _fields(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _rows(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
