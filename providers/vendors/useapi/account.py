"""What may be read of useapi.net's account answers, which hold passwords and session tokens.

Only named fields leave these functions; the bodies themselves are kept nowhere.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from providers.catalogue.rules import Frozen
from providers.vendors.useapi.answers import whole_number

USUAL_JOBS = 2
"""Tasks at once in an account that tells no number."""
_ACCOUNT = re.compile(r"-runwayml:(.+)-(?:asset|task):[^:]*$")


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
            most_jobs=whole_number(account.get("maxJobs")),
            broken=bool(account.get("error")),
        )
        for email, account in body.items()
        if isinstance(account, dict)
    )


def read_balance(body: JsonValue) -> Balance | None:
    """Plan credits from a features answer; None where it does not tell both numbers."""
    plan, used = (_credits(body, part) for part in ("permitted", "used"))
    if plan is None or used is None:
        return None
    return Balance(left=max(plan - used, 0.0), plan=plan)


def account_of(vendor_id: JsonValue) -> str:
    """The account's e-mail in the id of a task or an asset; empty where it holds none."""
    found = _ACCOUNT.search(vendor_id) if isinstance(vendor_id, str) else None
    return found[1] if found else ""


def with_room(accounts: Sequence[Account], tasks: Counter[str], chosen: Mapping[str, int]) -> str:
    """The e-mail of the account that takes the next task first.

    `tasks` are at work there by account, `chosen` is when each was chosen last: of those with as much room
    the one that waits the longest.
    """

    def rank(account: Account) -> tuple[bool, int, int]:
        room = (account.most_jobs or USUAL_JOBS) - tasks[account.email]
        return not account.broken, room, -chosen.get(account.email, 0)

    return max(accounts, key=rank).email


def _credits(body: JsonValue, part: str) -> float | None:
    held = body.get(part) if isinstance(body, dict) else None
    value = held.get("numPlanCredits") if isinstance(held, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12:
        return None
    return float(value) if value == value else None
