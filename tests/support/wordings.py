"""Where each vendor's body tells what a form asks: names read in the vendors' pages, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue


@dataclass(frozen=True)
class Wording:
    """One vendor's words. A path is a dotted name in the create body, as `input.seed`; `@` is the address."""

    paths: Mapping[str, tuple[str, ...]]
    """Of each field of a form: where it stands, or may stand. A path stands for all below it."""
    translated: frozenset[str] = frozenset()
    """Options whose values are other words on the wire."""
    silent: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """The one position of a switch in which it is not sent."""
    marks: tuple[str, ...] = ()
    """Where our own mark stands, which differs from call to call."""


def _below(root: str, names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {ours: tuple(root + name for name in theirs.split()) for ours, theirs in names.items()}


WORDINGS: Mapping[str, Wording] = {
    "useapi": Wording(
        paths=_below(
            "",
            {
                "prompt": "text_prompt",
                "ratio": "aspect_ratio",
                "resolution": "resolution",
                "duration": "duration",
                "count": "num_images",
                "seed": "seed",
                "style": "style",
                "diversity": "diversity",
                "audio": "audio",
                "keep_audio": "audio",
                "orientation": "characterOrientation",
                "explore": "exploreMode",
                "references": " ".join(f"imageAssetId{number}" for number in range(1, 15)),
                "start_frame": "imageAssetId1 startFrameAssetId",
                "end_frame": "imageAssetId2 endFrameAssetId",
                "driving_video": "videoAssetId",
                "shots": " ".join(
                    f"multishot_{part}_{number}"
                    for part in ("prompt", "duration")
                    for number in range(1, 6)
                ),
            },
        ),
        silent={"audio": True, "keep_audio": True, "explore": False},
        marks=("replyRef",),
    ),
    "runway": Wording(
        paths=_below(
            "",
            {
                "prompt": "promptText prompt",
                # The recipe is told the sum, too.
                "shots": "shots duration providerSettings.multiPrompt",
                # Without a ratio, the resolution has a field of its own.
                "ratio": "ratio targetAspectRatio resolution",
                "resolution": "ratio resolution",
                "duration": "duration",
                "count": "outputCount",
                "seed": "seed",
                "audio": "audio",
                "quality": "quality",
                "background": "background",
                "format": "outputFormat",
                "edit": "edit",
                "web_search": "grounding",
                "rewrite": "promptExpansionMode",
                "gestures": "bodyControl",
                "expression": "expressionIntensity",
                "scale": "scaleFactor",
                "style": "flavor",
                "creativity": "creativity",
                "sharpness": "sharpen",
                "grain": "smartGrain",
                "detail": "ultraDetail",
                "smooth": "fpsBoost",
                "adherence": "cfgScale",
                "thinking": "thinkingLevel",
                "frame_rate": "targetFramerate",
                "keep_audio": "providerSettings.keepOriginalSound",
                "people": "referenceImages",
                "public_figures": "contentModeration.publicFigureThreshold",
                "references": "referenceImages references imageUri @",
                "start_frame": "promptImage keyframes character.uri firstFrame @",
                "end_frame": "promptImage keyframes",
                "driving_video": "videoUri promptVideo reference.uri",
            },
        ),
        translated=frozenset(
            {"ratio", "resolution", "people", "public_figures", "adherence", "frame_rate"}
        ),
    ),
    "runware": Wording(
        paths=_below(
            "0.",
            {
                "prompt": "positivePrompt",
                "ratio": "width height resolution",
                "resolution": "width height resolution",
                "duration": "duration",
                "count": "numberResults",
                "seed": "seed",
                "quality": "outputQuality",
                "format": "outputFormat",
                "tolerance": "providerSettings.google.safetyTolerance",
                "content_check": "safety.mode",
                "web_search": "providerSettings.google.webSearch",
                "shots": "duration positivePrompt providerSettings.klingai.multiPrompt",
                "audio": "providerSettings.google.generateAudio providerSettings.klingai.sound",
                "references": "inputs.referenceImages",
                "start_frame": "inputs.frameImages",
                "end_frame": "inputs.frameImages.1",
            },
        ),
        translated=frozenset({"ratio", "resolution", "format", "tolerance", "content_check"}),
        silent={"content_check": False, "web_search": False},
        marks=("0.taskUUID",),
    ),
    "runflow": Wording(
        paths=_below(
            "input.",
            {
                "prompt": "prompt",
                "ratio": "aspect_ratio",
                "resolution": "resolution",
                "count": "num_images",
                "seed": "seed",
                "format": "output_format",
                "tolerance": "safety_tolerance",
                "web_search": "enable_web_search",
                "limit_generations": "limit_generations",
                "duration": "duration",
                "audio": "generate_audio",
                # In the place of a prompt, and their sum is the length.
                "shots": "multi_prompt duration",
                "end_frame": "end_image_url",
            },
        )
        | {
            "references": ("input.image_urls", "@"),
            "start_frame": ("input.start_image_url", "input.image_url", "@"),
        },
        translated=frozenset({"tolerance", "duration"}),
        silent={"web_search": False, "limit_generations": False},
        marks=("client_ref", "metadata.job"),
    ),
}
