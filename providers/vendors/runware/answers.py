"""Runware's answers in our words. Nothing here trusts a shape: every reader is total on JSON.

An answer holds results in `data` and failures in `errors`, both possibly filled, whatever its status.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from providers.catalogue.bounds import whole
from providers.catalogue.models import Cost
from providers.catalogue.rules import MediaKind
from providers.errors import Busy, Gone, RefusalCode, Refused, Unclear, VendorError
from providers.vendors.transport.answer import IDS, Answer, finite, linked, shown, task_named
from providers.vendors.vendor import Failed, FailureCode, Output, Succeeded, charged_by

Sort = str
"""What an error code is about: one of the keys of `SENTENCES`, or busy, gone, twice, unclear, unknown."""

KEY = (
    "Runware doesn't accept this key. Check that the whole key, and nothing else, is in Settings "
    "or RUNWARE_API_KEY."
)
BUSY = "Runware's queue for this model is full. The job is waiting for its turn."
GONE = "Runware doesn't know this task or file."
SENTENCES: Mapping[Sort, tuple[str, RefusalCode]] = {
    "key": (KEY, "key"),
    "credits": (
        "Your Runware balance is too low for this. Add credits on Runware, then try again.",
        "credits",
    ),
    "moderated": (
        "Moderation rejected the prompt or an image. Change it before you send it again.",
        "moderated",
    ),
    "retired": ("Runware no longer offers this model. Choose another one.", "vendor"),
    "transfer": ("Runware couldn't read an image. Upload another copy of it.", "invalid"),
    "large": ("The file is too large for Runware. Use a smaller one.", "too_large"),
    "invalid": (
        "Runware rejected this request. Read its message in the details, change the request, then send it "
        "again.",
        "invalid",
    ),
    "failed": ("Runware couldn't finish this. Try again later.", "vendor"),
}
FAILURES: Mapping[Sort, FailureCode] = {
    "credits": "credits",
    "moderated": "moderated",
    "transfer": "input",
    "large": "input",
    "invalid": "input",
    "failed": "transient",
    "busy": "transient",
    "unclear": "transient",
}

# Exact names first: several of them begin like a family that means something else.
_EXACT: Mapping[str, Sort] = {
    **dict.fromkeys(
        (
            "invalidapikey", "missingapikey", "invalidcredentials", "accountsuspended",
            "unauthorized", "forbidden", "tokenexpired",
        ),
        "key",
    ),
    **dict.fromkeys(
        ("insufficientcredits", "quotaexceeded", "paymentrequired", "environmentpaused"), "credits"
    ),
    **dict.fromkeys(
        (
            "invalidprovidercontent", "contentpolicyviolation", "providercontentpolicyviolation",
            "sensitivecontentdetected", "unsafecontentdetected", "nsfwcontentdetected",
            "promptblocked", "imageblocked", "moderationfailed",
        ),
        "moderated",
    ),
    **dict.fromkeys(("conflicttaskuuid", "duplicatetaskuuid"), "twice"),
    **dict.fromkeys(("taskfailedornotfound", "tasknotfound", "taskuuidnotfound"), "gone"),
    **dict.fromkeys(("modeldisabled", "modelnotfound", "invalidmodel"), "retired"),
    **dict.fromkeys(("downloadfailed", "uploadfailed"), "transfer"),
    **dict.fromkeys(
        ("noavailableserver", "modelnotready", "modelunavailable", "serviceunavailable"), "busy"
    ),
    **dict.fromkeys(("internalservererror",), "unclear"),
    **dict.fromkeys(("inferenceerror", "processingfailed", "taskfailed", "taskcancelled"), "failed"),
}  # fmt: skip
_PATTERNS: Sequence[tuple[str, Sort]] = (
    (r"balance(?!r)", "credits"),  # A load balancer is no account.
    (r"ratelimit", "busy"),
    (r"timeout", "unclear"),
    (r"notfound$", "gone"),
    (r"toolarge|filesize", "large"),
    (
        r"^(invalid|missing|conflict|duplicate|unsupported|value|array|max|min|unknown|mismatch"
        r"|incompatible)",
        "invalid",
    ),
)
_BY_STATUS: Mapping[int, Sort] = {
    400: "invalid",
    401: "key",
    402: "credits",
    403: "key",
    404: "gone",
    410: "gone",
    413: "large",
    429: "busy",
}
CUT_SHORT = frozenset({408, 409, 423, 424, 425, 444, 460, 499})
"""Statuses below 500 that say that a call met something on its way: no refusal of what it asks for."""
SURE = frozenset({"busy", "moderated", "credits", "key", "twice"})  # Under any status.
UNTAKEN = ("invalid", "unsupported", "unknown")
"""How the codes begin that say of a parameter that its value is none of the vendor's."""
QUESTIONS = frozenset({"getResponse", "getTaskDetails"})
OF_ASKING = frozenset({"busy", "unclear", "key"})
"""What can be wrong with a question as well as with what it asks about."""
_MODERATION = re.compile(r"moderat|content polic|safety|nsfw|prohibited content", re.IGNORECASE)
GOES_ON = frozenset({"", "processing", "pending", "queued", "scheduled", "waiting"})
_MEDIA: Mapping[str, MediaKind] = {"imageURL": "image", "videoURL": "video"}
_BARE = ("url", "output", "outputs")
"""Places of files that do not say what they are."""


