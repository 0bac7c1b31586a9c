"""Runflow's API, emulated: runs, three-step uploads, lists, balances, and real files.

Written from the vendor's pages, not from the adapter: the two meet only on the wire.
"""

import json
import re
import uuid
from functools import partial

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from providers.vendors.runflow.models import MODELS
from providers.vendors.runflow.sandbox.assets import AssetDesk
from providers.vendors.runflow.sandbox.gate import caller, no_route, read_json
from providers.vendors.runflow.sandbox.orders import BASE, EDIT, Size, read_input, size_of
from providers.vendors.runflow.sandbox.shapes import Asset, Refusal, Run, run_shape
from providers.vendors.sandbox.darkroom import Darkroom, Shown
from providers.vendors.sandbox.engine import Engine, Records
from providers.vendors.sandbox.files import fetched, link
from providers.vendors.sandbox.front import bad_gateway, front
from providers.vendors.sandbox.painter import seed_from
from providers.vendors.sandbox.tasks import refuse_by_fate, seen_ended, stage_of

VENDOR_NAME = "runflow"
ROOT = "/v1"
REFUSALS = {
    "sandbox:moderated": partial(
        Refusal, 422, "VALIDATION_ERROR", "The prompt was flagged by content moderation."
    ),
    "sandbox:no-credits": partial(
        Refusal, 402, "INSUFFICIENT_CREDIT", "The credit is used up."
    ),
    "sandbox:throttled": partial(Refusal, 429, "RATE_LIMITED", "Too many requests."),
}  # fmt: skip
STATUS_OF = {"queued": "queued", "throttled": "dispatching", "failed": "failed"}
BALANCE = {"id": "sandbox", "org_id": "sandbox", "balance": "8.65", "low_balance_threshold": "1.00"}


