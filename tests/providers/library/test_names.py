"""Names of files: kept in any script, and safe in any folder."""

import pytest

from providers.library.names import MOST_BYTES, own_name, saved_name, stem_of
from ui.web.attachment import attachment

JPEG, PNG, MP4 = "image/jpeg", "image/png", "video/mp4"
HINDI = "\u0939\u093f\u0928\u094d\u0926\u0940"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"


@pytest.mark.parametrize(
    ("name", "media_type", "saved"),
    [
        ("Pr\u00fcfung.png", PNG, "Pr\u00fcfung.png"),
        ("Pru\u0308fung.png", PNG, "Pr\u00fcfung.png"),
        ("IMG 0001.JPEG", JPEG, "IMG 0001.JPEG"),
        ("\u041f\u0440\u0438.png", PNG, "\u041f\u0440\u0438.png"),
        ("\u96e8\u306e\u591c.mp4", MP4, "\u96e8\u306e\u591c.mp4"),
        (f"{PERSIAN}.png", PNG, f"{PERSIAN}.png"),
        ("\U0001f469\u200d\U0001f467.png", PNG, "\U0001f469\u200d\U0001f467.png"),
        ("photo.png", JPEG, "photo.jpg"),
        ("Ver. 2", PNG, "Ver. 2.png"),
        ("CON.png", PNG, "CON_.png"),
        ("com1.tar.png", PNG, "com1_.tar.png"),
        ("lpt\u00b9.png", PNG, "lpt\u00b9_.png"),
        ("console.png", PNG, "console.png"),
        ("trailing. . .png", PNG, "trailing.png"),
        ("..\\..\\evil.png", PNG, "evil.png"),
        ("../../.bashrc", PNG, "bashrc.png"),
        ("a:b*c?<d>|e.png", PNG, "a_b_c__d__e.png"),
        ("x\u202egnp.exe", PNG, "xgnp.exe.png"),
        ("two\u2028lines\r\nX: y.png", PNG, "two linesX_ y.png"),
        ("...", PNG, "reference.png"),
        ("", PNG, "reference.png"),
    ],
)
def test_a_name_is_kept_and_fits_any_folder(name: str, media_type: str, saved: str) -> None:
    assert saved_name(name, media_type, "reference") == saved


@pytest.mark.parametrize("sign", ["\u96e8", "e\u0301", "\U0001f642", "x"])
def test_a_long_name_is_bounded_in_bytes_and_parts_no_letter(sign: str) -> None:
    saved = saved_name(f"{sign * 400}.png", PNG, "reference")
    assert len(saved.encode()) <= MOST_BYTES
    assert saved.endswith(".png")
    assert "\ufffd" not in saved
    assert len(own_name(sign * 400)) <= 120


@pytest.mark.parametrize(
    ("prompt", "stem"),
    [
        ("A red fox, at dawn!", "a-red-fox-at-dawn"),
        ("Ein Pru\u0308fstein", "ein-pr\u00fcfstein"),
        ("\u041b\u0438\u0441 \u0438 \u041a\u043e\u0442", "\u043b\u0438\u0441-\u0438-\u043a\u043e\u0442"),
        ("\u96e8\u306e\u591c\u3001\u6771\u4eac", "\u96e8\u306e\u591c-\u6771\u4eac"),
        (f"{HINDI} {HINDI}.", f"{HINDI}-{HINDI}"),
        (PERSIAN, PERSIAN),
        ("../..\\a:b\0\r\n\u202egnp", "a-b-gnp"),
        ("\U0001f642 ... \u200d", ""),
    ],
)  # fmt: skip
def test_the_words_of_a_prompt_become_a_name_in_their_own_script(prompt: str, stem: str) -> None:
    assert stem_of(prompt) == stem


@pytest.mark.parametrize("sign", ["\u96e8", "e\u0301\u0323", "\U00020000", "x "])
def test_a_long_prompt_is_a_name_that_every_file_system_takes(sign: str) -> None:
    stem = stem_of(sign * 400)
    assert 0 < len(f"sandbox-{stem}-123456.webm".encode()) <= 255
    assert stem_of(stem) == stem


def test_a_name_is_offered_in_its_own_letters_and_in_plain_ones() -> None:
    assert attachment("a fox.png") == 'attachment; filename="a fox.png"'
    assert attachment("Pr\u00fcfung.png") == (
        "attachment; filename=\"Prufung.png\"; filename*=UTF-8''Pr%C3%BCfung.png"
    )
    assert attachment("\u96e8.png").startswith('attachment; filename="file.png"; filename*=UTF-8')
    assert attachment("100%.png") == (
        "attachment; filename=\"100_.png\"; filename*=UTF-8''100%25.png"
    )
    assert attachment("\u96e8" * 60 + ".png").isascii()
