"""The index of faults cannot lie: every number that is asked for has a test that wears its mark."""

import pytest

from tests.chaos.faults import ASKED, CASES, NOT_HERE, OF_VENDORS, proofs, table


@pytest.mark.parametrize("number", ASKED)
def test_every_fault_has_a_test(number: str) -> None:
    assert proofs().get(number), f"No test is marked with {number}: {CASES[number]}."


@pytest.mark.parametrize("number", OF_VENDORS)
def test_a_fault_of_vendors_is_tried_with_each_of_them(number: str) -> None:
    assert any(proof.every_vendor for proof in proofs()[number]), CASES[number]


def test_no_mark_names_a_fault_that_is_not_in_the_list() -> None:
    strange = {number: found for number, found in proofs().items() if number not in CASES}
    assert strange == {}


def test_marks_stand_on_tests_alone_and_not_on_what_cannot_happen() -> None:
    found = proofs()
    assert [one for listed in found.values() for one in listed if one.test[:5] != "test_"] == []
    assert found.keys() & NOT_HERE.keys() == set()


def test_the_table_names_every_case_and_every_test() -> None:
    lines = "\n".join(table())
    assert [number for number in CASES if f"{number} " not in lines] == []
    assert all(proof.test in lines for listed in proofs().values() for proof in listed)
