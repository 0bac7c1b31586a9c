"""What comes true after a while: read anew with every frame of the page, until it is."""

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

PATIENCE = 45.0
"""Seconds within which anything here must come true, as with `expect`."""
T = TypeVar("T")


def comes(page: Page, wanted: T, read: Callable[[], T]) -> None:
    """Wait until reading gives this; what was read last is told where it never does."""
    until, found = time.monotonic() + PATIENCE, read()
    while found != wanted and time.monotonic() < until:
        page.evaluate("new Promise(requestAnimationFrame)")
        found = read()
    assert found == wanted


def comes_true(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until this holds."""
    comes(page, True, holds)
