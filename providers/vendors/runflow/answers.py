"""Runflow's answers in our words. Nothing here trusts a shape: every reader is total on JSON."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from pydantic import JsonValue

from providers.catalogue.bounds import whole
from providers.catalogue.rules import MediaKind
from providers.errors import Busy, Gone, RefusalCode, Refused, VendorError
from providers.vendors.transport.answer import Answer, finite, linked, shown
from providers.vendors.vendor import (
    Cancelled,
    Charged,
    Cost,
    Failed,
    FailureCode,
    Output,
    Queued,
    Running,
    Succeeded,
    TaskUpdate,
    charged_by,
    undescribed,
)

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MODERATION = re.compile(r"moderat|content polic|safety|nsfw|prohibited content", re.IGNORECASE)
_MEDIA = re.compile(r"image_urls?|media url|data uri|must be http", re.IGNORECASE)

VIDEO_ENDINGS = (".mp4", ".mov", ".webm", ".m4v")
MOST_TOLD, LONGEST_NAME, LONGEST_TOLD = 20, 60, 50_000
"""Of what a model says of its work: values, characters of a name, characters of a value."""
KEY = (
    "Runflow doesn't accept this key. Check that the whole key, and nothing else, is in Settings "
    "or RUNFLOW_API_KEY."
)
GONE = "Runflow doesn't know this run or file."
BUSY = "Runflow is busy. The job is waiting for its turn."
# 409 is left out: somebody's run has our mark, most likely our own, and the runs are looked through.
_REFUSALS: Mapping[int, tuple[str, RefusalCode]] = {
    400: (
        "Runflow rejected this request. Read its message in the details, change the request, then send it "
        "again.",
        "invalid",
    ),
    401: (KEY, "key"),
    402: ("Your Runflow credit is used up. Add credit on Runflow, then try again.", "credits"),
    403: (
        "Runflow doesn't allow this with your key. Read its message in the details and check your account "
        "there.",
        "key",
    ),
    413: ("The file is too large for Runflow. Use a smaller one.", "too_large"),
}
_MODERATED = "Moderation rejected the prompt or an image. Change it before you send it again."


def read_refusal(answer: Answer) -> VendorError | None:
    """What an answer that is no success means; None leaves it to the wire's cautious reading."""
    code, told = code_and_text(answer.body)
    status = answer.status
    text = shown(told) or answer.text
    if status == 429 or (status == 503 and code == "MODEL_UNAVAILABLE"):
        return Busy(BUSY, status=status, vendor_text=text, wait=answer.wait)
    if not told and not code:
        return None
    if status in (404, 410):
        return Gone(GONE, status=status, vendor_text=text)
    sentence, sort = _REFUSALS.get(400 if status == 422 else status, ("", None))
    if sort is None:
        return None
    if sort == "invalid" and _MODERATION.search(told):
        sentence, sort = _MODERATED, "moderated"
    return Refused(sentence, code=sort, status=status, vendor_text=text)


def is_about_media(error: Refused) -> bool:
    """Whether a refusal says that the addresses of the pictures are of the wrong form."""
    return error.status == 422 and bool(_MEDIA.search(error.vendor_text))


def code_and_text(body: JsonValue) -> tuple[str, str]:
    """(code, words) of an error body in any of its shapes; empty where there is neither."""
    if not isinstance(body, dict):
        return "", ""
    inner = body.get("error")
    told: Mapping[str, JsonValue] = inner if isinstance(inner, dict) else body
    code = _text(told.get("code")) or _text(body.get("code"))
    words = _text(told.get("message")) or _text(inner) or _text(body.get("detail"))
    listed = body.get("errors") or told.get("errors") or body.get("detail")
    fields = [_field(one) for one in listed] if isinstance(listed, list) else []
    return code, "; ".join([part for part in (words, *fields) if part])


def _field(issue: JsonValue) -> str:
    if not isinstance(issue, dict):
        return _text(issue)
    place = issue.get("field") or issue.get("path") or issue.get("loc")
    if isinstance(place, list):
        place = ".".join(str(part) for part in place)
    words = _text(issue.get("message")) or _text(issue.get("msg"))
    return f"{_text(place)}: {words}".strip(": ") if words or place else str(issue)


def read_id(value: JsonValue) -> str | None:
    """An id that may go into a path, or None."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def read_run(run: Mapping[str, JsonValue], asked: int, kind: MediaKind | None = None) -> TaskUpdate:
    """A run's state as it is told; `asked` for so many files, of this kind where that is known."""
    word = _text(run.get("status_code") or run.get("status")).strip().lower()
    match word:
        case "queued" | "dispatching":
            return Queued()
        case "succeeded" | "partial_succeeded" | "completed":
            return _ended(run, asked, kind)
        case "failed" | "errored":
            return read_failure(run)
        case "canceled" | "cancelled":
            cost = read_cost(run.get("cost"))
            return Cancelled(charged=charged_by(cost), cost=cost)
        case "running":
            return Running(progress=_progress(run))
        case _:
            # A word that nobody has described ends nothing by itself: files do.
            if read_outputs(run, kind):
                return _ended(run, asked, kind)
            return undescribed(word, _progress(run), running=True)


