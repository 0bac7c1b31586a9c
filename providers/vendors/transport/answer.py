"""What came back from a vendor: JSON where it is JSON, the wait it asks for, words fit to be shown."""

import base64
import json
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

from pydantic import JsonValue
from pydantic_core import from_json

from providers.catalogue.bounds import EPOCHS, believed, finite
from providers.errors import LONGEST_WAIT

LONGEST_TEXT = 300
PIECE = 1 << 20
UNITS = (1, 1e3, 1e6, 1e9)
"""What a moment may be counted in: parts of a second."""

_EMAIL = re.compile(r"(?P<name>[\w.+'-]{1,64})(?:@|%40)(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63})*)")
_QUERY = re.compile(r"(https?://[^\s?#\"']{1,500})[?#][^\s\"']*")
_BEARER = re.compile(r"(?i)\b(bearer)\s+[\w.:~+/=-]+")
_SIGNED = re.compile(r"\beyJ[\w-]{4,}(?:\.[\w-]*)*")
# Control characters, and the marks that turn the reading direction around.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """A refusal as it came: `body` is None where it is not JSON; `text` may be shown to a person."""

    status: int
    body: JsonValue
    text: str
    wait: float | None = None
    """Seconds until the vendor wants to be asked again, at most 15 minutes."""


def masked(email: str) -> str:
    """An e-mail address that its owner recognises and nobody else can use."""
    name, _, host = email.partition("@")
    ending = f".{host.rpartition('.')[2]}" if "." in host else ""
    return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{host[:1]}…{ending}"


def shown(text: str, *, secret: str = "", longest: int = LONGEST_TEXT) -> str:
    """Text from a vendor, fit to be shown: one line, cut, without keys, signatures and e-mails."""
    # A hostile megabyte need not be searched: nothing behind this can reach the page.
    text = text.replace(secret, "[key]") if secret else text
    text = _CONTROLS.sub(" ", text[: longest * 20])
    text = _SIGNED.sub("[token]", _BEARER.sub(r"\1 [key]", _QUERY.sub(r"\1?…", text)))
    text = _EMAIL.sub(lambda found: masked(f"{found['name']}@{found['host']}"), text)
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def read_json(content: bytes) -> JsonValue:
    """The JSON in these bytes. Raises ValueError for anything else, however deep or long it is."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return from_json(content)
    except ValueError:
        return _read_half_characters(content)


def json_or_none(content: bytes) -> JsonValue:
    """The JSON in these bytes, or None where there is none."""
    try:
        return read_json(content)
    except ValueError:
        return None


def _read_half_characters(content: bytes) -> JsonValue:
    # A prompt that was echoed and cut inside an emoji leaves half a character, which strict readers
    # refuse; the task id beside it must not be lost for that.
    try:
        mended = json.dumps(json.loads(content), ensure_ascii=False)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return from_json(mended.encode("utf-8", "replace"))


def read_wait(header: str | None, body: JsonValue, now: float) -> float | None:
    """Seconds to wait, from a Retry-After header or a `retryAfter` field; nonsense gives None.

    Both may be seconds or a moment (HTTP date, ISO 8601); `now` is seconds since the epoch.
    """
    told = body.get("retryAfter") if isinstance(body, dict) else None
    for value in (header, told):
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        wait = _wait_in(str(value).strip(), now)
        if wait is not None:
            return min(max(wait, 0.0), LONGEST_WAIT)
    return None


def _wait_in(text: str, now: float) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        moment = read_moment(text) or http_date(text)
        return None if moment is None else moment - now
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def http_date(text: str) -> float | None:
    """Seconds since the epoch from a date as HTTP headers have it (UTC where it names no zone); else None."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError, OSError):
        return None


def read_moment(value: JsonValue) -> float | None:
    """Seconds since the epoch from ISO 8601 text (UTC where it names no zone), or from a count of seconds,
    milli-, micro- or nanoseconds since then; else None."""
    number = finite(value)
    counts = [] if number is None else [number / unit for unit in UNITS]
    counted = next((count for count in counts if EPOCHS[0] < count < EPOCHS[1]), None)
    if counted is not None or not isinstance(value, str):
        return counted
    try:
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def read_expiry(url: str) -> float | None:
    """When a link dies, in seconds since the epoch, from its `_jwt`; None where it does not tell."""
    try:
        token = parse_qs(urlsplit(url).query).get("_jwt", [""])[0]
        part = token.split(".")[1]
        payload = read_json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, IndexError):
        return None
    return believed(payload.get("exp"), *EPOCHS) if isinstance(payload, dict) else None


class Unpacked:
    """Undoes a content encoding in pieces of at most 1 MiB, so that a small answer cannot swell unseen."""

    def __init__(self, encoding: str | None) -> None:
        name = (encoding or "").strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise ValueError(f"packed as {name[:20]!r}")
        self.packed = name not in ("", "identity")
        self._inflate = zlib.decompressobj(wbits=47)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing at the end, as far as the packing tells."""
        return not self.packed or self._inflate.eof

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """The plain bytes of the next chunk. Raises ValueError where it cannot be unpacked."""
        if not self.packed:
            yield chunk
            return
        while chunk:
            try:
                piece = self._inflate.decompress(chunk, PIECE)
            except zlib.error:
                raise ValueError("damaged in packing") from None
            chunk = self._inflate.unconsumed_tail
            if piece:
                yield piece
