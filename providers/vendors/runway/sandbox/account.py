"""The organization of the emulated Runway: balance, limits of its tier, and what was used."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from pydantic import JsonValue

from providers.vendors.runway.models import MODELS
from providers.vendors.runway.sandbox.shapes import Task, charged, issue
from providers.vendors.runway.ways import MULTI_SHOT_VIDEO, way

DAY = 86400.0
BOUGHT = 100_000
AT_ONCE = 5
DAILY = 10_000
MONTHLY = 200_000
LONGEST_RANGE = 90
NAMES = sorted({to.model for spec in MODELS if (to := way(spec)).endpoint != MULTI_SHOT_VIDEO})
"""Models that have limits of their own. Whether a recipe has them isn't known."""


def organization(tasks: Iterable[Task], now: float) -> dict[str, JsonValue]:
    """What a key's organization may do, and did in the last day."""
    held = list(tasks)
    limits: JsonValue = {"maxConcurrentGenerations": AT_ONCE, "maxDailyGenerations": DAILY}
    return {
        "creditBalance": max(BOUGHT - sum(charged(task) for task in held), 0),
        "tier": {"maxMonthlyCreditSpend": MONTHLY, "models": dict.fromkeys(NAMES, limits)},
        "usage": {
            "models": {name: {"dailyGenerations": made_today(held, name, now)} for name in NAMES}
        },
    }


def made_today(tasks: Iterable[Task], model: str, now: float) -> int:
    """Tasks with one model in the last 24 hours."""
    return sum(task.model == model and now - task.at < DAY for task in tasks)


def usage(tasks: Iterable[Task], body: dict[str, JsonValue], now: float) -> dict[str, JsonValue]:
    """Credits by day and model; the default is the last 30 days."""
    today = datetime.fromtimestamp(now, UTC).date()
    start = _day(body, "startDate", today - timedelta(days=30))
    before = _day(body, "beforeDate", today + timedelta(days=1))
    if not 0 <= (before - start).days <= LONGEST_RANGE:
        raise issue("custom", ["beforeDate"], "The range is at most 90 days")
    spent: dict[date, dict[str, int]] = {}
    for task in tasks:
        day = datetime.fromtimestamp(task.at, UTC).date()
        if start <= day < before:
            of_day = spent.setdefault(day, {})
            of_day[task.model] = of_day.get(task.model, 0) + charged(task)
    results: list[JsonValue] = [
        {
            "date": day.isoformat(),
            "usedCredits": [{"model": name, "amount": amount} for name, amount in models.items()],
        }
        for day, models in sorted(spent.items())
    ]
    named: list[JsonValue] = [*sorted({name for models in spent.values() for name in models})]
    return {"results": results, "models": named}


def _day(body: dict[str, JsonValue], name: str, otherwise: date) -> date:
    value = body.get(name)
    if value is None:
        return otherwise
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise issue("invalid_string", [name], "Invalid date", validation="date") from None
