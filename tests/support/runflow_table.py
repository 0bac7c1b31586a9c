"""What Runflow's contract says about each model, transcribed from its table and not from our rows."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Contract:
    """One address at the vendor. `field` names are the vendor's own."""

    references: tuple[int, int]
    """The most is deduced: more are warned about, and sent on purpose."""
    prompt_most: int = 50_000
    """A sibling's: more is warned about, and sent on purpose."""
    aspect_ratios: tuple[str, ...] = (
        "21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16",
    )  # fmt: skip
    """And `auto`, which is not offered: it is what happens with references when nothing is sent.
    The pages say *any*: others are warned about, and sent on purpose."""
    resolutions: tuple[str, ...] = ("1K", "2K", "4K")
    resolution_default: str = "1K"
    formats: tuple[str, ...] = ("jpeg", "png", "webp")
    format_default: str = "png"
    counts: tuple[int, int] = (1, 4)
    """Deduced, and the pages say *any*: more are warned about, and sent on purpose."""
    count_default: int = 1
    seeds: tuple[int, int] = (0, 2147483647)
    """Ours; the pages state no range: others are warned about, and sent on purpose."""
    tolerances: tuple[str, ...] = ("1", "2", "3", "4", "5", "6")
    """Text on the wire, the strictest first."""
    web_search_default: bool = False
    limit_generations_default: bool = False
    """No default is stated; left out it is off."""
    dollars: float = 0.15
    """A picture, whatever its resolution."""


BASE = "google/nano-banana-pro"
EDIT = "google/nano-banana-pro/edit"
ADDRESSES: Mapping[str, Contract] = {
    BASE: Contract(references=(0, 0)),
    EDIT: Contract(references=(1, 14)),
}
NEVER_SENT = (
    "sync_mode",
    "callback_url",
    "width",
    "height",
    "negative_prompt",
)
"""Fields that take a result out of the history, need a public address, or are not there."""
PRICED = ("docs.runflow.io/models/google/nano-banana-pro", 2026)
"""Where the price was read, and in which year."""
