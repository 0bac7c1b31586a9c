"""Seedance's models at useapi.net. Rows only."""

from datetime import date

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.rules import Rule, Slot, Span, Takes, When
from providers.vendors.useapi.model_rules import (
    ALL_RATIOS,
    END,
    EXPLORE,
    FILM_IDEAS,
    READ,
    SOUND,
    START,
    VIDEOS,
    optional,
    ratio,
    resolution,
)

PRICES = "github.com/useapi/seedance-2-api/blob/main/pricing/pricing.json"
PRICED = date(2026, 10, 5)


def credits_a_second(amount: float, *sizes: str) -> Price:
    """From the vendor's list, which holds without a video handed in; the explore queue takes no credits."""
    when = {"resolution": sizes, "explore": (False,), "driving_video": (None,)}
    return Price(
        amount=amount, unit="credits", per="second", when=when, source=PRICES, checked=PRICED
    )


RULES: dict[str, Rule] = {
    "prompt": optional(3500),
    "start_frame": START,
    "end_frame": END,
    # The page has 11, the vendor's collection of calls speaks of 9 and has fields for 11.
    "references": Slot(most=11, doubtful=9),
    # The vendor takes up to three, of 15 s together; the form has a place for one.
    "driving_video": Slot(
        kind="video",
        label="Reference video",
        takes=Takes(most_seconds=15, most_side=1280),
    ),
    "ratio": ratio(*ALL_RATIOS),
    "resolution": resolution("480p", "720p", "1080p"),
    "duration": Span(low=4, high=15, default=5, unit="s"),
    "audio": SOUND,
    "explore": EXPLORE,
}
WHEN = (
    # Frames and references are two modes of the vendor that never mix.
    When(field="start_frame", hides=("references", "driving_video")),
    When(field="explore", rules={"resolution": resolution("480p", "720p")}),
)
NEEDS = ("prompt", "start_frame", "references", "driving_video")
WIRE = {"frames": "named"}

# The vendor's price list of October names the model, its lengths and its resolutions; all else is that of the
# rest of the family.
NEWEST_RULES: dict[str, Rule] = {
    **RULES,
    "prompt": optional(15000, doubtful=3500),
    "resolution": resolution("480p", "720p"),
    "duration": Span(low=4, high=30, default=5, unit="s"),
}
NEWEST_WHEN = (
    WHEN[0],
    When(field="explore", rules={"duration": Span(low=4, high=15, default=5, unit="s")}),
)

SEEDANCES = (
    ModelSpec(
        id="useapi:video/seedance-2-5",
        label="Seedance 2.5",
        summary="4 to 30 s with audio, from text, two frames or references.",
        good_for=("long", "many references", "any length"),
        rules=NEWEST_RULES,
        when=NEWEST_WHEN,
        needs_any=NEEDS,
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        wire=WIRE,
        family="seedance-2.5",
        prices=(credits_a_second(20, "480p"), credits_a_second(30, "720p")),
        source=PRICES,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/seedance-2",
        label="Seedance 2",
        summary="4 to 15 s with audio up to 1080p, from text, two frames or 11 references.",
        good_for=("long", "many references", "any length"),
        rules=RULES,
        when=WHEN,
        needs_any=NEEDS,
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        wire=WIRE,
        family="seedance-2",
        prices=(credits_a_second(36, "480p", "720p"), credits_a_second(40, "1080p")),
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/seedance-2-fast",
        label="Seedance 2 Fast",
        summary="Seedance 2 with the same controls, but faster.",
        good_for=("fast", "many references", "any length"),
        rules=RULES,
        when=WHEN,
        needs_any=NEEDS,
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        wire=WIRE,
        family="seedance-2-fast",
        source=VIDEOS,
        checked=READ,
    ),
)
