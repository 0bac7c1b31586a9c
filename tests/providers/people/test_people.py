"""The list of people: the command, what is kept on the disk, and how long a visit lasts."""

import asyncio
import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import app
from providers.catalogue.requests import ImageRequest
from providers.errors import InvalidRequest, StoreProblem
from providers.history.owners import histories
from providers.people.__main__ import main
from providers.people.listed import read_people
from providers.people.passwords import hashed, matches, nobody
from providers.people.register import IDLE, OLDEST, Register
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.guests import CHEAP, PASSWORD, Hand
from tests.support.servers import ROOT


def command(folder: Path, *words: str, password: str = PASSWORD) -> int:
    """The command with a cheap hash and this password at its prompt."""
    return main(["--data-dir", str(folder), *words], secret=lambda: password, cost=CHEAP)


def test_a_password_is_known_again_and_stands_nowhere() -> None:
    kept = hashed(PASSWORD, CHEAP)
    assert matches(PASSWORD, kept)
    assert not matches(PASSWORD + " ", kept)
    assert PASSWORD not in kept
    assert kept != hashed(PASSWORD, CHEAP), "Two people with one password have two hashes."
    assert not matches("", nobody(CHEAP))
    # The same letters typed on another keyboard.
    assert matches("pässwörter", hashed("pa\u0308sswo\u0308rter", CHEAP))


def test_the_usual_hash_is_dear() -> None:
    _, n, r, p, salt, found = hashed(PASSWORD).split("$")
    assert int(n) * int(r) * 128 >= 32 * 2**20
    assert int(p) >= 3
    assert (len(salt), len(found)) == (32, 64)
    # A name that nobody has takes as long to refuse.
    assert nobody().split("$")[1:4] == [n, r, p]


def test_the_first_person_is_an_admin_and_the_next_a_member(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, "add", "Ada") == 0
    assert "ada can sign in, as an admin" in capsys.readouterr().out
    assert command(tmp_path, "add", "bea") == 0
    assert command(tmp_path, "add", "cyd", "--admin") == 0
    people = Register(tmp_path).people()
    assert [(one.name, one.role) for one in people] == [
        ("ada", "admin"),
        ("bea", "member"),
        ("cyd", "admin"),
    ]
    assert len({one.owner for one in people}) == 3
    assert people[0].owner == "local"
    capsys.readouterr()
    assert command(tmp_path, "list") == 0
    assert capsys.readouterr().out.splitlines()[0] == "ada  admin  0 jobs"


