"""`python -m providers.durability.restore` puts the newest sound backup in the place of a lost history."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from providers.durability.backup import Backup, Backups, command_for
from providers.durability.opening import open_history
from providers.durability.verify import NO_FOLDER
from providers.errors import StoreProblem
from providers.history.journal import Journal
from providers.history.last_use import FolderState, Notes
from providers.history.receipts import Receipt, newer, set_aside
from providers.library.vault import KEYS, Vault
from providers.settings import for_command
from providers.terminal import command, named_folder, show_everything

NONE = "No backup in {folder} can be used, and there are no receipts. Nothing was changed."
DONE = "The history from {when} is restored: {jobs} jobs and {files} files."
REBUILT = "No backup can be used. {jobs} jobs were restored from their receipts."
CAUGHT_UP = "{count} of them were updated from their receipts, which are newer."
ASIDE = "What was there before is in {path}."
LATER = (
    "Before sending jobs that seem unsent, the studio checks whether the service already has "
    "them. To import files without a record: {command} --adopt"
)
NO_KEYS = "Keys that were pasted in Settings are in no backup: {state}."
KEPT, PASTE = "the file keys stays as it is", "paste them again"
ANEW = (
    "A new history is started, and all files are kept. They have no records yet. To import "
    "them: {command} --adopt"
)
WHOLE = (
    "The history in {folder} is intact and newer than every backup. Nothing was changed. To "
    "restore an older one, name it: --backup NAME."
)

FROM_BACKUP = (
    "Restored from a backup. This job may have been sent since, so the studio checks first."
)


def restore(data: Path, *, name: str = "", receipts: Path | None = None) -> list[str]:
    """Put a backup in the place of a lost history: the newest sound one, or the one that is named.

    What receipts know since then is added; without a backup they alone are used. Sentences; StoreProblem.
    """
    vault = Vault(data)
    vault.open()
    try:
        backups, folder = Backups(data), receipts or data / "receipts"
        sound = [one for one in backups.all() if name in ("", one.path.name) and one.is_sound()]
        wanted = sound[0] if sound else None
        if wanted is None and (name or next(newer(folder, lambda _: None), None) is None):
            raise StoreProblem(NONE.format(folder=data / "backup"))
        if not name and _is_newer(Backup(data / "jobs.db", "jobs", ""), wanted):
            raise StoreProblem(WHOLE.format(folder=data))
        is_old = wanted is not None and not _is_last(wanted, data, backups)
        aside = _set_aside(data, backups)
        if wanted is not None:
            _put(wanted, data / "jobs.db", backups)
        with closing(Journal(data / "jobs.db")) as before:
            if name:
                # Else what was left behind on purpose would be taken in again.
                backups.leave(before.revisions.held)
            found = [one for one in newer(folder, before.revisions.of) if not one.job.gone]
        # Put here on purpose, and doubted where it is old; when it was used last it tells itself.
        Notes(data / "jobs.db", vault.disk, 0.0).write(0)
        journal = open_history(vault, receipts=folder, doubts=FROM_BACKUP if is_old else "")
        jobs, files = journal.figures.sizes()
        journal.close()
    except OSError as error:
        raise vault.problem(error) from error
    finally:
        vault.close()
    return [
        *_said(wanted, jobs, files, found),
        *([ASIDE.format(path=aside)] if aside else []),
        LATER.format(command=command_for("verify", data)),
        NO_KEYS.format(state=KEPT if (data / KEYS).exists() else PASTE),
    ]


def _is_newer(here: Backup, wanted: Backup | None) -> bool:
    if not (here.path.exists() and here.is_sound()):
        return False
    if wanted is not None and wanted.kind == "rescued":
        # From the memory of a studio that lost its history: what lies here now is a stranger.
        return here.revision() > wanted.revision()
    return wanted is None or here.revision() >= wanted.revision()


def _is_last(wanted: Backup, data: Path, backups: Backups) -> bool:
    """Whether nothing was sent after this copy was taken: it is what a studio knew that lost its history, and
    nobody has used a history here since."""
    if wanted.kind != "rescued":
        return False
    use, revision = FolderState.at(data / "jobs.db").use, wanted.revision()
    is_used = use is not None and (use.at >= wanted.taken + 1 or use.revision > revision)
    later = (one for one in backups.all() if one.kind != "lifted" and one.stamp > wanted.stamp)
    return not is_used and next(later, None) is None


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
        backups = Backups(data)
        aside = [_set_aside(data, backups), set_aside(receipts or data / "receipts")]
        backups.leave(0)
        Journal(data / "jobs.db").close()
        vault.begin()
    except OSError as error:
        raise vault.problem(error) from error
    finally:
        vault.close()
    said = ANEW.format(command=command_for("verify", data))
    return [said, *(ASIDE.format(path=path) for path in aside if path)]


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
    show_everything()
    parser = argparse.ArgumentParser(
        prog=command("restore"),
        description="Restore the history from a backup.",
    )
    parser.add_argument(
        "--data-dir", type=named_folder, help="the data folder (default: STUDIO_DATA_DIR)"
    )
    parser.add_argument(
        "--receipts", type=named_folder, help="the folder of receipts, if it is elsewhere"
    )
    parser.add_argument("--backup", default="", help="the name of a backup (default: the newest)")
    parser.add_argument(
        "--begin-anew", action="store_true", help="start with an empty history; files are kept"
    )
    asked = parser.parse_args(arguments)
    usual = for_command()
    data: Path = asked.data_dir or usual.data_dir
    receipts: Path | None = asked.receipts or usual.receipts_dir
    try:
        if not data.is_dir():
            raise StoreProblem(NO_FOLDER.format(folder=data))
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
