"""The engine under the sandbox: time, fates that strike once, the book, memory over restarts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import BaseModel

from providers.vendors.sandbox.engine import SANDBOX_WORDS, Clock, Engine
from tests.support.emulated import Now


class Note(BaseModel):
    """A record for the records."""

    text: str


def test_a_shelf_is_found_again_and_forgets_what_was_removed(tmp_path: Path) -> None:
    records = Engine(Clock(), tmp_path).records("vendor", "notes", Note)
    records.put("one", Note(text="1"))
    records.put("two", Note(text="2"))
    records.beside("two").write_bytes(b"x")
    records.put("one", Note(text="changed"))
    records.remove("two")
    (tmp_path / "vendor" / "notes" / "torn.json").write_bytes(b'{"text": ')
    again = Engine(Clock(), tmp_path).records("vendor", "notes", Note)
    assert list(again) == [Note(text="changed")]
    assert again.get("two") is None
    assert not again.beside("two").exists()


def test_many_may_keep_the_same_record_at_once(tmp_path: Path) -> None:
    records = Engine(Clock(), tmp_path).records("vendor", "notes", Note)

    def keep(number: int) -> None:
        records.put("one", Note(text=str(number)))
        records.lay_beside("one", b"the same")

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(keep, number) for number in range(400)]:
            done.result()
    assert records.beside("one").read_bytes() == b"the same"
    assert len(list(Engine(Clock(), tmp_path).records("vendor", "notes", Note))) == 1
    assert {path.suffix for path in (tmp_path / "vendor" / "notes").iterdir()} == {".json", ".bin"}


def test_the_book_survives_a_kill_in_the_middle_of_a_line(tmp_path: Path) -> None:
    engine = Engine(Clock(0, lambda: 5.0), tmp_path)
    engine.accept("useapi", "task-1", "token-1", {"model": "m"})
    with (tmp_path / "book.jsonl").open("ab") as book:
        book.write(b'{"vendor": "use')
    again = Engine(Clock(), tmp_path)
    assert again.book == engine.book
    assert again.book[0].at == 5.0


def test_a_fate_that_strikes_once_strikes_once_over_restarts(tmp_path: Path) -> None:
    assert Engine(Clock(), tmp_path).first_time("cut", "a")
    again = Engine(Clock(), tmp_path)
    assert not again.first_time("cut", "a")
    assert again.first_time("cut", "b")


def test_only_whole_sandbox_words_count(tmp_path: Path) -> None:
    engine = Engine(Clock(), tmp_path)
    assert engine.words("a Sandbox:Slow, day", "sandbox:moderated-output.") == (
        "sandbox:moderated-output",
        "sandbox:slow",
    )
    assert engine.words("sandbox:unknown sandbox: slow") == ()
    assert all(effect.endswith(".") for effect in SANDBOX_WORDS.values())


def test_time_passes_in_stages_and_can_be_stretched(tmp_path: Path) -> None:
    now = Now()
    engine = Engine(Clock(1, now), tmp_path)
    begin = now.at

    def at(seconds: float, *words: str) -> tuple[str, float]:
        now.at = begin + seconds
        stage = engine.stage(begin, 5.0, words)
        return stage.state, round(stage.progress, 2)

    assert at(0.5) == ("queued", 0)
    assert at(3.5) == ("running", 0.5)
    assert at(6.1) == ("ended", 1)
    assert at(6.1, "sandbox:slow") == ("running", 0.1)
    assert at(2.0, "sandbox:throttled") == ("throttled", 0)
    assert at(6.1, "sandbox:fails") == ("failed", 0.6)
    engine.clock.scale = 10
    assert at(6.1) == ("queued", 0)
    engine.clock.scale = 0
    assert at(0) == ("ended", 1)


def test_a_file_is_rendered_once_and_old_ones_make_room(tmp_path: Path) -> None:
    engine = Engine(Clock(), tmp_path, most_bytes=25)
    painted: list[str] = []

    def paint(name: str) -> Callable[[Path], None]:
        def write(into: Path) -> None:
            painted.append(name)
            into.write_bytes(b"0123456789")

        return write

    for name in ("a", "a", "b", "c"):
        assert engine.render(name, paint(name)).result(5).read_bytes() == b"0123456789"
        engine.wait_for_painter()
    assert painted == ["a", "b", "c"]
    assert sum(path.stat().st_size for path in (tmp_path / "rendered").iterdir()) <= 25
    engine.close()
