"""The feed over a WebSocket: a snapshot first, then every changed job as a whole, and who is gone."""

import contextlib
import math
import re

import anyio
from anyio.abc import TaskGroup
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from providers.errors import StoreProblem
from providers.jobs.job import Job, JobId
from providers.jobs.views import JobView
from providers.running.feed import Changes, newest
from providers.studio.studio import Studio
from ui.answers import CurrentUser
from ui.views import ConnectionsFrame, GoneFrame, JobFrame, PulseFrame, SettingsFrame, SnapshotFrame
from ui.web.links import LinksTold, mark_of

MOST_TEXTS = 256
SLACK = 60_000_000
"""Revisions, which are microseconds: what happened side by side may be told in another order."""
BEAT = 4.0
"""Seconds of silence after which a page that wants to be sure is told that its feed lives."""
_NUMBER = re.compile(r"[0-9]{1,18}")
PULSE = 1.0
"""Seconds between two looks whether the page is still signed in."""
NOT_SIGNED_IN = 4401
"""The close code by which a page knows that it must sign in again."""


class Live:
    """`/live`: one feed per page, bounded by the studio's own queue, for the owner alone."""

    def __init__(
        self, studio: Studio, user: CurrentUser, *, page: str = "", beat: float = BEAT
    ) -> None:
        self._studio = studio
        self._user = user
        self._page = page
        self._beat = beat
        self._texts: dict[str, tuple[int, str]] = {}

    def route(self) -> WebSocketRoute:
        """The socket's route."""
        return WebSocketRoute("/live", self.feed)

    async def feed(self, socket: WebSocket) -> None:
        """Send until the page leaves or is signed out; what the page says is not listened to."""
        owner = self._owner(socket)
        # Accept first: a browser shows a page nothing but 1006 for a refused handshake.
        await socket.accept()
        if owner is None:
            await socket.close(NOT_SIGNED_IN)
            return
        with self._studio.live.watch(owner) as changes:
            # When one of the two ends, so does the feed: a page with a dead feed must know.
            async with anyio.create_task_group() as both:
                both.start_soon(_until_gone, socket, both.cancel_scope)
                both.start_soon(self._until_signed_out, socket, owner, both.cancel_scope)
                both.start_soon(self._tell_settings, socket)
                with contextlib.suppress(WebSocketDisconnect):
                    await self._pump(socket, owner, changes, both)
                both.cancel_scope.cancel()
        if self._is_out(socket, owner):
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await socket.close(NOT_SIGNED_IN)

    async def _until_signed_out(
        self, socket: WebSocket, owner: str, feed: anyio.CancelScope
    ) -> None:
        while True:
            await anyio.sleep(PULSE)
            if self._is_out(socket, owner):
                feed.cancel()

    async def _tell_settings(self, socket: WebSocket) -> None:
        while True:
            await self._studio.bell.rung()
            # The end of the socket is somebody else's to see.
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_text(SettingsFrame().model_dump_json())

    def _owner(self, socket: WebSocket) -> str | None:
        try:
            return self._user(socket)
        except StoreProblem:
            return None

    def _is_out(self, socket: WebSocket, owner: str) -> bool:
        try:
            return self._user(socket) != owner
        except StoreProblem:
            # Nothing can be told for a moment; every new request is refused meanwhile.
            return False

    async def _pump(self, socket: WebSocket, owner: str, changes: Changes, both: TaskGroup) -> None:
        # A page that comes back tells how far it had seen, and of which folder that was.
        seen, store = socket.query_params.get("since", ""), self._studio.store
        is_mine = socket.query_params.get("store", store) == store
        known = int(seen) if is_mine and _NUMBER.fullmatch(seen) else 0
        # First: what can be seen by then is in what is read after it.
        links = LinksTold(self._studio)
        revision = self._studio.live.settled
        jobs, gone = await self._studio.opened.aside(lambda: self._snapshot(owner, known))
        told = links.news() or ()
        shown = SnapshotFrame(
            revision=revision, store=store, page=self._page, jobs=jobs, gone=gone,
            links=mark_of(told), connections=told,
        )  # fmt: skip
        await socket.send_text(shown.model_dump_json())
        both.start_soon(self._tell_keys, socket, links)
        await self._follow(socket, changes, links)

    async def _tell_keys(self, socket: WebSocket, links: LinksTold) -> None:
        """A key that was pasted or removed shows at once."""
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                # What changes while that is on its way is told before anybody waits.
                while await _tell_links(socket, links):
                    pass
                await self._studio.bell.rung()

    async def _follow(self, socket: WebSocket, changes: Changes, links: LinksTold) -> None:
        beat = self._beat if "pulse" in socket.query_params else math.inf
        while True:
            first = await _within(beat, changes)
            if first is None:
                await socket.send_text(PulseFrame().model_dump_json())
                continue
            # A slow page skips the steps that it missed.
            waiting = [first, *(changes.get_nowait() for _ in range(changes.qsize()))]
            for job in newest(waiting):
                await socket.send_text(self._text(job))
            # What happens to a connection shows in its jobs first.
            await _tell_links(socket, links)

    def _snapshot(self, owner: str, known: int) -> tuple[tuple[JobView, ...], tuple[JobId, ...]]:
        jobs = tuple(map(JobView.of, self._studio.live.recent(owner)))
        return jobs, tuple(self._studio.live.deleted_since(owner, known - SLACK)) if known else ()

    def _text(self, job: Job) -> str:
        if job.gone:
            return GoneFrame(id=job.id, revision=job.revision).model_dump_json()
        # A change goes to every page of its owner: it is written out once.
        revision, text = self._texts.get(job.id, (0, ""))
        if revision != job.revision:
            text = JobFrame(job=JobView.of(job)).model_dump_json()
            if len(self._texts) > MOST_TEXTS:
                self._texts.clear()
            self._texts[job.id] = (job.revision, text)
        return text


async def _tell_links(socket: WebSocket, links: LinksTold) -> bool:
    """Tell how the connections are now; whether there was news."""
    now = links.news()
    if now is not None:
        await socket.send_text(ConnectionsFrame(connections=now).model_dump_json())
    return now is not None


async def _within(seconds: float, changes: Changes) -> Job | None:
    """The next change, if one comes within so many seconds."""
    with anyio.move_on_after(seconds):
        return await changes.get()
    return None


async def _until_gone(socket: WebSocket, feed: anyio.CancelScope) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    feed.cancel()
