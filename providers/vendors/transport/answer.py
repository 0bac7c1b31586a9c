"""What came back from a vendor: JSON where it is JSON, the wait it asks for, words fit to be shown."""

import base64
import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, cast
from urllib.parse import parse_qs, urlsplit

import brotli
from pydantic import JsonValue
from pydantic_core import from_json

from providers.catalogue.bounds import EPOCHS, believed, finite, whole
from providers.errors import LONGEST_WAIT
from providers.vendors.transport.markup import seen

LONGEST_TEXT = 300
PIECE = 1 << 20
UNITS = (1, 1e3, 1e6, 1e9)
"""What a moment may be counted in: parts of a second."""

_BROTLI_ERROR = cast("type[Exception]", brotli.error)
_EMAIL = re.compile(
    r"(?P<name>[\w.+'-]{1,64})(?:@|%40|\\u0040)(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63})*)"
)
_QUERY = re.compile(r"(https?:(?:\\{0,8}/){2}[^\s?#\"']{1,2000})[?#][^\s\"']*")
"""Also in a text within a text, where a slash may be escaped."""
_BEARER = re.compile(r"(?i)\b(bearer)\s+[\w.:~+/=-]+")
_SIGNED = re.compile(r"\beyJ[\w-]{4,}(?:\.[\w-]*)*")
_CALLBACK = re.compile(r"call-[\w-]{22}")
"""The secret of an address at which a vendor calls the studio."""
# Control characters, and the marks that turn the reading direction around.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


_SECRET = re.compile(
    r"(apikey|token|secret|password|passwd|authorization|credential|signature|cookie|jwt|accesskey"
    r"|privatekey|policy)$"
)
"""How names end whose values nobody may see, in lower-case letters alone."""


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


def shown(
    text: str, *, secret: str = "", longest: int = LONGEST_TEXT, is_prompt: bool = False
) -> str:
    """Text from a vendor, fit to be shown: one line, cut, without keys, signatures and e-mails.

    Of a page in the place of an answer it is what a browser would show; a prompt stays as it was written.
    """
    # A hostile megabyte need not be searched: nothing behind this can reach the page.
    text = text.replace(secret, "[key]") if secret else text
    text = text[: longest * 20]
    if not is_prompt:
        text = seen(text).replace(secret, "[key]") if secret else seen(text)
    text = _CALLBACK.sub("[token]", _CONTROLS.sub(" ", text))
    text = _SIGNED.sub("[token]", _BEARER.sub(r"\1 [key]", _QUERY.sub(r"\1?…", text)))
    text = _EMAIL.sub(lambda found: masked(f"{found['name']}@{found['host']}"), text)
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def without_secrets(body: JsonValue) -> JsonValue:
    """The same without the values whose names say that they are nobody's to see."""
    if isinstance(body, list):
        return [without_secrets(one) for one in body]
    if not isinstance(body, dict):
        return body
    return {
        name: "[key]" if _is_secret(name, value) else without_secrets(value)
        for name, value in body.items()
    }


def _is_secret(name: str, value: JsonValue) -> bool:
    plain = re.sub(r"[^a-z]", "", name.lower())
    return isinstance(value, str) and bool(value) and bool(_SECRET.search(plain))


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


IDS = ("id", "taskId", "taskUUID", "task_id", "run_id", "job_id")
OF_TASKS = ("task", "data")
STATUSES = ("status", "statusCode", "status_code", "code")
ERRORS = ("error", "errors", "message", "detail", "code", "issues", "reason", "title")


def names_a_task(body: JsonValue) -> bool:
    """Whether an answer names a task: whatever its status, that may have been made.

    Beside an error only a task in its own place counts: those that an error tells of are others, or its cause.
    """
    if not isinstance(body, dict):
        return False
    places = OF_TASKS if _tells_of_an_error(body) else body.keys()
    return any(_id_in(one, name) for one in _tasks_in(body, places) for name in IDS)


def task_named(body: JsonValue, *names: str) -> str:
    """The id of the task in an answer that took it, under the first of these names that it has there; empty
    where it names none. It may stand in the answer itself or in its own place, and be a number."""
    if not isinstance(body, dict):
        return ""
    tasks = _tasks_in(body, OF_TASKS)
    return next((found for name in names for one in tasks if (found := _id_in(one, name))), "")


