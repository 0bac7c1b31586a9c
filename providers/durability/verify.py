"""`python -m providers.durability.verify` hashes every kept file, and says what is missing, cut or rotten."""

import argparse
import asyncio
import sys
import time
from collections.abc import Collection, Iterable, Sequence

from providers.catalogue.requests import read_request
from providers.catalogue.rules import Frozen
from providers.durability.opening import open_history
from providers.errors import InvalidRequest, Problem, StoreProblem
from providers.history.journal import Journal
from providers.jobs.intake import artifact_of
from providers.jobs.job import FOUND, Artifact, Job, new_id
from providers.jobs.transitions import born
from providers.jobs.views import HarmsView, ReportView
from providers.library.audit import Audit, audit, hash_of
from providers.library.decoding.lanes import DECODERS
from providers.library.disk import size_words
from providers.library.imprints.credentials import has_credentials
from providers.library.media_types import is_message, suffix
from providers.library.vault import KEYS, StoredFile, Vault
from providers.settings import for_command
from providers.terminal import command, named_folder, show_everything

SAID = {
    "missing": "{name} is missing from the data folder.",
    "short": "{name} is incomplete. Part of it is gone.",
    "rotten": "{name} is damaged. Its contents have changed.",
}
ADVICE = (
    "Restore it from a backup of the folder artifacts, or check its job again to download it again."
)
NOT_CHECKED = "The file keys, with keys pasted in Settings, is neither checked nor in any backup."
OTHERS = "Damaged or missing files that belong to other people: {count}."
SHORTEST = 8
NO_FOLDER = "There is no data folder {folder}. Name the right one with --data-dir."


class Report(Frozen):
    """What a check of all files found."""

    found: Audit
    harmed: tuple[tuple[str, Artifact], ...]
    """(what is wrong, the file's row); one file may have several rows."""

    @property
    def sentences(self) -> list[str]:
        """The same for people. One sentence when all is well."""
        return self._sentences(self.harmed)

    def _sentences(self, harmed: Iterable[tuple[str, Artifact]], others: int = 0) -> list[str]:
        found = self.found
        said = [
            f"{SAID[wrong].format(name=artifact.name or artifact.id)} {ADVICE}"
            for wrong, artifact in harmed
        ]
        said += [OTHERS.format(count=others)] if others else []
        said += [
            f"{name[:SHORTEST]}… has no record in the history. It can be imported."
            for name in found.orphans
        ]
        said += [
            f"{name[:SHORTEST]}… has no record and is damaged, so it can't be used."
            for name in found.spoiled
        ]
        noun = "file" if found.checked == 1 else "files"
        size = f"{found.checked} {noun} with {size_words(found.bytes)} checked"
        return [*said, f"{size}. All are intact." if not said else f"{size}."]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong and nothing is left over."""
        return not self.harmed and not self.found.orphans and not self.found.spoiled

    def view_for(self, owner: str) -> ReportView:
        """What this owner's page may know: other people's files are counted and not named."""
        harms = HarmsView.of(self.harmed, owner)
        own = [(wrong, one) for wrong, one in self.harmed if one.owner == owner]
        return ReportView(
            **dict(harms),
            ok=self.is_well,
            checked=self.found.checked,
            bytes=self.found.bytes,
            orphans=tuple(self.found.orphans),
            spoiled=tuple(self.found.spoiled),
            sentences=tuple(self._sentences(own, harms.harmed_others)),
        )


def verify(journal: Journal, vault: Vault) -> Report:
    """Hash every file and compare it with its name and its rows."""
    found = audit(vault, lambda: {one.sha256: one.bytes for one in journal.artifacts.all()})
    wrong = found.harms
    rows = journal.artifacts.all() if wrong else []
    harmed = tuple((wrong[one.sha256], one) for one in rows if one.sha256 in wrong)
    return Report(found=found, harmed=harmed)


def adopt(
    journal: Journal, vault: Vault, owner: str, names: Collection[str], now: float
) -> tuple[list[Job], list[str]]:
    """Make files without a row finished jobs of this owner's, each in one write; no names: all that
    there are, those in `trash/` too. And a sentence for each that was not taken in."""
    taken: list[Job] = []
    refused: list[str] = []
    for name in names or (*verify(journal, vault).found.orphans, *vault.trashed()):
        try:
            vault.bring_back(name)
            if journal.artifacts.with_bytes(name):
                refused.append(f"{name[:SHORTEST]}… is already in the library.")
                continue
            job = _found(vault, name, owner, now)
            journal.add_found(job)
            taken.append(job)
        except InvalidRequest as error:
            refused.append(f"{name[:SHORTEST]}… wasn't imported. {error}")
        except StoreProblem as error:
            # What is in by now is in, and is told; the rest would not fare better.
            refused.append(f"{name[:SHORTEST]}… wasn't imported. {error}")
            break
    return taken, refused


def _found(vault: Vault, name: str, owner: str, now: float) -> Job:
    path = vault.path(name)
    if not path.exists():
        raise InvalidRequest([Problem("files", "It is no longer here.")])
    if hash_of(path)[0] != name:
        raise InvalidRequest([Problem("files", "It is damaged.")])
    if is_message(path):
        raise InvalidRequest([Problem("files", "It is text, not an image or a video.")])
    # Its name says that it is whole: perhaps one that was kept though it cannot be shown.
    probed = asyncio.run(DECODERS.described(path, "image"))
    told = path.stat()
    # It was kept when it was made, and stands there among the others.
    made = min(told.st_mtime, now)
    model = f"{FOUND}:{probed.kind}/found-file"
    job = Job(
        id=new_id(),
        owner=owner,
        client_request_id="",
        token=new_id(),
        request=read_request({"kind": probed.kind, "model": model, "prompt": ""}),
        sandbox=False,
        created=made,
        updated=now,
        finished=made,
        progress=1.0,
        detail="Imported from the data folder",
    )
    ending = suffix(probed.media_type)
    artifact = artifact_of(
        probed,
        StoredFile(sha256=name, bytes=told.st_size),
        owner=owner,
        name=f"found-{name[:SHORTEST]}{ending}",
        created=made,
        job=job.id,
        number=1,
        credentials=has_credentials(path),
    )
    return born(job, "done", artifacts=(artifact,))


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, and say what was found; 1 when something is wrong."""
    show_everything()
    parser = argparse.ArgumentParser(
        prog=command("verify"),
        description="Check every file of a data folder against its hash.",
    )
    parser.add_argument(
        "--data-dir", type=named_folder, help="the data folder (default: STUDIO_DATA_DIR)"
    )
    parser.add_argument("--adopt", action="store_true", help="import files without a record")
    asked = parser.parse_args(arguments)
    usual = for_command()
    vault = Vault(asked.data_dir or usual.data_dir)
    try:
        if not vault.folder.is_dir():
            raise StoreProblem(NO_FOLDER.format(folder=vault.folder))
        vault.open()
        journal = open_history(vault, receipts=usual.receipts_dir)
        taken, refused = (
            adopt(journal, vault, "local", (), time.time()) if asked.adopt else ([], [])
        )
        report = verify(journal, vault)
        journal.close()
    except StoreProblem as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        vault.close()
    said = [f"{job.artifacts[0].name} was imported." for job in taken]
    keys = [NOT_CHECKED] if (vault.folder / KEYS).exists() else []
    sys.stdout.write("\n".join([*said, *refused, *report.sentences, *keys, ""]))
    return 0 if report.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
