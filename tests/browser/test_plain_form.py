"""What a form shows can be told apart, agrees with itself, and stays where it is."""

import itertools

import httpx
import pytest
from playwright.sync_api import Page, expect
from pydantic import JsonValue

from providers.catalogue.rules import Choice
from tests.browser.forms import ALL, choose, hand_in, picture, show
from tests.browser.views import ends, make, put
from tests.browser.waits import comes_true
from tests.support.servers import StudioServer
from ui.fields import in_order

LEGIBLE = """all => all.every(one => {
  const box = one.getBoundingClientRect();
  return box.width > 8 && box.height > 8 && one.scrollWidth <= one.clientWidth + 1;
})"""


def test_the_name_of_every_ratio_stands_by_its_shape(page: Page, server: StudioServer) -> None:
    show(page, server, "image")
    names = page.locator("#image-ratio label.shape:visible > span")
    for model in ("useapi:image/nano-banana-pro", "runway:image/gemini_image3.1_flash"):
        choose(page, "image", ALL[model])
        rule = ALL[model].rules["ratio"]
        assert isinstance(rule, Choice)
        shapes = [option for option in rule.options if ":" in str(option)]
        expect(names).to_have_text([str(option) for option in in_order(shapes)])
        comes_true(page, lambda: bool(names.evaluate_all(LEGIBLE)))


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
def test_the_buttons_of_eight_pictures_stay_in_sight(
    page: Page, server: StudioServer, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    eight: dict[str, JsonValue] = {"ratio": "1:1", "count": 8}
    job = make(server, "Eight of a kind", model="runware:image/google:4@1", options=eight)
    show(page, server)
    ends(page, job).locator(".p").click()
    stage = page.locator("[data-part=stage][data-tab=image]")
    expect(stage.locator(".shot")).to_have_count(8)
    expect(stage.get_by_role("button", name="Details")).to_be_in_viewport(ratio=1)
    expect(stage.locator(".shot").last).to_be_in_viewport(ratio=1)


def seven_of_eight(page: Page, server: StudioServer, prompt: str) -> str:
    """A job that asked for eight images, one of which is not there; its id."""
    eight: dict[str, JsonValue] = {"ratio": "1:1", "count": 8}
    job = make(server, prompt, model="runware:image/google:4@1", options=eight)
    ends(page, job)
    files = httpx.get(f"{server.url}/jobs/{job}", timeout=30).json()["artifacts"][:7]
    put(page, server, job, artifacts=files, detail="7 of 8 done.", revision=2**53 - 1)
    return job


def test_what_is_missing_of_eight_is_made_by_one_press(page: Page, server: StudioServer) -> None:
    show(page, server)
    job = seven_of_eight(page, server, "Seven came")
    page.locator(f'#jobs [data-job="{job}"] .p').click()
    stage = page.locator("[data-part=stage][data-tab=image]")
    with page.expect_request("**/jobs") as asked:
        stage.get_by_role("button", name="Generate the missing one").dblclick()
    body = asked.value.post_data_json
    assert body is not None
    assert body["options"]["count"] == 1
    assert (body["model"], body["prompt"]) == ("runware:image/google:4@1", "Seven came")
    expect(page.locator("#jobs [data-job]", has_text="Seven came")).to_have_count(2)
    page.locator(f'#jobs [data-job="{job}"] .p').click()
    again = stage.get_by_role("button", name="Generate the missing one")
    expect(again).to_have_attribute("aria-disabled", "true")
    again.dispatch_event("click")
    expect(page.locator(".toast").last).to_contain_text("already")
    expect(page.locator("#jobs [data-job]", has_text="Seven came")).to_have_count(2)


def test_chip_and_counter_name_the_same_limit(page: Page, server: StudioServer) -> None:
    show(page, server, "image")
    chips = page.locator("#tab-image .chips")
    for spec in (one for one in ALL.values() if one.kind == "image"):
        page.evaluate("id => window.studio.then(s => s.form.choose('image', id))", spec.id)
        rule = spec.rules.get("references")
        text = spec.rules.get("prompt")
        told = chips.text_content() or ""
        if rule is not None and rule.rule == "slot" and rule.most > 1:
            most = rule.doubtful or rule.most
            assert f"up to {most} references" in told
            expect(page.locator("#image-references .n").first).to_contain_text(f"0 of {most}")
        if text is not None and text.rule == "text":
            most = text.doubtful or text.longest
            assert f"up to {most:,} characters" in told
            expect(page.locator("#image-prompt .count")).to_have_text(f"0 / {most:,}")


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_cuts_of_the_time_bar_are_seen(page: Page, server: StudioServer, scheme: str) -> None:
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    show(page, server, "multishot")
    cut, face = page.locator(".segment").first.evaluate(
        "one => [getComputedStyle(one).borderRightColor, getComputedStyle(one).backgroundColor]"
    )
    assert contrast(cut, face) >= 3


def test_a_problem_of_the_seconds_stands_below_the_stepper(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "multishot")
    page.locator("#shot-2-seconds input").fill("99")
    said = page.locator("#shot-2-seconds .trouble")
    expect(said).to_be_visible()
    assert said.evaluate("one => !one.closest('.step')")
    page.wait_for_function(
        """() => {
          const [below, stepper] = [".trouble", ".step"].map(part =>
            document.querySelector(`#shot-2-seconds ${part}`).getBoundingClientRect());
          return below.top >= stepper.bottom && below.width > stepper.width;
        }"""
    )


@pytest.mark.parametrize("kind", ["image", "video", "multishot"])
def test_nobody_is_reproached_before_they_did_anything(
    page: Page, server: StudioServer, kind: str
) -> None:
    show(page, server, kind)
    told = page.locator(f"#{kind}-problems")
    expect(told.locator("li").first).to_be_visible()
    expect(told).not_to_contain_text("missing")
    expect(told.locator("li:not(.quiet)")).to_have_count(0)


def test_the_form_does_not_jump_when_it_gets_a_scroll_bar(page: Page, server: StudioServer) -> None:
    show(page, server, "image")
    page.add_style_tag(content=".maker-scroll { scrollbar-width: auto; }")
    widths: list[float] = []
    for height in (1000, 420):
        page.set_viewport_size({"width": 1440, "height": height})
        widths.append(page.locator("#image-prompt").evaluate("one => one.offsetWidth"))
    assert widths[0] == widths[1]


@pytest.mark.parametrize(
    ("kind", "height"), list(itertools.product(("image", "video", "multishot"), (560, 480)))
)
def test_on_a_low_window_the_prompt_is_in_sight(
    page: Page, server: StudioServer, kind: str, height: int
) -> None:
    page.set_viewport_size({"width": 1280, "height": height})
    show(page, server, kind)
    expect(page.locator(f"#{kind}-prompt textarea")).to_be_in_viewport(ratio=0.9)


def test_a_counter_above_its_soft_limit_names_the_hard_one(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "image")
    choose(page, "image", ALL["runway:image/gemini_image3_pro"])
    tally = page.locator("#image-references .n").first
    for number in range(10):
        hand_in(page, "image", "references", picture(f"{number}.png", f"#{number:02d}6699"))
    expect(tally).to_have_text("10 of 14")


def test_what_did_not_come_the_second_time_either_can_be_asked_for_again(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    job = seven_of_eight(page, server, "Two came")
    page.locator(f'#jobs [data-job="{job}"] .p').click()
    stage = page.locator("[data-part=stage][data-tab=image]")
    button = stage.get_by_role("button", name="Generate the missing one")
    with page.expect_response("**/jobs") as answered:
        button.click()
    expect(button).to_have_attribute("aria-disabled", "true")
    again = str(answered.value.json()["id"])
    ends(page, again)
    page.locator(f'#jobs [data-job="{job}"] .p').click()
    expect(button).to_have_attribute("aria-disabled", "true")
    put(page, server, again, state="failed", artifacts=[], revision=2**53 - 1)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    with page.expect_request("**/jobs") as asked:
        button.click()
    assert asked.value.method == "POST"
