"""The records of the emulated Runware, and the shapes in which it tells of them."""

from collections.abc import Mapping

from pydantic import JsonValue

from providers.catalogue.rules import Frozen
from providers.vendors.sandbox.tasks import SandboxTask


class Refusal(Exception):
    """One entry of `errors`, and the status that the whole answer gets when nothing else is in it."""

    def __init__(self, status: int, code: str, message: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.parameter = parameter

    def shape(self, task: Mapping[str, JsonValue] | None = None) -> dict[str, JsonValue]:
        """As it stands on the wire, with what of the task could be read."""
        return fault_shape(self.code, str(self), self.parameter, task or {})


class Upload(Frozen):
    """A picture that was handed in."""

    id: str
    account: str
    media_type: str
    width: int
    height: int
    sha256: str


class Task(SandboxTask):
    """A task that was accepted, with all that is needed to make its files again."""

    account: str
    model: str
    seed: int
    media_type: str
    output: str = "URL"
    ttl: int | None = None
    references: tuple[str, ...] = ()
    """Ids of uploads or of earlier results; links to elsewhere are left out."""
    end: str | None = None
    """What fills the last frames; `references[0]` fills the first ones of a video."""
    shown: tuple[str, ...] = ()
    """Ids of the references of a video that fill no frame."""
    shots: tuple[tuple[str, int], ...] = ()
    """Prompt and seconds of each shot of a multishot."""
    checked: bool = False
    price: float | None = None
    """Dollars a result, where the task asked for them."""
    request: Mapping[str, JsonValue]

    @property
    def task_type(self) -> str:
        """The kind of task, in the vendor's word."""
        return f"{self.kind}Inference"


def fault_shape(
    code: str, message: str, parameter: str | None, task: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """One entry of `errors`."""
    shape: dict[str, JsonValue] = {"code": code, "message": message}
    if parameter is not None:
        shape["parameter"] = parameter
    shape |= {name: task[name] for name in ("taskType", "taskUUID") if name in task}
    return {**shape, "documentation": "https://runware.ai/docs/platform/errors"}


def waiting_shape(task: Task) -> dict[str, JsonValue]:
    """The one placeholder of a task that is not done."""
    return {"taskType": task.task_type, "taskUUID": task.id, "status": "processing"}


def failure_shape(task: Task) -> dict[str, JsonValue]:
    """Why a result failed, by the fate of its task."""
    about: dict[str, JsonValue] = {"taskType": task.task_type, "taskUUID": task.id}
    if "sandbox:moderated-output" in task.words:
        text = "The provider rejected the generated content for policy reasons."
        return fault_shape("providerContentPolicyViolation", text, None, about)
    text = "The inference could not be completed."
    return fault_shape("inferenceError", text, None, about)
