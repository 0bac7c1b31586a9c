"""The routes for files: references come in as a stream, artifacts go out with ranges and lasting names."""

from collections.abc import AsyncIterator, Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from providers.errors import InvalidRequest, Problem, TooLarge, Unknown
from providers.jobs.job import Artifact, Job
from providers.jobs.views import ArtifactView
from providers.library.derived import GONE
from providers.library.imprints.splice import Splice
from providers.library.media_types import suffix
from providers.library.names import saved_name, stem_of
from providers.studio.imprints import Restored
from providers.studio.studio import Studio
from ui.answers import CurrentUser, NotAnswered, answer, route
from ui.views import SettingsFoundView
from ui.web.asked import asked
from ui.web.attachment import attachment
from ui.web.guards import SANDBOXED
from ui.web.held_open import HeldOpen
from ui.web.spliced import spliced

INLINE = frozenset(
    {
        "image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/heic",
        "video/mp4", "video/webm", "video/quicktime", "audio/mpeg", "audio/wav",
    }
)  # fmt: skip
"""Types that a browser shows; every other one is sent as a download."""

ORIGINAL = "original"


class MediaRoutes:
    """Files in and out, each checked for its owner."""

    def __init__(self, studio: Studio, user: CurrentUser, admin: CurrentUser) -> None:
        self._studio = studio
        self._user = user
        self._admin = admin

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's."""
        user = self._user
        return [
            route("/media", self.keep, user, "POST"),
            route("/media/settings", self.settings, user, "POST"),
            route("/media/{artifact}", self.original, user),
            route("/media/{artifact}/thumb", self.thumb, user),
            route("/media/{artifact}/poster", self.poster, user),
            route(
                "/connections/{vendor}/assets/{asset}/thumb", self.asset, user, admin=self._admin
            ),
        ]

    async def keep(self, request: Request, owner: str) -> Response:
        """`POST /media?name=x.png`: the body's bytes become a reference.

        With `&settings=first` a file that tells how it was made is not kept: the answer has its `settings`.
        """
        name = request.query_params.get("name", "")

        def keep(source: AsyncIterator[bytes] | Path) -> Coroutine[None, None, Artifact]:
            return self._studio.files.keep(owner, name, source)

        with _unbroken():
            if request.query_params.get("settings") != "first":
                return answer(ArtifactView.of(await keep(self._bytes(request))), 201)
            found = await self._studio.imprints.read_or(owner, self._bytes(request), keep)
        if isinstance(found, Restored):
            return _settings(found)
        return answer(ArtifactView.of(found), 201)

    async def settings(self, request: Request, owner: str) -> Response:
        """`POST /media/settings`: what a file tells about how it was made; nothing of it is kept."""
        with _unbroken():
            return _settings(await self._studio.imprints.read(owner, self._bytes(request)))

    async def original(self, request: Request, owner: str) -> Response:
        """`GET /media/{artifact}`: the file as it was made.

        `?download=1` saves a copy that holds its settings, under a readable name; `?download=original`
        saves the very bytes.
        """
        artifact = await self._artifact(request, owner)
        how = request.query_params.get("download")
        name = None
        if how or artifact.media_type not in INLINE:
            name = await self._studio.opened.aside(lambda: self._name(artifact, owner))
        copy = await self._studio.imprints.copy(artifact) if how and how != ORIGINAL else None
        if copy is not None and name is not None:
            return self._copy(request, artifact, copy, name)
        path = self._studio.files.path(artifact)
        return await _file(request, path, artifact.sha256, artifact.media_type, name)

    def _copy(self, request: Request, artifact: Artifact, copy: Splice, name: str) -> Response:
        tag = f"{artifact.sha256}-{copy.mark}"
        # A later version may put something else into the copy, so a browser asks again.
        headers = {
            "ETag": f'"{tag}"',
            "Cache-Control": "private, no-cache",
            "Content-Security-Policy": SANDBOXED,
            "Content-Disposition": attachment(name),
        }
        if _is_known(request, tag):
            return Response(status_code=304, headers=headers)
        return spliced(
            request, copy, self._studio.files.path(artifact), headers, artifact.media_type
        )

    async def thumb(self, request: Request, owner: str) -> Response:
        """`GET /media/{artifact}/thumb`: a WebP of at most 480 px."""
        artifact = await self._viewable(request, owner)
        path = await asked(request, self._studio.files.thumb(artifact))
        return await _file(request, path, f"{artifact.sha256}-thumb", "image/webp")

    async def poster(self, request: Request, owner: str) -> Response:
        """`GET /media/{artifact}/poster`: a WebP of at most 1280 px."""
        artifact = await self._viewable(request, owner)
        path = await asked(request, self._studio.files.poster(artifact))
        return await _file(request, path, f"{artifact.sha256}-poster", "image/webp")

    async def asset(self, request: Request, _owner: str) -> Response:
        """`GET /connections/{vendor}/assets/{asset}/thumb`: a WebP of a file that `…/assets` has listed."""
        vendor, name = (str(request.path_params[part]) for part in ("vendor", "asset"))
        path = await self._studio.assets.thumb(vendor, name)
        return await _file(request, path, f"{vendor}-{name}-thumb", "image/webp")

    async def _bytes(self, request: Request) -> AsyncIterator[bytes]:
        # Told beforehand, it is not waited for; what comes without a length is counted where it is kept.
        most = self._studio.limits.max_upload_bytes
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            raise TooLarge(most)
        async for chunk in request.stream():
            if chunk:
                yield chunk

    async def _artifact(self, request: Request, owner: str) -> Artifact:
        name = request.path_params["artifact"]
        return await self._studio.opened.aside(lambda: self._studio.files.get(name, owner))

    async def _viewable(self, request: Request, owner: str) -> Artifact:
        artifact = await self._artifact(request, owner)
        if artifact.flaw:
            message = f"This file can't be shown here. {artifact.flaw} Download it instead."
            raise InvalidRequest([Problem("file", message)])
        return artifact

    def _name(self, artifact: Artifact, owner: str) -> str:
        job = None if artifact.job is None else self._studio.live.get(artifact.job, owner)
        return download_name(artifact, job)


def download_name(artifact: Artifact, job: Job | None) -> str:
    """The readable name of a file; `job` is the one that made it, None for a reference."""
    if job is None:
        return saved_name(artifact.name, artifact.media_type, "reference")
    words = stem_of(job.request.prompt) or artifact.kind
    mark = "sandbox-" if artifact.sandbox else ""
    return f"{mark}{words}-{artifact.id[-6:]}{suffix(artifact.media_type)}"


def _settings(found: Restored) -> Response:
    return answer(SettingsFoundView(settings=found.view()))


@contextmanager
def _unbroken() -> Generator[None]:
    try:
        yield
    except ClientDisconnect:
        raise NotAnswered(400, "The upload was interrupted. Upload the file again.") from None


async def _file(
    request: Request, path: Path, tag: str, media_type: str, download: str | None = None
) -> Response:
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": SANDBOXED,
    }
    if _is_known(request, tag):
        return Response(status_code=304, headers=headers)
    if media_type not in INLINE:
        media_type = "application/octet-stream"
    if download is not None:
        headers["Content-Disposition"] = attachment(download)
    try:
        return await HeldOpen.of(path, headers, media_type)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise Unknown(GONE) from error


def _is_known(request: Request, tag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    tags = {part.strip().removeprefix("W/") for part in given.split(",")}
    return "*" in tags or f'"{tag}"' in tags
