"""The vault and the caches: whole files under their hash, one process, nothing unpickled."""

import json
import os
import pickle
import re
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Generator
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from providers.errors import StoreProblem
from providers.library.cache import SafeDisk, Shelf, UnsafeRecord, open_shelf
from providers.library.derived import Derived
from providers.library.vault import Vault, as_store_problem


@pytest.fixture
def vault(tmp_path: Path) -> Generator[Vault]:
    vault = Vault(tmp_path / "data")
    vault.open()
    yield vault
    vault.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Generator[Shelf]:
    shelf = Shelf(tmp_path / "shelf", most_bytes=1 << 20)
    yield shelf
    shelf.close()


def _part(vault: Vault, content: bytes) -> Path:
    part = vault.part()
    part.write_bytes(content)
    return part


def test_a_kept_file_lies_whole_and_read_only_under_its_hash(vault: Vault) -> None:
    part = _part(vault, b"picture")
    kept = vault.keep(part)
    path = vault.path(kept.sha256)
    assert kept.sha256 == sha256(b"picture").hexdigest() == path.name
    assert path.read_bytes() == b"picture"
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert not part.exists()
    assert vault.size() == (7, 1)


def test_the_same_bytes_are_kept_once(vault: Vault) -> None:
    first, second = vault.keep(_part(vault, b"same")), vault.keep(_part(vault, b"same"))
    assert first == second
    assert vault.size() == (4, 1)


def test_a_short_file_under_the_right_name_is_replaced_by_the_whole_one(vault: Vault) -> None:
    kept = vault.keep(_part(vault, b"whole"))
    path = vault.path(kept.sha256)
    path.chmod(0o600)
    path.write_bytes(b"wh")
    vault.keep(_part(vault, b"whole"))
    assert path.read_bytes() == b"whole"


@pytest.mark.fault("F68")
def test_a_rotten_file_under_the_right_name_is_replaced_by_the_sound_one(vault: Vault) -> None:
    kept = vault.keep(_part(vault, b"sound"))
    path = vault.path(kept.sha256)
    path.chmod(0o600)
    path.write_bytes(b"sOund")
    vault.keep(_part(vault, b"sound"))
    assert path.read_bytes() == b"sound"


def test_folders_are_private_even_under_a_wide_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        vault = Vault(tmp_path / "data")
        vault.open()
        vault.keep(_part(vault, b"x"))
        vault.close()
    finally:
        os.umask(before)
    folders = [path for path in (tmp_path / "data").rglob("*") if path.is_dir()]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [*folders, tmp_path / "data"]}
    assert modes == {0o700}


def test_what_was_cut_short_is_swept_at_the_next_start(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    vault.open()
    part = _part(vault, b"half")
    vault.close()
    vault.open()
    assert not part.exists()
    vault.close()


@pytest.mark.fault("F72")
def test_a_second_studio_on_the_same_folder_is_refused_with_the_first_ones_number(
    tmp_path: Path,
) -> None:
    code = (
        "import sys; from pathlib import Path; from providers.library.vault import Vault;"
        "vault = Vault(Path(sys.argv[1])); vault.open(); print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        who = rf"process {other.pid} on {re.escape(socket.gethostname())}\).*already uses"
        with pytest.raises(StoreProblem, match=who):
            Vault(tmp_path).open()
        # At once: the first still holds the folder, and was not waited for.
        assert other.poll() is None
        other.kill()
        other.communicate()
    # The lock of a dead process is free at once, though its name still stands there.
    assert str(other.pid) in (tmp_path / "LOCK").read_text()
    again = Vault(tmp_path)
    again.open()
    assert again.was_cut
    again.close()


def test_the_folder_tells_whose_it_is(vault: Vault) -> None:
    assert not vault.is_known
    vault.begin()
    told = json.loads((vault.folder / "STORE").read_text())
    vault.close()
    vault.open()
    vault.begin()
    assert json.loads((vault.folder / "STORE").read_text()) == told
    assert told["schema"] == 1
    assert vault.is_known


@pytest.mark.fault("F62")
def test_a_folder_that_is_a_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StoreProblem, match="STUDIO_DATA_DIR"):
        Vault(tmp_path / "data").open()


@pytest.mark.fault("F58")
def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    assert "disk is full" in str(as_store_problem(OSError(28, "No space left"), tmp_path))
    assert "disk is full" in str(as_store_problem(OSError(122, "Quota exceeded"), tmp_path))
    assert "STUDIO_DATA_DIR" in str(as_store_problem(OSError(30, "Read-only"), tmp_path))


