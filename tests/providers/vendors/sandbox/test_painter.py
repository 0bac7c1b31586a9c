"""The painter: sizes, formats, exact frames, sound, cuts, frames at their ends, the same bytes twice."""

from itertools import pairwise
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from providers.vendors.sandbox.clips import FPS, Film, Take, paint_film
from providers.vendors.sandbox.painter import (
    Card,
    Picture,
    PictureType,
    paint_picture,
    preview,
    read_picture,
    wrap,
)
from providers.vendors.sandbox.typeface import font, has, legible

CARD = Card(model="Model", prompt="A lighthouse at blue hour", facts="seed 7", seed=7)
SMALL = (320, 180)


def film(*seconds: int, **more: object) -> Film:
    """A small film of these shots."""
    takes = tuple(Take(prompt=f"Shot {number}", seconds=one) for number, one in enumerate(seconds))
    plain = Film(card=CARD, width=SMALL[0], height=SMALL[1], takes=takes)
    return plain.model_copy(update=more)


def painted(film: Film, folder: Path, name: str = "film.mp4") -> Path:
    """The film's file."""
    path = folder / name
    paint_film(film, path)
    return path


def frames(path: Path) -> list[Image.Image]:
    """Every frame of a film, small."""
    with av.open(path) as container:
        return [
            frame.to_image(width=64, height=36)  # pyright: ignore[reportUnknownMemberType]
            for frame in container.decode(video=0)
        ]


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures are apart, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def flat(path: Path, colour: str) -> Path:
    """A picture of one colour."""
    Image.new("RGB", (200, 150), colour).save(path)
    return path


@pytest.mark.parametrize(
    ("media_type", "form"),
    [("image/png", "PNG"), ("image/jpeg", "JPEG"), ("image/webp", "WEBP")],
)
@pytest.mark.parametrize("size", [(160, 90), (90, 160), (336, 144), (1024, 1024)])
def test_a_picture_has_the_asked_size_and_format(
    tmp_path: Path, media_type: PictureType, form: str, size: tuple[int, int]
) -> None:
    path = tmp_path / "picture"
    width, height = size
    paint_picture(Picture(card=CARD, width=width, height=height, media_type=media_type), path)
    with Image.open(path) as picture:
        picture.load()
        assert (picture.format, picture.size) == (form, size)


def test_the_same_picture_has_the_same_bytes_and_another_seed_or_number_does_not(
    tmp_path: Path,
) -> None:
    first = Picture(card=CARD, width=160, height=90, of=4)
    others = [
        first.model_copy(update={"number": 2}),
        first.model_copy(update={"card": CARD.model_copy(update={"seed": 8})}),
        first.model_copy(update={"card": CARD.model_copy(update={"prompt": "Another"})}),
    ]
    written: list[bytes] = []
    for number, picture in enumerate([first, first, *others]):
        path = tmp_path / str(number)
        paint_picture(picture, path)
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert len(set(written)) == 4


def test_references_are_shown_inside_and_a_missing_file_is_left_out(tmp_path: Path) -> None:
    references = (flat(tmp_path / "r.png", "#ff0000"), flat(tmp_path / "g.png", "#00ff00"))
    card = CARD.model_copy(update={"references": (*references, tmp_path / "gone.png")})
    path = tmp_path / "picture.png"
    paint_picture(Picture(card=card, width=640, height=360), path)
    with Image.open(path) as picture:
        colours = picture.getcolors(maxcolors=1 << 20) or []
    counts = {colour: count for count, colour in colours}
    assert counts.get((255, 0, 0), 0) > 1000
    assert counts.get((0, 255, 0), 0) > 1000


def test_long_and_strange_prompts_are_drawn_without_empty_boxes(tmp_path: Path) -> None:
    assert legible("a\u200bb c\n4\u00d74") == "ab c 4x4"
    assert legible("a \U00012000\U00012001 b") == "a (2 letters without a font) b"
    lines = wrap("word " * 400, font(12), 200, most=3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert wrap("x" * 500, font(12), 200, most=3)[0].endswith("…")
    assert wrap("", font(12), 200, most=3) == []
    card = CARD.model_copy(update={"prompt": "\u0645\u4e2d" * 300, "model": ""})
    paint_picture(Picture(card=card, width=64, height=64), tmp_path / "tiny.png")


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (352, 150), (160, 160)])
def test_a_film_has_the_asked_size_and_exact_frames(tmp_path: Path, size: tuple[int, int]) -> None:
    path = painted(film(2, width=size[0], height=size[1]), tmp_path)
    with av.open(path) as container:
        video = container.streams.video[0]
        assert (video.width, video.height) == size
        assert video.codec_context.name == "h264"
        assert video.pix_fmt == "yuv420p"
        assert video.average_rate == FPS
        assert not container.streams.audio
        assert sum(1 for _ in container.decode(video=0)) == 2 * FPS
        assert container.duration == pytest.approx(2e6, abs=1e6 / FPS)


