"""A studio whose vendors have as many slots as a measurement needs: `serve.py PORT FOLDER SLOTS`."""

import sys
from dataclasses import replace
from pathlib import Path

import uvicorn

from providers.settings import Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from ui.web.app import build


def main(port: int, folder: Path, slots: int) -> None:
    """Serve until stopped."""
    vendors = [replace(vendor, pace=replace(vendor.pace, slots=slots)) for vendor in VENDORS]
    settings = Settings(port=port, data_dir=folder)
    uvicorn.run(
        build(Studio(settings, vendors=vendors)), port=port, log_level="error", access_log=False
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
