"""A person who does all that the page offers, in an order drawn by a seed, and others meanwhile."""

import random
import re
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

import httpx
from playwright.sync_api import Error, Locator, Page, ViewportSize
from pydantic import JsonValue

from tests.browser.forms import picture

PATIENCE = 10_000
"""Milliseconds within which what a use needs is there, or the person does something else."""
PAUSE = 0.1
"""Seconds between two looks at how many jobs are on their way,"""
AT_ONCE = 12
"""of which there are so many while others work."""
LONGEST = 240
"""Seconds in which what is on its way ends, on a busy machine too."""
MODELS = (
    "runway:image/gen4_image", "runware:image/google:4@1", "runflow:image/google/nano-banana-pro",
)  # fmt: skip
DESK, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
FRAMES = "new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))"
"""After the first, a page has heard how wide it is."""
TABS = ("image", "video", "multishot")
WORDS = ("lighthouse", "heron", "kite", "fox", "harbour", "orchard", "glacier", "night")
FATES = (
    "",
    "",
    "",
    "",
    "sandbox:moderated",
    "sandbox:fails",
    "sandbox:no-credits",
    "sandbox:cut-download",
)
"""What a prompt brings about in the sandbox; most go well."""
CLEAR = ".lib-results .plain-link"
QUIET = "!document.querySelector('.toast')"
"""The last message has gone: it would be counted."""
RESTED = "() => !document.querySelector('dialog[open]') && !document.querySelector('.ask')"