def test_the_index_of_a_film_stands_in_front(tmp_path: Path) -> None:
    content = painted(film(2), tmp_path).read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_sound_is_an_aac_track_as_long_as_the_film(tmp_path: Path) -> None:
    path = painted(film(3, sound=True), tmp_path)
    with av.open(path) as container:
        sound = container.streams.audio[0]
        assert sound.codec_context.name == "aac"
        samples = sum(frame.samples for frame in container.decode(audio=0))
        assert samples / sound.rate == pytest.approx(3, abs=0.06)
        assert container.duration == pytest.approx(3e6, abs=1e6 / FPS)


def test_a_multishot_is_cut_exactly_where_each_shot_begins(tmp_path: Path) -> None:
    shown = frames(painted(film(3, 4, 3), tmp_path))
    steps = [difference(one, other) for one, other in pairwise(shown)]
    cuts = [number + 1 for number, step in enumerate(steps) if step > 15]
    assert cuts == [3 * FPS, 7 * FPS]
    assert len(shown) == 10 * FPS
    assert max(step for number, step in enumerate(steps) if number + 1 not in cuts) < 5


@pytest.mark.parametrize("seed", range(1, 9))
def test_neighbouring_shots_look_different_whatever_the_seed(tmp_path: Path, seed: int) -> None:
    card = CARD.model_copy(update={"seed": seed})
    shown = frames(painted(film(3, 3, 3, 3, 3, card=card, width=128, height=72), tmp_path))
    for cut in range(3 * FPS, 15 * FPS, 3 * FPS):
        assert difference(shown[cut - 1], shown[cut]) > 15


def test_start_and_end_frame_stand_at_their_ends(tmp_path: Path) -> None:
    start, end = flat(tmp_path / "start.png", "#0000ff"), flat(tmp_path / "end.jpg", "#ff0000")
    shown = frames(painted(film(2, start=start, end=end), tmp_path))
    top = (16, 8, 48, 14)
    first, middle, last = (
        ImageStat.Stat(shown[number].crop(top)).mean for number in (0, FPS, 2 * FPS - 1)
    )
    assert first[2] > 200 > 60 > first[0]
    assert last[0] > 200 > 60 > last[2]
    assert 60 < middle[0] < 200
    assert 60 < middle[2] < 200


def test_a_start_frame_gives_way_to_the_card_and_does_not_hide_a_cut(tmp_path: Path) -> None:
    start = flat(tmp_path / "start.png", "#0000ff")
    shown = frames(painted(film(3, 3, start=start), tmp_path))
    plain = frames(painted(film(3, 3), tmp_path, "plain.mp4"))
    assert difference(shown[0], plain[0]) > 30
    assert difference(shown[3 * FPS - 1], plain[3 * FPS - 1]) < 5
    assert difference(shown[3 * FPS - 1], shown[3 * FPS]) > 15


def test_a_film_moves_in_every_second(tmp_path: Path) -> None:
    shown = frames(painted(film(3), tmp_path))
    assert all(difference(shown[at], shown[at + FPS // 2]) > 0.3 for at in range(0, 60, 12))


def test_the_same_film_has_the_same_bytes(tmp_path: Path) -> None:
    one = painted(film(2, sound=True), tmp_path, "one.mp4").read_bytes()
    assert one == painted(film(2, sound=True), tmp_path, "two.mp4").read_bytes()


def test_previews_are_small_jpegs_of_pictures_and_films(tmp_path: Path) -> None:
    picture = flat(tmp_path / "picture.png", "#336699")
    for path in (picture, painted(film(2, width=960, height=540), tmp_path)):
        small = tmp_path / "small.jpg"
        small.write_bytes(preview(path, side=120))
        with Image.open(small) as shown:
            assert shown.format == "JPEG"
            assert max(shown.size) == 120


def test_what_is_no_picture_reads_as_nothing(tmp_path: Path) -> None:
    odd = tmp_path / "odd.png"
    odd.write_bytes(b"not an image at all")
    assert read_picture(odd) is None
    assert read_picture(tmp_path / "gone.png") is None


SCRIPTS = (
    "Pr\u00fcfung", "\u041f\u0440\u0438\u0432\u0435\u0442", "\u96e8\u306e\u591c",
    "\u05e9\u05dc\u05d5\u05dd", "e\u0301te\u0301",
)  # fmt: skip


@pytest.mark.parametrize("word", SCRIPTS)
def test_a_card_is_written_in_any_script_that_this_machine_has_a_typeface_for(
    tmp_path: Path, word: str
) -> None:
    if not has(word):
        pytest.skip(f"This machine has no typeface with all letters of {word}.")
    assert legible(word) == word
    cards = [CARD.model_copy(update={"prompt": prompt}) for prompt in (word, "")]
    for number, card in enumerate(cards):
        paint_picture(Picture(card=card, width=640, height=360), tmp_path / f"{number}.png")
    assert (tmp_path / "0.png").read_bytes() != (tmp_path / "1.png").read_bytes()
