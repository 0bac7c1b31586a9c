"""One writer: changes that wait together are written together, and each is told its own fate."""

import threading
from collections.abc import Generator
from concurrent.futures import Future, wait
from contextlib import closing
from pathlib import Path

import pytest

from providers.errors import InvalidRequest, StoreProblem, Unknown
from providers.history.journal import Journal
from providers.history.query import Query
from providers.jobs.job import Job
from providers.vendors.vendor import Ticket
from tests.support.histories import a_job
from tests.support.standing import is_waited_for, standing_still


@pytest.fixture
def journal(tmp_path: Path) -> Generator[Journal]:
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        yield journal


@pytest.mark.fault("F107")
def test_one_that_is_refused_takes_no_other_with_it(journal: Journal) -> None:
    """F107: a deleted job and a task that is another's, among changes that are well."""
    jobs = [a_job(journal, f"fox {number}", state="submitting") for number in range(6)]
    with standing_still(journal):
        queued = [
            journal.put(
                job.model_copy(
                    update={"state": "queued", "ticket": Ticket(task=f"task {place % 5}")}
                ),
                note=True,
            )
            for place, job in enumerate(jobs)
        ]
        gone = journal.put(jobs[0].model_copy(update={"id": "nobody"}), note=True)
        assert not any(change.done() for change in (*queued, gone))
        # Questions do not wait for the disk, and see nothing that it does not have.
        assert {job.state for job in journal.jobs.page("local", Query()).jobs} == {"submitting"}
    for change in queued[:5]:
        change.result()
    with pytest.raises(InvalidRequest, match="Another job"):
        queued[5].result()
    with pytest.raises(Unknown):
        gone.result()
    states = [journal.jobs.get(job.id).state for job in jobs]
    assert states == ["queued"] * 5 + ["submitting"]
    assert journal.unbalanced() == []


@pytest.mark.fault("F107")
def test_a_fault_of_a_row_is_not_called_another_jobs_task(journal: Journal) -> None:
    job = a_job(journal, state="waiting")
    with pytest.raises(StoreProblem):
        journal.add(job, job.request)
    with pytest.raises(StoreProblem):
        journal.add(job.model_copy(update={"id": "another"}), job.request)
    journal.write(job.model_copy(update={"detail": "goes on"}), note=True)
    assert journal.jobs.get(job.id).detail == "goes on"


@pytest.mark.fault("F107")
def test_changes_of_one_job_are_written_in_the_order_in_which_they_were_made(
    journal: Journal,
) -> None:
    """F107: the last word is the last."""
    job = a_job(journal, state="waiting")
    with standing_still(journal):
        changes: list[Future[bool]] = []
        for number in range(50):
            job = job.model_copy(update={"detail": str(number)})
            changes.append(journal.put(job, note=True))
    wait(changes)
    assert journal.jobs.get(job.id).detail == "49"
    told = [event["detail"] for event in journal.events.of(job.id)]
    assert told[1:] == [str(number) for number in range(50)]


@pytest.mark.fault("F107")
def test_on_a_full_disk_each_change_is_told_by_itself(tmp_path: Path) -> None:
    """F57, F107: what is urgent gets room, what is not is refused, and neither takes the other with it."""
    given: list[bool] = []

    def make_room() -> bool:
        given.append(True)
        journal.database._connection.execute("pragma max_page_count=100000")  # pyright: ignore[reportPrivateUsage]
        return True

    with closing(Journal(tmp_path / "jobs.db", make_room=make_room)) as journal:
        job = a_job(journal, state="submitting")
        journal.database._connection.execute("pragma max_page_count=1")  # pyright: ignore[reportPrivateUsage]
        long = job.model_copy(update={"detail": "x" * 100_000})
        with standing_still(journal):
            pressed = threading.Thread(target=_refused, args=(journal, "y" * 90_000))
            pressed.start()
            while not is_waited_for(journal):
                threading.Event().wait(0.001)
            paid = journal.put(long, note=True)
        pressed.join()
        paid.result()
        assert given == [True]
        assert journal.jobs.get(job.id).detail == long.detail
        assert journal.figures.sizes() == (1, 0)


def _refused(journal: Journal, prompt: str) -> None:
    with pytest.raises(StoreProblem, match="full"):
        a_job(journal, prompt)


@pytest.mark.fault("F107")
def test_what_was_asked_for_before_the_end_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "jobs.db")
    job = a_job(journal, state="submitting")
    changed = [
        journal.put(job.model_copy(update={"detail": str(number)}), note=True)
        for number in range(20)
    ]
    journal.close()
    assert all(change.done() and not change.exception() for change in changed)
    with pytest.raises(StoreProblem, match="no longer running"):
        journal.write(job, note=True)
    with closing(Journal(tmp_path / "jobs.db")) as again:
        assert again.jobs.get(job.id).detail == "19"


@pytest.mark.fault("F107")
def test_one_that_always_breaks_takes_no_other_with_it(journal: Journal) -> None:
    """F107: a press breaks the transaction that it is written in, beside jobs on their way."""
    jobs = [a_job(journal, f"fox {number}", state="submitting") for number in range(3)]
    database = journal.database._connection  # pyright: ignore[reportPrivateUsage]
    breaks = "before insert on job begin select raise(rollback, 'broken'); end"
    journal.database.write(lambda: database.execute(f"create temp trigger breaks {breaks}"))
    pressed = list[StoreProblem]()

    def press() -> None:
        try:
            a_job(journal, "a press")
        except StoreProblem as error:
            pressed.append(error)

    with standing_still(journal):
        thread = threading.Thread(target=press)
        thread.start()
        while not journal.database._writer._line:  # pyright: ignore[reportPrivateUsage]
            thread.join(0.001)
        moved = [job.model_copy(update={"state": "queued"}) for job in jobs]
        changes = [journal.put(job, note=True) for job in moved]
    thread.join()
    for change in changes:
        change.result()
    assert [journal.jobs.get(job.id).state for job in jobs] == ["queued"] * 3
    assert pressed


@pytest.mark.fault("F107")
def test_what_is_told_to_have_failed_was_not_written(journal: Journal) -> None:
    """F107: SQLite undoes all that is written together when a question inside it meets a failing disk."""
    jobs = [a_job(journal, f"fox {number}", state="submitting") for number in range(2)]
    database = journal.database._connection  # pyright: ignore[reportPrivateUsage]

    def ask() -> None:
        database.execute("rollback")
        raise StoreProblem("The disk does not answer.")

    def put(job: Job) -> Future[bool]:
        return journal.put(job.model_copy(update={"state": "queued"}), note=True)

    def fail() -> None:
        with pytest.raises(StoreProblem):
            journal.database.write(ask)

    with standing_still(journal):
        thread = threading.Thread(target=fail)
        first = put(jobs[0])
        thread.start()
        while len(journal.database._writer._line) < 2:  # pyright: ignore[reportPrivateUsage]
            thread.join(0.001)
        last = put(jobs[1])
    thread.join()
    for job, change in zip(jobs, (first, last), strict=True):
        is_written = journal.jobs.get(job.id).state == "queued"
        assert is_written == (change.exception() is None)
