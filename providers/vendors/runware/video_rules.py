"""What rows of Runware's video models share."""

from providers.catalogue.rules import Slot, When

START = Slot()
END = Slot(requires="start_frame")
# The vendor takes either frames or a size, never both.
FRAMES_OR_SIZE = (When(field="start_frame", hides=("ratio",)),)

FILM_IDEAS = (
    "A drone rises over a cliff road at golden hour; one red car below, long shadows",
    "Market street after rain, slow push-in past the lanterns, reflections on the stones",
    "Macro shot: ink unfolds in clear water, the camera drifts through the plumes",
)
