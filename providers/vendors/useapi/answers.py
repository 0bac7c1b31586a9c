"""useapi.net's answers in our words. Nothing here trusts a shape: every reader is total on JSON."""

import re
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from providers.catalogue.rules import MediaKind
from providers.errors import Busy, Gone, RefusalCode, Refused, VendorError
from providers.vendors.transport.answer import (
    Answer,
    finite,
    linked,
    read_expiry,
    shown,
    task_named,
)
from providers.vendors.vendor import (
    Cancelled,
    Failed,
    FailureCode,
    Output,
    Queued,
    Running,
    Succeeded,
    TaskUpdate,
    undescribed,
)

_ID = re.compile(r"[A-Za-z0-9:_@.+\-!$&'*=~]{1,512}")
_LAST_UUID = re.compile(r"(?P<uuid>[0-9a-fA-F]{8}-?[0-9a-fA-F-]{4,27})$")
_VIDEO_ENDINGS = (".mp4", ".mov", ".webm", ".mkv", ".m4v")

_CREDITS = re.compile(r"enough credits|insufficient credits|out of credits", re.IGNORECASE)
_MODERATION = re.compile(r"moderat|content polic|safety|not allowed content", re.IGNORECASE)
_ASSET = re.compile(
    r"-asset:|asset\w*\b.{0,60}\b(not found|unknown|belong|does ?n.t exist|does not exist|expired)",
    re.IGNORECASE,
)

_NO_MODEL = re.compile(
    r"\W*parameter\W+model\W+(?!is required).*\b(not|un)\W?(supported|known)"
    r"|\W*(unknown|unsupported|invalid)\W+model\b"
    r"|\W*model\b.{0,80}\b((is|was) not|not found|unknown|unsupported|invalid)",
    re.IGNORECASE,
)
"""How a message begins that is about the model's own name; nobody has described one."""

KEY = (
    "useapi.net doesn't accept this key. Check that the whole key is in Settings or "
    "USEAPI_TOKEN, including its `user:` part."
)
SUBSCRIPTION = "Your useapi.net subscription has expired. Renew it at useapi.net, then try again."
CREDITS = (
    "The linked Runway account doesn't have enough credits. Add credits on Runway, then try again."
)
MODERATED = "Moderation rejected the prompt or an image. Change it before you send it again."
SESSION = (
    "useapi.net has lost its session with the linked Runway account. Reconnect the account at "
    "useapi.net."
)
TOO_LARGE = "The file is too large for useapi.net. Use a smaller one."
INVALID = (
    "useapi.net rejected this request. Read its message in the details, change the request, then send it "
    "again."
)
UNOFFERED = "useapi.net says that it doesn't offer this model. Choose another one."
VENDOR = "useapi.net rejected the call itself. You may need a newer version of the studio."
UNKNOWN_ID = "useapi.net doesn't know this task or file."
BUSY = "All slots of the linked Runway account are busy. The job is waiting for one."

_REFUSALS: Mapping[int, tuple[str, RefusalCode]] = {
    400: (INVALID, "invalid"),
    401: (KEY, "key"),
    402: (SUBSCRIPTION, "subscription"),
    405: (VENDOR, "vendor"),
    412: (CREDITS, "credits"),
    413: (TOO_LARGE, "too_large"),
    415: (VENDOR, "vendor"),
    422: (MODERATED, "moderated"),
    596: (SESSION, "session"),
}

THROTTLED = "Runway is holding the task until a slot is free"
PENDING = "Queued on Runway"


class Full(Busy):
    """No place is free. `tasks` are those that hold one, where the vendor names them."""

    def __init__(
        self,
        tasks: Sequence[Mapping[str, JsonValue]] | None,
        *,
        vendor_text: str,
        wait: float | None,
    ) -> None:
        count = None if tasks is None else len(tasks)
        super().__init__(
            BUSY, status=429, vendor_text=vendor_text, wait=wait, running=count, names_vendor=False
        )
        self.tasks = tasks or ()


def read_refusal(answer: Answer) -> VendorError | None:
    """What a refusal means; None leaves it to the wire's cautious reading.

    Only what the contract calls definite is claimed here: no task was created in any of these cases.
    """
    told = _message(answer.body)
    if answer.status == 429:
        return Full(_holding(answer.body), vendor_text=shown(told) or answer.text, wait=answer.wait)
    if not told and not _code(answer.body):
        return None
    sort = _gone if answer.status in (403, 404, 410) else _refused
    return sort(answer.status, told)


