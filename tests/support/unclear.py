"""Answers and exceptions after which nobody can say whether a create call was taken."""

import asyncio
from collections.abc import Mapping

import httpx

ELSEWHERE: Mapping[str, bytes | None] = {
    "data": b"data:text/html,x",
    "a host alone": b"host.example:443",
    "no host": b"http:login",
    "mail": b"mailto:x",
    "blank": b"about:blank",
    "empty": b"",
    "no text": b"\xff\xfe\x00\xe9",
    "half an address": b"http://[::1",
    "no port": b"https://host.example:99999999/",
    "long": b"https://host.example/" + b"x" * 60_000,
    "relative": b"../login",
    "nowhere": None,
    "the same": b"?",
    "a lone mark": b"http://\xc3\xa4.example/\xed\xa0\x80",
}
"""Addresses of an answer that sends us elsewhere."""


ERRORS: tuple[BaseException, ...] = (
    httpx.InvalidURL("no"),
    httpx.LocalProtocolError("no"),
    httpx.RemoteProtocolError("no"),
    httpx.UnsupportedProtocol("no"),
    httpx.PoolTimeout("no"),
    httpx.WriteTimeout("no"),
    httpx.CookieConflict("no"),
    httpx.DecodingError("no"),
    httpx.TooManyRedirects("no"),
    httpx.ResponseNotRead(),
    TimeoutError(),
    OSError("no"),
    EOFError(),
    UnicodeDecodeError("ascii", b"\xff", 0, 1, "no"),
    KeyError("location"),
    AttributeError("no"),
    TypeError("no"),
    RuntimeError("no"),
    RecursionError("no"),
    OverflowError("no"),
    AssertionError("no"),
    NotImplementedError("no"),
    MemoryError(),
    BaseExceptionGroup("no", [asyncio.CancelledError()]),
    ExceptionGroup("no", [httpx.ConnectError("no")]),
)
"""Whatever may be raised once a request is out."""
