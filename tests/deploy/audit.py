"""`python -m tests.deploy.audit`: has a pinned package a known weakness? Fails where it learnt nothing."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from packaging.requirements import Requirement
from pydantic import BaseModel, ValidationError

TOOL = "pip-audit==2.10.1"
CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
COMMAND = (
    *("uv", "tool", "run", TOOL, "--requirement", str(CONSTRAINTS)),
    *("--no-deps", "--disable-pip", "--format=json", "--progress-spinner=off"),
)


class Weakness(BaseModel):
    """One that is known of a package, by its number."""

    id: str
    fix_versions: tuple[str, ...] = ()


class Audited(BaseModel):
    """A package, and what is known of it; without a version it was passed over."""

    name: str
    version: str = ""
    vulns: tuple[Weakness, ...] | None = None


class Report(BaseModel):
    """What pip-audit tells as JSON."""

    dependencies: tuple[Audited, ...]


def main(run: Callable[[], str] | None = None) -> int:
    """Ask, say what was found, and return the exit code. `run`: what the tool prints."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pinned = [Requirement(line) for line in lines]
    here = [pin for pin in pinned if pin.marker is None or pin.marker.evaluate()]
    try:
        fault = fault_of(Report.model_validate_json((run or ask)()), len(here))
    except ValidationError:
        fault = "The audit has no result."
    sys.stdout.write(f"{fault or f'{len(here)} packages were audited.'}\n")
    return 1 if fault else 0


def ask() -> str:
    """What the tool prints; why it printed nothing stands in the terminal."""
    return subprocess.run(COMMAND, stdout=subprocess.PIPE, text=True, check=False).stdout


def fault_of(report: Report, wanted: int) -> str:
    """What is wrong, as sentences, or nothing where so many packages were audited and none is weak."""
    seen = [one for one in report.dependencies if one.vulns is not None]
    weak = [
        f"{one.name} {one.version}: {found.id}, fixed in {', '.join(found.fix_versions) or 'none'}."
        for one in seen
        for found in one.vulns or ()
    ]
    few = [] if 0 < wanted <= len(seen) else [f"{len(seen)} of {wanted} packages were audited."]
    return "\n".join([*few, *weak])


if __name__ == "__main__":
    sys.exit(main())
