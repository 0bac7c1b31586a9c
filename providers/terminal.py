"""What commands read from a line of words, and where they write."""

import argparse
import sys
from io import TextIOWrapper
from pathlib import Path

from providers.settings import folder

PROGRAM = "multishot-studio"
"""The one command of an installed studio; `pyproject.toml` names it."""
MODULES = {
    "": "app",
    "people": "providers.people.__main__",
    "restore": "providers.durability.restore",
    "verify": "providers.durability.verify",
    "sandbox": "providers.vendors.sandbox.__main__",
}
"""What stands under it, each as the module that does it; its own first."""


def command(name: str = "") -> str:
    """How this is started here: installed by the one command, from a checkout by Python."""
    if Path(sys.argv[0]).stem == PROGRAM:
        return f"{PROGRAM} {name}".rstrip()
    return f"python -m {MODULES[name].removesuffix('.__main__')}" if name else "python app.py"


def show_everything() -> None:
    """What a terminal has no sign for is written as its number from now on, and ends nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def named_folder(text: str) -> Path:
    """A folder that somebody named on the command line."""
    try:
        return folder(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