class Person:
    """Somebody at the page. Each use ends where it began: on a tab, no dialog open."""

    def __init__(self, page: Page, seed: int) -> None:
        self.page = page
        self.chance = random.Random(seed)
        self.done: dict[str, int] = {}
        """How often each use was made."""
        self.missed: dict[str, str] = {}
        """Uses that could not be made to the end, the last time that this was so."""
        self._uses: Mapping[str, tuple[int, Callable[[], None]]] = {
            "generate": (10, self.generate), "change the model": (6, self.change_model),
            "look at details": (10, self.look), "star": (6, self.star), "tag": (4, self.tag),
            "filter": (8, self.filter), "search": (6, self.search), "scroll the library": (6, self.scroll),
            "scroll the jobs": (4, self.scroll_jobs), "select": (4, self.select), "delete": (3, self.delete),
            "cancel": (4, self.cancel), "put away": (3, self.put_away), "batch": (2, self.batch),
            "hand a file in": (4, self.hand_in), "use a phone": (2, self.phone),
            "lose the line": (2, self.lose_line), "change tabs": (8, self.change_tabs),
            "watch on the stage": (5, self.stage),
        }  # fmt: skip

    @property
    def uses(self) -> int:
        """How many things were done."""
        return sum(self.done.values())

    def use_until(self, holds: Callable[[], bool], least: int = 0) -> None:
        """Go on until this is true, and for so many uses at least."""
        enough = self.uses + least
        while self.uses < enough or not holds():
            self.use()

    @contextmanager
    def at_rest(self) -> Generator[None]:
        """Where every measure is taken: in a phone's window, whose list of jobs is short.

        Of two hundred cards more are of failures now than then, and those hold more than others.
        """
        self.come_to_rest()
        with self.on_a_phone():
            self.page.evaluate(FRAMES)
            yield

    def come_to_rest(self) -> None:
        """The library's first page with no filter, then the image tab, and nothing on its way."""
        self.open("library")
        if not self.page.locator(CLEAR).is_visible():
            self.page.locator("[data-filter=kind][data-value=image]").click(timeout=PATIENCE)
        self.page.locator(CLEAR).click(timeout=PATIENCE)
        self.page.locator(CLEAR).wait_for(state="hidden", timeout=PATIENCE)
        self.open("image")
        self.page.wait_for_load_state("networkidle", timeout=6 * PATIENCE)
        self.page.wait_for_function(QUIET, timeout=6 * PATIENCE)

    def use_all(self) -> None:
        """Do everything once: what is made at its first use is there then."""
        for name in self._uses:
            self._do(name)

    def use(self) -> None:
        """Do one thing."""
        names = list(self._uses)
        self._do(self.chance.choices(names, [self._uses[name][0] for name in names])[0])

    def _do(self, name: str) -> None:
        self.done[name] = self.done.get(name, 0) + 1

        try:
            self._uses[name][1]()
        except Error as error:
            # What was to be pressed went meanwhile, as it does under a person's hand.
            self.missed[name] = error.message.splitlines()[0]
        self.rest()

    def rest(self) -> None:
        """Leave whatever is open."""
        for _ in range(4):
            if self.page.evaluate(RESTED):
                return
            self.page.keyboard.press("Escape")

    def open(self, tab: str) -> None:
        """Go to a tab."""
        self.page.locator(f"#tab-{tab}-button").click(timeout=PATIENCE)
        self.page.wait_for_selector(f"body[data-tab={tab}]", timeout=PATIENCE)

    def one(self, found: Locator) -> Locator | None:
        """One of those that can be seen, drawn by chance."""
        count = found.count()
        return found.nth(self.chance.randrange(count)) if count else None

    def press(self, found: Locator) -> bool:
        """Press one of these; whether there was any."""
        here = self.one(found)
        if here is not None:
            here.click(timeout=PATIENCE)
        return here is not None

    def prompt(self) -> str:
        """Words for a picture, and now and then a fate."""
        words = " ".join(self.chance.sample(WORDS, 3))
        return f"{words} {self.chance.choice(FATES)}".strip()

    # On the forms

    def generate(self) -> None:
        """Write and press Generate, unless the form says that a file is missing."""
        tab = self.chance.choice(TABS)
        self.open(tab)
        empty = self.page.locator(f"#tab-{tab} .tray-group:has(.ref.add)")
        if empty.filter(visible=True).filter(has_text=re.compile("need")).count():
            return
        self.page.locator(f"#{tab}-prompt textarea").fill(self.prompt(), timeout=PATIENCE)
        if tab == "multishot":
            for shot in self.page.locator(".shot-card textarea:visible").all():
                shot.fill(self.prompt(), timeout=PATIENCE)
        self.page.locator(f"#{tab}-generate").click(timeout=PATIENCE)

    def change_model(self) -> None:
        """Choose one from the list, of any vendor."""
        tab = self.chance.choice(TABS)
        self.open(tab)
        for box in ("vendor", "model"):
            self.page.locator(f"#{tab}-{box} input").click(timeout=PATIENCE)
            self.press(self.page.get_by_role("option"))

    def batch(self) -> None:
        """A list of prompts in one press."""
        self.open("image")
        self.page.locator("#image-many").click(timeout=PATIENCE)
        dialog = self.page.locator("dialog.many")
        lines = "\n".join(self.prompt() for _ in range(self.chance.randint(2, 10)))
        dialog.get_by_label("Prompts, one per line").fill(lines, timeout=PATIENCE)
        dialog.locator(".act.go[aria-disabled=false]").click(timeout=PATIENCE)
        self.press(self.page.locator("#jobs .batch .p").first)

    def hand_in(self) -> None:
        """A file that is taken away again."""
        self.open("image")
        field = self.page.locator("#tab-image input[type=file][data-field=references]")
        colour = f"#{self.chance.randrange(1 << 24):06x}"
        field.set_input_files([picture(colour=colour)], timeout=PATIENCE)
        tile = self.page.locator("#tab-image .ref[data-artifact]").last
        tile.locator(".gone").click(timeout=PATIENCE)

    def stage(self) -> None:
        """Choose from the latest results, and look at one whole."""
        tab = self.chance.choice(TABS)
        self.open(tab)
        if self.press(self.page.locator(f"#tab-{tab} .strip .small:visible")):
            self.page.locator(f"#tab-{tab} .stage").get_by_role("button", name="Details").click(
                timeout=PATIENCE
            )

    # In the library and the list

    def look(self) -> None:
        """Open details, go to neighbours, leave."""
        self.open("library")
        if self.press(self.page.locator(".tile")):
            for _ in range(self.chance.randint(0, 6)):
                self.page.keyboard.press(
                    self.chance.choice(("ArrowRight", "ArrowRight", "ArrowLeft"))
                )
            self.page.locator("dialog.viewer [aria-label=Close]").click(timeout=PATIENCE)

    def star(self) -> None:
        """By the key, at a tile."""
        self.open("library")
        tile = self.one(self.page.locator(".tile"))
        if tile is not None:
            tile.press("f", timeout=PATIENCE)

    def tag(self) -> None:
        """A new one in the details, or one taken away."""
        self.open("library")
        if not self.press(self.page.locator(".tile")):
            return
        chips = self.page.locator("dialog.viewer .tag-chip button")
        if self.chance.random() < 0.4 and chips.count():
            chips.first.click(timeout=PATIENCE)
        else:
            field = self.page.locator("dialog.viewer .tag-field")
            field.fill(self.chance.choice(WORDS), timeout=PATIENCE)
            field.press("Enter", timeout=PATIENCE)

    def filter(self) -> None:
        """Choose one, and as a rule clear all afterwards."""
        self.open("library")
        self.press(self.page.locator("[data-filter]:visible"))
        if self.chance.random() < 0.7:
            self.page.locator(CLEAR).click(timeout=PATIENCE)

    def search(self) -> None:
        """Letter by letter, and nothing again."""
        self.open("library")
        field = self.page.locator(".lib input[type=search]")
        field.press_sequentially(self.chance.choice(WORDS), timeout=PATIENCE)
        field.fill("", timeout=PATIENCE)

    def scroll(self) -> None:
        """Down some pages, and up again."""
        self.open("library")
        for _ in range(self.chance.randint(2, 8)):
            self.page.mouse.move(700, 500)
            self.page.mouse.wheel(0, 2500)
            self.page.evaluate("new Promise(requestAnimationFrame)")
        if self.chance.random() < 0.8:
            self.page.evaluate("scrollTo(0, 0)")

    def scroll_jobs(self) -> None:
        """The list beside the form."""
        self.open(self.chance.choice(TABS))
        self.page.evaluate(
            "down => document.getElementById('jobs').scrollTo(0, down)", self.chance.randrange(8000)
        )

    def select(self) -> None:
        """Some tiles, to star them or for nothing."""
        self.open("library")
        for _ in range(3):
            tile = self.one(self.page.locator(".tile:is([data-state=done], [data-state=failed])"))
            if tile is not None:
                tile.click(modifiers=["Control"], timeout=PATIENCE)
        bar = self.page.locator(".pick-bar")
        if self.chance.random() < 0.5:
            bar.get_by_role("button", name="Star").click(timeout=PATIENCE)
        bar.get_by_role("button", name="Clear selection").click(timeout=PATIENCE)

    def delete(self) -> None:
        """One that has ended, for good."""
        self.open("library")
        if self.press(self.page.locator(".tile:is([data-state=done], [data-state=failed])")):
            viewer = self.page.locator("dialog.viewer")
            viewer.get_by_role("button", name="Delete", exact=True).click(timeout=PATIENCE)
            viewer.get_by_role("button", name="Delete job").click(timeout=PATIENCE)

    def cancel(self) -> None:
        """A job that is on its way, after the question."""
        self.open(self.chance.choice(TABS))
        cards = "#jobs > :is([data-state=queued], [data-state=running], [data-state=waiting])"
        card = self.one(self.page.locator(cards))
        if card is not None:
            job = card.get_attribute("data-job", timeout=PATIENCE)
            here = self.page.locator(f'#jobs [data-job="{job}"]')
            here.locator(".cancel[aria-label^=Cancel]").click(timeout=1000)
            if self.chance.random() < 0.7:
                here.get_by_role("button", name="Cancel job").click(timeout=1000)

    def put_away(self) -> None:
        """What failed, from the list."""
        self.open(self.chance.choice(TABS))
        self.press(self.page.locator("#jobs .cancel[aria-label^=Remove]:not([hidden])"))

    # Around it

    def change_tabs(self) -> None:
        """Through several tabs."""
        for _ in range(3):
            self.open(self.chance.choice((*TABS, "library", "settings")))

    def phone(self) -> None:
        """The window small, looked at, and large again."""
        with self.on_a_phone():
            self.open(self.chance.choice((*TABS, "library")))
            self.page.mouse.wheel(0, 3000)
            self.page.evaluate("new Promise(requestAnimationFrame)")

    @contextmanager
    def on_a_phone(self) -> Generator[None]:
        """The window small, and large again."""
        self.page.set_viewport_size(PHONE)
        try:
            yield
        finally:
            self.page.set_viewport_size(DESK)

    def lose_line(self) -> None:
        """The feed is shut, and comes back by itself."""
        self.page.evaluate("window.dispatchEvent(new Event('pagehide'))")


