"""The Runway accounts behind a useapi.net key: which there are, and which of them makes what."""

from collections import Counter
from collections.abc import Iterable

from providers.errors import Busy, Gone, NotSent, Refused, VendorError
from providers.vendors.accounts import LinkedAccount, account_mark
from providers.vendors.transport.answer import masked
from providers.vendors.transport.wire import Wire
from providers.vendors.useapi.account import Account, account_of, read_accounts, with_room
from providers.vendors.useapi.answers import objects

APART = "The files of this request are in two Runway accounts. They have to be uploaded again."
NOT_LINKED = (
    "The chosen Runway account is no longer linked to this useapi.net key. Choose another one."
)
NO_ACCOUNT = "No Runway account is linked to this useapi.net key. Link one at useapi.net."


class Linked:
    """What the vendor told of them last. Every method raises VendorError."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: tuple[Account, ...] = ()
        self._chosen: dict[str, int] = {}
        """Which account was chosen for files how late: the latest has the highest number."""

    async def read(self) -> tuple[Account, ...]:
        """Ask which there are; Gone or empty where there is none."""
        told = read_accounts(await self._wire.get("/accounts", private=True))
        self._known = told or self._known
        return told

    async def all(self, *, anew: bool = False) -> tuple[Account, ...]:
        """All of them, of which there is one at least."""
        if anew or not self._known:
            try:
                self._known = read_accounts(await self._wire.get("/accounts", private=True))
            except Gone as error:
                raise not_linked(error) from None
        if not self._known:
            raise Refused(NO_ACCOUNT, code="session", names_vendor=False)
        return self._known

    async def choose(self, wanted: str, preferred: str) -> str:
        """The e-mail of the account with the mark `wanted`, else of the preferred one if it works, else of that
        with the most room, as the vendor's scheduler tells it."""
        if wanted:
            return await self.named(wanted)
        accounts = await self.all()
        if len(accounts) > 1:
            accounts = await self.all(anew=True)
        if len(accounts) == 1:
            return accounts[0].email
        for account in accounts:
            if account_mark(account.email) == preferred and not account.broken:
                return account.email
        chosen = with_room(accounts, await self._at_work(), self._chosen)
        self._chosen[chosen] = max(self._chosen.values(), default=0) + 1
        return chosen

    async def named(self, mark: str) -> str:
        """The e-mail of the account with this mark."""
        for anew in (False, True):
            for account in await self.all(anew=anew):
                if account_mark(account.email) == mark:
                    return account.email
        raise Refused(NOT_LINKED, code="invalid", names_vendor=False)

    async def email_for(self, mark: str, assets: Iterable[str]) -> str:
        """What a create call names for the account with this mark; empty where its files do. Gone: they lie in
        another one."""
        owners = {account_mark(account_of(asset)) for asset in assets}
        if owners - {mark}:
            raise Gone(APART)
        if owners:
            return ""
        try:
            return await self.named(mark)
        except (Refused, NotSent, Busy):
            raise
        except VendorError as error:
            # Nothing was created: only the accounts were asked for.
            raise NotSent(str(error)) from None

    async def _at_work(self) -> Counter[str]:
        """How many tasks the vendor tracks in each account; none where it does not say."""
        try:
            tasks = objects(await self._wire.get("/scheduler/"), "scheduler")
        except VendorError:
            return Counter()
        return Counter(account_of(task.get("taskId")) for task in tasks)


def healthiest(accounts: tuple[Account, ...]) -> Account:
    """The first that works."""
    return next((account for account in accounts if not account.broken), accounts[0])


def for_people(account: Account) -> LinkedAccount:
    """The account as a page may know it."""
    return LinkedAccount(mark=account_mark(account.email), name=masked(account.email))


def not_linked(error: VendorError) -> Refused:
    """No account is linked, as this answer says."""
    text = error.vendor_text
    return Refused(
        NO_ACCOUNT, code="session", status=error.status, vendor_text=text, names_vendor=False
    )
