"""Stars and tags in the history: kept, found, counted, and never undone by anybody but their owner."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from providers.durability.backup import Backups
from providers.durability.restore import restore
from providers.errors import InvalidRequest, Unknown
from providers.history.journal import Journal
from providers.history.marks import LONGEST, MOST, Marks, cleaned
from providers.history.query import Page, Place, Query
from providers.history.rows import row_sum
from providers.history.schema import MIGRATIONS, open_database
from providers.jobs.job import Job
from tests.support.counting import steps_of
from tests.support.fake_vendor import FakeVendor, press, running, until
from tests.support.histories import a_history, a_job, many_jobs, opened, spoil


def ids(page: Page) -> list[str]:
    return [job.id for job in page.jobs]


def test_marks_are_kept_found_and_counted(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        fox, owl = a_job(journal, "a red fox"), a_job(journal, "an owl")
        other = a_job(journal, "a fox of bob's", owner="bob")
        journal.mark(fox.id, "local", Marks(starred=True))
        journal.mark(fox.id, "local", Marks(tags=("Golden  Hour", "sky")))
        journal.mark(owl.id, "local", Marks(tags=("sky",)))
        journal.mark(other.id, "bob", Marks(starred=True, tags=("secret",)))
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        kept = journal.jobs.get(fox.id)
        assert (kept.starred, kept.tags) == (True, ("Golden Hour", "sky"))
        assert ids(journal.jobs.page("local", Query(starred=True))) == [fox.id]
        assert ids(journal.jobs.page("local", Query(tag="SKY"))) == [owl.id, fox.id]
        assert ids(journal.jobs.page("local", Query(tag="sky", starred=True))) == [fox.id]
        # A tag is met whole by the filter, and by its beginning in a search.
        assert ids(journal.jobs.page("local", Query(tag="golden"))) == []
        assert ids(journal.jobs.page("local", Query(text="gold"))) == [fox.id]
        assert ids(journal.jobs.page("local", Query(text="fox sky"))) == [fox.id]
        assert ids(journal.jobs.page("local", Query(text="secret"))) == []
        assert journal.figures.marked("local") == {
            "starred": {"true": 1}, "tag": {"Golden Hour": 1, "sky": 2}
        }  # fmt: skip
        assert journal.figures.marked("local", Query(text="owl")) == {
            "starred": {"true": 0},
            "tag": {"sky": 1},
        }
        assert journal.figures.total("local", Query(tag="sky")) == 2
        journal.mark(fox.id, "local", Marks(starred=False, tags=()))
        assert ids(journal.jobs.page("local", Query(text="gold"))) == []
        assert journal.figures.marked("local") == {"starred": {"true": 0}, "tag": {"sky": 1}}
        assert journal.figures.damaged() == 0


def test_a_tag_keeps_its_capitals_and_is_one_tag_with_and_without_them(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        first, second, third = (a_job(journal, f"Number {number}") for number in range(3))
        journal.mark(first.id, "local", Marks(tags=("client B", "Client b", "Überlänge")))
        journal.mark(second.id, "local", Marks(tags=("client B",)))
        # As it was written before capitals were kept.
        journal.mark(third.id, "local", Marks(tags=("client b",)))
        assert journal.jobs.get(first.id).tags == ("client B", "Überlänge")
        for tag in ("client B", "client b", "CLIENT B"):
            assert len(ids(journal.jobs.page("local", Query(tag=tag)))) == 3
        assert ids(journal.jobs.page("local", Query(tag="Überlänge"))) == [first.id]
        assert journal.figures.marked("local")["tag"] == {"client B": 3, "Überlänge": 1}


def test_nobody_marks_what_is_not_theirs(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        job = a_job(journal)
        for whose, name in (("bob", job.id), ("local", "nope")):
            with pytest.raises(Unknown):
                journal.mark(name, whose, Marks(starred=True))
        assert journal.jobs.get(job.id) == job


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [
        (["x" * (LONGEST + 1)], "at most 32 characters"),
        (["a,b"], "without commas"),
        (["a\x00b"], "Correct it"),
        ([str(number) for number in range(MOST + 1)], "at most 8 tags"),
        (["x"] * 1000, "at most 8 tags"),
    ],
)
def test_a_tag_is_short_and_there_are_few(tags: list[str], sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        cleaned(tags)


def test_tags_have_one_spelling() -> None:
    assert cleaned([" Sky ", "sky", "", "ÉTÉ", "e\u0301te\u0301", "<b>"]) == ("Sky", "ÉTÉ", "<b>")


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_history_of_every_older_version_is_copied_lifted_and_can_be_marked(
    tmp_path: Path, version: int
) -> None:
    database = open_database(tmp_path / "jobs.db", migrations=MIGRATIONS[:version])
    doc = {
        "id": "1", "owner": "local", "client_request_id": "", "token": "t", "sandbox": True,
        "request": {"kind": "image", "model": "fake:image/one", "prompt": "old"},
        "created": 1.0, "updated": 1.0, "state": "done",
    }  # fmt: skip
    text = Job.model_validate(doc).model_dump_json(exclude={"starred", "tags"})
    more, mark = (", row_sum", f", '{row_sum(text)}'") if version > 1 else ("", "")
    if version > 10:
        more, mark = f"{more}, sought", f"{mark}, 'old'"
    database.execute(
        "insert into job (id, owner, client_request_id, request_sum, token, vendor, kind, model,"
        f" state, created, revision, words, doc{more}) values ('1', 'local', '', '', 't', 'fake',"
        f" 'image', 'fake:image/one', 'done', 1.0, 1, 'old', ?{mark})",
        (text,),
    )
    database.close()
    (tmp_path / "STORE").write_text("{}")
    with closing(opened(tmp_path)) as journal:
        assert journal.jobs.get("1") == Job.model_validate(doc)
        assert ids(journal.jobs.page("local", Query(text="old"))) == ["1"]
        journal.mark("1", "local", Marks(starred=True, tags=("new",)))
        assert ids(journal.jobs.page("local", Query(text="old new", starred=True))) == ["1"]
        assert journal.figures.damaged() == 0
    assert [one.kind for one in Backups(tmp_path).all()] == ["lifted"]


def test_marks_outlive_a_lost_history_and_a_damaged_row(tmp_path: Path) -> None:
    """The receipt of a job tells its marks, so a history that is rebuilt from receipts has them too."""
    job, plain, _ = a_history(tmp_path)
    with closing(opened(tmp_path)) as journal:
        journal.mark(job.id, "local", Marks(starred=True, tags=("sky",)))
        journal.mark(plain.id, "local", Marks(starred=True))
        journal.mark(plain.id, "local", Marks(starred=False))
    spoil(tmp_path / "jobs.db", b"nothing that could be read")
    restore(tmp_path)
    with closing(opened(tmp_path)) as journal:
        kept = journal.jobs.get(job.id)
        assert (kept.starred, kept.tags) == (True, ("sky",))
        assert ids(journal.jobs.page("local", Query(starred=True))) == [job.id]
        assert ids(journal.jobs.page("local", Query(text="sky"))) == [job.id]
    with closing(open_database(tmp_path / "jobs.db")) as raw:
        raw.execute("update job set doc = replace(doc, 'fox', 'fix') where id = ?", (job.id,))
    with closing(opened(tmp_path)) as journal:
        assert (journal.jobs.get(job.id).tags, journal.figures.damaged()) == (("sky",), 1)
        assert journal.jobs.get(job.id).starred


@pytest.mark.anyio
async def test_a_star_on_a_job_that_is_being_made_stays(tmp_path: Path) -> None:
    """Whoever works on the job goes on with the marks, and shows them to every page."""
    fake = FakeVendor(gate=asyncio.Event())
    async with running(tmp_path, fake) as studio:
        with studio.live.watch("local") as seen:
            job = press(studio)
            await fake.reached.wait()
            told = studio.keeping.mark(job.id, "local", Marks(starred=True, tags=("sky",)))
            assert told.state == "submitting"
            assert fake.gate is not None
            fake.gate.set()
            done = await until(studio, job, "done")
            shown = [seen.get_nowait() for _ in range(seen.qsize())]
        assert (done.starred, done.tags) == (True, ("sky",))
        assert studio.live.get(job.id, "local").starred
        place = next(place for place, one in enumerate(shown) if one.starred)
        assert len(shown) > place + 1
        assert all(one.tags == ("sky",) for one in shown[place:])
        assert [one.revision for one in shown] == sorted(one.revision for one in shown)


def test_an_older_copy_of_a_job_that_is_written_undoes_no_mark(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        older = a_job(journal)
        journal.mark(older.id, "local", Marks(starred=True, tags=("sky",)))
        later = {"revision": journal.revisions.next(), "remark": "later"}
        journal.write(older.model_copy(update=later), note=True)
        now = journal.jobs.get(older.id)
        assert (now.remark, now.starred, now.tags) == ("later", True, ("sky",))
        assert ids(journal.jobs.page("local", Query(starred=True, text="sky"))) == [older.id]


def test_what_was_deleted_has_no_tag(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        job = a_job(journal)
        journal.mark(job.id, "local", Marks(starred=True, tags=("sky",)))
        left = journal.delete(job.id, "local")
        assert (left.starred, left.tags) == (False, ())
        assert journal.figures.marked("local") == {"starred": {"true": 0}, "tag": {}}
        assert journal.figures.total("local", Query(text="sky")) == 0


def test_stars_and_tags_cost_a_history_five_times_as_long_no_more_than_five_times_as_much(
    tmp_path: Path,
) -> None:
    """And a page of stars, or far down a tag, does not so much as look at each job."""
    few, many = (asked_of(tmp_path / str(count), count) for count in (2_000, 10_000))
    assert not {name: one for name, one in many.items() if one > 6 * few[name]}
    assert max(many["starred"], many["usual tag, deep"]) < 10_000


def asked_of(folder: Path, count: int) -> dict[str, int]:
    """The steps of each question about so many jobs: few stars, one tag on all, one on few."""
    folder.mkdir()
    path = folder / "jobs.db"
    many_jobs(path, count)
    with closing(open_database(path)) as raw:
        raw.execute("update job set starred = 1 where rowid % 97 = 0")
        raw.execute("update job set tags = char(10) || 'work' || char(10)")
        raw.execute(
            "update job set tags = tags || 'sky' || char(10), state = 'done' where rowid % 100 = 0"
        )
    with closing(Journal(path)) as journal:
        assert len(journal.jobs.page("local", Query(starred=True, limit=200)).jobs) == count // 97
        assert journal.figures.marked("local")["tag"] == {"work": count, "sky": count // 100}
        return {name: steps_of(journal, ask) for name, ask in questions_to(journal).items()}


def questions_to(journal: Journal) -> dict[str, Callable[[], object]]:
    """Every question that stars and tags have a part in."""
    deep = Place(journal.jobs.page("local", Query()).jobs[-1].created, f"{60:025x}").token()
    return {
        "starred": lambda: journal.jobs.page("local", Query(starred=True)),
        "starred of a kind": lambda: journal.jobs.page("local", Query(starred=True, kind="image")),
        "rare tag": lambda: journal.jobs.page("local", Query(tag="sky")),
        "usual tag, deep": lambda: journal.jobs.page("local", Query(tag="work", before=deep)),
        "unknown tag": lambda: journal.jobs.page("local", Query(tag="nowhere")),
        "tag of a model": lambda: journal.jobs.page(
            "local", Query(tag="sky", model="fake:image/one")
        ),
        "search for a rare tag": lambda: journal.jobs.page("local", Query(text="sky")),
        "search for a usual tag": lambda: journal.jobs.page("local", Query(text="work")),
        "counts": lambda: journal.figures.marked("local"),
        "counts of a search": lambda: journal.figures.marked("local", Query(text="sky")),
        "total": lambda: journal.figures.total("local", Query(tag="sky", starred=True)),
        "total of all": lambda: journal.figures.total("local", Query()),
    }


@pytest.mark.parametrize(
    "spellings",
    [("CAF\u00c9", "caf\u00e9", "cafe\u0301"), ("Stra\u00dfe", "STRASSE"), ("\ufb01n", "FIN")],
)
@pytest.mark.fault("F109")
def test_what_is_counted_as_one_tag_is_found_by_each_of_its_spellings(
    tmp_path: Path, spellings: Sequence[str]
) -> None:
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        jobs = [a_job(journal, spelling) for spelling in spellings]
        for job, spelling in zip(jobs, spellings, strict=True):
            journal.mark(job.id, "local", Marks(tags=(spelling,)))
        assert [*journal.figures.marked("local")["tag"].values()] == [len(jobs)]
        for spelling in spellings:
            assert len(ids(journal.jobs.page("local", Query(tag=spelling)))) == len(jobs)
