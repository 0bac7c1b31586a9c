"""What Acme makes: one model that others sell too, and one with controls of its own."""

from datetime import date

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.rules import Choice, Flag, Slot, Span, Text

READ = date(2026, 11, 20)
MODELS = (
    ModelSpec(
        id="acme:image/banana",
        label="Nano Banana Pro",
        summary="The same fruit from another shop.",
        rules={
            "prompt": Text(shortest=1, longest=900),
            "references": Slot(most=2),
            "ratio": Choice(options=("16:9", "1:1"), default="1:1"),
        },
        family="nano-banana-pro",
        prices=(
            Price(amount=3, unit="acorns", per="picture", source="acme.example", checked=READ),
        ),
        source="acme.example",
        checked=READ,
    ),
    ModelSpec(
        id="acme:image/etching",
        label="Etching",
        summary="Lines, as many as you like.",
        rules={
            "prompt": Text(shortest=1, longest=900),
            "line_weight": Span(low=1, high=40, default=4, unit="µm"),
            "plate_tone": Flag(default=True),
        },
        source="acme.example",
        checked=READ,
    ),
)
