"""What a vendor answered last, word for word: kept for whoever has to find out what became of a job."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from providers.catalogue.rules import Frozen
from providers.vendors.transport.answer import json_or_none, shown, without_secrets

MOST_BYTES = 16_000
"""Of an answer that is kept."""


class RawAnswer(Frozen):
    """An answer as it came, without keys, tokens, signed links and e-mail addresses."""

    status: int
    """Of HTTP."""
    at: float
    """Seconds since the epoch."""
    text: str
    """One line of at most 16 kB; empty where nothing came with the status."""


class Heard:
    """The last answer of a call: the next one takes its place, and so does silence."""

    def __init__(self) -> None:
        self._last: tuple[int, bytes, float, str] | None = None

    def put(self, status: int, content: bytes, at: float, key: str) -> None:
        """An answer came. `key` is the one that was sent, which it may quote."""
        self._last = status, content, at, key

    def clear(self) -> None:
        """A call was made, and nothing has come yet."""
        self._last = None

    def answer(self, *secrets: str) -> RawAnswer | None:
        """What came, if anything did, also without these."""
        if self._last is None:
            return None
        status, content, at, key = self._last
        return RawAnswer(status=status, at=at, text=_bounded(_readable(content, key), secrets))


_LISTENS: ContextVar[Heard | None] = ContextVar("listens", default=None)


@contextmanager
def listening() -> Generator[Heard]:
    """Within this, what vendors answer to calls of the same task is heard."""
    heard = Heard()
    before = _LISTENS.set(heard)
    try:
        yield heard
    finally:
        _LISTENS.reset(before)


def listener() -> Heard:
    """Who listens here; what nobody listens to is forgotten."""
    return _LISTENS.get() or Heard()


def _readable(content: bytes, key: str) -> str:
    body = json_or_none(content[: MOST_BYTES * 20])
    if isinstance(body, dict | list):
        # Written anew, so that no way to write a letter hides a secret.
        text = json.dumps(without_secrets(body), ensure_ascii=False)
    else:
        text = content[: MOST_BYTES * 2].decode("utf-8", "replace")
    return shown(text, secret=key, longest=MOST_BYTES)


def _bounded(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, "[token]") if secret else text
    cut = text.encode("utf-8", "replace")[:MOST_BYTES]
    return cut.decode("utf-8", "ignore")
