"""A job's states: which may follow which, what may change with them, and what happens where one may not."""

import asyncio
import re
from itertools import product
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from providers.catalogue.requests import ImageRequest
from providers.jobs.job import OPEN, Job, State
from providers.jobs.transitions import (
    BORN,
    NEXT,
    WITHOUT_ITS_TASK,
    IllegalTransition,
    JobFields,
    born,
    changed,
    freed,
    moved,
    repaired,
)
from providers.running.life import Life
from providers.running.runner import Runner
from providers.studio.studio import Studio
from providers.vendors.vendor import Running, Ticket
from tests.support.fake_vendor import MODEL, FakeVendor, press, running, until
from tests.support.sources import modules

STATES: tuple[State, ...] = get_args(State)
LEGAL = """
waiting: submitting queued rejected failed cancelled
submitting: submitting waiting queued rejected failed cancelled unsure discarded
queued: queued running saving done failed cancelled expired unsure discarded
running: running saving done failed cancelled expired unsure discarded
saving: saving done failed expired unsure discarded
unsure: submitting queued done discarded
failed: failed queued
expired: submitting queued
done: done
"""
"""The table once more, written down from the life of a job and not from the code."""
PAIRS = {
    (before, after)
    for line in LEGAL.strip().splitlines()
    for before, _, rest in [line.partition(":")]
    for after in rest.split()
}
EVERY_PAIR = [*product(STATES, STATES)]
TICKET = Ticket(task="task-9", short="…9")


def a_job(state: State = "waiting") -> Job:
    request = ImageRequest(model=MODEL.id, prompt="a fox")
    return Job(
        id="1", owner="local", client_request_id="", token="t", request=request, sandbox=True,
        state=state, created=1.0, updated=1.0,
    )  # fmt: skip


@pytest.mark.parametrize(("before", "after"), EVERY_PAIR)
def test_a_state_follows_another_only_where_that_is_written_down(
    before: State, after: State
) -> None:
    job = a_job(before)
    if (before, after) in PAIRS:
        told = moved(job, after, detail="so")
        assert (told.state, told.detail, job.state) == (after, "so", before)
    else:
        with pytest.raises(IllegalTransition, match=f"{before} cannot become {after}"):
            moved(job, after, detail="so")


def test_every_state_is_reached_and_left_as_it_should_be() -> None:
    reached = set[State](BORN)
    for _ in STATES:
        reached = reached.union(*(NEXT[state] for state in reached))
    assert reached == set(STATES) == set(NEXT)
    # A job that is worked on, or that waits for a person, is never stuck.
    assert all(NEXT[state] - {state} for state in (*OPEN, "unsure"))
    # What was never at the vendor, or was given up there, is over.
    assert {state for state in STATES if not NEXT[state]} == {"rejected", "cancelled", "discarded"}


@pytest.mark.parametrize("state", STATES)
def test_a_job_begins_as_a_press_as_a_known_task_or_as_a_found_file(state: State) -> None:
    if state in ("waiting", "queued", "done"):
        assert born(a_job(), state).state == state
    else:
        with pytest.raises(IllegalTransition, match=f"new cannot become {state}"):
            born(a_job(), state)


@pytest.mark.parametrize(("before", "after"), EVERY_PAIR)
def test_a_job_whose_task_is_another_ones_is_asked_about_or_over(
    before: State, after: State
) -> None:
    job = changed(a_job(before), ticket=TICKET)
    if after in ("unsure", "done" if before == "done" else "cancelled"):
        assert freed(job, after).ticket is None
        assert after in WITHOUT_ITS_TASK[before]
    else:
        with pytest.raises(IllegalTransition):
            freed(job, after)


@pytest.mark.parametrize(("before", "after"), EVERY_PAIR)
def test_a_repair_asks_for_no_state(before: State, after: State) -> None:
    assert repaired(a_job(before), after, ticket=TICKET).ticket == TICKET


def test_what_may_change_has_the_names_and_types_of_a_jobs_own_fields() -> None:
    for name, kind in get_type_hints(JobFields).items():
        assert Job.model_fields[name].annotation == kind, name
    fixed = set(Job.model_fields) - set(get_type_hints(JobFields))
    assert fixed == {
        "id", "owner", "token", "sandbox", "state", "created", "estimate", "batch",
    }  # fmt: skip


