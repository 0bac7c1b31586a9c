"""The accounts behind a key, and the files that lie in them."""

import hashlib
from typing import NamedTuple, Protocol, runtime_checkable

from pydantic import Field

from providers.catalogue.rules import Frozen, MediaKind
from providers.vendors.bounded import Count, Moment


class LinkedAccount(Frozen):
    """One of the accounts behind a key."""

    mark: str
    """What it is called in a request, and no name can be read from it."""
    name: str
    """Masked, for people."""


def account_mark(account: str) -> str:
    """A short mark of an account, whose own name may be an e-mail address."""
    return hashlib.sha256(account.encode()).hexdigest()[:16]


class KnownAsset(Frozen):
    """A file in an account, handed in or made there."""

    asset: str = Field(repr=False)
    """The whole id, which may hold an e-mail address."""
    account: str = Field(repr=False)
    """Whose it is."""
    name: str
    kind: MediaKind
    url: str = Field(repr=False)
    preview: str = Field(default="", repr=False)
    """Where a small image of it is; empty: nowhere."""
    bytes: Count = 0
    created: Moment = None
    """Seconds since the epoch."""


class AssetPage(NamedTuple):
    """A page of a list of files."""

    assets: tuple[KnownAsset, ...]
    more: bool
    """Whether another page may follow."""


@runtime_checkable
class AssetLister(Protocol):
    """What a provider can do beside that where `Vendor.lists_assets` is set."""

    async def assets(self, kind: MediaKind, page: int) -> AssetPage:
        """A page of every account's files of this kind, newest first, from 0. Raises VendorError."""
        ...

    async def asset(self, asset: str) -> KnownAsset:
        """The file with this id, and a link to it that is new. Raises VendorError."""
        ...
