"""The records of the emulated Runway, and the JSON shapes in which it tells of them."""

from collections.abc import Sequence
from math import ceil
from typing import Literal

from pydantic import JsonValue

from providers.catalogue.rules import Frozen
from providers.vendors.sandbox import odd
from providers.vendors.sandbox.front import WireRefusal
from providers.vendors.sandbox.tasks import SandboxTask, moment

DOCS = "https://docs.dev.runwayml.com/api"
INVALID = "Validation of body failed"


class Refusal(WireRefusal):
    """An answer that is not a success, in the shape it has on the wire."""

    def __init__(
        self, status: int, error: str, issues: Sequence[dict[str, JsonValue]] = ()
    ) -> None:
        body: dict[str, JsonValue] = {"error": error}
        if issues:
            body["issues"] = [*issues]
        if status == 400:
            body["docUrl"] = DOCS
        super().__init__(status, error, body)


def issue(code: str, path: Sequence[str | int], message: str, **more: JsonValue) -> Refusal:
    """A body that breaks its schema in one place."""
    return Refusal(400, INVALID, [{"code": code, "path": [*path], "message": message, **more}])


class Upload(Frozen):
    """A file that was handed in: through an upload slot, or inside a request."""

    id: str
    project: str
    name: str
    policy: str = ""
    kind: Literal["image", "video", "audio", "none"] = "none"
    """`none` while the slot is empty."""
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    rate: float = 0.0
    sha256: str = ""
    at: float


class Task(SandboxTask):
    """A create call that was accepted, with all that is needed to make its files again."""

    project: str
    endpoint: str
    model: str
    seed: int = 0
    media_type: str = "image/png"
    images: tuple[str, ...] = ()
    """Ids of the uploads that are shown on the card."""
    start: str = ""
    end: str = ""
    video: str = ""
    shots: tuple[tuple[str, int], ...] = ()
    """Words and seconds of each."""
    credits: float

    @property
    def ends_badly(self) -> bool:
        """Whether a word in its prompt makes it fail."""
        return super().ends_badly or "sandbox:moderated" in self.words


FAILURES = {
    "sandbox:moderated": ("SAFETY.INPUT.TEXT", "The input did not pass moderation."),
    "sandbox:moderated-output": ("SAFETY.OUTPUT.VIDEO", "The output did not pass moderation."),
    "sandbox:fails": ("INTERNAL.BAD_OUTPUT.CODE01", "The generation could not be completed."),
}


def task_shape(task: Task, status: str) -> dict[str, JsonValue]:
    """A task in one state, but for its progress and output."""
    shape: dict[str, JsonValue] = {
        "id": odd.identity(task.words, task.id, task.id),
        "createdAt": moment(task.at),
        "status": odd.status(task.words, status, is_over=status == "SUCCEEDED"),
    }
    if status in {"PENDING", "THROTTLED", "RUNNING"}:
        return {**shape, "estimatedCost": {"credits": task.credits}}
    if status == "SUCCEEDED":
        return {**shape, "cost": {"credits": charged(task)}}
    word = next(word for word in FAILURES if word in task.words)
    code, text = FAILURES[word]
    return {
        **shape,
        "failure": text,
        "failureCode": code,
        "cost": {"credits": charged(task)},
    }


def charged(task: Task) -> int:
    """Credits in the end: moderated tasks cost as much as good ones, other failures nothing."""
    return 0 if "sandbox:fails" in task.words else ceil(task.credits)


def number(value: JsonValue) -> JsonValue:
    """The value, a whole number without its point."""
    # JavaScript stands at the other end: 8.0 is 8 there.
    return int(value) if isinstance(value, float) and value.is_integer() else value
