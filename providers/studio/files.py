"""Files of the library: handed in, looked up, and as small pictures of themselves."""

from collections.abc import AsyncIterable, Awaitable, Callable
from pathlib import Path

from providers.catalogue.requests import ArtifactId
from providers.catalogue.rules import MediaKind
from providers.errors import InvalidRequest, Problem, VendorError
from providers.jobs.intake import take_in
from providers.jobs.job import Artifact
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.studio.limits import Limits
from providers.studio.opened import Opened
from providers.vendors.transport.downloads import Downloads
from providers.vendors.transport.network import Network


class Files:
    """Every owner's files. `limits` says which is the largest that is handed in."""

    def __init__(
        self,
        opened: Opened,
        vault: Vault,
        derived: Derived,
        clock: Callable[[], float],
        limits: Limits,
        network: Network,
    ) -> None:
        self._opened = opened
        self._vault = vault
        self._derived = derived
        self._clock = clock
        self._limits = limits
        self.downloads = Downloads(network=network)
        """What fetches a file that is handed in by its address: from public addresses only."""

    async def keep(self, owner: str, name: str, source: AsyncIterable[bytes] | Path) -> Artifact:
        """Keep a file that somebody hands in. InvalidRequest when it cannot be used, StoreProblem."""
        journal = self._opened.journal
        artifact = await take_in(
            source,
            vault=self._vault,
            owner=owner,
            name=name,
            now=self._clock(),
            most=self._limits.max_upload_bytes,
        )
        return await journal.database.changing(lambda: journal.artifacts.hand_in(artifact))

    async def fetch(self, url: str, into: Path) -> None:
        """Bring a file that is handed in by its address to this path. InvalidRequest, StoreProblem."""
        try:
            await self.downloads.fetch(url, into, most_bytes=self._limits.max_upload_bytes)
        except VendorError as error:
            message = f"{error} Download it yourself, then upload the file."
            raise InvalidRequest([Problem("file", message)]) from None

    def get(self, artifact_id: ArtifactId, owner: str) -> Artifact:
        """One file's row, or Unknown."""
        return self._opened.journal.artifacts.get(artifact_id, owner)

    def path(self, artifact: Artifact) -> Path:
        """Where the bytes of a file lie."""
        return self._vault.path(artifact.sha256)

    async def thumb(self, artifact: Artifact) -> Path:
        """A WebP of at most 480 px. InvalidRequest when the file holds no picture, Unknown, StoreProblem."""
        return await self._small(self._derived.thumb, artifact)

    async def poster(self, artifact: Artifact) -> Path:
        """A WebP of at most 1280 px. InvalidRequest when the file holds no picture, Unknown, StoreProblem."""
        return await self._small(self._derived.poster, artifact)

    async def _small(
        self, make: Callable[[str, Path, MediaKind, int], Awaitable[Path]], artifact: Artifact
    ) -> Path:
        try:
            return await make(artifact.sha256, self.path(artifact), artifact.kind, artifact.pixels)
        except OSError as error:
            raise self._vault.problem(error) from error