def _gone(status: int, told: str) -> VendorError:
    return Gone(UNKNOWN_ID, status=status, vendor_text=shown(told))


def _refused(status: int, told: str) -> VendorError | None:
    if status == 400 and _ASSET.search(told):
        return _gone(status, told)
    if status == 400 and _NO_MODEL.match(told):
        text = shown(told)
        return Refused(UNOFFERED, code="vendor", status=400, vendor_text=text, no_such_model=True)
    sentence, code = _REFUSALS.get(status, ("", None))
    if status in (400, 402) and _CREDITS.search(told):
        sentence, code = _REFUSALS[412]
    elif status == 400 and _MODERATION.search(told):
        sentence, code = _REFUSALS[422]
    if code is None:
        return None
    return Refused(sentence, code=code, status=status, vendor_text=shown(told))


def _message(body: JsonValue) -> str:
    if not isinstance(body, dict):
        return ""
    error = body.get("error")
    if isinstance(error, str):
        details = body.get("errorDetails")
        return f"{error} {details}" if isinstance(details, str) and details else error
    if isinstance(error, dict):
        for name in ("message", "errorMessage", "reason"):
            value = error.get(name)
            if isinstance(value, str) and value:
                return value
        return str(error) if error else ""
    return ""


def _code(body: JsonValue) -> bool:
    return isinstance(body, dict) and isinstance(body.get("code"), int)


def _holding(body: JsonValue) -> list[dict[str, JsonValue]] | None:
    tasks = body.get("runningTasks") if isinstance(body, dict) else None
    if not isinstance(tasks, dict):
        return None
    listed = [one for held in tasks.values() if isinstance(held, list) for one in held]
    # What is no task there still takes a place.
    return [one if isinstance(one, dict) else {} for one in listed]


def inner_task(body: JsonValue) -> dict[str, JsonValue]:
    """The task of an answer, wrapped in `task` or not; empty where there is none."""
    if not isinstance(body, dict):
        return {}
    task = body.get("task")
    return task if isinstance(task, dict) and task else body


def read_id(value: JsonValue) -> str | None:
    """A task or asset id that may go into a path, or None."""
    if isinstance(value, str) and _ID.fullmatch(value) and value.strip("."):
        return value
    return None


def task_id(body: JsonValue) -> str | None:
    """The composite id in a create answer: the wrapped one first, then the bare one, then any other.

    A task in `task` has an `id` beside that one, by which nobody can ask for it.
    """
    found = read_id(inner_task(body).get("taskId")) or read_id(task_named(body, "taskId"))
    if found or not isinstance(body, dict):
        return found
    return read_id(task_named({name: told for name, told in body.items() if name != "task"}, "id"))


def short_id(task: str) -> str:
    """A form of an id without the e-mail inside: the first 8 characters of its uuid."""
    found = _LAST_UUID.search(task)
    if found is None:
        # Where it is nothing but letters and digits, no e-mail is inside.
        return task[-8:] if task.isalnum() else ""
    return found["uuid"][:8]


def same_task(asked: str, told: JsonValue) -> bool:
    """Whether an answer is about the task that was asked for; ids may differ outside their uuid."""
    if not isinstance(told, str) or not told:
        return True
    mine, theirs = _LAST_UUID.search(asked), _LAST_UUID.search(told)
    if mine is None or theirs is None:
        return asked == told
    return mine["uuid"].lower() == theirs["uuid"].lower()


def objects(body: JsonValue, key: str) -> list[dict[str, JsonValue]]:
    """The objects of a list that is bare, or wrapped under `key`."""
    listed = body.get(key) if isinstance(body, dict) else body
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def whole_number(value: JsonValue) -> int | None:
    """A whole number from a number or its text; None for all else."""
    number = finite(value)
    if number is None or not number.is_integer() or abs(number) >= 1e18:
        return None
    is_exact = isinstance(value, int) or (
        isinstance(value, str) and value.isdecimal() and len(value) < 20
    )
    return int(value) if is_exact and isinstance(value, int | str) else int(number)