class Twice(Unclear):
    """The vendor has a task with this id already: an earlier call was taken."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of `errors`. `task` is "" where it is about the call and not about a task."""

    sort: Sort
    text: str
    """The vendor's words, fit to be shown."""
    task: str = ""
    cost: float | None = None
    is_guess: bool = False  # Its words alone tell the sort, and no code.


@dataclass(frozen=True, slots=True)
class Told:
    """An answer taken apart: the results in its `data`, without those that are failures."""

    results: tuple[dict[str, JsonValue], ...]
    faults: tuple[Fault, ...]

    def of(self, task: str) -> "Told":
        """What is about this task; faults that name no task come along."""
        name = task.lower()
        return Told(
            tuple(result for result in self.results if _word(result.get("taskUUID")) == name),
            tuple(fault for fault in self.faults if fault.task.lower() in ("", name)),
        )


def read_told(body: JsonValue) -> Told:
    """Results and failures, in whatever shape they come."""
    if not isinstance(body, dict):
        return Told((), ())
    results = _objects(body.get("data"))
    faults = [read_fault(one) for one in _listed(body.get("errors") or body.get("error"))]
    for result in results:
        if _word(result.get("status")) == "error":
            inner = result.get("error")
            faults.append(read_fault({**result, **inner} if isinstance(inner, dict) else result))
    good = [result for result in results if _word(result.get("status")) != "error"]
    return Told(tuple(good), tuple(faults))


def takes(answer: JsonValue, task: str) -> bool:
    """Whether an answer without a fault took our task: the only one that was sent, whatever stands where its
    id should. The id of another one says that it did not."""
    named = task_named(answer, "taskUUID")
    if named:
        return named.isdecimal() or named.lower() == task.lower()
    return bool(task_named(answer, *IDS))


def read_fault(error: JsonValue) -> Fault:
    """One failure: an object, or bare text."""
    if not isinstance(error, dict):
        text = shown(error) if isinstance(error, str) else ""
        is_guess = bool(_MODERATION.search(text))
        return Fault("moderated" if is_guess else "unknown", text, is_guess=is_guess)
    code = _text(error.get("code"))
    parts = _text(error.get("message")), _text(error.get("responseContent"))
    text = " ".join(part for part in parts if part)
    by_code = _sort(code, _listed(error.get("parameter")))
    is_guess = by_code in ("unknown", "failed") and bool(_MODERATION.search(text))
    sort = "moderated" if is_guess else by_code
    # A question bears the id of what it asks about, and so does an error that is about the asking alone.
    is_asking = _text(error.get("taskType")) in QUESTIONS and sort in OF_ASKING
    task, cost = _text(error.get("taskUUID")), _number(error.get("cost"))
    return Fault(sort, shown(text or code), "" if is_asking else task, cost, is_guess)


def read_refusal(answer: Answer) -> VendorError | None:
    """What an answer that is no success means; None leaves it to the wire's cautious reading."""
    told = read_told(answer.body)
    if not told.faults or told.results:
        # Results beside a failing status are no refusal: the task was taken.
        return None
    fault = told.faults[0]
    if fault.sort == "unknown" or (answer.status in (401, 402) and fault.sort == "invalid"):
        fault = Fault(_BY_STATUS.get(answer.status, "unknown"), fault.text)
    is_open = answer.status >= 500 or answer.status in CUT_SHORT
    if is_open and (fault.is_guess or fault.sort not in SURE):
        return None
    return as_error(fault, status=answer.status, wait=answer.wait)


def as_error(fault: Fault, *, status: int | None = None, wait: float | None = None) -> VendorError:
    """The exception that a failure of the call itself is."""
    text = fault.text
    if fault.sort == "busy":
        return Busy(BUSY, status=status, vendor_text=text, wait=wait)
    if fault.sort == "gone":
        return Gone(GONE, status=status, vendor_text=text)
    if fault.sort == "twice":
        return Twice("Runware already has this task.", status=status, vendor_text=text)
    if fault.sort in SENTENCES:
        sentence, code = SENTENCES[fault.sort]
        return Refused(
            sentence, code=code, status=status, vendor_text=text,
            no_such_model=fault.sort == "retired",
        )  # fmt: skip
    if fault.sort == "unknown" and status is not None and 400 <= status < 500:
        sentence, code = SENTENCES["invalid"]
        return Refused(sentence, code=code, status=status, vendor_text=text)
    return Unclear.after(
        "Runware returned an error that doesn't say whether it accepted the job.",
        status=status,
        vendor_text=text,
    )


def as_failure(faults: Sequence[Fault]) -> Failed:
    """Why a task gave nothing."""
    fault = next((one for one in faults if one.sort == "moderated"), faults[0])
    cost = _cost([one.cost for one in faults])
    code = FAILURES.get(fault.sort, "vendor")
    return Failed(code=code, message=fault.text, charged=charged_by(cost), cost=cost)


