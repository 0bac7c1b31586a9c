"""useapi.net's Runway API, emulated: every documented endpoint, shape and refusal, with real files.

Written from the vendor's pages, not from the adapter: the two meet only on the wire.
"""

import json
from collections.abc import Sequence
from functools import partial
from typing import Literal

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from providers.vendors.sandbox import odd
from providers.vendors.sandbox.bodies import whole
from providers.vendors.sandbox.calls import Call
from providers.vendors.sandbox.engine import Engine
from providers.vendors.sandbox.front import bad_gateway, front
from providers.vendors.sandbox.tasks import moment, refuse_by_fate, seen_ended, stage_of
from providers.vendors.useapi.sandbox.assets import AssetDesk
from providers.vendors.useapi.sandbox.fields import Unacceptable
from providers.vendors.useapi.sandbox.files import Files
from providers.vendors.useapi.sandbox.gate import (
    caller,
    no_route,
    own_id,
    owner_of,
    read_json,
    window,
)
from providers.vendors.useapi.sandbox.orders import Order, read_order
from providers.vendors.useapi.sandbox.shapes import (
    EMAIL,
    Asset,
    Refusal,
    Task,
    artifact_shape,
    failure_shape,
    task_shape,
)
from providers.vendors.useapi.sandbox.tasks import Handed, echo, task_from
from providers.vendors.useapi.sandbox.terms import wrong_length

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
    "sandbox:hidden-error": partial(Refusal, 200, odd.REFUSAL, coded=False),
}


