"""Pictures that reach the emulated Runware: uploads, inline data, ids of either, links to elsewhere."""

import hashlib
import io
import uuid
from collections.abc import Iterable

from PIL import Image

from providers.vendors.runware.sandbox.files import Files
from providers.vendors.runware.sandbox.shapes import Refusal, Upload
from providers.vendors.runware.sandbox.sizes import Size
from providers.vendors.sandbox.bodies import picture_in, unpacked
from providers.vendors.sandbox.engine import Records

FORMATS = frozenset({"JPEG", "PNG", "WEBP", "BMP", "GIF", "MPO"})
MOST_BYTES = 20 << 20


class PictureDesk:
    """Keeps what is handed in, and finds what a task names."""

    def __init__(self, uploads: Records[Upload], files: Files) -> None:
        self._uploads = uploads
        self._files = files

    def keep(self, told: str, account: str, parameter: str) -> Upload:
        """Keep a picture from a data URI or bare base64; 400 for all else."""
        content = _unpacked(told, parameter)
        if len(content) > MOST_BYTES:
            raise Refusal(400, "imageTooLarge", "At most 20 MB a file.", parameter)
        picture = picture_in(io.BytesIO(content))
        if picture is None or picture.format not in FORMATS:
            raise _unreadable(parameter)
        digest = hashlib.sha256(content).hexdigest()
        upload = Upload(
            id=str(uuid.uuid4()),
            account=account,
            media_type=Image.MIME.get(picture.format, "image/png"),
            width=picture.width,
            height=picture.height,
            sha256=digest,
        )
        self._uploads.lay_beside(upload.id, content)
        return self._uploads.put(upload.id, upload)

    def resolve(
        self, told: Iterable[str], account: str, parameter: str
    ) -> tuple[list[str], Size | None, list[str]]:
        """(ids, size of the first, marks of what they hold); 404 for an id that nobody knows."""
        ids: list[str] = []
        marks: list[str] = []
        first: Size | None = None
        for one in told:
            if one.startswith(("http://", "https://")):
                marks.append(one)
                continue
            upload = self._find(one, account, parameter)
            if upload is not None:
                ids.append(upload.id)
                marks.append(upload.sha256)
                first = first or (upload.width, upload.height)
                continue
            made = self._files.result(one)
            if made is None or made[0].account != account:
                raise Refusal(404, "imageNotFound", f"There is no image {one[:40]}.", parameter)
            ids.append(one)
            marks.append(one)
            first = first or (made[0].width, made[0].height)
        return ids, first, marks

    def _find(self, told: str, account: str, parameter: str) -> Upload | None:
        if len(told) != 36:
            return self.keep(told, account, parameter)
        upload = self._uploads.get(told)
        return upload if upload is not None and upload.account == account else None


def _unpacked(told: str, parameter: str) -> bytes:
    packed = told.partition(";base64,")[2] if told.startswith("data:") else told
    content = unpacked(packed)
    if content is None:
        raise _unreadable(parameter)
    return content


def _unreadable(parameter: str) -> Refusal:
    return Refusal(400, "invalidImage", "This is no image that can be read.", parameter)
