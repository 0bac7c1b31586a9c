"""The page's keys: asked about at their vendor before they are kept, and in force at once."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from pydantic import SecretStr

from providers.catalogue.requests import Kind
from providers.errors import (
    InvalidRequest,
    NotSent,
    Problem,
    Refused,
    StoreProblem,
    Unknown,
    VendorError,
)
from providers.people.keys import KeyFile, end_of, read_key
from providers.people.register import Register
from providers.pools import PAGES
from providers.running.parking import Parking
from providers.settings import Credentials, Settings, lies_open
from providers.studio.bell import Bell
from providers.studio.opened import Opened
from providers.studio.views import KeysView, KeyView, PastedView
from providers.terminal import command
from providers.vendors.connection import NO_CONNECTION, Connection
from providers.vendors.vendor import KeyCheck, Vendor

Connecting = Callable[[Vendor, SecretStr | None], Connection]
"""A vendor's connection, with the key that was pasted for it or without one."""
PATIENCE = 20.0
"""Seconds within which a vendor has to say what it makes of a key."""
UNSAVED = "The key wasn't saved."
SILENT = "{vendor} didn't respond, so the key couldn't be checked. Try again in a moment."
AWAY = "{vendor} couldn't be reached, so the key couldn't be checked. Check this machine's network."
UNREADABLE = (
    "{vendor}'s response couldn't be read, so the key couldn't be checked. Try again later."
)
NAMED = (
    "{variable} is set in the environment and comes before a pasted key. Remove it there and "
    "restart the studio first."
)
SANDBOX_ONLY = (
    "The studio uses the sandbox for every service (STUDIO_SANDBOX), so no key is used. Restart "
    "it without that to paste one."
)
OPEN = (
    "Others can reach this page and nobody has to sign in, so no key can be pasted or used. Add "
    "people with `{people} add NAME` (in a Space: the secret STUDIO_PEOPLE) and restart, listen on "
    "127.0.0.1, or allow it with STUDIO_TRUST_NETWORK=1."
)
WAITING = (
    "Keys that were pasted here aren't used yet: others could reach this page without sign-in when the "
    "studio started. Restart it, or paste them again."
)


