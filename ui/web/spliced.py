"""A copy of a file on its way out: whole or one range of it, with its length told and nothing held."""

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from providers.library.imprints.splice import Splice

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE | re.ASCII)


def spliced(
    request: Request, splice: Splice, original: Path, headers: dict[str, str], media_type: str
) -> Response:
    """The answer for a copy whose `headers` hold its `ETag`: 200, 206, or 416 for a range beyond its end."""
    length = splice.length
    headers = {**headers, "Accept-Ranges": "bytes"}
    asked = wanted(request, headers["ETag"], length)
    if asked is None:
        start, end, status = 0, length, 200
    else:
        start, end, status = *asked, 206
        if start >= end:
            return Response(
                status_code=416, headers={**headers, "Content-Range": f"bytes */{length}"}
            )
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{length}"
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    pieces = splice.read(original, start, end)
    return StreamingResponse(pieces, status, headers, media_type)


def wanted(request: Request, tag: str, length: int) -> tuple[int, int] | None:
    """(start, end) of the range that is asked for, empty beyond the end; None: the whole.

    Several ranges at once, other units and nonsense are answered with the whole, as the standard allows.
    """
    if request.headers.get("if-range", tag) != tag:
        return None
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return max(0, length - int(found[2])), length
    start = int(found[1])
    end = int(found[2]) + 1 if found[2] else length
    # A range that ends before it begins is none.
    return None if found[2] and end <= start else (start, min(end, length))
