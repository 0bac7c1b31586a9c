"""Why a job gave nothing: the sentence, the advice, and whether it was charged, for every code."""

from collections.abc import Mapping

from providers.errors import InvalidRequest, Refused, StudioError, VendorError
from providers.jobs.job import Failure, ReasonCode
from providers.vendors.vendor import Charged, Failed, FailureCode, Succeeded

FREE = "Sandbox: nothing is charged."
"""What stands in place of charges where there can be none."""
BEFORE: Mapping[ReasonCode, tuple[str, ...]] = {
    "unsure": (
        "It's unclear whether the service has this job's task.",
        "Check again, import a task by its ID, try again, or discard it.",
    ),
    "storage": (
        "The result is ready, but not all of it could be downloaded.",
        "Check again to download it.",
    ),
    "cancelled": (FREE,),
}
"""For the sandbox, what is told of a failure that was written before it had its own words for that."""
CHANGE = "Change the prompt or the references, then generate again."
COUNTED = "Services count blocked requests and may suspend the account for them."
"""What is said besides where there is an account to lose."""
ON_MONEY = frozenset[ReasonCode]({"unsure", "storage"})
"""Failures that tell of what was or may have been charged, and of how not to pay twice."""
REFUSED_ADVICE: Mapping[str, str] = {
    "invalid": "Fix what the message names, then generate again.",
    "key": "Check the key on the Settings tab, then try again.",
    "subscription": "Renew the subscription on the service, then try again.",
    "credits": "Add credits on the service, then try again.",
    "moderated": COUNTED,
    "session": "Reconnect the account on the service, then try again.",
    "too_large": "Use smaller files, then generate again.",
    "vendor": "Try again later.",
}
FAILED: Mapping[FailureCode, tuple[str, str]] = {
    "moderated": (
        "The service's content check blocked this.",
        f"{CHANGE} {COUNTED}",
    ),
    "input": (
        "The service couldn't use this input.",
        "Check the prompt and the references, change them, then generate again.",
    ),
    "quality": (
        "The service rejected its own output.",
        "Try again, perhaps with a simpler prompt.",
    ),
    "transient": (
        "Something went wrong on the service while generating.",
        "Try again. The same request often succeeds.",
    ),
    "credits": (
        "The service stopped because the credits ran out.",
        "Add credits on the service, then try again.",
    ),
    "vendor": (
        "The service couldn't finish this.",
        "Try again. If it fails again, change the request.",
    ),
}


def is_on_money(failure: Failure) -> bool:
    """Whether it tells of charges, where there can be any."""
    return failure.code in ON_MONEY and failure.charged != "no"


def lines(failure: Failure, *, sandbox: bool) -> tuple[str, ...]:
    """What happened and what to do, as it is printed: of money only where there can be charges."""
    if not sandbox:
        return failure.lines
    free = BEFORE.get(failure.code, ()) if failure.free is None else failure.free
    return (*(free or failure.lines), *((FREE,) if is_on_money(failure) else ()))


def refused(error: Refused) -> Failure:
    """The vendor understood and said no."""
    blocked = error.code == "moderated"
    return Failure(
        code=error.code,
        message=str(error),
        advice=REFUSED_ADVICE[error.code],
        charged="no",
        vendor_text=error.vendor_text,
        no_such_model=error.no_such_model,
        is_enough=error.says_what_to_do and not blocked,
        free=(str(error),) if blocked else None,
    )


def failed(update: Failed) -> Failure:
    """The vendor gave up on the task."""
    message, advice = FAILED[update.code]
    return Failure(
        code=update.code,
        message=message,
        advice=advice,
        charged=update.charged,
        vendor_text=update.message,
        free=(message, CHANGE) if update.code == "moderated" else None,
    )


def late(before: Failure) -> Failure:
    """A failed task whose vendor reports a result after all."""
    return before.model_copy(
        update={
            "message": f"{before.message} Later, the service reported a result after all.",
            "advice": "Check again to download it. Nothing is sent or generated again.",
            "charged": "unknown",
            "is_enough": False,
            "free": (),
        }
    )


