"""`python -m tests.bench [start choice lag pages live-jobs …] [--json FILE]`: measure, print, record."""

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.bench import choice, download, lag, live_jobs, pages, patience, soak, start
from tests.bench.figures import RECORD, Figure, machine, table, write, write_readme

MEASURES: Mapping[str, Callable[[], Iterator[Figure]]] = {
    "start": start.measure,
    "choice": choice.measure,
    "lag": lag.measure,
    "pages": pages.measure,
    "live-jobs": live_jobs.measure,
    "download": download.measure,
    "patience": patience.measure,
    "soak": soak.measure,
}


def main() -> None:
    """Measure what is named, or everything."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench")
    reader.add_argument("names", nargs="*", choices=[*MEASURES, []], help="default: all of them")
    reader.add_argument("--json", type=Path, help=f"where to write (all: {RECORD.name})")
    reader.add_argument("--readme", action="store_true", help="only bring README up to date")
    given = reader.parse_args()
    if given.readme:
        write_readme()
        return
    figures: list[Figure] = []
    for name in given.names or MEASURES:
        found = list(MEASURES[name]())
        figures += found
        print(f"\n{name} ({machine()})\n\n{table(found)}", flush=True)
    path: Path | None = given.json or (None if given.names else RECORD)
    if path is not None:
        write(path, figures)
        print(f"Written to {path}.")
    if path == RECORD:
        write_readme()


if __name__ == "__main__":
    main()
