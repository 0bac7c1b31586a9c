"""useapi.net's newer models, from its Postman collection of 16 July 2026 and its page of 14 May.

Undocumented: every price but that of Seedance 2 (its price list of 5 October), whether shots may stand beside
an end frame, how long a shot's text may be with O3.
"""

from tests.support.readings.words import (
    Cost,
    Files,
    Option,
    Pick,
    Reading,
    Segments,
    Switch,
    Whole,
    Words,
)

PLACE = "videos/create"
QUEUE: dict[str, Option] = {"explore": Switch("exploreMode", default=False)}
LOUD: dict[str, Option] = {"audio": Switch("audio", default=True)}


def shape(*values: str) -> dict[str, Option]:
    """Sent always, since the vendor's own default has drifted."""
    return {"ratio": Pick("aspect_ratio", values, always=True)}


def size(*values: str) -> dict[str, Option]:
    """The first is the vendor's default."""
    return {"resolution": Pick("resolution", values, default=values[0])}


O3_SHAPES = shape("16:9", "9:16", "1:1")
START = {"start_frame": Files("startFrameAssetId", most=1)}
END = {"end_frame": Files("endFrameAssetId", most=1)}
CLIP: dict[str, Option] = {"duration": Pick("duration", (5, 10, 15), always=True)}


def kling_o3(tier: str) -> list[Reading]:
    """One of the three tiers, as one clip and as shots."""
    name = f"kling-o3-{tier}"
    fixed = {"model": name}
    options = {**O3_SHAPES, **LOUD, **QUEUE}
    references = {"references": Files("imageAssetId#", most=7)}
    found = [
        Reading(
            f"useapi:video/{name}", PLACE, fixed, given,
            prompt=Words("text_prompt", 2500, needed=not given), options={**options, **CLIP},
            files={
                **START,
                **(END if given and "references" not in given else {}),
                **(references if "end_frame" not in given else {}),
            },
            apart=(("end_frame", "references"),),
        )
        for given in ((), ("start_frame",), ("start_frame", "end_frame"), ("start_frame", "references"))
    ]  # fmt: skip
    found.append(
        Reading(
            f"useapi:multishot/{name}",
            PLACE,
            fixed,
            prompt=Words("text_prompt", 2500, needed=False),
            shots=Segments(
                "multishot",
                "fields",
                counts=(2, 5),
                seconds=(3, 12),
                total=(6, 15),
                firm_characters=False,
            ),
            options=options,
            files={**START, **references},
        )
    )
    return found


def kling_o3_edit(tier: str) -> Reading:
    """A video in the call makes it an edit: with 4 references at most, and no word of ratio or length."""
    return Reading(
        f"useapi:video/kling-o3-{tier}-edit", PLACE, {"model": f"kling-o3-{tier}"}, ("driving_video",),
        prompt=Words("text_prompt", 2500, needed=True),
        options={"keep_audio": Switch("audio", default=True), **QUEUE},
        files={
            "driving_video": Files("videoAssetId", most=1, least=1),
            "references": Files("imageAssetId#", most=4),
        },
    )  # fmt: skip


SEEDANCE_SHAPES = shape("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")


SEEDANCE_PRICES = tuple(
    Cost(credits * seconds, "credits", {"resolution": size, "duration": seconds, "explore": False})
    for size, credits in (("480p", 36), ("720p", 36), ("1080p", 40))
    for seconds in (4, 15)
)


def seedance(name: str, prices: tuple[Cost, ...] = ()) -> list[Reading]:
    """Frames or references, never both; 1080p is not made in the explore queue. A video may be a reference."""
    common: dict[str, Option] = {
        **SEEDANCE_SHAPES, **LOUD, **QUEUE, **size("480p", "720p", "1080p"),
        "duration": Whole("duration", 4, 15, always=True),
    }  # fmt: skip
    # Nine slots are described, and eleven fields are there.
    references = {
        "references": Files("imageAssetId#", most=11, warned_from=9),
        "driving_video": Files("videoAssetId", most=1),
    }
    return [
        Reading(
            f"useapi:video/{name}", PLACE, {"model": name}, given,
            prompt=Words("text_prompt", 3500, needed=not given), options=common,
            files=references if {"references", "driving_video"} & {*given}
            else {**START, **END} if given else START,
            prices=() if "driving_video" in given else prices,
            apart=(
                ("start_frame", "references"), ("end_frame", "references"),
                ("start_frame", "driving_video"),
            ),
        )
        for given in (
            (), ("start_frame",), ("start_frame", "end_frame"), ("references",), ("driving_video",)
        )
    ]  # fmt: skip


# Not all models are made in the explore queue, and no source that could be read says whether these two are.
HAPPYHORSE = [
    Reading(
        "useapi:video/happyhorse-1.0", PLACE, {"model": "happyhorse-1.0"}, given,
        prompt=Words("text_prompt", 2500, needed=not given),
        options={
            **shape("16:9", "9:16", "1:1", "4:3", "3:4"), **size("720p", "1080p"),
            "duration": Whole("duration", 3, 15, always=True),
        },
        files={"start_frame": Files("imageAssetId#", most=1)},
    )
    for given in ((), ("start_frame",))
]  # fmt: skip
GROK = Reading(
    "useapi:video/grok-imagine-1.5", PLACE, {"model": "grok-imagine-1.5"}, ("start_frame",),
    prompt=Words("text_prompt", 2500, needed=False),
    options={
        **shape("16:9", "9:16", "1:1", "4:3", "3:4", "2:3", "3:2"), **size("480p", "720p"),
        "duration": Whole("duration", 3, 15, always=True),
    },
    files={"start_frame": Files("imageAssetId#", most=1, least=1)},
)  # fmt: skip

READINGS = [
    *(reading for tier in ("4k", "pro", "standard") for reading in kling_o3(tier)),
    *(kling_o3_edit(tier) for tier in ("pro", "standard")),
    *seedance("seedance-2", SEEDANCE_PRICES),
    *seedance("seedance-2-fast"),
    *HAPPYHORSE,
    GROK,
]
