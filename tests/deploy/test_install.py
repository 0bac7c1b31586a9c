"""Ways to install the studio other than from a checkout: a Space's builder, and a wheel."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import httpx
import pytest

from providers.studio.about import VERSION
from tests.support.servers import ROOT, StudioServer
from tests.support.sources import modules
from tests.support.unreached import answered

pytestmark = pytest.mark.slow

BESIDE = ("uvicorn", "websockets", "spaces")
"""What a Space's builder installs with Gradio and our own requirements, all in one resolution."""


def pip(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)


def asked(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What pip says; the test is left out where no index answers, but not in CI."""
    return answered(["python", "-m", "pip", "--disable-pip-version-check", *arguments], folder)


def test_a_space_can_install_the_requirements_with_all_that_its_builder_adds(
    tmp_path: Path,
) -> None:
    # The builder has this file before it has any other of the project's.
    requirements = shutil.copy(ROOT / "requirements.txt", tmp_path)
    head = (ROOT / "README.md").read_text(encoding="utf-8").split("---")[1]
    version = re.search(r"^sdk_version: (\S+)$", head, re.MULTILINE)
    assert version is not None
    told = asked(
        "install", "--dry-run", "--ignore-installed", "--quiet", "-r", str(requirements),
        f"gradio[oauth,mcp]=={version[1]}", *BESIDE, folder=tmp_path,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-2000:]


def test_the_requirements_that_a_space_reads_name_no_other_file() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("-") or "/" in line] == []


class Installed(StudioServer):
    """The studio out of a wheel, started from a folder where nothing of the project lies."""

    site: Path

    def command(self) -> list[str]:
        """Python runs the installed module."""
        way = f"import sys, runpy; sys.path.insert(0, {str(self.site)!r})"
        way += "; runpy.run_module('app', run_name='__main__')"
        return [sys.executable, "-P", "-c", way]


def test_a_wheel_holds_all_that_the_page_is_made_of(tmp_path: Path) -> None:
    source, site = tmp_path / "source", tmp_path / "site"
    # Building leaves its traces beside the sources.
    left = shutil.ignore_patterns(".*", "tests", "__pycache__", "data", "build", "*.egg-info")
    shutil.copytree(ROOT, source, ignore=left)
    built = asked("wheel", "--quiet", "--no-deps", "--wheel-dir", "wheels", ".", folder=source)
    assert built.returncode == 0, built.stderr[-2000:]
    (wheel,) = (source / "wheels").glob("*.whl")
    told = pip("install", "--quiet", "--no-deps", "--target", str(site), str(wheel), folder=source)
    assert told.returncode == 0, told.stderr[-2000:]
    shutil.rmtree(source)
    server = Installed(tmp_path / "data")
    server.site = site
    try:
        server.start()
        page = httpx.get(server.url, timeout=60)
        names = set(re.findall(r"assets/[\w.-]+\.(?:js|css|svg)", page.text))
        assert page.status_code == 200
        assert {name.rpartition(".")[2] for name in names} == {"js", "css", "svg"}
        for name in names:
            assert httpx.get(f"{server.url}/{name}", timeout=60).status_code == 200, name
    finally:
        server.close()
    command_of(site, tmp_path)


def command_of(site: Path, folder: Path) -> None:
    """The one command of an installed studio, and what stands under it."""
    environment = {**os.environ, "PYTHONPATH": str(site), "STUDIO_DATA_DIR": str(folder / "data")}

    def told(*words: str) -> str:
        done = subprocess.run(
            [str(site / "bin" / "multishot-studio"), *words],
            cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert told("--version") == f"multishot-studio {VERSION}\n"
    assert told("--help").startswith("usage: multishot-studio ")
    for name in ("people", "restore", "verify", "sandbox"):
        assert told(name, "--help").startswith(f"usage: multishot-studio {name} ")
    assert "multishot-studio people --help" in " ".join(told("--help").split())
    assert told("verify").endswith("\n")


def test_every_package_that_is_imported_is_declared() -> None:
    declared = {
        re.split(r"[^\w-]", line, maxsplit=1)[0].lower()
        for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    }
    brings = packages_distributions()
    ours = [module for module in modules() if module.path.split("/")[0] != "tests"]
    imported = {name.split(".")[0] for module in ours for name in module.imports()}
    foreign = (
        imported - set(sys.stdlib_module_names) - {"_typeshed", "app", "assets", "providers", "ui"}
    )
    undeclared = {
        name
        for name in foreign
        if not {one.lower().replace("_", "-") for one in brings.get(name, [])} & declared
    }
    assert undeclared == set()


def test_every_requirement_is_declared_and_every_package_pinned() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0] for line in lines}
    asked_for = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert pinned == {re.split(r"[^\w-]", line, maxsplit=1)[0] for line in asked_for}
