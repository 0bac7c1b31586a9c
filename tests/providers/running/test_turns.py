"""Turns: owners take turns at a connection, and within an owner the oldest job comes first."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.catalogue.requests import ImageRequest
from providers.jobs.intake import new_job
from providers.jobs.job import Job
from providers.running.slots import Slots
from providers.running.turns import TOLD, Turns
from tests.support.fake_vendor import FakeVendor, press, until
from tests.support.promises import studio_on


class Line(Turns):
    """Turns that remember whose jobs they had."""

    def __init__(self) -> None:
        super().__init__()
        self.made = 0
        self.owners: dict[str, str] = {}
        self.gone: list[str] = []

    def press(self, owner: str, count: int = 1) -> list[Job]:
        """So many more jobs of this owner."""
        made = [job_of(owner, self.made + number) for number in range(count)]
        self.made += count
        for job in made:
            self.owners[job.id] = owner
            self.join(job)
        return made

    def serve(self, most: int = 10_000) -> list[str]:
        """The owners in the order of their turns, until the line is empty."""
        order: list[str] = []
        while self.first is not None and len(order) < most:
            order.append(self.owners[self.first])
            self.gone.append(order[-1])
            self.give(self.first)
        return order


def job_of(owner: str, made: float) -> Job:
    """One that was made then."""
    request = ImageRequest(model="fake:image/one", prompt="a fox")
    return new_job(
        request, owner=owner, idempotency_key="", sandbox=True, now=made, revision=int(made)
    )


def test_a_job_of_another_owner_comes_after_one_of_a_thousand() -> None:
    line = Line()
    line.press("ada", 1000)
    line.serve(1)
    line.press("bo")
    assert line.serve(3) == ["bo", "ada", "ada"]


def test_owners_who_keep_coming_pass_nobody_for_ever() -> None:
    line, passed = Line(), 0
    line.press("ada", 50)
    for number in range(200):
        line.press(f"visitor {number}")
        waiting = len(set(line.owners.values()) - set(line.gone) | {"ada"})
        passed = 0 if line.serve(1) == ["ada"] else passed + 1
        assert passed <= waiting + 1
    assert line.gone.count("ada") > 10


def test_one_who_presses_again_at_once_has_a_turn_like_the_others() -> None:
    line, order = Line(), list[str]()
    for number in range(20):
        line.press(f"owner {number}", 40)
    line.press("eager")
    for _ in range(420):
        order += line.serve(1)
        if order[-1] == "eager":
            line.press("eager")
    count = Counter(order)
    assert max(count.values()) <= min(count.values()) + 1


WHO = st.sampled_from(["ada", "bo", "cy"])
STEPS = st.lists(st.tuples(st.sampled_from(["join", "give", "leave"]), WHO), max_size=60)


@given(steps=STEPS)
def test_whatever_joins_and_leaves_what_is_told_is_what_comes(
    steps: list[tuple[str, str]],
) -> None:
    line, there = Line(), list[Job]()
    for step, who in steps:
        mine = [job for job in there if job.owner == who]
        if step == "join":
            there += line.press(who)
        elif step == "give" and line.first is not None:
            there = [job for job in there if job.id != line.first]
            line.give(line.first)
        elif mine:
            there.remove(mine[-1])
            line.leave(mine[-1].id)
    said = [(ahead, job.owner) for job in there if (ahead := line.ahead(job.id)) is not None]
    several = len({job.owner for job in there}) > 1
    order = line.serve()
    assert Counter(order) == Counter(job.owner for job in there)
    assert sorted(said) == (list(enumerate(order[:TOLD])) if several else [])


def test_where_several_owners_wait_each_is_told_its_place_and_when_it_changes() -> None:
    slots, mine = Slots(1, lambda: 0.0), [job_of("ada", number) for number in range(3)]
    slots.hold("busy")
    events = [slots.join(job) for job in mine]
    for event in events:
        event.clear()
    assert [slots.ahead(job.id) for job in mine] == [None] * 3
    other = job_of("bo", 9)
    slots.join(other)
    assert [slots.ahead(job.id) for job in (mine[0], other, *mine[1:])] == [0, 1, 2, 3]
    assert all(event.is_set() for event in events)
    slots.leave(other.id)
    assert [slots.ahead(job.id) for job in mine] == [None] * 3


@pytest.mark.anyio
async def test_a_persons_job_is_made_beside_anothers_many(tmp_path: Path) -> None:
    """The batch of one member held everybody else up until its last job was done."""
    fake = FakeVendor()
    async with studio_on(tmp_path, fake) as studio:
        many = [press(studio, f"ada {number}", owner="ada") for number in range(40)]
        one = press(studio, "bo", owner="bo")
        await until(studio, one, "done")
        done = [studio.live.get(job.id, "ada").state == "done" for job in many]
        assert sum(done) < len(many) // 2
