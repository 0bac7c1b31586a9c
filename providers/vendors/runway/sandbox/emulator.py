"""Runway's own API, emulated: every endpoint that the studio uses, shape and refusal, with real files.

Written from the vendor's documents, not from the adapter: the two meet only on the wire.
"""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from providers.vendors.runway.sandbox.account import DAILY, made_today, organization, usage
from providers.vendors.runway.sandbox.darkroom import Darkroom
from providers.vendors.runway.sandbox.gate import caller, no_route, read_json, refuse
from providers.vendors.runway.sandbox.media import MEDIA_FIELDS
from providers.vendors.runway.sandbox.orders import Order, read_order
from providers.vendors.runway.sandbox.shapes import Refusal, Task, Upload, task_shape
from providers.vendors.runway.sandbox.tasks import Inputs, check_inputs, task_from
from providers.vendors.runway.sandbox.uploads import UploadDesk
from providers.vendors.sandbox.darkroom import delivered, is_dead
from providers.vendors.sandbox.engine import Engine
from providers.vendors.sandbox.files import is_alive, link
from providers.vendors.sandbox.front import bad_gateway, front

VENDOR_NAME = "runway"
WORK_SECONDS = {"image": 2.0, "video": 5.0}
NO_CREDITS = "You do not have enough credits to run this task."
NO_MORE_TODAY = "Your daily task limit has been reached."
NO_TASK = "Could not find Task"
STATUS_OF = {"queued": "PENDING", "throttled": "THROTTLED", "running": "RUNNING"}


class RunwayEmulator:
    """An ASGI application that answers as Runway does. Any bearer but one that holds `bad` is a key."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks = engine.records(VENDOR_NAME, "tasks", Task)
        self._desk = UploadDesk(engine, engine.records(VENDOR_NAME, "uploads", Upload))
        self._darkroom = Darkroom(engine, self._desk.path)
        doors = [
            *[
                ("POST", f"/v1/{endpoint}", partial(self._create, endpoint))
                for endpoint in MEDIA_FIELDS
            ],
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
        self._app = front(caller, doors, public, Refusal, refuse, no_route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        await self._app(scope, receive, send)

    async def _create(self, endpoint: str, request: Request, project: str) -> Response:
        body = await read_json(request)
        order = read_order(endpoint, body)
        inputs = await self._inputs(order, project)
        check_inputs(order, inputs)
        words = self._engine.words(order.prompt)
        now = self._engine.clock.now()
        if "sandbox:no-credits" in words:
            raise Refusal(400, NO_CREDITS)
        if made_today(self._own(project), order.to.model, now) >= DAILY:
            raise Refusal(429, NO_MORE_TODAY)
        task = task_from(order, inputs, project, words, now)
        if "sandbox:lost-request" in words:
            return bad_gateway()
        self._tasks.put(task.id, task)
        self._engine.accept(VENDOR_NAME, task.id, "", body)
        if not task.ends_badly:
            self._darkroom.begin(task)
        if "sandbox:lost-answer" in words:
            return bad_gateway()
        return JSONResponse({"id": task.id, "estimatedCost": {"credits": task.credits}})

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
        state, progress = "ended", 1.0
        if task.finished is None:
            stage = self._engine.stage(task.at, WORK_SECONDS[task.kind], task.words)
            state, progress = stage.state, stage.progress
        failed = state == "failed" or (task.ends_badly and state == "ended")
        if failed or "sandbox:moderated" in task.words:
            return JSONResponse(task_shape(self._ended(task), "FAILED"))
        if state == "ended" and await self._darkroom.are_ready(task):
            shape = task_shape(self._ended(task), "SUCCEEDED")
            now = self._engine.clock.now()
            shape["output"] = [link(request, name, now) for name in self._darkroom.names(task)]
            return JSONResponse(shape)
        shape = task_shape(task, STATUS_OF.get(state, "RUNNING"))
        if shape["status"] == "RUNNING":
            shape["progress"] = round(min(progress, 0.99), 2)
        return JSONResponse(shape)

    async def _delete_task(self, request: Request, project: str) -> Response:
        self._tasks.remove(self._task(request, project).id)
        return Response(status_code=204)

    def _task(self, request: Request, project: str) -> Task:
        task = self._tasks.get(request.path_params["id"])
        if task is None or task.project != project:
            raise Refusal(404, NO_TASK)
        return task

    def _own(self, project: str) -> list[Task]:
        return [task for task in self._tasks if task.project == project]

    def _ended(self, task: Task) -> Task:
        update: dict[str, float | bool] = {}
        if task.finished is None:
            update["finished"] = self._engine.clock.now()
        if task.link_tried and not task.renewed:
            update["renewed"] = True
        return self._tasks.put(task.id, task.model_copy(update=update)) if update else task

    async def _organization(self, _: Request, project: str) -> Response:
        return JSONResponse(organization(self._own(project), self._engine.clock.now()))

    async def _usage(self, request: Request, project: str) -> Response:
        body = await read_json(request)
        return JSONResponse(usage(self._own(project), body, self._engine.clock.now()))

    async def _file(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        task = self._tasks.get(name[:36])
        if task is None or name not in self._darkroom.names(task):
            return Response("Not found", 404)
        if not is_alive(request, self._engine.clock.now()):
            return Response("Access denied", 403)
        if is_dead(self._tasks, task):
            return Response("Access denied", 403)
        path = await self._darkroom.path(task, name)
        return delivered(self._engine, request, path, task.media_type, task.words, name)
