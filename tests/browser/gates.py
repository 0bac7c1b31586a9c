"""Calls of the page that wait until a test lets them go: races without sleeping."""

from playwright.sync_api import Page, Route

from tests.browser.waits import comes_true


def hold(page: Page, pattern: str, method: str = "POST") -> list[Route]:
    """Calls of this kind wait here until the test lets them go."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        if route.request.method == method:
            held.append(route)
        else:
            route.fallback()

    page.route(pattern, keep)
    return held


def until(page: Page, held: list[Route], count: int = 1) -> None:
    """Wait until so many calls stand at the gate."""
    comes_true(page, lambda: len(held) >= count)


OUTAGE = (
    "WebSocket connection",
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "Failed to load",
)
