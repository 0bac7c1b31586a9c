"""Files that lie in an account at a vendor, and how they become references without leaving it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from providers.catalogue.rules import MediaKind
from providers.errors import Gone, InvalidRequest, Problem, Unknown
from providers.jobs.job import Artifact
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.pools import SENDING
from providers.studio.files import Files
from providers.vendors.accounts import AssetLister, KnownAsset, account_mark
from providers.vendors.connection import NO_CONNECTION, Connection
from providers.vendors.views import AssetView

MOST_KNOWN = 5000
"""Files of a vendor that are known by the names under which they were listed."""
MOST_PREVIEW = 100_000_000
"""Bytes of what is fetched for a small image of a file: where a vendor has none, it is the image itself."""
NO_LONGER_LISTED = "This list is out of date. Open it again and choose a file."
GONE = "{vendor} no longer has this file. Open the list again and choose another one."


class ListedAssets(NamedTuple):
    """A page of them, and whether another one may follow."""

    assets: list[AssetView]
    more: bool


class VendorAssets:
    """Lists them, and takes them in: the studio keeps a copy to show, and the vendor gets its own file's id."""

    def __init__(
        self, connections: Mapping[str, Connection], files: Files, vault: Vault, derived: Derived
    ) -> None:
        self._connections = connections
        self._files = files
        self._vault = vault
        self._derived = derived
        self._listed: dict[tuple[str, str], KnownAsset] = {}

    async def listed(self, vendor: str, kind: MediaKind, page: int = 0) -> ListedAssets:
        """A page of the files of the key's accounts, newest first, from 0. Unknown, VendorError."""
        connection, lister = self._lister(vendor)
        linked = {account.mark: account.name for account in connection.accounts}
        found: list[AssetView] = []
        assets, more = await lister.assets(kind, page)
        for asset in assets:
            name = hashlib.sha256(asset.asset.encode()).hexdigest()[:24]
            self._listed[vendor, name] = asset
            owner = linked.get(account_mark(asset.account), "")
            found.append(AssetView.of(asset, name, owner))
        for old in list(self._listed)[: max(0, len(self._listed) - MOST_KNOWN)]:
            del self._listed[old]
        return ListedAssets(found, more)

    async def thumb(self, vendor: str, name: str) -> Path:
        """A WebP of at most 480 px of a listed file. Unknown where there is none, InvalidRequest where it is no
        image, VendorError, StoreProblem, OSError.
        """
        connection, _ = self._lister(vendor)
        known = self._listed.get((vendor, name))
        if known is None or not known.preview:
            raise Unknown(NO_LONGER_LISTED)
        key = f"{vendor}:{name}"
        if (found := await self._derived.known_thumb(key)) is not None:
            return found
        part = self._vault.part()
        try:
            await connection.downloads.fetch(known.preview, part, most_bytes=MOST_PREVIEW)
            return await self._derived.thumb(key, part, "image")
        finally:
            self._vault.drop(part)

    async def take_in(self, vendor: str, name: str, owner: str) -> Artifact:
        """The listed file with this name as a reference of this owner's. InvalidRequest, Unknown, VendorError,
        StoreProblem.
        """
        connection, lister = self._lister(vendor)
        known = self._listed.get((vendor, name))
        if known is None:
            raise InvalidRequest([Problem("asset", NO_LONGER_LISTED)])
        part = self._vault.part()
        try:
            link = await lister.asset(known.asset)
            fetched = await connection.downloads.fetch(link.url, part)
            artifact = await self._files.keep(owner, known.name, part)
        except Gone:
            sentence = GONE.format(vendor=connection.vendor.label)
            raise InvalidRequest([Problem("asset", sentence)]) from None
        finally:
            self._vault.drop(part)
        await SENDING.run(self._note, connection, known, artifact, fetched.sha256)
        return artifact

    def _note(
        self, connection: Connection, known: KnownAsset, artifact: Artifact, sha256: str
    ) -> None:
        if artifact.sha256 != sha256:
            # What is kept is not what lies there.
            return
        place, mark = connection.files_of(known.account), account_mark(known.account)
        holds = connection.pace.upload_holds
        self._derived.keep_upload(place, sha256, known.asset, seconds=holds)
        self._derived.keep_owner(connection.account, sha256, mark)

    def _lister(self, vendor: str) -> tuple[Connection, AssetLister]:
        connection = self._connections.get(vendor)
        provider = None if connection is None else connection.provider
        if connection is None or not isinstance(provider, AssetLister):
            raise Unknown(NO_CONNECTION)
        return connection, provider
