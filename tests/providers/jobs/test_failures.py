"""Why a job gave nothing: what is told of it stands in its record, and no sentence is read for it."""

import pytest

from providers.errors import RefusalCode, Refused, VendorError
from providers.jobs import failures
from providers.jobs.job import Failure
from providers.jobs.views import FailureView
from providers.vendors.vendor import Failed


def refused(message: str, code: RefusalCode = "invalid", *, says_what_to_do: bool) -> Failure:
    return failures.refused(Refused(message, code=code, says_what_to_do=says_what_to_do))


def test_a_message_that_says_what_to_do_is_told_alone() -> None:
    message = "Runway refuses the payload. Change it and send it again."
    view = FailureView.of(refused(message, says_what_to_do=True))
    assert view.lines == (message,)
    assert not view.on_money


@pytest.mark.parametrize(
    "message", ["A picture takes approx. 50 MB here.", "It is too large. Others are not."]
)
def test_where_a_message_only_says_what_happened_the_advice_follows(message: str) -> None:
    failure = refused(message, "too_large", says_what_to_do=False)
    assert failure.lines == (message, failures.REFUSED_ADVICE["too_large"])


def test_a_late_result_is_told_with_how_to_fetch_it() -> None:
    before = failures.failed(Failed(code="moderated", message="No.", charged="yes"))
    assert failures.late(before).lines[1].startswith("Check again to fetch it")


def test_a_result_that_was_not_fetched_is_told_with_how_to_fetch_it_and_as_something_paid() -> None:
    view = FailureView.of(failures.not_fetched(VendorError("The link is dead.")))
    assert view.lines[1] == "Check again to fetch it without paying twice."
    assert view.on_money


@pytest.mark.parametrize(
    "failure", [failures.unsure("$1"), failures.damaged(), failures.broken(True)]
)
def test_whatever_leaves_it_open_what_was_bought_speaks_of_money(failure: Failure) -> None:
    assert FailureView.of(failure).on_money
    assert len(failure.lines) == 2


def test_what_cancelling_meant_at_a_vendor_is_told_alone() -> None:
    note = "Cancelled at Runway. Whether the credits come back, Runway does not promise."
    assert failures.cancelled_there(note).lines == (note,)
    assert len(failures.stopped_there("no").lines) == 2
