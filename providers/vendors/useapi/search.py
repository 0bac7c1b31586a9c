"""Finding the task of a create call whose answer was lost, among the newest tasks of an account.

The list does not repeat our mark, so a task is known by when it was made and from what. One match is
adopted; with several nobody can tell, and the person is asked.
"""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from providers.catalogue.requests import MultishotRequest, Request
from providers.vendors.answer import read_moment
from providers.vendors.useapi.answers import read_id, whole_number
from providers.vendors.useapi.models import MODELS

STATUSES = "PENDING,RUNNING,THROTTLED,SUCCEEDED,FAILED"
EARLIEST, LATEST = -120.0, 240.0
"""Seconds around the sending of the call: two minutes for clocks that differ, two for the call itself."""
_NAMES = frozenset(spec.name for spec in MODELS)
_ECHOES = (
    ("ratio", ("aspect_ratio",)),
    ("duration", ("seconds", "duration")),
    ("count", ("num_images",)),
    ("explore", ("exploreMode",)),
)


def pick(
    tasks: Iterable[Mapping[str, JsonValue]], request: Request, token: str, since: float
) -> str | None:
    """The id of the one task that this request made, or None."""
    held = [task for task in tasks if read_id(task.get("taskId")) is not None]
    marked = [task for task in held if task.get("replyRef") == token]
    if not marked:
        marked = [task for task in held if not task.get("replyRef") and _fits(task, request, since)]
    ids = {task_id for task in marked if (task_id := read_id(task.get("taskId"))) is not None}
    return ids.pop() if len(ids) == 1 else None


def too_old(task: Mapping[str, JsonValue], since: float) -> bool:
    """Whether a task was made before the call could have been."""
    made = read_moment(task.get("createdAt"))
    return made is not None and made < since + EARLIEST


def _fits(task: Mapping[str, JsonValue], request: Request, since: float) -> bool:
    made = read_moment(task.get("createdAt"))
    if made is None or not since + EARLIEST <= made <= since + LATEST:
        return False
    told = task.get("options")
    options: Mapping[str, JsonValue] = told if isinstance(told, dict) else {}
    if not _same_kind(options, request) or not _same_model(task, request):
        return False
    seed, told_seed = whole_number(request.options.get("seed")), whole_number(options.get("seed"))
    if seed is not None and told_seed is not None and seed != told_seed:
        return False
    if any(_differs(request.options.get(ours), options, theirs) for ours, theirs in _ECHOES):
        return False
    return _same_prompt(task, options, request)


def _same_kind(options: Mapping[str, JsonValue], request: Request) -> bool:
    is_image = "num_images" in options or "image_size" in options
    is_video = "seconds" in options or "duration" in options
    return not (is_video if request.kind == "image" else is_image)


def _same_model(task: Mapping[str, JsonValue], request: Request) -> bool:
    # `taskType` and `options.model` are Runway's own words; only a task's name may begin with ours.
    name = task.get("name")
    first = name.split(" ", 1)[0] if isinstance(name, str) else ""
    return first not in _NAMES or first == request.model.partition("/")[2]


def _differs(mine: JsonValue, options: Mapping[str, JsonValue], names: tuple[str, ...]) -> bool:
    told = next((options[name] for name in names if options.get(name) is not None), None)
    return mine is not None and told is not None and str(mine) != str(told)


def _same_prompt(
    task: Mapping[str, JsonValue], options: Mapping[str, JsonValue], request: Request
) -> bool:
    prompt = _words(request.prompt)
    if isinstance(request, MultishotRequest) and request.shots:
        first = options.get("multishot_prompt_1")
        if isinstance(first, str):
            return _words(first) == _words(request.shots[0].prompt)
        prompt = prompt or _words(request.shots[0].prompt)
    told = options.get("text_prompt")
    if isinstance(told, str) and (told or not prompt):
        return _words(told) == prompt
    name = _words(task.get("name"))
    # Names are cut by the vendor at a length that nobody tells.
    return prompt[:40] in name if prompt else told is None


def _words(text: JsonValue) -> str:
    return " ".join(text.split()) if isinstance(text, str) else ""
