"""`python -m tests.bench [start choice lag pages slow-disk …] [--json FILE]`: measure, print, record."""

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.bench import (
    callbacks,
    choice,
    decoding,
    download,
    lag,
    live_jobs,
    mixed_use,
    pages,
    patience,
    slow_disk,
    soak,
    start,
)
from tests.bench.figures import RECORD, Figure, machine, record, table, write, write_readme

MEASURES: Mapping[str, Callable[[], Iterator[Figure]]] = {
    "start": start.measure,
    "choice": choice.measure,
    "lag": lag.measure,
    "callbacks": callbacks.measure,
    "pages": pages.measure,
    "live-jobs": live_jobs.measure,
    "decoding": decoding.measure,
    "download": download.measure,
    "patience": patience.measure,
    "slow-disk": slow_disk.measure,
    "mixed-use": mixed_use.measure,
    "soak": soak.measure,
}

LONG = ("mixed-use", "soak")
"""Measured where they are named, since they take minutes: `make soak`, `make bench ARGS=mixed-use`."""


def main() -> None:
    """Measure what is named, or everything."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench")
    reader.add_argument(
        "names", nargs="*", choices=[*MEASURES, []], help="default: all but mixed-use and soak"
    )
    reader.add_argument("--json", type=Path, help="where to write these figures alone")
    reader.add_argument("--record", action="store_true", help=f"put them into {RECORD.name}")
    reader.add_argument("--readme", action="store_true", help="only bring README up to date")
    given = reader.parse_args()
    if given.readme:
        write_readme()
        return
    usual = [name for name in MEASURES if name not in LONG]
    figures: list[Figure] = []
    for name in given.names or usual:
        found = list(MEASURES[name]())
        figures += found
        print(f"\n{name} ({machine()})\n\n{table(found)}", flush=True)
    if given.json is not None:
        write(given.json, figures)
    if given.record or not (given.names or given.json):
        record(figures)
        write_readme()


if __name__ == "__main__":
    main()
