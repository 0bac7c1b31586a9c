"""Every package that an installation brings is pinned to the version that was tested, without an address."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.audit import Audited, Report, Weakness, fault_of, main
from tests.support.servers import ROOT
from tests.support.unreached import answered

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MACHINES = [
    {"sys_platform": platform, "platform_system": system, "os_name": name, "platform_machine": kind}
    for platform, system, name in (
        ("linux", "Linux", "posix"),
        ("darwin", "Darwin", "posix"),
        ("win32", "Windows", "nt"),
    )
    for kind in ("x86_64", "arm64")
]
PIN = re.compile(r"[a-z0-9-]+==[\w.+!]+( ; [^#/]+)?")
STALE = "`make constraints` writes constraints.txt anew."


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def pins() -> dict[str, Requirement]:
    """The pinned packages by their names; those of one Python alone have a marker."""
    found = [Requirement(line) for line in lines("constraints.txt")]
    return {canonicalize_name(pin.name): pin for pin in found}


def anywhere(needs: Requirement, extras: frozenset[str]) -> bool:
    """Whether this is needed on one of the Pythons and machines that the studio runs on."""
    if needs.marker is None:
        return True
    environments = (
        {**default_environment(), "python_version": python, "python_full_version": f"{python}.0"}
        | machine
        | {"extra": extra}
        for python in PYTHONS
        for machine in MACHINES
        for extra in extras | {""}
    )
    return any(needs.marker.evaluate(environment) for environment in environments)  # pyright: ignore[reportArgumentType]


def needed(by: Requirement, seen: set[tuple[str, frozenset[str]]]) -> Iterator[str]:
    """The names of a package and of all that it needs, as far as what is installed tells."""
    name, extras = canonicalize_name(by.name), frozenset(by.extras)
    if (name, extras) in seen:
        return
    seen.add((name, extras))
    yield name
    try:
        told = requires(name) or []
    except PackageNotFoundError:
        # One for another Python or machine.
        return
    for line in told:
        further = Requirement(line)
        if anywhere(further, extras):
            yield from needed(further, seen)


def test_every_package_is_pinned_and_no_line_holds_an_address() -> None:
    assert [line for line in lines("constraints.txt") if not PIN.fullmatch(line)] == []
    found = pins()
    asked = [*lines("requirements.txt"), *lines("tests/requirements.txt")[1:]]
    seen: set[tuple[str, frozenset[str]]] = set()
    names = {name for line in asked for name in needed(Requirement(line), seen)}
    assert names - set(found) == set(), STALE
    for line in asked:
        own = Requirement(line)
        assert str(own.specifier) == str(found[canonicalize_name(own.name)].specifier), STALE


def test_what_is_installed_is_what_is_pinned() -> None:
    other: dict[str, str] = {}
    for name, pin in pins().items():
        if pin.marker is not None and not pin.marker.evaluate():
            continue
        if version(name) not in pin.specifier:
            other[name] = version(name)
    assert other == {}, f"{other} are installed. {STALE}"


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
def test_the_pins_fit_each_python_and_nothing_but_pyvips_is_built(
    python: str, tmp_path: Path
) -> None:
    command = [
        *("uv", "pip", "compile", "-c", str(ROOT / "constraints.txt"), "--python-version", python),
        *("--only-binary=:all:", "--no-binary=pyvips", "--no-header", "--no-annotate"),
        str(ROOT / "requirements.txt"),
    ]
    done = answered(command, tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    resolved = {line.partition(" ")[0] for line in done.stdout.splitlines()}
    assert resolved <= {line.partition(" ")[0] for line in lines("constraints.txt")}


def test_an_audit_that_looked_at_nothing_or_too_little_fails() -> None:
    sound = Audited(name="anyio", version="4.16.0", vulns=())
    weak = Audited(
        name="av", version="18.1.0", vulns=(Weakness(id="PYSEC-1", fix_versions=("19",)),)
    )
    passed_over = Audited(name="av")
    assert fault_of(Report(dependencies=(sound,)), 1) == ""
    assert fault_of(Report(dependencies=()), 93) == "0 of 93 packages were audited."
    assert fault_of(Report(dependencies=()), 0) == "0 of 0 packages were audited."
    few = Report(dependencies=(sound, passed_over))
    assert fault_of(few, 2) == "1 of 2 packages were audited."
    assert fault_of(Report(dependencies=(sound, weak)), 2) == "av 18.1.0: PYSEC-1, fixed in 19."


@pytest.mark.parametrize("told", ["", "{}", "null", '{"dependencies": []}', "No network"])
def test_an_audit_whose_tool_tells_nothing_fails(
    told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(lambda: told) == 1
    assert "audit" in capsys.readouterr().out
