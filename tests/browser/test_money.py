"""Money on the page: prices before, costs after, the card that needs a look, tasks made elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.views import IMAGE, SOON, card, ends, first_job, generate, make, show
from tests.support.fake_vendor import MODEL
from tests.support.priced import UNPRICED
from tests.support.servers import StudioServer

ONE, TWO = MODEL.id, UNPRICED


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio with a key for a vendor that has prices; useapi.net is its sandbox."""
    folder = tmp_path_factory.mktemp("money") / "data"
    made = StudioServer(folder, module="tests.support.priced", STUDIO_CAP_DAY="fake=400").start()
    yield made
    made.close()


@pytest.fixture
def tight(tmp_path: Path) -> Iterator[StudioServer]:
    """The same with a small cap, used by one test."""
    made = StudioServer(
        tmp_path / "data", module="tests.support.priced", STUDIO_CAP_DAY="fake=50"
    ).start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio without any key."""
    made = StudioServer(tmp_path_factory.mktemp("box") / "data").start()
    yield made
    made.close()


def test_the_button_names_the_price_of_the_form_as_it_stands(
    live: StudioServer, page: Page
) -> None:
    show(page, live)
    promise = page.locator("[data-part=problems][data-tab=image] .go-promise")
    expect(promise).to_have_text("about 10 credits", timeout=SOON)
    expect(page.locator(".summary-price").first).to_have_text("About 10 credits")
    page.locator('#image-count input[value="4"]').check()
    expect(promise).to_have_text("about 40 credits")


def test_a_job_shows_its_cost_beside_its_estimate_and_the_day_sums_up(
    live: StudioServer, page: Page
) -> None:
    show(page, live)
    job = make(live, "Two lighthouses", model=ONE, options={"count": 2})
    found = ends(page, job)
    expect(found.locator(".m b")).to_have_text("One · 12 credits (about 20)")
    expect(page.locator(".jobs-head .today")).to_have_text(re.compile(r"^\d+ credits today$"))
    page.goto(live.url)
    expect(page.locator(".jobs-head .today")).to_have_text(re.compile(r"^\d+ credits today$"))
    found.locator(".p").click()
    page.locator(".hero:visible ~ .cap button", has_text="Details").click()
    facts = page.locator("dialog.viewer dl")
    expect(facts).to_contain_text("Estimateabout 20 credits")
    expect(facts).to_contain_text("Cost12 credits")


@pytest.mark.allows_console("status of 422")
def test_a_cap_refuses_with_a_sentence_and_makes_no_job(tight: StudioServer, page: Page) -> None:
    show(page, tight)
    lost = make(tight, "lost balloon", model=ONE, options={"count": 2})
    ends(page, lost, "unsure")
    page.locator('#image-count input[value="4"]').check()
    generate(page, "one too many")
    problem = page.locator("[data-part=problems][data-tab=image] .problem-list")
    expect(problem).to_have_text(
        "This costs about 40 credits, and this studio's daily cap on Fake is 50 credits: 0 "
        "credits spent and 20 credits reserved today. Wait until tomorrow, or raise the cap "
        "(STUDIO_CAP_DAY)."
    )
    expect(page.locator("#jobs [data-job]")).to_have_count(1)
    # What is left of the cap may still be used.
    page.locator('#image-count input[value="2"]').check()
    expect(problem).to_be_empty()
    page.locator("#image-generate").click()
    ends(page, first_job(page, "one too many"))


def test_a_job_that_needs_a_look_tells_price_and_balances(box: StudioServer, page: Page) -> None:
    show(page, box)
    # By its end the account has told its balance, for which no press waits long.
    ends(page, make(box, "A calm harbour", model=IMAGE))
    job = make(box, "A harbour sandbox:lost-request", model=IMAGE)
    found = ends(page, job, "unsure")
    evidence = found.locator(".evidence")
    expect(evidence).to_contain_text("Priceunknown")
    expect(evidence).to_contain_text("Balance before935 credits")
    expect(evidence).to_contain_text("Balance now935 credits (unchanged")
    page.locator("#tab-image-button").click()
    expect(page.locator(".way .evidence:visible")).to_be_visible()
    found.get_by_role("button", name="Try again").click()
    ask = found.locator(".ask")
    expect(ask).to_contain_text("may be made twice")
    ask.get_by_role("button", name="Try again anyway").click()
    expect(page.locator("#jobs [data-job]", has_text="sandbox:lost-request")).to_have_count(2)
    found.get_by_role("button", name="Check again").click()
    page.wait_for_function(
        """async job => (await (await fetch(`jobs/${job}`)).json()).events
            .filter(event => event.state === "unsure").length === 2""",
        arg=job,
    )
    ends(page, job, "unsure")
    found.get_by_role("button", name="Discard").click()
    found.get_by_role("button", name="Discard job").click()
    expect(card(page, job)).to_have_count(0)


def test_the_question_before_a_second_try_names_the_price(live: StudioServer, page: Page) -> None:
    show(page, live)
    for model, says in ((ONE, "Each attempt costs about 10 credits."), (TWO, "price is unknown")):
        found = ends(page, make(live, "lost fox", model=model), "unsure")
        found.get_by_role("button", name="Try again").click()
        expect(found.locator(".ask")).to_contain_text(says)
    found.get_by_role("button", name="Cancel: lost fox").click()
    found.get_by_role("button", name="Import by task ID").click()
    expect(found.locator(".offered")).to_contain_text("A kite over the dunes")


@pytest.mark.allows_console("status of 422")
def test_a_task_made_elsewhere_is_taken_in_on_the_settings_tab(
    live: StudioServer, page: Page
) -> None:
    show(page, live, "settings")
    page.locator('[data-strays="fake"]').click()
    stray = page.locator("[data-stray]", has_text="A kite over the dunes")
    stray.get_by_role("button", name="Import").click()
    expect(stray).to_contain_text("Imported")
    job = first_job_of(live, "A kite over the dunes")
    page.locator("#tab-image-button").click()
    ends(page, job)
    page.locator("#tab-settings-button").click()
    form = page.get_by_role("form", name="Import a task by ID")
    form.get_by_label("Task ID").fill("nobody-knows-this")
    form.get_by_role("button", name="Import").click()
    expect(page.locator(".adopt + .said")).to_contain_text("doesn't know this task")
    form.get_by_label("Task ID").fill("task-from-elsewhere")
    form.get_by_role("button", name="Import").click()
    expect(page.locator(".adopt + .said")).to_contain_text("Another job already has this task.")


def first_job_of(server: StudioServer, prompt: str) -> str:
    """The newest job with this prompt."""
    found = httpx.get(f"{server.url}/jobs", params={"text": prompt}, timeout=30).json()["jobs"]
    return str(found[0]["id"])


def test_the_settings_tab_sums_up_and_shows_how_far_a_cap_is_used(
    live: StudioServer, page: Page
) -> None:
    show(page, live)
    ends(page, make(live, "A lighthouse that was paid for", model=ONE))
    page.locator("#tab-settings-button").click()
    spent = page.get_by_role("region", name="Spend")
    expect(spent.locator(".spent-today b")).to_have_text(re.compile(r"^\d+ credits today$"))
    cap = spent.locator('[data-cap="fake day"]')
    expect(cap).to_contain_text("Everyone, per day on Fake: 400 credits")
    expect(cap.get_by_role("meter")).to_have_attribute("aria-valuemax", "400")
    expect(cap).to_contain_text("publishes no prices for 1 of its 2 models")
    row = spent.locator(f'tr[data-model="{ONE}"]').first
    expect(row).to_contain_text("Today")
    expect(row).to_contain_text("credits")


def test_the_sandbox_is_told_apart_from_money(box: StudioServer, page: Page) -> None:
    show(page, box)
    job = make(box, "A quay", model=IMAGE)
    ends(page, job)
    promise = page.locator("[data-part=problems][data-tab=image] .go-promise")
    expect(promise).to_have_text("sandbox, a few seconds")
    expect(page.locator(".jobs-head .today")).to_be_hidden()
    page.locator("#tab-settings-button").click()
    spent = page.get_by_role("region", name="Spend")
    expect(spent).to_contain_text("Nothing spent today.")
    expect(spent.locator("tr.sandboxed").first).to_contain_text("sandbox")
