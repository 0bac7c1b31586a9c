"""What the studio is started in: a file of settings by any editor, folders, a terminal, a network."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from providers.envfile import read_env_file
from providers.errors import Misconfigured
from providers.settings import Settings
from tests.deploy.rehearsal import image_made
from tests.support.servers import ROOT, StudioServer

pytestmark = pytest.mark.slow

KEY = "key_" + "0123456789abcdef" * 8
COMMANDS = ["app.py", "-m providers.people list", "-m providers.durability.verify"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_of_settings_is_read_in_every_encoding_that_editors_write(
    tmp_path: Path, encoding: str, end: str
) -> None:
    lines = ["# Schlüssel", f"RUNWAYML_API_SECRET={KEY}", 'STUDIO_DATA_DIR="/tmp/影"', ""]
    file = tmp_path / ".env"
    file.write_bytes(end.join(lines).encode(encoding))
    assert read_env_file(file) == {"RUNWAYML_API_SECRET": KEY, "STUDIO_DATA_DIR": "/tmp/影"}


def test_an_old_code_page_harms_no_comment_and_is_named_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(f"# clé\nRUNWAYML_API_SECRET={KEY}\n".encode("cp1252"))
    assert read_env_file(file) == {"RUNWAYML_API_SECRET": KEY}
    file.write_bytes(f"RUNWAYML_API_SECRET={KEY}\nSTUDIO_DATA_DIR=/tmp/clé\n".encode("cp1252"))
    with pytest.raises(Misconfigured) as refused:
        read_env_file(file)
    assert str(refused.value).startswith(f"{file} is not UTF-8 text in line 2.")
    assert KEY not in str(refused.value)
    file.write_bytes(os.urandom(64) + b"\x00\xff\n")
    with pytest.raises(Misconfigured, match="not UTF-8 text"):
        read_env_file(file)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_of_settings_that_cannot_be_read_is_named_in_a_sentence(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / ".env").write_bytes(b"STUDIO_DATA_DIR=/tmp/cl\xe9\n")
    done = run(command, tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"{tmp_path / '.env'} is not UTF-8 text in line 1. Save it as UTF-8 and start again."
    ]


def test_settings_and_keys_of_a_file_count_after_those_of_the_environment(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    said = [f"STUDIO_DATA_DIR={tmp_path / 'other'}", "studio_max_upload_mb=3", "STUDIO_SANDBOX="]
    (tmp_path / ".env").write_text("\n".join([*said, f"RUNWAYML_API_SECRET={KEY}"]), "utf-16")
    server = StudioServer(folder).start()
    try:
        assert f"Files and history: {folder}" in server.told
        assert "With your key: Runway." in server.told
        assert not (tmp_path / "other").exists()
    finally:
        server.close()


def test_a_folder_may_begin_at_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    server = StudioServer(
        tmp_path / "x", STUDIO_DATA_DIR="~/pictures", STUDIO_RECEIPTS_DIR="~/kept", HOME=str(home)
    )
    try:
        assert f"Files and history: {home / 'pictures'}" in server.start().told
        assert (home / "kept").is_dir()
        assert not (tmp_path / "~").exists()
    finally:
        server.close()
    for command in COMMANDS[1:]:
        where = "--data-dir=~/pictures"
        words = (
            command.replace(" list", f" {where} list")
            if "list" in command
            else f"{command} {where}"
        )
        assert run(words, tmp_path, HOME=str(home)).returncode == 0


@pytest.mark.parametrize("encoding", ["cp1252", "ascii:strict"])
def test_a_terminal_that_cannot_show_a_folders_name_ends_no_start(
    tmp_path: Path, encoding: str
) -> None:
    folder = tmp_path / "影 ü 😀"
    server = StudioServer(folder, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    try:
        assert server.start().stop() == 0
        assert "Traceback" not in server.log.read_text()
    finally:
        server.close()
    done = run(
        "-m providers.durability.verify",
        tmp_path,
        STUDIO_DATA_DIR=str(folder),
        PYTHONIOENCODING=encoding,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_account_without_a_home_is_told_to_name_a_folder(tmp_path: Path, command: str) -> None:
    module = {"app.py": "app"}.get(command, command.removeprefix("-m "))
    done = run(f"-m tests.support.nameless {module}", tmp_path, STUDIO_DATA_DIR="")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "This account has no home folder. Say where the history and files are kept with STUDIO_DATA_DIR."
    ]


def test_an_account_without_a_name_or_home_can_run_the_studio(tmp_path: Path) -> None:
    server = StudioServer(tmp_path / "data", module="tests.support.nameless")
    try:
        assert server.start().get("healthz") is not None
    finally:
        server.close()


def test_an_address_may_be_written_as_in_a_browser(tmp_path: Path) -> None:
    assert Settings(host=" 127.0.0.1 ").host == "127.0.0.1"
    assert Settings(host="localhost").host == "localhost"
    server = StudioServer(tmp_path / "data", STUDIO_HOST="[::1]")
    try:
        assert server.start().get("healthz") is not None
    finally:
        server.close()


@pytest.mark.parametrize("host", ["127.0.0.1:80", "http://localhost", "a b", "[", "::1/64"])
def test_what_is_no_address_is_named_in_a_sentence(tmp_path: Path, host: str) -> None:
    done = run("app.py", tmp_path, STUDIO_HOST=host)
    assert (done.returncode, done.stderr.count("\n"), host in done.stderr) == (1, 1, False)
    assert done.stderr.startswith("A setting is invalid. STUDIO_HOST: write an address or a name")


def test_a_folder_that_is_none_is_named_with_what_it_is(tmp_path: Path) -> None:
    dangling, file = tmp_path / "dangling", tmp_path / "file"
    dangling.symlink_to(tmp_path / "nowhere")
    file.touch()
    for path, what in ((dangling, "a link to a folder that is gone"), (file, "not a folder")):
        done = run("app.py", tmp_path, STUDIO_DATA_DIR=str(path))
        told = f"The data folder {path} can't be used (it is {what}). "
        assert (done.returncode, done.stderr.startswith(told)) == (1, True), done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("proxy", ["socks5h://u:p@127.0.0.1:9", "::"])
def test_a_proxy_of_the_environment_ends_no_start(tmp_path: Path, proxy: str) -> None:
    server = StudioServer(tmp_path / "data", ALL_PROXY=proxy, all_proxy=proxy, HTTPS_PROXY=proxy)
    try:
        assert server.start().get("healthz") is not None
        assert "Traceback" not in server.log.read_text()
    finally:
        server.close()


def test_a_space_gets_the_page_and_an_image_with_what_it_sets_by_itself(tmp_path: Path) -> None:
    space = {
        "SPACE_ID": "ada/studio",
        "SPACE_HOST": "ada-studio.hf.space",
        "GRADIO_SSR_MODE": "true",
    }
    server = StudioServer(tmp_path / "data", module="tests.support.nameless")
    server.settings = {**space, "SYSTEM": "spaces"}
    try:
        url = server.start().url
        page = httpx.get(url, headers={"Host": "ada-studio.hf.space"}, timeout=60)
        assert (page.status_code, "Multishot Studio" in page.text) == (200, True)
        with httpx.Client(base_url=url, headers={"Host": "ada-studio.hf.space"}) as client:
            assert image_made(client) > 1000
        assert "Traceback" not in server.log.read_text()
    finally:
        server.close()


def run(command: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command of the studio in a folder, to its end."""
    server = StudioServer(folder / "data")
    words = [word.replace("app.py", str(ROOT / "app.py")) for word in command.split()]
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder, env={**server.environment(), "PYTHONPATH": str(ROOT), **settings},
        capture_output=True, text=True, errors="replace", timeout=120, check=False,
    )  # fmt: skip
