"""What becomes of a vendor's call: a look at the task, asked of the vendor itself, or nothing."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from pydantic import SecretStr

from providers.studio.opened import Opened
from providers.vendors.vendor import IsSigned, Vendor


class CalledBack:
    """Asked on the server's loop alone. `secrets` are what a vendor's calls are signed with, by its name."""

    def __init__(
        self,
        opened: Opened,
        vendors: Iterable[Vendor],
        secrets: Mapping[str, Sequence[SecretStr]],
    ) -> None:
        self._opened = opened
        self._signed: dict[str, tuple[IsSigned, Sequence[SecretStr]]] = {
            vendor.name: (vendor.callbacks.is_signed, secrets[vendor.name])
            for vendor in vendors
            if vendor.callbacks is not None and vendor.name in secrets
        }

    async def called(
        self,
        path: str,
        headers: Mapping[str, str],
        read: Callable[[], Awaitable[bytes | None]],
    ) -> None:
        """A call has come to this path. What its body says is never believed: it asks for a look.

        `read` gives the body, None for one that is too long or too slow; it is asked for only where a
        signature has to be checked.
        """
        life = self._opened.runner.others.called(path) if self._opened.is_begun else None
        if life is not None and await self._is_genuine(life.job.vendor, headers, read):
            life.call()

    async def _is_genuine(
        self, vendor: str, headers: Mapping[str, str], read: Callable[[], Awaitable[bytes | None]]
    ) -> bool:
        if vendor not in self._signed:
            return True
        is_signed, secrets = self._signed[vendor]
        body = await read()
        return body is not None and any(
            is_signed(headers, body, secret.get_secret_value()) for secret in secrets
        )
