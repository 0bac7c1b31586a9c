"""A file on its way out that is opened before anything is answered."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import anyio
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send


class HeldOpen(FileResponse):
    """Whole or in ranges, with its length told; whoever deletes the file meanwhile cuts nobody off.

    Starlette's own answer tells the length first and opens the file by its name afterwards.
    """

    def __init__(
        self,
        file: anyio.AsyncFile[bytes],
        path: Path,
        status: os.stat_result,
        headers: Mapping[str, str],
        media_type: str,
    ) -> None:
        super().__init__(path, headers=headers, media_type=media_type, stat_result=status)
        self._file = file

    @classmethod
    async def of(cls, path: Path, headers: Mapping[str, str], media_type: str) -> Self:
        """The answer. OSError: the file can't be opened."""
        file = await anyio.open_file(path, mode="rb")
        try:
            return cls(file, path, os.fstat(file.wrapped.fileno()), headers, media_type)
        except BaseException:
            await file.aclose()
            raise

    @property
    def is_closed(self) -> bool:
        """Whether the file is."""
        return self._file.wrapped.closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and close the file in any case."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await self._file.aclose()

    @asynccontextmanager
    async def _open_file(self) -> AsyncGenerator[anyio.AsyncFile[bytes]]:
        yield self._file