def _ended(run: Mapping[str, JsonValue], asked: int, kind: MediaKind | None) -> TaskUpdate:
    output = run.get("output")
    told: Mapping[str, JsonValue] = output if isinstance(output, dict) else {}
    outputs = read_outputs(run, kind)
    if not outputs and told.get("nsfw_detected") is True:
        return read_failure(run, "unknown")
    used: dict[str, JsonValue] = {}
    seed = whole(told.get("seed"))
    if seed is not None:
        used["seed"] = str(seed)
    flagged = told.get("nsfw_detected")
    if isinstance(flagged, bool):
        used["content_check"] = "flagged" if flagged else "passed"
    used = {**_model_data(told.get("model_data")), **used}
    missing = max(asked - len(outputs), 0) if outputs else 0
    return Succeeded(
        outputs=outputs,
        cost=read_cost(run.get("cost")),
        used=used,
        missing=missing,
        why=_why(run) if missing else "",
    )


def _model_data(told: JsonValue) -> dict[str, JsonValue]:
    """What the model says of its work, the prompt that it really used above all; plain values alone."""
    said = told if isinstance(told, dict) else {}
    return {
        name: shown(value, longest=LONGEST_TOLD) if isinstance(value, str) else value
        for name, value in list(said.items())[:MOST_TOLD]
        if isinstance(value, str | int | float) and value != "" and len(name) <= LONGEST_NAME
    }


def read_failure(run: Mapping[str, JsonValue], charged: Charged = "no") -> Failed:
    """Why a run gave nothing. Only runs that succeed are billed; its own cost has the last word."""
    output = run.get("output")
    flagged = isinstance(output, dict) and output.get("nsfw_detected") is True
    code = _text(run.get("failure_code"))
    error = run.get("error")
    if not code and isinstance(error, dict):
        code = _text(error.get("code"))
    text = _why(run)
    sort: FailureCode = "vendor"
    if flagged or _MODERATION.search(f"{text} {code.replace('_', ' ')}"):
        sort = "moderated"
    elif code.startswith("INPUT"):
        sort = "input"
    elif "CREDIT" in code:
        sort = "credits"
    elif any(word in code for word in ("TIMEOUT", "UNAVAILABLE", "INTERNAL")):
        sort = "transient"
    cost = read_cost(run.get("cost"))
    charged = charged_by(cost, charged)
    return Failed(code=sort, message=text or shown(code), charged=charged, cost=cost)


def _why(run: Mapping[str, JsonValue]) -> str:
    error = run.get("error")
    inner = error.get("message") if isinstance(error, dict) else error
    return shown(_text(run.get("failure_message")) or _text(inner))


def read_outputs(run: Mapping[str, JsonValue], kind: MediaKind | None = None) -> tuple[Output, ...]:
    """The finished files of a run, each link once, from the first shape that has any."""
    told = run.get("output")
    output: Mapping[str, JsonValue] = told if isinstance(told, dict) else {"outputs": told}
    shapes: tuple[tuple[JsonValue, MediaKind | None], ...] = (
        (output.get("outputs"), kind),
        ([output.get("video")], "video"),
        (output.get("videos"), "video"),
        ([output.get("video_url")], "video"),
        (output.get("images"), "image"),
        (output.get("image_urls"), "image"),
        ([output.get("image")], "image"),
        ([output.get("url")], kind),
        ([output.get("output_url")], kind),
        # An older page has a video beside the output, not in it.
        ([run.get("video")], "video"),
    )
    for listed, sort in shapes:
        found = {one.url: one for one in _files_of(listed, sort)}
        if found:
            return tuple(found.values())
    return ()


def _files_of(listed: JsonValue, kind: MediaKind | None) -> Iterator[Output]:
    for url, file in linked(listed):
        yield Output(url=url, kind=_kind_of(file, url, kind))


def _kind_of(file: Mapping[str, JsonValue], url: str, kind: MediaKind | None) -> MediaKind:
    """What a file is: by its own word, else by what was asked for, else by its name."""
    for name in ("type", "content_type", "mime_type"):
        word = _text(file.get(name)).lower()
        if word.startswith(("image", "video")):
            return "video" if word.startswith("video") else "image"
    is_clip = urlsplit(url).path.lower().endswith(VIDEO_ENDINGS)
    return kind or ("video" if is_clip else "image")


def read_cost(value: JsonValue) -> Cost | None:
    """Dollars from a decimal in text; None where it is not told."""
    amount = read_decimal(value)
    return None if amount is None else Cost(amount=float(amount), unit="$")


def read_balance(body: JsonValue) -> Cost | None:
    """The balance in any of its three shapes; None where it is none of them."""
    if isinstance(body, list):
        body = body[0] if body else None
    if not isinstance(body, dict):
        return None
    if isinstance(listed := body.get("items"), list) and listed and isinstance(listed[0], dict):
        body = listed[0]
    unit = "$" if body.get("currency") in (None, "USD", "usd") else str(body["currency"])[:8]
    amount = read_decimal(body.get("balance"))
    if amount is None and (cents := read_decimal(body.get("balance_cents"))) is not None:
        amount = cents / 100
    return None if amount is None else Cost(amount=float(amount), unit=unit)


def read_decimal(value: JsonValue) -> Decimal | None:
    """A decimal from text or a number; None for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value).strip()[:40])
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 12 else None


def objects(body: JsonValue, key: str) -> list[dict[str, JsonValue]]:
    """The objects of a list that is bare, or wrapped under `key`."""
    listed = body.get(key) if isinstance(body, dict) else body
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _progress(run: Mapping[str, JsonValue]) -> float | None:
    done, total = finite(run.get("nodes_completed")), finite(run.get("nodes_total"))
    if done is None or total is None or total <= 1:
        # One node of one is no progress but the end.
        return None
    return min(max(done / total, 0.0), 1.0)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