@pytest.mark.parametrize(
    ("words", "password", "told"),
    [
        (("add", "bea"), "short", "8 to 1024 characters"),
        (("add", "b e a"), PASSWORD, "letters, digits"),
        (("add", "bea@example.org"), PASSWORD, "letters, digits"),
        (("add", "ADA"), PASSWORD, "name is already taken"),
        (("add", "bea", "--history", "gone-1"), PASSWORD, "There is no history 'gone-1'"),
        (("password", "nora"), PASSWORD, "no person named nora"),
        (("disable", "ada"), PASSWORD, "One admin must remain"),
        (("role", "ada", "member"), PASSWORD, "One admin must remain"),
        (("cap", "ada", "nobody=5"), PASSWORD, "There is no service 'nobody'"),
        (("cap", "ada", "five"), PASSWORD, "name each service once"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_changes_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    password: str,
    told: str,
) -> None:
    command(tmp_path, "add", "ada")
    before = Register(tmp_path).people()
    capsys.readouterr()
    assert command(tmp_path, *words, password=password) == 1
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""
    assert Register(tmp_path).people() == before


def test_the_last_admin_stays_while_others_are_there(tmp_path: Path) -> None:
    command(tmp_path, "add", "ada")
    command(tmp_path, "add", "bea")
    assert command(tmp_path, "remove", "ada") == 1
    assert command(tmp_path, "role", "bea", "admin") == 0
    assert command(tmp_path, "remove", "ada") == 0
    assert command(tmp_path, "remove", "bea") == 0
    assert not Register(tmp_path).has_people()


def test_a_password_comes_by_standard_input_and_goes_nowhere(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "providers.people", "--data-dir", str(tmp_path), "add", "ada"],
        cwd=ROOT,
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert PASSWORD not in done.stdout + done.stderr
    for file in tmp_path.rglob("*"):
        assert PASSWORD.encode() not in file.read_bytes(), file
        assert os.name != "posix" or stat.S_IMODE(file.stat().st_mode) == 0o600
    assert matches(PASSWORD, Register(tmp_path).password_of("ADA"))


def test_a_password_at_a_terminal_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    from providers.people.__main__ import read_secret

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    answers = iter([PASSWORD, PASSWORD, PASSWORD, "another"])
    assert read_secret(lambda _: next(answers)) == PASSWORD
    with pytest.raises(InvalidRequest):
        read_secret(lambda _: next(answers))


def test_a_space_gets_its_people_from_a_setting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines: list[str] = []
    for words in (("line", "Ada", "--admin"), ("line", "bea")):
        assert command(tmp_path, *words) == 0
        lines.append(capsys.readouterr().out.strip())
    assert not Register(tmp_path).has_people(), "A line changes nothing here."

    def start(folder: Path, *entries: str) -> int:
        return app.gather(Settings(data_dir=folder, people="\n".join(entries)))

    assert start(tmp_path) == 0
    assert start(tmp_path, *lines) == 2
    register = Register(tmp_path)
    people = register.people()
    assert [(one.name, one.role) for one in people] == [("ada", "admin"), ("bea", "member")]
    assert people[0].owner == "local"
    assert matches(PASSWORD, register.password_of("bea"))
    # The next start finds an empty disk, and everybody is who they were.
    again = tmp_path / "again"
    start(again, *lines)
    assert Register(again).people() == people
    # The next one finds the same disk: nobody is signed out, until the setting says otherwise.
    secret = register.begin("bea", "session")
    start(tmp_path, *lines)
    assert register.visitor(secret, "session") is not None
    command(tmp_path, "line", "bea", password="another password")
    start(tmp_path, lines[0], capsys.readouterr().out.strip())
    assert register.visitor(secret, "session") is None
    assert matches("another password", register.password_of("bea"))
    # Who was added by the command stays, and who is no longer named goes.
    command(tmp_path, "add", "cyd")
    assert start(tmp_path, lines[0]) == 2
    assert [one.name for one in register.people()] == ["ada", "cyd"]
    with pytest.raises(SystemExit, match="One admin must remain"):
        start(tmp_path)


@pytest.mark.parametrize(
    "entry",
    [
        "ada",
        "ada:admin",
        "ada:admin:canary",
        "ada:chief:{hash}",
        "a@b:admin:{hash}",
        "ada:admin:{hash}x",
        "ada:admin:scrypt$1000$8$1$" + "0" * 32 + "$" + "0" * 64,
        "ada:admin:scrypt$4194304$8$1$" + "0" * 32 + "$" + "0" * 64,
    ],
)
def test_an_entry_that_cannot_be_read_is_told_by_its_number(entry: str) -> None:
    kept = hashed(PASSWORD, CHEAP)
    with pytest.raises(InvalidRequest, match="Entry 2 of STUDIO_PEOPLE") as refused:
        read_people(f"bea:admin:{kept} {entry.format(hash=kept)}")
    assert kept not in str(refused.value)
    assert "canary" not in str(refused.value)
    with pytest.raises(InvalidRequest, match="names bea twice"):
        read_people(f"bea:admin:{kept} BEA:member:{kept}")
    assert kept not in repr(read_people(f"bea:admin:{kept}"))


def made_by(folder: Path, owner: str, prompt: str) -> str:
    """A finished job of this owner's; its id."""
    settings = Settings(data_dir=folder, sandbox_speed=0)

    async def make() -> str:
        studio = Studio(settings, credentials=Credentials({}))
        async with studio.running():
            request = ImageRequest(model="useapi:image/gen4", prompt=prompt)
            with studio.live.watch(owner) as changes:
                job = studio.submission.submit(request, owner=owner)
                while job.finished is None:
                    job = await changes.get()
            assert job.state == "done"
            return job.id

    return asyncio.run(make())


def test_nothing_is_lost_when_people_come_and_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = made_by(tmp_path, "local", "Made while nobody signed in")
    assert command(tmp_path, "add", "ada") == 0
    assert "ada took over what was made while nobody signed in" in capsys.readouterr().out
    command(tmp_path, "add", "bea", "--admin")
    register = Register(tmp_path)
    ada, bea = register.people()
    own = made_by(tmp_path, bea.owner, "Made by Bea")
    capsys.readouterr()
    # Bea leaves: her history stays, is listed, and goes to whom it is given.
    assert command(tmp_path, "remove", "bea") == 0
    assert f"1 job stays here: `add NAME --history {bea.owner}`" in capsys.readouterr().out
    assert command(tmp_path, "list") == 0
    assert f"(nobody)  history {bea.owner}  1 job" in capsys.readouterr().out
    assert command(tmp_path, "add", "bea") == 0
    assert register.person("bea").owner != bea.owner, "A new person of this name is a new one."
    assert command(tmp_path, "add", "dan", "--history", bea.owner) == 0
    assert command(tmp_path, "add", "eve", "--history", bea.owner) == 1
    assert histories(tmp_path) == {bea.owner: 1, ada.owner: 1}
    # When all are gone, the page without sign-in shows what it showed before.
    for name in ("bea", "dan", "ada"):
        assert command(tmp_path, "remove", name) == 0
    assert not register.has_people()

    async def seen() -> list[str]:
        studio = Studio(Settings(data_dir=tmp_path), credentials=Credentials({}))
        async with studio.running():
            owners = ("local", bea.owner)
            return [job.id for owner in owners for job in studio.live.recent(owner)]

    assert asyncio.run(seen()) == [before, own]


def test_a_session_ends_unused_and_in_any_case(tmp_path: Path) -> None:
    clock = Hand()
    register = Register(tmp_path, clock=clock)
    register.add("ada", PASSWORD, cost=CHEAP)
    secret = register.begin("ada", "session")
    begun = clock.now
    while clock.now + IDLE - 1 < begun + OLDEST:
        clock.now += IDLE - 1
        assert register.visitor(secret, "session") is not None
    clock.now = begun + OLDEST + 1
    assert register.visitor(secret, "session") is None
    idle = register.begin("ada", "session")
    clock.now += IDLE + 1
    assert register.visitor(idle, "session") is None
    # What has ended is forgotten with the next sign-in.
    register.begin("ada", "session")
    assert register.visitor(secret, "session") is None


def test_what_is_remembered_of_a_visit_goes_with_the_next_change(tmp_path: Path) -> None:
    clock = Hand()
    register, command_line = Register(tmp_path, clock=clock), Register(tmp_path, clock=clock)
    register.add("ada", PASSWORD, cost=CHEAP)
    register.add("bea", PASSWORD, cost=CHEAP)
    first, second = (register.begin("bea", "session") for _ in range(2))

    def settle() -> None:
        # As if the file had not been changed for a while.
        os.utime(tmp_path / "people.db", (1_000_000_000, 1_000_000_000))

    for change in (
        lambda: command_line.end(first),
        lambda: command_line.set_role("bea", "admin"),
        lambda: command_line.set_enabled("bea", False),
    ):
        settle()
        assert register.visitor(second, "session") == register.visitor(second, "session")
        assert register.visitor(second, "session") is not None
        change()
    assert register.visitor(first, "session") is None
    assert register.visitor(second, "session") is None
    third = register.begin("ada", "session")
    settle()
    assert register.visitor(third, "session") is not None
    clock.now += IDLE + 1
    assert register.visitor(third, "session") is None, "Time alone ends it, too."


def test_a_pass_lasts_until_it_is_ended_and_is_no_session(tmp_path: Path) -> None:
    clock = Hand()
    register = Register(tmp_path, clock=clock)
    register.add("ada", PASSWORD, cost=CHEAP)
    secret = register.begin("ada", "pass")
    clock.now += 10 * OLDEST
    assert register.visitor(secret, "pass") is not None
    assert register.visitor(secret, "session") is None
    assert command(tmp_path, "signout", "ada") == 0
    assert register.visitor(secret, "pass") is None


@pytest.mark.parametrize(
    "words", [("password", "bea"), ("disable", "bea"), ("remove", "bea"), ("signout", "bea")]
)
def test_a_change_of_the_list_ends_what_was_begun(tmp_path: Path, words: tuple[str, ...]) -> None:
    register = Register(tmp_path)
    register.add("ada", PASSWORD, cost=CHEAP)
    register.add("bea", PASSWORD, cost=CHEAP)
    kept = register.begin("ada", "session")
    ended = [register.begin("bea", "session"), register.begin("bea", "pass")]
    assert command(tmp_path, *words) == 0
    assert register.visitor(kept, "session") is not None
    assert register.visitor(ended[0], "session") is None
    assert register.visitor(ended[1], "pass") is None
    if words[0] == "disable":
        assert register.password_of("bea") == ""
        assert command(tmp_path, "enable", "bea") == 0
        assert matches(PASSWORD, register.password_of("bea"))
        assert register.visitor(ended[0], "session") is None


def test_secrets_are_kept_as_hashes(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.add("ada", PASSWORD, cost=CHEAP)
    secrets = [register.begin("ada", "session"), register.begin("ada", "pass")]
    held = b"".join(file.read_bytes() for file in tmp_path.rglob("*"))
    assert not any(secret.encode() in held for secret in secrets)


@pytest.mark.parametrize("content", [b"", b"this is no database at all, but it is long enough"])
def test_a_list_that_cannot_be_read_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "people.db").write_bytes(content)
    for ask in (Register(tmp_path).has_people, Register(tmp_path).people):
        with pytest.raises(StoreProblem, match="nobody is let in"):
            ask()
