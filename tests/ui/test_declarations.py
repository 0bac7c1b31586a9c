"""The scripts' declarations of what the studio answers are those of its records."""

from collections.abc import Mapping
from typing import Literal

import pytest
from pydantic import JsonValue

from providers.catalogue.rules import Frozen
from ui.declarations import FILE, declarations, main


class Leaf(Frozen):
    """A small thing."""

    name: str
    at: float | None = None
    """When."""


class Tree(Frozen):
    state: Literal["green", "bare"]
    leaves: tuple[Leaf, ...]
    named: Mapping[str, Leaf]
    more: Mapping[str, JsonValue]
    pair: tuple[int, str]
    kind: Literal["tree"]
    either: str | bool


class Forest(Tree):
    size: int


def test_the_declarations_are_those_of_the_records() -> None:
    assert FILE.read_text(encoding="utf-8") == declarations(), "Run `make docs`."


def test_a_record_is_told_in_the_other_language_whole() -> None:
    told = declarations((Tree, Forest))
    assert (
        "/** A small thing. */\n"
        "export interface Leaf {\n  name: string;\n  /** When. */\n  at: number | null;\n}\n"
    ) in told
    for line in (
        'state: "green" | "bare";', "leaves: Array<Leaf>;", "named: Record<string, Leaf>;",
        "more: Record<string, Json>;", "pair: [number, string];", 'kind: "tree";',
        "either: string | boolean;",
    ):  # fmt: skip
        assert f"  {line}\n" in told
    assert "export interface Forest extends Tree {\n  size: number;\n}\n" in told


def test_whether_they_are_current_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert "types.d.ts is current." in capsys.readouterr().out
