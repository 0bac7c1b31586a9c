"""A call of a program's that broke within Gradio, in one line of the log."""

import logging
import traceback
from pathlib import Path

log = logging.getLogger("studio.gradio")


def tell(error: BaseException, what: str = "A call") -> None:
    """Say what broke and where, but not its text: it may quote a prompt, and only debugging shows that."""
    log.warning("%s broke: %s", what, place(error))
    log.debug("%s broke.", what, exc_info=error)


def place(error: BaseException) -> str:
    """`ValueError at gradio/blocks.py:2064`: of what caused it first."""
    while error.__cause__ is not None:
        error = error.__cause__
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    file = Path(frames[-1].filename)
    return f"{type(error).__name__} at {file.parent.name}/{file.name}:{frames[-1].lineno}"