class Others:
    """Other windows and programs, which ask for jobs, as long as `client` is open."""

    def __init__(self, client: httpx.Client, seed: int) -> None:
        self.client = client
        self.chance = random.Random(seed)
        self.made = 0

    @contextmanager
    def at_work(self) -> Generator[None]:
        """Beside what happens inside, some jobs are always on their way."""
        ended = threading.Event()
        worker = threading.Thread(target=self._work, args=(ended,))
        worker.start()
        try:
            yield
        finally:
            ended.set()
            worker.join()

    def _work(self, ended: threading.Event) -> None:
        while not ended.wait(PAUSE):
            for _ in range(AT_ONCE - self.on_their_way()):
                self.make()

    def on_their_way(self) -> int:
        """How many jobs are."""
        return int(self.client.get("/jobs?state=open&limit=1").raise_for_status().json()["total"])

    def make(self) -> None:
        """Ask for one more."""
        self.made += 1
        words = " ".join(self.chance.sample(WORDS, 3))
        body: dict[str, JsonValue] = {
            "kind": "image",
            "model": self.chance.choice(MODELS),
            "prompt": f"{words}, take {self.made} {self.chance.choice(FATES)}".strip(),
            "options": {},
        }
        self.client.post("/jobs", json=body).raise_for_status()

    def let_end(self) -> None:
        """Wait until nothing is on its way."""
        until = time.monotonic() + LONGEST
        while self.on_their_way():
            if time.monotonic() > until:
                raise TimeoutError("Jobs are on their way for ever.")
            time.sleep(PAUSE)
