"""Our script as one file: a page that asks for forty small ones waits for forty answers.

The sources stay modules under `assets/js`. Here each becomes a function that gives what it exports, in the
order in which they need each other, and a source map names the lines that they came from. What is read is
the plain form of import and export in which they are written; anything else is refused at start.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

IMPORT = re.compile(r'^import (?:\* as (\w+)|\{([^}]*)\}) from "(\.{1,2}/[\w./-]+)";', re.MULTILINE)
LATER = re.compile(r'\bimport\("(\.{1,2}/[\w./-]+)"\)')
EXPORT = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.MULTILINE)
EXPORTS = re.compile(r"^export \{([^}]*)\};", re.MULTILINE)
TOLD = re.compile(r"/\*\*.*?\*/", re.DOTALL)
"""What a declaration says of itself: for readers and the type checker, not for browsers."""
UNREAD = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@dataclass(frozen=True, slots=True)
class Module:
    """One source as a function, line for line, and the modules that have to stand before it."""

    path: Path
    name: str
    """What it is called in the script: by its path, since two folders may hold files of one name."""
    needs: tuple[tuple[Path, tuple[str, ...]], ...]
    """Each with the names that are taken from it."""
    body: str
    exports: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """The function: its head, the source's own lines, and what it gives."""
        head = f"const {self.name} = (() => {{"
        return [head, *self.body.split("\n"), f"return {{ {', '.join(self.exports)} }};", "})();"]


def join(entry: Path, name: str) -> Mapping[str, bytes]:
    """`name` and its source map, for `entry` and all that it needs; ValueError says what it cannot read."""
    entry = entry.resolve()
    modules = list(_in_order(entry, entry.parent, {}))
    lines = [line for module in modules for line in module.lines]
    sources = [module.path.relative_to(entry.parent).as_posix() for module in modules]
    source_map = {"version": 3, "sources": sources, "names": [], "mappings": _mappings(modules)}
    script = "\n".join([*lines, f"//# sourceMappingURL={name}.map", ""])
    return {name: script.encode(), f"{name}.map": json.dumps(source_map).encode()}


def _in_order(path: Path, folder: Path, done: dict[Path, Module | None]) -> Iterator[Module]:
    if path in done:
        if done[path] is None:
            raise ValueError(f"{path.name} needs itself through others.")
        return
    done[path] = None
    module = _read(path, folder)
    for needed, names in module.needs:
        yield from _in_order(needed, folder, done)
        there = done[needed]
        if missing := set(names) - set(there.exports if there else ()):
            raise ValueError(
                f"{path.name} takes what {needed.name} does not give: {sorted(missing)}"
            )
    done[path] = module
    yield module


def _read(path: Path, folder: Path) -> Module:
    text = path.read_text(encoding="utf-8").rstrip("\n")
    # Each line keeps its place, so that the source map can name it.
    text = TOLD.sub(lambda match: "\n" * match[0].count("\n"), text)
    exports = [match[2] for match in EXPORT.finditer(text)]
    exports += [name for match in EXPORTS.finditer(text) for name in _names(match[1])]
    needs = tuple(
        (_at(path, match[3]), tuple(name.partition(" as ")[0] for name in _names(match[2] or "")))
        for match in IMPORT.finditer(text)
    )

    def imported(match: re.Match[str]) -> str:
        taken = match[1] or f"{{{match[2].replace(' as ', ': ')}}}"
        return f"const {taken} = {_variable(_at(path, match[3]), folder)};"

    body = IMPORT.sub(imported, text)
    body = LATER.sub(
        lambda match: f"Promise.resolve({_variable(_at(path, match[1]), folder)})", body
    )
    body = EXPORTS.sub("", EXPORT.sub(r"\1 \2", body))
    if unread := UNREAD.search(body):
        raise ValueError(f"{path.name} cannot be joined: {unread[0]}")
    return Module(path, _variable(path, folder), needs, body, tuple(exports))


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def _at(path: Path, name: str) -> Path:
    return (path.parent / name).resolve()


def _variable(path: Path, folder: Path) -> str:
    if not path.is_relative_to(folder):
        raise ValueError(f"{path.name} lies outside of {folder.name}, so no page can have it.")
    name = path.relative_to(folder).with_suffix("").as_posix()
    return "$" + re.sub(r"\W", lambda sign: f"${ord(sign[0]):x}$", name)


def _mappings(modules: list[Module]) -> str:
    # Line for line, in Base64 VLQ: column, source, line and column there, each as the step from the one before.
    rows: list[str] = []
    line = 0
    for number, module in enumerate(modules):
        rows.append("")
        for place in range(len(module.lines) - 3):
            steps = (0, 1 if place == 0 and number else 0, place - line, 0)
            rows.append("".join(map(_digits, steps)))
            line = place
        rows += ["", ""]
    return ";".join(rows)


def _digits(step: int) -> str:
    rest = step << 1 if step >= 0 else -step << 1 | 1
    made = ""
    while True:
        rest, digit = rest >> 5, rest & 31
        made += DIGITS[digit | 32 if rest else digit]
        if not rest:
            return made
