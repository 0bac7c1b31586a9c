"""What Runware's pages publish, and where and when they were read."""

from datetime import date

from pydantic import JsonValue

from providers.catalogue.models import Price

PAGE = "runware.ai/docs/models/"
READ = date(2026, 11, 20)
READ_AGAIN = date(2026, 11, 29)
"""When the rows were read that came later."""


def dollars(
    amount: float,
    per: str,
    page: str,
    *,
    checked: date = READ,
    at_least: bool = False,
    **when: tuple[JsonValue, ...],
) -> Price:
    """A price of the page with this name. `at_least`: something comes on top that no page tells."""
    told = {"amount": amount, "unit": "$", "per": per, "at_least": at_least, "when": when}
    return Price.model_validate({**told, "source": PAGE + page, "checked": checked})
