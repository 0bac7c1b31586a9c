"""The scripts checked: what runs under Node, what is typed, and a machine that cannot reach npm."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.js import tools
from tests.js.__main__ import main
from tests.support.sources import files

LONGEST_LINE = 120
SCRIPTS = [path for path in files("*.js") if "assets" in path.parts]
DECLARED = [path for path in files("*.d.ts") if "assets" in path.parts]
ANYTHING = re.compile(r"(?:[<{|&(,]|:|=>|\bas|\bextends|=)\s*\bany\b(?!\()|\bany\[\]")
"""A type that says nothing, so that nothing that is read of it is checked."""
REASONS: dict[str, str] = {}
"""Scripts in which that may stand, and why."""


def test_the_modules_that_need_no_page_keep_their_promises() -> None:
    run = tools.node("--test", "tests/js/*.test.js")
    assert run.ok, run.text


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_is_left_out_of_the_check_and_its_lines_fit_on_a_screen(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "@ts-nocheck" not in text
    assert "@ts-ignore" not in text
    assert max(map(len, text.splitlines())) <= LONGEST_LINE


@pytest.mark.parametrize("path", [*SCRIPTS, *DECLARED], ids=lambda path: path.name)
def test_a_script_names_the_type_of_whatever_it_reads(path: Path) -> None:
    found = [
        line.strip()
        for line in path.read_text(encoding="utf-8").splitlines()
        if ("@" in line or path in DECLARED) and ANYTHING.search(line)
    ]
    assert found == [] or path.name in REASONS


@pytest.mark.parametrize(
    "line",
    [
        "/** @param {any} message */",
        " * @returns {Promise<Answer<any>>}",
        "/** @typedef {Record<string, any>} Update */",
        " * @param {(rule: any) => boolean} [good]",
        "/** @type {Map<string, { key: string, node: any }>} */",
        "/** @type {any[]} */",
        " * @returns {Job | any}",
    ],
)
def test_a_type_that_says_nothing_would_be_found(line: str) -> None:
    assert ANYTHING.search(line)


def test_the_types_and_the_format_of_the_scripts_are_right() -> None:
    if absent := tools.install():
        if "CI" in os.environ:
            pytest.fail(absent)
        pytest.skip(absent)
    assert tools.findings() == ""


@pytest.mark.parametrize(("environ", "code"), [({}, 0), ({"CI": "true"}, 1)])
def test_without_npm_the_check_says_so_and_goes_on_but_not_in_continuous_integration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], environ: dict[str, str], code: int
) -> None:
    shutil.copy(tools.FOLDER / "package.json", tmp_path)
    reached = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_cache": f"{tmp_path}/npm"}
    path = {"PATH": os.environ.get("PATH", "")}
    assert main([], {**path, **reached, **environ}, tmp_path) == code
    said = capsys.readouterr().err
    assert said.startswith("The tools that check the page's scripts cannot be installed")
    assert len(said.splitlines()) == 1
