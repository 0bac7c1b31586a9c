"""Runflow's videos, from its pages of spring 2026. Limits of shots are upstream's, and only warned about."""

from tests.support.readings.words import (
    Cost,
    Files,
    Option,
    Pick,
    Plain,
    Reading,
    Segments,
    Switch,
    Whole,
    Words,
)

PROMPT = Words("prompt", None, firm=False)
LOUD: dict[str, Option] = {"audio": Switch("generate_audio", default=True)}
KLING = "kuaishou/kling-video/v3/pro"
KLING_SHAPES: dict[str, Option] = {"ratio": Pick("aspect_ratio", ("16:9", "9:16", "1:1"))}


def priced(asked: dict[str, Plain], seconds: int, *, bounded: bool) -> tuple[Cost, ...]:
    """Known for silence alone; from an image two pages differ, and the lower of both is a bound."""
    silent = Cost(0.112 * seconds, "$", {**asked, "audio": False}, at_least=bounded)
    return (silent, Cost(None, "$", {**asked, "audio": True}))


def kling(given: tuple[str, ...]) -> list[Reading]:
    """From text, and from an image, which has an address and fields of its own."""
    place = f"{KLING}/{'image' if given else 'text'}-to-video"
    options = {**LOUD, **({} if given else KLING_SHAPES)}
    start = {"start_frame": Files("start_image_url", most=1)}
    end = {"end_frame": Files("end_image_url", most=1)} if given else {}
    return [
        Reading(
            f"runflow:video/{KLING}", place, {}, given, prompt=PROMPT,
            options={**options, "duration": Whole("duration", 3, 15, default="5", form="text")},
            files={**start, **end},
            prices=priced({"duration": 7}, 7, bounded=bool(given)),
        ),
        Reading(
            f"runflow:multishot/{KLING}", place, {"shot_type": "customize"}, given,
            shots=Segments(
                "multi_prompt", "text seconds", counts=(2, 6), seconds=(3, 15), total=(3, 15),
                firm_counts=False, firm_seconds=False, firm_characters=False,
                sum_path="duration", sum_as_text=True,
            ),
            options=options, files=start,
            prices=priced({"total": 9}, 9, bounded=bool(given)),
        ),
    ]  # fmt: skip


DANCE = "bytedance/seedance/2.0"
DANCE_SHAPES = ("21:9", "16:9", "4:3", "1:1", "3:4", "9:16")
DANCE_OPTIONS: dict[str, Option] = {
    **LOUD,
    # Nobody says what is taken for none; the model then chooses.
    "ratio": Pick("aspect_ratio", ("auto", *DANCE_SHAPES), default="auto"),
    "resolution": Pick("resolution", ("480p", "720p", "1080p")),
    # The model may choose the length itself, for a price that nobody tells: never sent.
    "duration": Whole("duration", 4, 15, form="text"),
}


def dance(each: float) -> tuple[Cost, ...]:
    """Known at 720p alone, and the same with and without sound."""
    return tuple(
        Cost(each * 7, "$", {"duration": 7, "resolution": "720p", "audio": on})
        for on in (False, True)
    )


SEEDANCE = [
    Reading(
        f"runflow:video/{DANCE}", f"{DANCE}/text-to-video", {}, prompt=PROMPT,
        options=DANCE_OPTIONS, files={"start_frame": Files("image_url", most=1)},
        prices=dance(0.3034),
    ),
    Reading(
        f"runflow:video/{DANCE}", f"{DANCE}/image-to-video", {}, ("start_frame",), prompt=PROMPT,
        options=DANCE_OPTIONS, prices=dance(0.3024),
        files={
            "start_frame": Files("image_url", most=1), "end_frame": Files("end_image_url", most=1),
        },
    ),
    Reading(
        f"runflow:video/{DANCE}/fast", f"{DANCE}/fast/text-to-video", {}, prompt=PROMPT,
        options=DANCE_OPTIONS, prices=dance(0.2419),
    ),
]  # fmt: skip

VEO_OPTIONS: dict[str, Option] = {
    **LOUD,
    "ratio": Pick("aspect_ratio", ("16:9", "9:16")),
    "resolution": Pick("resolution", ("720p", "1080p", "4k")),
    "duration": Pick("duration", ("4s", "6s", "8s")),
    "tolerance": Pick("safety_tolerance", ("1", "2", "3", "4", "5", "6")),
    "seed": Whole("seed", 0, None, firm=False),
}
VEO_MAY = ("auto_fix",)


def veo(name: str, place: str, each: float, given: tuple[str, ...] = ()) -> Reading:
    """One of the Veo 3.1; the price is that of a silent second."""
    return Reading(
        f"runflow:video/google/veo3.1{name}", f"google/veo3.1{place}", {}, given, prompt=PROMPT,
        options=VEO_OPTIONS, may=VEO_MAY,
        files={"start_frame": Files("image_url", most=1)} if name == "/fast" else {},
        prices=() if given else (Cost(each * 4, "$", {"duration": 4, "audio": False}),),
    )  # fmt: skip


VEO = [
    veo("", "", 0.20),
    veo("/fast", "/fast", 0.10),
    veo("/fast", "/fast/image-to-video", 0.10, ("start_frame",)),
    veo("/lite", "/lite", 0.03),
]
WAN = Reading(
    "runflow:video/alibaba/wan/v2.7", "alibaba/wan/v2.7/text-to-video", {}, prompt=PROMPT,
    options={
        "duration": Whole("duration", 2, 15, firm=False), "resolution": Pick("resolution", ()),
    },
    prices=(Cost(0.10 * 5, "$", {"duration": 5}),),
)  # fmt: skip
HORSE = Reading(
    "runflow:video/alibaba/happy-horse/reference-to-video",
    "alibaba/happy-horse/reference-to-video", {}, prompt=PROMPT,
    options={
        "duration": Whole("duration", 3, 15), "resolution": Pick("resolution", ()),
        "ratio": Pick("aspect_ratio", ()),
    },
    files={"references": Files("image_urls", most=None, least=1)},
    prices=(Cost(0.14 * 5, "$", {"duration": 5, "resolution": "720p"}),),
)  # fmt: skip

READINGS = [
    *(reading for given in ((), ("start_frame",)) for reading in kling(given)),
    *SEEDANCE,
    *VEO,
    WAN,
    HORSE,
]
