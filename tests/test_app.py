"""Starting and stopping: what the command line says, what is refused in one sentence, and a graceful end."""

import logging
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

import app
from providers.settings import Credentials, Settings, usual, usual_data_dir
from tests.support.servers import ROOT, StudioServer
from ui.web.logs import SafeFormatter

pytestmark = pytest.mark.slow

KEY = "user:12-AbCdEfGh"


def test_help_shows_every_setting_and_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        app.read_settings(["--help"], {})
    shown = " ".join(capsys.readouterr().out.split())
    close = shown.replace(" ", "")
    for name, field in Settings.model_fields.items():
        assert f"--{name.replace('_', '-')}" in shown
        assert (field.description or "").split()[0] in shown
        assert f"(default:{usual(name)})" in close
    assert not re.search(r"factory|default: (?:\)|None|True|False)", shown)
    assert str(usual_data_dir()) in close
    assert "USEAPI_TOKEN" in shown
    assert "STUDIO_USEAPI_BASE_URL" in shown
    assert "--useapi" not in shown.lower()


def test_the_command_line_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STUDIO_PORT", "1234")
    monkeypatch.setenv("STUDIO_MAX_UPLOAD_MB", "7")
    settings = app.read_settings(["--port", "4321", "--sandbox"], {})
    assert (settings.port, settings.max_upload_mb, settings.sandbox) == (4321, 7, True)
    assert settings.host == "127.0.0.1"


def test_certificates_of_other_programs_that_cannot_be_read_are_named_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/authority.pem")
    with pytest.raises(SystemExit, match=r"SSL_CERT_FILE: it must be a file of certificates"):
        app.read_settings([], {})


def test_a_space_listens_to_all_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STUDIO_HOST", raising=False)
    assert app.read_settings([], {"SPACE_ID": "a/b"}).host == "0.0.0.0"
    assert app.read_settings(["--host", "127.0.0.1"], {"SPACE_ID": "a/b"}).host == "127.0.0.1"


def test_a_bad_setting_is_named_in_a_sentence_without_its_value(tmp_path: Path) -> None:
    done = started_and_refused({"STUDIO_PORT": "canary-99999"}, tmp_path)
    assert done == "A setting is invalid. STUDIO_PORT: it must be a whole number.\n"
    assert done.count("\n") == 1


def test_a_level_of_the_log_may_be_in_capitals_and_an_unknown_one_is_refused(
    tmp_path: Path,
) -> None:
    assert Settings.model_validate({"log_level": " DEBUG"}).log_level == "debug"
    done = started_and_refused({"STUDIO_LOG_LEVEL": "canary"}, tmp_path)
    told = "STUDIO_LOG_LEVEL: it must be one of 'debug', 'info', 'warning' or 'error'.\n"
    assert done == f"A setting is invalid. {told}"


@pytest.mark.parametrize(
    "command",
    ["providers.durability.restore", "providers.durability.verify", "providers.people list"],
)
def test_the_commands_name_a_bad_setting_as_the_studio_does(tmp_path: Path, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=ROOT,
        env={**os.environ, "STUDIO_DATA_DIR": str(tmp_path), "STUDIO_PORT": "canary-99999"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = "A setting is invalid. STUDIO_PORT: it must be a whole number.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


@pytest.mark.parametrize(
    ("settings", "space", "refused"),
    [
        ({"host": "127.0.0.1"}, {}, False),
        ({"host": "localhost"}, {}, False),
        ({"host": "::1"}, {}, False),
        ({"host": "0.0.0.0"}, {}, True),
        ({"host": "192.168.1.5"}, {}, True),
        ({"host": "studio.lan"}, {}, True),
        ({"host": "127.0.0.1"}, {"SPACE_ID": "a/b"}, True),
        ({"host": "0.0.0.0", "trust_network": True}, {}, False),
        ({"host": "0.0.0.0", "sandbox": True}, {}, False),
    ],
)
def test_a_key_is_not_opened_to_others_unasked(
    settings: dict[str, str | bool], space: dict[str, str], refused: bool
) -> None:
    asked = Settings.model_validate(settings)
    app.refuse_open_keys(asked, Credentials({}), space)
    if not refused:
        app.refuse_open_keys(asked, Credentials({"USEAPI_TOKEN": KEY}), space)
        return
    with pytest.raises(SystemExit) as left:
        app.refuse_open_keys(asked, Credentials({"USEAPI_TOKEN": KEY}), space)
    assert "STUDIO_TRUST_NETWORK" in str(left.value)
    assert "`python -m providers.people add NAME`" in str(left.value)
    assert KEY not in str(left.value)
    # Whoever comes has to sign in.
    app.refuse_open_keys(asked, Credentials({"USEAPI_TOKEN": KEY}), space, people=1)


def test_a_taken_port_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        with pytest.raises(SystemExit) as left:
            app.listen("127.0.0.1", port)
    assert str(left.value).startswith(f"Cannot listen on 127.0.0.1:{port}: ")


def test_the_printed_address_is_one_that_a_browser_can_open() -> None:
    assert app.page_address("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert app.page_address("::1", 80) == "http://[::1]:80"
    assert app.page_address("studio.lan", 7860) == "http://studio.lan:7860"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"STUDIO_CAP_DAYS": "useapi=5"}, "STUDIO_CAP_DAYS is not a setting. Use STUDIO_CAP_DAY"),
        ({"STUDIO_RUNWARE_BASEURL": "http://x"}, "Use STUDIO_RUNWARE_BASE_URL"),
        ({"USEAPI_TOKEN": "canary key"}, "USEAPI_TOKEN is empty or contains a space"),
        ({"RUNWARE_API_KEY": "'canary'"}, "RUNWARE_API_KEY is empty"),
        ({"RUNFLOW_API_KEY": "..."}, "RUNFLOW_API_KEY is empty"),
        ({"STUDIO_RUNWAY_BASE_URL": "canary"}, "STUDIO_RUNWAY_BASE_URL is not an address"),
    ],
)
def test_a_slip_in_a_variable_is_refused_in_a_sentence(
    environment: dict[str, str | None], told: str
) -> None:
    with pytest.raises(SystemExit) as left:
        app.refuse_slips(Credentials(environment))
    assert told in str(left.value)
    assert "canary" not in str(left.value)