def remark(update: Succeeded, most: int) -> str:
    """What a job says whose vendor made fewer results than were asked for, or lists more than `most`."""
    if len(update.outputs) > most:
        return f"The service returned {len(update.outputs)} files. The first {most} are kept."
    if not update.missing:
        return ""
    here = len(update.outputs)
    made = f"{here} of {here + update.missing} done. {update.missing} failed."
    return f"{made} It says: {update.why}" if update.why else made


def plain(code: ReasonCode, message: str, advice: str, charged: Charged, text: str = "") -> Failure:
    """A failure in our own words, which say nothing of money."""
    return Failure(
        code=code, message=message, advice=advice, charged=charged, vendor_text=text, free=()
    )


def _priced(failure: Failure, *free: str) -> Failure:
    """A failure whose words are of money, and what it says where nothing can be charged."""
    return failure.model_copy(update={"free": free})


def bad_file(error: InvalidRequest) -> Failure:
    """A reference could not be made ready for the vendor."""
    advice = "Choose another file, then generate again."
    return plain("invalid", str(error), advice, "no").model_copy(update={"is_enough": True})


def gave_up(error: VendorError, advice: str) -> Failure:
    """A reference could not be brought to the vendor, often enough."""
    failure = plain("vendor", str(error), advice, "no", error.vendor_text)
    return failure if error.free == str(error) else _priced(failure, error.free, advice)


def upload_gone() -> Failure:
    """The vendor twice forgot a reference between taking it and using it."""
    return plain(
        "invalid",
        "The service can't find a reference that was just uploaded.",
        "Try again. If it fails again, remove the reference and add it again.",
        "no",
    )


def cancelled_here() -> Failure:
    """Cancelled before anything was sent."""
    message = "Cancelled before it was sent."
    return _priced(plain("cancelled", message, "Nothing was charged.", "no"), message, FREE)


def cancelled_there(note: str) -> Failure:
    """Cancelled while the vendor had it; `note` is the vendor's honest sentence, and all there is to know."""
    return _priced(_cancelled(note, "unknown"), FREE).model_copy(update={"is_enough": True})


def stopped_there(charged: Charged) -> Failure:
    """The vendor says that the task was cancelled, by whomever."""
    return _cancelled("The service cancelled this task.", charged)


def _cancelled(message: str, charged: Charged) -> Failure:
    return plain("cancelled", message, "Reuse its settings whenever you like.", charged)


def unsure(price: str = "", alike: int = 0) -> Failure:
    """The create call's answer was lost, and the vendor's lists do not show the task, or several like it."""
    lost = "The service's response was lost. It may have accepted the request"
    cost = f" and charge {price}" if price else " and charge for it"
    several = f" {alike} tasks on your account look like it." if alike > 1 else ""
    look = "Look for it in your account on the service before you try again"
    return _priced(
        plain(
            "unsure", f"{lost}{cost}.{several}", f"{look}: that may be charged twice.", "unknown"
        ),
        f"{lost}.{several}",
        f"{look}.",
    )


def twice() -> Failure:
    """A task was taken in while the job that had ordered it still waited for the vendor's answer."""
    message = "This task belongs to another job here, which continues with it."
    look = "See that job for the files"
    return _priced(
        plain("cancelled", message, f"{look}. The cost is counted only there.", "no"),
        message,
        f"{look}.",
    )


def task_of_another() -> Failure:
    """The task that a person gave to an unsure job turned out to be that of another job."""
    return plain(
        "unsure",
        "The task assigned to this job belongs to another job here, which continues with it.",
        "Check again to look for this job's own task, or discard it.",
        "unknown",
    )


def never_seen(price: str = "") -> Failure:
    """The vendor never knew the task that its answer to the create call named."""
    cost = f"charge {price}" if price else "charge for it"
    message = "The service accepted the request but doesn't know the task it named."
    advice = "Check again, import a task by its ID, try again{}, or discard it."
    twice = advice.format(" (it may be charged twice)")
    return _priced(
        plain("unsure", f"{message} It may {cost}.", twice, "unknown"), message, advice.format("")
    )


