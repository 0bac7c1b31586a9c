"""What a measurement gives: figures with their units and aims, as a table and as JSON."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import JsonValue

from providers.readme import updated

README = Path(__file__).parent.parent.parent / "README.md"
RECORD = Path(__file__).parent / "figures.json"
"""The figures that README quotes."""


@dataclass(frozen=True)
class Figure:
    """One measured value. `aim` is the most that it should be, where there is such a wish."""

    what: str
    value: float
    unit: str
    aim: float | None = None
    script: str = ""
    of: str = ""
    """Whose it is, where the same is measured of several: a column of a table of its own."""

    @property
    def verdict(self) -> str:
        """How it stands to its aim."""
        if self.aim is None:
            return ""
        return f"≤ {amount(self.aim)}" + ("" if self.value <= self.aim else ", missed")


def amount(value: float) -> str:
    """A number, no more precise than it is."""
    digits = 0 if abs(value) >= 20 else 1 if abs(value) >= 2 else 2
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def table(figures: Sequence[Figure]) -> str:
    """Figures in Markdown: one after the other, then those of several side by side."""
    plain = [figure for figure in figures if not figure.of]
    shared = [figure for figure in figures if figure.of]
    return "\n".join([*([_list(plain)] if plain else []), *([_grid(shared)] if shared else [])])


def _grid(figures: Sequence[Figure]) -> str:
    columns = list(dict.fromkeys(figure.of for figure in figures))
    rows: dict[tuple[str, str, float | None], dict[str, float]] = {}
    for one in figures:
        rows.setdefault((one.what, one.unit, one.aim), {})[one.of] = one.value
    lines = [
        f"| Measured | {' | '.join(columns)} | Aim |",
        "| --- |" + " --- |" * len(columns) + " --- |",
    ]
    for (what, unit, aim), values in rows.items():
        cells = [
            f"{amount(values[one])} {unit}".strip() if one in values else "—" for one in columns
        ]
        missed = ", missed" if aim is not None and max(values.values()) > aim else ""
        wish = "—" if aim is None else f"≤ {amount(aim)}{missed}"
        lines.append(f"| {what} | {' | '.join(cells)} | {wish} |")
    return "\n".join(lines) + "\n"


def _list(figures: Sequence[Figure]) -> str:
    lines = ["| Measured | Value | Aim | Script |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {figure.what} | {amount(figure.value)} {figure.unit} | {figure.verdict or '—'} "
        f"| `{figure.script}` |"
        for figure in figures
    ]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """What these figures were measured on."""
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def write(path: Path, figures: Sequence[Figure]) -> None:
    """The record, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    record: JsonValue = {
        "machine": machine(),
        "figures": [asdict(figure) for figure in figures],
    }
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path = RECORD) -> tuple[str, list[Figure]]:
    """The machine and the figures of a record."""
    record = json.loads(path.read_text(encoding="utf-8"))
    return str(record["machine"]), [Figure(**figure) for figure in record["figures"]]


def record(figures: Sequence[Figure]) -> None:
    """Put these into the record, in the place of what the same scripts measured before."""
    scripts = {figure.script for figure in figures}
    held = read()[1] if RECORD.exists() else []
    write(RECORD, [*(one for one in held if one.script not in scripts), *figures])


def section(path: Path = RECORD) -> str:
    """README's section of figures."""
    where, figures = read(path)
    return (
        f"Measured by `make bench` and `make soak` on {where}, with everything on one machine.\n\n"
        f"{table(figures)}"
    )


def write_readme() -> None:
    """Put the recorded figures into README."""
    text = README.read_text(encoding="utf-8")
    README.write_text(updated(text, "figures", section()), encoding="utf-8")


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