class UseApiEmulator:
    """An ASGI application that answers as useapi.net does. Any bearer but one that holds `bad` is a key."""

    def __init__(self, engine: Engine, emails: Sequence[str] = (EMAIL,)) -> None:
        self._engine = engine
        self._emails = emails
        self._tasks = engine.records(VENDOR_NAME, "tasks", Task)
        assets = engine.records(VENDOR_NAME, "assets", Asset)
        self._files = Files(engine, self._tasks, assets)
        self._desk = AssetDesk(engine, self._files, self._tasks, assets, emails)
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
        handed = Handed(
            images=[self._input(full_id, user, "image") for full_id in order.images],
            references=[self._input(full_id, user, "image") for full_id in order.references],
            film=self._input(order.video, user, "video") if order.video is not None else None,
        )
        if wrong := wrong_length(order.model, handed.film and handed.film.seconds):
            raise Refusal(400, wrong)
        email = self._account(body.get("email"), handed)
        words = self._engine.words(*order.texts)
        refuse_by_fate(self._engine, words, REFUSALS)
        self._refuse_when_busy(order, user, email, words)
        if "sandbox:lost-request" in words:
            return bad_gateway()
        task = self._task(request, order, user, email, handed)
        self._tasks.put(task.id, task)
        token = body.get("replyRef")
        mark = token if isinstance(token, str) else ""
        name = odd.named(words, task.id, task.full_id)
        self._engine.accept(VENDOR_NAME, name, mark, body)
        if not task.ends_badly:
            await self._files.darkroom.begin(task)
        told = partial(self._calls, request, task.id)
        self._engine.callbacks.promise(task.reply.get("replyUrl"), told)
        if "sandbox:lost-answer" in words:
            return bad_gateway()
        shape = {**task_shape(task, task.at), **task.reply, "code": 200}
        return JSONResponse(odd.taken(words, task.id, {"task": shape}))

    async def _calls(self, request: Request, mark: str) -> Sequence[Call] | None:
        """The one at the end; a task that is deleted or no longer tracked makes none."""
        task = self._tasks.get(mark)
        if task is None or not task.tracked:
            return []
        shape = await self._shape(request, task)
        is_over = shape["status"] in ("SUCCEEDED", "FAILED")
        return [Call.of({**shape, **task.reply, "code": 200})] if is_over else None

    def _account(self, email: JsonValue, handed: Handed) -> str:
        """That of the files, else the named one, else any."""
        films = [handed.film] if handed.film else []
        owners = {one.email for one in (*handed.images, *handed.references, *films)}
        if len(owners) > 1:
            raise Refusal(400, "All assets must belong to the same account")
        if owners:
            return owners.pop()
        return self._emails[0] if email is None else owner_of(email, self._emails)

    def _refuse_when_busy(
        self, order: Order, user: int, email: str, words: tuple[str, ...]
    ) -> None:
        own = [one for one in self._tasks if one.user == user and one.email == email]
        running = [one for one in own if self._is_running(one)]
        if len(running) >= whole(order.body.get("maxJobs"), MAX_JOBS):
            busy: list[JsonValue] = [
                {"email": email, "taskId": one.full_id, "id": one.id, **one.reply}
                for one in running
            ]
            message = f"Account {email} is busy executing {len(running)} tasks"
            raise Refusal(429, message, runningTasks={email: busy})
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

    def _task(self, request: Request, order: Order, user: int, email: str, handed: Handed) -> Task:
        draft = task_from(order, user, handed, self._engine.clock.now(), email)
        sources: list[JsonValue] = [
            {"tag": f"IMG_{number}", "assetId": one.id, "url": self._desk.link(request, one)}
            for number, one in enumerate(handed.images, start=1)
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
        email = owner_of(request.query_params.get("email"), self._emails)
        wanted = [one for one in request.query_params.get("statuses", "").split(",") if one]
        if not set(wanted) <= set(STATUS_OF.values()):
            raise Refusal(400, f"Parameter statuses supports {','.join(STATUS_OF.values())}")
        held = sorted(self._tasks, key=lambda one: one.at, reverse=True)
        fit = [
            one
            for one in held
            if (one.user, one.email) == (user, email)
            and (not wanted or self._status(one) in wanted)
        ]
        # Read from Runway itself, which does not know what a caller of the API put into replyRef.
        page = fit[offset : offset + limit]
        return JSONResponse([await self._shape(request, one) for one in page])

    async def _delete_task(self, request: Request, user: int) -> Response:
        self._tasks.remove(self._own_task(request, user).id)
        return JSONResponse({"success": True})

    def _own_task(self, request: Request, user: int) -> Task:
        asked: str = request.path_params["full_id"]
        task = odd.found(self._tasks, asked if asked.isdecimal() else own_id(asked, "task", user))
        if task is None or not (asked.isdecimal() or task.full_id.lower() == asked.lower()):
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
            waits = odd.status(task.words, status)
            return {**shape, "status": waits, "estimatedTimeToStartSeconds": wait}
        shape["estimatedTimeToStartSeconds"] = None
        results = await self._files.results(task) if stage.state == "ended" else None
        if results is None:
            ratio = f"{min(stage.progress, 0.99):.2f}"
            runs = odd.status(task.words, "RUNNING")
            return {**shape, "status": runs, "progressRatio": ratio}
        seen_ended(self._engine, self._tasks, task)
        artifacts: list[JsonValue] = [
            artifact_shape(
                task, one, self._desk.link(request, one), self._desk.preview_link(request, one)
            )
            for one in results
        ]
        urls = [self._desk.link(request, one) for one in results]
        told = odd.files(task.words, urls, artifacts)
        over = odd.status(task.words, "SUCCEEDED", is_over=True)
        return {**shape, "status": over, "progressRatio": "1", "artifacts": told}

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
        owner_of(request.query_params.get("email"), self._emails)
        permitted = {"storageGB": 500, "numPlanCredits": 2250}
        return JSONResponse({"permitted": permitted, "used": {"numPlanCredits": 1315}})

    async def _accounts(self, _: Request, user: int) -> Response:
        # The real answer holds a password and a session token: whoever shows them is caught here.
        now = self._engine.clock.now()
        token = {"token": "sandbox-session", "exp": now + 86400, "iat": now - 86400, "id": user}
        account = {"maxJobs": MAX_JOBS, "password": "sandbox-password", "jwt": token}
        return JSONResponse({email: {"email": email, **account} for email in self._emails})

    async def _subscription(self, _: Request, __: int) -> Response:
        accounts = {
            "runwayml": {"total": len(self._emails), "active": len(self._emails), "error": 0}
        }
        return JSONResponse(
            {
                "subscriptionIsActive": True,
                "maxAccountsPerAPI": 3,
                "accounts": accounts,
                "sub": moment(self._engine.clock.now())[2:10].replace("-", ""),
                "replyUrl": None,
            }
        )
