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

from providers.vendors.runflow.sandbox.assets import AssetDesk
from providers.vendors.runflow.sandbox.callbacks import CallbackDesk
from providers.vendors.runflow.sandbox.gate import caller, no_route, read_json
from providers.vendors.runflow.sandbox.orders import BASE, EDIT, Order, read_order
from providers.vendors.runflow.sandbox.pages import PAGES
from providers.vendors.runflow.sandbox.shapes import Asset, HiddenError, Refusal, Run, run_shape
from providers.vendors.sandbox import odd
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
    "sandbox:hidden-error": HiddenError,
}  # fmt: skip
SLUGS = {BASE: "Nano Banana Pro", EDIT: "Nano Banana Pro"} | {
    slug: page.label for slug, page in PAGES.items()
}
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
        self._callbacks = CallbackDesk(engine)
        doors = [
            ("POST", ROOT + "/models/{slug:path}/runs", self._create),
            ("GET", ROOT + "/models/{slug:path}", self._model),
            ("GET", f"{ROOT}/runs", self._list),
            ("GET", ROOT + "/runs/{run}", self._read),
            ("POST", f"{ROOT}/asset-uploads", self._desk.announce),
            ("POST", ROOT + "/asset-uploads/{asset}/confirmations", self._desk.confirm),
            ("GET", ROOT + "/assets/{asset}", self._desk.read),
            ("POST", f"{ROOT}/callback-secrets", self._callbacks.make_secret),
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
        if slug not in SLUGS:
            raise Refusal(404, "MODEL_NOT_FOUND", "There is no such model.")
        body = await read_json(request)
        key = request.headers.get("idempotency-key", "")
        before = self._same_key(key, account)
        if before is not None:
            if dict(before.body) != body:
                raise Refusal(409, "CONFLICT", "This Idempotency-Key came with another body.")
            return JSONResponse(await self._shape(request, before), 201)
        order = read_order(slug, body)
        pictures = self._pictures(order, account)
        words = self._engine.words(*order.texts)
        mark = json.dumps(body.get("client_ref") or body.get("input"))
        refuse_by_fate(self._engine, words, REFUSALS, mark)
        if "sandbox:lost-request" in words:
            return bad_gateway()
        run = self._run(slug, account, order, pictures)
        run = run.model_copy(update={"words": words, "key": key, "body": body})
        self._runs.put(run.id, run)
        token = body.get("client_ref")
        told: JsonValue = {"model": slug, **body}
        name = odd.named(words, run.id, run.id)
        self._engine.accept(VENDOR_NAME, name, token if isinstance(token, str) else "", told)
        if not run.ends_badly:
            await self._darkroom.begin(run)
        self._callbacks.promise(run, partial(self._ended, request, run.id))
        if "sandbox:lost-answer" in words:
            return bad_gateway()
        shape = run_shape(run, "queued", None, run.at)
        return JSONResponse(odd.taken(words, run.id, shape), 201)

    async def _ended(self, request: Request, run: str) -> dict[str, JsonValue] | None:
        """The run once it has ended."""
        held = self._runs.get(run)
        if held is None or stage_of(self._engine, held).state not in ("failed", "ended"):
            return None
        shape = await self._shape(request, held)
        return shape if shape["completed_at"] is not None else None

    def _same_key(self, key: str, account: str) -> Run | None:
        found = (run for run in self._runs if key and (run.key, run.account) == (key, account))
        return next(found, None)

    def _pictures(self, order: Order, account: str) -> list[tuple[str, Asset | None, str]]:
        """Of each address: the part it plays, our asset if it is one, and a mark."""
        found: list[tuple[str, Asset | None, str]] = []
        for part, url in order.urls:
            if url.startswith("data:"):
                asset = self._desk.inline(url, account)
            else:
                own = re.search(r"/files/([0-9a-f-]{36})\?", url)
                asset = self._assets.get(own[1]) if own else None
            if asset is not None and asset.account != account:
                asset = None
            found.append((part, asset, url if asset is None else asset.sha256))
        return found

    def _run(
        self, slug: str, account: str, order: Order, pictures: list[tuple[str, Asset | None, str]]
    ) -> Run:
        held = [(part, asset) for part, asset, _ in pictures if asset is not None]
        parts = {part: asset.id for part, asset in held}
        first = next(((asset.width, asset.height) for _, asset in held), None)
        width, height = order.size(first)
        marks = [mark for _, _, mark in pictures]
        told = [] if order.seed is None else [str(order.seed)]
        return Run(
            id=str(uuid.uuid4()),
            account=account,
            slug=slug,
            kind="video" if order.takes else "image",
            label=order.label,
            prompt=order.prompt,
            look=seed_from(slug, *order.texts, *marks, *told),
            seed=order.seed,
            width=width,
            height=height,
            count=order.count,
            seconds=sum(take.seconds for take in order.takes),
            takes=order.takes,
            sound=order.sound,
            dollars=order.dollars,
            media_type=order.media_type,
            pictures=tuple(asset.id for part, asset in held if not part),
            start=parts.get("start", ""),
            end=parts.get("end", ""),
            body={},
            at=self._engine.clock.now(),
        )

    async def _read(self, request: Request, account: str) -> Response:
        run = odd.found(self._runs, request.path_params["run"])
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
        runs = [await self._shape(request, run) for run in page]
        following = page[-1].id if len(page) < len(held) else None
        return JSONResponse({"items": runs, "next_pq": following, "prev_pq": None})

    async def _shape(
        self, request: Request, run: Run, *, renews: bool = False
    ) -> dict[str, JsonValue]:
        """`renews`: links are signed anew, which a run that is only listed is not."""
        now = self._engine.clock.now()
        stage = stage_of(self._engine, run)
        if stage.state in STATUS_OF:
            if stage.state == "failed":
                seen_ended(self._engine, self._runs, run, renews=False)
            return run_shape(run, odd.status(run.words, STATUS_OF[stage.state]), None, now)
        if stage.state == "running" or await self._darkroom.paths(run) is None:
            return run_shape(run, odd.status(run.words, "running"), None, now)
        run = seen_ended(self._engine, self._runs, run, renews=renews)
        fails = "sandbox:one-fails" in run.words and run.count > 1
        ending = run.media_type.partition("/")[2]
        urls = [
            link(request, f"{run.id}.{number}.{ending}", now) for number in range(run.count - fails)
        ]
        usual = "partial_succeeded" if fails else "succeeded"
        shape = run_shape(run, odd.status(run.words, usual, is_over=True), urls, now)
        if odd.tells_oddly(run.words):
            shape["output"] = odd.files(run.words, urls, None)
        return shape

    # Files

    async def _shown(self, run: Run) -> Shown:
        return Shown(
            media_type=run.media_type,
            seed=run.seed,
            references=tuple(map(self._assets.beside, run.pictures)),
            start=self._assets.beside(run.start) if run.start else None,
            end=self._assets.beside(run.end) if run.end else None,
            takes=run.takes,
        )

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
        if slug not in SLUGS:
            raise Refusal(404, "MODEL_NOT_FOUND", "There is no such model.")
        return JSONResponse({"slug": slug, "name": SLUGS[slug], "inputs": []})

    async def _me(self, _: Request, account: str) -> Response:
        return JSONResponse({"id": account, "organization_id": "sandbox"})

    async def _balance(self, _: Request, __: str) -> Response:
        return JSONResponse(BALANCE)

    async def _health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})
