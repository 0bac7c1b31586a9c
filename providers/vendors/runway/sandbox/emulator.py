"""Runway's own API, emulated: every endpoint that the studio uses, shape and refusal, with real files.

Written from the vendor's documents, not from the adapter: the two meet only on the wire.
"""

from functools import partial

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from providers.vendors.runway.sandbox.account import DAILY, made_today, organization, usage
from providers.vendors.runway.sandbox.gate import caller, no_route, read_json
from providers.vendors.runway.sandbox.media import MEDIA_FIELDS
from providers.vendors.runway.sandbox.orders import Order, read_order
from providers.vendors.runway.sandbox.recipes import read_recipe
from providers.vendors.runway.sandbox.shapes import Refusal, Task, Upload, task_shape
from providers.vendors.runway.sandbox.tasks import Inputs, check_inputs, task_from
from providers.vendors.runway.sandbox.uploads import UploadDesk
from providers.vendors.runway.ways import MULTI_SHOT_VIDEO
from providers.vendors.sandbox import odd
from providers.vendors.sandbox.clips import Take
from providers.vendors.sandbox.darkroom import SUFFIXES, Darkroom, Shown
from providers.vendors.sandbox.engine import Engine
from providers.vendors.sandbox.files import link
from providers.vendors.sandbox.front import bad_gateway, front
from providers.vendors.sandbox.tasks import refuse_by_fate, seen_ended, stage_of

VENDOR_NAME = "runway"
REFUSALS = {
    "sandbox:no-credits": partial(Refusal, 400, "You do not have enough credits to run this task."),
    "sandbox:hidden-error": partial(Refusal, 200, odd.REFUSAL),
}
NO_MORE_TODAY = "Your daily task limit has been reached."
NO_TASK = "Could not find Task"
STATUS_OF = {"queued": "PENDING", "throttled": "THROTTLED", "running": "RUNNING"}


class RunwayEmulator:
    """An ASGI application that answers as Runway does. Any bearer but one that holds `bad` is a key."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks = engine.records(VENDOR_NAME, "tasks", Task)
        self._desk = UploadDesk(engine, engine.records(VENDOR_NAME, "uploads", Upload))
        self._darkroom = Darkroom(engine, self._tasks, self._shown)
        doors = [
            *[
                ("POST", f"/v1/{endpoint}", partial(self._create, endpoint))
                for endpoint in MEDIA_FIELDS
            ],
            ("POST", f"/v1/{MULTI_SHOT_VIDEO}", partial(self._create, MULTI_SHOT_VIDEO)),
            ("POST", "/v1/uploads", self._desk.begin),
            ("GET", "/v1/tasks/{id}", self._read_task),
            ("DELETE", "/v1/tasks/{id}", self._delete_task),
            ("GET", "/v1/organization", self._organization),
            ("POST", "/v1/organization/usage", self._usage),
        ]
        public = [
            Route("/bucket/", self._desk.take, methods=["POST"]),
            Route("/files/{name}", self._file),
        ]
        self._app = front(caller, doors, public, no_route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        await self._app(scope, receive, send)

    async def _create(self, endpoint: str, request: Request, project: str) -> Response:
        body = await read_json(request)
        recipe = endpoint == MULTI_SHOT_VIDEO
        order = read_recipe(body) if recipe else read_order(endpoint, body)
        inputs = await self._inputs(order, project)
        check_inputs(order, inputs)
        words = self._engine.words(*order.texts)
        now = self._engine.clock.now()
        refuse_by_fate(self._engine, words, REFUSALS)
        if made_today(self._own(project), order.to.model, now) >= DAILY:
            raise Refusal(429, NO_MORE_TODAY)
        task = task_from(order, inputs, project, words, now)
        if "sandbox:lost-request" in words:
            return bad_gateway()
        self._tasks.put(task.id, task)
        self._engine.accept(VENDOR_NAME, odd.named(words, task.id, task.id), "", body)
        if not task.ends_badly:
            await self._darkroom.begin(task)
        if "sandbox:lost-answer" in words:
            return bad_gateway()
        shape: dict[str, JsonValue] = {
            "id": task.id,
            "estimatedCost": {"credits": task.credits},
        }
        return JSONResponse(odd.taken(words, task.id, shape))

    async def _inputs(self, order: Order, project: str) -> Inputs:
        asked = order.media
        first = [await self._desk.find(uri, project, "image") for uri in asked.first]
        last = [await self._desk.find(uri, project, "image") for uri in asked.last]
        pictures = [await self._desk.find(uri, project, "image") for uri in asked.pictures]
        video = [await self._desk.find(uri, project, "video") for uri in asked.video]
        return Inputs(
            first=first[0] if first else None,
            last=last[0] if last else None,
            pictures=tuple(pictures),
            video=video[0] if video else None,
        )

    async def _read_task(self, request: Request, project: str) -> Response:
        task = self._task(request, project)
        stage = stage_of(self._engine, task)
        if stage.state == "failed" or "sandbox:moderated" in task.words:
            return JSONResponse(task_shape(self._ended(task), "FAILED"))
        if stage.state == "ended" and await self._darkroom.paths(task) is not None:
            shape = task_shape(self._ended(task), "SUCCEEDED")
            now = self._engine.clock.now()
            urls = [link(request, name, now) for name in _names(task)]
            shape["output"] = odd.files(task.words, urls, [*urls])
            return JSONResponse(shape)
        shape = task_shape(task, STATUS_OF.get(stage.state, "RUNNING"))
        if shape["status"] == "RUNNING":
            shape["progress"] = round(min(stage.progress, 0.99), 2)
        return JSONResponse(shape)

    async def _delete_task(self, request: Request, project: str) -> Response:
        self._tasks.remove(self._task(request, project).id)
        return Response(status_code=204)

    def _task(self, request: Request, project: str) -> Task:
        task = odd.found(self._tasks, request.path_params["id"])
        if task is None or task.project != project:
            raise Refusal(404, NO_TASK)
        return task

    def _own(self, project: str) -> list[Task]:
        return [task for task in self._tasks if task.project == project]

    def _ended(self, task: Task) -> Task:
        return seen_ended(self._engine, self._tasks, task)

    async def _shown(self, task: Task) -> Shown:
        given = (*task.images, *([task.video] if task.video else []))
        return Shown(
            media_type=task.media_type,
            seed=task.seed or None,
            references=tuple(map(self._desk.path, given)),
            start=self._desk.path(task.start) if task.start else None,
            end=self._desk.path(task.end) if task.end else None,
            takes=tuple(Take(prompt=prompt, seconds=seconds) for prompt, seconds in task.shots),
        )

    async def _organization(self, _: Request, project: str) -> Response:
        return JSONResponse(organization(self._own(project), self._engine.clock.now()))

    async def _usage(self, request: Request, project: str) -> Response:
        body = await read_json(request)
        return JSONResponse(usage(self._own(project), body, self._engine.clock.now()))

    async def _file(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        task = self._tasks.get(name[:36])
        if task is None or name not in _names(task):
            return Response("Not found", 404)
        return await self._darkroom.delivered(request, task, _names(task).index(name))


def _names(task: Task) -> list[str]:
    """What the task's files are called."""
    return [f"{task.id}-{number}{SUFFIXES[task.media_type]}" for number in range(task.count)]
