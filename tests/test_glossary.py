"""What people read says one word for one thing: what the glossary rules out stands in no text of the page."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.glossary import banned
from tests.support.sources import ROOT, files, modules

LITERAL = re.compile(
    r"//[^\n]*|/\*.*?\*/|"
    r'"((?:\\.|[^"\\\n])*)"|\'((?:\\.|[^\'\\\n])*)\'|`((?:\\.|[^`\\])*)`',
    re.DOTALL,
)
HOLE = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
SQL = re.compile(
    r"\s*(?:\{\} )?(?:select|insert|update|delete|create|alter|drop|with|where|and|job|vendor)\b"
)
SAID_BY_SANDBOX = "providers/vendors/sandbox/engine.py"
ALLOWED = frozenset({"Acme Pictures"})
"""Names of others."""


def is_text(literal: str) -> bool:
    """Whether people may read it: words with spaces, or a label with a capital; no names of classes, no SQL."""
    words = literal.strip()
    if SQL.match(words) or words in ALLOWED:
        return False
    return bool(re.match(r"[A-Z][a-z]", words)) or bool(
        re.search(r"[a-z]{2,}[.,:;…?]? [a-z]{2,}", words)
    )


def in_scripts() -> Iterator[tuple[str, str]]:
    """(where, text) of what the page's scripts hold."""
    for path in files("*.js"):
        where = path.relative_to(ROOT).as_posix()
        if not where.startswith("assets/js/"):
            continue
        for found in LITERAL.finditer(path.read_text(encoding="utf-8")):
            for part in HOLE.split(next((one for one in found.groups() if one), "")):
                yield where, part


def in_python() -> Iterator[tuple[str, str]]:
    """(where, text) of what Python holds, docstrings left out."""
    for module in modules():
        emulates = "/sandbox/" in module.path and module.path != SAID_BY_SANDBOX
        if emulates or module.path.startswith("tests/"):
            continue
        inside = {
            id(part)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Expr | ast.JoinedStr)
            for part in ([node.value] if isinstance(node, ast.Expr) else node.values)
        }
        for node in ast.walk(module.tree):
            if isinstance(node, ast.JoinedStr):
                held = [one.value if isinstance(one, ast.Constant) else "{}" for one in node.values]
                yield module.path, "".join(map(str, held))
            elif isinstance(node, ast.Constant) and id(node) not in inside:
                yield module.path, re.sub(r"\{\w*\}", "{}", str(node.value))


def in_readme() -> Iterator[tuple[str, str]]:
    """(where, text) of README, code and measured figures left out."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Figures")[0]
    prose = re.sub(r"```.*?```|`[^`\n]*`|\]\([^)]*\)|<!--.*?-->", " ", text, flags=re.DOTALL)
    yield from (("README.md", line) for line in prose.splitlines())


def test_no_text_says_what_the_glossary_rules_out() -> None:
    words = banned()
    assert len(words) > 15
    texts = [*in_scripts(), *in_python()]
    assert len(texts) > 3000
    found = [
        f"{where}: {word} in {text[:80]!r}"
        for where, text in [*(one for one in texts if is_text(one[1])), *in_readme()]
        for word, pattern in words.items()
        if pattern.search(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "Hand in a smaller picture.", "Clips with sound", "Pictures", "What the vendor said", "Needs a look",
        "1 to look at", "Adopted", "Never mind", "It costs 0.31 $", "Enlarges it", "Try again all the same",
        "It is at 7 % now", "Give up on it", "Add credits at Runway, then", "A colourful harbour in grey",
    ],
)  # fmt: skip
def test_what_is_ruled_out_is_found(text: str) -> None:
    assert is_text(text)
    assert any(pattern.search(text) for pattern in banned().values())
