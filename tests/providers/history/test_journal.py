"""The journal: what was written is there, found, paged, counted, and never silently lost."""

import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from providers.catalogue.requests import ImageRequest, MultishotRequest, Request, Shot
from providers.errors import InvalidRequest, StoreProblem, Unknown
from providers.history.journal import Journal
from providers.history.query import Query
from providers.history.schema import MIGRATIONS, open_database
from providers.jobs.job import Artifact, Job, new_id
from providers.vendors.vendor import Ticket


def _request(prompt: str = "a red fox") -> ImageRequest:
    return ImageRequest(model="fake:image/one", prompt=prompt)


def _job(journal: Journal, request: Request | None = None, **changes: object) -> Job:
    job = Job(
        id=new_id(),
        owner="local",
        client_request_id="",
        token=new_id(),
        request=request or _request(),
        sandbox=True,
        revision=journal.revisions.next(),
        created=1000.0,
        updated=1000.0,
    )
    return job.model_copy(update=changes)


@pytest.fixture
def journal(tmp_path: Path) -> Generator[Journal]:
    journal = Journal(tmp_path / "jobs.db")
    yield journal
    journal.close()


def test_a_job_comes_back_as_it_was_after_the_database_is_opened_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "jobs.db")
    job = _job(journal)
    journal.add(job, job.request)
    journal.close()
    again = Journal(tmp_path / "jobs.db")
    assert again.jobs.get(job.id, "local") == job
    assert again.jobs.open() == [job]
    again.close()


