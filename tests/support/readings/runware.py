"""Runware's Kling 3.0, O3 and Turbo, from the vendor's pages, its clients' types and its guide to shots.

Never sent: `seed`, `CFGScale` and `shotType`, which are in no type of these models.
"""

from tests.support.readings.words import (
    Cost,
    Files,
    Option,
    Pick,
    Reading,
    Segments,
    Sizes,
    Switch,
    Whole,
    Words,
)

PLACE = "videoInference"
KLINGAI = "providerSettings.klingai."
SIZES = {
    "standard": ((1280, 720), (960, 960), (720, 1280)),
    "pro": ((1920, 1080), (1440, 1440), (1080, 1920)),
    "4k": ((3840, 2160), (2880, 2880), (2160, 3840)),
}
RESOLUTION = {"standard": "720p", "pro": "1080p", "4k": "4k"}
SILENT_LOUD = {
    "3-standard": (0.084, 0.126), "3-pro": (0.112, 0.168), "3-4k": (None, None),
    "o3-standard": (0.084, 0.112), "o3-pro": (0.112, 0.14), "o3-4k": (None, None),
}  # fmt: skip
FIRST = Files("inputs.frameImages", most=1, beside={"frame": "first"})
LAST = Files("inputs.frameImages", most=1, beside={"frame": "last"}, bare=False)

# Seven are upstream's; the vendor's page has a number only beside a video, which no row sends.
REFERENCES = Files("inputs.referenceImages", most=7, firm=False)


def kling(name: str) -> list[Reading]:
    """One of the six at `providerSettings.klingai`."""
    series, _, tier = name.partition("-")
    fixed = {"model": f"klingai:kling-video@{name}"}
    options: dict[str, Option] = {"audio": Switch(KLINGAI + "sound", default=False)}
    length: dict[str, Option] = {"duration": Whole("duration", 3, 15, firm=None, default=5)}
    row = f"klingai:kling-video@{name}"
    prices = list(zip((False, True), SILENT_LOUD[name], strict=True))
    found: list[Reading] = []
    for given in ((), ("start_frame",)):
        sizes = None if given else Sizes(("width", "height"), SIZES[tier])
        others = {"references": REFERENCES} if series == "o3" else {}
        found.append(
            Reading(
                f"runware:video/{row}",
                PLACE,
                fixed,
                given,
                prompt=Words("positivePrompt", 2500, needed=not given, firm=False),
                sizes=sizes,
                options={**options, **length},
                files={"start_frame": FIRST, **({"end_frame": LAST} if given else {}), **others},
                may=(f"resolution={RESOLUTION[tier]}",) if series == "o3" and given else (),
                prices=tuple(
                    Cost(each and each * 7, "$", {"duration": 7, "audio": on})
                    for on, each in prices
                ),
            )
        )
        if name in ("3-pro", "3-standard"):
            found.append(
                Reading(
                    f"runware:multishot/{row}",
                    PLACE,
                    fixed,
                    given,
                    shots=Segments(
                        KLINGAI + "multiPrompt",
                        "objects",
                        counts=(2, 6),
                        seconds=(3, 15),
                        total=(3, 15),
                        firm_counts=False,
                        firm_seconds=False,
                        firm_total=None,
                        firm_characters=False,
                        sum_path="duration",
                    ),
                    sizes=sizes,
                    options=options,
                    files={"start_frame": FIRST},
                    prices=tuple(
                        Cost(each and each * 9, "$", {"total": 9, "audio": on})
                        for on, each in prices
                    ),
                )
            )
    return found


TURBO = "klingai:kling-video@3.0-turbo"
TURBO_SIZES = Sizes(("width", "height"), SIZES["standard"] + SIZES["pro"])
TURBO_TIERS: dict[str, Option] = {"resolution": Pick("resolution", ("720p", "1080p"), always=True)}
TURBO_PRICES = ((0.112, SIZES["standard"]), (0.14, SIZES["pro"]))


def turbo(given: tuple[str, ...]) -> list[Reading]:
    """The model without settings: its shots stand in the prompt, and its videos are never silent."""
    most = 2500 if given else 3072
    fixed = {"model": TURBO}
    sizes = None if given else TURBO_SIZES
    tiers = TURBO_TIERS if given else {}
    length: dict[str, Option] = {"duration": Whole("duration", 3, 15, default=5)}
    files = {"start_frame": Files("inputs.frameImages", most=1, beside={"frame": "first"})}
    return [
        Reading(
            f"runware:video/{TURBO}", PLACE, fixed, given,
            prompt=Words("positivePrompt", most, least=3), sizes=sizes,
            options={**length, **tiers}, files=files,
            prices=() if given else tuple(
                Cost(each * 7, "$", {"duration": 7}, size)
                for each, values in TURBO_PRICES for size in values
            ),
        ),
        Reading(
            f"runware:multishot/{TURBO}", PLACE, fixed, given,
            shots=Segments(
                "positivePrompt", "one text", counts=(1, 6), seconds=(1, 15), total=(3, 15),
                firm_seconds=None, sum_path="duration", most_written=most,
            ),
            sizes=sizes, options=tiers, files=files,
            prices=() if given else tuple(
                Cost(each * 9, "$", {"total": 9}, size)
                for each, values in TURBO_PRICES for size in values
            ),
        ),
    ]  # fmt: skip


READINGS = [
    *(reading for name in SILENT_LOUD for reading in kling(name)),
    *(reading for given in ((), ("start_frame",)) for reading in turbo(given)),
]
