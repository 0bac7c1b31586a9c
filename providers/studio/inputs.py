"""What is wrong with the files of a request, before anything of it is sent: gone, of another kind, or beyond
what the vendor takes of a file. It is about the file as it leaves, which the studio changes on its way."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from providers.catalogue.files import (
    FRAMES,
    Leaving,
    beyond,
    cutting,
    fitted,
    is_cut,
    shrunk,
)
from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import ArtifactId, Request
from providers.catalogue.rules import Choice, Rule, Slot, Takes, label
from providers.errors import Problem, Unknown
from providers.jobs.job import Artifact
from providers.library import media
from providers.library.decoding.lanes import DECODERS
from providers.library.flaws import UnusableFile
from providers.library.outgoing import discreet
from providers.studio.file_words import Misfit, cut_off

KINDS = {"image": "an image", "video": "a video"}
MOST_BYTES_PER_PIXEL = 4
"""Of whatever is encoded anew: no picture of one byte a channel needs more, but for what surrounds it."""
AROUND = 1 << 16
"""Bytes of a picture beside its pixels."""


GONE = "this file is no longer here. Remove it and add it again."
ADDRESS = "this is an address, not a file. Upload the file, then send the ID that it gets."


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files of one request, as they lie here."""

    spec: ModelSpec
    request: Request
    find: Callable[[ArtifactId], Artifact]
    """A file's row; Unknown."""
    path: Callable[[str], Path]
    """Where the bytes with this hash lie."""

    def problems(self) -> Iterator[Problem]:
        """Every problem of every file, each at its field."""
        numbers: dict[str, int] = {}
        for field, artifact_id in self.request.media():
            numbers[field] = numbers.get(field, 0) + 1
            rule = self.rules.get(field)
            if not isinstance(rule, Slot):
                continue
            artifact = self._usable(field, rule, artifact_id)
            if isinstance(artifact, Problem):
                yield artifact
            else:
                who = self._called(field, rule, artifact, numbers[field])
                yield from self._beyond(field, rule.takes, artifact, who)
        yield from self._cuts()

    def ratio(self) -> str | int | None:
        """The ratio that is sent: the one that was chosen, else the nearest to the start frame, if any."""
        given = self.request.fields()
        chosen, rule = given.get("ratio"), cutting(self.rules, given)
        if isinstance(chosen, str | int):
            return chosen
        first = next(self._frames(), None)
        return None if rule is None or first is None else fitted(rule, *_size(first[2]))

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules in force."""
        return self.spec.rules_for(self.request.fields())

    @property
    def _scale(self) -> int:
        scale, rule = self.request.options.get("scale"), self.rules.get("scale")
        if scale is None and isinstance(rule, Choice):
            scale = rule.default
        return scale if isinstance(scale, int) else 1

    def _beyond(self, field: str, takes: Takes, artifact: Artifact, who: str) -> Iterator[Problem]:
        leaving = self._leaving(artifact, takes)
        if leaving is None:
            return
        misfit = Misfit(who, self.spec.label, takes, leaving, self._scale)
        for limit in beyond(takes, leaving, self._scale):
            place = "scale" if limit == "made" else field
            yield Problem(place, misfit.sentence(limit), soft=limit in takes.soft)

    def _called(self, field: str, rule: Slot, artifact: Artifact, number: int) -> str:
        if len(self.request.media()) == 1:
            return f"This {artifact.kind}"
        if rule.most > 1:
            return f"{label(field).removesuffix('s')} {number}"
        return f"The {(rule.label or label(field)).lower()}"

    def _usable(self, field: str, rule: Slot, artifact_id: ArtifactId) -> Artifact | Problem:
        name = label(field)
        try:
            artifact = self.find(artifact_id)
        except Unknown:
            return Problem(field, f"{name}: {ADDRESS if '://' in artifact_id else GONE}")
        if artifact.flaw:
            sentence = f"{name}: this file can't be read. {artifact.flaw} Choose another one."
            return Problem(field, sentence)
        if artifact.kind != rule.kind:
            wanted, given = KINDS[rule.kind], KINDS[artifact.kind]
            return Problem(field, f"{name} must be {wanted}, but this is {given}.")
        return artifact

    def _leaving(self, artifact: Artifact, takes: Takes) -> Leaving | None:
        """The file as it leaves, as far as the limits need it; None where nobody knows its size."""
        if not artifact.width or not artifact.height:
            return None
        path = self.path(artifact.sha256)
        rate = artifact.rate
        if artifact.kind == "video" and rate is None and takes.most_rate is not None:
            rate = _rate(path)
        width, height = shrunk(artifact.width, artifact.height, takes)
        return Leaving(
            kind=artifact.kind,
            media_type=artifact.media_type,
            width=width,
            height=height,
            bytes=_bytes(artifact, path, takes),
            seconds=artifact.seconds,
            rate=rate,
        )

    def _frames(self) -> Iterator[tuple[str, Slot, Artifact]]:
        """The frames that fill the video and are cut to its ratio, the start frame first."""
        for field, artifact_id in self.request.media():
            rule = self.rules.get(field)
            if field not in FRAMES or not isinstance(rule, Slot) or rule.uncut:
                continue
            artifact = self._usable(field, rule, artifact_id)
            if isinstance(artifact, Artifact) and artifact.width and artifact.height:
                yield field, rule, artifact

    def _cuts(self) -> Iterator[Problem]:
        rule = cutting(self.rules, self.request.fields())
        ratio = self.ratio()
        if rule is None or ratio is None:
            return
        for field, slot, artifact in self._frames():
            if is_cut(*_size(artifact), str(ratio)):
                who = self._called(field, slot, artifact, 1)
                # A ratio that suited the last frame would cut the first.
                options = rule.options if field == FRAMES[0] else ()
                sentence = cut_off(who, _size(artifact), str(ratio), options)
                yield Problem(field, sentence, soft=True)


def _size(artifact: Artifact) -> tuple[int, int]:
    return artifact.width or 1, artifact.height or 1


def _bytes(artifact: Artifact, path: Path, takes: Takes) -> int | None:
    """Bytes that leave; None where they cannot be too many."""
    if takes.most_bytes is None:
        return artifact.bytes if artifact.kind == "video" else None
    if artifact.kind == "video":
        too_many = artifact.bytes > takes.most_bytes
        return _video_bytes(path) if too_many else artifact.bytes
    width, height = shrunk(*_size(artifact), takes)
    anew = width * height * MOST_BYTES_PER_PIXEL + AROUND
    as_it_is = artifact.media_type in takes.types and (width, height) == _size(artifact)
    if anew <= takes.most_bytes and not (as_it_is and artifact.bytes > takes.most_bytes):
        return None
    if "bytes" in takes.soft and not as_it_is:
        return None
    return _image_bytes(path, artifact.media_type, takes.types)


@lru_cache(maxsize=256)
def _image_bytes(path: Path, media_type: str, taken: tuple[str, ...]) -> int | None:
    try:
        return DECODERS.upright_size(path, media_type, taken)
    except (UnusableFile, OSError):
        return None


def _video_bytes(path: Path) -> int | None:
    try:
        return discreet(path).size
    except OSError:
        return None


@lru_cache(maxsize=256)
def _rate(path: Path) -> float | None:
    """Of a video that was handed in before anybody noted it."""
    try:
        return media.probe(path).rate
    except (UnusableFile, OSError):
        return None