def read_task(task: Mapping[str, JsonValue], note: Mapping[str, JsonValue]) -> TaskUpdate:
    """A task's state as it is told; `note` is the ticket's."""
    status = task.get("status")
    word = status.strip().upper() if isinstance(status, str) else ""
    detail = _text(task.get("progressText"))
    match word:
        case "PENDING" | "THROTTLED":
            starts = finite(task.get("estimatedTimeToStartSeconds"))
            return Queued(
                detail=detail or (PENDING if word == "PENDING" else THROTTLED),
                detail_as="words" if detail else "phase" if word == "PENDING" else "sentence",
                throttled=word == "THROTTLED",
                starts_in=None if starts is None else max(starts, 0.0),
            )
        case "RUNNING":
            return Running(progress=read_progress(task.get("progressRatio")), detail=detail)
        case "SUCCEEDED":
            return Succeeded(outputs=read_outputs(task.get("artifacts"), note), used=_used(task))
        case "FAILED":
            return read_failure(task.get("error"))
        case "CANCELLED" | "CANCELED":
            return Cancelled()
        case _:
            # A word that nobody has described ends nothing by itself: files do.
            outputs = read_outputs(task.get("artifacts"), note)
            if outputs:
                return Succeeded(outputs=outputs, used=_used(task))
            progress = read_progress(task.get("progressRatio"))
            return undescribed(word, progress)


def read_progress(value: JsonValue) -> float | None:
    """0 to 1 from a number or its text, which may be a percentage; None where it tells nothing."""
    scale = 1.0
    if isinstance(value, str) and value.strip().endswith("%"):
        value, scale = value.strip()[:-1], 100.0
    number = finite(value)
    return None if number is None else min(max(number / scale, 0.0), 1.0)


def read_outputs(artifacts: JsonValue, note: Mapping[str, JsonValue]) -> tuple[Output, ...]:
    """The finished files, each link once; those without a link are left out."""
    found: dict[str, Output] = {}
    listed = artifacts.get("artifacts") if isinstance(artifacts, dict) else None
    for url, artifact in linked(artifacts if listed is None else listed):
        if url not in found:
            found[url] = Output(url=url, kind=_kind(artifact, url, note), expires=read_expiry(url))
    return tuple(found.values())


def _kind(artifact: Mapping[str, JsonValue], url: str, note: Mapping[str, JsonValue]) -> MediaKind:
    told = note.get("kind")
    if isinstance(told, str) and told in ("image", "video"):
        return "video" if told == "video" else "image"
    metadata = artifact.get("metadata")
    seconds = finite(metadata.get("duration")) if isinstance(metadata, dict) else None
    ending = url.partition("?")[0].lower().endswith(_VIDEO_ENDINGS)
    return "video" if seconds or ending else "image"


def read_failure(error: JsonValue) -> Failed:
    """A failed task's reason: null, text or an object, mapped by its dotted reason."""
    told = error if isinstance(error, dict) else {}
    reason = told.get("reason") if told else error
    word = reason.strip().upper() if isinstance(reason, str) else ""
    code = "moderated" if told.get("moderation_category") else _failure_code(word)
    for value in (told.get("errorMessage"), told.get("message"), reason):
        text = _text(value)
        if text:
            break
    else:
        text = ""
    if code == "vendor" and _CREDITS.search(text):
        code = "credits"
    return Failed(code=code, message=text)


def _failure_code(reason: str) -> FailureCode:
    reasons: tuple[tuple[str, FailureCode], ...] = (
        ("SAFETY", "moderated"),
        ("INPUT_PREPROCESSING.SAFETY", "moderated"),
        ("INTERNAL.BAD_OUTPUT", "quality"),
        ("INTERNAL", "transient"),
        ("THIRD_PARTY.UNAVAILABLE", "transient"),
        ("INPUT_PREPROCESSING.INTERNAL", "transient"),
        ("ASSET.INVALID", "input"),
    )
    for prefix, code in reasons:
        if reason == prefix or reason.startswith(f"{prefix}."):
            return code
    return "vendor"


def _used(task: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    options = task.get("options")
    seed = whole_number(options.get("seed")) if isinstance(options, dict) else None
    return {} if seed is None else {"seed": seed}


def _text(value: JsonValue) -> str:
    return shown(value) if isinstance(value, str) else ""
