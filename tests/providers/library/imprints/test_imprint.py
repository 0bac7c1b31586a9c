"""A copy that carries its settings: the same pixels and samples, and one thing more, which is read warily."""

# PyAV's stubs leave packets and frames open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import io
import json
import struct
import tracemalloc
import zlib
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from providers.library.imprints import xmp
from providers.library.imprints.holders import KEYWORD, imprint_in, with_imprint
from providers.library.imprints.imprint import MOST_BYTES, Imprint, read_imprint
from tests.support.imprinted import ASKED, EVERY, HASH, OTHERS, copied, made, shown


@pytest.mark.parametrize("form", EVERY)
def test_a_copy_shows_what_the_original_shows_and_tells_how_it_was_made(
    tmp_path: Path, form: str
) -> None:
    original = made(tmp_path, form)
    before = original.read_bytes()
    copy = copied(original)
    assert imprint_in(copy) == ASKED
    assert imprint_in(original) is None
    assert shown(copy) == shown(original)
    assert len(shown(copy)) > 1
    assert original.read_bytes() == before


@pytest.mark.parametrize("form", EVERY)
def test_other_programs_find_the_settings_in_their_standard_place(
    tmp_path: Path, form: str
) -> None:
    copy = copied(made(tmp_path, form))
    if form == "PNG":
        with Image.open(copy) as picture:
            picture.load()
            told = str(picture.info[KEYWORD.decode()])
    elif form.startswith("MP4"):
        with av.open(str(copy), options={"export_xmp": "1"}) as container:
            told = xmp.read(container.metadata["xmp"].encode()) or ""
    else:
        with Image.open(copy) as picture:
            told = xmp.read(picture.info["xmp"]) or ""
    assert read_imprint(told) == ASKED
    assert '"prompt":"Nebel & <Licht>' in told


@pytest.mark.parametrize("form", EVERY)
def test_any_range_of_a_copy_is_that_part_of_the_whole(tmp_path: Path, form: str) -> None:
    original = made(tmp_path, form)
    splice = with_imprint(original, ASKED)
    assert splice is not None
    whole = b"".join(splice.read(original))
    step = max(1, len(whole) // 23)
    for start in range(0, len(whole), step):
        for end in (start, start + 1, start + step, len(whole)):
            assert b"".join(splice.read(original, start, min(end, len(whole)))) == whole[start:end]


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "MP4"])
def test_what_the_vendor_wrote_into_the_file_stays_beside_it(tmp_path: Path, form: str) -> None:
    original = made(tmp_path, form)
    if form == "MP4":
        content = b"uuid" + bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + OTHERS
        box = struct.pack(">I", len(content) + 4) + content
        original.write_bytes(original.read_bytes() + box)
    else:
        with Image.open(original) as picture:
            picture.save(tmp_path / "theirs", form, xmp=OTHERS)
        original = tmp_path / "theirs"
    copy = copied(original)
    assert imprint_in(copy) == ASKED
    assert shown(copy) == shown(original)
    assert copy.read_bytes().count(b"<studio:settings>") == 1
    if form == "MP4":
        with av.open(str(copy), options={"export_xmp": "1"}) as container:
            assert "trainedAlgorithmicMedia" in container.metadata["xmp"]
    else:
        with Image.open(copy) as picture:
            assert b"trainedAlgorithmicMedia" in picture.info["xmp"]


def test_a_clip_that_goes_on_to_the_end_of_its_file_learns_its_length(tmp_path: Path) -> None:
    original = made(tmp_path, "MP4 index first")
    whole = bytearray(original.read_bytes())
    place = whole.index(b"mdat") - 4
    assert place + struct.unpack(">I", whole[place : place + 4])[0] == len(whole)
    whole[place : place + 4] = bytes(4)
    original.write_bytes(whole)
    copy = copied(original)
    assert imprint_in(copy) == ASKED
    assert shown(copy) == shown(original)


def test_settings_survive_a_program_that_packs_or_rewrites_them(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_itxt(KEYWORD.decode(), ASKED.text(), zip=True)
    with Image.new("RGB", (8, 8)) as picture:
        picture.save(tmp_path / "packed.png", pnginfo=info)
    assert imprint_in(tmp_path / "packed.png") == ASKED
    told = ASKED.text().replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    short = OTHERS.replace(
        b"/></q:RDF>", b' xmlns:s="urn:multishot-studio#" s:settings="%s"/></q:RDF>'
    )
    assert read_imprint(xmp.read(short.replace(b"%s", told.replace("\uffff", "").encode())) or "")


@pytest.mark.parametrize("form", ["GIF", "TIFF", "BMP"])
def test_a_file_that_has_no_place_for_settings_gets_none(tmp_path: Path, form: str) -> None:
    with Image.new("RGB", (8, 8)) as picture:
        picture.save(tmp_path / "file", form)
    assert with_imprint(tmp_path / "file", ASKED) is None
    assert imprint_in(tmp_path / "file") is None


def test_a_prompt_too_long_for_a_jpeg_stays_out_of_it_and_goes_into_the_others(
    tmp_path: Path,
) -> None:
    long = ASKED.model_copy(update={"prompt": "雾" * 30_000})
    assert with_imprint(made(tmp_path, "JPEG"), long) is None
    for form in ("PNG", "WEBP", "MP4"):
        assert imprint_in(copied(made(tmp_path, form), long)) == long


@pytest.mark.parametrize("form", EVERY)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.97])
def test_a_damaged_original_is_not_made_worse(tmp_path: Path, form: str, part: float) -> None:
    whole = made(tmp_path, form).read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(whole[: int(len(whole) * part)])
    splice = with_imprint(cut, ASKED)
    if splice is not None:
        assert splice.length > cut.stat().st_size
        assert imprint_in(copied(cut)) == ASKED