def test_variables_of_other_programs_and_keys_with_white_space_around_pass() -> None:
    app.refuse_slips(
        Credentials({"STUDIO_JDK": "/jdk", "STUDIO_VM_OPTIONS": "", "USEAPI_TOKEN": f" {KEY}\n"})
    )


def test_the_first_words_say_what_is_connected_and_where_files_lie(
    studio_server: StudioServer,
) -> None:
    told = studio_server.told
    assert "Sandbox, no credits spent: useapi.net, Runway, Runware, Runflow." in told
    assert str(studio_server.folder) in told
    assert "Ctrl+C" in told


@pytest.mark.fault("F93")
def test_a_missing_requirement_is_a_sentence_that_says_how_to_get_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "app.py")],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "make run" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_process_on_the_same_folder_is_refused(studio_server: StudioServer) -> None:
    folder = studio_server.folder
    done = started_and_refused({"STUDIO_DATA_DIR": str(folder)}, folder.parent)
    assert done.count("\n") == 1, done
    assert "Traceback" not in done
    assert str(folder) in done
    assert studio_server.get("healthz") is not None


def test_sigterm_ends_the_server_in_order_though_pages_are_open(
    studio_server: StudioServer,
) -> None:
    live = studio_server.url.replace("http", "ws") + "/live"
    with connect(live) as page, connect(live) as other:
        page.recv(timeout=60)
        other.recv(timeout=60)
        # The pages stay until the server goes: one that waits for them never ends.
        assert studio_server.stop() == 0
        with pytest.raises(ConnectionClosed):
            page.recv(timeout=60)
    assert "Traceback" not in studio_server.log.read_text()
    first = studio_server.port
    assert studio_server.start().port == first


def test_what_stands_from_the_start_is_never_searched_for_garbage(tmp_path: Path) -> None:
    """Each search through the whole page would hold every thread, and all answers with them."""
    server = StudioServer(tmp_path / "data", module="tests.support.searched").start()
    try:
        assert httpx.get(server.url).status_code == 200
        assert server.stop() == 0
    finally:
        server.close()
    through, left_out = map(int, server.log.read_text().splitlines()[-1].split())
    assert through * 5 < left_out


PARSED = """
import sys
found = []
def hook(event, told):
    # What is compiled without a file to run was parsed to be looked at.
    if event == "compile" and told[1] == "<unknown>" and "from gradio" in str(told[0]):
        found.append(told[0])
sys.addaudithook(hook)
import ui.web.app
print(len(found))
"""


def test_no_source_of_gradio_is_parsed_at_a_start_to_write_about_it() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PARSED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout == "0\n"


def started_and_refused(settings: dict[str, str], folder: Path) -> str:
    """What the command says on standard error when it does not start."""
    environment = {**os.environ, "STUDIO_PORT": "0", **settings}
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done
    assert done.stdout == ""
    return done.stderr


@pytest.mark.fault("F92")
def test_the_log_holds_no_key_no_signed_link_and_no_forged_line() -> None:
    formatter = SafeFormatter([SecretStr("user:1-a b/c")])
    said = "user:1-a b/c and user%3A1-a%20b%2Fc at https://x/y?_jwt=abc.def&Signature=zz&w=1"
    forged = "ok\n2026-01-01 00:00:00 ERROR root: forged\x1b[2J\u2028"
    try:
        raise ValueError("user:1-a b/c")
    except ValueError:
        trouble = sys.exc_info()
    text = "\n".join(
        formatter.format(logging.LogRecord("x", logging.INFO, "", 1, message, None, info))
        for message, info in ((said, None), (forged, None), ("failed", trouble))
    )
    assert "a b/c" not in text
    assert "a%20b" not in text
    assert "abc.def" not in text
    assert "zz" not in text
    assert "w=1" in text
    assert "\x1b" not in text
    assert "\u2028" not in text
    assert not any(line.startswith("2026-01-01") for line in text.splitlines())
