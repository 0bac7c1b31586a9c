"""`python -m tests.support.missing` says before a run which of its parts this machine cannot try."""

import sys

from tests.conftest import NO_CHROMIUM, chromium
from tests.js import tools


def main() -> int:
    """Say it; fail only where nothing may be left out, in continuous integration."""
    if chromium() is None:
        sys.stderr.write(f"{NO_CHROMIUM}\n")
    if absent := tools.install():
        sys.stderr.write(f"{absent}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
