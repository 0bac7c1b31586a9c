"""Which page this is: a mark that differs as soon as its scripts, its styles or its rows of models do."""

import hashlib
import json
from functools import cache
from pathlib import Path

from providers.catalogue.models import Catalogue
from ui.bundle.assets import ASSETS, SERVED


def page_mark(catalogue: Catalogue, folder: Path = ASSETS) -> str:
    """The mark of the page that this process serves."""
    rows = json.dumps([spec.model_dump(mode="json") for spec in catalogue])
    return hashlib.sha256(_files(folder) + rows.encode()).hexdigest()[:16]


@cache
def _files(folder: Path) -> bytes:
    # A process goes on with the files that it began with, whatever is put in their place meanwhile.
    told = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in SERVED:
            told.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return told.digest()