@dataclass(frozen=True, slots=True)
class Results:
    """What a poll tells of one task."""

    finished: tuple[dict[str, JsonValue], ...]
    running: int
    faults: tuple[Fault, ...]
    progress: float | None = None
    bare: int = 0
    """Results that are called finished and have no file yet."""
    word: str = ""
    """What one of those that are being made is called, where nobody has described the word."""


def read_results(told: Told) -> Results:
    """Finished results once each, in their order; how many are still being made; failures."""
    finished: dict[str, dict[str, JsonValue]] = {}
    running: list[dict[str, JsonValue]] = []
    bare = 0
    for result in told.results:
        if read_outputs(result):
            finished.setdefault(_identity(result), result)
        elif _word(result.get("status")) == "success":
            bare += 1
        else:
            running.append(result)
    held = sorted(finished.values(), key=lambda result: whole(result.get("resultIndex")) or 0)
    shares = [number / 100 for one in running if (number := _number(one.get("progress")))]
    words = [word for one in running if (word := _word(one.get("status"))) not in GOES_ON]
    return Results(
        finished=tuple(held),
        running=len(running),
        faults=told.faults,
        progress=min(max(shares), 1.0) if shares else None,
        bare=bare,
        word=shown(words[0], longest=60) if words else "",
    )


def succeeded(results: Results, asked: int) -> Succeeded:
    """The end of a task that made at least one file."""
    done = results.finished
    missing = max(asked - len(done), 0)
    return Succeeded(
        outputs=tuple(output for result in done for output in read_outputs(result)),
        cost=_cost([_number(result.get("cost")) for result in done]),
        used=_used(done),
        missing=missing,
        why=results.faults[0].text if results.faults and missing else "",
    )


def read_outputs(result: Mapping[str, JsonValue]) -> tuple[Output, ...]:
    """Where the files of a finished result lie; nowhere while there is none."""
    films = _word(result.get("taskType")).startswith("video")
    made: MediaKind = "video" if films else "image"
    places: dict[str, MediaKind] = {**_MEDIA, **dict.fromkeys(_BARE, made)}
    found = {
        url: Output(url=url, kind=kind)
        for name, kind in places.items()
        for url, _ in linked(result.get(name))
    }
    return tuple(found.values())


def read_order(told: Told) -> dict[str, JsonValue]:
    """The task object as it was sent, from an answer to `getTaskDetails`; empty where it is not told."""
    for result in told.results:
        for sent in _objects(result.get("request")):
            return sent
    return {}


def read_balance(told: Told) -> Cost | None:
    """The balance in an account answer, wherever it stands there; None where it is not told."""
    for result in told.results:
        for held in (result, result.get("account"), result.get("team"), result.get("details")):
            value = held.get("balance") if isinstance(held, dict) else None
            amount = _number(value.get("amount") if isinstance(value, dict) else value)
            if amount is not None:
                return Cost(amount=amount, unit="$")
    return None


def _cost(told: Sequence[float | None]) -> Cost | None:
    amounts = [amount for amount in told if amount is not None]
    return Cost(amount=round(sum(amounts), 6), unit="$") if amounts else None


def _used(done: Sequence[Mapping[str, JsonValue]]) -> dict[str, JsonValue]:
    used: dict[str, JsonValue] = {}
    # As text: seeds here are larger than a browser counts.
    seeds = [str(seed) for result in done if (seed := whole(result.get("seed"))) is not None]
    if seeds:
        used["seed"] = ", ".join(seeds)
    flags = [flag for result in done if isinstance(flag := result.get("NSFWContent"), bool)]
    if flags:
        used["content_check"] = f"{sum(flags)} of {len(flags)} flagged" if any(flags) else "passed"
    return used


def _identity(result: Mapping[str, JsonValue]) -> str:
    for name in ("resultIndex", "imageUUID", "videoUUID"):
        value = result.get(name)
        if isinstance(value, str | int):
            return f"{name} {value}"
    return next((output.url for output in read_outputs(result)), "")


def _sort(code: str, parameters: Sequence[JsonValue]) -> Sort:
    word = code.lower()
    if "taskUUID" in parameters and word.startswith(("conflict", "duplicate")):
        return "twice"
    named = (name for shape, name in _PATTERNS if re.search(shape, word))
    sort = _EXACT.get(word) or next(named, "unknown")
    is_model = sort == "invalid" and list(parameters) == ["model"]
    return "retired" if is_model and word.startswith(UNTAKEN) else sort


def _objects(value: JsonValue) -> list[dict[str, JsonValue]]:
    return [each for each in _listed(value) if isinstance(each, dict)]


def _listed(value: JsonValue) -> list[JsonValue]:
    if value is None or value in ("", {}):
        return []
    return value if isinstance(value, list) else [value]


def _word(value: JsonValue) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _number(value: JsonValue) -> float | None:
    return None if isinstance(value, str) else finite(value)
