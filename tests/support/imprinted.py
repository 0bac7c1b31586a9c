"""Files that carry how they were made, and what they show."""

# PyAV's stubs leave packets and frames open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from datetime import UTC, datetime
from pathlib import Path

import av
from PIL import Image

from providers.library.imprints.holders import with_imprint
from providers.library.imprints.imprint import Imprint
from tests.support.clips import video

HASH = "ab" * 32
ASKED = Imprint(
    studio="Multishot Studio 0.1.0",
    made=datetime(2026, 11, 20, 12, 30, tzinfo=UTC),
    kind="multishot",
    model="vendor:multishot/model",
    prompt='Nebel & <Licht> "quer" 雾 🦊\n\x07 ]]> \uffff end',
    options={"ratio": "16:9", "seed": 4294967294, "audio": True, "grain": None},
    shots=({"prompt": "Wide: a door", "seconds": 5}, {"prompt": "Close: a hand", "seconds": 4}),  # pyright: ignore[reportArgumentType]
    references={"start_frame": (HASH,), "references": (HASH, "cd" * 32)},
)
PICTURES = ("PNG", "JPEG", "JPEG with Exif", "WEBP", "WEBP lossless", "WEBP clear", "WEBP moving")
EVERY = (*PICTURES, "MP4", "MP4 index first", "MP4 fragments")


def made(folder: Path, form: str) -> Path:
    """A file of this form, as a vendor might send it."""
    path = folder / form.replace(" ", "-").lower()
    if form.startswith("MP4"):
        flags = {"MP4": "", "MP4 index first": "+faststart", "MP4 fragments": "frag_keyframe"}
        return video(path, sound=True, options={"movflags": flags[form]} if flags[form] else {})
    with Image.effect_noise((61, 43), 80) as noise, noise.convert("RGB") as picture:
        match form.split(" "):
            case ["JPEG", *more]:
                exif = Image.Exif()
                exif[0x0112] = 6
                picture.save(path, "JPEG", **({"exif": exif} if more else {}))
            case ["WEBP", "lossless"]:
                picture.save(path, "WEBP", lossless=True)
            case ["WEBP", "clear"]:
                picture.putalpha(noise)
                picture.save(path, "WEBP", lossless=True)
            case ["WEBP", "moving"]:
                picture.save(path, "WEBP", save_all=True, append_images=[picture.rotate(180)])
            case [name, *_]:
                picture.save(path, name)
            case _:
                raise AssertionError(form)
    return path


def copied(path: Path, imprint: Imprint = ASKED) -> Path:
    """The copy of a file that holds the imprint."""
    splice = with_imprint(path, imprint)
    assert splice is not None
    copy = path.with_suffix(".copy")
    copy.write_bytes(b"".join(splice.read(path)))
    assert copy.stat().st_size == splice.length
    return copy


def shown(path: Path) -> list[object]:
    """What a file shows and plays: every frame and every sample, decoded."""
    try:
        with Image.open(path) as picture:
            frames = range(getattr(picture, "n_frames", 1))
            held: list[object] = [
                picture.format,
                picture.size,
                picture.mode,
                dict(picture.getexif()),
            ]
            for number in frames:
                picture.seek(number)
                held.append(picture.convert("RGBA").tobytes())
            return held
    except OSError:
        pass
    with av.open(str(path)) as container:
        return [
            (type(frame).__name__, frame.pts, frame.to_ndarray().tobytes())
            for frame in container.decode()
        ]


OTHERS = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><q:RDF xmlns:q="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<q:Description q:about="" xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    b'i:DigitalSourceType="trainedAlgorithmicMedia"/></q:RDF></x:xmpmeta>'
)
