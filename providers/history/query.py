"""What may be asked of the history: one page of jobs, newest first."""

import base64
import binascii
import unicodedata
from dataclasses import dataclass

from pydantic import Field

from providers.catalogue.rules import Frozen
from providers.errors import InvalidRequest, Problem
from providers.history.schema import Value
from providers.history.sought import questions
from providers.jobs.job import OPEN, Job


class Query(Frozen):
    """A question to the history. Empty fields ask for everything; `before` is the last page's `next`."""

    text: str = ""
    kind: str = ""
    vendor: str = ""
    model: str = ""
    state: str = ""
    """One state, several with commas between, or `open`."""
    starred: bool = False
    """Only those with a star."""
    tag: str = ""
    batch: str = ""
    before: str = ""
    limit: int = Field(default=50, ge=1, le=200)

    def without(self, *fields: str) -> "Query":
        """The same, asking nothing of these fields."""
        return self.model_copy(update={name: getattr(EVERYTHING, name) for name in fields})


EVERYTHING = Query()


class Page(Frozen):
    """Some jobs, newest first, and where the next page begins (None: this was the last)."""

    jobs: tuple[Job, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A position in the history: the creation time and id of the last job that was shown."""

    created: float
    id: str

    def token(self) -> str:
        """The position as text for a link."""
        text = f"{self.created!r} {self.id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, token: str) -> "Place":
        """The position that `token` stands for, or InvalidRequest."""
        try:
            padded = token + "=" * (-len(token) % 4)
            created, _, job = (
                base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(" ")
            )
            return cls(float(created), job)
        except (ValueError, binascii.Error):
            problem = Problem(
                "before", "before doesn't name a page of the history. Start at the first page."
            )
            raise InvalidRequest([problem]) from None


def plain_tag(text: str) -> str:
    """A tag as it is kept, letters as they were written: "  Client   B " is "Client B"."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded_tag(text: str) -> str:
    """What a tag is known by: capitals make no other tag."""
    return plain_tag(text).casefold()


def narrowed(owner: str, query: Query) -> tuple[str, list[Value]]:
    """A question without its place in the pages: the end of an SQL sentence, and its values."""
    where, values = "job.owner = ?", list[Value]([owner])
    for column in ("kind", "vendor", "model", "batch"):
        wanted = getattr(query, column)
        if wanted:
            where += f" and job.{column} = ?"
            values.append(str(wanted))
    if query.state:
        names = sorted(OPEN) if query.state == "open" else query.state.split(",")
        where += f" and job.state in ({', '.join('?' * len(names))})"
        values += names
    if query.starred:
        where += " and job.starred = 1"
    if query.tag:
        # SQLite's own `lower` knows A to Z.
        where += " and job.tags <> '' and instr(folded(job.tags), ?) > 0"
        values.append(f"\n{folded_tag(query.tag)}\n")
    asked_of = questions(query.text)
    for index, asked_for in asked_of.items():
        where += f" and job.rowid in (select rowid from {index} where {index} match ?)"
        values.append(asked_for)
    if query.text.strip() and not asked_of:
        # No index holds the signs of ASCII.
        where += " and instr(job.words || job.tags, ?) > 0"
        values.append(query.text.strip())
    return where, values
