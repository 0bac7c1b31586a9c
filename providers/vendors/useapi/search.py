"""Finding the task of a create call whose answer was lost, among the newest tasks of an account.

The list does not repeat our mark, so a task is known by when it was made and from what. Whether one of
several is ours, nobody can tell here.
"""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from providers.catalogue.requests import MultishotRequest, Request
from providers.vendors.likeness import Likeness, likeness, same_setting, tidy
from providers.vendors.transport.answer import read_moment
from providers.vendors.useapi.answers import read_id, short_id
from providers.vendors.useapi.models import MODELS
from providers.vendors.vendor import Candidate, Sent, Ticket
from providers.vendors.window import Window

STATUSES = "PENDING,RUNNING,THROTTLED,SUCCEEDED,FAILED"
NAMED = 40
"""Signs of a prompt that stand in a task's name, which is cut at a length that nobody tells."""
_NAMES = frozenset(spec.name for spec in MODELS)
_ECHOES = (
    ("seed", ("seed",)),
    ("ratio", ("aspect_ratio",)),
    ("duration", ("seconds", "duration")),
    ("count", ("num_images",)),
    ("explore", ("exploreMode",)),
)
Task = Mapping[str, JsonValue]


def ticket_of(task: str, request: Request) -> Ticket:
    """The ticket of a task that this request made."""
    kind = "image" if request.kind == "image" else "video"
    return Ticket(task=task, note={"kind": kind}, short=short_id(task))


def marked(tasks: Iterable[Task], sent: Sent) -> tuple[Candidate, ...]:
    """Those of these tasks that bear the call's own mark."""
    ids = {read_id(task.get("taskId")) for task in tasks if task.get("replyRef") == sent.token}
    found = sorted(task for task in ids if task is not None)
    return tuple(Candidate(ticket=ticket_of(one, sent.request), is_marked=True) for one in found)


def alike(
    tasks: Iterable[Task], sent: Sent, rivals: Sequence[Sent], offset: float
) -> tuple[Candidate, ...]:
    """Those that the call may have made, where no list shows its mark: the best that there are.

    `offset` is what the vendor's clock shows more than ours now, in seconds.
    """
    found: dict[str, tuple[Likeness, Candidate]] = {}
    for task in tasks:
        name, own = read_id(task.get("taskId")), _likeness(task, sent, offset)
        if name is None or not own or task.get("replyRef"):
            continue
        others = {rival.token: _likeness(task, rival, offset) for rival in rivals}
        if own >= max(others.values(), default=Likeness.NONE):
            candidate = Candidate(
                ticket=ticket_of(name, sent.request),
                created=read_moment(task.get("createdAt")) or 0.0,
                rivals=frozenset(token for token, other in others.items() if other == own),
            )
            found[name] = own, candidate
    best = max((own for own, _ in found.values()), default=Likeness.NONE)
    return tuple(candidate for own, candidate in found.values() if own == best)


def _likeness(task: Task, sent: Sent, offset: float) -> Likeness:
    if not Window.of(sent, offset).holds(task.get("createdAt")):
        return Likeness.NONE
    told, request = task.get("options"), sent.request
    options: Task = told if isinstance(told, dict) else {}
    if not _same_kind(options, request) or not _same_model(task, request):
        return Likeness.NONE
    if any(_differs(request.options.get(ours), options, theirs) for ours, theirs in _ECHOES):
        return Likeness.NONE
    return _same_prompt(task, options, request)


def _same_kind(options: Task, request: Request) -> bool:
    is_image = "num_images" in options or "image_size" in options
    is_video = "seconds" in options or "duration" in options
    return not (is_video if request.kind == "image" else is_image)


def _same_model(task: Task, request: Request) -> bool:
    # `taskType` and `options.model` are Runway's own words; only a task's name may begin with ours.
    name = task.get("name")
    first = name.split(" ", 1)[0] if isinstance(name, str) else ""
    return first not in _NAMES or first == request.model.partition("/")[2]


def _differs(mine: JsonValue, options: Task, names: tuple[str, ...]) -> bool:
    told = next((options[name] for name in names if options.get(name) is not None), None)
    return mine is not None and told is not None and not same_setting(mine, told)


def _same_prompt(task: Task, options: Task, request: Request) -> Likeness:
    prompt = request.prompt
    if isinstance(request, MultishotRequest) and request.shots:
        first = options.get("multishot_prompt_1")
        if isinstance(first, str):
            return likeness(request.shots[0].prompt, first)
        prompt = prompt if prompt.strip() else request.shots[0].prompt
    told = options.get("text_prompt")
    if isinstance(told, str) and (told or not prompt.strip()):
        return likeness(prompt, told)
    if not prompt.strip():
        return Likeness.WHOLE if told is None else Likeness.NONE
    name = task.get("name")
    return _named(prompt, name) if isinstance(name, str) else Likeness.NONE


def _named(prompt: str, name: str) -> Likeness:
    first, _, rest = name.partition(" ")
    if tidy(prompt)[:NAMED] in tidy(name):
        return Likeness.BEGINNING
    return min(likeness(prompt, rest if first in _NAMES else name), Likeness.BEGINNING)
