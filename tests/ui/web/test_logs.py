"""The log: one line for one record, whoever called, and no flood while descriptors are short."""

import json
import logging
import sys

import pytest
from pydantic import SecretStr

from ui.web.logs import FULL, SELDOM, JsonFormatter, SafeFormatter, Seldom


def record(message: str, *values: object) -> logging.LogRecord:
    """Something that is logged."""
    return logging.LogRecord("studio", logging.INFO, "x", 1, message, values, None)


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\r", "\x85", "\u2028", "\x0b", "\x1b[2K"])
def test_no_value_makes_a_line_of_its_own(mark: str) -> None:
    forged = f"ada{mark}2026-01-01 00:00:00 INFO studio: root signed in"
    text = SafeFormatter([]).format(record("%s signed in.", forged))
    assert len(text.splitlines()) == 1
    assert "root signed in" in text


def test_a_traceback_is_set_in() -> None:
    try:
        raise ValueError("first\n2026-01-01 INFO studio: forged")
    except ValueError:
        told = record("It broke.")
        told.exc_info = sys.exc_info()
    first, *rest = SafeFormatter([]).format(told).split("\n")
    assert first.endswith("It broke.")
    assert all(line.startswith("    ") for line in rest)


def test_what_goes_on_and_on_is_said_once_a_minute() -> None:
    now = [0.0]
    filtered = Seldom(lambda: now[0])
    said = "socket.accept() out of system resource\nsocket: <x>"
    assert [filtered.filter(record(said)) for _ in range(1000)].count(True) == 1
    assert filtered.filter(record("something else"))
    now[0] = SELDOM
    again = record(said)
    assert filtered.filter(again)
    assert again.getMessage() == FULL


def test_a_record_is_one_json_object_on_one_line_without_keys() -> None:
    key = SecretStr('us"er:1-\u00e4')
    try:
        raise ValueError(f"no {key.get_secret_value()}\nforged")
    except ValueError:
        told = record("%s and\n%s", "\u2028x", key.get_secret_value())
        told.exc_info = sys.exc_info()
    told.fields = {"seconds": 1.5, "model": key.get_secret_value()}
    text = JsonFormatter([key]).format(told)
    assert len(text.splitlines()) == 1
    found = json.loads(text)
    assert found["message"] == "\\u2028x and\n[key]"
    assert found["error"].endswith("ValueError: no [key]\nforged")
    assert (found["level"], found["logger"], found["seconds"]) == ("INFO", "studio", 1.5)
    assert found["model"] == "[key]"