class Keys:
    """What the Settings tab does with keys. `connections` is changed in place, on the server's loop.

    A key is everybody's here; the file keeps whose it is, for keys that are a person's own.
    """

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        vendors: Iterable[Vendor],
        connections: dict[str, Connection],
        parking: Parking,
        opened: Opened,
        bell: Bell,
        *,
        connecting: Connecting,
        asking: Callable[[Connection], None],
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.changes = 0
        """How often a key was pasted or removed since the start."""
        self._bell = bell
        self._settings = settings
        self._credentials = credentials
        self._vendors = {vendor.name: vendor for vendor in vendors}
        self._connections = connections
        self._parking = parking
        self._opened = opened
        self._connecting = connecting
        self._asking = asking
        self._environment = environment
        self._people = Register(settings.data_dir)
        self._file = KeyFile(settings.data_dir)
        self._in_turn = asyncio.Lock()
        self._retired: list[Connection] = []
        """Connections whose key is not in force any more; jobs may still be followed through them."""
        self._begin()

    def _begin(self) -> None:
        if self._locked():
            return
        for name, vendor in self._vendors.items():
            kept = self._file.key(name)
            if kept is not None and self._connections[name].key_source == "none":
                self._connections[name] = self._connecting(vendor, kept)

    @property
    def secrets(self) -> list[SecretStr]:
        """Every key that is kept."""
        return [one.key for one in self._file.all()]

    @property
    def unused(self) -> str:
        """Why keys that were pasted are not used, or none can be pasted, in a sentence; empty: they are."""
        return self._file.problem or self._locked()

    def view(self) -> KeysView:
        """What the page may know of keys: of each its end, and whether one can be pasted."""
        shown, locked = tuple(self._shown(name) for name in self._vendors), self._locked()
        is_waiting = not locked and any(one.kept and one.source == "none" for one in shown)
        notice = self._file.problem or (WAITING if is_waiting else "")
        return KeysView(keys=shown, locked=locked, notice=notice)

    async def put(self, vendor: str, text: str) -> PastedView:
        """Ask the vendor about a key; if it works, keep it and use it from now on.

        InvalidRequest with a sentence, StoreProblem: nothing is kept, and all is as before. Unknown.
        """
        async with self._in_turn:
            known = self._open_for(vendor)
            if self._credentials.key(known.key_variable) is not None:
                raise _refused(NAMED.format(variable=known.key_variable))
            key = read_key(text)
            trial = self._connecting(known, key)
            try:
                told = await _asked(trial)
                await PAGES.run(self._file.put, vendor, key)
            except BaseException:
                await trial.aclose()
                raise
            return PastedView(check=told, jobs=await self._keyed(trial, told), keys=self.view())

    async def remove(self, vendor: str) -> PastedView:
        """Keep the pasted key no longer, and send nothing new with it. Unknown, StoreProblem."""
        async with self._in_turn:
            if vendor not in self._vendors:
                raise Unknown(NO_CONNECTION)
            await PAGES.run(self._file.drop, vendor)
            jobs = 0
            if self._connections[vendor].key_source == "page":
                spare = self._parking.take(vendor)
                jobs = await self._switch(spare or self._connecting(self._vendors[vendor], None))
            self._tell()
            return PastedView(check=None, jobs=jobs, keys=self.view())

    async def aclose(self) -> None:
        """Close what was in force earlier."""
        for connection in self._retired:
            await connection.aclose()

    # Inside

    async def _keyed(self, new: Connection, told: KeyCheck) -> int:
        if told.concurrency:
            self._opened.runner.slots(new).allow(told.concurrency)
        old = self._connections[new.vendor.name]
        if old.account != new.account:
            return await self._switch(new)
        # The key that is in force already, once more.
        old.health.checked(told)
        await new.aclose()
        self._tell()
        return 0

    async def _switch(self, new: Connection) -> int:
        """Use this connection from now on; how many open paid jobs there are at its vendor.

        No create call is sent again, and none moves: what was sent is followed where it was sent.
        """
        name, runner = new.vendor.name, self._opened.runner
        old = self._connections[name]
        new.health.unoffered |= old.health.unoffered
        self._connections[name] = new
        if not (old.is_sandbox and self._parking.keep(old)):
            self._retired.append(old)
        runner.reconnect(old)
        self._asking(new)
        self._tell()
        journal = self._opened.journal
        with suppress(StoreProblem):
            found = await journal.database.ask(journal.jobs.open)
            return sum(job.vendor == name and not job.sandbox for job in found)
        return 0

    def _tell(self) -> None:
        self.changes += 1
        self._bell.ring()

    def _open_for(self, vendor: str) -> Vendor:
        if vendor not in self._vendors:
            raise Unknown(NO_CONNECTION)
        if locked := self._locked():
            raise _refused(locked)
        return self._vendors[vendor]

    def _locked(self) -> str:
        """Why no pasted key is used, in a sentence; empty: they are."""
        if self._settings.sandbox:
            return SANDBOX_ONLY
        is_open = lies_open(self._settings, self._environment) and not self._people.has_people()
        return OPEN.format(people=command("people")) if is_open else ""

    def _shown(self, name: str) -> KeyView:
        vendor, connection = self._vendors[name], self._connections[name]
        kept, used = self._file.key(name), connection.key
        kinds = Counter[Kind](spec.kind for spec in vendor.models)
        return KeyView(
            vendor=name,
            source=connection.key_source,
            end="" if used is None else end_of(used),
            kept=kept is not None,
            kept_end="" if kept is None else end_of(kept),
            opens=dict(kinds),
            trial=vendor.trial,
        )


async def _asked(trial: Connection) -> KeyCheck:
    """What the vendor says about a key that works. InvalidRequest for any other."""
    label = trial.vendor.label
    try:
        async with asyncio.timeout(PATIENCE):
            told = await trial.check()
    except TimeoutError:
        raise _refused(SILENT.format(vendor=label)) from None
    except NotSent as error:
        # What stands between here and the vendor is named: a proxy, or who shows a false certificate.
        named = AWAY.format(vendor=label) if error.names_vendor else str(error)
        raise _refused(named) from None
    except Refused as error:
        raise _refused(str(error)) from None
    except VendorError:
        raise _refused(UNREADABLE.format(vendor=label)) from None
    if not told.ok:
        raise _refused(told.sentence)
    return told


def _refused(sentence: str) -> InvalidRequest:
    return InvalidRequest([Problem("key", f"{sentence} {UNSAVED}")])
