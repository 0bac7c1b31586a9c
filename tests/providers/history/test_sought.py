"""Search: every word is found by itself, however its letters are written."""

# ruff: noqa: RUF001

import unicodedata
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.catalogue.requests import ImageRequest
from providers.history.journal import Journal
from providers.history.marks import Marks
from providers.history.query import Query
from providers.history.schema import MIGRATIONS, open_database
from providers.history.sought import folded
from providers.jobs.job import Job, new_id
from tests.support.sought import NOT_THERE, PARTS, SPELLINGS


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Generator[Journal]:
    journal = Journal(tmp_path_factory.mktemp("sought") / "jobs.db")
    yield journal
    journal.close()


def _add(journal: Journal, prompt: str, tags: tuple[str, ...] = ()) -> Job:
    request = ImageRequest(model="fake:image/one", prompt=prompt)
    job = Job(
        id=new_id(),
        owner=new_id(),
        client_request_id="",
        token=new_id(),
        request=request,
        sandbox=True,
        revision=journal.revisions.next(),
        created=1000.0,
        updated=1000.0,
        tags=tags,
    )
    return journal.add(job, request)


def _finds(journal: Journal, job: Job, text: str) -> bool:
    found = journal.jobs.page(job.owner, Query(text=text)).jobs
    return [one.id for one in found] == [job.id]


def _are_found_in_prompt_and_tags(journal: Journal, text: str, asked: Sequence[str]) -> None:
    job = _add(journal, text)
    assert [word for word in asked if not _finds(journal, job, word)] == []
    tagged = _add(journal, "plain")
    journal.mark(tagged.id, tagged.owner, Marks(tags=(text[:30],)))
    assert [word for word in asked if not _finds(journal, tagged, word)] == []
    journal.mark(tagged.id, tagged.owner, Marks(tags=()))
    assert [word for word in asked if _finds(journal, tagged, word)] == []


@pytest.mark.fault("F109")
@pytest.mark.parametrize(("prompt", "asked"), SPELLINGS, ids=[one for one, _ in SPELLINGS])
def test_a_word_is_found_in_each_of_its_spellings(
    journal: Journal, prompt: str, asked: tuple[str, ...]
) -> None:
    _are_found_in_prompt_and_tags(journal, prompt, asked)


def test_signs_that_are_joined_to_one_are_found(journal: Journal) -> None:
    job = _add(journal, "a 🧑‍🚀 and 🏳️‍🌈")
    for text in ("🧑‍🚀", "🏳️‍🌈", "a 🧑‍🚀 and"):
        assert _finds(journal, job, text), text


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@pytest.mark.fault("F109")
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS | st.text("İıIiSsßẞςσΣﬁé\u0301\u0345ᾳがか\u3099 -_'", min_size=1, max_size=12))
def test_every_word_of_a_prompt_finds_it(journal: Journal, prompt: str) -> None:
    job = _add(journal, prompt)
    for word in prompt.split():
        assert _finds(journal, job, word), word
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            written = unicodedata.normalize(form, word)
            # Signs that are no word are looked for as they stand.
            assert _finds(journal, job, written) or not _is_word(word), written
    assert _finds(journal, job, prompt)


def _is_word(text: str) -> bool:
    return any(sign.isalnum() for sign in folded(text))


@pytest.mark.fault("F109")
@given(TEXTS)
def test_a_spelling_without_differences_stays_as_it_is(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded(text.upper()) == folded(text.lower()) or "ı" in text.lower()


@pytest.mark.fault("F109")
def test_an_older_history_is_found_in_by_every_spelling(tmp_path: Path) -> None:
    version = next(place for place, one in enumerate(MIGRATIONS) if "sought" in "".join(one))
    path = tmp_path / "jobs.db"
    with closing(open_database(path, migrations=MIGRATIONS[:version])) as database:
        request = ImageRequest(model="fake:image/one", prompt="Eine Straße")
        job = Job(
            id=new_id(), owner="local", client_request_id="", token="t", request=request,
            sandbox=True, revision=1, created=1.0, updated=1.0,
        )  # fmt: skip
        database.execute(
            "insert into job (id, owner, client_request_id, request_sum, token, vendor, kind, model,"
            " state, created, revision, words, doc, row_sum, tags) values (?, 'local', '', '', 't',"
            " 'fake', 'image', 'fake:image/one', 'waiting', 1.0, 1, ?, ?, sum_of(?), ?)",
            (job.id, request.prompt, job.model_dump_json(), job.model_dump_json(), "\nİnce\n"),
        )
    with closing(Journal(path)) as journal:
        for text in ("STRASSE", "straße", "ince", "İNCE"):
            assert _finds(journal, job, text), text


@pytest.mark.parametrize(("prompt", "asked"), PARTS, ids=[one for one, _ in PARTS])
def test_a_part_of_a_word_a_letter_of_a_script_without_spaces_and_a_sign_are_found(
    journal: Journal, prompt: str, asked: tuple[str, ...]
) -> None:
    _are_found_in_prompt_and_tags(journal, prompt, asked)


@pytest.mark.parametrize(("prompt", "asked"), NOT_THERE, ids=[one for one, _ in NOT_THERE])
def test_what_does_not_stand_there_is_not_found(
    journal: Journal, prompt: str, asked: tuple[str, ...]
) -> None:
    job = _add(journal, prompt)
    assert [text for text in asked if _finds(journal, job, text)] == []
