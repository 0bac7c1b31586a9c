"""useapi.net's newer models for images, from its collection of calls of July 2026. Rows only.

The collection's form has fields for 8 references, the vendor's page for 14: beyond 8 is a warning. What a model
makes where nothing is asked for differs by source, so ratio and resolution are always sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Rule, Slot
from providers.vendors.useapi.image_models import COUNT, NANO_RATIOS, PICTURE_IDEAS
from providers.vendors.useapi.model_rules import (
    ALL_RATIOS,
    EXPLORE,
    IMAGES,
    READ,
    SEED,
    TAG,
    ratio,
    required,
    resolution,
)

FLUX_RATIOS = (
    "1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "4:5", "5:4", "3:2", "2:3", "9:21",
)  # fmt: skip
GPT_RATIOS = ("1:1", "3:2", "2:3")
SEEDREAM_RATIOS = (*ALL_RATIOS, "3:2", "2:3")
FEW = Slot(most=4, tag=TAG)
MANY = Slot(most=14, doubtful=8, tag=TAG)


@dataclass(frozen=True)
class Newer:
    """What sets one of them apart."""

    name: str
    label: str
    summary: str
    chips: tuple[str, ...]
    ratios: tuple[str, ...]
    resolutions: tuple[str, ...] = ()
    references: Slot = FEW
    longest: int = 5000
    more: Mapping[str, Rule] = field(default_factory=dict[str, Rule])
    family: str = ""

    def spec(self) -> ModelSpec:
        """Its row."""
        sizes = {"resolution": resolution(*self.resolutions)} if self.resolutions else {}
        return ModelSpec(
            id=f"useapi:image/{self.name}",
            label=self.label,
            summary=self.summary,
            good_for=self.chips,
            rules={
                "prompt": required(self.longest),
                "references": self.references,
                "ratio": ratio(*self.ratios),
                **sizes,
                "count": COUNT,
                **self.more,
                "explore": EXPLORE,
            },
            usual_seconds=(10, 30),
            examples=PICTURE_IDEAS,
            family=self.family,
            source=IMAGES,
            checked=READ,
        )


NEWER_PICTURES = tuple(
    newer.spec()
    for newer in (
        Newer(
            "nano-banana-2", "Nano Banana 2", "Fast images with readable text, from many references.",
            ("text in images", "editing", "up to 4K"), NANO_RATIOS, ("1K", "2K", "4K"), MANY,
            family="nano-banana-2",
        ),
        Newer(
            "nano-banana-2-lite", "Nano Banana 2 Lite", "Nano Banana 2 in one size, for drafts.",
            ("fast", "drafts", "editing"), NANO_RATIOS, references=MANY,
            family="gemini-image3.1-flash-lite",
        ),
        Newer(
            "flux-2-max", "FLUX.2 Max", "Detailed, repeatable images with a seed, from many references.",
            ("detail", "repeatable", "up to 4K"), FLUX_RATIOS, ("1K", "2K", "4K", "0.6MP"), MANY, 4000,
            {"seed": SEED},
        ),
        Newer(
            "flux-2-klein", "FLUX.2 Klein", "A small, fast FLUX.2 with a seed, for drafts.",
            ("fast", "drafts", "repeatable"), FLUX_RATIOS, ("1K", "2K", "0.6MP"), FEW, 4000,
            {"seed": SEED},
        ),
        Newer(
            "gpt-image-1-5", "GPT Image 1.5", "Follows long instructions, from up to 4 references.",
            ("text in images", "editing"), GPT_RATIOS,
        ),
        Newer(
            "gpt-image-1-mini", "GPT Image 1 Mini", "A smaller GPT Image, for drafts.",
            ("fast", "drafts"), GPT_RATIOS,
        ),
        Newer(
            "seedream-5", "Seedream 5", "Images in 2K and 3K, from many references.",
            ("detail", "many references"), SEEDREAM_RATIOS, ("2K", "3K"), MANY,
        ),
    )
)  # fmt: skip
