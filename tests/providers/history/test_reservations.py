"""DiskReservation on the disk: what a result may take, what is refused while it is short, and the reserve."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import VideoRequest, read_request
from providers.errors import StoreProblem
from providers.history.journal import Journal
from providers.history.reservations import ENOUGH, expected_bytes
from providers.jobs.job import Artifact, State, new_id
from providers.library.disk import Disk, is_far
from providers.library.vault import Vault
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.vendor import Running
from tests.support.fake_vendor import FakeVendor, Time, press, until
from tests.support.histories import a_job


@pytest.mark.anyio
@pytest.mark.fault("F56")
async def test_nothing_is_sent_while_room_is_short_and_it_goes_on_by_itself(tmp_path: Path) -> None:
    """F56: refused before anything is kept, with what to do."""
    free = [255 << 20]
    fake, time = FakeVendor(), Time()
    studio = Studio(
        Settings(data_dir=tmp_path), credentials=Credentials({}), vendors=[fake.vendor()],
        sleep=time.sleep, clock=time.clock, disk=Disk(free=lambda _: free[0]),
    )  # fmt: skip
    async with studio.running():
        with pytest.raises(StoreProblem, match="are free on the disk"):
            press(studio)
        assert (studio.live.recent("local"), fake.asked) == ([], [])
        free[0] = 300 << 20
        await until(studio, press(studio), "done")


FIELDS: list[tuple[str, dict[str, JsonValue], int]] = [
    ("image", {}, 7_372_800),
    ("image", {"count": 4}, 4 * 7_372_800),
    ("image", {"resolution": "4K", "count": 2}, 119_304_647),
    ("image", {"resolution": "1k"}, 3_728_270),
    ("video", {"resolution": "720p", "duration": 10}, 20_000_000),
    ("video", {"resolution": "1080p", "duration": "8"}, 32_000_000),
    ("video", {"resolution": "adaptive"}, 180_000_000),
    ("video", {"resolution": None, "duration": "auto", "count": "many"}, 180_000_000),
    ("multishot", {"resolution": "480p"}, 7_500_000),
]


@pytest.mark.fault("F56")
@pytest.mark.parametrize(("kind", "options", "size"), FIELDS)
def test_the_room_for_a_result_follows_kind_size_length_and_number(
    kind: str, options: dict[str, JsonValue], size: int
) -> None:
    body: dict[str, JsonValue] = {"kind": kind, "model": f"fake:{kind}/one", "options": options}
    if kind == "multishot":
        body["shots"] = [{"prompt": "a", "seconds": 3}, {"prompt": "b", "seconds": 4.5}]
    assert expected_bytes(read_request(body)) == size


CLIP: dict[str, JsonValue] = {"resolution": "720p", "duration": 10}


@pytest.mark.fault("F56")
@pytest.mark.parametrize(
    ("kind", "options", "past", "size"),
    [
        ("image", {"count": 4}, [1_000_000.0] * ENOUGH, 4_000_000),
        ("image", {"count": 4}, [1_000_000.0] * (ENOUGH - 1), 4 * 7_372_800),
        # Nearly the largest: one file out of hundreds does not speak for all.
        ("image", {}, [9e9, *([2e6] * 10), *([1e6] * 89)], 2_000_000),
        ("image", {}, [9e6, *([1e6] * (ENOUGH - 1))], 9_000_000),
        ("video", CLIP, [5_000_000.0] * ENOUGH, 50_000_000),
        ("multishot", {"resolution": "480p"}, [100_000.0] * ENOUGH, 750_000),
    ],
)
def test_the_room_for_a_result_is_learned_from_what_its_model_made_here(
    kind: str, options: dict[str, JsonValue], past: list[float], size: int
) -> None:
    body: dict[str, JsonValue] = {"kind": kind, "model": f"fake:{kind}/one", "options": options}
    if kind == "multishot":
        body["shots"] = [{"prompt": "a", "seconds": 3}, {"prompt": "b", "seconds": 4.5}]
    assert expected_bytes(read_request(body), past) == size


@pytest.mark.fault("F56")
def test_a_model_is_known_by_its_own_finished_files_of_the_same_size_alone(tmp_path: Path) -> None:
    made: list[tuple[str, dict[str, object], State]] = [
        ("fake:video/one", {"resolution": "720p"}, "done"),
        ("fake:video/one", {"resolution": "1080p"}, "done"),
        ("fake:video/two", {"resolution": "720p"}, "done"),
        ("fake:video/one", {"resolution": "720p"}, "unsure"),
    ]
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        for number, (model, options, state) in enumerate(made, start=1):
            body = {"kind": "video", "model": model, "prompt": "a", "options": options}
            job = a_job(journal, state=state, request=VideoRequest.model_validate(body))
            clip = Artifact(
                id=new_id(), owner="local", job=job.id, kind="video", sha256=f"{number}" * 64,
                media_type="video/mp4", bytes=number * 1000, width=10, height=10, seconds=4.0,
                created=1.0,
            )  # fmt: skip
            picture = clip.model_copy(
                update={"id": new_id(), "number": 1, "bytes": 50, "seconds": None}
            )
            journal.write(job.model_copy(update={"artifacts": (clip, picture)}), note=False)
        asked = read_request({"kind": "video", "model": "fake:video/one", "options": CLIP})
        # A second of the one clip, and what has no length as a whole.
        assert sorted(journal.figures.weights("local", asked, True)) == [50.0, 250.0]
        assert journal.figures.weights("local", asked, False) == []
        assert journal.figures.weights("another", asked, True) == []


@pytest.mark.anyio
@pytest.mark.fault("F56")
async def test_a_studio_that_knows_its_files_refuses_less_and_more_than_the_table(
    tmp_path: Path,
) -> None:
    free = [1 << 30]
    fake, time = FakeVendor(), Time()
    studio = Studio(
        Settings(data_dir=tmp_path), credentials=Credentials({}), vendors=[fake.vendor()],
        sleep=time.sleep, clock=time.clock, disk=Disk(free=lambda _: free[0]),
    )  # fmt: skip
    async with studio.running():
        free[0] = (256 << 20) + 1_000_000
        with pytest.raises(StoreProblem, match="are free on the disk"):
            press(studio)
        free[0] = 1 << 30
        for _ in range(ENOUGH):
            await until(studio, press(studio), "done")
        # Its pictures take less than a kilobyte.
        free[0] = (256 << 20) + 1_000_000
        await until(studio, press(studio), "done")


@pytest.mark.anyio
@pytest.mark.fault("F56")
async def test_open_jobs_keep_their_room_and_give_it_back(tmp_path: Path) -> None:
    """F56: a hundred presses at once do not each count on the same space; nothing is reserved or sent."""
    least, own = 256 << 20, 7_372_800
    fake, time = FakeVendor(end=Running(progress=0.5)), Time()
    studio = Studio(
        Settings(data_dir=tmp_path), credentials=Credentials({}), vendors=[fake.vendor()],
        sleep=time.sleep, clock=time.clock, disk=Disk(free=lambda _: least + 12 * own),
    )  # fmt: skip
    async with studio.running():
        with ThreadPoolExecutor(8) as pool:
            tries = [pool.submit(press, studio, f"fox {number}") for number in range(100)]
            errors = [one.exception() for one in tries]
        # The eleventh would need its own twice and that of ten others.
        assert sum(error is None for error in errors) == 11
        refused = {str(error) for error in errors if error is not None}
        assert all("Free some space" in sentence for sentence in refused)
        assert studio.live.open_count == 11
        fake.end = None
        for job in studio.live.recent("local"):
            await until(studio, job, "done")
        await until(studio, press(studio), "done")
    assert fake.created() == 12


def test_the_reserve_is_set_aside_where_there_is_plenty_and_given_back_once(
    tmp_path: Path,
) -> None:
    free = [1 << 30]
    vault = Vault(tmp_path, disk=Disk(free=lambda _: free[0]), reserve=4 << 20)
    vault.open()
    ballast = tmp_path / "BALLAST"
    assert ballast.stat().st_size == 4 << 20
    assert ballast.stat().st_blocks * 512 >= 4 << 20
    assert (vault.ballast.release(), vault.ballast.release()) == (True, False)
    free[0] = 1 << 20
    vault.ballast.fill()
    assert not ballast.exists()
    free[0] = 1 << 30
    vault.ballast.fill()
    assert ballast.exists()
    vault.close()


@pytest.mark.fault("F62")
def test_a_file_system_of_another_machine_is_told_from_this_ones(tmp_path: Path) -> None:
    """F62: shared memory, which the log of the history needs, does not reach there."""
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\nserver:/x /mnt/far nfs4 rw 0 0\nsshfs /mnt/f\\040x fuse.sshfs 0 0\n"
        "tmpfs /mnt/far/near tmpfs rw 0 0\n"
    )
    told = {
        place: is_far(Path(place), mounts)
        for place in ("/srv/data", "/mnt/far/data", "/mnt/f x/data", "/mnt/far/near/data")
    }
    assert told == {
        "/srv/data": False, "/mnt/far/data": True, "/mnt/f x/data": True, "/mnt/far/near/data": False,
    }  # fmt: skip
    assert not is_far(tmp_path, tmp_path / "nothing")
