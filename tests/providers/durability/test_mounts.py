"""A data folder on real mounts of several kinds: what the system tells of them, and what works there."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from providers.durability.opening import open_history
from providers.errors import StoreProblem
from providers.library.disk import file_system, is_far
from providers.library.vault import Vault
from tests.support.histories import a_job

pytestmark = pytest.mark.fault("F62")
NO_MOUNT = "Only root on Linux can mount here: {reason}"
FUSE = Path("/dev/fuse")
Mount = Callable[..., Path]


@pytest.fixture
def mount() -> Generator[Mount]:
    """Mounts something at a folder, as `mount` would, until the test ends; a skipped test where it cannot."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip(NO_MOUNT.format(reason="this is another system, or another user."))

    with ExitStack() as mounted:

        def put(folder: Path, *words: str, keeps: tuple[int, ...] = ()) -> Path:
            with suppress(OSError):
                folder.mkdir(parents=True)
            command = ["mount", "-i", *words, str(folder)]
            told = subprocess.run(command, capture_output=True, check=False, pass_fds=keeps)
            if told.returncode:
                pytest.skip(NO_MOUNT.format(reason=told.stderr.decode(errors="replace").strip()))
            mounted.callback(subprocess.run, ["umount", "-l", str(folder)], check=True)
            return folder

        yield put


@contextmanager
def fuse() -> Generator[tuple[tuple[str, ...], int]]:
    """The words for mounting the files of a program, which is gone once this ends."""
    if not FUSE.exists():
        pytest.skip(NO_MOUNT.format(reason="there is no /dev/fuse."))
    handle = os.open(FUSE, os.O_RDWR)
    try:
        options = f"fd={handle},rootmode=40000,user_id=0,group_id=0"
        yield ("-t", "fuse.sshfs", "-o", options, "elsewhere:/data"), handle
    finally:
        os.close(handle)


def works(folder: Path) -> bool:
    """Keep a job, read it again, and tell whether the history used a log of its own."""
    vault = Vault(folder, reserve=0)
    vault.open()
    with closing(open_history(vault)) as journal:
        job, uses_log = a_job(journal, "kept"), journal.database.uses_log
    vault.close()
    vault.open()
    with closing(open_history(vault)) as journal:
        assert journal.jobs.get(job.id) == job
    vault.close()
    return uses_log


@pytest.mark.parametrize(
    "name", ["plain", "with a space", "Müller", "日本", "back\\slash", "a\ttab"]
)
def test_a_disk_of_this_machine_is_known_whatever_its_place_is_called(
    tmp_path: Path, mount: Mount, name: str
) -> None:
    folder = mount(tmp_path / name, "-t", "tmpfs", "tmpfs")
    assert file_system(folder) == file_system(folder / "data") == "tmpfs"
    assert file_system(tmp_path) != "tmpfs"
    assert works(folder / "data")


def test_layers_and_second_names_of_a_folder_are_as_near_as_what_they_show(
    tmp_path: Path, mount: Mount
) -> None:
    layers = mount(tmp_path / "layers", "-t", "tmpfs", "tmpfs")
    for name in ("lower", "upper", "work"):
        (layers / name).mkdir()
    options = ",".join(f"{name}dir={layers / name}" for name in ("lower", "upper", "work"))
    over = mount(tmp_path / "over", "-t", "overlay", "-o", options, "overlay")
    again = mount(tmp_path / "again", "--bind", str(layers / "upper"))
    link = tmp_path / "link"
    link.symlink_to(again)
    told = [file_system(folder) for folder in (over, again, link)]
    assert told == ["overlay", "tmpfs", "tmpfs"]
    assert works(over / "data")
    assert works(link / "other")


def test_what_was_mounted_last_at_a_place_is_what_counts(tmp_path: Path, mount: Mount) -> None:
    place = mount(tmp_path / "place", "-t", "tmpfs", "tmpfs")
    with fuse() as (words, handle):
        mount(place, *words, keeps=(handle,))
    assert is_far(place)
    mount(place, "-t", "ramfs", "ramfs")
    assert (is_far(place), file_system(place)) == (False, "ramfs")
    mount(place, "-t", "tmpfs", "tmpfs")
    assert file_system(place) == "tmpfs"


def test_a_folder_of_a_program_that_is_gone_is_told_and_refused_in_one_sentence(
    tmp_path: Path, mount: Mount
) -> None:
    """A connection to another machine broke: its mount is still there, and answers nothing."""
    with fuse() as (words, handle):
        folder = mount(tmp_path / "far", *words, keeps=(handle,))
    assert is_far(folder / "data")
    with pytest.raises(StoreProblem, match="STUDIO_DATA_DIR"):
        Vault(folder / "data").open()
