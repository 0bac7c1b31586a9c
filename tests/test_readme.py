"""README says what is true: its tables, its settings, its names and its head."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from providers.catalogue.rules import Slot
from providers.readme import BEGIN, current, updated, words
from providers.settings import Settings
from providers.vendors.all import VENDORS
from tests.bench.figures import read, section
from tests.support.servers import StudioServer
from tests.support.sources import ROOT
from ui.page.api import Api

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAPERS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


def test_readmes_tables_are_those_of_the_code() -> None:
    assert current(README) == README, "README.md is old. Run `make docs`."
    assert "`None`" not in README


def test_readme_without_its_marks_is_refused_with_a_sentence() -> None:
    broken = README.replace(BEGIN.format(name="models"), "")
    with pytest.raises(ValueError, match="lost the marks"):
        current(broken)
    assert "new" in updated(README, "models", "new")


def test_every_setting_every_key_and_every_model_is_in_readme() -> None:
    for name, field in Settings.model_fields.items():
        assert f"`STUDIO_{name.upper()}`" in README
        assert field.description, name
        assert field.description in README
    for vendor in VENDORS:
        assert f"`{vendor.key_variable}`" in README
        for spec in vendor.models:
            assert f"`{spec.id}`" in README


def test_a_summary_promises_as_many_references_as_the_card_and_the_table() -> None:
    """What a vendor may refuse is no promise: a row's card, its tray and README name the sure number first."""
    count = 0
    for spec in (spec for vendor in VENDORS for spec in vendor.models):
        rule = spec.rules.get("references")
        promised = re.search(r"up to (\d+) references", spec.summary)
        if not isinstance(rule, Slot):
            continue
        sure = rule.doubtful or rule.most
        assert promised is None or int(promised[1]) == sure, f"{spec.id}: {spec.summary}"
        assert (rule.doubtful is None) == ("perhaps" not in words(rule).split(";")[0]), (
            f"{spec.id}: {words(rule)}"
        )
        count += 1
    assert count > 20


def test_every_setting_named_in_prose_exists() -> None:
    known = {f"STUDIO_{name.upper()}" for name in Settings.model_fields}
    known |= {f"STUDIO_{vendor.name.upper()}_BASE_URL" for vendor in VENDORS}
    for paper in PAPERS:
        named = set(re.findall(r"STUDIO_[A-Z_]+", (ROOT / paper).read_text(encoding="utf-8")))
        assert named <= known


def test_the_head_names_the_versions_that_are_tested() -> None:
    head = dict(re.findall(r"^(\w+): \"?([^\"\n]+)\"?$", README.split("---")[1], re.M))
    pins = dict(re.findall(r"^([\w-]+)==(.+)$", (ROOT / "requirements.txt").read_text(), re.M))
    assert head["sdk"] == "gradio"
    assert head["sdk_version"] == pins["gradio"]
    assert (ROOT / head["app_file"]).is_file()
    pyproject = (ROOT / "pyproject.toml").read_text()
    assert f'requires-python = ">={head["python_version"]}"' in pyproject


def test_the_public_names_and_what_they_take_are_in_readme() -> None:
    declared = re.findall(
        r"self\.(\w+)",
        inspect.getsource(Api.declare).split("for name in")[1].split(":")[0],
    )
    assert len(declared) == 10
    rows = [line for line in README.splitlines() if line.startswith("| `/")]
    for name in declared:
        (row,) = [line for line in rows if f"`/{name}`" in line]
        takes = list(inspect.signature(getattr(Api, name)).parameters)
        takes = [part for part in takes if part not in ("self", "request")]
        assert row.endswith(f"| `{' '.join(takes)}` |")


def test_every_file_that_a_paper_names_is_there() -> None:
    for paper in PAPERS:
        text = (ROOT / paper).read_text(encoding="utf-8")
        links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", text)
        links += re.findall(r"`((?:ui|providers|tests|assets)/[\w./]+\.\w+)`", text)
        for link in links:
            assert (ROOT / link).exists(), f"{paper} names {link}"


def test_every_command_that_a_paper_names_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for paper in PAPERS:
        text = (ROOT / paper).read_text(encoding="utf-8")
        for command in re.findall(r"(?:^|`)make ([a-z]+)", text, re.M):
            assert re.search(rf"^{command}:", makefile, re.M), f"{paper} names make {command}"


def test_readmes_figures_are_those_that_were_measured() -> None:
    assert updated(README, "figures", section()) == README, "README.md is old. Run `make docs`."
    for figure in read()[1]:
        assert (ROOT / figure.script).is_file()


@pytest.mark.slow
def test_the_example_for_programs_runs_as_it_stands(studio_server: StudioServer) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.S)
    told = example.replace("http://127.0.0.1:7860", studio_server.url)
    assert told != example
    ran = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, timeout=60, check=True
    )
    assert re.search(r"^video 9\.?\d* s \d+ bytes$", ran.stdout, re.M), ran.stdout


def test_contributing_names_only_parts_that_exist() -> None:
    tree = CONTRIBUTING.split("```")[3]
    top = Path()
    for line in tree.strip().splitlines():
        name = line.split()[0]
        top = Path(name) if not line.startswith(" ") else top
        place = ROOT / (top / name if line.startswith(" ") else top)
        assert place.exists(), line