def test_a_shelf_gives_back_values_and_files(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("key", {"name": ["ä", 1, None]})
    assert shelf.value("key") == {"name": ["ä", 1, None]}
    (tmp_path / "picture").write_bytes(b"webp" * 20000)
    kept = shelf.put_file("file", tmp_path / "picture")
    assert kept == shelf.file("file")
    assert kept is not None
    assert kept.read_bytes() == b"webp" * 20000
    shelf.forget("key")
    assert shelf.value("key") is None


@pytest.mark.parametrize("bad", [float("nan"), {1, 2}, b"bytes", object()])
def test_a_shelf_takes_only_json(shelf: Shelf, bad: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        shelf.put("key", bad)  # pyright: ignore[reportArgumentType]


class Bomb:
    """Unpickling this leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (str(self.mark),))


def _plant(shelf: Shelf, folder: Path, change: str, *values: object) -> None:
    shelf.put("key", "value")
    shelf.put("large", "v" * 100_000)
    with sqlite3.connect(folder / "cache.db") as database:
        database.execute(change, values)
    database.close()


@pytest.mark.fault("F71")
def test_planted_pickle_value(shelf: Shelf, tmp_path: Path) -> None:
    bomb = sqlite3.Binary(pickle.dumps(Bomb(tmp_path / "mark")))
    _plant(
        shelf, tmp_path / "shelf", "update Cache set mode = 4, value = ? where key = 'key'", bomb
    )
    assert shelf.value("key") is None
    assert not (tmp_path / "mark").exists()


@pytest.mark.fault("F71")
def test_planted_pickle_key(shelf: Shelf, tmp_path: Path) -> None:
    bomb = sqlite3.Binary(pickle.dumps(Bomb(tmp_path / "mark")))
    change = "update Cache set key = ?, raw = 0 where key = 'key'"
    _plant(shelf, tmp_path / "shelf", change, bomb)
    with pytest.raises(UnsafeRecord):
        SafeDisk(str(tmp_path / "shelf")).get(bomb, False)
    assert shelf.value("key") is None
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("absolute", [True, False])
@pytest.mark.fault("F71")
def test_planted_filename_read(shelf: Shelf, tmp_path: Path, absolute: bool) -> None:
    secret = tmp_path / "secret"
    secret.write_text('"secret"')
    name = str(secret) if absolute else "../secret"
    change = "update Cache set filename = ? where key = 'large'"
    _plant(shelf, tmp_path / "shelf", change, name)
    assert shelf.value("large") is None
    assert shelf.file("large") is None


@pytest.mark.fault("F71")
def test_planted_filename_delete(shelf: Shelf, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    change = "update Cache set filename = ? where key = 'large'"
    _plant(shelf, tmp_path / "shelf", change, str(secret))
    shelf.forget("large")
    shelf.put("large", "again")
    assert secret.read_text() == "secret"


@pytest.mark.fault("F70")
def test_a_damaged_cache_is_begun_anew(tmp_path: Path) -> None:
    folder = tmp_path / "shelf"
    Shelf(folder, most_bytes=1 << 20).close()
    (folder / "cache.db").write_bytes(b"<!doctype html>" * 100)
    shelf = open_shelf(folder, most_bytes=1 << 20)
    shelf.put("key", 1)
    assert shelf.value("key") == 1
    shelf.close()


@pytest.mark.fault("F70")
@pytest.mark.parametrize("harm", ["deleted", "locked", "overwritten"])
def test_a_cache_that_is_harmed_while_it_is_used_only_forgets(tmp_path: Path, harm: str) -> None:
    """What it held can be had again; nobody is stopped, and the next start has a sound one."""
    shelf = Shelf(tmp_path / "shelf", most_bytes=1 << 20, patience=0.05)
    shelf.put("key", "value")
    database = tmp_path / "shelf" / "cache.db"
    locker = sqlite3.connect(database, isolation_level=None)
    if harm == "deleted":
        for path in (tmp_path / "shelf").iterdir():
            path.unlink()
    elif harm == "locked":
        locker.execute("begin exclusive")
    else:
        database.write_bytes(b"<!doctype html>" * 500)
    shelf.put("other", "value")
    assert shelf.value("other") in ("value", None)
    assert shelf.file("nothing") is None
    shelf.forget("key")
    locker.close()
    shelf.close()
    again = open_shelf(tmp_path / "shelf", most_bytes=1 << 20)
    again.put("key", "new")
    assert again.value("key") == "new"
    again.close()


def test_a_cache_stays_under_its_limit(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", most_bytes=1 << 20)
    for number in range(60):
        shelf.put(f"key{number}", "v" * 100_000)
    assert shelf.size() < (1 << 20) + 300_000
    assert shelf.value("key59") is not None
    shelf.close()


@pytest.mark.anyio
async def test_thumbs_and_posters_are_made_once_and_found_again(
    vault: Vault, tmp_path: Path
) -> None:
    Image.new("RGB", (1600, 900), "teal").save(tmp_path / "picture.png")
    derived = Derived(tmp_path / "cache", vault.part, megabytes=16)
    derived.open()
    thumb = await derived.thumb("ab", tmp_path / "picture.png", "image")
    poster = await derived.poster("ab", tmp_path / "picture.png", "image")
    with Image.open(thumb) as small, Image.open(poster) as large:
        assert (small.format, small.size, large.size) == ("WEBP", (480, 270), (1280, 720))
    (tmp_path / "picture.png").unlink()
    assert await derived.thumb("ab", tmp_path / "picture.png", "image") == thumb
    derived.close()


def test_vendor_ids_of_uploads_belong_to_one_account(vault: Vault, tmp_path: Path) -> None:
    derived = Derived(tmp_path / "cache", vault.part, megabytes=16)
    derived.open()
    derived.keep_upload("one", "ab", "asset-1", seconds=60)
    assert (derived.upload("one", "ab"), derived.upload("two", "ab")) == ("asset-1", None)
    derived.forget_upload("one", "ab")
    assert derived.upload("one", "ab") is None
    derived.close()
