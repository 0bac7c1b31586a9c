"""What the rows of useapi.net's models share: rules, sources and ideas."""

from datetime import date

from providers.catalogue.rules import Choice, Flag, Slot, Span, Text

IMAGES = "useapi.net/docs/api-runwayml-v1/post-runwayml-images-create"
VIDEOS = "useapi.net/docs/api-runwayml-v1/post-runwayml-videos-create"
READ = date(2026, 11, 30)

ALL_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")

SEED = Span(low=1, high=4294967294)
SOUND = Flag(default=True)
KEEP_AUDIO = Flag(default=True)
"""Whether the audio of the video that is handed in stays; the vendor has one field for both."""
# Only legacy Unlimited accounts may use it, so it is never switched on by itself.
EXPLORE = Flag(default=False)
START = Slot()
START_NEEDED = Slot(least=1)
END = Slot(requires="start_frame")
TAG = "@IMG_{n}"


def ratio(*options: str) -> Choice:
    """These shapes, the first one as the default."""
    return Choice(options=options, default=options[0])


def resolution(*options: str) -> Choice:
    """These, the first one as the default."""
    return Choice(options=options, default=options[0])


def seconds(*options: int) -> Choice:
    """These lengths, the first one as the default."""
    return Choice(options=options, default=options[0], unit="s")


def required(longest: int, doubtful: int | None = None) -> Text:
    """Words that must be there."""
    return Text(shortest=1, longest=longest, doubtful=doubtful)


def optional(longest: int, doubtful: int | None = None) -> Text:
    """Words that may be left out."""
    return Text(longest=longest, doubtful=doubtful)


FILM_IDEAS = (
    "A drone rises over a cliff road at golden hour; one red car below, long shadows",
    "Market street after rain, slow push-in past the lanterns, reflections on the stones",
    "Macro shot: ink unfolds in clear water, the camera drifts through the plumes",
)
MOVE_IDEAS = (
    "The camera pushes in slowly while the light turns from blue to gold",
    "She looks up, smiles, and the wind lifts her hair; handheld, shallow focus",
    "Slow orbit to the right, leaves drifting through the frame",
)
SHOT_IDEAS = (
    "A quiet kitchen at dawn, 35 mm, shallow focus",
    "A night train crossing a snowy plain, muted colors",
    "Launch film for a paper notebook, clean studio, daylight",
)