def test_every_write_is_synced_and_nothing_is_mapped_into_memory(tmp_path: Path) -> None:
    database = open_database(tmp_path / "jobs.db")
    told = {
        name: database.execute(f"pragma {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "mmap_size")
    }
    database.close()
    assert told == {"journal_mode": "wal", "synchronous": 2, "mmap_size": 0}


@pytest.mark.fault("F62")
def test_on_another_machines_disk_the_history_has_no_shared_memory(tmp_path: Path) -> None:
    """F62: a plain rollback journal, each write as durable as before."""
    database = open_database(tmp_path / "jobs.db", far=lambda _: True)
    told = [
        database.execute(f"pragma {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    ]
    database.close()
    assert told == ["truncate", 2]


def test_the_same_press_gives_the_same_job_and_another_request_is_refused(journal: Journal) -> None:
    first = _job(journal, client_request_id="press")
    second = _job(journal, client_request_id="press")
    assert journal.add(first, first.request).id == first.id
    assert journal.add(second, second.request).id == first.id
    with pytest.raises(InvalidRequest, match="already used for another request"):
        journal.add(_job(journal, client_request_id="press"), _request("another"))
    assert len(journal.jobs.page("local", Query()).jobs) == 1


def test_the_same_press_by_another_owner_is_another_job(journal: Journal) -> None:
    first = _job(journal, client_request_id="press")
    second = _job(journal, client_request_id="press", owner="other")
    journal.add(first, first.request)
    assert journal.add(second, second.request).id == second.id


def test_two_jobs_cannot_hold_one_task(journal: Journal) -> None:
    first, second = _job(journal), _job(journal)
    for job in (first, second):
        journal.add(job, job.request)
    ticket = Ticket(task="task-1")
    journal.write(first.model_copy(update={"ticket": ticket}), note=True)
    with pytest.raises(InvalidRequest, match="Another job"):
        journal.write(second.model_copy(update={"ticket": ticket}), note=True)
    assert journal.jobs.holder("fake", "task-1") == first.id
    assert journal.jobs.get(second.id).ticket is None


def test_pages_run_newest_first_without_gaps_or_repeats(journal: Journal) -> None:
    made = [_job(journal, created=1000.0 + number // 3) for number in range(25)]
    for job in made:
        journal.add(job, job.request)
    seen: list[str] = []
    query = Query(limit=7)
    while True:
        page = journal.jobs.page("local", query)
        seen += [job.id for job in page.jobs]
        if page.next is None:
            break
        query = Query(limit=7, before=page.next)
    assert seen == [job.id for job in sorted(made, key=lambda job: (job.created, job.id))][::-1]


def test_a_page_that_nobody_gave_out_is_refused(journal: Journal) -> None:
    with pytest.raises(InvalidRequest, match="page of the history"):
        journal.jobs.page("local", Query(before="nonsense"))


def test_search_finds_beginnings_of_words_in_prompts_and_shots(journal: Journal) -> None:
    shots = (Shot(prompt="Überfahrt im Nebel", seconds=3), Shot(prompt="a gate", seconds=3))
    multishot = MultishotRequest(model="fake:multishot/one", shots=shots)
    for request in (_request("a red fox"), _request("two foxes"), multishot):
        job = _job(journal, request)
        journal.add(job, request)
    found = {
        text: len(journal.jobs.page("local", Query(text=text)).jobs)
        for text in ("fox", "red fox", "uberf", "gate", "FOXES", "nothing", "- '\"", '" or 1')
    }
    assert found == {
        "fox": 2, "red fox": 1, "uberf": 1, "gate": 1, "FOXES": 1, "nothing": 0, "- '\"": 0,
        '" or 1': 0,
    }  # fmt: skip


def test_signs_and_emoji_are_found_in_the_text_itself(journal: Journal) -> None:
    for request in (_request("a fox 🦊 in snow"), _request("a hare: white")):
        journal.add(_job(journal, request), request)
    found = {
        text: len(journal.jobs.page("local", Query(text=text)).jobs)
        for text in ("🦊", ":", "🦊 fox", "*")
    }
    assert found == {"🦊": 1, ":": 1, "🦊 fox": 1, "*": 0}


def test_filters_and_counts_agree(journal: Journal) -> None:
    for state in ("done", "done", "failed", "running"):
        job = _job(journal, state=state)
        journal.add(job, job.request)
    assert journal.figures.counts("local")["state"] == {"done": 2, "failed": 1, "running": 1}
    assert len(journal.jobs.page("local", Query(state="done,failed")).jobs) == 3
    assert (
        len(journal.jobs.page("local", Query(state="open", kind="image", vendor="fake")).jobs) == 1
    )
    assert journal.jobs.page("local", Query(model="fake:image/two")).jobs == ()
    assert journal.figures.counts("stranger")["state"] == {}


def test_nobody_sees_what_belongs_to_another(journal: Journal) -> None:
    job = _job(journal)
    journal.add(job, job.request)
    with pytest.raises(Unknown):
        journal.jobs.get(job.id, "stranger")
    assert journal.jobs.recent("stranger") == journal.jobs.changed_since("stranger", 0) == []


def test_the_recent_list_holds_everything_open_and_the_newest_of_the_rest(
    journal: Journal,
) -> None:
    for number in range(8):
        state = "running" if number == 0 else "unsure" if number == 1 else "done"
        job = _job(journal, created=1000.0 + number, state=state)
        journal.add(job, job.request)
    found = [(job.created, job.state) for job in journal.jobs.recent("local", limit=3)]
    assert found == [
        (1007.0, "done"), (1006.0, "done"), (1005.0, "done"), (1001.0, "unsure"),
        (1000.0, "running"),
    ]  # fmt: skip


def test_revisions_grow_when_the_clock_does_not(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "jobs.db", clock=lambda: 2000.0)
    job = _job(journal)
    journal.add(job, job.request)
    first = journal.revisions.next()
    assert job.revision < first < journal.revisions.next()
    journal.write(job.model_copy(update={"revision": first}), note=False)
    journal.close()
    earlier = Journal(tmp_path / "jobs.db", clock=lambda: 1000.0)
    assert earlier.revisions.next() > first
    assert [one.id for one in earlier.jobs.changed_since("local", first - 1)] == [job.id]
    assert earlier.jobs.changed_since("local", first) == []
    earlier.close()


def test_events_tell_the_states_with_their_times(journal: Journal) -> None:
    job = _job(journal)
    journal.add(job, job.request)
    later = job.model_copy(update={"state": "submitting", "updated": 1001.0, "detail": "Sending"})
    journal.write(later, note=True)
    journal.write(later.model_copy(update={"progress": 0.5}), note=False)
    assert journal.events.of(job.id) == [
        {"at": 1000.0, "state": "waiting", "detail": ""},
        {"at": 1001.0, "state": "submitting", "detail": "Sending"},
    ]


def test_artifacts_are_kept_with_their_job_and_by_themselves(journal: Journal) -> None:
    artifact = Artifact(
        id=new_id(), owner="local", kind="image", sha256="ab" * 32, media_type="image/png",
        bytes=9, width=3, height=3, created=1.0,
    )  # fmt: skip
    journal.artifacts.add(artifact)
    assert journal.artifacts.get(artifact.id, "local") == artifact
    assert journal.artifacts.reference("local", "ab" * 32) == artifact
    assert journal.artifacts.reference("stranger", "ab" * 32) is None
    with pytest.raises(Unknown):
        journal.artifacts.get(artifact.id, "stranger")
    job = _job(journal)
    journal.add(job, job.request)
    made = artifact.model_copy(update={"id": new_id(), "job": job.id, "number": 1})
    journal.write(job.model_copy(update={"artifacts": (made,)}), note=False)
    assert journal.artifacts.get(made.id, "local") == made
    assert journal.figures.sizes() == (1, 2)


def test_threads_write_at_the_same_time_without_losing_anything(journal: Journal) -> None:
    def write() -> None:
        for _ in range(20):
            job = _job(journal)
            journal.add(job, job.request)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.figures.sizes() == (80, 0)


@pytest.mark.parametrize("damage", ["header", "html", "page"])
@pytest.mark.fault("F64")
def test_a_damaged_database_is_refused_with_a_sentence_and_left_alone(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "jobs.db"
    journal = Journal(path)
    for number in range(60):
        job = _job(journal, _request(f"{number} " * 200))
        journal.add(job, job.request)
    journal.close()
    whole = path.read_bytes()
    spoiled = {
        "header": b"\0" * 100 + whole[100:],
        "html": b"<!doctype html><p>Sign in</p>" * 50,
        "page": whole[:8192] + b"\xff" * 8192 + whole[16384:],
    }[damage]
    path.write_bytes(spoiled)
    with pytest.raises(StoreProblem, match="damaged"):
        Journal(path)
    assert path.read_bytes() == spoiled


@pytest.mark.fault("F73")
def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    database = open_database(path)
    database.execute(f"pragma user_version={len(MIGRATIONS) + 1}")
    database.close()
    with pytest.raises(StoreProblem, match="newer version"):
        Journal(path)


@pytest.mark.fault("F73")
def test_an_older_database_is_lifted_step_by_step(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    open_database(path).close()
    more = (*MIGRATIONS, ("create table note (text text not null) strict",))
    database = open_database(path, migrations=more)
    assert database.execute("pragma user_version").fetchone() == (len(more),)
    database.execute("insert into note values ('kept')")
    database.close()


@pytest.mark.fault("F60")
def test_a_full_disk_is_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "jobs.db", most_pages=40)
    job = _job(journal)
    journal.add(job, job.request)

    def fill() -> None:
        for _ in range(100):
            more = _job(journal, _request("long " * 900))
            journal.add(more, more.request)

    with pytest.raises(StoreProblem, match="disk is full"):
        fill()
    assert journal.jobs.get(job.id) == job
    journal.close()


def test_jobs_of_another_queue_are_no_measure_of_how_long_one_takes(journal: Journal) -> None:
    for explore, took in ((True, 900.0), (False, 20.0), (None, 30.0)):
        options = {} if explore is None else {"explore": explore}
        request = ImageRequest(model="fake:image/one", prompt="a fox", options=options)
        done = _job(journal, request, state="done", submitted=2000.0, finished=2000.0 + took)
        journal.add(done, done.request)
    like = "local", "fake:image/one", True
    assert sorted(journal.figures.durations(*like)) == [20.0, 30.0, 900.0]
    assert journal.figures.durations(*like, ("explore", True)) == [900.0]
    assert sorted(journal.figures.durations(*like, ("explore", False))) == [20.0, 30.0]
