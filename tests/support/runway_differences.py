"""Where our rows for Runway differ from its documents and its Python client, and why. Nowhere else may they."""

from collections.abc import Mapping

from tests.support.runway_contract import Plain
from tests.support.runway_contract_sizes import DANCE_1080

MODELS_LEFT_OUT: Mapping[str, str] = {
    "recraft_v4_1_vector": "It makes SVG, which the library doesn't keep.",
}
"""Models that the client can call and that stand in no row."""

CALLS_LEFT_OUT: Mapping[tuple[str, str], str] = {
    ("video_to_video", "gemini_omni_flash_1.1"): "Described by one second-hand source only.",
}
"""Endpoint and model, where the model has a row for other endpoints."""

FIELDS_LEFT_OUT: Mapping[str, str] = {
    "referenceAudio": "The studio keeps pictures and videos; it has no place for a sound.",
    "referenceVideos": "A form has one place for a video: the one that a model works on.",
    "negativePrompt": "A form has one text; what to avoid can be said in it.",
    "outputFormat": "The library shows and keeps MP4. The other forms are masters and archives.",
    "proresProfile": "Goes with an output format that is not offered.",
    "backgroundColor": "A form has no field for colours; the prompt can name them.",
    "colors": "A form has no field for colours; the prompt can name them.",
    "maskUri": "No form paints a mask.",
    "preciseEdit": "It forbids a ratio, and no switch of a form can take one away.",
    "draft": "A draft must be enhanced by a second request that names it: no form asks for that.",
    "draftTaskId": "Goes with drafts.",
}
"""Fields that no video row sends."""

CALL_FIELDS_LEFT_OUT: Mapping[tuple[str, str, str], str] = {
    ("video_to_video", "aleph2", "ratio"): "Deprecated by the vendor; targetAspectRatio is sent.",
    ("text_to_image", "bria_fibo_edit_1_5", "ratio"): (
        "Only two references or more take a size; the framing of the first is kept."
    ),
    ("text_to_video", "gemini_omni_flash_1.1", "references"): "How many it takes is not known.",
}
"""Endpoint, model and field."""

CAPITALS = "Both spellings are valid today; capitals were valid before, too."
BETWEEN = (
    "Between two sizes that have all shapes, these have four of six: no shape and size name them."
)
PINNED = "It may change without notice."
OPEN = "It leaves the size open, too, and the price."
VALUES_LEFT_OUT: Mapping[tuple[str, str], tuple[frozenset[str], str]] = {
    ("gen4_image", "ratio"): (
        frozenset({"1024:1024", "1168:880", "1360:768", "1808:768"}),
        BETWEEN,
    ),
    ("gen4_image_turbo", "ratio"): (
        frozenset({"1024:1024", "1168:880", "1360:768", "1808:768"}),
        BETWEEN,
    ),
    ("gpt_image_2", "ratio"): (frozenset({"auto"}), OPEN),
    ("custom", "version"): (frozenset({"unsafe-latest"}), PINNED),
    ("auto", "version"): (frozenset({"unsafe-latest"}), PINNED),
    ("gpt_image_2_5_flare", "ratio"): (frozenset({"auto"}), OPEN),
    ("gpt_image_2_5_sunburst", "ratio"): (frozenset({"auto"}), OPEN),
    ("ideogram_4_5", "ratio"): (frozenset({"auto"}), OPEN),
    ("hailuo3", "resolution"): (frozenset({"768p", "2k"}), CAPITALS),
    ("happyhorse_1_0", "resolution"): (frozenset({"720p", "1080p"}), CAPITALS),
    ("seedance2_5", "mode"): (frozenset({"edit"}), "Described by one second-hand source only."),
}
"""Model and field: values of the client that no form offers."""

AUTO_LENGTH = "Charged as the longest clip at first; a length is always chosen here."
AUTO_LENGTHS = frozenset(
    {"seedance2", "seedance2_fast", "seedance2_mini", "seedance2_5", "gemini_omni_flash_1.1"}
)
"""Models that could choose the length themselves (`duration: auto`)."""

FRAMED = "With frames the client's own text allows only the `auto_` sizes."
FRAMED_SIZES = frozenset({"wan3", "wan3_prime"})
"""Models whose pixel sizes the client lists beside frames, too, and that refuse them there."""

IN_THE_CLIENT = "The client, which is newer than the documents, has it."
FIELDS_BEYOND: Mapping[tuple[str, str, str], str] = {
    ("video_to_video", "seedance2", "seed"): IN_THE_CLIENT,
    ("video_to_video", "seedance2_fast", "seed"): IN_THE_CLIENT,
    ("video_to_video", "seedance2_mini", "seed"): IN_THE_CLIENT,
    ("video_to_video", "seedance2_5", "seed"): IN_THE_CLIENT,
    ("video_to_video", "seedance2_5 to extend", "seed"): IN_THE_CLIENT,
}
"""Endpoint, line of the table and field: fields that our rows send and the documents do not list."""
VALUES_BEYOND: Mapping[tuple[str, str, str], tuple[frozenset[Plain], str]] = {
    ("video_to_video", "seedance2_5", "ratio"): (frozenset(DANCE_1080), IN_THE_CLIENT),
}
"""The same for values of a field that they do list."""
