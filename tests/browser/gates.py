"""Calls of the page that wait until a test lets them go: races without sleeping."""

from playwright.sync_api import Page, Route

FRAMES = 900
"""Pictures of the page within which a call must come."""


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
    for _ in range(FRAMES):
        if len(held) >= count:
            return
        page.evaluate("new Promise(requestAnimationFrame)")
    raise AssertionError(f"{len(held)} of {count} calls came.")
