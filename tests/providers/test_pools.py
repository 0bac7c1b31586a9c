"""Threads: what stands still in one pool stops nobody who waits for another, and no end of the studio."""

import ast
import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from pathlib import Path

import httpcore
import pytest
from pydantic import SecretStr

from providers.catalogue.requests import ImageRequest
from providers.jobs.intake import new_job
from providers.library.disk import Disk
from providers.pools import (
    CHORES,
    FILES,
    LOOK_UPS,
    PAGES,
    PICTURES,
    REFUGE,
    SANDBOX,
    SENDING,
    Pool,
    ended,
)
from providers.running.refuge import Refuge
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.transport.bulk import first_made
from providers.vendors.transport.names import by_turns, resolve
from providers.vendors.transport.wire import Wire
from tests.support.fake_vendor import FakeVendor, Time, png, press, until
from tests.support.sources import modules

pytestmark = [pytest.mark.slow, pytest.mark.anyio]
MANY = 40
SEEN: ContextVar[str] = ContextVar("seen", default="")


@contextmanager
def standing_still(*pools: Pool) -> Generator[None]:
    """Much work in each of these that does not come back before the end of the block."""
    over = threading.Event()
    stuck = [pool.submit(over.wait) for pool in pools for _ in range(MANY)]
    try:
        yield
    finally:
        over.set()
        for one in stuck:
            one.result()


async def test_a_pool_does_as_much_at_once_as_it_has_threads_and_the_rest_in_turn() -> None:
    pool, gate, begun = Pool("try", 3), threading.Event(), threading.Semaphore(0)

    def work(number: int) -> int:
        begun.release()
        gate.wait()
        return number

    works = [asyncio.create_task(pool.run(work, number)) for number in range(9)]
    await asyncio.gather(*(PAGES.run(begun.acquire) for _ in range(3)))
    assert not begun.acquire(blocking=False)
    gate.set()
    assert await asyncio.gather(*works) == list(range(9))


async def test_what_is_raised_in_a_thread_is_raised_where_it_is_waited_for() -> None:
    pool = Pool("try", 1)
    for error in (OSError("no"), KeyError("x"), SystemExit(3)):
        with pytest.raises(type(error)):
            await pool.run(_raise, error)
    SEEN.set("mine")
    assert await pool.run(SEEN.get) == "mine"


def _raise(error: BaseException) -> None:
    raise error


async def test_who_is_cancelled_while_waiting_in_line_is_not_done() -> None:
    pool, gate, done = Pool("try", 1), threading.Event(), list[int]()
    held = asyncio.create_task(pool.run(gate.wait))
    waits = asyncio.create_task(pool.run(done.append, 1))
    await asyncio.sleep(0)
    await ended([waits])
    gate.set()
    await held
    await pool.run(done.append, 2)
    assert done == [2]


async def test_a_pool_that_is_closed_does_what_is_in_line_and_ends_its_threads() -> None:
    pool, gate, done = Pool("closed", 2), threading.Event(), list[int]()
    held = [pool.submit(gate.wait) for _ in range(2)]
    later = [pool.submit(done.append, number) for number in range(5)]
    assert not pool.close(0.01)
    with pytest.raises(RuntimeError):
        pool.submit(done.append, 9)
    gate.set()
    assert pool.close()
    assert all(one.done() for one in (*held, *later))
    assert sorted(done) == [0, 1, 2, 3, 4]
    assert not [one for one in threading.enumerate() if one.name.startswith("closed")]
    assert Pool("never used", 1).close()


@pytest.mark.fault("F106")
async def test_a_ticket_reaches_its_refuge_and_names_are_found_beside_all_else(
    tmp_path: Path,
) -> None:
    request = _request()
    job = new_job(
        request, owner="local", idempotency_key="", sandbox=True, now=Time().now, revision=1
    )
    with standing_still(FILES, PICTURES, PAGES, CHORES, SENDING, SANDBOX):
        async with asyncio.timeout(60):
            await REFUGE.run(Refuge(tmp_path / "refuge").keep, job)
            assert await resolve("localhost", 80)
    assert list((tmp_path / "refuge").iterdir())


@pytest.mark.fault("F106", "F120")
async def test_a_create_call_finds_its_vendor_by_name_beside_all_that_stands_still() -> None:
    """Also beside work that others gave to the threads that Python shares out."""
    taken, over = list[bytes](), threading.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(await reader.readuntil(b"}"))
        writer.write(
            b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{"id": 12}'
        )
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    wire = Wire(label="Acme", base_url=f"http://localhost:{port}", key=SecretStr("key"))
    others = [asyncio.create_task(asyncio.to_thread(over.wait)) for _ in range(MANY)]
    try:
        with standing_still(FILES, PICTURES, PAGES, CHORES, SENDING, SANDBOX, REFUGE, LOOK_UPS):
            async with asyncio.timeout(60):
                assert await wire.create("/tasks", {"prompt": "a red fox"}) == {"id": 12}
        assert len(taken) == 1
    finally:
        over.set()
        await asyncio.gather(*others)
        await wire.aclose()
        server.close()


class Hanging:
    """A disk on which no file gets its name until it is let go."""

    def __init__(self) -> None:
        self.is_on = False
        self.over = threading.Event()
        self.begun = threading.Event()

    def replace(self, part: Path, target: Path) -> None:
        if self.is_on and "artifacts" in target.parts:
            self.begun.set()
            self.over.wait()
        part.replace(target)


