"""Seedance's models at useapi.net. Rows only."""

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Rule, Slot, Span, When
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

RULES: dict[str, Rule] = {
    "prompt": optional(3500),
    "start_frame": START,
    "end_frame": END,
    # The page has 11, the vendor's collection of calls speaks of 9 and has fields for 11.
    "references": Slot(most=11, doubtful=9),
    "ratio": ratio(*ALL_RATIOS),
    "resolution": resolution("480p", "720p", "1080p"),
    "duration": Span(low=4, high=15, default=5, unit="s"),
    "audio": SOUND,
    "explore": EXPLORE,
}
WHEN = (
    # Frames and references are two modes of the vendor that never mix.
    When(field="start_frame", hides=("references",)),
    When(field="explore", rules={"resolution": resolution("480p", "720p")}),
)
WIRE = {"frames": "named"}

SEEDANCES = (
    ModelSpec(
        id="useapi:video/seedance-2",
        label="Seedance 2",
        summary="4 to 15 s with audio up to 1080p, from text, two frames or 11 references.",
        good_for=("long", "many references", "any length"),
        rules=RULES,
        when=WHEN,
        needs_any=("prompt", "start_frame", "references"),
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        wire=WIRE,
        family="seedance-2",
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
        needs_any=("prompt", "start_frame", "references"),
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        wire=WIRE,
        family="seedance-2-fast",
        source=VIDEOS,
        checked=READ,
    ),
)
