"""An imprint: what a handed-out copy says about how it was made, in words of ours that any studio can read.

It names the model, what was asked, and the files handed in by the hash of their bytes. It never holds a key,
a vendor's task, an owner, a cost, a file's name, a link or a path. What is read is foreign: bounded, and
nothing in it is followed.
"""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    field_validator,
)
from pydantic_core import from_json

from providers.catalogue.requests import Kind, Request, Shot

MOST_BYTES = 512 * 1024
"""An imprint is at most as long, as JSON in UTF-8."""
MOST_PARTS, MOST_WORDS, MOST_SIGNS = 64, 4_000, 100_000
LARGEST = 2**63
FileField = Literal["start_frame", "end_frame", "references", "driving_video"]
Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Scalar = (
    StrictBool
    | Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
    | Annotated[StrictFloat, Field(allow_inf_nan=False)]
    | Annotated[StrictStr, Field(max_length=MOST_WORDS)]
    | None
)
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Imprint(BaseModel):
    """How a file was made. Fields of a later version are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    studio: Annotated[str, Field(max_length=80)] = ""
    """The studio's name and version."""
    made: datetime | None = None
    kind: Kind
    model: Name
    prompt: Annotated[str, Field(max_length=MOST_SIGNS)] = ""
    options: Annotated[Mapping[Name, Scalar], Field(max_length=MOST_PARTS)] = {}
    shots: Annotated[tuple[Shot, ...], Field(max_length=MOST_PARTS)] = ()
    references: Mapping[FileField, Annotated[tuple[Sha, ...], Field(max_length=MOST_PARTS)]] = {}
    """Field of the request -> the hash of each file's bytes."""

    @field_validator("shots")
    @classmethod
    def _countable(cls, shots: tuple[Shot, ...]) -> tuple[Shot, ...]:
        for shot in shots:
            if len(shot.prompt) > MOST_SIGNS or not isfinite(shot.seconds or 0):
                raise ValueError("no shot")
        return shots

    @property
    def words(self) -> str:
        """What was asked for in words: the prompt and those of all shots."""
        told = [self.prompt, *(shot.prompt for shot in self.shots)]
        return "\n".join(text for text in told if text)

    def text(self) -> str:
        """As JSON, without what is empty."""
        return self.model_dump_json(exclude_defaults=True)

    def body(self, media: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """As a request with these files: what a form would send."""
        asked = self.model_dump(mode="json", include={"kind", "model", "prompt", "options"})
        shots: list[JsonValue] = [shot.model_dump(mode="json") for shot in self.shots]
        return {**asked, **({"shots": shots} if shots else {}), **media}


def imprint_of(
    request: Request, references: Mapping[str, list[str]], *, studio: str, made: datetime
) -> Imprint | None:
    """The imprint of a request whose files have these hashes; None for what no reader would take."""
    fields = request.model_dump(mode="json", include={"kind", "model", "prompt", "options"})
    shots = request.fields().get("shots", [])
    found = read_fields(
        {
            **fields,
            "shots": shots,
            "references": {name: [*hashes] for name, hashes in references.items()},
            "studio": studio,
            "made": made.isoformat(timespec="seconds"),
        }
    )
    return found if found is not None and len(found.text().encode()) <= MOST_BYTES else None


def read_imprint(text: str) -> Imprint | None:
    """What a foreign text tells, or None when it is no imprint."""
    if len(text) > MOST_BYTES:
        return None
    try:
        return read_fields(from_json(text, allow_inf_nan=False))
    except ValueError:
        return None


def read_fields(fields: JsonValue) -> Imprint | None:
    """The same of JSON that is read already."""
    try:
        return Imprint.model_validate(fields)
    except ValidationError:
        return None