async def refused_by_the_checker_of_types(life: Life, runner: Runner, studio: Studio) -> None:
    """Not run: each mistake is found where it is written, or its comment is one too many for `make lint`."""
    await life.move("queued", ticket=TICKET)
    await life.move("queued", tiket=TICKET)  # pyright: ignore[reportCallIssue]
    await life.move("queued", ticket="task-9")  # pyright: ignore[reportArgumentType]
    await life.move("cued", ticket=TICKET)  # pyright: ignore[reportArgumentType]
    await life.move("queued", revision=1)  # pyright: ignore[reportCallIssue]
    await life.move("queued", state="done")  # pyright: ignore[reportCallIssue]
    await life.show(detial="so")  # pyright: ignore[reportCallIssue]
    await life.show(progress="half")  # pyright: ignore[reportArgumentType]
    runner.decide(life.job, "queued", tiket=TICKET)  # pyright: ignore[reportCallIssue]
    runner.decide(life.job, "queued", finished="now")  # pyright: ignore[reportArgumentType]
    runner.decide(life.job, "cued")  # pyright: ignore[reportArgumentType]
    changed(life.job, state="done")  # pyright: ignore[reportCallIssue]
    changed(life.job, starred="yes")  # pyright: ignore[reportArgumentType]
    moved(life.job, "done", artifact=())  # pyright: ignore[reportCallIssue]
    fields: JobFields = {"tiket": TICKET}  # pyright: ignore[reportAssignmentType]
    studio.keeping.mark("1", "local", fields)  # pyright: ignore[reportArgumentType]


def test_nothing_takes_changes_of_any_name() -> None:
    for module in modules():
        if module.name.partition(".")[0] not in ("app", "providers", "ui"):
            continue
        for function in module.functions():
            rest = function.args.kwarg
            named = "" if rest is None else module.text.splitlines()[rest.lineno - 1]
            assert not re.search(r"\*\*\w+: object", named), f"{module.path} {function.name}"


def test_a_job_is_copied_in_one_place() -> None:
    copied = re.compile(r"\b(job|held|holder|left|row|wish|chosen)\.model_copy\(")
    found = {
        module.path
        for module in modules()
        if module.name.startswith("providers.") and copied.search(module.text)
    }
    assert found == {"providers/jobs/transitions.py"}


# Where the studio itself errs


@pytest.mark.anyio
@pytest.mark.parametrize(
    "state", ["rejected", "cancelled", "discarded", "done", "running", "saving"]
)
async def test_a_step_that_may_not_be_loses_no_paid_task_and_sends_nothing_again(
    tmp_path: Path, state: State
) -> None:
    fake = FakeVendor(gate=asyncio.Event())
    async with running(tmp_path, fake) as studio:
        job = press(studio)
        await fake.reached.wait()
        runner = studio.opened.runner
        life, _ = runner._jobs[job.id]  # pyright: ignore[reportPrivateUsage]
        # As no step should leave it while the vendor's answer is on its way.
        life.job = repaired(life.job, state)
        assert fake.gate is not None
        fake.gate.set()
        left = await until(studio, job, "unsure")
        assert left.error is not None
        assert "Something went wrong in the studio" in left.error.message
    async with running(tmp_path, fake) as studio:
        assert studio.live.get(job.id, "local").ticket == Ticket(task="task-1", short="task-1")
        await studio.decisions.look_again(job.id, "local")
        assert len((await until(studio, job, "done")).artifacts) == 1
    assert fake.created() == 1


@pytest.mark.anyio
async def test_a_decision_is_about_the_state_that_the_job_is_in(tmp_path: Path) -> None:
    fake = FakeVendor(updates=[Running(progress=0.5)])
    async with running(tmp_path, fake) as studio:
        runner = studio.opened.runner
        job = await until(studio, press(studio), "done")
        lines = studio.live.events(job.id, "local")
        for state in sorted(set(STATES) - {"done"}):
            # Also where whoever decides holds it for another one.
            for read in (job, repaired(job, "unsure")):
                with pytest.raises(IllegalTransition):
                    runner.decide(read, state)
        assert studio.live.get(job.id, "local") == job
        assert studio.live.events(job.id, "local") == lines
    assert fake.created() == 1
