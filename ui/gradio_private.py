"""All that the studio knows of Gradio's private ground. An upgrade of Gradio looks at each name here.

`LOOKED_AT` is the version for which that was done last; `tests/ui/test_gradio_private.py` compares it with the
pinned one and tries each name. This module is imported before Gradio is, so it imports nothing of it but
within its functions.

The stubs: at every start Gradio reads and parses the source of each of its controls, twice, and writes type
stubs from it, which its wheel brings already. That is a third of the time of its import, and nothing at run
time reads them.

The clients: some are made when it is imported, by what the environment says of proxies. None of them is needed.
"""

import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

LOOKED_AT = "6.31.0"

_origin = getattr(find_spec("gradio"), "origin", None) or ""
FRONTEND = Path(_origin).parent / "templates" / "frontend" / "assets"
"""The scripts and styles of its page, as its bundler wrote them."""
LISTED = re.compile(r"\(m\.f=(\[[^\]]*\])\)")
"""In a script of its page: the list of all files that the script may load later."""
ASKED = re.compile(r"import\(`\./([\w.-]+)`\)[^`]*?__vite__mapDeps\(\[(\d+(?:,\d+)*)\]\)")
"""A file that is loaded later, and the places in that list of all that it needs."""
HASHED = re.compile(r"/assets/[\w.-]+-[\w-]{8}\d?\.(?:js|css)")
"""The address of a file whose name changes whenever its content does; ours are named like its own."""
CONTROL = r"[,{{]{}:{{(?:[^}}]*,)?component:\(\)=>\w+\(\(\)=>import\(`\./([\w.-]+)`"
"""How its core says which file holds a kind of control; `{}` is the kind."""

CALL = re.compile(r"/+gradio_api/+(?:call|run|api|queue|cancel|reset)(?:/.*)?", re.DOTALL)
UPLOAD = re.compile(r"/+gradio_api/+upload/*")
OWN = re.compile(r"/+gradio_api(?:/.*)?", re.DOTALL)
FILE = re.compile(r"/+(?:gradio_api/+)?file[=/](?P<target>.*)", re.DOTALL)
PROXY = re.compile(r"/+(?:gradio_api/+)?proxy=")
"""Paths of its routes: calls, uploads, all below its own root, files, and other sites' pages."""
MANIFEST = b'<link rel="manifest" href="/manifest.json" />'
"""In its page: the one link that leads to the top of the host, wherever the page stands."""

PRINTING = ("gradio.queueing", "gradio.routes", "gradio.route_utils")
"""Modules of its that print what broke in a call to standard error, with the values of the call."""
QUEUE_PAUSE = 0.02
"""Seconds between two looks into its queue. It looks 1000 times a second by itself: 2 % of a core."""

WRITER = "create_or_modify_pyi"


class _WithoutStubs(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        # A later Gradio may do without.
        if hasattr(module, WRITER):
            setattr(module, WRITER, _nothing)


class _WithoutProxies(SourceFileLoader):
    """Gradio makes clients when it is imported, and one proxy that they cannot use would end the start."""

    def exec_module(self, module: ModuleType) -> None:
        hidden = {name: os.environ.pop(name) for name in [*os.environ] if is_proxy(name)}
        try:
            super().exec_module(module)
        finally:
            os.environ.update(hidden)


LOADERS = {"gradio": _WithoutProxies, "gradio.component_meta": _WithoutStubs}
"""Modules of its that are imported in another way, each in which."""


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        loader = LOADERS.get(fullname)
        spec = PathFinder.find_spec(fullname, path, target) if loader else None
        if loader and spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = loader(fullname, spec.loader.path)
        return spec


def is_proxy(name: str) -> bool:
    """Whether a variable of the environment names a proxy, as all programs read it."""
    return name.lower() in ("all_proxy", "http_proxy", "https_proxy")


def _nothing(*_: object) -> None:
    pass


def import_otherwise() -> None:
    """To be called before Gradio is imported for the first time; after that it changes nothing."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def count_as_launched(page: "gr.Blocks") -> None:
    """Let a page that is to be mounted be as safe as one that Gradio launched, and its queue be at rest.

    Gradio checks files in calls, and keeps SVG from running, only then. Nothing of ours waits in its queue.
    """
    # Gradio has no public name for its queue.
    page._queue.sleep_when_free = QUEUE_PAUSE  # pyright: ignore[reportPrivateUsage]
    page.has_launched = True
    page.is_running = True


def report_broken(tell: Callable[[BaseException], None]) -> None:
    """From now on tell what broke in a call, which it would print itself, past every log."""

    def told() -> None:
        error = sys.exception()
        if error is not None:
            tell(error)

    for name in PRINTING:
        vars(import_module(name))["traceback"] = SimpleNamespace(
            **{**vars(traceback), "print_exc": told}
        )


def kinds_of(page: "gr.Blocks") -> set[str]:
    """The kinds of controls that stand on a page, as its core calls them."""
    return {block.get_block_name() for block in page.blocks.values()}


def declare(call: Callable[..., object]) -> None:
    """Within a page that is built: let its clients call this by its own name, without its queue."""
    from gradio.events import api

    api(call, api_name=call.__name__, queue=False, concurrency_limit=None)


def upload_folder() -> Path:
    """Where it puts what its clients hand in."""
    from gradio.utils import get_upload_folder

    return Path(get_upload_folder())


def styles_mark(page: "gr.Blocks") -> str:
    """By which its page names its theme's styles; it has one once it is mounted."""
    return page.theme_hash
