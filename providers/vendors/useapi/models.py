"""useapi.net's models: 4 for images, 12 for videos, and the 2 of them that make multishots.

Rows only. Limits follow the vendor's pages of February and March 2026; where they contradict each
other the cautious reading stands here, with the reason beside it.
"""

from datetime import date

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Rule, Shots, Slot, Span, Text, When

IMAGES = "useapi.net/docs/api-runwayml-v1/post-runwayml-images-create"
VIDEOS = "useapi.net/docs/api-runwayml-v1/post-runwayml-videos-create"
READ = date(2026, 11, 20)

ALL_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
STYLES = (
    "vivid", "vivid-warm", "vivid-cool", "high-contrast", "high-contrast-warm",
    "high-contrast-cool", "bw", "bw-contrast", "muted-pastel", "dreamscape", "nordic-minimal",
    "light-anime", "dark-anime", "painted-anime", "3d-cartoon", "sketch", "low-angle", "in-motion",
    "terracotta",
)  # fmt: skip

SEED = Span(low=1, high=4294967294)
COUNT = Choice(options=(1, 4), default=1)
SOUND = Flag(default=True)
# Only legacy Unlimited accounts may use it, so it is never switched on by itself.
EXPLORE = Flag(default=False)
START = Slot()
START_NEEDED = Slot(least=1)
END = Slot(requires="start_frame")
TAG = "@IMG_{n}"


def _ratio(*options: str) -> Choice:
    return Choice(options=options, default=options[0])


def _resolution(*options: str) -> Choice:
    return Choice(options=options, default=options[0])


def _seconds(*options: int) -> Choice:
    return Choice(options=options, default=options[0], unit="s")


def _required(longest: int, doubtful: int | None = None) -> Text:
    return Text(shortest=1, longest=longest, doubtful=doubtful)


def _optional(longest: int) -> Text:
    return Text(longest=longest)


PICTURE_IDEAS = (
    "A lighthouse on a basalt cliff at blue hour, long exposure, sea like smoke",
    "Product photo of a ceramic teapot on raw linen, soft window light, shallow focus",
    "Isometric cutaway of a tiny bookshop in the rain, warm lamps, gouache texture",
)
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
    "A night train crossing a snowy plain, muted colours",
    "Launch film for a paper notebook, clean studio, daylight",
)

KLING_3_RULES: dict[str, Rule] = {
    "prompt": _optional(2500),
    "start_frame": START,
    "end_frame": END,
    "ratio": _ratio("16:9", "9:16", "1:1"),
    "duration": _seconds(5, 10, 15),
    "audio": SOUND,
    "explore": EXPLORE,
}
# In a multishot the length is the sum of the shots, and an end frame is nowhere described.
KLING_3_MULTISHOT_RULES: dict[str, Rule] = {
    "prompt": _optional(2500),
    "shots": Shots(
        least=2,
        most=5,
        prompt=_required(512),
        seconds=Span(low=3, high=12, default=5, unit="s"),
        total=15,
    ),
    "start_frame": START,
    "ratio": _ratio("16:9", "9:16", "1:1"),
    "audio": SOUND,
    "explore": EXPLORE,
}
GEN_4_VIDEO_RULES: dict[str, Rule] = {
    # A newer form of the vendor stops at 512 characters.
    "prompt": _required(1000, doubtful=512),
    "start_frame": START_NEEDED,
    "ratio": _ratio(*ALL_RATIOS),
    "duration": _seconds(5, 10),
    "seed": SEED,
    "explore": EXPLORE,
}
SORA_RISK = (
    "OpenAI announced the end of Sora 2 for September 2026, so the service may refuse this model."
)

