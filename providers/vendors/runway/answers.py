"""Runway's answers in our words. Nothing here trusts a shape: every reader is total on JSON."""

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from providers.catalogue.rules import MediaKind
from providers.errors import Busy, Gone, RefusalCode, Refused, VendorError
from providers.vendors.transport.answer import Answer, finite, linked, read_expiry, shown
from providers.vendors.vendor import (
    Cancelled,
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

MOST_ISSUES = 4
CREDITS_UNIT = "credits"
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")

_CREDITS = re.compile(r"enough credits|insufficient credits|out of credits", re.IGNORECASE)
_MODERATION = re.compile(r"moderat|content polic|safety", re.IGNORECASE)
_FORGOTTEN = re.compile(
    r"failed to fetch asset|(upload|runway://)\S*.{0,60}\b(expired|not found|unknown|no longer)",
    re.IGNORECASE,
)
_DAILY = re.compile(r"daily|per day|24.hour", re.IGNORECASE)

KEY = (
    "Runway doesn't accept this key. Check that the whole key from the developer portal is in "
    "Settings or RUNWAYML_API_SECRET."
)
RIGHTS = (
    "Runway doesn't allow this with your key. Read its message in the details and check your project in "
    "the developer portal."
)
CREDITS = (
    "Your Runway account doesn't have enough credits. Buy some in the developer portal, then "
    "try again."
)
MODERATED = "Moderation rejected the prompt or an image. Change it before you send it again."
TOO_LARGE = "The request is too large for Runway. Use smaller files."
INVALID = (
    "Runway rejected this request. Read its message in the details, change the request, "
    "then send it again."
)
UNOFFERED = "Runway doesn't offer this model to this account. Choose another one."
VENDOR = "Runway rejected the call itself. You may need a newer version of the studio."
DAILY = (
    "You've reached Runway's daily limit for this model. Choose another model, or try again "
    "tomorrow."
)
UNKNOWN_TASK = "Runway doesn't know this task. It was deleted, or it belongs to another project."
FORGOTTEN = "Runway no longer has a file of this request. It has to be uploaded again."
BUSY = "Runway isn't accepting more calls right now. The job is waiting."

_REFUSALS: Mapping[int, tuple[str, RefusalCode]] = {
    400: (INVALID, "invalid"),
    401: (KEY, "key"),
    402: (CREDITS, "credits"),
    403: (RIGHTS, "key"),
    405: (VENDOR, "vendor"),
    413: (TOO_LARGE, "too_large"),
    422: (INVALID, "invalid"),
}
PLAIN = frozenset({401, 413})
"""Statuses that say enough without a readable body."""

PENDING = "Queued on Runway"
THROTTLED = "In Runway's queue, behind your other tasks"
GOES_ON = frozenset({"PENDING", "THROTTLED", "RUNNING", "PROCESSING"})


def read_refusal(answer: Answer) -> VendorError | None:
    """What a refusal means; None leaves it to the wire's cautious reading.

    Only what is documented as definite is claimed here: no task was created in any of these cases.
    """
    told = _message(answer.body)
    text = shown(told) or answer.text
    if answer.status == 429:
        if _DAILY.search(told):
            return Refused(DAILY, code="vendor", status=429, vendor_text=text)
        return Busy(BUSY, status=429, vendor_text=text, wait=answer.wait)
    if not told and answer.status not in PLAIN:
        return None
    if answer.status in (404, 410):
        return Gone(UNKNOWN_TASK, status=answer.status, vendor_text=text)
    if answer.status == 400 and _FORGOTTEN.search(told):
        return Gone(FORGOTTEN, status=400, vendor_text=text)
    sentence, code = _REFUSALS.get(answer.status, ("", None))
    if answer.status == 400 and _CREDITS.search(told):
        sentence, code = CREDITS, "credits"
    elif answer.status == 400 and _is_without_model(_issues(answer.body)):
        return Refused(
            UNOFFERED, code="vendor", status=400, vendor_text=text, no_such_model=True
        )  # fmt: skip
    elif answer.status == 400 and _MODERATION.search(told):
        sentence, code = MODERATED, "moderated"
    if code is None:
        return None
    return Refused(sentence, code=code, status=answer.status, vendor_text=text)


def _issues(body: JsonValue) -> JsonValue:
    return body.get("issues") if isinstance(body, dict) else None


def _is_without_model(issues: JsonValue) -> bool:
    """Whether the value of `model` is none of the vendor's: an issue is about it, or every alternative that a
    body could have been has one."""
    return any(
        issue.get("path") == ["model"] or _has_no_alternative(issue.get("errors"))
        for issue in _objects(issues)
    )


def _has_no_alternative(branches: JsonValue) -> bool:
    return (
        isinstance(branches, list)
        and bool(branches)
        and all(_is_without_model(branch) for branch in branches)
    )


def _message(body: JsonValue) -> str:
    """The vendor's words, with the fields that it names."""
    if not isinstance(body, dict):
        return ""
    error = body.get("error")
    words = [error] if isinstance(error, str) and error else []
    issues = body.get("issues")
    told = [text for issue in _objects(issues) if (text := _issue(issue))]
    words += told[:MOST_ISSUES]
    if len(told) > MOST_ISSUES:
        words.append(f"and {len(told) - MOST_ISSUES} more")
    return " · ".join(words)


def _issue(issue: Mapping[str, JsonValue]) -> str:
    path, message = issue.get("path"), issue.get("message")
    place = ".".join(str(part) for part in path) if isinstance(path, list) else ""
    return f"{place}: {message}".removeprefix(": ") if isinstance(message, str) else ""


def _objects(value: JsonValue) -> Iterator[Mapping[str, JsonValue]]:
    for each in value if isinstance(value, list) else []:
        if isinstance(each, dict):
            yield each


def read_id(value: JsonValue) -> str | None:
    """A task id that can stand in a path; None for all else."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def status_of(task: Mapping[str, JsonValue]) -> str:
    """The status word in capitals; "" where there is none."""
    status = task.get("status")
    return status.strip().upper() if isinstance(status, str) else ""


def read_task(task: Mapping[str, JsonValue], note: Mapping[str, JsonValue]) -> TaskUpdate:
    """A task's state as it is told; `note` is the ticket's."""
    word = status_of(task)
    match word:
        case "PENDING":
            return Queued(detail=PENDING, detail_as="phase")
        case "THROTTLED":
            return Queued(detail=THROTTLED, detail_as="sentence", throttled=True)
        case "RUNNING" | "PROCESSING":
            return Running(progress=_progress(task.get("progress")))
        case "SUCCEEDED":
            cost = read_credits(task.get("cost"))
            return Succeeded(outputs=read_outputs(task.get("output"), note), cost=cost)
        case "FAILED":
            return read_failure(task)
        case "CANCELLED" | "CANCELED":
            cost = read_credits(task.get("cost"))
            return Cancelled(charged=charged_by(cost), cost=cost)
        case _:
            # A word that nobody has described ends nothing by itself: files do.
            if outputs := read_outputs(task.get("output"), note):
                return Succeeded(outputs=outputs, cost=read_credits(task.get("cost")))
            return undescribed(word, _progress(task.get("progress")))


def read_credits(cost: JsonValue) -> Cost | None:
    """`cost` or `estimatedCost`; None where it does not tell a number."""
    amount = finite(cost.get("credits")) if isinstance(cost, dict) else None
    return None if amount is None or amount < 0 else Cost(amount=amount, unit=CREDITS_UNIT)


def read_outputs(output: JsonValue, note: Mapping[str, JsonValue]) -> tuple[Output, ...]:
    """The finished files, each link once; `note` is the ticket's."""
    found: dict[str, Output] = {}
    for url, _ in linked(output):
        if url not in found:
            found[url] = Output(url=url, kind=_kind(url, note), expires=read_expiry(url))
    return tuple(found.values())


def _kind(url: str, note: Mapping[str, JsonValue]) -> MediaKind:
    # A ticket that a person typed tells nothing, and its link ends as its file does.
    pictured = url.partition("?")[0].lower().endswith((".png", ".jpg", ".jpeg", ".webp"))
    return "image" if note.get("kind", "image" if pictured else "") == "image" else "video"


def read_failure(task: Mapping[str, JsonValue]) -> Failed:
    """A failed task's reason by its code, whose parts from the third on are details."""
    failure, code = task.get("failure"), task.get("failureCode")
    message = shown(failure) if isinstance(failure, str) else ""
    word = code.strip().upper() if isinstance(code, str) else ""
    kind, cost = _failure_code(word), read_credits(task.get("cost"))
    # What moderation stops is charged like any other task; older servers do not tell.
    charged = charged_by(cost, "yes" if kind == "moderated" else "unknown")
    return Failed(code=kind, message=message, charged=charged, cost=cost)


def _failure_code(word: str) -> FailureCode:
    codes: tuple[tuple[str, FailureCode], ...] = (
        ("SAFETY", "moderated"),
        ("INPUT_PREPROCESSING.SAFETY", "moderated"),
        ("INPUT_PREPROCESSING", "transient"),
        ("INPUT_VALIDATION", "input"),
        ("ASSET", "input"),
        ("INTERNAL.BAD_OUTPUT", "quality"),
        ("INTERNAL", "transient"),
        ("THIRD_PARTY", "transient"),
    )
    for prefix, code in codes:
        if word == prefix or word.startswith((f"{prefix}.", f"{prefix}_")):
            return code
    # Without a code the fault is the server's.
    return "vendor" if word else "transient"


def _progress(value: JsonValue) -> float | None:
    number = finite(value)
    return None if number is None else min(max(number, 0.0), 1.0)
