"""What a file is for those who look at it. Nothing else stands here: a decoder's process imports little."""

from typing import Literal

MediaKind = Literal["image", "video"]
