"""What pages and programs get of vendors and of the connections to them."""

from pydantic import ConfigDict

from providers.catalogue.requests import Kind
from providers.catalogue.rules import Frozen, MediaKind
from providers.vendors.accounts import KnownAsset, LinkedAccount
from providers.vendors.connection import Connection, KeySource
from providers.vendors.pace import Lane
from providers.vendors.vendor import KnownTask, Vendor


class ConnectionStateView(Frozen):
    """How a connection is just now, as the feed tells."""

    vendor: str
    sandbox: bool
    trouble: str
    """What stands in the way of the next result, and what to do; empty where nothing does."""
    withheld: tuple[str, ...]
    """Models that only some accounts have, and that the vendor hasn't listed for this one."""
    unoffered: tuple[str, ...]
    """Models of which the vendor said last that it does not have them."""
    accounts: tuple[LinkedAccount, ...]
    """The accounts of the key, where there are several: a request may choose one as its option `account`."""

    @classmethod
    def of(cls, connection: Connection) -> "ConnectionStateView":
        """What may change while a page is open."""
        return cls(
            vendor=connection.vendor.name,
            sandbox=connection.is_sandbox,
            trouble=connection.health.problem,
            withheld=connection.withheld,
            unoffered=connection.unoffered,
            accounts=connection.accounts,
        )


class VendorView(Frozen):
    """What a page knows of a vendor from its start."""

    name: str
    label: str
    sandbox: bool
    cancel_note: str
    """What cancelling meant there."""
    before_cancel: str
    """The same before it is done."""
    queue: str
    """Who keeps the line that its tasks wait in; empty: the vendor itself."""
    lists_tasks: bool
    lists_assets: bool
    lane: Lane | None
    """Its second queue, where it has one."""

    @classmethod
    def of(cls, vendor: Vendor, *, sandbox: bool) -> "VendorView":
        """The vendor and whether it is its sandbox."""
        return cls(
            name=vendor.name,
            label=vendor.label,
            sandbox=sandbox,
            cancel_note=vendor.cancel_note,
            before_cancel=vendor.cancel_warning,
            queue=vendor.queue,
            lists_tasks=vendor.lists_tasks,
            lists_assets=vendor.lists_assets,
            lane=vendor.lane,
        )


class MemberConnectionView(Frozen):
    """What everybody may know of a connection."""

    # Only what is named here is read out of what an admin may know.
    model_config = ConfigDict(extra="ignore")

    vendor: str
    label: str
    sandbox: bool
    trouble: str
    notice: str
    """The trouble where it stands among others': it names the vendor."""
    cancel_note: str
    before_cancel: str
    queue: str
    lists_tasks: bool
    withheld: tuple[str, ...]
    unoffered: tuple[str, ...]
    accounts: tuple[LinkedAccount, ...]

    @classmethod
    def shown(cls, connection: Connection) -> "MemberConnectionView":
        """Without its key."""
        vendor, trouble = connection.vendor, connection.health.problem
        is_named = not trouble or connection.health.names_vendor
        return MemberConnectionView(
            vendor=vendor.name,
            label=vendor.label,
            sandbox=connection.is_sandbox,
            trouble=trouble,
            notice=trouble if is_named else f"{vendor.label}: {trouble}",
            cancel_note=vendor.cancel_note,
            before_cancel=vendor.cancel_warning,
            queue=vendor.queue,
            lists_tasks=vendor.lists_tasks,
            withheld=connection.withheld,
            unoffered=connection.unoffered,
            accounts=connection.accounts,
        )


class ConnectionView(MemberConnectionView):
    """What an admin may know: where its key is from, and never the key."""

    key_variable: str
    key_source: KeySource
    key_page: str
    base_url_changed: bool

    @classmethod
    def of(cls, connection: Connection) -> "ConnectionView":
        """The connection as it is now."""
        vendor = connection.vendor
        return cls(
            **dict(MemberConnectionView.shown(connection)),
            key_variable=vendor.key_variable,
            key_source=connection.key_source,
            key_page=vendor.key_page,
            base_url_changed=connection.base_url_changed,
        )


class AssetView(Frozen):
    """A file in an account at the vendor."""

    asset: str
    """For taking it in."""
    name: str
    kind: MediaKind
    bytes: int
    created: float | None
    """Seconds since the epoch, by our clock."""
    account: str
    """Whose it is, masked, where the key has several accounts."""

    @classmethod
    def of(cls, known: KnownAsset, asset: str, account: str) -> "AssetView":
        """Without its whole id, which may hold an e-mail address, and without its link."""
        return cls(
            asset=asset,
            name=known.name,
            kind=known.kind,
            bytes=known.bytes,
            created=known.created,
            account=account,
        )


class TaskView(Frozen):
    """A task at the vendor that no job here holds."""

    name: str
    """For taking it in."""
    task: str
    """The end of its id."""
    state: str
    prompt: str
    kind: Kind | None
    model: str
    created: float | None
    """Seconds since the epoch, by our clock."""
    seed: str
    """As text: seeds may be larger than a browser counts."""

    @classmethod
    def of(cls, known: KnownTask, name: str) -> "TaskView":
        """Without its whole id, which may hold an e-mail address."""
        return cls(
            name=name,
            task=known.short,
            state=known.state,
            prompt=known.prompt,
            kind=known.kind,
            model=known.model,
            created=known.created,
            seed="" if known.seed is None else str(known.seed),
        )
