"""The project's own files, read once, for the tests that look at the house and not at its behaviour."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from providers.vendors.all import VENDORS

ROOT = Path(__file__).parents[2]
CODE = ("app.py", "ui", "providers", "tests")
SKIPPED = {
    ".git", ".venv", "__pycache__", ".ruff_cache", ".pytest_cache", ".hypothesis", "data", "node_modules",
}  # fmt: skip

VENDOR_FOLDERS = {vendor.name for vendor in VENDORS}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: its path from the root with slashes, its text, its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """How it is imported."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def lines(self) -> int:
        """How long the file is."""
        return len(self.text.splitlines())

    def origins(self) -> set[str]:
        """What it imports, or imports something from, wherever the import stands, as a dotted name."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
        return found

    def imports(self) -> set[str]:
        """The same, and whatever it imports from there, which may be a module, too."""
        return self.origins() | {
            f"{node.module}.{alias.name}"
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the project."""
    found: list[Module] = []
    for path in files("*.py"):
        if path.relative_to(ROOT).parts[0] in CODE:
            text = path.read_text(encoding="utf-8")
            found.append(Module(str(path.relative_to(ROOT).as_posix()), text, ast.parse(text)))
    return tuple(found)


def files(pattern: str) -> list[Path]:
    """Every file of the project with such a name, in order."""
    return sorted(
        path
        for path in ROOT.rglob(pattern)
        if path.is_file() and not SKIPPED & set(path.relative_to(ROOT).parts)
    )


def texts() -> Iterator[tuple[str, str]]:
    """(path, text) of everything that is written by hand."""
    for path in files("*"):
        if path.suffix in (".png", ".jpg", ".webp", ".woff2", ".ico", ".pyc", ".mp4", ".gz"):
            continue
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def length(function: Function) -> int:
    """Lines from the first to the last, decorators left out."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def p95(values: list[int]) -> int:
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def every_module(check: Callable[[Module], None]) -> Callable[[], None]:
    """One test over all modules, which names every one that fails and not just the first."""

    def test() -> None:
        broken: list[str] = []
        for module in modules():
            try:
                check(module)
            except AssertionError as error:
                broken.append(f"{module.path}: {error}")
        assert not broken, "\n".join(broken)

    test.__name__ = check.__name__
    return test


def within(name: str, parents: Iterator[str] | set[str] | tuple[str, ...]) -> bool:
    """Whether a module is one of these, or inside one of these packages."""
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)
