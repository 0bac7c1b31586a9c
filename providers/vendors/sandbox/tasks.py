"""What all emulators keep of a task, and how far it is: fates strike the same way at every vendor."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal, TypeVar

from providers.catalogue.rules import Frozen
from providers.vendors.sandbox.engine import ENDS_BADLY, Engine, Records, Stage

WORK_SECONDS = {"image": 2.0, "video": 5.0}


class SandboxTask(Frozen):
    """A create call that was accepted: what is painted for it, and what has become of it."""

    id: str
    label: str
    """The model as the card names it."""
    kind: Literal["image", "video"] = "image"
    prompt: str = ""
    look: int
    """The seed that the painter uses."""
    width: int
    height: int
    seconds: int = 0
    sound: bool = False
    count: int = 1
    words: tuple[str, ...] = ()
    """The sandbox words in its prompts: its fate."""
    at: float
    finished: float | None = None
    """When it was first seen finished: from then on it stays so."""
    link_tried: bool = False
    """For links that are dead at first: whether one was followed since the task was read."""
    renewed: bool = False
    """And whether the task was read again after that."""

    @property
    def ends_badly(self) -> bool:
        """Whether a word in its prompt makes it fail."""
        return bool(ENDS_BADLY & set(self.words))


T = TypeVar("T", bound=SandboxTask)


def refuse_by_fate(
    engine: Engine,
    words: tuple[str, ...],
    refusals: Mapping[str, Callable[[], Exception]],
    mark: str = "",
) -> None:
    """Raise what a vendor answers to a create call that a word has refused.

    `throttled` strikes once: `mark` is the same whenever the same is asked again.
    """
    for word in words:
        strikes_once = word == "sandbox:throttled"
        if word in refusals and not (strikes_once and not engine.first_time("throttled", mark)):
            raise refusals[word]()


def stage_of(engine: Engine, task: SandboxTask) -> Stage:
    """How far a task is."""
    if task.finished is not None:
        return Stage(state="failed" if task.ends_badly else "ended", progress=1)
    return engine.stage(task.at, WORK_SECONDS[task.kind], task.words)


def seen_ended(engine: Engine, tasks: Records[T], task: T, *, renews: bool = True) -> T:
    """The task, noted as finished. `renews`: reading it makes links that were dead when followed good."""
    update: dict[str, float | bool] = {}
    if task.finished is None:
        update["finished"] = engine.clock.now()
    if renews and task.link_tried and not task.renewed:
        update["renewed"] = True
    return tasks.put(task.id, task.model_copy(update=update)) if update else task


def moment(at: float) -> str:
    """Seconds since the epoch as most vendors write them: 2026-02-17T23:58:27.296Z."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