async def _pieces(content: bytes) -> AsyncGenerator[bytes]:
    yield content


@asynccontextmanager
async def _hung(studio: Studio, disk: Hanging, count: int) -> AsyncGenerator[None]:
    """So many files that were handed in stand still."""
    disk.is_on = True
    async with asyncio.TaskGroup() as group:
        keeps = [
            group.create_task(studio.files.keep("local", "in.png", _pieces(png(number + 1))))
            for number in range(count)
        ]
        await asyncio.to_thread(disk.begun.wait)
        try:
            yield
        finally:
            for keep in keeps:
                keep.cancel()


@pytest.mark.fault("F106")
@pytest.mark.parametrize("count", [6, MANY])
async def test_a_job_is_sent_and_the_studio_ends_while_files_stand_still(
    tmp_path: Path, count: int
) -> None:
    fake, disk, time = FakeVendor(), Hanging(), Time()
    studio = Studio(
        Settings(data_dir=tmp_path), credentials=Credentials({"FAKE_KEY": ""}),
        vendors=[fake.vendor()], sleep=time.sleep, clock=time.clock,
        disk=Disk(replace=disk.replace),
    )  # fmt: skip
    try:
        async with asyncio.timeout(30), studio.running(), _hung(studio, disk, count):
            job = await until(studio, press(studio), "saving")
            assert fake.created() == 1
            assert studio.live.get(job.id, "local").ticket is not None
    finally:
        disk.over.set()
    # What was paid for is fetched once the disk comes back.
    disk.is_on = False
    async with studio.running():
        await until(studio, job, "done")
    assert fake.created() == 1


@pytest.mark.fault("F106")
async def test_tidying_up_that_stands_still_step_after_step_is_let_go() -> None:
    gate, steps = asyncio.Event(), list[int]()

    async def tidy() -> None:
        try:
            await gate.wait()
        finally:
            try:
                steps.append(1)
                await gate.wait()
            finally:
                steps.append(2)
                await gate.wait()

    task = asyncio.create_task(tidy())
    await asyncio.sleep(0)
    await ended([task], wait=0.01)
    assert (task.done(), steps) == (True, [1, 2])


# Names, and the addresses behind them


def _request() -> ImageRequest:
    return ImageRequest(model="fake:image/one", prompt="a red fox")


def test_addresses_are_tried_by_turns_the_newer_kind_first() -> None:
    assert by_turns(["10.0.0.1", "10.0.0.2", "::2", "::1"]) == [
        "::2",
        "10.0.0.1",
        "10.0.0.2",
        "::1",
    ]
    assert by_turns(["10.0.0.1"]) == ["10.0.0.1"]


async def test_many_who_ask_for_one_name_share_one_look_up_and_may_leave() -> None:
    asked = [asyncio.create_task(resolve("localhost", 80)) for _ in range(MANY)]
    await asyncio.sleep(0)
    await ended(asked[1::2])
    told = await asyncio.gather(*asked[::2])
    assert all(one == told[0] for one in told)
    with pytest.raises(OSError, match=r".+"):
        await resolve("no-such-host.invalid", 80)


class Made(httpcore.AsyncNetworkStream):
    """A connection that only knows whether it was closed."""

    closed = False

    async def aclose(self) -> None:
        self.closed = True


def _way(
    stream: Made | None, gate: asyncio.Event | None = None
) -> Callable[[], Coroutine[None, None, httpcore.AsyncNetworkStream]]:
    async def connect() -> httpcore.AsyncNetworkStream:
        if gate is not None:
            await gate.wait()
        if stream is None:
            raise httpcore.ConnectError("refused")
        return stream

    return connect


async def test_an_address_that_fails_or_lets_wait_is_followed_by_the_next() -> None:
    never, stream = asyncio.Event(), Made()
    assert await first_made([_way(None), _way(stream)]) is stream
    assert await first_made([_way(Made(), never), _way(stream)]) is stream
    assert await first_made([_way(stream), _way(None)]) is stream
    with pytest.raises(httpcore.ConnectError):
        await first_made([_way(None), _way(None)])
    waits = asyncio.create_task(first_made([_way(Made(), never), _way(Made(), never)]))
    await asyncio.sleep(0)
    await ended([waits])
    assert waits.cancelled()


async def test_of_two_connections_the_one_that_is_not_used_is_closed() -> None:
    gate, first, second = asyncio.Event(), Made(), Made()

    async def late() -> httpcore.AsyncNetworkStream:
        gate.set()
        return second

    assert await first_made([_way(first, gate), late]) in (first, second)
    assert first.closed != second.closed


# Whose threads


def test_every_thread_comes_from_a_pool_of_its_own_kind() -> None:
    """What stands still in a thread that all share stops all."""
    shared = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        if not module.name.startswith("tests") and module.name != "providers.pools"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and _is_shared(node)
    ]
    assert shared == []


def _is_shared(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    if name.endswith("to_thread.run_sync"):
        return all(keyword.arg != "limiter" for keyword in call.keywords)
    if name.endswith(".run_in_executor"):
        return ast.unparse(call.args[0]) == "None"
    if name.endswith("threading.Thread"):
        # One of its own, that nobody waits for.
        return all(ast.unparse(keyword) != "daemon=True" for keyword in call.keywords)
    # Python waits for the threads of the last two when it leaves, whatever they stand in.
    return name.endswith(("asyncio.to_thread", "run_in_threadpool", "ThreadPoolExecutor"))