# What is read is foreign.


@given(st.binary(max_size=300), st.sampled_from(EVERY), st.data())
@settings(max_examples=150, deadline=None)
def test_garbage_in_a_file_is_no_settings_and_no_failure(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, form: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp() / "garbage"
    folder.mkdir(exist_ok=True)
    path = folder / f"{form}.whole"
    if not path.exists():
        path.write_bytes(copied(made(folder, form)).read_bytes())
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole)))
    over = data.draw(st.integers(0, 300))
    broken = folder / "broken"
    broken.write_bytes(whole[:place] + junk + whole[place + over :])
    found = imprint_in(broken)
    assert found is None or isinstance(found, Imprint)
    splice = with_imprint(broken, ASKED)
    assert splice is None or splice.length >= broken.stat().st_size


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["kind", "model", "prompt", "options", "shots", "references", "made", "studio"]
    ),
    JSON | st.sampled_from(["image", "video", "v:image/m"]),
)


@given(FIELDS)
@settings(max_examples=50, deadline=None)
def test_any_json_is_settings_within_limits_or_nothing(fields: dict[str, object]) -> None:
    found = read_imprint(json.dumps({"kind": "image", "model": "v:image/m", **fields}))
    if found is not None:
        # What was read can be told again, and is the same: a page and a request can rely on it.
        assert read_imprint(found.text()) == found
        assert len(found.options) <= 64


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "[" * 200_000,
        '{"kind":"image","model":"m","options":' + '{"a":' * 5_000 + "1" + "}" * 5_001,
        '{"kind":"image","model":"m","prompt":"' + "x" * MOST_BYTES + '"}',
        '{"kind":"image","model":"m","options":{"seed":' + "9" * 5_000 + "}}",
        '{"kind":"image","model":"m","options":{"seed":1e999}}',
        '{"kind":"multishot","model":"m","shots":[{"prompt":"a","seconds":1e999}]}',
        '{"kind":"multishot","model":"m","shots":[{"prompt":"a","seconds":NaN}]}',
        '{"kind":"image","model":"m","options":{"ratio":{"$ref":"file:///etc/passwd"}}}',
        '{"kind":"image","model":"m","references":{"references":["../../etc/passwd"]}}',
        '{"kind":"image","model":"m","references":{"references":["https://example.org/x.png"]}}',
        '{"kind":"image","model":"m","references":{"owner":["' + HASH + '"]}}',
        '{"kind":"sound","model":"m"}',
        '{"kind":"image","model":"m","prompt":"\\ud800"}',
    ],
)
def test_settings_that_are_none_are_told_as_none(text: str) -> None:
    assert read_imprint(text) is None


def test_a_small_file_cannot_unpack_to_a_large_one(tmp_path: Path) -> None:
    bomb = zlib.compress(b"[" * 50_000_000, 9)
    content = b"iTXt" + KEYWORD + b"\0\1\0\0\0" + bomb
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    out = io.BytesIO()
    with Image.new("RGB", (8, 8)) as picture:
        picture.save(out, "PNG")
    (tmp_path / "bomb.png").write_bytes(out.getvalue()[:33] + chunk + out.getvalue()[33:])
    assert imprint_in(tmp_path / "bomb.png") is None


def test_a_small_packet_cannot_become_a_large_one_by_its_names() -> None:
    # A parser that knows namespaces writes a long one out for every name: megabytes became gigabytes.
    far = b'<r xmlns:x="%s"><x:a %s/></r>' % (
        b"u" * 50_000,
        b" ".join(b'x:a%d="1"' % number for number in range(1_000)),
    )
    tracemalloc.start()
    try:
        assert xmp.read(far) is None
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "packet",
    [
        '<s:settings xmlns:s="urn:multishot-studio#">{}</s:settings>',
        '<settings xmlns="urn:multishot-studio#">{}</settings>',
        '<r xmlns:t="urn:multishot-studio#" t:settings="{}"/>',
        "<r xmlns:s='urn:multishot-studio#' xmlns:t='urn:other#'><t:settings>no</t:settings>"
        "<s:settings>{}</s:settings></r>",
    ],
)
def test_settings_are_found_under_any_prefix(packet: str) -> None:
    assert xmp.read(packet.encode()) == "{}"
    assert xmp.read(packet.replace("multishot-studio#", "elsewhere#").encode()) is None


def test_a_packet_with_a_document_type_is_not_read() -> None:
    laughs = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    inside = b'<s:settings xmlns:s="urn:multishot-studio#">&b;</s:settings>'
    assert xmp.read(laughs + inside) is None
    assert xmp.read(b'<!DOCTYPE r SYSTEM "file:///etc/passwd">' + inside) is None
    assert xmp.read(inside.replace(b"&b;", b"{}")) == "{}"
    assert xmp.read(b"<a>" * 50_000) is None
    assert xmp.read("<a/>".encode("utf-16")) is None
