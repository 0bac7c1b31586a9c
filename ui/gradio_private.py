"""Where the studio reaches into Gradio's private ground: what its import does beside importing.

At every start Gradio reads and parses the source of each of its controls, twice, and writes type stubs from it,
which its wheel brings already. That is a third of the time of its import, and nothing at run time reads them.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

MODULE = "gradio.component_meta"
WRITER = "create_or_modify_pyi"


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        # A later Gradio may do without.
        if hasattr(module, WRITER):
            setattr(module, WRITER, _nothing)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == MODULE else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path)
        return spec


def _nothing(*_: object) -> None:
    pass


def write_no_stubs() -> None:
    """To be called before Gradio is imported for the first time; after that it changes nothing."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
