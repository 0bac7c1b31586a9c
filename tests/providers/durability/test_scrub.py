"""The weekly round over all files: spread, resumed, and what becomes of rot, losses and strangers."""

import json
from collections.abc import Callable, Collection, Generator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.responses import Response

from providers.durability.maintenance import Maintenance, RunnerCalls
from providers.durability.opening import open_history
from providers.durability.scrub import FEWEST, WEEK, Scrub
from providers.history.artifacts import Artifacts
from providers.history.journal import Journal
from providers.jobs.job import Artifact, Job
from providers.library.vault import Vault
from providers.studio.studio import Studio
from tests.support.fake_vendor import FakeVendor, Time, fake_studio, png, press, until
from tests.support.histories import a_file, a_job, an_artifact, spoil
from tests.support.told import told_of


@pytest.fixture
def vault(tmp_path: Path) -> Generator[Vault]:
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    yield vault
    vault.close()


@pytest.fixture
def journal(vault: Vault) -> Generator[Journal]:
    journal = open_history(vault)
    yield journal
    journal.close()


def whole_round(scrub: Scrub) -> int:
    """Go once around; in how many looks."""
    before, looks = scrub.found.ended, 0
    while scrub.found.ended == before:
        scrub.step()
        looks += 1
        assert looks < 100
    return looks


@pytest.mark.fault("F68", "F69")
def test_a_round_takes_a_few_files_at_a_look_and_goes_on_after_a_kill(
    vault: Vault, journal: Journal
) -> None:
    """One look is short; a new process goes on where the last one was; a week later it begins anew."""
    time = Time()
    files = [an_artifact(vault, number) for number in range(5)]
    kept = [a_file(vault, bytes([number]) * 100) for number in range(2 * FEWEST)]
    for artifact in files:
        journal.artifacts.add(artifact)
    scrub = Scrub(journal, vault, time.clock)
    scrub.step()
    assert (scrub.found.checked, scrub.found.ended) == (FEWEST, 0.0)
    again = Scrub(journal, vault, time.clock)
    assert whole_round(again) == 2
    assert again.found.checked == len(files) + len(kept)
    assert set(again.found.unknown) == {one.sha256 for one in kept}
    again.step()
    assert again.found.place == ""
    time.now += WEEK
    again.step()
    assert (again.found.place != "", again.found.checked) == (True, FEWEST)


@pytest.mark.fault("F68")
def test_a_round_finds_what_is_missing_cut_and_rotten_and_sees_that_it_is_whole_again(
    vault: Vault, journal: Journal
) -> None:
    time = Time()
    made = [an_artifact(vault, number) for number in range(4)]
    for artifact in made:
        journal.artifacts.add(artifact)
    lost, cut, rotten, _ = (vault.path(one.sha256) for one in made)
    content = [lost.read_bytes(), cut.read_bytes(), rotten.read_bytes()]
    lost.unlink()
    spoil(cut, content[1][:40])
    spoil(rotten, bytes(255 - byte for byte in content[2]))
    scrub = Scrub(journal, vault, time.clock)
    whole_round(scrub)
    assert {row.name: harm for harm, row in scrub.harmed_rows()} == {
        "fox-0.png": "missing", "fox-1.png": "short", "fox-2.png": "rotten",
    }  # fmt: skip
    for path, whole in zip((lost, cut, rotten), content, strict=True):
        spoil(path, whole) if path.exists() else path.write_bytes(whole)
    time.now += WEEK
    whole_round(scrub)
    assert scrub.found.harmed == {}


@pytest.mark.fault("F69")
def test_a_stranger_is_listed_for_a_week_then_put_away_and_comes_back_with_its_row(
    vault: Vault, journal: Journal
) -> None:
    """Never removed, and not put away at once."""
    time = Time()
    stranger = a_file(vault, png(3)).sha256
    scrub = Scrub(journal, vault, time.clock)
    whole_round(scrub)
    assert vault.path(stranger).exists()
    time.now += WEEK
    scrub = Scrub(journal, vault, time.clock)
    whole_round(scrub)
    assert not vault.path(stranger).exists()
    assert (vault.folder / "trash" / stranger).read_bytes() == png(3)
    journal.artifacts.add(an_artifact(vault, 3))
    vault.path(stranger).unlink()
    time.now += WEEK
    whole_round(scrub)
    assert (vault.path(stranger).read_bytes(), scrub.found.harmed) == (png(3), {})


