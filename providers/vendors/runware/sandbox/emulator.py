"""Runware's API, emulated: one address, arrays of tasks, errors beside results, and real files.

Written from the vendor's pages, not from the adapter: the two meet only on the wire.
"""

import base64
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from pydantic import JsonValue, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from providers.vendors.runware.sandbox.files import Files, result_id
from providers.vendors.runware.sandbox.orders import UUID4, read_order
from providers.vendors.runware.sandbox.pictures import PictureDesk
from providers.vendors.runware.sandbox.shapes import (
    Refusal,
    Task,
    Upload,
    failure_shape,
    waiting_shape,
)
from providers.vendors.runware.sandbox.tasks import task_from
from providers.vendors.sandbox import odd
from providers.vendors.sandbox.bodies import text
from providers.vendors.sandbox.calls import Call
from providers.vendors.sandbox.darkroom import SUFFIXES
from providers.vendors.sandbox.engine import Engine
from providers.vendors.sandbox.files import LINK_SECONDS, fetched, link
from providers.vendors.sandbox.front import account_of, bad_gateway
from providers.vendors.sandbox.tasks import refuse_by_fate, seen_ended, stage_of

VENDOR_NAME = "runware"
ROOT = "/v1"
BALANCE = 42.5
REFUSALS = {
    "sandbox:moderated": partial(
        Refusal, 200, "invalidProviderContent",
        "The provider rejected the request for policy reasons.", "positivePrompt",
    ),
    "sandbox:no-credits": partial(
        Refusal, 402, "insufficientCredits", "The account has too few credits for this task.",
    ),
    "sandbox:throttled": partial(
        Refusal, 429, "rateLimitExceeded",
        "The queue for this model is full. Try again later.",
    ),
    "sandbox:hidden-error": partial(Refusal, 200, "notApproved", odd.REFUSAL),
}  # fmt: skip
CALL_WAITS = (1.0, 2.0, 4.0)
"""Seconds before another try of a call that was not answered with 2xx."""
Json = dict[str, JsonValue]
Answered = tuple[list[JsonValue], list[JsonValue]]
"""Entries of `data` and of `errors`."""
Handle = Callable[[Request, Json, str], Awaitable[Answered]]

_BODY: TypeAdapter[list[Json]] = TypeAdapter(list[Json])


class Lost(Exception):
    """The answer does not arrive."""