def other_account() -> Failure:
    """The account that a person took for the same does not know the task."""
    message = "This job was sent with another key, and the connected account doesn't know its task."
    advice = "Set the earlier key and check again."
    return _priced(
        plain(
            "unsure", message, f"{advice} If you send it again, it may be charged twice.", "unknown"
        ),
        message,
        advice,
    )


def expired() -> Failure:
    """The vendor no longer knows a task that it had taken."""
    return plain(
        "expired",
        "The service no longer has this task, so its result can't be downloaded.",
        "Look for it in your account on the service, or generate it again.",
        "unknown",
    )


def rest_deleted(here: int, wanted: int) -> str:
    """What a finished job says whose vendor deleted some of its files before they were fetched."""
    return f"{_counted(here, wanted)}. The service deleted the rest before it could be downloaded."


def rest_given_up(here: int, wanted: int) -> str:
    """What a finished job says of whose files a person wanted no more than are here."""
    return f"{_counted(here, wanted)}. The rest was skipped."


def _counted(here: int, wanted: int) -> str:
    return f"{here} of {wanted} files {'is' if here == 1 else 'are'} here"


def lost() -> Failure:
    """The vendor deleted a finished task before its files could be fetched."""
    return plain(
        "expired",
        "The result was ready, but the service deleted it before it could be downloaded.",
        "Look for it in your account on the service, or generate it again.",
        "yes",
    )


def damaged() -> Failure:
    """The disk gave back something else than what was written about a job."""
    return plain(
        "unsure",
        "The record of this job was damaged on the disk, and only part of it could be recovered.",
        "Check again to look for its task, or discard it. Its settings are lost.",
        "unknown",
    )


def no_output() -> Failure:
    """Finished without a file."""
    return plain(
        "no_output",
        "The service reported success but returned no file.",
        "Look for it in your account on the service, or generate it again.",
        "unknown",
    )


def not_fetched(error: StudioError, here: int = 0, wanted: int = 0) -> Failure:
    """The task succeeded, yet not every file of it could be brought here: `here` of `wanted`."""
    text = error.vendor_text if isinstance(error, VendorError) else ""
    ready = f"{_counted(here, wanted)}. The rest" if here else "The result"
    message = f"{ready} is ready but couldn't be downloaded. {error}"
    fetch = "Check again to download it"
    return _priced(
        plain("storage", message, f"{fetch} without paying twice.", "yes", text),
        message,
        f"{fetch}.",
    )


def broken(sent: bool) -> Failure:
    """Something in the studio itself went wrong."""
    if sent:
        return plain(
            "unsure",
            "Something went wrong in the studio while tracking this job.",
            "Check again to continue where it stopped. Nothing is sent twice.",
            "unknown",
        )
    return plain(
        "vendor",
        "Something went wrong in the studio before this job was sent.",
        "Try again. If it happens again, restart the studio and report it.",
        "no",
    )


def another_has_it() -> Failure:
    """The history gives the task that the vendor named for this job to another one."""
    return plain(
        "unsure",
        "The service named a task that belongs to another job here.",
        "See that job first. Then check again to look for this job's task, or discard it.",
        "unknown",
    )


def undescribed(word: str) -> Failure:
    """The vendor tells of the task in a state that nobody has described, without files, for minutes."""
    status = f"an unknown status, {word!r}," if word else "no status"
    message = f"The service reports {status} for this task, and no file."
    return _priced(
        plain(
            "unsure",
            message,
            "Read its response in the details, and check again later. If you try again, it may be "
            "charged twice.",
            "unknown",
        ),
        message,
        "Read its response in the details, and check again later.",
    )


def not_adopted() -> Failure:
    """The vendor does not know the task id that a person typed."""
    return plain(
        "unsure",
        "The service doesn't know this task ID.",
        "Copy the ID from your account on the service and import it, or check again.",
        "unknown",
    )
