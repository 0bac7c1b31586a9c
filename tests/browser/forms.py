"""What a person does on the three forms, for the tests that drive them."""

import io
from typing import cast

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.vendors.all import VENDORS
from tests.browser.waits import comes
from tests.support.servers import StudioServer

KINDS = ("image", "video", "multishot")
MODELS = [spec for vendor in VENDORS for spec in vendor.models]
SELLERS = {vendor.name: vendor.label for vendor in VENDORS}
ALL = {spec.id: spec for spec in MODELS}
SOON = 30_000
"""Milliseconds within which anything here must happen."""


def show(page: Page, server: StudioServer, kind: str = "image") -> Page:
    """The page with its script at work, on one tab."""
    page.set_default_timeout(SOON)
    page.goto(server.url)
    page.wait_for_selector("body[data-tab] .summary-text", state="attached")
    open_tab(page, kind)
    return page


def open_tab(page: Page, kind: str) -> None:
    """Open a tab as a person does, and wait for its controls."""
    page.locator(f"#tab-{kind}-button").click()
    page.wait_for_selector(f"body[data-tab={kind}] #{kind}-generate")
    page.wait_for_function(f"!!document.querySelector('#tab-{kind} .summary-text')?.textContent")


def choose(page: Page, kind: str, spec: ModelSpec, doubt: str = "") -> None:
    """Pick a vendor where another one is shown, then a model from its list by its words."""
    choose_vendor(page, kind, SELLERS[spec.vendor])
    page.locator(f"#{kind}-model input").click()
    doubt = doubt or ("may be refused" if spec.at_risk else "")
    name = spec.label + (f" ({doubt})" if doubt else "")
    page.get_by_role("option", name=name, exact=True).click()
    expect(page.locator(f"#tab-{kind} .summary-text")).to_have_text(spec.summary)


def choose_vendor(page: Page, kind: str, words: str) -> None:
    """Pick a vendor, or all of them, from the list."""
    box = page.locator(f"#{kind}-vendor input")
    if box.input_value() != words:
        box.click()
        page.get_by_role("option", name=words, exact=True).click()
        expect(box).to_have_value(words)


def picture(
    name: str = "picture.png", colour: str = "#336699", size: tuple[int, int] = (320, 180)
) -> FilePayload:
    """A small real picture."""
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "PNG")
    return FilePayload(name=name, mimeType="image/png", buffer=held.getvalue())


def hand_in(page: Page, kind: str, field: str, *files: FilePayload) -> None:
    """Choose files for a slot, and wait until they have arrived."""
    tiles = page.locator(f"#tab-{kind} .ref[data-field={field}][data-artifact]")
    before = tiles.count()
    page.locator(f"#tab-{kind} input[type=file][data-field={field}]").set_input_files(list(files))
    expect(tiles).to_have_count(before + len(files) if field == "references" else 1)
    # A single one takes the place of another, which is counted as well.
    expect(page.locator(f"#tab-{kind} .ref.sending[data-field={field}]")).to_have_count(0)


def asked(page: Page, kind: str) -> dict[str, JsonValue]:
    """The request that the form would send."""
    found = page.evaluate("kind => window.studio.then(s => s.form.request(kind))", kind)
    return cast("dict[str, JsonValue]", found)


def options(page: Page, kind: str) -> dict[str, JsonValue]:
    """The options of the request that the form would send."""
    return cast("dict[str, JsonValue]", asked(page, kind)["options"])


def chosen(page: Page, kind: str, **wanted: JsonValue) -> None:
    """Wait until the form holds these options: Gradio tells of its controls some moments later."""
    comes(page, wanted, lambda: {name: options(page, kind).get(name) for name in wanted})


def problems(page: Page, kind: str) -> Locator:
    """The lines above the button."""
    return page.locator(f"#{kind}-problems li")


def shots(page: Page) -> list[dict[str, JsonValue]]:
    """The shots that the form would send."""
    return cast("list[dict[str, JsonValue]]", asked(page, "multishot")["shots"])


def texts(page: Page) -> list[JsonValue]:
    """Their texts."""
    return [shot["prompt"] for shot in shots(page)]


def write(page: Page, text: str) -> None:
    """Put a script in place of the plan."""
    page.get_by_role("button", name="Edit as script", exact=True).click()
    page.locator("dialog.script textarea").fill(text)
    page.get_by_role("button", name="Use these shots").click()
