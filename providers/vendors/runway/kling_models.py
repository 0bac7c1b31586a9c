"""The Kling models that Runway resells, as its Python client 5.24 types them. Rows only.

What the client leaves open is soft here: lengths of prompts, seconds, and how many shots. Which accounts
have them is known from their organization alone.
"""

from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.rules import Flag, Rule, Shots, Slot, Span, Takes, Text, When
from providers.vendors.runway import sizes
from providers.vendors.runway.client_rules import (
    CLIENT,
    CLIENT_READ,
    PERCENT,
    doubted,
    doubted_seconds,
)
from providers.vendors.runway.multishot_models import STORY_IDEAS
from providers.vendors.runway.prices import PRICES, a_second
from providers.vendors.runway.video_rules import END, FILM_IDEAS, SOUND, START, ratio

USUAL_PROMPT = 2500
"""Characters, as others sell the model."""
SECONDS = doubted_seconds(3, 15)
# References stand beside a first frame only.
REFERENCES = Slot(most=7, requires="start_frame")
SHOTS = Shots(
    least=2,
    most=6,
    prompt=Text(shortest=1, longest=USUAL_PROMPT, doubtful=512, utf16=True),
    seconds=Span(low=3, high=15, default=5, unit="s"),
    total=15,
    total_least=3,
    soft=("count", "seconds"),
)
# The page as a third party read it. What 4K and O3 cost is told by nobody before a task is taken.
TOLD = (PRICES, date(2026, 5, 31))
PRO = (a_second(17, told_by=TOLD, audio=(True,)), a_second(12, told_by=TOLD))
STANDARD = (a_second(13, told_by=TOLD, audio=(True,)), a_second(9, told_by=TOLD))
USUAL_VIDEO = Takes(most_seconds=10, soft=("seconds",))
"""To edit, as others sell the models."""
CUTS = "The model decides where to cut, and how long each shot lasts."


@dataclass(frozen=True)
class Kling:
    """One model in one quality: what its rows differ in."""

    name: str
    label: str
    family: str
    size: str
    """As people call it."""
    table: sizes.Sizes
    chips: tuple[str, ...]
    omni: bool = False
    """Takes references in place of a say in how closely the prompt is followed."""
    prices: tuple[Price, ...] = ()

    def rules(self, **own: Rule) -> dict[str, Rule]:
        """Rules of its own, and those that all its rows share."""
        beside: dict[str, Rule] = (
            {"references": REFERENCES} if self.omni else {"adherence": PERCENT}
        )
        shared: dict[str, Rule] = {"start_frame": START, "ratio": ratio(self.table), "audio": SOUND}
        return {**own, **shared, **beside}

    def wire(self, shot_type: str = "") -> dict[str, JsonValue]:
        """What its rows tell the adapter."""
        return {
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "model": self.name,
            "sizes": sizes.facts(self.table),
            **({"shot_type": shot_type} if shot_type else {}),
        }


KLINGS = (
    Kling("kling3.0_pro", "Kling 3.0 Pro", "kling-3.0-pro", "1080p", sizes.KLING_PRO,
          ("people", "detail"), prices=PRO),
    Kling("kling3.0_standard", "Kling 3.0 Standard", "kling-3.0-standard", "720p",
          sizes.KLING_STANDARD, ("people", "drafts"), prices=STANDARD),
    Kling("kling3.0_4k", "Kling 3.0 4K", "kling-3.0-4k", "4K", sizes.KLING_4K,
          ("people", "up to 4K")),
    Kling("klingO3_pro", "Kling O3 Pro", "kling-o3-pro", "1080p", sizes.KLING_PRO,
          ("people", "detail", "many references"), omni=True),
    Kling("klingO3_standard", "Kling O3 Standard", "kling-o3-standard", "720p",
          sizes.KLING_STANDARD, ("people", "drafts", "many references"), omni=True),
    Kling("klingO3_4k", "Kling O3 4K", "kling-o3-4k", "4K", sizes.KLING_4K,
          ("people", "up to 4K", "many references"), omni=True),
)  # fmt: skip


def _video(kling: Kling) -> ModelSpec:
    frames = "a start frame and references" if kling.omni else "two frames"
    return ModelSpec(
        id=f"runway:video/{kling.name}",
        label=kling.label,
        summary=f"Videos of 3 to 15 s in {kling.size} with audio, from text or {frames}.",
        good_for=(*kling.chips, "any length"),
        rules=kling.rules(prompt=doubted(USUAL_PROMPT), end_frame=END, duration=SECONDS),
        # With two frames the video follows the first one.
        when=(
            When(field="start_frame", rules={"prompt": doubted(USUAL_PROMPT, needed=False)}),
            When(field="end_frame", hides=("ratio",)),
        ),
        examples=FILM_IDEAS,
        family=kling.family,
        prices=kling.prices,
        wire=kling.wire(),
        by_account=True,
        source=CLIENT,
        checked=CLIENT_READ,
    )


def _multishot(kling: Kling) -> ModelSpec:
    return ModelSpec(
        id=f"runway:multishot/{kling.name}",
        label=kling.label,
        summary=f"2 to 6 shots in one video of up to 15 s in {kling.size}, with audio.",
        good_for=kling.chips,
        rules=kling.rules(shots=SHOTS),
        family=kling.family,
        prices=kling.prices,
        wire=kling.wire("customize"),
        by_account=True,
        source=CLIENT,
        checked=CLIENT_READ,
    )


def _story(kling: Kling) -> ModelSpec:
    return ModelSpec(
        id=f"runway:multishot/{kling.name}-intelligence",
        label=f"{kling.label}: from one story",
        summary=f"Cuts one story into shots, in a video of up to 15 s in {kling.size}.",
        good_for=(*kling.chips, "no planning"),
        note=CUTS,
        rules=kling.rules(prompt=doubted(USUAL_PROMPT), duration=SECONDS),
        examples=STORY_IDEAS,
        family=f"{kling.family}-story",
        prices=kling.prices,
        wire=kling.wire("intelligence"),
        by_account=True,
        source=CLIENT,
        checked=CLIENT_READ,
    )


def _edit(kling: Kling) -> ModelSpec:
    return ModelSpec(
        id=f"runway:video/video_to_video/{kling.name}",
        label=f"{kling.label}: edit a video",
        summary="Edits a video from instructions, with up to 4 guide images.",
        good_for=("editing videos", *kling.chips),
        rules={
            "prompt": doubted(USUAL_PROMPT),
            "driving_video": Slot(kind="video", least=1, label="Video to edit", takes=USUAL_VIDEO),
            "references": Slot(most=4),
            "keep_audio": Flag(default=True),
        },
        examples=EDIT_IDEAS,
        family=f"{kling.family}-edit",
        wire={
            "endpoint": "video_to_video",
            "model": kling.name,
            "source": "promptVideo",
        },
        by_account=True,
        source=CLIENT,
        checked=CLIENT_READ,
    )


EDIT_IDEAS = (
    "Make it a snowy night, street lamps lit, breath visible in the cold",
    "Replace the car with a horse-drawn carriage, same street, same camera",
)
OMNI = tuple(kling for kling in KLINGS if kling.omni)
KLING_VIDEOS = (*map(_video, KLINGS), *map(_edit, OMNI))
KLING_MULTISHOTS = (*map(_multishot, KLINGS), *map(_story, KLINGS))
