"""The bell: tells every page that is open that something was set anew, so that it looks again."""

import asyncio


class Bell:
    """Used on the server's loop alone. Who waits when it rings is woken, and nobody later."""

    def __init__(self) -> None:
        self._ring = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait."""
        self._ring.set()
        self._ring = asyncio.Event()

    async def rung(self) -> None:
        """Wait for the next ring."""
        await self._ring.wait()