class RunflowEmulator:
    """An ASGI application that answers as Runflow does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._runs: Records[Run] = engine.records(VENDOR_NAME, "runs", Run)
        self._assets: Records[Asset] = engine.records(VENDOR_NAME, "assets", Asset)
        self._desk = AssetDesk(engine, self._assets)
        self._darkroom = Darkroom(engine, self._runs, self._shown)
        doors = [
            ("POST", ROOT + "/models/{slug:path}/runs", self._create),
            ("GET", ROOT + "/models/{slug:path}", self._model),
            ("GET", f"{ROOT}/runs", self._list),
            ("GET", ROOT + "/runs/{run}", self._read),
            ("POST", f"{ROOT}/asset-uploads", self._desk.announce),
            ("POST", ROOT + "/asset-uploads/{asset}/confirmations", self._desk.confirm),
            ("GET", ROOT + "/assets/{asset}", self._desk.read),
            ("GET", f"{ROOT}/auth/me", self._me),
            ("GET", f"{ROOT}/billing/balance", self._balance),
        ]
        public = [
            Route(f"{ROOT}/health", self._health),
            Route("/uploads/{name}", self._desk.fill, methods=["PUT"]),
            Route("/files/{name}", self._file),
        ]
        self._app = front(caller, doors, public, no_route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        await self._app(scope, receive, send)

    # Runs

    async def _create(self, request: Request, account: str) -> Response:
        slug: str = request.path_params["slug"]
        if slug not in (BASE, EDIT):
            raise Refusal(404, "MODEL_NOT_FOUND", "There is no such model.")
        body = await read_json(request)
        key = request.headers.get("idempotency-key", "")
        before = self._same_key(key, account)
        if before is not None:
            if dict(before.body) != body:
                raise Refusal(409, "CONFLICT", "This Idempotency-Key came with another body.")
            return JSONResponse(await self._shape(request, before), 201)
        given = read_input(slug, body)
        assets, marks = self._pictures(given, account)
        words = self._engine.words(str(given.get("prompt")))
        mark = json.dumps(body.get("client_ref") or str(given))
        refuse_by_fate(self._engine, words, REFUSALS, mark)
        if "sandbox:lost-request" in words:
            return bad_gateway()
        run = self._run(slug, account, body, given, assets, marks)
        run = run.model_copy(update={"words": words, "key": key})
        self._runs.put(run.id, run)
        token = body.get("client_ref")
        told: JsonValue = {"model": slug, **body}
        self._engine.accept(VENDOR_NAME, run.id, token if isinstance(token, str) else "", told)
        if not run.ends_badly:
            await self._darkroom.begin(run)
        if "sandbox:lost-answer" in words:
            return bad_gateway()
        return JSONResponse(run_shape(run, "queued", None, run.at), 201)

    def _same_key(self, key: str, account: str) -> Run | None:
        found = (run for run in self._runs if key and (run.key, run.account) == (key, account))
        return next(found, None)

    def _pictures(self, given: dict[str, JsonValue], account: str) -> tuple[list[Asset], list[str]]:
        """Own assets among the addresses, and a mark for each address."""
        assets: list[Asset] = []
        marks: list[str] = []
        urls = given.get("references")
        for url in urls if isinstance(urls, list) else ():
            if str(url).startswith("data:"):
                asset = self._desk.inline(str(url), account)
            else:
                own = re.search(r"/files/([0-9a-f-]{36})\?", str(url))
                asset = self._assets.get(own[1]) if own else None
            if asset is not None and asset.account == account:
                assets.append(asset)
            marks.append(asset.sha256 if asset is not None else str(url))
        return assets, marks

    def _run(
        self, slug: str, account: str, body: dict[str, JsonValue], given: dict[str, JsonValue],
        assets: list[Asset], marks: list[str],
    ) -> Run:  # fmt: skip
        first: Size | None = (assets[0].width, assets[0].height) if assets else None
        width, height = size_of(given, first)
        prompt, seed, count = str(given.get("prompt")), given.get("seed"), given.get("count")
        told = [] if seed is None else [str(seed)]
        return Run(
            id=str(uuid.uuid4()),
            account=account,
            slug=slug,
            label=MODELS[0].label,
            prompt=prompt,
            look=seed_from(slug, prompt, *marks, *told),
            seed=seed if isinstance(seed, int) else None,
            width=width,
            height=height,
            count=count if isinstance(count, int) else 1,
            media_type=f"image/{given.get('format')}",
            pictures=tuple(asset.id for asset in assets),
            body=body,
            at=self._engine.clock.now(),
        )

    async def _read(self, request: Request, account: str) -> Response:
        run = self._runs.get(request.path_params["run"])
        if run is None or run.account != account:
            raise Refusal(404, "RUN_NOT_FOUND", "There is no such run.")
        renews = request.query_params.get("add_signature") == "true"
        return JSONResponse(await self._shape(request, run, renews=renews))

    async def _list(self, request: Request, account: str) -> Response:
        limit = request.query_params.get("limit", "50")
        if not limit.isdecimal() or not 1 <= int(limit) <= 500:
            raise Refusal(422, "VALIDATION_ERROR", "limit is 1 to 500.")
        held = [run for run in self._runs if run.account == account]
        asked = request.query_params.get("q")
        if asked is not None:
            found = re.fullmatch(r"client_ref\.EQ:'([^']*)'", asked)
            if found is None:
                raise Refusal(422, "VALIDATION_ERROR", "The filter q cannot be read.")
            held = [run for run in held if run.body.get("client_ref") == found[1]]
        held.sort(key=lambda run: (run.at, run.id), reverse=True)
        after = request.query_params.get("pq")
        if after is not None:
            last = self._runs.get(after)
            if last is None:
                raise Refusal(422, "VALIDATION_ERROR", "The cursor pq cannot be read.")
            held = [run for run in held if (run.at, run.id) < (last.at, last.id)]
        page = held[: int(limit)]
        items = [await self._shape(request, run) for run in page]
        following = page[-1].id if len(page) < len(held) else None
        return JSONResponse({"items": items, "next_pq": following, "prev_pq": None})

    async def _shape(
        self, request: Request, run: Run, *, renews: bool = False
    ) -> dict[str, JsonValue]:
        """`renews`: links are signed anew, which a run that is only listed is not."""
        now = self._engine.clock.now()
        stage = stage_of(self._engine, run)
        if stage.state in STATUS_OF:
            if stage.state == "failed":
                seen_ended(self._engine, self._runs, run, renews=False)
            return run_shape(run, STATUS_OF[stage.state], None, now)
        if stage.state == "running" or await self._darkroom.paths(run) is None:
            return run_shape(run, "running", None, now)
        run = seen_ended(self._engine, self._runs, run, renews=renews)
        fails = "sandbox:one-fails" in run.words and run.count > 1
        ending = run.media_type.partition("/")[2]
        urls = [
            link(request, f"{run.id}.{number}.{ending}", now) for number in range(run.count - fails)
        ]
        return run_shape(run, "partial_succeeded" if fails else "succeeded", urls, now)

    # Files

    async def _shown(self, run: Run) -> Shown:
        references = tuple(map(self._assets.beside, run.pictures))
        return Shown(media_type=run.media_type, seed=run.seed, references=references)

    async def _file(self, request: Request) -> Response:
        mark, _, rest = str(request.path_params["name"]).partition(".")
        run, asset = self._runs.get(mark), self._assets.get(mark)
        if run is not None:
            return await self._darkroom.delivered(request, run, int(rest.partition(".")[0] or 0))
        now = self._engine.clock.now()
        if asset is None or not asset.confirmed:
            return fetched(request, now, None, "")
        return fetched(request, now, self._assets.beside(mark), asset.media_type)

    # The account

    async def _model(self, request: Request, _: str) -> Response:
        slug = request.path_params["slug"]
        if slug not in (BASE, EDIT):
            raise Refusal(404, "MODEL_NOT_FOUND", "There is no such model.")
        return JSONResponse({"slug": slug, "name": MODELS[0].label, "inputs": []})

    async def _me(self, _: Request, account: str) -> Response:
        return JSONResponse({"id": account, "organization_id": "sandbox"})

    async def _balance(self, _: Request, __: str) -> Response:
        return JSONResponse(BALANCE)

    async def _health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})
