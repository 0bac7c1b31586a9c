"""The model picker: all vendors in one list, the filter, prices, and the same model elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice
from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.painter import Card
from tests.browser.forms import (
    ALL,
    MODELS,
    SELLERS,
    asked,
    choose,
    choose_vendor,
    chosen,
    hand_in,
    options,
    picture,
    show,
)
from tests.browser.waits import comes, comes_true
from tests.support.servers import StudioServer

EVERYWHERE = "All services"


def labels(found: Locator) -> list[str]:
    """What these are called."""
    return [str(name) for name in found.evaluate_all("all => all.map(one => one.ariaLabel)")]


def lists(page: Page, kind: str, wanted: list[str]) -> None:
    """The model list, which is opened for it and closed again, holds exactly these words."""
    page.locator(f"#{kind}-model input").click()
    found = page.get_by_role("option")
    expect(found).to_have_count(len(wanted))
    comes(page, wanted, lambda: labels(found))
    page.keyboard.press("Escape")
    expect(found).to_have_count(0)


def named(spec: ModelSpec) -> str:
    """A model in the words of the list of all vendors."""
    return f"{spec.label} · {SELLERS[spec.vendor]}" + (" (may be refused)" if spec.at_risk else "")


def of_kind(kind: str) -> list[ModelSpec]:
    return [spec for spec in MODELS if spec.kind == kind]


def grouped(specs: list[ModelSpec]) -> list[ModelSpec]:
    """As the list shows them: the rows of one model together, where its first one stands."""
    first: dict[str, int] = {}
    for place, spec in enumerate(specs):
        first.setdefault(spec.family or spec.id, place)
    return sorted(specs, key=lambda spec: first[spec.family or spec.id])


def doors(page: Page, kind: str) -> Locator:
    """The other vendors of the chosen model."""
    return page.locator(f"#tab-{kind} .door")


def test_models_of_all_vendors_are_searched_in_one_list(page: Page, server: StudioServer) -> None:
    show(page, server, "video")
    choose_vendor(page, "video", EVERYWHERE)
    lists(page, "video", [named(spec) for spec in grouped(of_kind("video"))])
    box = page.locator("#video-model input")
    box.click()
    box.press_sequentially("kling")
    found = page.get_by_role("option")
    wanted = [named(spec) for spec in grouped(of_kind("video")) if "Kling" in spec.label]
    expect(found).to_have_count(len(wanted))
    comes(page, wanted, lambda: labels(found))
    assert len({words.partition(" · ")[2] for words in wanted}) > 1
    page.get_by_role("option", name="Kling 3.0 Pro · Runware", exact=True).click()
    spec = ALL["runware:video/klingai:kling-video@3-pro"]
    expect(page.locator("#tab-video .doors-open")).to_have_text(
        f"also on {', '.join(others(spec))}"
    )
    assert str(asked(page, "video")["model"]).startswith("runware:")
    page.reload()
    expect(box).to_have_value("Kling 3.0 Pro · Runware")
    expect(page.locator("#video-vendor input")).to_have_value(EVERYWHERE)
    # A vendor's own list begins with the same model, if it is sold there.
    choose_vendor(page, "video", "useapi.net")
    expect(box).to_have_value("Kling 3.0 Pro")
    own = [spec for spec in of_kind("video") if spec.vendor == "useapi"]
    lists(page, "video", [named(spec).replace(" · useapi.net", "") for spec in own])


def test_the_filter_leaves_models_that_can_and_the_chosen_one(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    choose(page, "image", ALL["runway:image/gen4_image"])
    choose_vendor(page, "image", EVERYWHERE)
    opener = page.locator("#tab-image .finder-open")
    expect(opener).to_have_text(f"{count(of_kind('image'))} models · Filter")
    opener.click()
    expect(page.get_by_role("group", name="Filter models by")).to_be_visible()
    chips = page.locator("#tab-image .finder-chip")
    assert 2 <= chips.count() <= 6
    chips.filter(has_text="4K").click()
    expect(chips.filter(has_text="4K")).to_have_attribute("aria-pressed", "true")
    able = [spec for spec in of_kind("image") if has_4k(spec)]
    expect(opener).to_have_text(f"{count(able)} of {count(of_kind('image'))} models")
    chosen = ALL["runway:image/gen4_image"]
    wanted = [
        named(spec)
        for spec in grouped([one for one in of_kind("image") if has_4k(one) or one is chosen])
    ]
    lists(page, "image", wanted)
    chips.filter(has_text="4K").click()
    lists(page, "image", [named(spec) for spec in grouped(of_kind("image"))])


def count(specs: list[ModelSpec]) -> int:
    """How many models these rows are: one that several services offer is one."""
    return len({spec.family or spec.id for spec in specs})


def has_4k(spec: ModelSpec) -> bool:
    rule = spec.rules.get("resolution")
    return isinstance(rule, Choice) and "4K" in [str(option).upper() for option in rule.options]


def others(spec: ModelSpec) -> list[str]:
    """The other services that sell the same model for the same kind of result."""
    return [
        SELLERS[one.vendor]
        for one in of_kind(spec.kind)
        if one.family and one.family == spec.family and one.vendor != spec.vendor
    ]


@pytest.mark.parametrize(("kind", "least"), [("image", 10), ("video", 7)])
def test_every_model_names_the_other_vendors_that_sell_it(
    page: Page, server: StudioServer, kind: str, least: int
) -> None:
    show(page, server, kind)
    seen = page.evaluate(
        """async ([kind, models]) => {
          const { form } = await window.studio;
          return models.map(model => {
            form.choose(kind, model);
            const lines = [...document.querySelectorAll(`#tab-${kind} .doors-list li`)];
            return lines.map(line => [...line.children].map(part => part.textContent));
          });
        }""",
        [kind, [spec.id for spec in of_kind(kind)]],
    )
    several = 0
    for spec, lines in zip(of_kind(kind), seen, strict=True):
        assert [name for name, _ in lines] == others(spec), spec.id
        assert all(differs for _, differs in lines), spec.id
        several += bool(lines)
    assert several >= least


def test_one_press_goes_to_another_vendor_and_says_what_is_dropped(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    spec = ALL["useapi:video/kling-3.0-pro"]
    choose(page, "video", spec)
    page.locator("#video-prompt textarea").fill("A red kite")
    page.locator("#video-duration label", has_text="10 s").click()
    page.locator("#video-explore label", has_text="Explore (free, slow)").click()
    chosen(page, "video", duration=10, explore=True)
    hand_in(page, "video", "start_frame", picture())
    opener = page.locator("#tab-video .doors-open")
    expect(opener).to_have_text(f"also on {', '.join(others(spec))}")
    expect(doors(page, "video").first).to_be_hidden()
    opener.click()
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(doors(page, "video")).to_have_text(others(spec))
    runware = doors(page, "video").filter(has_text="Runware")
    line = page.locator("#tab-video .doors-list li").filter(has_text="Runware")
    # 10 s at the price of a second without sound or with it: the form decides.
    sound = bool(options(page, "video").get("audio"))
    expect(line).to_contain_text("$1.68" if sound else "$1.12")
    expect(line).to_contain_text("without ratio, explore queue")
    expect(page.locator("#tab-video .summary-price")).to_have_text("Price unknown")
    runware.click()
    expect(page.locator("#video-vendor input")).to_have_value("Runware")
    expect(page.locator("#tab-video .notice")).to_contain_text("explore queue (on)")
    body = asked(page, "video")
    assert (body["prompt"], options(page, "video")["duration"]) == ("A red kite", 10)
    assert "start_frame" in body
    expect(page.locator("#tab-video .summary-price")).to_contain_text("About $1.")
    expect(doors(page, "video")).to_have_text(others(ALL[str(body["model"])]))
    doors(page, "video").filter(has_text="useapi.net").click()
    assert options(page, "video")["explore"] is True


@pytest.mark.parametrize("kind", ["image", "video", "multishot"])
def test_the_card_is_short_and_more_shows_the_whole_of_it(
    page: Page, server: StudioServer, kind: str
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    show(page, server, kind)
    card = page.locator(f"#tab-{kind} .part-summary")
    chips = card.locator(".chips li:visible")
    for spec in of_kind(kind):
        page.evaluate(
            "([kind, id]) => window.studio.then(s => s.form.choose(kind, id))", [kind, spec.id]
        )
        assert card.locator(".summary-text").evaluate("one => one.offsetHeight") < 20, spec.id
        assert card.locator(".chips").evaluate("one => one.offsetHeight") < 48, spec.id
    before = chips.count()
    card.get_by_role("button", name="Show all").click()
    assert chips.count() > before
    assert card.locator(".summary-text").evaluate("one => one.scrollWidth <= one.clientWidth")
    card.get_by_role("button", name="Show less").click()
    expect(chips).to_have_count(before)


@pytest.mark.parametrize(
    "model",
    ["useapi:image/nano-banana-pro", "useapi:video/gen4.5", "useapi:multishot/kling-3.0-pro"],
)
def test_all_controls_of_a_usual_model_stand_on_one_screen(
    page: Page, server: StudioServer, model: str
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    kind = ALL[model].kind
    show(page, server, kind)
    choose(page, kind, ALL[model])
    expect(page.locator(f"#{kind}-problems li").first).to_be_visible()
    column = page.locator(f"#tab-{kind} .maker-scroll")
    comes_true(page, lambda: column.evaluate("one => one.scrollHeight - one.clientHeight") <= 0)


@pytest.mark.parametrize("width", [1440, 800, 360])
def test_segments_stand_in_one_line_where_a_row_holds_them(
    page: Page, server: StudioServer, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    show(page, server, "video")
    for model in ("useapi:video/kling-3.0-pro", "runway:video/veo3.1", "useapi:video/gen4"):
        page.evaluate("id => window.studio.then(s => s.form.choose('video', id))", model)
        expect(page.locator("#video-duration label:visible")).not_to_have_count(0)
        for name in ("ratio", "duration"):
            tops = page.locator(f"#video-{name} label:visible")
            page.wait_for_function(
                "name => new Set([...document.querySelectorAll(`#video-${name} label[data-testid]`)]"
                ".map(one => one.getBoundingClientRect().top)).size === 1",
                arg=name,
            )
            assert tops.count() > 1


def test_the_price_follows_the_form(page: Page, server: StudioServer) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["runway:video/veo3.1"])
    price = page.locator("#tab-video .summary-price")
    page.locator("#video-duration label", has_text="8 s").click()
    expect(price).to_have_text("About 320 credits (free in the sandbox)")
    page.locator("#video-duration label", has_text="4 s").click()
    expect(price).to_contain_text("160 credits")
    page.locator("#video-audio input").click()
    expect(price).to_contain_text("80 credits")
    choose(page, "video", next(row for row in of_kind("video") if not row.prices))
    expect(price).to_have_text("Price unknown")


def test_a_price_that_the_video_decides_is_a_lower_bound_until_it_is_there(
    page: Page, server: StudioServer, tmp_path: Path
) -> None:
    show(page, server, "video")
    price = page.locator("#tab-video .summary-price")
    choose(page, "video", ALL["runway:video/magnific_video_upscaler_creative"])
    expect(price).to_have_text("At least 21.6 credits per second (free in the sandbox)")
    choose(page, "video", ALL["runway:video/aleph2"])
    expect(price).to_have_text("At least 56 credits (free in the sandbox)")
    path = tmp_path / "film.mp4"
    card = Card(model="", prompt="", facts="", seed=1)
    paint_film(Film(card=card, width=128, height=96, takes=(Take(prompt="", seconds=4),)), path)
    film = FilePayload(name="film.mp4", mimeType="video/mp4", buffer=path.read_bytes())
    hand_in(page, "video", "driving_video", film)
    expect(price).to_have_text("About 112 credits (free in the sandbox)")
    kept = asked(page, "video")
    told = page.request.post(f"{server.url}/check", data=kept).json()["estimate"]
    assert told == {"amount": 112, "unit": "credits", "at_least": False}


@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[StudioServer]:
    """A studio with one vendor's key, for one test; asked for before the page, it outlives it."""
    made = StudioServer(tmp_path / "data", RUNWAYML_API_SECRET=f"key_{'0' * 24}").start()
    yield made
    made.close()


def test_a_form_begins_with_the_first_vendor_that_has_a_key(
    keyed: StudioServer, page: Page
) -> None:
    show(page, keyed, "video")
    expect(page.locator("#video-vendor input")).to_have_value("Runway")
    expect(page.locator("#image-vendor input")).to_have_value("Runway")
    assert str(asked(page, "multishot")["model"]).startswith("runway:")
    expect(page.locator("#tab-video .go-promise")).to_contain_text("about")
