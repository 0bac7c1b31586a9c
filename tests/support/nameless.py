"""A command of the studio under a number that belongs to no account: there is no name, and no home."""

import os
import pwd
import runpy
import sys


def nobody(_who: int | str) -> pwd.struct_passwd:
    """What the system says of an account that it does not know."""
    raise KeyError("no such account")


if __name__ == "__main__":
    os.environ.pop("HOME", None)
    pwd.getpwuid = pwd.getpwnam = nobody
    module = sys.argv.pop(1) if sys.argv[1:] else "app"
    sys.argv[0] = module
    runpy.run_module(module, run_name="__main__")
