"""The ways in which a call ends without what it asked for, as errors in words for people."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from providers.errors import Busy, Doubtful, Gone, NotSent, Refused, Unclear, VendorError
from providers.vendors.transport.answer import Answer, refuses, status_told
from providers.vendors.transport.exchange import Reply, is_handshake
from providers.vendors.transport.network import proxy_refusal

ReadError = Callable[[Answer], VendorError | None]
"""How one vendor's refusals are read. None leaves the answer to the wire's own, cautious reading."""


def not_sent(label: str, base_url: str, error: BaseException) -> NotSent:
    """No byte left this machine; `error` says why."""
    if (refused := proxy_refusal(error)) is not None:
        return NotSent(refused.format(label=label), names_vendor=False)
    if is_handshake(error):
        return NotSent(
            f"A secure connection to {urlsplit(base_url).hostname} couldn't be made, so nothing "
            "was sent. Check this machine's clock and network.",
            unsafe=True,
            names_vendor=False,
        )
    return NotSent(f"{label} can't be reached, so nothing was sent. Check the network connection.")


def unclear(label: str, what: str, status: int | None = None, text: str = "") -> Unclear:
    """The vendor may have taken a job; `what` became of its answer."""
    happened = f"{label} may have accepted the job, but {what}."
    return Unclear.after(happened, status=status, vendor_text=text)


def denied(label: str, answer: Answer, read_error: ReadError) -> VendorError | None:
    """What an error under the name of a success means, with no task beside it: a refusal, as its vendor reads
    one, else with the words that it has. Then the vendor may have taken the task all the same."""
    if not refuses(answer.body):
        return None
    sure = read_error(answer)
    if sure is not None and not isinstance(sure, Unclear):
        return sure
    status = status_told(answer.body)
    if status >= 500:
        return sure or unclear(label, "it returned an error", answer.status, answer.text)
    found = read_error(replace(answer, status=status))
    return Doubtful(found if isinstance(found, Refused) else refused(label, answer))


def refused(label: str, answer: Answer) -> Refused:
    """An error and no task in an answer that is called a success; its vendor's own reading leaves it open."""
    message = (
        f"{label} rejected this request. Read its message in the details, change the request, "
        "then send it again."
    )
    return Refused(message, code="invalid", status=answer.status, vendor_text=answer.text)


def busy(label: str, answer: Answer) -> Busy:
    """Refused for now."""
    return Busy(
        f"{label} is busy. The job is waiting for its turn.",
        status=answer.status,
        vendor_text=answer.text,
        wait=answer.wait,
    )


def plain_error(label: str, answer: Answer) -> VendorError:
    """What a safe call's refusal means, where its vendor says nothing of its own about it."""
    if answer.status == 401:
        message = f"{label} doesn't accept the key. Check it in Settings or the environment."
        return Refused(message, code="key", status=401, vendor_text=answer.text)
    if answer.status in (404, 410):
        message = f"{label} no longer knows this."
        return Gone(message, status=answer.status, vendor_text=answer.text)
    if answer.status == 429 or (answer.status == 503 and answer.wait is not None):
        return busy(label, answer)
    return VendorError(
        f"{label} returned error {answer.status}. The studio will ask again.",
        status=answer.status,
        vendor_text=answer.text,
    )


def not_stored(label: str, reply: Reply) -> VendorError | None:
    """Why a vendor's store of files did not take one; None where it did.

    It is not the vendor's API: its words mean nothing to the vendor's own reading.
    """
    if reply.status == 413 or b"EntityTooLarge" in reply.content[:8000]:
        message = f"A file is too large for {label}. Use a smaller one."
        return Refused(message, code="too_large", status=reply.status)
    if not 200 <= reply.status < 300:
        message = f"{label}'s storage didn't accept a file. The studio uploads it again."
        return VendorError(message, status=reply.status, names_vendor=False)
    return None
