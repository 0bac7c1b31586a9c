"""What may be read of useapi.net's account answers, which hold passwords and session tokens.

Only named fields leave these functions; the bodies themselves are kept nowhere.
"""

from pydantic import JsonValue

from providers.catalogue.rules import Frozen
from providers.vendors.useapi.answers import whole_number


class Account(Frozen):
    """One linked Runway account."""

    email: str
    most_jobs: int | None = None
    broken: bool = False


class Balance(Frozen):
    """Plan credits: what is left, and what the plan gives. Bought credits are not told."""

    left: float
    plan: float


def read_subscription(body: JsonValue) -> bool | None:
    """Whether the subscription is active; None where the answer does not tell."""
    told = body.get("subscriptionIsActive") if isinstance(body, dict) else None
    return told if isinstance(told, bool) else None


def read_accounts(body: JsonValue) -> tuple[Account, ...]:
    """The linked accounts, in the vendor's order."""
    if not isinstance(body, dict):
        return ()
    return tuple(
        Account(
            email=email,
            most_jobs=whole_number(entry.get("maxJobs")),
            broken=bool(entry.get("error")),
        )
        for email, entry in body.items()
        if isinstance(entry, dict)
    )


def read_balance(body: JsonValue) -> Balance | None:
    """Plan credits from a features answer; None where it does not tell both numbers."""
    plan, used = (_credits(body, part) for part in ("permitted", "used"))
    if plan is None or used is None:
        return None
    return Balance(left=max(plan - used, 0.0), plan=plan)


def _credits(body: JsonValue, part: str) -> float | None:
    held = body.get(part) if isinstance(body, dict) else None
    value = held.get("numPlanCredits") if isinstance(held, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12:
        return None
    return float(value) if value == value else None
