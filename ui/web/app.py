"""The web application around the page: routes, feed, guards, identity, and Gradio mounted among them."""

import asyncio
import contextlib
import json
import os
import shutil
import time
from collections.abc import AsyncGenerator, Callable, Hashable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import cache
from pathlib import Path

import gradio as gr
from anyio import to_thread
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from providers.errors import Problem, StoreProblem
from providers.people.entrance import Entrance
from providers.people.register import Register
from providers.pools import CHORES
from providers.settings import is_loopback
from providers.studio.limits import Limits
from providers.studio.studio import Studio
from ui.answers import CurrentUser, answer, problems_json
from ui.bundle import assets
from ui.bundle.bundle import bundle
from ui.bundle.head import Headed, head, styles
from ui.bundle.mark import page_mark
from ui.gradio_private import count_as_launched, kinds_of, report_broken, styles_mark
from ui.page import blocks, broken
from ui.page.api import Api
from ui.page.calls import CallGuard
from ui.page.theme import theme
from ui.remembered import Compressed
from ui.web.batches import BatchRoutes
from ui.web.callbacks import CallbackRoute
from ui.web.guards import Guard, Policy
from ui.web.keeping import KeepingRoutes
from ui.web.keys import KeyRoutes
from ui.web.limits import LimitRoutes
from ui.web.live import Live
from ui.web.media import MediaRoutes
from ui.web.metrics import MetricsRoute, Timed
from ui.web.mounted import Mounted, Routed
from ui.web.people import PeopleRoutes
from ui.web.plans import PlanRoutes
from ui.web.routes import JobRoutes, SettingsRoutes
from ui.web.signin import SignIn, person_json
from ui.web.upkeep import UpkeepRoutes
from ui.web.visitors import SignInGate, Visitors

KEEP_UPLOADS = 24 * 3600.0
"""Seconds for which a file that a client uploaded waits to be used."""
PAGE_THREADS = 200
"""Threads of the page's own frameworks: one for each file on its way out, and for parts of the page itself."""


def build(
    studio: Studio,
    *,
    current_user: CurrentUser | None = None,
    entrance: Entrance | None = None,
    environment: Mapping[str, str] = os.environ,
) -> FastAPI:
    """The whole application; its lifespan opens the studio and closes it.

    Who asks is told by `entrance`, from the people in the data folder, or by `current_user` in its place.
    When the data folder cannot be used, `app.state.refusal` holds the sentence and the start fails.
    """
    settings = studio.settings
    uploads = settings.data_dir / "incoming"
    os.environ["GRADIO_TEMP_DIR"] = str(uploads.resolve())
    app = FastAPI(
        title=blocks.TITLE,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan(studio, uploads),
        exception_handlers={Exception: _crashed, HTTPException: _refused},
    )
    app.state.refusal = ""
    visitors = Visitors(entrance or Entrance(Register(settings.data_dir)))
    user = current_user or visitors.owner
    mark = page_mark(studio.catalogue)
    admin = current_user or visitors.admin
    # A web server before it, which asks from this machine for everybody, needs its name listed.
    is_here = is_loopback(settings.host) and not settings.allowed_hosts.strip()
    is_private = is_here and "SPACE_ID" not in environment
    people = PeopleRoutes(studio, visitors, user, admin, is_private=is_private)
    app.router.routes.extend([*people.all(), *_routes(studio, visitors, user, admin, mark)])
    metrics = MetricsRoute(studio, settings.metrics_token)
    known = _known_admin(visitors, admin, is_private=is_private)
    app.router.routes.append(metrics.route(user, known))
    # The first one added is the innermost.
    app.add_middleware(Routed)
    _in_a_loop(lambda: _mount_page(app, studio, user, visitors, mark))
    # The last one added is the outermost. Without any origin this keeps Gradio's own CORS answers off.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Compressed, who=_seen_by(studio, user, visitors))
    app.add_middleware(assets.PackedAnswers)
    app.add_middleware(CallGuard, uploads=uploads, fetch=studio.files.fetch)
    app.add_middleware(
        SignInGate, user=metrics.admits(user), is_closed=lambda: visitors.entrance.is_closed
    )
    app.add_middleware(Guard, policy=Policy.of(settings.host, settings.allowed_hosts, environment))
    app.add_middleware(Timed, seconds=metrics.seconds, routes=list(app.router.routes))
    app.add_middleware(Mounted, root_path=settings.root_path)
    return app


