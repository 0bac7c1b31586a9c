"""Why a job gave nothing: what is told of it stands in its record, and no sentence is read for it."""

import inspect
import re
from typing import get_args, get_type_hints

import pytest

from providers.errors import InvalidRequest, Problem, RefusalCode, Refused, Unclear, VendorError
from providers.jobs import failures
from providers.jobs.job import Failure
from providers.jobs.views import FailureView
from providers.vendors.vendor import Failed

CODES: tuple[RefusalCode, ...] = get_args(RefusalCode)


def refused(message: str, code: RefusalCode = "invalid", *, says_what_to_do: bool) -> Failure:
    return failures.refused(Refused(message, code=code, says_what_to_do=says_what_to_do))


def test_a_message_that_says_what_to_do_is_told_alone() -> None:
    message = "Runway refuses the payload. Change it and send it again."
    view = FailureView.of(refused(message, says_what_to_do=True), sandbox=False)
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
    assert failures.late(before).lines[1].startswith("Check again to download it")


def test_a_result_that_was_not_fetched_is_told_with_how_to_fetch_it_and_as_something_paid() -> None:
    view = FailureView.of(failures.not_fetched(VendorError("The link is dead.")), sandbox=False)
    assert view.lines[1] == "Check again to download it without paying twice."
    assert view.on_money


@pytest.mark.parametrize(
    "failure", [failures.unsure("$1"), failures.damaged(), failures.broken(True)]
)
def test_whatever_leaves_it_open_what_was_bought_speaks_of_money(failure: Failure) -> None:
    assert FailureView.of(failure, sandbox=False).on_money
    assert len(failure.lines) == 2


def test_what_cancelling_meant_at_a_vendor_is_told_alone() -> None:
    note = "Cancelled on Runway. Runway doesn't guarantee a refund of the credits."
    assert failures.cancelled_there(note).lines == (note,)
    assert len(failures.stopped_there("no").lines) == 2


EVERY = {
    **{f"refused {code}": refused("It says no.", code, says_what_to_do=False) for code in CODES},
    **{
        f"failed {code}": failures.failed(Failed(code=code, message="")) for code in failures.FAILED
    },
    "late": failures.late(failures.failed(Failed(code="vendor", message="", charged="yes"))),
    "bad file": failures.bad_file(InvalidRequest([Problem("start_frame", "It is no picture.")])),
    "gave up": failures.gave_up(Unclear.after("It may have accepted it."), "Try again later."),
    "gave up on a dead link": failures.gave_up(VendorError("It can't be read."), "Try again."),
    "upload gone": failures.upload_gone(),
    "cancelled here": failures.cancelled_here(),
    "cancelled there": failures.cancelled_there("It finishes all the same and charges for it."),
    "stopped there": failures.stopped_there("yes"),
    "unsure": failures.unsure("$1.50", 3),
    "unsure of an unknown price": failures.unsure(),
    "twice": failures.twice(),
    "task of another": failures.task_of_another(),
    "never seen": failures.never_seen("12 credits"),
    "never seen, unknown price": failures.never_seen(),
    "other account": failures.other_account(),
    "expired": failures.expired(),
    "lost": failures.lost(),
    "damaged": failures.damaged(),
    "no output": failures.no_output(),
    "not fetched": failures.not_fetched(VendorError("The link is dead.")),
    "some not fetched": failures.not_fetched(VendorError("The link is dead."), 2, 4),
    "broken": failures.broken(False),
    "broken once sent": failures.broken(True),
    "another has it": failures.another_has_it(),
    "not adopted": failures.not_adopted(),
    "undescribed": failures.undescribed("ON_HOLD"),
    "undescribed, no word": failures.undescribed(""),
}
MONEY = re.compile(r"charge|\bpa(?:y|id)\b|paying|\bcost|\bprice|[$€]", re.IGNORECASE)


def test_every_failure_is_among_those_that_are_looked_at() -> None:
    made = {
        name
        for name, one in vars(failures).items()
        if inspect.isfunction(one) and get_type_hints(one)["return"] is Failure
        if not name.startswith("_") and name not in ("plain", "refused", "failed")
    }
    assert {name.replace("_", " ") for name in made} <= set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_a_failure_in_the_sandbox_says_what_to_do_and_nothing_of_money(name: str) -> None:
    failure = EVERY[name]
    view = FailureView.of(failure, sandbox=True)
    said = [line for line in view.lines if line != failures.FREE]
    assert not MONEY.search(" ".join(said)), said
    # Nor is anything said of an account where there is none.
    if name not in ("cancelled here", "cancelled there", "refused moderated"):
        assert len(said) == len(failure.lines)
    assert all(line.endswith(".") and line == line.strip() for line in view.lines)
    assert view.lines.count(failures.FREE) == (view.on_money or "cancelled " in name)


@pytest.mark.parametrize("name", EVERY)
def test_a_failure_of_something_paid_is_told_as_it_is(name: str) -> None:
    failure = EVERY[name]
    view = FailureView.of(failure, sandbox=False)
    assert view.lines == failure.lines
    assert (view.message, view.advice) == (failure.message, failure.advice)
    assert failures.FREE not in view.lines


def test_a_test_card_that_was_not_fetched_is_told_with_how_to_fetch_it() -> None:
    view = FailureView.of(failures.not_fetched(VendorError("The link is dead.")), sandbox=True)
    assert view.lines[1:] == ("Check again to download it.", failures.FREE)


@pytest.mark.parametrize("name", ["unsure", "not fetched", "cancelled there"])
def test_what_was_written_before_says_nothing_of_money_in_the_sandbox_either(name: str) -> None:
    written = EVERY[name].model_dump(mode="json", exclude={"free"})
    view = FailureView.of(Failure.model_validate(written), sandbox=True)
    assert view.lines[-1] == failures.FREE
    assert not MONEY.search(" ".join(view.lines[:-1]))
