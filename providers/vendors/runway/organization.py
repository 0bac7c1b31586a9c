"""What Runway tells of a key's organization: balance, limits, how much of today is used."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from providers.catalogue.models import Cost
from providers.vendors.runway.answers import CREDITS_UNIT
from providers.vendors.vendor import KeyCheck

MOST_NAMED = 3


def read_organization(
    body: JsonValue, ours: Iterable[str], by_account: Mapping[str, str]
) -> KeyCheck:
    """The answer as a check of the key; `ours` are the models that the studio offers.

    `by_account`: rows that only some accounts have, with the vendor's name of each.
    """
    told = body if isinstance(body, dict) else {}
    tier, usage = _part(told, "tier"), _part(told, "usage")
    limits = {name: _part(_part(tier, "models"), name) for name in ours}
    used = {name: _part(_part(usage, "models"), name) for name in ours}
    balance = _whole(told.get("creditBalance"))
    month = _whole(tier.get("maxMonthlyCreditSpend"))
    at_once = [
        most for limit in limits.values() if (most := _whole(limit.get("maxConcurrentGenerations")))
    ]
    return KeyCheck(
        ok=True,
        sentence=_sentence(limits, used),
        balance=None if balance is None else Cost(amount=balance, unit=CREDITS_UNIT),
        plan=f"up to {month:,} credits per month" if month else "",
        concurrency=max(at_once, default=None),
        enabled=tuple(row for row, name in by_account.items() if name in _part(tier, "models")),
    )


def _sentence(
    limits: Mapping[str, Mapping[str, JsonValue]], used: Mapping[str, Mapping[str, JsonValue]]
) -> str:
    today: list[tuple[int, str]] = []
    for name, use in used.items():
        count = _whole(use.get("dailyGenerations"))
        most = _whole(limits[name].get("maxDailyGenerations"))
        if count:
            of = f" of {most:,}" if most else ""
            today.append((count, f"{count:,}{of} with {name}"))
    if not today:
        return "The key works. Nothing was generated with it today."
    today.sort(reverse=True)
    named = ", ".join(words for _, words in today[:MOST_NAMED])
    more = f" and {len(today) - MOST_NAMED} more models" if len(today) > MOST_NAMED else ""
    return f"The key works. Generated today: {named}{more}."


def _part(body: Mapping[str, JsonValue], name: str) -> Mapping[str, JsonValue]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _whole(value: JsonValue) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 1e15 else None
