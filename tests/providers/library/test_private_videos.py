"""What leaves of a video is what is seen and heard: no place, no maker, no track that a camera writes."""

import struct
from pathlib import Path

import av
import pytest

from providers.library.media import probe
from providers.library.outgoing import discreet
from providers.library.pixels import first_frame
from tests.support.clips import video
from tests.support.phones import MAKER, PLACE, SERIAL, box

SECRET = PLACE.encode()
FOLDERS = (
    (), (b"moov",), (b"moov", b"trak"), (b"moov", b"trak", b"edts"), (b"moov", b"trak", b"mdia"),
    (b"moov", b"trak", b"mdia", b"minf"), (b"moov", b"trak", b"mdia", b"minf", b"stbl"),
)  # fmt: skip
TOLD = {
    "udta": box(b"udta", box(b"\xa9xyz", SECRET)),
    "meta": box(b"meta", bytes(4) + SECRET),
    "uuid": box(b"uuid", bytes(16) + SECRET),
    "of nobody here": box(b"GPRV", SECRET),
    "no box at all": SECRET,
}
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


def sent(folder: Path, content: bytes) -> bytes:
    """What leaves, which shows what the original shows."""
    path, out = folder / "in", folder / "out"
    path.write_bytes(content)
    with discreet(path).open() as file:
        out.write_bytes(file.read())
    assert pixels(path) == pixels(out)
    assert first_frame(path).tobytes() == first_frame(out).tobytes()
    assert (probe(out).width, probe(out).seconds) == (probe(path).width, probe(path).seconds)
    return out.read_bytes()


def pixels(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(frame.to_ndarray()) for frame in container.decode(video=0)]


def put(content: bytes, folders: tuple[bytes, ...], more: bytes) -> bytes:
    """The boxes with more of them at the end of the first one of these names; what lay behind has moved."""
    if not folders:
        return content + more
    out, place = b"", 0
    while place < len(content):
        length, name = struct.unpack(">I4s", content[place : place + 8])
        inside = content[place + 8 : place + length]
        is_it = name == folders[0] and name not in out
        out += box(name, put(inside, folders[1:], more) if is_it else inside)
        place += length
    return out


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("folders", FOLDERS, ids=lambda names: b"-".join(names).decode() or "file")
def test_what_no_player_needs_stays_here_wherever_it_lies(
    tmp_path: Path, folders: tuple[bytes, ...], told: str
) -> None:
    content = video(tmp_path / "clip.mp4").read_bytes()
    assert content.index(b"mdat") < content.index(b"moov"), "What is behind may grow."
    assert SECRET not in sent(tmp_path, put(content, folders, TOLD[told]))


def test_the_names_of_tracks_and_of_their_encoder_stay_here(tmp_path: Path) -> None:
    content = video(tmp_path / "clip.mov", "mov").read_bytes()
    place = content.index(b"hdlr", content.index(b"moov")) + 28
    content = content[:place] + MAKER.encode()[:10] + content[place + 10 :]
    entry = content.index(b"avc1", content.index(b"stsd")) + 4
    content = content[: entry + 42] + SERIAL.encode() + content[entry + 42 + len(SERIAL) :]
    left = sent(tmp_path, content)
    assert MAKER.encode()[:10] not in left
    assert SERIAL.encode() not in left


@pytest.mark.parametrize("options", [{}, FRAGMENTS, {"movflags": "frag_keyframe"}])
@pytest.mark.parametrize("handler", [b"meta", b"sbtl", b"tmcd", b"camm"])
def test_a_track_that_is_neither_seen_nor_heard_stays_here(
    tmp_path: Path, handler: bytes, options: dict[str, str]
) -> None:
    path = video(tmp_path / "clip.mp4", sound=True, options=options)
    content = path.read_bytes()
    with av.open(str(path)) as container:
        samples = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
    assert samples
    assert all(one in content for one in samples)
    left = sent(tmp_path, content.replace(b"soun", handler, 1))
    assert not [one for one in samples if len(one) > 4 and one in left]


@pytest.mark.parametrize("form", ["webm", "matroska"])
def test_what_lies_behind_a_matroska_stays_here(tmp_path: Path, form: str) -> None:
    content = video(tmp_path / "clip", form, codec="libvpx").read_bytes()
    assert sent(tmp_path, content + bytes(40) + SECRET) == content


@pytest.mark.parametrize("options", [{}, {"live": "1"}, {"cluster_time_limit": "100"}])
@pytest.mark.parametrize("kind", [0x03, 0x11, 0x12, 0x20, 0x21])
def test_a_matroska_track_that_is_neither_seen_nor_heard_stays_here(
    tmp_path: Path, kind: int, options: dict[str, str]
) -> None:
    path = video(tmp_path / "clip.mkv", "matroska", sound=True, options=options)
    content = path.read_bytes()
    with av.open(str(path)) as container:
        samples = [bytes(packet) for packet in container.demux(audio=0) if packet.size > 4]
    assert samples
    assert all(one in content for one in samples)
    told = b"\x83\x81\x02"
    assert content.count(told) == 1
    left = sent(tmp_path, content.replace(told, told[:2] + bytes([kind])))
    assert not [one for one in samples if one in left]
    assert b"A_AAC" not in left
    with av.open(str(tmp_path / "out")) as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_a_matroska_of_sight_and_sound_leaves_as_it_is(tmp_path: Path) -> None:
    content = video(tmp_path / "clip.mkv", "matroska", sound=True).read_bytes()
    assert sent(tmp_path, content) == content
