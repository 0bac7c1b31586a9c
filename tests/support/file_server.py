"""A server of one file that cuts, resumes and changes it as it is told."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.scripted import http, request_of

CLIP = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 12_000


@dataclass
class FileServer:
    """Serves one file by ranges, as a file server of a vendor does; each answer may be bent."""

    content: bytes = CLIP
    etag: str = '"one"'
    cuts: list[int] = field(default_factory=list[int])
    """Bytes of the body that are sent before the line is cut, for the first answers."""
    bend: Callable[[Mapping[str, str]], bytes | None] = lambda _: None
    heads: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, _ = await request_of(reader)
        lines = [line.partition(": ") for line in head.lower().split("\r\n")[1:] if line]
        asked = {name: value for name, _, value in lines}
        self.heads.append(asked)
        answer = self.bend(asked)
        if answer is None:
            cut = self.cuts.pop(0) if self.cuts else len(self.content)
            answer = self.usual(asked, cut)
        writer.write(answer)
        await writer.drain()

    def usual(self, asked: Mapping[str, str], cut: int) -> bytes:
        found = re.fullmatch(r"bytes=(\d+)-", asked.get("range", ""))
        if found is None or asked.get("if-range") != self.etag:
            return http(self.content[:cut], f"ETag: {self.etag}", length=len(self.content))
        start, size = int(found[1]), len(self.content)
        return http(
            self.content[start : start + cut],
            f"ETag: {self.etag}",
            f"Content-Range: bytes {start}-{size - 1}/{size}",
            status="206 Partial Content",
            length=size - start,
        )

    @property
    def ranges(self) -> list[str]:
        return [asked.get("range", "") for asked in self.heads]
