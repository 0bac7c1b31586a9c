"""Fields of the emulated Runway that not all models at an endpoint have, by the types of its own client."""

from collections.abc import Mapping

Place = tuple[str, str]
"""Endpoint and model."""
TEXT, IMAGE, VIDEO = "text_to_video", "image_to_video", "video_to_video"


def _at(endpoints: tuple[str, ...], models: str) -> frozenset[Place]:
    return frozenset((endpoint, model) for endpoint in endpoints for model in models.split())


DANCE = "seedance2 seedance2_fast seedance2_mini seedance2_5"
OMNI_KLING = "klingO3_standard klingO3_pro klingO3_4k"
HAVING: Mapping[str, frozenset[Place]] = {
    "negativePrompt": _at((TEXT, IMAGE), "veo3.1 veo3.1_fast"),
    "proresProfile": _at((TEXT, IMAGE), "gen4.5") | _at((VIDEO,), "aleph2"),
    "outputFormat": (
        _at((TEXT, IMAGE), "gen4.5 seedance2_5")
        | _at((VIDEO,), "aleph2 seedance2_5")
        | _at(
            ("text_to_image",),
            "muse_image seedream5_pro seedream5_lite seedream5_flash bria_fibo_1_5 "
            "bria_fibo_edit_1_5 recraft_v4_1_flash",
        )
    ),
    "referenceVideos": (
        _at((TEXT,), f"{DANCE} hailuo3 wan3 wan3_prime kling_4 gemini_omni_flash_1.1")
        | _at((IMAGE,), "wan3 wan3_prime kling_4")
        | _at((VIDEO,), f"{DANCE} hailuo3")
    ),
    "referenceAudio": (
        _at((TEXT,), f"{DANCE} hailuo3 wan3 wan3_prime grok_imagine_1_5")
        | _at((IMAGE,), f"{DANCE} hailuo3 wan3 wan3_prime")
        | _at((VIDEO,), f"{DANCE} hailuo3")
    ),
    "references": (
        _at(
            (TEXT,),
            f"{DANCE} hailuo3 wan3 wan3_prime grok_imagine_1_5 kling_4 gemini_omni_flash_1.1",
        )
        | _at((IMAGE,), f"{OMNI_KLING} kling_4")
        | _at((VIDEO,), f"{DANCE} {OMNI_KLING} hailuo3 gemini_omni_flash kling_4")
    ),
    "mode": _at((VIDEO,), "seedance2_5"),
    "keyframes": _at((VIDEO,), "aleph2"),
}
"""Whether a row sends them or not: what one does not send is taken, and without effect here."""
WITHOUT_REFERENCES = frozenset({"recraft_v4_1_flash"})
"""Image models that have no field for references."""
SOURCES = frozenset({"videoUri", "promptVideo"})
"""Names of the video that is worked on; each model has one of them."""


def has(endpoint: str, model: str, source: str, name: str) -> bool:
    """Whether a model has a field that its endpoint has; `source`: what its own video is called."""
    if name in HAVING:
        return (endpoint, model) in HAVING[name]
    if name in SOURCES:
        return name == source
    return name != "referenceImages" or model not in WITHOUT_REFERENCES