MODELS = (
    ModelSpec(
        id="useapi:image/nano-banana-pro",
        label="Nano Banana Pro",
        summary="Precise images with readable text, from up to 14 references.",
        good_for=("text in images", "editing", "up to 4K"),
        rules={
            "prompt": _required(5000),
            "references": Slot(most=14, tag=TAG),
            "ratio": _ratio(*ALL_RATIOS),
            "resolution": _resolution("1K", "2K", "4K"),
            "count": COUNT,
            "explore": EXPLORE,
        },
        usual_seconds=(10, 30),
        examples=PICTURE_IDEAS,
        family="nano-banana-pro",
        source=IMAGES,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:image/nano-banana",
        label="Nano Banana",
        summary="Quick drafts and edits with up to 3 references.",
        good_for=("fast", "editing"),
        rules={
            "prompt": _required(5000),
            "references": Slot(most=3, tag=TAG),
            "ratio": _ratio(*ALL_RATIOS),
            "count": COUNT,
            "explore": EXPLORE,
        },
        usual_seconds=(10, 30),
        examples=PICTURE_IDEAS,
        family="nano-banana",
        source=IMAGES,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:image/gen4",
        label="Gen-4",
        summary="Styled images with a seed, 19 styles and adjustable variety.",
        good_for=("styles", "repeatable"),
        rules={
            "prompt": _required(5000),
            "references": Slot(most=3, tag=TAG),
            "ratio": _ratio(*ALL_RATIOS),
            "resolution": _resolution("1080p", "720p"),
            "count": COUNT,
            "style": Choice(options=STYLES),
            "diversity": Span(low=1, high=5),
            "seed": SEED,
            "explore": EXPLORE,
        },
        when=(When(field="references", rules={"diversity": Span(low=1, high=5, default=2)}),),
        usual_seconds=(10, 30),
        examples=PICTURE_IDEAS,
        family="gen-4-image",
        source=IMAGES,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:image/gen4-turbo",
        label="Gen-4 Turbo",
        summary="A faster Gen-4 that reworks 1 to 3 references in one of 19 styles.",
        good_for=("fast", "styles", "repeatable"),
        rules={
            "prompt": _required(5000),
            "references": Slot(least=1, most=3, tag=TAG),
            "ratio": _ratio(*ALL_RATIOS),
            "count": COUNT,
            "style": Choice(options=STYLES),
            "seed": SEED,
            "explore": EXPLORE,
        },
        usual_seconds=(10, 30),
        examples=PICTURE_IDEAS,
        wire={"resolution": "1080p"},
        family="gen-4-image-turbo",
        source=IMAGES,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/gen4.5",
        label="Gen-4.5",
        summary="Runway's best motion: any length from 2 to 10 s, from text or a start frame.",
        good_for=("motion", "any length"),
        rules={
            "prompt": _optional(5000),
            # One page names an end frame here; the vendor's own examples say that two are refused.
            "start_frame": START,
            "ratio": _ratio("16:9"),
            "duration": Span(low=2, high=10, default=5, unit="s"),
            "audio": SOUND,
            "seed": SEED,
            "explore": EXPLORE,
        },
        when=(When(field="start_frame", rules={"ratio": _ratio(*ALL_RATIOS)}),),
        needs_any=("prompt", "start_frame"),
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        family="gen-4.5",
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/gen4",
        label="Gen-4",
        summary="Brings one image to life at 720p.",
        good_for=("steady look",),
        rules=GEN_4_VIDEO_RULES,
        usual_seconds=(300, 600),
        examples=MOVE_IDEAS,
        wire={"resolution": "720p"},
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/gen4-turbo",
        label="Gen-4 Turbo",
        summary="Brings one image to life in a minute or two.",
        good_for=("fast",),
        rules=GEN_4_VIDEO_RULES,
        usual_seconds=(60, 120),
        examples=MOVE_IDEAS,
        wire={"resolution": "720p"},
        family="gen-4-turbo",
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/kling-3.0-pro",
        label="Kling 3.0 Pro",
        summary="Long videos with audio, with optional start and end frames.",
        good_for=("people", "detail"),
        rules=KLING_3_RULES,
        needs_any=("prompt", "start_frame"),
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        family="kling-3.0-pro",
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/kling-3.0-standard",
        label="Kling 3.0 Standard",
        summary="Kling 3.0 with the same controls, for drafts.",
        good_for=("people", "drafts"),
        rules=KLING_3_RULES,
        needs_any=("prompt", "start_frame"),
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        family="kling-3.0-standard",
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/kling-2.6-pro",
        label="Kling 2.6 Pro",
        summary="Videos with audio from a prompt, with or without a start frame.",
        good_for=("people",),
        rules={
            "prompt": _required(2500),
            "start_frame": START,
            "ratio": _ratio("16:9", "9:16"),
            "duration": _seconds(5, 10),
            "audio": SOUND,
            "explore": EXPLORE,
        },
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        family="kling-2.6-pro",
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/kling-2.6-i2v",
        label="Kling 2.6 I2V",
        summary="Brings one image to life, with audio. Keeps the image's aspect ratio.",
        good_for=("people", "keeps the aspect ratio"),
        rules={
            "prompt": _required(2500),
            "start_frame": START_NEEDED,
            "duration": _seconds(5, 10),
            "audio": SOUND,
            "explore": EXPLORE,
        },
        usual_seconds=(300, 600),
        examples=MOVE_IDEAS,
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/veo-3.1",
        label="Veo 3.1",
        summary="Cinematic videos with audio up to 1080p, with optional start and end frames.",
        good_for=("realism", "fast"),
        rules={
            "prompt": _optional(5000),
            "start_frame": START,
            "end_frame": END,
            "ratio": _ratio("16:9", "9:16"),
            "duration": _seconds(4, 6, 8),
            "resolution": _resolution("720p", "1080p"),
            "audio": SOUND,
        },
        needs_any=("prompt", "start_frame"),
        usual_seconds=(60, 120),
        examples=FILM_IDEAS,
        family="veo-3.1",
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/wan-2.6-flash",
        label="Wan 2.6 Flash",
        summary="Up to 15 s with audio from one image.",
        good_for=("long", "fast"),
        rules={
            "prompt": _required(1500),
            "start_frame": START_NEEDED,
            "ratio": _ratio("16:9", "9:16", "1:1"),
            "duration": _seconds(5, 10, 15),
            "resolution": _resolution("720p", "1080p"),
            "audio": SOUND,
            "explore": EXPLORE,
        },
        usual_seconds=(300, 600),
        examples=MOVE_IDEAS,
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/wan-2.2-animate",
        label="Wan 2.2 Animate",
        summary="Makes the person in your image move like the person in your video.",
        good_for=("performance", "no prompt"),
        rules={
            "start_frame": START_NEEDED,
            "driving_video": Slot(kind="video", least=1),
            "ratio": _ratio("16:9", "9:16", "1:1", "4:3", "3:4"),
            "explore": EXPLORE,
        },
        usual_seconds=(300, 600),
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/sora-2",
        label="Sora 2",
        summary="Videos with audio from a prompt, with or without a start frame.",
        good_for=("stories", "always with audio"),
        rules={
            "prompt": _optional(1000),
            "start_frame": START,
            "ratio": _ratio("16:9", "9:16"),
            "duration": _seconds(4, 8, 12),
            "explore": EXPLORE,
        },
        needs_any=("prompt", "start_frame"),
        at_risk=SORA_RISK,
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        wire={"sound": "always"},
        family="sora-2",
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:video/sora-2-pro",
        label="Sora 2 Pro",
        summary="Sora 2 with a choice of 720p or 1080p.",
        good_for=("stories", "always with audio"),
        rules={
            "prompt": _optional(1000),
            "start_frame": START,
            "ratio": _ratio("16:9", "9:16"),
            "duration": _seconds(4, 8, 12),
            "resolution": _resolution("720p", "1080p"),
            "explore": EXPLORE,
        },
        needs_any=("prompt", "start_frame"),
        at_risk=SORA_RISK,
        usual_seconds=(300, 600),
        examples=FILM_IDEAS,
        wire={"sound": "always"},
        family="sora-2-pro",
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:multishot/kling-3.0-pro",
        label="Kling 3.0 Pro",
        summary="2 to 5 shots in one video of up to 15 s, with audio.",
        good_for=("people", "detail"),
        rules=KLING_3_MULTISHOT_RULES,
        usual_seconds=(300, 600),
        examples=SHOT_IDEAS,
        source=VIDEOS,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:multishot/kling-3.0-standard",
        label="Kling 3.0 Standard",
        summary="2 to 5 shots in one video of up to 15 s, for drafts.",
        good_for=("people", "drafts"),
        rules=KLING_3_MULTISHOT_RULES,
        usual_seconds=(300, 600),
        examples=SHOT_IDEAS,
        source=VIDEOS,
        checked=READ,
    ),
)
