"""What Runway's client and the contract say of the Kling models: transcribed from them, not from our rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.support.runway_contract import (
    RATIO,
    UNKNOWN,
    YES_NO,
    Call,
    Frames,
    Media,
    Plain,
    Price,
    Segments,
    by_sound,
)
from tests.support.runway_contract_sizes import KLING_4K, RECIPE_720, RECIPE_1080

SIZES: Mapping[str, tuple[str, ...]] = {
    "standard": RECIPE_720, "pro": RECIPE_1080, "4k": KLING_4K,
}  # fmt: skip
PRICES: Mapping[str, Price] = {
    "kling3.0_standard": by_sound(13, 9), "kling3.0_pro": by_sound(17, 12),
}  # fmt: skip
SOFT_PROMPT = range(1, 20001)
SOFT_LENGTH = range(3, 16)
SEGMENTS = Segments(range(2, 7), range(1, 2501), range(1, 16), range(3, 16), certain=False)
CUSTOMIZE: Mapping[str, Sequence[Plain]] = {"shotType": ("customize",)}
INTELLIGENCE: Mapping[str, Sequence[Plain]] = {"shotType": ("intelligence",)}


def _words(ratios: tuple[str, ...], price: Price, *, scale: bool) -> Call:
    """From words alone."""
    return Call(
        prompt=SOFT_PROMPT, needed=RATIO, price=price, adherence=scale, told=False,
        fields={"ratio": ratios, "duration": SOFT_LENGTH, "audio": YES_NO},
    )  # fmt: skip


def _calls() -> tuple[dict[str, Call], dict[str, Call], dict[str, Call]]:
    from_text: dict[str, Call] = {}
    from_image: dict[str, Call] = {}
    from_video: dict[str, Call] = {}
    for family in ("kling3.0", "klingO3"):
        for tier, ratios in SIZES.items():
            name = f"{family}_{tier}"
            words = _words(ratios, PRICES.get(name, UNKNOWN), scale=family == "kling3.0")
            directed = replace(words, settings=INTELLIGENCE)
            cut = replace(
                words, prompt=None, shots=SEGMENTS, settings=CUSTOMIZE,
                fields={"ratio": ratios, "audio": YES_NO},
            )  # fmt: skip
            from_text |= {name: words, f"{name} intelligence": directed, f"{name} customize": cut}
            beside = range(8) if family == "klingO3" else range(1)
            framed = {
                name: replace(words, prompt=range(20001), frames=Frames(last=True)),
                f"{name} intelligence": replace(directed, frames=Frames()),
                f"{name} customize": replace(cut, frames=Frames()),
            }
            for place, call in framed.items():
                from_image[place] = replace(call, needed=(), beside=beside)
            if family == "klingO3":
                from_video[name] = Call(
                    prompt=SOFT_PROMPT, source="promptVideo", media=Media(range(5)), price=UNKNOWN,
                    settings={"keepOriginalSound": YES_NO}, told=False,
                )  # fmt: skip
    return from_text, from_image, from_video


KLING_FROM_TEXT, KLING_FROM_IMAGE, KLING_FROM_VIDEO = _calls()
"""Model, and after it who cuts the video, where somebody does."""