def refuses(body: JsonValue) -> bool:
    """Whether an answer that is called a success tells of one error and names no task."""
    if not isinstance(body, dict) or names_a_task(body):
        return False
    # A list of errors is of a shape that its vendor alone can read.
    return bool(body.get("error")) and not body.get("errors")


def status_told(body: JsonValue) -> int:
    """The status of 400 and more that an error within an answer claims; 400 where it claims none."""
    error = body.get("error") if isinstance(body, dict) else None
    told = (error, body) if isinstance(error, dict) else (body,)
    values = (one.get(name) for one in told if isinstance(one, dict) for name in STATUSES)
    claimed = (whole(value, 400, 599) for value in values)
    return next((status for status in claimed if status is not None), 400)


def linked(value: JsonValue) -> Iterator[tuple[str, Mapping[str, JsonValue]]]:
    """The links to files in a value, each with what is told beside it: a link, an object with one, or a list
    of either."""
    for each in value if isinstance(value, list) else [value]:
        told: Mapping[str, JsonValue] = each if isinstance(each, dict) else {"url": each}
        url = told.get("url")
        if isinstance(url, str) and url.startswith(("https://", "http://")):
            yield url, told


def _tasks_in(
    body: Mapping[str, JsonValue], places: Iterable[str]
) -> list[Mapping[str, JsonValue]]:
    below = [body.get(name) for name in places]
    listed = [one for value in below for one in (value if isinstance(value, list) else [value])]
    return [body, *(one for one in listed if isinstance(one, dict) and not one.get("error"))]


def _id_in(task: Mapping[str, JsonValue], name: str) -> str:
    value = task.get(name)
    number = whole(value, 1)
    return str(number) if number else value if isinstance(value, str) else ""


def _tells_of_an_error(body: Mapping[str, JsonValue]) -> bool:
    return any(body.get(name) for name in ERRORS)


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
        claims = read_json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, IndexError):
        return None
    return believed(claims.get("exp"), *EPOCHS) if isinstance(claims, dict) else None


class _Brotli(Protocol):
    """What brotli undoes a packing with; it does not say itself."""

    def process(self, chunk: bytes, /, *, output_buffer_limit: int) -> bytes: ...

    def can_accept_more_data(self) -> bool: ...

    def is_finished(self) -> bool: ...


def _brotli() -> _Brotli:
    return cast("_Brotli", brotli.Decompressor())  # pyright: ignore[reportUnknownMemberType]


class Unpacked:
    """Undoes a content encoding in pieces of at most 1 MiB, so that a small answer cannot swell unseen."""

    def __init__(self, encoding: str | None) -> None:
        name = (encoding or "").strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate", "br"):
            raise ValueError(f"packed as {name[:20]!r}")
        self.packed = name not in ("", "identity")
        self._inflate = zlib.decompressobj(wbits=47)
        self._brotli = _brotli() if name == "br" else None

    @property
    def whole(self) -> bool:
        """Whether nothing is missing at the end, as far as the packing tells."""
        if self._brotli is not None:
            return self._brotli.is_finished()
        return not self.packed or self._inflate.eof

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """The plain bytes of the next chunk. Raises ValueError where it cannot be unpacked."""
        if not self.packed:
            yield chunk
        elif self._brotli is not None:
            yield from _unpacked(self._brotli, chunk)
        else:
            yield from self._inflated(chunk)

    def _inflated(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            try:
                piece = self._inflate.decompress(chunk, PIECE)
            except zlib.error:
                raise ValueError("damaged in packing") from None
            chunk = self._inflate.unconsumed_tail
            if piece:
                yield piece


def _unpacked(packing: _Brotli, chunk: bytes) -> Iterator[bytes]:
    try:
        piece = packing.process(chunk, output_buffer_limit=PIECE // 2)
        while piece or not (packing.is_finished() or packing.can_accept_more_data()):
            yield piece
            piece = packing.process(b"", output_buffer_limit=PIECE // 2)
    except _BROTLI_ERROR:
        raise ValueError("damaged in packing") from None
