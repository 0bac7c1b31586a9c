"""What useapi.net's collection of July 2026 says of its newer image models, in the words of the wire.

Transcribed from there and not from our rows: only what it says is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from providers.vendors.sandbox.bodies import text, whole
from providers.vendors.useapi.sandbox.fields import COMMON_FIELDS, SLOT, numbered_images

ALL_RATIOS = (
    "16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "4:5", "5:4", "3:2", "2:3", "9:21",
)  # fmt: skip
NANO_RATIOS = ("auto", *(ratio for ratio in ALL_RATIOS if ratio != "9:21"))
COUNTS = (1, 4)
MOST_SEED = 4294967294
BEYOND_FOUR = 14
"""Fields of the vendor's page for those that take more than four images."""


@dataclass(frozen=True, slots=True)
class ImageTerms:
    """One model: what its create body may hold."""

    label: str
    ratios: tuple[str, ...]
    ratio: str
    """What is made where none is sent."""
    prompt: int = 5000
    """The most characters of `text_prompt`."""
    needs_prompt: bool = False
    """Else an image does."""
    resolutions: tuple[str, ...] = ()
    """The first is made where none is sent; none at all: the parameter is not supported."""
    images: int = 4
    seed: bool = False
    media_type: str = "image/png"
    """Of its files, which nobody says."""


IMAGE_TERMS: Mapping[str, ImageTerms] = {
    "nano-banana-2": ImageTerms(
        "Nano Banana 2", NANO_RATIOS, "auto", resolutions=("1K", "2K", "4K"), images=BEYOND_FOUR
    ),
    "nano-banana-2-lite": ImageTerms(
        "Nano Banana 2 Lite", NANO_RATIOS, "auto", images=BEYOND_FOUR
    ),
    "flux-2-max": ImageTerms(
        "FLUX.2 Max", ALL_RATIOS, "1:1", 4000, resolutions=("1K", "2K", "4K", "0.6MP"),
        images=BEYOND_FOUR, seed=True, media_type="image/jpeg",
    ),
    "flux-2-klein": ImageTerms(
        "FLUX.2 Klein", ALL_RATIOS, "1:1", 4000, resolutions=("1K", "2K", "0.6MP"), seed=True,
        media_type="image/jpeg",
    ),
    "gpt-image-1-5": ImageTerms(
        "GPT Image 1.5", ("1:1", "3:2", "2:3"), "1:1", needs_prompt=True
    ),
    "gpt-image-1-mini": ImageTerms(
        "GPT Image 1 Mini", ("1:1", "3:2", "2:3"), "1:1", needs_prompt=True
    ),
    "seedream-5": ImageTerms(
        "Seedream 5", ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "3:2", "2:3"), "16:9",
        resolutions=("2K", "3K"), images=BEYOND_FOUR, media_type="image/jpeg",
    ),
}  # fmt: skip


def image_faults(terms: ImageTerms, body: Mapping[str, JsonValue]) -> Iterator[str]:
    """Every documented rule that a body breaks, as the vendor's messages."""
    known = COMMON_FIELDS | {"text_prompt", "aspect_ratio", "num_images"}
    known |= {"resolution"} if terms.resolutions else set[str]()
    known |= {"seed"} if terms.seed else set[str]()
    for name in body:
        slot = SLOT.fullmatch(name)
        if name not in known and not (slot and int(slot[1]) <= terms.images):
            yield f"Parameter {name} is not supported by {text(body['model'])}"
    listed: tuple[tuple[str, tuple[str | int, ...]], ...] = (
        ("aspect_ratio", terms.ratios),
        ("resolution", terms.resolutions),
        ("num_images", COUNTS),
    )
    for name, values in listed:
        if name in body and body[name] not in values:
            names = ", ".join(str(value) for value in values)
            yield f"Parameter {name} value {body[name]} is not supported, use one of: {names}"
    if "seed" in body and not 1 <= whole(body["seed"]) <= MOST_SEED:
        yield f"Parameter seed valid range is 1…{MOST_SEED}"
    yield from _wrong_prompt(terms, body)


def _wrong_prompt(terms: ImageTerms, body: Mapping[str, JsonValue]) -> Iterator[str]:
    prompt = body.get("text_prompt", "")
    if not isinstance(prompt, str):
        yield "Parameter text_prompt must be a string"
        return
    if len(prompt) > terms.prompt:
        yield f"Parameter text_prompt maximum length is {terms.prompt} characters"
    if not prompt.strip() and (terms.needs_prompt or not numbered_images(body)):
        yield "Parameter text_prompt is required"
