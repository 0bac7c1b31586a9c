"""Money: caps hold under any number of presses, prices are told before, costs after, and by day."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue

from app import read_settings
from providers.catalogue.models import Cost, Estimate
from providers.catalogue.requests import ImageRequest
from providers.errors import InvalidRequest, Unknown
from providers.jobs.job import Job
from providers.people.register import Register
from providers.settings import read_caps
from providers.studio.studio import Studio
from providers.vendors.pace import Pace
from providers.vendors.vendor import Running, Vendor
from tests.support.fake_vendor import MODEL, Time, fake_studio, press, until
from tests.support.guests import CHEAP, PASSWORD
from tests.support.priced import QUICK, UNPRICED, PricedVendor, files, live_studio, price
from tests.support.serving import ASK, Web, serve
from tests.support.told import told_of

pytestmark = pytest.mark.anyio


def _standing(studio: Studio) -> tuple[float, float]:
    told = [one for one in studio.spending.today("local") if one.unit == "credits"]
    return (
        sum(one.spent for one in told),
        sum(one.reserved for one in told),
    )


@pytest.mark.fault("F87")
@pytest.mark.fault("F86")
async def test_a_hundred_presses_at_once_do_not_pass_a_cap_by_one(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor(), cap_day="fake=250")
    async with studio.running():

        def one(number: int) -> Job | None:
            request = ImageRequest(model=MODEL.id, prompt=f"lost {number}")
            try:
                return studio.submission.submit(request, owner="local")
            except InvalidRequest:
                return None

        with ThreadPoolExecutor(20) as pool:
            made = [job for job in pool.map(one, range(100)) if job is not None]
        assert len(made) == 25
        assert sum(studio.live.counts("local")["state"].values()) == 25
        assert _standing(studio) == (0, 250)


@pytest.mark.fault("F87")
async def test_two_presses_at_the_edge_of_a_cap_are_one_job(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor(), cap_owner_day="fake=20")
    async with studio.running():
        press(studio, "lost one")
        with ThreadPoolExecutor(2) as pool:
            presses = [pool.submit(press, studio, f"lost {number}") for number in range(2)]
        assert sorted(one.exception() is None for one in presses) == [False, True]
        press_of_another = ImageRequest(model=MODEL.id, prompt="lost")
        assert studio.submission.submit(press_of_another, owner="bob").state == "waiting"


async def test_a_persons_own_cap_takes_the_place_of_everybodys(tmp_path: Path) -> None:
    people = Register(tmp_path)
    for name in ("ada", "bea", "cyd"):
        people.add(name, PASSWORD, cost=CHEAP)
    people.set_caps("bea", "fake=30")
    people.set_caps("cyd", "fake=0")
    studio = live_studio(tmp_path, PricedVendor(), cap_owner_day="fake=10", cap_day="fake=60")
    ada, bea, cyd = (one.owner for one in people.people())
    request = ImageRequest(model=MODEL.id, prompt="lost")

    async with studio.running():

        def presses(owner: str, most: int = 5) -> tuple[int, str]:
            for count in range(most):
                try:
                    studio.submission.submit(request, owner=owner)
                except InvalidRequest as error:
                    return count, str(error)
            return most, ""

        assert presses(cyd) == (
            0,
            "This costs about 10 credits, and your daily cap on Fake is 0 credits: 0 credits "
            "spent and 0 credits reserved today. Wait until tomorrow, or ask an admin to raise "
            "it.",
        )
        bea_made, bea_told = presses(bea)
        assert bea_made == 3
        assert "ask an admin to raise it" in bea_told
        ada_made, ada_told = presses(ada)
        assert ada_made == 1
        assert "raise the cap (STUDIO_CAP_OWNER_DAY)" in ada_told
        shown = {row.scope: row for row in studio.spending.shown(bea).caps}
        assert (shown["owner_day"].cap, shown["owner_day"].variable) == ("30 credits", "")
        # At once, without a restart.
        people.set_caps("bea", "fake=50")
        assert presses(bea, 2)[0] == 2
        sums = studio.spending.by_owner()
        told = {owner: [row.reserved for row in sums[owner].today] for owner in sums}
        assert told == {ada: [10], bea: [50]}
        # Sixty are reserved by everybody together.
        people.set_caps("cyd", "fake=500")
        assert "this studio's daily cap" in presses(cyd)[1]


async def test_a_refused_press_sends_nothing_and_says_every_figure(tmp_path: Path) -> None:
    fake = PricedVendor()
    studio = live_studio(tmp_path, fake, cap_job="fake=35", cap_day="fake=45")
    async with studio.running():
        with pytest.raises(
            InvalidRequest, match="about 40 credits, and the cap per job on Fake is 35 credits"
        ):
            press(studio, options={"count": 4})
        await until(studio, press(studio, "lost", options={"count": 2}), "unsure")
        press(studio, "lost", options={"count": 2})
        with pytest.raises(InvalidRequest) as refused:
            press(studio)
        assert str(refused.value) == (
            "This costs about 10 credits, and this studio's daily cap on Fake is 45 credits: 0 "
            "credits spent and 40 credits reserved today. Wait until tomorrow, or raise the cap "
            "(STUDIO_CAP_DAY)."
        )
        assert fake.created() <= 2


async def test_a_job_carries_its_estimate_and_then_its_cost(tmp_path: Path) -> None:
    with files() as home:
        fake = PricedVendor(home=home, cost=Cost(amount=12.5, unit="credits"))
        studio = live_studio(tmp_path, fake)
        async with studio.running():
            job = press(studio, options={"count": 2})
            told = {"amount": 20.0, "unit": "credits", "at_least": False}
            assert told_of(job)["estimate"] == told
            assert told_of(job)["cost"] is None
            assert _standing(studio) == (0, 20)
            done = await until(studio, job, "done")
            assert told_of(done)["cost"] == {"amount": 12.5, "unit": "credits"}
            assert _standing(studio) == (12.5, 0)
            other = press(studio, "lost")
            await until(studio, other, "unsure")
            assert _standing(studio) == (12.5, 10)
            studio.decisions.discard(other.id, "local")
            assert _standing(studio) == (22.5, 0)


async def test_what_was_cancelled_before_it_was_sent_is_free(tmp_path: Path) -> None:
    fake = PricedVendor(end=Running())
    studio = live_studio(tmp_path, fake)
    async with studio.running():
        first = [press(studio, str(number)) for number in range(2)]
        for job in first:
            await until(studio, job, "running")
        third = press(studio, "waits")
        assert _standing(studio) == (0, 30)
        await studio.decisions.cancel(third.id, "local")
        await until(studio, third, "cancelled")
        assert _standing(studio) == (0, 20)
        await studio.decisions.cancel(first[0].id, "local")
        await until(studio, first[0], "cancelled")
        # The vendor does not say whether it charges for a cancelled task, so it counts.
        assert _standing(studio) == (10, 10)


async def test_reservations_outlive_the_process(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor(), cap_day="fake=10")
    async with studio.running():
        await until(studio, press(studio, "lost"), "unsure")
    studio = live_studio(tmp_path, PricedVendor(), cap_day="fake=10")
    async with studio.running():
        with pytest.raises(InvalidRequest):
            press(studio)


async def test_the_sandbox_is_no_money_and_knows_no_cap(tmp_path: Path) -> None:
    studio = fake_studio(tmp_path, PricedVendor(), time=Time())
    async with studio.running():
        await until(studio, press(studio), "done")
        (line,) = studio.spending.today("local")
        assert (line.sandbox, line.spent) == (True, 10.0)


async def test_the_balance_is_asked_for_once_in_ten_minutes_and_again_when_it_matters(
    tmp_path: Path,
) -> None:
    fake, time = PricedVendor(balances=[900, 890, 860]), Time()
    studio = live_studio(tmp_path, fake, time=time)
    async with studio.running():
        job = await until(studio, press(studio, "lost one"), "unsure")
        assert fake.asked.count("check") == 2
        assert job.error is not None
        assert "It may have accepted the request and charge about 10 credits." in job.error.message
        evidence = told_of(job)["evidence"]
        assert isinstance(evidence, dict)
        assert evidence["before"] == {"amount": 900.0, "unit": "credits"}
        assert evidence["now"] == {"amount": 890.0, "unit": "credits"}
        await studio.decisions.look_again(job.id, "local")
        job = await until(studio, job, "submitting")
        job = await until(studio, job, "unsure")
        assert job.evidence is not None
        assert job.evidence.now == Cost(amount=860, unit="credits")
        assert fake.created() == 1


async def test_a_vendor_that_tells_no_balance_leaves_no_evidence(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor())
    async with studio.running():
        assert (await until(studio, press(studio, "lost"), "unsure")).evidence is None


async def test_settings_tell_totals_and_caps(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor(), cap_job="fake=20", cap_day="fake=45.5")
    async with studio.running():
        await until(studio, press(studio, "lost"), "unsure")
        await until(studio, press(studio, "lost", model=UNPRICED), "unsure")
        shown = studio.spending.shown("local")
    assert [(one.model, one.unit, one.reserved) for one in shown.days] == [
        (MODEL.id, "credits", 10.0),
        (UNPRICED, "", 0.0),
    ]
    job, day = shown.caps
    assert (job.scope, job.cap, job.unpriced, job.models) == ("job", "20 credits", 1, 2)
    assert (day.cap, day.reserved, day.variable) == (
        "45.5 credits",
        10.0,
        "STUDIO_CAP_DAY",
    )


async def test_a_check_tells_the_price_and_the_cap_before_the_press(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor(), cap_job="fake=15")
    async with studio.running():
        fits = ImageRequest(model=MODEL.id, prompt="a fox")
        assert studio.spending.problems(fits, "local") == []
        assert studio.spending.estimate(fits, "local") == Estimate(amount=10, unit="credits")
        much = fits.model_copy(update={"options": {"count": 2}})
        (over,) = studio.spending.problems(much, "local")
        assert not over.soft
        unpriced = fits.model_copy(update={"model": UNPRICED})
        assert studio.spending.estimate(unpriced, "local") is None
        (doubt,) = studio.spending.problems(unpriced, "local")
        assert doubt.soft
        assert "publishes no price" in doubt.message
        assert studio.spending.problems(fits.model_copy(update={"model": "no:such"}), "x") == []


class OpenEnded(PricedVendor):
    """Its pictures may cost more than is published."""

    def vendor(self, pace: Pace = QUICK) -> Vendor:
        """The same company with a lower bound for a price."""
        bound = price(self.each).model_copy(update={"at_least": True})
        return replace(
            super().vendor(pace), models=(MODEL.model_copy(update={"prices": (bound,)}),)
        )


async def test_a_price_that_is_a_lower_bound_is_called_one_and_reserved(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, OpenEnded(), cap_job="fake=35")
    async with studio.running():
        fits = ImageRequest(model=MODEL.id, prompt="lost")
        (doubt,) = studio.spending.problems(fits, "local")
        assert doubt.soft
        assert doubt.message.startswith(
            "This costs at least 10 credits. That counts toward the caps"
        )
        job = press(studio, "lost")
        assert job.estimate == Estimate(amount=10, unit="credits", at_least=True)
        assert _standing(studio) == (0, 10)
        unsure = await until(studio, job, "unsure")
        assert unsure.error is not None
        assert "at least 10 credits" in str(unsure.error)
        with pytest.raises(InvalidRequest, match="This costs at least 40 credits"):
            press(studio, options={"count": 4})


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    yield from serve(tmp_path, {})


def test_the_routes_tell_estimate_and_spend(web: Web) -> None:
    assert web.client.post("/check", json=ASK).json()["estimate"] is None
    job = web.client.post("/jobs", json=ASK).json()
    assert (job["estimate"], job["cost"], job["evidence"]) == (None, None, None)
    assert web.client.get("/settings").json()["spend"]["caps"] == []
    (today,) = web.client.get("/spend").json()["today"]
    assert (today["unit"], today["sandbox"], today["jobs"]) == ("", True, 1)
    assert web.client.get("/spend", headers={"x-who": "bob"}).json() == {"today": []}


@pytest.mark.parametrize("text", ["500", "a=", "a=1,a=2", "a=-1", "a=1e9", "=4", "a=1;b=2"])
def test_a_cap_that_cannot_be_read_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError, match="name each service once"):
        read_caps(text)
    with pytest.raises(SystemExit, match="STUDIO_CAP_DAY"):
        read_settings(["--cap-day", text], {})


def test_caps_are_read_with_blanks_and_without_any() -> None:
    assert read_caps(" a = 500 , b=0.5,") == {"a": 500.0, "b": 0.5}
    assert read_caps("") == {}


def test_a_cap_for_a_vendor_that_there_is_not_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Unknown, match="STUDIO_CAP_DAY names the unknown service 'fakee'"):
        live_studio(tmp_path, PricedVendor(), cap_day="fakee=3")


@pytest.mark.parametrize("count", [-1, 10**400, 1e308, "4", True, None, [2]])
def test_a_form_that_asks_for_nonsense_has_no_price_or_a_finite_one(
    tmp_path: Path, count: object
) -> None:
    studio = live_studio(tmp_path, PricedVendor(each=1e10))
    asked = ImageRequest.model_validate({"model": MODEL.id, "options": {"count": count}})
    told = studio.spending.estimate(asked, "local")
    assert told is None or 0 <= told.amount < 1e300


def test_every_published_price_is_told_before_the_press_and_kept_with_the_job(web: Web) -> None:
    priced = [spec for spec in web.studio.catalogue if spec.prices and spec.kind == "image"]
    assert priced
    for spec in priced:
        asked: dict[str, JsonValue] = {"kind": spec.kind, "model": spec.id, "prompt": "A quay"}
        told = web.client.post("/check", json=asked).json()["estimate"]
        assert told["amount"] > 0, spec.id
        assert told["unit"] in {price.unit for price in spec.prices}
        answer = web.client.post("/jobs", json=asked)
        if answer.status_code == 201:
            assert answer.json()["estimate"] == told
    lines = web.client.get("/spend").json()["today"]
    assert {one["unit"] for one in lines} == {price.unit for one in priced for price in one.prices}
    assert all(one["sandbox"] and one["spent"] + one["reserved"] > 0 for one in lines)
