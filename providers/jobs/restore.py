"""`python -m providers.jobs.restore` puts the newest sound backup in the place of a lost history."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from providers.errors import StoreProblem
from providers.jobs.backup import Backup, Backups
from providers.jobs.journal import Journal
from providers.jobs.opening import open_history
from providers.jobs.trail import Receipt, newer, set_aside
from providers.library.vault import Vault
from providers.settings import Settings

NONE = "No backup in {folder} can be used, and there are no receipts. Nothing was changed."
DONE = "The history of {when} is in place: {jobs} jobs and {files} files."
REBUILT = "There is no backup that can be used. {jobs} jobs are taken from their receipts."
CAUGHT_UP = "{count} of them are as their receipts say, which are newer."
ASIDE = "What was there before lies in {path}."
LATER = (
    "Jobs that seemed unsent are looked for at the vendor before anything is sent. "
    "Files without a row can be taken in: python -m providers.jobs.verify --adopt"
)
ANEW = (
    "A new history is begun, and all files are kept. They have no row yet: "
    "python -m providers.jobs.verify --adopt takes them in."
)
FROM_BACKUP = "Restored from a backup: it may have been sent since, so it is looked for first."


def restore(data: Path, *, name: str = "", receipts: Path | None = None) -> list[str]:
    """Put a backup in place, the newest sound one or the one that is named, and add what receipts
    know since then; without a backup the receipts alone. Sentences; StoreProblem."""
    vault = Vault(data)
    vault.open()
    try:
        backups, folder = Backups(data), receipts or data / "receipts"
        sound = [one for one in backups.all() if name in ("", one.path.name) and one.is_sound()]
        wanted = sound[0] if sound else None
        if wanted is None and (name or next(newer(folder, lambda _: None), None) is None):
            raise StoreProblem(NONE.format(folder=data / "backup"))
        aside = _set_aside(data, backups)
        if wanted is not None:
            _put(wanted, data / "jobs.db", backups)
        with closing(Journal(data / "jobs.db")) as before:
            found = list(newer(folder, before.revision_of))
        journal = open_history(vault, receipts=folder)
        if wanted is not None and wanted.kind != "rescued":
            journal.doubt(FROM_BACKUP)
        jobs, files = journal.sizes()
        journal.close()
    except OSError as error:
        raise vault.problem(error) from error
    finally:
        vault.close()
    return [
        *_said(wanted, jobs, files, found),
        *([ASIDE.format(path=aside)] if aside else []),
        LATER,
    ]


def _said(wanted: Backup | None, jobs: int, files: int, found: Sequence[Receipt]) -> list[str]:
    if wanted is None:
        return [REBUILT.format(jobs=jobs)]
    said = [DONE.format(when=wanted.when, jobs=jobs, files=files)]
    return [*said, CAUGHT_UP.format(count=len(found))] if found else said


def begin_anew(data: Path, *, receipts: Path | None = None) -> list[str]:
    """Begin an empty history beside the files that are here. Sentences; StoreProblem."""
    vault = Vault(data)
    vault.open()
    try:
        aside = [_set_aside(data, Backups(data)), set_aside(receipts or data / "receipts")]
        Journal(data / "jobs.db").close()
        vault.begin()
    except OSError as error:
        raise vault.problem(error) from error
    finally:
        vault.close()
    return [ANEW, *(ASIDE.format(path=path) for path in aside if path)]


def _set_aside(data: Path, backups: Backups) -> Path | None:
    aside = backups.name("damaged")
    moved = False
    for end in ("", "-wal", "-shm"):
        old = data / f"jobs.db{end}"
        if old.exists():
            old.replace(aside.with_name(aside.name + end))
            moved = True
    return aside if moved else None


def _put(backup: Backup, target: Path, backups: Backups) -> None:
    new = target.with_suffix(".new")
    shutil.copyfile(backup.path, new)
    new.chmod(0o600)
    backups.settle(new, target)


def main(arguments: Sequence[str] | None = None) -> int:
    """Restore and say what was done; 1 when it could not be."""
    parser = argparse.ArgumentParser(
        prog="python -m providers.jobs.restore", description="Put a backup of the history in place."
    )
    parser.add_argument("--data-dir", type=Path, help="the data folder (else STUDIO_DATA_DIR)")
    parser.add_argument("--receipts", type=Path, help="a folder of receipts elsewhere")
    parser.add_argument("--backup", default="", help="the name of a backup, else the newest")
    parser.add_argument("--begin-anew", action="store_true", help="an empty history; files stay")
    asked = parser.parse_args(arguments)
    usual = Settings()
    data: Path = asked.data_dir or usual.data_dir
    receipts: Path | None = asked.receipts or usual.receipts_dir
    try:
        if asked.begin_anew:
            said = begin_anew(data, receipts=receipts)
        else:
            said = restore(data, name=asked.backup, receipts=receipts)
    except StoreProblem as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join([*said, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
