"""The log: one record a line, without keys and without signs that could forge a line."""

import logging
import re
import sys
from collections.abc import Iterable
from urllib.parse import quote

from pydantic import SecretStr

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
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "[key]")
        text = _SIGNED.sub(r"\1[hidden]", text)
        text = _SIGNS.sub(lambda sign: ascii(sign[0])[1:-1], text)
        return text.replace("\n", "\n    ")


def hide(secret: SecretStr) -> None:
    """Let no further line of the log hold this."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, SafeFormatter):
            handler.formatter.hide(secret)


def set_up(secrets: Iterable[SecretStr]) -> None:
    """Send every record to standard error; libraries that print whole links speak only when it matters."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SafeFormatter(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "uvicorn", "asyncio", "PIL", "websockets"):
        logging.getLogger(name).setLevel(logging.WARNING)