@pytest.mark.fault("F68")
def test_what_is_noted_while_a_file_is_read_stays_noted(vault: Vault) -> None:
    """A look takes as long as reading a file does; meanwhile another was fetched anew and marked."""
    during: list[Callable[[], None]] = []

    class Busy(Artifacts):
        def with_bytes(self, sha256: str) -> list[Artifact]:
            while during:
                during.pop()()
            return super().with_bytes(sha256)

    with closing(Journal(vault.folder / "jobs.db")) as journal:
        journal.artifacts = Busy(journal.database, lambda _: ())
        made = sorted((an_artifact(vault, number) for number in range(4)), key=lambda a: a.sha256)
        for artifact in made:
            journal.artifacts.add(artifact)
        spoil(vault.path(made[0].sha256), b"rot")
        spoil(vault.path(made[3].sha256), b"rot too")
        scrub = Scrub(journal, vault, Time().clock)
        whole_round(scrub)
        assert set(scrub.found.harmed) == {made[0].sha256, made[3].sha256}
        # In the middle of the next round, of which the first file was read already.
        scrub.note(lambda _: {"place": made[0].sha256})
        during += [
            lambda: scrub.note_whole(made[0].sha256),
            lambda: scrub.note(lambda found: {"marked": (*found.marked, "a job")}),
        ]
        scrub.step()
        assert scrub.found.marked == ("a job",)
        assert set(scrub.found.harmed) == {made[3].sha256}
        assert Scrub(journal, vault, Time().clock).found == scrub.found


@pytest.mark.anyio
@pytest.mark.fault("F68")
@pytest.mark.parametrize("meanwhile", ["changed", "deleted"])
async def test_a_badge_is_put_on_the_job_as_it_is_after_its_file_was_asked_for(
    vault: Vault, journal: Journal, meanwhile: str
) -> None:
    made = an_artifact(vault, 1, number=1)
    job = a_job(journal)
    job = job.model_copy(update={"artifacts": (made.model_copy(update={"job": job.id}),)})
    journal.write(job, note=False)
    spoil(vault.path(made.sha256), b"rot")

    async def fetch(asked: Job, _: Collection[str]) -> set[str]:
        if meanwhile == "deleted":
            journal.delete(asked.id, "local")
        else:
            now = {"remark": "said meanwhile", "revision": journal.revisions.next()}
            journal.write(asked.model_copy(update=now), note=False)
        return set()

    def write(changed: Job) -> None:
        journal.write(changed, note=False)

    maintenance = Maintenance(
        journal, vault, clock=Time().clock, calls=RunnerCalls(fetch=fetch, write=write)
    )
    await maintenance.scrub.whole()
    await maintenance.do_what_is_due()
    if meanwhile == "deleted":
        assert maintenance.scrub.found.marked == ()
    else:
        kept = journal.jobs.get(job.id)
        assert (kept.remark, kept.artifacts[0].harm) == ("said meanwhile", "short")
        assert maintenance.scrub.found.marked == (job.id,)


def test_what_a_check_noted_may_be_lost_or_spoiled(vault: Vault, journal: Journal) -> None:
    """Then a round is repeated, and no more."""
    journal.artifacts.add(an_artifact(vault))
    for text in ("", "{", '{"begun": "soon"}', "[]", '{"place": 7}'):
        (vault.folder / "CHECK").write_text(text)
        scrub = Scrub(journal, vault, Time().clock)
        assert whole_round(scrub) == 1


def test_a_new_library_is_not_checked_at_once(vault: Vault, journal: Journal) -> None:
    scrub = Scrub(journal, vault, Time().clock)
    journal.artifacts.add(an_artifact(vault))
    scrub.step()
    assert scrub.found.checked == 0


@pytest.mark.anyio
async def test_a_check_of_all_at_once_takes_the_place_of_the_round(
    vault: Vault, journal: Journal
) -> None:
    time = Time()
    made = [an_artifact(vault, number) for number in range(3)]
    for artifact in made[:2]:
        journal.artifacts.add(artifact)
    spoil(vault.path(made[0].sha256), b"x")
    scrub = Scrub(journal, vault, time.clock)
    report = await scrub.whole()
    assert not report.is_well
    assert not scrub.checking
    assert [(harm, row.id) for harm, row in scrub.harmed_rows()] == [("short", made[0].id)]
    assert scrub.unknown() == [made[2].sha256]
    journal.artifacts.add(made[2])
    again = Scrub(journal, vault, time.clock)
    assert again.found == scrub.found
    assert again.unknown() == []
    again.step()
    assert again.found == scrub.found


