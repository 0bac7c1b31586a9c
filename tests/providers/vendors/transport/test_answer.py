"""What came back from a vendor: waits, JSON, and words that may be shown."""

from contextlib import suppress
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from providers.vendors.transport.answer import masked, read_json, read_wait, shown
from tests.support.scripted import NOW


@pytest.mark.parametrize(
    ("header", "body", "wait"),
    [
        ("30", None, 30),
        (" 1.5 ", None, 1.5),
        (formatdate(NOW + 60, usegmt=True), None, 60),
        (formatdate(NOW - 60, usegmt=True), None, 0),
        ("315360000", None, 900),
        (formatdate(NOW + 315360000, usegmt=True), None, 900),
        (None, {"retryAfter": "2027-01-15T08:01:00Z"}, 60),
        (None, {"retryAfter": 7}, 7),
        (None, {"retryAfter": True}, None),
        ("soon", {"retryAfter": "2027-01-15T08:01:00.000+00:00"}, 60),
        ("soon", None, None),
        ("-5", None, None),
        ("nan", None, None),
        ("inf", None, None),
        ("", None, None),
        (None, [], None),
        ("Fri, 99 Foo 99999 99:99:99 GMT", None, None),
    ],
)
def test_a_wait_is_read_from_seconds_and_moments_and_capped(
    header: str | None, body: JsonValue, wait: float | None
) -> None:
    assert read_wait(header, body, NOW) == (None if wait is None else pytest.approx(wait))


@given(header=st.none() | st.text(), body=st.dictionaries(st.just("retryAfter"), st.text()))
def test_any_wait_is_none_or_within_fifteen_minutes(
    header: str | None, body: dict[str, JsonValue]
) -> None:
    wait = read_wait(header, body, NOW)
    assert wait is None or 0 <= wait <= 900


@given(st.binary())
def test_any_bytes_are_json_or_a_value_error(content: bytes) -> None:
    with suppress(ValueError):
        read_json(content)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<html><head><title>502 Bad</title></head><body>502 Bad Gateway</body></html>", "502 Bad Gateway"),
        ("<!DOCTYPE html>\n<html lang=en><style>p {}</style><h1>Down</h1><p>Back&nbsp;at 9", "Down Back at 9"),
        ("<html><head><title>Just a moment…</title><script>go('x')</script></head></html>", "Just a moment…"),
        ("<!doctype html><!-- <p>a</p> --><body><svg><text>no</text></svg>Gone<script>let a = 1", "Gone"),
        ("The proxy said: <html><body><h1>504</h1></body></html>", "The proxy said: 504"),
        ("Use a ratio < 2 and > 0.5, <not> this", "Use a ratio < 2 and > 0.5, <not> this"),
    ],
)  # fmt: skip
def test_of_a_page_in_the_place_of_an_answer_the_words_are_shown(page: str, words: str) -> None:
    assert shown(page) == words


def test_a_key_that_markup_parts_is_not_shown_and_a_prompt_stays_as_it_was_written() -> None:
    assert shown("<html>Bad <b>user:</b>&#48;-abc", secret="user: 0-abc") == "Bad [key]"
    prompt = "<html> in neon letters, <b>bold</b>"
    assert shown(prompt, is_prompt=True) == prompt


@given(st.text())
def test_shown_text_is_one_short_line(text: str) -> None:
    told = shown(text * 20)
    assert len(told) <= 300
    assert told.isprintable() or all(
        not character.isspace() or character == " " for character in told
    )
    assert not set(told) & {"\n", "\r", "\0", "\x1b", "\u202e"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Account acct@example.com is busy", "Account a…t@e….com is busy"),
        ("user:1-runwayml:jo.e+x@mail.example.org-task:ab", "user:1-runwayml:j…x@m….org-task:ab"),
        ("acct%40example.com", "a…t@e….com"),
        ("Authorization: Bearer user:1-abc.def", "Authorization: Bearer [key]"),
        ("token eyJhbGciOi.eyJleHAi.sig left", "token [token] left"),
        ("see https://x.example/a?b=c#d now", "see https://x.example/a?… now"),
        ("a\r\nb\tc", "a b c"),
    ],
)
def test_shown_text_hides_what_is_nobodys_business(text: str, told: str) -> None:
    assert shown(text) == told


def test_a_masked_address_tells_two_accounts_apart() -> None:
    assert masked("anna1@gmail.com") == "a…1@g….com"
    assert masked("anna2@gmail.com") == "a…2@g….com"
    assert masked("ab@localhost") == "a…@l…"
