"""`python -m providers.jobs.restore` puts the newest sound backup in the place of a lost history."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from providers.errors import StoreProblem
from providers.jobs.backup import Backup, Backups
from providers.jobs.journal import Journal
from providers.jobs.opening import open_history
from providers.library.vault import Vault
from providers.settings import Settings

NONE = "No backup in {folder} can be used. Nothing was changed."
DONE = "The history of {when} is in place: {jobs} jobs and {files} files."
ASIDE = "What was there before lies in {path}."
LATER = (
    "Files that were made later have no row now: python -m providers.jobs.verify --adopt takes "
    "them in. Jobs that were waiting then are looked for at the vendor before anything is sent."
)
ANEW = (
    "A new history is begun, and all files are kept. They have no row yet: "
    "python -m providers.jobs.verify --adopt takes them in."
)
FROM_BACKUP = "Restored from a backup: it may have been sent since, so it is looked for first."


def restore(data: Path, *, name: str = "") -> list[str]:
    """Put a backup in place: the newest sound one, or the one that is named. Sentences; StoreProblem."""
    vault = Vault(data)
    vault.open()
    try:
        backups = Backups(data)
        wanted = [one for one in backups.all() if name in ("", one.path.name) and one.is_sound()]
        if not wanted:
            raise StoreProblem(NONE.format(folder=data / "backup"))
        aside = _set_aside(data, backups)
        _put(wanted[0], data / "jobs.db", backups)
        journal = open_history(vault)
        if wanted[0].kind != "rescued":
            journal.doubt(FROM_BACKUP)
        jobs, files = journal.sizes()
        journal.close()
    except OSError as error:
        raise vault.problem(error) from error
    finally:
        vault.close()
    said = [DONE.format(when=wanted[0].when, jobs=jobs, files=files)]
    return [*said, *([ASIDE.format(path=aside)] if aside else []), LATER]


def begin_anew(data: Path) -> list[str]:
    """Begin an empty history beside the files that are here. Sentences; StoreProblem."""
    vault = Vault(data)
    vault.open()
    try:
        aside = _set_aside(data, Backups(data))
        Journal(data / "jobs.db").close()
        vault.begin()
    except OSError as error:
        raise vault.problem(error) from error
    finally:
        vault.close()
    return [ANEW, *([ASIDE.format(path=aside)] if aside else [])]


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
    parser.add_argument("--backup", default="", help="the name of a backup, else the newest")
    parser.add_argument("--begin-anew", action="store_true", help="an empty history; files stay")
    asked = parser.parse_args(arguments)
    data: Path = asked.data_dir or Settings().data_dir
    try:
        said = begin_anew(data) if asked.begin_anew else restore(data, name=asked.backup)
    except StoreProblem as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join([*said, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
