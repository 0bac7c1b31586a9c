"""The ways in which a call ends without what it asked for, as errors in words for people."""

from urllib.parse import urlsplit

from providers.errors import Busy, Gone, NotSent, Refused, Unclear, VendorError
from providers.vendors.transport.answer import Answer
from providers.vendors.transport.exchange import Reply, is_handshake


def not_sent(label: str, base_url: str, error: BaseException) -> NotSent:
    """No byte left this machine; `error` says why."""
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
    return Unclear(
        f"{label} may have accepted the job, but {what}. Check there before you send it again, "
        "or it may be charged twice.",
        status=status,
        vendor_text=text,
    )


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
        message = f"{label} doesn't accept the key. Check it in the environment."
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