def _known_admin(visitors: Visitors, admin: CurrentUser, *, is_private: bool) -> CurrentUser:
    """The same, and nobody where others reach the address and do not sign in: then anybody would be one."""
    return lambda asked: admin(asked) if is_private or visitors.entrance.is_closed else None


def _seen_by(
    studio: Studio, user: CurrentUser, visitors: Visitors
) -> Callable[[HTTPConnection], Hashable]:
    """All that the page says of whoever asks: the owner stands in Gradio's part, the person in the head, and
    in both which services are their sandboxes."""
    return lambda asked: (
        user(asked), json.dumps(person_json(visitors, asked)), _sandboxed(studio)
    )  # fmt: skip


def _sandboxed(studio: Studio) -> tuple[bool, ...]:
    return tuple(connection.is_sandbox for connection in studio.connections.values())


def _in_a_loop(work: Callable[[], None]) -> None:
    # Outside a running loop Gradio opens one for every lock that it makes, and closes none of them.
    async def run() -> None:
        work()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(run())
    else:
        work()


def _routes(
    studio: Studio, visitors: Visitors, user: CurrentUser, admin: CurrentUser, mark: str
) -> list[BaseRoute]:
    return [
        *SignIn(visitors).all(),
        Live(studio, user, page=mark).route(),
        CallbackRoute(studio).route(),
        *JobRoutes(studio, user, page=mark).all(),
        *BatchRoutes(studio, user).all(),
        *MediaRoutes(studio, user, admin).all(),
        *SettingsRoutes(studio, user, admin).all(),
        *KeyRoutes(studio, user, admin).all(),
        *LimitRoutes(studio, user, admin).all(),
        *UpkeepRoutes(studio, user, admin).all(),
        *KeepingRoutes(studio, user).all(),
        *PlanRoutes(studio, user).all(),
        *assets.routes(),
    ]


def _mount_page(
    app: FastAPI, studio: Studio, user: CurrentUser, visitors: Visitors, mark: str
) -> None:
    page = blocks.build(studio)
    with page:
        Api(studio).declare()
    page.queue(max_size=100)
    files = bundle(kinds_of(page))
    app.router.routes.extend(assets.joined(files.files))
    count_as_launched(page)
    report_broken(broken.tell)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        auth_dependency=user,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        # Over Gradio's own they win by their order: unless those stand in our head, ours must come once more.
        head=None if files.early.styles else styles(files),
    )
    looks = styles_mark(page)
    made = cache(lambda _sandboxed: head(studio, files, looks, mark))
    _limit_uploads(page, studio.limits)
    app.add_middleware(
        Headed,
        head=lambda: made(_sandboxed(studio)),
        person=lambda asked: person_json(visitors, asked),
    )


def _limit_uploads(page: gr.Blocks, limits: Limits) -> None:
    """Let Gradio's own uploads be as large as others, also when that is set anew."""

    def follow() -> None:
        page.max_file_size = limits.max_upload_bytes

    follow()
    limits.watchers.append(follow)


def _lifespan(
    studio: Studio, uploads: Path
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with contextlib.AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(studio.running())
            except StoreProblem as error:
                app.state.refusal = str(error)
                raise
            # Files on their way out share these with the page: some on a disk that hangs must not stop it.
            to_thread.current_default_thread_limiter().total_tokens = PAGE_THREADS
            # The folder is ours alone now: what lies here was left by a process that is gone.
            await CHORES.run(sweep, uploads, 0.0)
            sweeping = asyncio.create_task(_sweep_often(uploads))
            stack.callback(sweeping.cancel)
            yield

    return lifespan


async def _sweep_often(uploads: Path) -> None:
    while True:
        await asyncio.sleep(3600)
        await CHORES.run(sweep, uploads, KEEP_UPLOADS)


def sweep(uploads: Path, age: float) -> None:
    """Remove uploads that have waited longer than `age` seconds."""
    uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
    for upload in uploads.iterdir():
        # One that is gone meanwhile, or cannot be removed, is no reason to leave the others.
        with contextlib.suppress(OSError):
            if time.time() - upload.lstat().st_mtime < age:
                continue
            if upload.is_dir() and not upload.is_symlink():
                shutil.rmtree(upload, ignore_errors=True)
            else:
                upload.unlink(missing_ok=True)


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    sentence = (
        "There's nothing here. Check the address."
        if status == 404
        else "This method isn't supported here."
    )
    return answer(problems_json([Problem("", sentence)]), status)


async def _crashed(_request: Request, _error: Exception) -> Response:
    sentence = "Something went wrong in the studio. Try again, or see the server log for details."
    return answer(problems_json([Problem("", sentence)]), 500)
