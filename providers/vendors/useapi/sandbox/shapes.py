"""The records of the emulated useapi.net and the JSON shapes in which it tells of them."""

from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue

from providers.catalogue.rules import Frozen
from providers.vendors.sandbox import odd
from providers.vendors.sandbox.front import WireRefusal
from providers.vendors.sandbox.tasks import SandboxTask, moment

EMAIL = "studio-sandbox@example.com"
"""The first Runway account behind every key."""

UPSTREAM: Mapping[str, tuple[str, str]] = {
    "nano-banana": ("gemini_image", "gemini-2.5-flash-image"),
    "nano-banana-pro": ("gemini_image", "gemini-3-pro-image-preview"),
    "gen4": ("text_to_image", "gen4"),
    "gen4-turbo": ("text_to_image", "gen4_turbo"),
}
"""Image models: task type and the name further up, neither of which is the name that was asked for."""


class Refusal(WireRefusal):
    """An answer that is not a success, in the shape it has on the wire."""

    def __init__(self, status: int, error: str, *, coded: bool = True, **more: JsonValue) -> None:
        body: dict[str, JsonValue] = {"error": error, **more}
        if coded:
            body["code"] = status
        super().__init__(status, error, body)


class Asset(Frozen):
    """A file in the account: handed in, or made by a task."""

    id: str
    user: int
    name: str
    kind: Literal["image", "video", "audio"]
    media_type: str
    bytes: int
    width: int = 0
    height: int = 0
    seconds: float | None = None
    sound: bool = False
    at: float
    task: str | None = None
    number: int = 0
    """Which of the task's results this is, from 0."""
    sha256: str = ""
    email: str = EMAIL
    """Whose it is."""

    @property
    def full_id(self) -> str:
        """The id as callers use it."""
        return f"user:{self.user}-runwayml:{self.email}-asset:{self.id}"


class Task(SandboxTask):
    """A create call that was accepted, with all that is needed to make its files again."""

    user: int
    model: str
    shots: tuple[tuple[str, int], ...] = ()
    seed: int
    images: tuple[str, ...] = ()
    """Ids of the assets handed in, without the account: an image's references, a video's frames."""
    references: tuple[str, ...] = ()
    """The same of what a video shows beside its frames."""
    video: str | None = None
    options: Mapping[str, JsonValue]
    explore: bool = False
    tracked: bool = True
    """Whether the scheduler still lists it."""
    reply: Mapping[str, JsonValue] = {}
    """`replyUrl` and `replyRef`, as they were given."""
    email: str = EMAIL
    """The account that makes it."""

    @property
    def full_id(self) -> str:
        """The id as callers use it."""
        return f"user:{self.user}-runwayml:{self.email}-task:{self.id}"

    @property
    def tracking(self) -> dict[str, JsonValue]:
        """Its entry in the scheduler."""
        return {"taskId": self.full_id, **self.reply}


def task_shape(task: Task, now: float) -> dict[str, JsonValue]:
    """A task that waits; the caller overlays how far it is."""
    upstream = UPSTREAM.get(task.model) if task.kind == "image" else None
    return {
        "id": task.id,
        "name": f"{task.model} {task.prompt}".strip(),
        "image": None,
        "createdAt": moment(task.at),
        "updatedAt": moment(max(task.at, task.finished or now)),
        "taskType": upstream[0] if upstream else task.model,
        "options": dict(task.options),
        "status": "PENDING",
        "error": None,
        "progressText": None,
        "progressRatio": "0",
        "estimatedTimeToStartSeconds": 0,
        "artifacts": [],
        "sharedAsset": None,
        "sourceAssetId": None,
        "taskId": odd.identity(task.words, task.id, task.full_id),
    }


def artifact_shape(task: Task, asset: Asset, url: str, preview: str) -> dict[str, JsonValue]:
    """A finished file as a task lists it: its size as a string, its measures in the older form."""
    return {
        "assetId": asset.full_id,
        "id": asset.id,
        "taskId": task.full_id,
        "createdAt": moment(asset.at),
        "updatedAt": moment(asset.at),
        "userId": asset.user,
        "createdBy": asset.user,
        "parentAssetGroupId": asset.id,
        "filename": asset.name,
        "url": url,
        "fileSize": str(asset.bytes),
        "isDirectory": False,
        "previewUrls": [preview],
        "private": True,
        "privateInTeam": True,
        "deleted": False,
        "reported": False,
        "favorite": False,
        "metadata": _older_measures(asset),
    }


def upload_shape(asset: Asset, url: str) -> dict[str, JsonValue]:
    """The answer to an upload: other names than in a listing."""
    return {
        "assetId": asset.full_id,
        "id": asset.id,
        "name": asset.name,
        "description": "",
        "type": {"name": asset.kind, "type": asset.kind, "isDirectory": False},
        "size": asset.bytes,
        "url": url,
        "previewUrls": [url],
        "fileCount": 1,
        "private": True,
        "isUserUpload": True,
        "sourceApplication": "web",
        "createdAt": moment(asset.at),
        "updatedAt": moment(asset.at),
        "user": {"id": asset.user},
        "createdBy": {"id": asset.user},
        "permissions": {"read": True, "write": True, "admin": True},
        "annotated": False,
    }


def listed_shape(asset: Asset, url: str, preview: str) -> dict[str, JsonValue]:
    """An asset as the list and the single read show it."""
    task_id = f"user:{asset.user}-runwayml:{asset.email}-task:{asset.task}" if asset.task else None
    return {
        "assetId": asset.full_id,
        "id": asset.id,
        "createdAt": moment(asset.at),
        "updatedAt": moment(asset.at),
        "name": asset.name,
        "url": url,
        "previewUrls": [preview],
        "mediaType": asset.kind,
        "mediaSubtype": None,
        "fileCount": 1,
        "fileSize": asset.bytes,
        "fileExtStandardized": asset.media_type.rpartition("/")[2],
        "isUserUpload": asset.task is None,
        "metadata": _measures(asset),
        "userId": asset.user,
        "createdBy": asset.user,
        "private": True,
        "privateInTeam": True,
        "parentAssetGroupId": asset.id,
        "taskId": task_id,
        "favorite": False,
    }


def failure_shape(task: Task) -> dict[str, JsonValue]:
    """The `error` of a failed task."""
    if "sandbox:moderated-output" in task.words:
        return {
            "errorMessage": "The generated content was flagged by moderation.",
            "reason": "SAFETY.OUTPUT.CONTENT",
            "message": "The generated content was flagged by moderation.",
            "moderation_category": "SANDBOX",
            "tally_asimov": True,
        }
    return {
        "errorMessage": "An unexpected error occurred.",
        "reason": "INTERNAL.BAD_OUTPUT.CODE01",
        "message": "An unexpected error occurred.",
    }


def _measures(asset: Asset) -> JsonValue:
    if asset.kind != "video":
        return None
    return {
        "frameRate": 24,
        "duration": asset.seconds,
        "width": asset.width,
        "height": asset.height,
        "hasAlphaChannel": False,
        "hasAudio": asset.sound,
    }


def _older_measures(asset: Asset) -> JsonValue:
    if asset.kind != "video":
        return None
    return {
        "frameRate": 24,
        "duration": asset.seconds,
        "dimensions": [asset.width, asset.height],
        "size": {"width": asset.width, "height": asset.height},
    }
