"""What the numbers of a picture mean: by its profile, on the screen that everybody has."""

import io
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from providers.library.flaws import UnusableFile

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsProfile


def in_srgb(picture: "Image") -> "Image":
    """The same in the colors of a screen, RGB or RGBA."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    profile: object = picture.info.get("icc_profile")
    if profile or picture.mode == "LAB":
        # A profile that cannot be read says nothing.
        with suppress(Exception):
            return _by_profile(picture, profile, mode)
    return picture.convert(mode)


def _by_profile(picture: "Image", profile: object, mode: str) -> "Image":
    from PIL.ImageCms import ImageCmsProfile, Intent, profileToProfile

    told = io.BytesIO(profile) if isinstance(profile, bytes) else None
    made = profileToProfile(
        picture,
        _known_profile("LAB") if told is None else ImageCmsProfile(told),
        _known_profile("sRGB"),
        renderingIntent=Intent.RELATIVE_COLORIMETRIC,
        outputMode=mode,
    )
    if made is None:
        raise UnusableFile("unreadable")
    return made


def _known_profile(name: Literal["LAB", "sRGB"]) -> "ImageCmsProfile":
    from PIL.ImageCms import (
        ImageCmsProfile,
        createProfile,  # pyright: ignore[reportUnknownVariableType]
    )

    # Pillow does not say what its own module makes.
    return ImageCmsProfile(createProfile(name))  # pyright: ignore[reportUnknownArgumentType]
