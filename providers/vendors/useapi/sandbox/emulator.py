"""useapi.net's Runway API, emulated: every documented endpoint, shape and refusal, with real files.

Written from the vendor's pages, not from the adapter: the two meet only on the wire.
"""

import json
from functools import partial
from typing import Literal

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from providers.vendors.sandbox.bodies import whole
from providers.vendors.sandbox.engine import Engine
from providers.vendors.sandbox.front import bad_gateway, front
from providers.vendors.sandbox.tasks import moment, refuse_by_fate, seen_ended, stage_of
from providers.vendors.useapi.sandbox.assets import AssetDesk
from providers.vendors.useapi.sandbox.files import Files
from providers.vendors.useapi.sandbox.gate import (
    caller,
    check_email,
    no_route,
    own_id,
    read_json,
    window,
)
from providers.vendors.useapi.sandbox.orders import Order, Unacceptable, read_order
from providers.vendors.useapi.sandbox.shapes import (
    EMAIL,
    Asset,
    Refusal,
    Task,
    artifact_shape,
    failure_shape,
    task_shape,
)
from providers.vendors.useapi.sandbox.tasks import echo, task_from

VENDOR_NAME = "useapi"
ROOT = "/v1/runwayml"
MAX_JOBS = 5
TRACKED_SECONDS = 60.0
"""How long the scheduler still lists a task that has ended."""
STATUS_OF = {
    "queued": "PENDING",
    "throttled": "THROTTLED",
    "running": "RUNNING",
    "ended": "SUCCEEDED",
    "failed": "FAILED",
}
TOO_MANY = (
    "You have too many tasks running or pending. "
    "Please wait for some of them to finish before starting more."
)
NO_CREDITS = "You do not have enough credits to run this task."
REFUSALS = {
    "sandbox:moderated": partial(Refusal, 422, "Your prompt was flagged by content moderation."),
    "sandbox:no-credits": partial(Refusal, 412, NO_CREDITS, coded=False),
}


