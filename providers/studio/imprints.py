"""Settings that travel with files: copies that carry how they were made, and what a file tells of itself."""

import hashlib
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import JsonValue

from providers.catalogue.requests import Request, read_request
from providers.catalogue.rules import label
from providers.errors import InvalidRequest, Problem, Unknown
from providers.jobs.intake import received
from providers.jobs.job import FOUND, Artifact, Job
from providers.jobs.views import ArtifactView
from providers.library.imprints.holders import imprint_in, with_imprint
from providers.library.imprints.imprint import Imprint, imprint_of
from providers.library.imprints.splice import Splice
from providers.library.vault import Vault
from providers.pools import PAGES
from providers.studio.about import NAME, VERSION
from providers.studio.limits import Limits
from providers.studio.opened import Opened
from providers.studio.views import RestoredView, WarningView

T = TypeVar("T")
NO_SETTINGS = (
    "This file has no settings. It isn't from a studio, or another program removed them. Choose "
    "one downloaded from a studio."
)
ONE_AWAY = "{}: this file isn't here. Upload it again."
SOME_AWAY = "{}: {} of {} files aren't here. Upload them again."


class Validator(Protocol):
    """Tells every problem of a request, for its owner's files."""

    def __call__(self, request: Request, *, owner: str) -> list[Problem]: ...


@dataclass(frozen=True, slots=True)
class Restored:
    """What a file tells about how it was made, and what of that fits here today."""

    imprint: Imprint
    job: Job | None
    """The job that made it, where the file itself is known here."""
    media: Mapping[str, list[Artifact]]
    """Its references that are kept here, by field."""
    away: tuple[Problem, ...]
    """Its references that are not."""
    problems: tuple[Problem, ...]
    """What the validator says about the rest."""

    def view(self) -> RestoredView:
        """What a page may know: like a job's settings, with files whole, and `away` and `problems`."""
        told = self.imprint
        return RestoredView(
            studio=told.studio,
            made=told.made,
            kind=told.kind,
            model=told.model,
            prompt=told.prompt,
            options=told.options,
            shots=told.shots,
            job=None if self.job is None else self.job.id,
            media={name: tuple(map(ArtifactView.of, held)) for name, held in self.media.items()},
            away=tuple(one.message for one in self.away),
            problems=tuple(
                WarningView(message=one.message, soft=one.soft) for one in self.problems
            ),
        )


class Imprints:
    """Writes settings into what is handed out and reads them from what comes back.

    `opened` has the history; `problems` is the validator, for a request and its owner.
    """

    def __init__(
        self,
        vault: Vault,
        opened: Opened,
        problems: Validator,
        limits: Limits,
    ) -> None:
        self._vault = vault
        self._opened = opened
        self._problems = problems
        self._limits = limits

    async def copy(self, artifact: Artifact) -> Splice | None:
        """The file's copy that holds its settings; None: there are none, or it has no place for them."""
        return await PAGES.run(self._copy, artifact)

    async def read(self, owner: str, source: AsyncIterable[bytes] | Path) -> Restored:
        """What a file tells; nothing of it is kept. InvalidRequest when it tells nothing."""

        async def nothing(_part: Path) -> Restored:
            raise InvalidRequest([Problem("file", NO_SETTINGS)])

        return await self.read_or(owner, source, nothing)

    async def read_or(
        self,
        owner: str,
        source: AsyncIterable[bytes] | Path,
        otherwise: Callable[[Path], Awaitable[T]],
    ) -> Restored | T:
        """The same, or what becomes of a file that tells nothing; its path holds until then.

        It is told by its job if this owner's history knows its bytes, else by itself.
        """
        async with received(source, vault=self._vault, most=self._limits.max_upload_bytes) as part:
            found = await PAGES.run(self._look, owner, part)
            return await otherwise(part) if found is None else found

    # Inside

    def _copy(self, artifact: Artifact) -> Splice | None:
        # What cannot be read is handed out as it came.
        if artifact.job is None or artifact.flaw:
            return None
        imprint = self._imprint(self._opened.journal.jobs.get(artifact.job, artifact.owner))
        path = self._vault.path(artifact.sha256)
        # A file that is gone is told by whoever would send it.
        return with_imprint(path, imprint) if imprint is not None and path.is_file() else None

    def _imprint(self, job: Job) -> Imprint | None:
        if job.vendor == FOUND:
            return None
        hashes: dict[str, list[str]] = {}
        for field, name in job.request.media():
            with suppress(Unknown):
                sha256 = self._opened.journal.artifacts.get(name, job.owner).sha256
                hashes.setdefault(field, []).append(sha256)
        made = datetime.fromtimestamp(int(job.created), UTC)
        return imprint_of(job.request, hashes, studio=f"{NAME} {VERSION}", made=made)

    def _look(self, owner: str, path: Path) -> Restored | None:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        for job in self._makers(owner, sha256):
            imprint = self._imprint(job)
            if imprint is not None:
                return self._restored(owner, imprint, job)
        imprint = imprint_in(path)
        return None if imprint is None else self._restored(owner, imprint, None)

    def _makers(self, owner: str, sha256: str) -> list[Job]:
        rows = [
            row for row in self._opened.journal.artifacts.with_bytes(sha256) if row.owner == owner
        ]
        jobs: list[Job] = []
        for name in sorted({row.job for row in rows if row.job is not None}, reverse=True):
            with suppress(Unknown):
                jobs.append(self._opened.journal.jobs.get(name, owner))
        return jobs

    def _restored(self, owner: str, imprint: Imprint, job: Job | None) -> Restored:
        media: dict[str, list[Artifact]] = {}
        away: list[Problem] = []
        for field, hashes in imprint.references.items():
            held = [one for one in (self._held(owner, sha256) for sha256 in hashes) if one]
            lost = len(hashes) - len(held)
            if held:
                media[field] = held
            if lost:
                words = ONE_AWAY if len(hashes) == 1 else SOME_AWAY
                away.append(Problem(field, words.format(label(field), lost, len(hashes))))
        told = {problem.field for problem in away}
        problems = [one for one in self._checked(owner, imprint, media) if one.field not in told]
        return Restored(imprint, job, media, tuple(away), tuple(problems))

    def _held(self, owner: str, sha256: str) -> Artifact | None:
        if not self._vault.path(sha256).is_file():
            return None
        rows = [
            row for row in self._opened.journal.artifacts.with_bytes(sha256) if row.owner == owner
        ]
        # What was handed in by hand has a name.
        return min(rows, key=lambda row: row.job is not None, default=None)

    def _checked(
        self, owner: str, imprint: Imprint, media: Mapping[str, list[Artifact]]
    ) -> list[Problem]:
        ids: dict[str, JsonValue] = {
            field: [one.id for one in held] if field == "references" else held[0].id
            for field, held in media.items()
        }
        try:
            return self._problems(read_request(imprint.body(ids)), owner=owner)
        except InvalidRequest as error:
            return list(error.problems)
