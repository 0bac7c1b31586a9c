"""How often somebody may try to sign in, by a clock that the test turns."""

import pytest

from providers.errors import Denied
from providers.people.attempts import ADDRESS, NAME, PAIR, WINDOW, Attempts
from tests.support.guests import Hand


def wait(attempts: Attempts, name: str, address: str) -> float:
    """How long this try has to wait; 0 when it is judged."""
    try:
        attempts.begin(name, address)
    except Denied as error:
        return error.wait
    return 0.0


def test_tries_are_limited_by_name_and_address_by_address_and_by_name() -> None:
    clock = Hand()
    attempts = Attempts(clock)
    assert [wait(attempts, "ada", "10.0.0.1") for _ in range(PAIR)] == [0.0] * PAIR
    assert wait(attempts, "ada", "10.0.0.1") == WINDOW
    assert wait(attempts, "ada", "10.0.0.2") == 0.0, "Ada herself sits elsewhere."
    for number in range(ADDRESS - PAIR):
        assert wait(attempts, f"name{number}", "10.0.0.1") == 0.0
    assert wait(attempts, "another", "10.0.0.1") == WINDOW
    for number in range(NAME - PAIR - 1):
        assert wait(attempts, "ada", f"10.1.0.{number}") == 0.0
    assert wait(attempts, "ada", "10.2.0.1") == WINDOW
    clock.now += WINDOW - 30
    with pytest.raises(Denied, match=r"^Too many attempts. Wait 30 s and try again.$"):
        attempts.begin("ada", "10.0.0.1")
    clock.now += 30
    assert wait(attempts, "ada", "10.0.0.1") == 0.0


def test_who_is_right_has_not_tried_in_vain_and_helps_nobody_else() -> None:
    attempts = Attempts(Hand())
    for _ in range(PAIR - 1):
        wait(attempts, "ada", "10.0.0.1")
    assert wait(attempts, "ada", "10.0.0.1") == 0.0
    attempts.forgive("ada", "10.0.0.1")
    assert wait(attempts, "ada", "10.0.0.1") == 0.0
    # Somebody who can sign in does not get fresh tries at others by doing so.
    for number in range(ADDRESS - PAIR):
        wait(attempts, f"name{number}", "10.0.0.1")
    attempts.begin("cyd", "10.0.0.9")
    assert wait(attempts, "another", "10.0.0.1") > 0.0


def test_one_household_is_one_address() -> None:
    attempts = Attempts(Hand())
    for number in range(PAIR):
        assert wait(attempts, "ada", f"2001:db8:1:2::{number}") == 0.0
    assert wait(attempts, "ada", "2001:db8:1:2:ffff::1") > 0.0
    assert wait(attempts, "ada", "2001:db8:1:3::1") == 0.0
