"""What a person asked for, in our words. A request is frozen into its job and never changes."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    Field,
    JsonValue,
    StrictFloat,
    StrictInt,
    TypeAdapter,
    ValidationError,
    field_validator,
)

from providers.catalogue.rules import Frozen, label
from providers.errors import InvalidRequest, Problem

Kind = Literal["image", "video", "multishot"]
ArtifactId = str

MEDIA_FIELDS = ("start_frame", "end_frame", "references", "driving_video")
"""Fields that hold artifacts, in the order in which they take a vendor's numbered image slots."""
OWN_FIELDS = ("prompt", "shots", *MEDIA_FIELDS)
"""Catalogue fields with a place of their own in a request; all others are options."""
ACCOUNT = "account"
"""The option that no row has: which account of a key makes it, where the key has several."""


class Shot(Frozen):
    """One shot of a multishot video, as it was written down; the model's row checks both."""

    prompt: str = ""
    seconds: StrictInt | StrictFloat | None = None

    @field_validator("seconds")
    @classmethod
    def _whole(cls, seconds: float | None) -> float | None:
        # JSON knows one kind of number: 4.0 is the same length as 4.
        return int(seconds) if seconds is not None and seconds % 1 == 0 else seconds


class _Request(Frozen):
    model: str
    """A spec id such as `useapi:video/veo-3.1`."""
    prompt: str = ""
    options: Mapping[str, JsonValue] = Field(default_factory=dict)
    """Keyed by catalogue field names (ratio, resolution, duration, …)."""

    @property
    def vendor(self) -> str:
        """The name of the vendor whose model this is."""
        return self.model.partition(":")[0]

    @property
    def account(self) -> JsonValue:
        """The mark of the account that shall make it; None: whichever has room."""
        return self.options.get(ACCOUNT) or None

    def fields(self) -> dict[str, JsonValue]:
        """Everything that was given and that a row may have a rule for, by catalogue field name."""
        own = self.model_dump(mode="json", exclude={"kind", "model", "options"})
        options = {name: value for name, value in self.options.items() if name != ACCOUNT}
        return {**options, **{name: value for name, value in own.items() if value}}

    def misplaced(self) -> list[Problem]:
        """Options that have a place of their own in a request and would not be sent from here."""
        return [
            Problem(name, f"{label(name)} doesn't belong in options. Move it to the top level.")
            for name in OWN_FIELDS
            if name in self.options
        ]

    def media(self) -> tuple[tuple[str, ArtifactId], ...]:
        """(field, artifact) of every file that is handed in, in slot order."""
        given = self.fields()
        held: list[tuple[str, ArtifactId]] = []
        for field in MEDIA_FIELDS:
            value = given.get(field)
            names = value if isinstance(value, list) else [value]
            held += [(field, name) for name in names if isinstance(name, str)]
        return tuple(held)


class ImageRequest(_Request):
    """One or several pictures from a prompt and references."""

    kind: Literal["image"] = "image"
    references: tuple[ArtifactId, ...] = ()


class VideoRequest(_Request):
    """One clip from a prompt, frames, references or a driving video."""

    kind: Literal["video"] = "video"
    start_frame: ArtifactId | None = None
    end_frame: ArtifactId | None = None
    references: tuple[ArtifactId, ...] = ()
    driving_video: ArtifactId | None = None


class MultishotRequest(_Request):
    """One clip of several shots: each with its text, or cut by the model itself where there are none."""

    kind: Literal["multishot"] = "multishot"
    shots: tuple[Shot, ...] = ()
    start_frame: ArtifactId | None = None
    references: tuple[ArtifactId, ...] = ()


Request = ImageRequest | VideoRequest | MultishotRequest
_READER: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="kind")])


def read_request(body: Mapping[str, JsonValue]) -> Request:
    """A request from JSON, or InvalidRequest with a sentence for every field that has no such shape."""
    try:
        return _READER.validate_python(body)
    except ValidationError as error:
        found = [shape_problem(fault["loc"], fault["type"]) for fault in error.errors()]
        # A number that is neither kind of number is told by both, in the same words.
        raise InvalidRequest(list(dict.fromkeys(found))) from None


def shape_problem(location: tuple[int | str, ...], kind: str) -> Problem:
    """The sentence for a part of a body that has no such shape; the first part of its place is not told."""
    # The first part is the union's tag; the next three lead to the field, and no field lies deeper.
    path = [str(part + 1) if isinstance(part, int) else part for part in location[1:4]]
    field = ".".join(path)
    if not path:
        return Problem("kind", "The kind of a request is an image, a video or a multishot.")
    if kind == "extra_forbidden":
        return Problem(field, f"There is no field {field!r} in this type of request. Remove it.")
    if kind == "missing":
        return Problem(field, f"{label(path[0])}: {path[-1]} is missing.")
    return Problem(field, f"{label(path[0])} has a value of the wrong type. Fix {field!r}.")
