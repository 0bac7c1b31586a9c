"""`python -m tests.js` checks format and types of the page's scripts; `--write` puts the format right first."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.js import tools


def main(
    arguments: Sequence[str], environ: Mapping[str, str] = os.environ, folder: Path = tools.FOLDER
) -> int:
    """Where the tools cannot be had, say so and go on, but not in continuous integration."""
    if absent := tools.install(folder, environ):
        sys.stderr.write(f"{absent}\n")
        return 1 if environ.get("CI") else 0
    if "--write" in arguments:
        tools.put_into_format(folder)
    found = tools.findings(folder)
    sys.stderr.write(found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
