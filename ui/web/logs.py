"""The log: one record a line, without keys and without signs that could forge a line."""

import json
import logging
import math
import re
import sys
import time
from collections.abc import Callable, Iterable
from copy import copy
from datetime import UTC, datetime
from urllib.parse import quote

from pydantic import SecretStr

SELDOM = 60.0
"""Seconds between two records of what goes on and on."""
ACCEPTS = "socket.accept() out of system resource"
"""What asyncio says a thousand times a second while no descriptor is free."""
FULL = "Too many connections: no more can be accepted until some end. A higher limit of open files helps."
_SIGNS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SIGNED = re.compile(
    r"(?i)(call-(?=[\w-]{22})|[?&][\w-]*(?:jwt|token|key|signature|sig|policy|credential)[\w-]*=)[^&\s\"']+"
)
"""What stands behind a signed link's token, and behind `call-`: the secret at which a vendor calls."""


class SafeFormatter(logging.Formatter):
    """Formats as usual, then takes out keys, signed links and control characters."""

    def __init__(self, secrets: Iterable[SecretStr]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets: list[str] = []
        for secret in secrets:
            self.hide(secret)

    def hide(self, secret: SecretStr) -> None:
        """Let no line hold this either."""
        plain = secret.get_secret_value()
        told = {*self._secrets, plain, quote(plain, safe="")} - {""}
        self._secrets = sorted(told, key=len)[::-1]

    def format(self, record: logging.LogRecord) -> str:
        """The record as text; further lines (a traceback) are set in, so none looks like a record."""
        return self.clean(super().format(_of_one_line(record))).replace("\n", "\n    ")

    def clean(self, text: str) -> str:
        """The same without keys, signed links and control characters but line breaks."""
        for secret in self._secrets:
            text = text.replace(secret, "[key]")
        text = _SIGNED.sub(r"\1[hidden]", text)
        return _SIGNS.sub(lambda sign: ascii(sign[0])[1:-1], text)


class JsonFormatter(SafeFormatter):
    """The same as a JSON object a line: `time` (ISO 8601, UTC), `level`, `logger`, `message`, `error` with the
    traceback if there is one, and the `fields` that the record brings."""

    def format(self, record: logging.LogRecord) -> str:
        """The record on one line. Each text is cleaned before it is quoted, which could part a key."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage().rstrip("\n"),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        told |= getattr(record, "fields", {})
        safe = {
            name: self.clean(one) if isinstance(one, str) else one for name, one in told.items()
        }
        return json.dumps(safe)


def hide(secret: SecretStr) -> None:
    """Let no further line of the log hold this."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, SafeFormatter):
            handler.formatter.hide(secret)


def _of_one_line(record: logging.LogRecord) -> logging.LogRecord:
    """The same without line breaks in what it says: only a traceback has further lines."""
    plain = copy(record)
    plain.msg, plain.args = record.getMessage().rstrip("\n").replace("\n", "\\n"), None
    return plain


class Seldom(logging.Filter):
    """Lets a record through that may come a thousand times a second, such as of a socket that is not accepted
    since there are too few descriptors, once in so many seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._last = -math.inf

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is written. The second and later ones are not even put into words."""
        if ACCEPTS not in str(record.msg):
            return True
        now = self._clock()
        if now - self._last < SELDOM:
            return False
        self._last = now
        record.msg, record.args, record.exc_info = FULL, None, None
        return True


def set_up(secrets: Iterable[SecretStr], level: str = "info", *, as_json: bool = False) -> None:
    """Send every record of this level and above to standard error; libraries that print whole links speak only
    when it matters, and none of them debugs."""
    least = logging.getLevelNamesMapping()[level.upper()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(least)
    handler.setFormatter(JsonFormatter(secrets) if as_json else SafeFormatter(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("studio").setLevel(least)
    logging.captureWarnings(capture=True)
    for name in ("httpx", "httpcore", "uvicorn", "asyncio", "PIL", "websockets"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("asyncio").addFilter(Seldom())