class UseApiEmulator:
    """An ASGI application that answers as useapi.net does. Any bearer but one that holds `bad` is a key."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks = engine.records(VENDOR_NAME, "tasks", Task)
        assets = engine.records(VENDOR_NAME, "assets", Asset)
        self._files = Files(engine, self._tasks, assets)
        self._desk = AssetDesk(engine, self._files, self._tasks, assets)
        doors = [
            ("POST", f"{ROOT}/assets/", self._desk.upload),
            ("GET", f"{ROOT}/assets/", self._desk.list),
            ("GET", ROOT + "/assets/{full_id}", self._desk.read),
            ("DELETE", ROOT + "/assets/{full_id}", self._desk.delete),
            ("POST", f"{ROOT}/images/create", partial(self._create, "image")),
            ("POST", f"{ROOT}/videos/create", partial(self._create, "video")),
            ("GET", f"{ROOT}/tasks/", self._list_tasks),
            ("GET", ROOT + "/tasks/{full_id}", self._read_task),
            ("DELETE", ROOT + "/tasks/{full_id}", self._delete_task),
            ("GET", f"{ROOT}/scheduler/", self._scheduler),
            ("DELETE", ROOT + "/scheduler/{full_id}", self._untrack),
            ("GET", f"{ROOT}/features/", self._features),
            ("GET", f"{ROOT}/accounts", self._accounts),
            ("GET", "/v2/account", self._subscription),
        ]
        public = [
            Route("/files/{name}", self._desk.file),
        ]
        self._app = front(caller, doors, public, no_route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        await self._app(scope, receive, send)

    # Creating

    async def _create(
        self, kind: Literal["image", "video"], request: Request, user: int
    ) -> Response:
        body = await read_json(request)
        try:
            order = read_order(kind, body)
        except Unacceptable as error:
            raise Refusal(400, str(error)) from None
        check_email(body.get("email"))
        images = [self._input(full_id, user, "image") for full_id in order.images]
        film = self._input(order.video, user, "video") if order.video is not None else None
        words = self._engine.words(*order.texts)
        refuse_by_fate(self._engine, words, REFUSALS)
        self._refuse_when_busy(order, user, words)
        if "sandbox:lost-request" in words:
            return bad_gateway()
        task = self._task(request, order, user, images, film)
        self._tasks.put(task.id, task)
        token = body.get("replyRef")
        mark = token if isinstance(token, str) else ""
        self._engine.accept(VENDOR_NAME, task.full_id, mark, body)
        if not task.ends_badly:
            await self._files.darkroom.begin(task)
        if "sandbox:lost-answer" in words:
            return bad_gateway()
        shape = {**task_shape(task, task.at), **task.reply, "code": 200}
        return JSONResponse({"task": shape})

    def _refuse_when_busy(self, order: Order, user: int, words: tuple[str, ...]) -> None:
        running = [one for one in self._tasks if one.user == user and self._is_running(one)]
        if len(running) >= whole(order.body.get("maxJobs"), MAX_JOBS):
            entries: list[JsonValue] = [
                {"email": EMAIL, "taskId": one.full_id, "id": one.id, **one.reply}
                for one in running
            ]
            message = f"Account {EMAIL} is busy executing {len(running)} tasks"
            raise Refusal(429, message, runningTasks={EMAIL: entries})
        explores = order.given.get("explore") is True and any(one.explore for one in running)
        mark = json.dumps(order.body.get("replyRef") or order.texts)
        full = partial(Refusal, 429, TOO_MANY, coded=False)
        refuse_by_fate(self._engine, words, {"sandbox:throttled": full}, mark)
        if explores:
            raise full()

    def _input(self, full_id: str, user: int, kind: str) -> Asset:
        asset = self._desk.find(full_id, user)
        if asset.kind != kind:
            raise Refusal(400, f"Asset {asset.id} is not of type {kind}")
        return asset

    def _task(
        self, request: Request, order: Order, user: int, images: list[Asset], film: Asset | None
    ) -> Task:
        draft = task_from(order, user, images, film, self._engine.clock.now())
        sources: list[JsonValue] = [
            {"tag": f"IMG_{number}", "assetId": one.id, "url": self._desk.link(request, one)}
            for number, one in enumerate(images, start=1)
        ]
        options = echo(order, draft, sources)
        words = self._engine.words(*order.texts)
        return draft.model_copy(update={"options": options, "words": words})

    # Tasks

    async def _read_task(self, request: Request, user: int) -> Response:
        task = self._own_task(request, user)
        return JSONResponse({**await self._shape(request, task), **task.reply})

    async def _list_tasks(self, request: Request, user: int) -> Response:
        offset, limit = window(request, most=1000)
        check_email(request.query_params.get("email"))
        wanted = [one for one in request.query_params.get("statuses", "").split(",") if one]
        if not set(wanted) <= set(STATUS_OF.values()):
            raise Refusal(400, f"Parameter statuses supports {','.join(STATUS_OF.values())}")
        held = sorted(self._tasks, key=lambda one: one.at, reverse=True)
        fit = [
            one for one in held if one.user == user and (not wanted or self._status(one) in wanted)
        ]
        # Read from Runway itself, which does not know what a caller of the API put into replyRef.
        page = fit[offset : offset + limit]
        return JSONResponse([await self._shape(request, one) for one in page])

    async def _delete_task(self, request: Request, user: int) -> Response:
        self._tasks.remove(self._own_task(request, user).id)
        return JSONResponse({"success": True})

    def _own_task(self, request: Request, user: int) -> Task:
        task = self._tasks.get(own_id(request.path_params["full_id"], "task", user))
        if task is None:
            raise Refusal(404, "Not found.")
        return task

    async def _shape(self, request: Request, task: Task) -> dict[str, JsonValue]:
        now = self._engine.clock.now()
        shape: dict[str, JsonValue] = task_shape(task, now)
        stage, status = stage_of(self._engine, task), self._status(task)
        if status == "FAILED":
            seen_ended(self._engine, self._tasks, task)
            return {**shape, "status": status, "error": failure_shape(task)}
        if status in {"PENDING", "THROTTLED"}:
            wait = round(stage.starts_in, 1)
            return {**shape, "status": status, "estimatedTimeToStartSeconds": wait}
        shape["estimatedTimeToStartSeconds"] = None
        results = await self._files.results(task) if stage.state == "ended" else None
        if results is None:
            ratio = f"{min(stage.progress, 0.99):.2f}"
            return {**shape, "status": "RUNNING", "progressRatio": ratio}
        seen_ended(self._engine, self._tasks, task)
        artifacts: list[JsonValue] = [
            artifact_shape(
                task, one, self._desk.link(request, one), self._desk.preview_link(request, one)
            )
            for one in results
        ]
        return {**shape, "status": "SUCCEEDED", "progressRatio": "1", "artifacts": artifacts}

    def _status(self, task: Task) -> str:
        state = stage_of(self._engine, task).state
        return "THROTTLED" if state == "queued" and task.explore else STATUS_OF[state]

    def _is_running(self, task: Task) -> bool:
        return task.tracked and stage_of(self._engine, task).state not in {"failed", "ended"}

    async def _scheduler(self, _: Request, user: int) -> Response:
        now = self._engine.clock.now()
        held = [
            one.tracking
            for one in self._tasks
            if one.user == user
            and one.tracked
            and (one.finished is None or now - one.finished < TRACKED_SECONDS)
        ]
        return JSONResponse(held)

    async def _untrack(self, request: Request, user: int) -> Response:
        task = self._own_task(request, user)
        if not task.tracked:
            raise Refusal(404, "Not found.")
        self._tasks.put(task.id, task.model_copy(update={"tracked": False}))
        return JSONResponse({"success": True})

    # The account

    async def _features(self, request: Request, _: int) -> Response:
        check_email(request.query_params.get("email"))
        permitted = {"storageGB": 500, "numPlanCredits": 2250}
        return JSONResponse({"permitted": permitted, "used": {"numPlanCredits": 1315}})

    async def _accounts(self, _: Request, user: int) -> Response:
        # The real answer holds a password and a session token: whoever shows them is caught here.
        now = self._engine.clock.now()
        token = {"token": "sandbox-session", "exp": now + 86400, "iat": now - 86400, "id": user}
        account = {"email": EMAIL, "maxJobs": MAX_JOBS, "password": "sandbox-password"}
        return JSONResponse({EMAIL: {**account, "jwt": token}})

    async def _subscription(self, _: Request, __: int) -> Response:
        accounts = {"runwayml": {"total": 1, "active": 1, "error": 0}}
        return JSONResponse(
            {
                "subscriptionIsActive": True,
                "maxAccountsPerAPI": 3,
                "accounts": accounts,
                "sub": moment(self._engine.clock.now())[2:10].replace("-", ""),
                "replyUrl": None,
            }
        )
