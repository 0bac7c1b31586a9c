"""Everything that may happen to jobs of all vendors, in any order: found by chance, asked of the book."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from providers.errors import InvalidRequest, StoreProblem
from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.rig import Rig, chaos

T = TypeVar("T")
FATES = {
    "down": toxics.down(),
    "lost": toxics.drop(taken=True),
    "lost before": toxics.drop(taken=False),
    "502": toxics.says(502, toxics.HTML, taken=True),
    "page": toxics.says(200, toxics.HTML, taken=True),
    "busy": toxics.says(429, {"error": "Busy"}, taken=False, headers={"retry-after": "20"}),
    "cut": toxics.limit_data(),
}
LOOKS = {
    "500": toxics.says(500, b"", taken=False),
    "404": toxics.says(404, {"error": "Not found.", "code": 404}, taken=False),
    "page": toxics.says(200, toxics.HTML, taken=False),
    "timeout": toxics.timeout(taken=False),
}
FILES = {
    "gone": toxics.says(403, b"", taken=False),
    "cut": toxics.limit_data(),
    "page": toxics.says(200, toxics.HTML, taken=False),
}
CAPS = {"runway": 30.0, "runware": 0.06, "runflow": 0.2}
"""One picture a day at each vendor whose prices are known, and not a second one."""
DEPTH = int(os.environ.get("STUDIO_TEST_DEPTH", "1"))
"""How many times as many lives are tried."""
chosen = st.sampled_from
NOTHING: MultipleResults[str] = multiple()


class Life(RuleBasedStateMachine):
    """A person, a studio, a vendor, a bad network, and kills."""

    pressed: Bundle[str] = Bundle("pressed")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="studio-machine-"))
        self.stack = contextlib.AsyncExitStack()
        self.rig: Rig
        self.full = False
        self.presses: dict[str, tuple[str, Vendor]] = {}
        """The prompt and the vendor of each press."""

    @initialize(slots=chosen([1, 3]), caps=chosen([{}, CAPS]))
    def begin(self, slots: int, caps: dict[str, float]) -> None:
        """Open a studio with vendors whose tasks take half a minute."""
        case = chaos(self.folder, VENDORS[0], scale=10.0, slots=slots, caps=caps)
        self.rig = self.run(self.stack.enter_async_context(case))
        self.rig.timeline.horizon = self.rig.timeline.now

    def run(self, work: Awaitable[T]) -> T:
        """Let the loop turn until this is done, and then until everybody waits for time."""

        async def working() -> T:
            found = await work
            await self.rig.timeline.calm() if hasattr(self, "rig") else None
            return found

        return self.runner.run(working())

    def job(self, job_id: str) -> Job:
        """The job as it is now."""
        return self.rig.studio.live.get(job_id, "local")

    # The person

    @rule(target=pressed, vendor=chosen(VENDORS), twice=st.booleans())
    def press(self, vendor: Vendor, twice: bool) -> str | MultipleResults[str]:
        """Press Generate, perhaps twice."""

        async def pressing() -> Job:
            name, prompt = f"press-{self.rig.presses}", f"A lighthouse, take {self.rig.presses}"
            job = self.rig.press(prompt, press=name, vendor=vendor)
            self.presses[name] = prompt, vendor
            if twice:
                assert self.rig.press(prompt, press=name, vendor=vendor).id == job.id
            return job

        return self.accepted(pressing())

    def accepted(self, work: Awaitable[Job]) -> str | MultipleResults[str]:
        """The new job, or nothing where the disk or a cap does not allow one."""
        try:
            return self.run(work).id
        except StoreProblem:
            assert self.full
        except InvalidRequest as refused:
            if not self.rig.caps or "cap" not in refused.problems[0].message:
                raise
        return NOTHING

    @precondition(lambda self: self.presses)
    @rule(which=st.integers(0, 99))
    def press_arrives_again(self, which: int) -> None:
        """The browser sends a press a second time, perhaps long after it, perhaps to a new process."""

        async def pressing() -> None:
            name = list(self.presses)[which % len(self.presses)]
            prompt, vendor = self.presses[name]
            before = {job.id for job in self.rig.jobs()}
            assert self.rig.press(prompt, press=name, vendor=vendor).id in before

        self.run(pressing())

    @rule(job=pressed)
    def cancel(self, job: str) -> None:
        """Want no more of it."""

        async def cancelling() -> None:
            self.rig.in_background(self.rig.studio.decisions.cancel(job, "local"))

        self.run(cancelling())

    @rule(job=pressed)
    def look_again(self, job: str) -> None:
        """Check an unsure job."""
        with contextlib.suppress(StoreProblem):
            self.run(self.rig.studio.decisions.look_again(job, "local"))

    @rule(job=pressed, which=st.integers(0, 9))
    def adopt(self, job: str, which: int) -> None:
        """Name one of the vendor's tasks, perhaps another job's."""
        if not self.rig.book:
            return

        async def adopting() -> None:
            task = self.rig.book[which % len(self.rig.book)][0]
            body = self.rig.book[which % len(self.rig.book)][2]
            mine = self.job(job).request.prompt in body
            # A person who names the task of another request gets that one: not tried here.
            if mine:
                with contextlib.suppress(InvalidRequest, StoreProblem):
                    self.rig.studio.decisions.adopt(job, "local", task)

        self.run(adopting())

    @rule(target=pressed, job=pressed)
    def try_again(self, job: str) -> str | MultipleResults[str]:
        """The same request as a new job: what the button says may be charged twice."""

        async def trying() -> Job:
            return self.rig.studio.decisions.retry(job, "local")

        return self.accepted(trying())

    @rule(job=pressed)
    def discard(self, job: str) -> None:
        """Give an unsure job up."""

        async def discarding() -> None:
            with contextlib.suppress(StoreProblem):
                self.rig.studio.decisions.discard(job, "local")

        self.run(discarding())

    # The vendor, the network and time

    @rule(seconds=chosen([0.5, 5.0, 20.0, 60.0, 400.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass: the vendor works, the studio polls and fetches."""
        self.run(self.rig.timeline.advance(seconds))

    @rule(fate=chosen(sorted(FATES)))
    def bad_create(self, fate: str) -> None:
        """Something happens to the next create call."""
        self.rig.network.next("create", FATES[fate])

    @rule(fate=chosen(sorted(LOOKS)), times=st.integers(1, 3))
    def bad_look(self, fate: str, times: int) -> None:
        """Something happens to the next questions."""
        self.rig.network.next("look", LOOKS[fate], times=times)

    @rule(fate=chosen(sorted(FILES)), times=st.integers(1, 3))
    def bad_file(self, fate: str, times: int) -> None:
        """Something happens to the next downloads."""
        self.rig.network.next("file", FILES[fate], times=times)

    # The process and the disk

    @rule()
    def kill(self) -> None:
        """End the process without a warning, and start another."""
        self.full = False
        self.run(self.rig.reopen())

    @rule(point=st.integers(1, 60))
    def die_later(self, point: int) -> None:
        """End the process at some point of what it does next, and start another."""
        self.rig.mortal.die_at = self.rig.mortal.points + point
        self.run(self.rig.timeline.advance(30.0))
        self.kill()

    @rule()
    def restart(self) -> None:
        """End the process as one should, and start another."""
        self.full = False
        self.run(self.rig.restart())

    @precondition(lambda self: not self.full)
    @rule()
    def disk_full(self) -> None:
        """From now on the history cannot grow."""
        self.full = True
        self.run(self.rig.fill_disk())

    @precondition(lambda self: self.full)
    @rule()
    def disk_free(self) -> None:
        """Somebody made room."""
        self.full = False
        self.run(self.rig.free_disk())

    @invariant()
    def promises(self) -> None:
        """What must be true at any moment."""
        if hasattr(self, "rig"):
            self.rig.check()

    def teardown(self) -> None:
        """In the end everything comes to rest, and the promises hold."""
        if hasattr(self, "rig"):
            self.rig.timeline.horizon = float("inf")
            self.run(self.rig.free_disk())
            self.run(self.rig.rest())
            self.rig.check()
            self.runner.run(self.stack.aclose())
        self.runner.close()
        shutil.rmtree(self.folder, ignore_errors=True)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=30 * DEPTH,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    print_blob=True,
    # A failure is told at once; making it smaller would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