async def checked(studio: Studio, time: Time) -> Maintenance:
    """A keeper of a running studio, after a whole round and its calls."""
    maintenance = studio.opened.maintenance
    time.now += WEEK
    whole_round(maintenance.scrub)
    await maintenance.do_what_is_due()
    return maintenance


@pytest.mark.anyio
@pytest.mark.fault("F68")
async def test_a_rotten_file_is_fetched_again_where_the_vendor_still_has_it(tmp_path: Path) -> None:
    fake, time = FakeVendor(), Time()
    studio = fake_studio(tmp_path, fake, time=time)
    async with studio.running():
        job = await until(studio, press(studio), "done")
        path = studio.files.path(job.artifacts[0])
        spoil(path, b"rot")
        await checked(studio, time)
        assert path.read_bytes() == png(1)
        assert path.stat().st_mode & 0o777 == 0o400
        assert studio.live.get(job.id, "local").artifacts[0].harm == ""
        assert list((tmp_path / "part").iterdir()) == []
    assert fake.created() == 1


@pytest.mark.anyio
@pytest.mark.fault("F68")
@pytest.mark.parametrize("why", ["gone", "other bytes"])
async def test_a_rotten_file_that_is_not_to_be_had_wears_a_badge_until_it_is_whole(
    tmp_path: Path, why: str
) -> None:
    """Its job stays done, its card and the Settings tab say so, and nothing is bought."""
    fake, time = FakeVendor(), Time()
    studio = fake_studio(tmp_path, fake, time=time)
    async with studio.running():
        job = await until(studio, press(studio), "done")
        path = studio.files.path(job.artifacts[0])
        spoil(path, b"rot")
        if why == "gone":
            fake.tokens.clear()
        fake.answers = [Response(png(4))]
        with studio.live.watch("local") as queue:
            await checked(studio, time)
            shown = told_of(await queue.get())["artifacts"]
        assert json.dumps(shown).count('"harm": "short"') == 1
        assert path.read_bytes() == b"rot"
        data = json.loads(json.dumps(told_of(studio.upkeep.status("local").data)))
        assert (data["damaged"], data["harmed"][0]["job"], data["harmed_others"]) == (1, job.id, 0)
        data = json.loads(json.dumps(told_of(studio.upkeep.status("bob").data)))
        assert (data["damaged"], data["harmed"], data["harmed_others"]) == (1, [], 1)
        assert data["checked"] > 1_800_000_000
        asked = len(fake.asked)
        await studio.opened.maintenance.do_what_is_due()
        assert len(fake.asked) == asked, "once a round is enough"
        spoil(path, png(1))
        await checked(studio, time)
        assert studio.live.get(job.id, "local").artifacts[0].harm == ""
        assert studio.live.get(job.id, "local").state == "done"
    assert fake.created() == 1


@pytest.mark.anyio
@pytest.mark.fault("F28")
async def test_failed_tasks_are_looked_at_weekly_and_a_few_an_hour(tmp_path: Path) -> None:
    """F28: only those with a task, of the last thirty days; what was looked at is remembered."""
    time, looked = Time(), list[str]()

    async def late(job: Job) -> None:
        looked.append(job.id)

    vault = Vault(tmp_path, reserve=0)
    vault.open()
    with closing(open_history(vault, clock=time.clock)) as journal:
        old = time.now - 31 * 86400

        def failed(prompt: str, at: float, **more: object) -> Job:
            return a_job(journal, prompt, "failed", created=at, updated=at, **more)

        young = [failed(f"{n}", time.now - 10 * 86400 + n) for n in range(3)]
        failed("too old", old)
        failed("never sent", time.now - 10 * 86400, ticket=None)
        failed("too young", time.now)
        a_job(journal, "done", "done", created=time.now - 10 * 86400)
        for _ in range(2):
            maintenance = Maintenance(
                journal, vault, clock=time.clock, calls=RunnerCalls(late=late)
            )
            for _ in range(30):
                time.now += 60
                await maintenance.do_what_is_due()
        assert looked == [job.id for job in reversed(young)]
        time.now += WEEK
        await Maintenance(
            journal, vault, clock=time.clock, calls=RunnerCalls(late=late)
        ).do_what_is_due()
        assert len(looked) == 4
    vault.close()
