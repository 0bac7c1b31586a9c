"""What is done beside the jobs, and nobody waits for."""

import asyncio
import logging
from collections.abc import Coroutine

log = logging.getLogger("studio.runner")


class Beside:
    """Used on the server's loop alone."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        """What is not over yet."""

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Do this, without anybody waiting for it."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._is_over)

    def _is_over(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # Its own text may quote a link or a prompt.
            log.error("Beside the jobs: %s", type(error).__name__)