class RunwareEmulator:
    """An ASGI application that answers as Runware does. Any key but one that holds `bad` is good."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks = engine.records(VENDOR_NAME, "tasks", Task)
        uploads = engine.records(VENDOR_NAME, "uploads", Upload)
        self._files = Files(engine, self._tasks, uploads)
        self._darkroom = self._files.darkroom
        self._desk = PictureDesk(uploads, self._files)
        self._kinds: Mapping[str, Handle] = {
            "imageInference": self._create,
            "videoInference": self._create,
            "imageUpload": self._upload,
            "mediaStorage": self._upload,
            "getResponse": self._response,
            "getTaskDetails": self._details,
            "accountManagement": self._account,
            "ping": self._ping,
        }
        self._app = Starlette(
            routes=[
                Route(ROOT, self._answer, methods=["POST"]),
                Route("/files/{name}", self._file),
            ]
        )
        self._app.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        await self._app(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            tasks = _BODY.validate_json(await request.body())
            account, tasks = _caller(request, tasks)
        except ValidationError:
            refusal = Refusal(400, "invalidRequest", "The body must be an array of tasks.")
            return JSONResponse({"errors": [refusal.shape()]}, 400)
        except Refusal as refusal:
            return JSONResponse({"errors": [refusal.shape()]}, refusal.status)
        data: list[JsonValue] = []
        errors: list[JsonValue] = []
        status = 200
        for task in tasks:
            try:
                made, failed = await self._one(request, task, account)
                data += made
                errors += failed
            except Refusal as refusal:
                errors.append(refusal.shape(task))
                status = refusal.status
            except Lost:
                return bad_gateway()
        body: Json = {"data": data} if data or not errors else {}
        if errors:
            body["errors"] = errors
        # What worked is not lost for what did not.
        return JSONResponse(body, 200 if data else status)

    async def _one(self, request: Request, task: Json, account: str) -> Answered:
        handle = self._kinds.get(text(task.get("taskType")))
        if handle is None:
            raise Refusal(400, "invalidTaskType", "There is no such task type.", "taskType")
        if task["taskType"] != "ping" and not UUID4.fullmatch(text(task.get("taskUUID"))):
            sort = "invalidTaskUUID" if "taskUUID" in task else "missingTaskUUID"
            raise Refusal(400, sort, "taskUUID must be a UUID v4.", "taskUUID")
        return await handle(request, task, account)

    # Creating

    async def _create(self, request: Request, body: Json, account: str) -> Answered:
        kind = "image" if body["taskType"] == "imageInference" else "video"
        mark = text(body["taskUUID"])
        if self._tasks.get(mark) is not None:
            message = "A task with this taskUUID exists already."
            raise Refusal(400, "conflictTaskUUID", message, "taskUUID")
        order = read_order(kind, body)
        role = "inputs.referenceImages" if kind == "image" else "inputs.frameImages"
        ids, first, marks = self._desk.resolve(order.pictures, account, role)
        shown, _, more = self._desk.resolve(order.shown, account, "inputs.referenceImages")
        words = self._engine.words(*order.texts)
        refuse_by_fate(self._engine, words, REFUSALS, mark)
        if "sandbox:lost-request" in words:
            raise Lost
        draft = task_from(order, account, first, [*marks, *more], self._engine.clock.now())
        end = ids[1] if order.end is not None and len(ids) > 1 else None
        held = {"references": tuple(ids), "shown": tuple(shown), "end": end}
        task = draft.model_copy(update={**held, "words": words})
        self._tasks.put(task.id, task)
        self._engine.accept(VENDOR_NAME, task.id, task.id, body)
        if not task.ends_badly:
            await self._darkroom.begin(task)
        if not order.sync:
            told = partial(self._calls, request, task.id)
            self._engine.callbacks.promise(body.get("webhookURL"), told, waits=CALL_WAITS)
        if "sandbox:lost-answer" in words:
            raise Lost
        if order.sync:
            return await self._at_once(request, task)
        usual = waiting_shape(task)
        return [odd.taken(words, task.id, {"data": usual})["data"]], []

    async def _at_once(self, request: Request, task: Task) -> Answered:
        task = seen_ended(self._engine, self._tasks, task)
        for number in range(task.count):
            await self._darkroom.path(task, number)
        made, failed = await self._told(request, task)
        # A sync answer tells no status.
        plain: list[JsonValue] = []
        for result in made:
            if isinstance(result, dict):
                plain.append({name: value for name, value in result.items() if name != "status"})
        return plain, failed

    async def _calls(self, request: Request, mark: str) -> Sequence[Call] | None:
        """One for each result, once the task has ended."""
        task = self._tasks.get(mark)
        if task is None or stage_of(self._engine, task).state not in ("failed", "ended"):
            return None
        made, failed = await self._told(request, task)
        if _waiting(task) in made:
            return None
        return [
            *(Call.of({"data": [result]}) for result in made),
            *(Call.of({"errors": [fault]}) for fault in failed),
        ]

    # Asking

    async def _response(self, request: Request, body: Json, account: str) -> Answered:
        return await self._told(request, self._own(body, account))

    async def _details(self, request: Request, body: Json, account: str) -> Answered:
        task = self._own(body, account)
        made, failed = await self._told(request, task)
        response: Json = {"errors": failed} if failed and not made else {"data": made}
        shape: Json = {
            "taskType": "getTaskDetails",
            "taskUUID": task.id,
            "request": [dict(task.request)],
            "response": response,
        }
        return [shape], []

    def _own(self, body: Json, account: str) -> Task:
        task = self._tasks.get(text(body["taskUUID"]))
        if task is None or task.account != account:
            message = "The task failed or was never known."
            raise Refusal(404, "taskFailedOrNotFound", message, "taskUUID")
        return task

    async def _told(self, request: Request, task: Task) -> Answered:
        stage = stage_of(self._engine, task)
        if stage.state == "failed":
            seen_ended(self._engine, self._tasks, task)
            return [], [failure_shape(task) for _ in range(task.count)]
        if stage.state == "running":
            # Results of a batch come one after the other.
            ready = int(stage.progress * task.count) if task.count > 1 else 0
            return [*await self._results(request, task, ready), _waiting(task)], []
        paths = await self._darkroom.paths(task) if stage.state == "ended" else None
        if paths is None:
            return [_waiting(task)], []
        task = seen_ended(self._engine, self._tasks, task)
        lost = 1 if "sandbox:one-fails" in task.words and task.count > 1 else 0
        results = await self._results(request, task, task.count - lost)
        return results, [failure_shape(task)] * lost

    async def _results(self, request: Request, task: Task, ready: int) -> list[JsonValue]:
        return [await self._result(request, task, number) for number in range(ready)]

    async def _result(self, request: Request, task: Task, number: int) -> Json:
        made = result_id(task, number)
        result: Json = {
            "taskType": task.task_type,
            "taskUUID": task.id,
            f"{task.kind}UUID": made,
            "seed": task.seed + number,
            "status": odd.status(task.words, "success", is_over=True),
        }
        if task.price is not None:
            result["cost"] = task.price
        if task.checked:
            result["NSFWContent"] = False
        if task.output == "URL":
            lives = LINK_SECONDS if task.ttl is None else float(task.ttl)
            name = made + SUFFIXES[task.media_type]
            url = link(request, name, self._engine.clock.now(), lives)
            if not odd.tells_oddly(task.words):
                return {**result, f"{task.kind}URL": url}
            return {**result, "outputs": odd.files(task.words, [url], None)}
        path = await self._darkroom.path(task, number)
        packed = base64.b64encode(path.read_bytes()).decode()
        if task.output == "dataURI":
            return {**result, "imageDataURI": f"data:{task.media_type};base64,{packed}"}
        return {**result, "imageBase64Data": packed}

    # Everything else

    async def _upload(self, request: Request, body: Json, account: str) -> Answered:
        stored = body["taskType"] == "mediaStorage"
        if stored and body.get("operation") != "upload":
            raise Refusal(400, "invalidOperation", "Only upload is emulated.", "operation")
        field = "media" if stored else "image"
        if not text(body.get(field)):
            raise Refusal(400, f"missing{field.capitalize()}", f"{field} is required.", field)
        upload = self._desk.keep(text(body[field]), account, field)
        url = link(request, f"{upload.id}.png", self._engine.clock.now())
        shape: Json = {"taskType": body["taskType"], "taskUUID": body["taskUUID"]}
        return [{**shape, f"{field}UUID": upload.id, f"{field}URL": url}], []

    async def _account(self, _: Request, body: Json, __: str) -> Answered:
        if body.get("operation") != "getDetails":
            raise Refusal(400, "invalidOperation", "Allowed: getDetails.", "operation")
        shape: Json = {"taskType": "accountManagement", "taskUUID": body["taskUUID"]}
        return [{**shape, "operation": "getDetails", "balance": BALANCE}], []

    async def _ping(self, _: Request, __: Json, ___: str) -> Answered:
        return [{"taskType": "ping", "pong": True}], []

    async def _file(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        mark = name.partition(".")[0]
        made = self._files.result(mark)
        if made is not None:
            return await self._darkroom.delivered(request, *made)
        path = await self._files.picture(mark)
        return fetched(request, self._engine.clock.now(), path, "image/png")


def _waiting(task: Task) -> Json:
    shape = dict(waiting_shape(task))
    return {**shape, "status": odd.status(task.words, text(shape.get("status")))}


def _caller(request: Request, tasks: list[Json]) -> tuple[str, list[Json]]:
    """Whose key it is, and the tasks without the one that only brings the key; 401 without a good one."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        first = tasks[0] if tasks else {}
        key = text(first.get("apiKey")) if first.get("taskType") == "authentication" else ""
        tasks = tasks[1:]
    if not re.fullmatch(r"[!-~]+", key) or "bad" in key.lower():
        raise Refusal(401, "invalidApiKey", "Invalid API key.", "apiKey")
    if not tasks:
        raise Refusal(400, "invalidRequest", "The body must be an array of tasks.")
    return account_of(key), tasks
