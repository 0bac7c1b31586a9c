"""The page's keys over HTTP: asked about before they are kept, kept for this account alone, and never told."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from pydantic import JsonValue, SecretStr
from starlette.testclient import WebSocketTestSession

from providers.library.disk import Disk
from providers.people.keys import KeyFile
from providers.people.register import Register
from providers.vendors.all import VENDORS
from tests.support.guests import House, invite, open_house
from tests.support.ports import Port
from tests.support.serving import LIVE, Web, serve
from tests.support.two_accounts import FIRST, SECOND, Accounts, two_accounts
from ui.web import logs

NAMES = [vendor.name for vendor in VENDORS]
NOT_POSIX = os.name != "posix"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    """The vendors over HTTP: they know two keys and no other."""
    with two_accounts(tmp_path_factory.mktemp("accounts")) as made:
        yield made


def addresses(accounts: Accounts) -> dict[str, str | None]:
    """Where they are, as the environment says it."""
    return {
        f"STUDIO_{one.name.upper()}_BASE_URL": f"http://127.0.0.1:{accounts.port}/{one.name}{accounts.path(one)}"
        for one in VENDORS
    }


@pytest.fixture
def web(tmp_path: Path, accounts: Accounts) -> Iterator[Web]:
    """A studio without keys, whose vendors are those."""
    accounts.away = set()
    accounts.asked.clear()
    yield from serve(tmp_path / "data", addresses(accounts))


def paste(web: Web | House, vendor: str, key: object, **headers: str) -> tuple[int, str]:
    """Status and whole answer of a paste."""
    answer = web.client.post(f"/connections/{vendor}/key", json={"key": key}, headers=headers)
    return answer.status_code, answer.text


def sentence(text: str) -> str:
    """The one sentence of a refusal."""
    return text.partition('"message":"')[2].partition('","')[0]


@pytest.mark.parametrize("vendor", NAMES)
def test_a_key_that_works_is_kept_and_told_by_its_end_alone(web: Web, vendor: str) -> None:
    status, text = paste(web, vendor, f" {FIRST}\n")
    assert (status, FIRST in text, '"end":"irst"' in text) == (200, False, True)
    kept = web.studio.settings.data_dir / "keys"
    assert FIRST in kept.read_text()
    assert NOT_POSIX or kept.stat().st_mode & 0o777 == 0o600
    assert not web.studio.connections[vendor].is_sandbox
    for path in ("/settings", "/notices", "/", "/config", "/healthz", "/jobs?since=0", "/spend"):
        assert FIRST not in web.client.get(path).text, path
    assert web.client.delete(f"/connections/{vendor}/key").status_code == 200
    assert FIRST not in kept.read_text()
    assert web.studio.connections[vendor].is_sandbox


@pytest.mark.parametrize("vendor", NAMES)
def test_a_wrong_key_is_refused_in_a_sentence_and_not_kept(web: Web, vendor: str) -> None:
    status, text = paste(web, vendor, "user:3-stranger")
    assert status == 422
    assert "doesn't accept th" in text
    assert "The key wasn't saved." in text
    assert not (web.studio.settings.data_dir / "keys").exists()
    assert web.studio.connections[vendor].is_sandbox


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "Paste a key first."),
        ("   \n", "Paste a key first."),
        (f'"{FIRST}"', "quotation marks"),
        (f"\u201c{FIRST}\u201d", "quotation marks"),
        (f"Bearer {FIRST}", "Bearer"),
        (f"authorization: bearer {FIRST}", "Bearer"),
        (f"RUNWAYML_API_SECRET={FIRST}", "without its name"),
        (f"{FIRST[:6]}\n{FIRST[6:]}", "line break"),
        ("two words", "space"),
        ("schlüssel-schlüssel", "characters that no key has"),
        ("k\x00ey", "characters that no key has"),
        ("k" * 513, "too long"),
        ("k" * 5000, "must be text"),
        (None, "Paste a key first."),
        (7, "must be text"),
    ],
)
def test_what_is_no_key_gets_a_sentence_and_nobody_is_asked(
    web: Web, accounts: Accounts, key: object, said: str
) -> None:
    status, text = paste(web, "runway", key)
    assert (status, said in text) == (422, True), text
    assert not isinstance(key, str) or not key.strip() or key.strip() not in text
    assert (accounts.asked, (web.studio.settings.data_dir / "keys").exists()) == ([], False)


def test_a_vendor_that_does_not_answer_keeps_nothing(web: Web, accounts: Accounts) -> None:
    accounts.away = {"account", "look"}
    status, text = paste(web, "runway", FIRST)
    assert (status, "couldn't be checked" in text) == (422, True)
    assert not (web.studio.settings.data_dir / "keys").exists()


def test_a_vendor_that_cannot_be_reached_keeps_nothing(tmp_path: Path) -> None:
    port = Port()
    address = {"STUDIO_RUNWAY_BASE_URL": f"http://127.0.0.1:{port.number}"}
    for web in serve(tmp_path / "data", {**address}):
        status, text = paste(web, "runway", FIRST)
        assert (status, "couldn't be reached" in text) == (422, True)
        assert not (tmp_path / "data" / "keys").exists()
    port.close()


def test_a_key_is_replaced_and_the_earlier_one_is_gone(web: Web) -> None:
    paste(web, "runway", FIRST)
    status, text = paste(web, "runway", SECOND)
    assert (status, '"end":"cond"' in text) == (200, True)
    assert FIRST not in (web.studio.settings.data_dir / "keys").read_text()
    # A wrong one after it leaves what was there.
    assert paste(web, "runway", "user:3-stranger")[0] == 422
    assert SECOND in (web.studio.settings.data_dir / "keys").read_text()
    assert web.studio.connections["runway"].key_source == "page"


def test_a_key_in_the_environment_wins_and_the_pasted_one_is_told(
    tmp_path: Path, accounts: Accounts
) -> None:
    folder = tmp_path / "data"
    for web in serve(folder, addresses(accounts)):
        paste(web, "runway", FIRST)
    for web in serve(folder, {**addresses(accounts), "RUNWAYML_API_SECRET": SECOND}):
        told = web.client.get("/settings").json()
        [key] = [one for one in told["keys"]["keys"] if one["vendor"] == "runway"]
        shown = (key["source"], key["end"], key["kept"], key["kept_end"])
        assert shown == ("environment", "cond", True, "irst")
        status, text = paste(web, "runway", FIRST)
        assert (status, "comes before a pasted key" in text) == (422, True)
        assert web.client.delete("/connections/runway/key").status_code == 200
        assert web.studio.connections["runway"].key_source == "environment"


def test_nobody_pastes_or_uses_a_key_where_all_can_reach_the_page(
    tmp_path: Path, accounts: Accounts
) -> None:
    folder = tmp_path / "data"
    for web in serve(folder, addresses(accounts)):
        paste(web, "runway", FIRST)
    for web in serve(folder, addresses(accounts), host="0.0.0.0"):
        assert web.studio.connections["runway"].is_sandbox
        assert "nobody has to sign in" in web.client.get("/settings").json()["keys"]["locked"]
        assert paste(web, "runware", FIRST)[0] == 422
    for web in serve(folder, addresses(accounts), host="0.0.0.0", trust_network=True):
        assert not web.studio.connections["runway"].is_sandbox
    for web in serve(folder, addresses(accounts), sandbox=True):
        assert web.studio.connections["runway"].is_sandbox
        assert "STUDIO_SANDBOX" in web.client.get("/settings").json()["keys"]["locked"]


def test_keys_that_lay_open_until_people_were_added_are_told_and_used_once_pasted_again(
    tmp_path: Path, accounts: Accounts
) -> None:
    for web in serve(tmp_path / "data", addresses(accounts)):
        paste(web, "runway", FIRST)
    for web in serve(tmp_path / "data", addresses(accounts), host="0.0.0.0"):
        invite(Register(tmp_path / "data"))
        told = web.client.get("/settings").json()["keys"]
        assert (told["locked"], "aren't used yet" in told["notice"]) == ("", True)
        assert web.studio.connections["runway"].is_sandbox
        assert paste(web, "runway", FIRST)[0] == 200
        assert not web.studio.connections["runway"].is_sandbox
        assert web.client.get("/settings").json()["keys"]["notice"] == ""


def test_only_an_admin_pastes_removes_and_sees(tmp_path: Path) -> None:
    for house in open_house(tmp_path / "data"):
        member, admin = house.carried("bea"), house.carried("ada")
        assert paste(house, "runway", FIRST, **member)[0] == 403
        assert (house.client.delete("/connections/runway/key", headers=member).status_code) == 403
        assert "keys" not in house.client.get("/settings", headers=member).json()
        assert "keys" in house.client.get("/settings", headers=admin).json()
        assert paste(house, "runway", FIRST)[0] == 401


def test_another_page_cannot_paste(web: Web) -> None:
    assert paste(web, "runway", FIRST, Origin="https://evil.example")[0] == 403
    plain = web.client.post("/connections/runway/key", content=f'{{"key":"{FIRST}"}}')
    assert plain.status_code == 415
    assert paste(web, "nobody", FIRST)[0] == 404


def connections_told(live: WebSocketTestSession) -> list[dict[str, JsonValue]]:
    """What the next frame about them says; others may come before it."""
    while (told := cast("dict[str, JsonValue]", live.receive_json()))["type"] != "connections":
        pass
    return cast("list[dict[str, JsonValue]]", told["connections"])


def test_every_window_learns_at_once(web: Web) -> None:
    with web.client.websocket_connect(LIVE) as live:
        assert live.receive_json()["type"] == "snapshot"
        paste(web, "runway", FIRST)
        told = connections_told(live)
        assert not next(one for one in told if one["vendor"] == "runway")["sandbox"]
        # The other key of the same vendor changes no flag, and is told all the same.
        paste(web, "runway", SECOND)
        assert connections_told(live)
    # A page that is opened next is written with it.
    assert '"name": "runway", "label": "Runway", "sandbox": false' in web.client.get("/").text


def test_no_line_of_the_log_holds_a_key_that_was_pasted(
    web: Web, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logs.SafeFormatter([]))
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    paste(web, "runway", "user:3-stranger")
    paste(web, "runway", "e")
    logging.getLogger("studio").error("A line with user:3-stranger in it")
    told = capsys.readouterr().err
    assert "user:3-stranger" not in told
    # A slip of the finger takes no letter out of it.
    assert "A line with [key] in it" in told


def kept(folder: Path) -> Path:
    """A file with a key, as the studio writes it."""
    folder.mkdir(exist_ok=True)
    KeyFile(folder).put("runway", SecretStr(FIRST))
    return folder / "keys"


def damage(file: Path, how: str) -> None:
    """Do to a file of keys what may happen to one."""
    content = file.read_bytes()
    if how == "open":
        file.chmod(0o644)
    elif how == "link":
        file.rename(file.with_name("elsewhere"))
        file.symlink_to("elsewhere")
    elif how == "folder":
        file.unlink()
        file.mkdir()
    elif how == "newer":
        file.write_bytes(content.replace(b'"version": 1', b'"version": 9'))
    else:
        cut = {"cut": content[:-9], "empty": b"", "text": b"user:1-first", "bytes": b"\xff\xfe\x00"}
        file.write_bytes(cut[how])


@pytest.mark.skipif(NOT_POSIX, reason="The modes of files are POSIX's.")
@pytest.mark.parametrize(
    "how", ["open", "link", "folder", "newer", "cut", "empty", "text", "bytes"]
)
def test_a_file_that_cannot_be_trusted_is_told_and_the_sandbox_stands_in(
    tmp_path: Path, accounts: Accounts, how: str
) -> None:
    damage(kept(tmp_path / "data"), how)
    for web in serve(tmp_path / "data", addresses(accounts)):
        assert web.studio.connections["runway"].is_sandbox
        told = web.client.get("/settings").json()["keys"]["notice"]
        assert (str(tmp_path / "data" / "keys") in told, FIRST in told) == (True, False)
        if how != "folder":
            assert paste(web, "runway", SECOND)[0] == 200
            assert web.client.get("/settings").json()["keys"]["notice"] == ""


def test_a_key_is_whole_or_not_there_when_the_process_dies_between_write_and_rename(
    tmp_path: Path,
) -> None:
    file = kept(tmp_path)

    def dies(_from: Path, _to: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        KeyFile(tmp_path, Disk(replace=dies)).put("runway", SecretStr(SECOND))
    assert (tmp_path / "keys.new").exists()
    again = KeyFile(tmp_path)
    held = again.key("runway")
    assert held is not None
    assert held.get_secret_value() == FIRST
    assert SECOND not in "".join(path.read_text() for path in tmp_path.iterdir())
    assert file.exists()


def test_a_full_disk_keeps_the_key_before_it(tmp_path: Path) -> None:
    kept(tmp_path)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    held = KeyFile(tmp_path, Disk(fsync=full))
    with pytest.raises(Exception, match="disk is full"):
        held.put("runway", SecretStr(SECOND))
    assert not (tmp_path / "keys.new").exists()
    assert held.key("runway") == KeyFile(tmp_path).key("runway") == SecretStr(FIRST)


def test_a_key_of_somebody_has_a_place_of_its_own(tmp_path: Path) -> None:
    """What a person may set for their own later stands beside what is everybody's."""
    held = KeyFile(tmp_path)
    held.put("runway", SecretStr(FIRST))
    held.put("runway", SecretStr(SECOND), "ann")
    held.drop("runway")
    again = KeyFile(tmp_path)
    assert (again.key("runway"), again.key("runway", "ann")) == (None, SecretStr(SECOND))
