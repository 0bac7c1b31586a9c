"""Whether everything on the page is what the studio says: a sentence for each difference."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict, cast

import httpx
from playwright.sync_api import Page
from pydantic import JsonValue

Record = dict[str, JsonValue]
NEWEST = 60
"""So many of the newest jobs a page is told of at first."""
STRIP = 6
LOOKS = 40
FRAMES = """async () => {
  for (let frame = 0; frame < 20; frame += 1) await new Promise(requestAnimationFrame);
}"""
SEEN = """() => {
  const told = (node, place) => node.querySelector(place)?.textContent ?? '';
  const files = node => [...node.querySelectorAll('img')].map(image => image.src.match(/media\\/(\\w+)/)?.[1]);
  const away = JSON.parse(localStorage['studio-put-away'] ?? '[]');
  return {
    away: Array.isArray(away) ? away : [],
    cards: [...document.querySelectorAll('#jobs > [data-job]')].map(card => ({
      id: card.dataset.job, state: card.dataset.state, words: told(card, '.p'), files: files(card)})),
    batches: Object.fromEntries([...document.querySelectorAll('#jobs > [data-batch]')].map(bar =>
      [bar.dataset.batch, told(bar, '.p')])),
    tiles: [...document.querySelectorAll('.tile')].map(tile => ({
      id: tile.dataset.tile, state: tile.dataset.state, words: tile.title,
      starred: tile.classList.contains('starred'), tags: told(tile, '.tile-tags'), files: files(tile)})),
    counts: Object.fromEntries([...document.querySelectorAll('[data-filter]:has(b)')].map(row =>
      [`${row.dataset.filter} ${row.dataset.value}`, told(row, 'b')])),
    results: told(document, '.lib-results p'),
    today: told(document, '.jobs-panel .today'),
    running: told(document, '.jobs-head .n'),
    strips: Object.fromEntries(['image', 'video', 'multishot'].map(kind =>
      [kind, [...document.querySelectorAll(`#tab-${kind} .strip .small`)].map(thumb => files(thumb)[0])])),
  };
}"""


class Shown(TypedDict):
    """A card or a tile."""

    id: str
    state: str
    words: str
    files: list[str]


class Tiled(Shown):
    """A tile, whose marks are shown."""

    starred: bool
    tags: str


class Seen(TypedDict):
    """What is on the page."""

    away: list[str]
    cards: list[Shown]
    batches: dict[str, str]
    tiles: list[Tiled]
    counts: dict[str, str]
    results: str
    today: str
    running: str
    strips: dict[str, list[str]]


@dataclass(frozen=True)
class Said:
    """What the studio says."""

    jobs: list[Record]
    """All of them, newest first."""
    first: Record
    """The first page, with its counts."""
    today: list[Record]
    batches: dict[str, Record]


def said(url: str) -> Said:
    """Ask for everything."""
    with httpx.Client(base_url=url, timeout=60) as client:
        first = client.get("/jobs?limit=200").json()
        jobs, place = list(first["jobs"]), first["next"]
        while place:
            page = client.get(f"/jobs?limit=200&before={place}").json()
            jobs, place = [*jobs, *page["jobs"]], page["next"]
        names = {batch["id"] for job in jobs if (batch := job["batch"]) and batch["of"] > 1}
        batches = {name: client.get(f"/batches/{name}").json() for name in names}
        return Said(jobs, first, client.get("/spend").json()["today"], batches)


def differences(page: Page, url: str) -> list[str]:
    """What lasts of `differing`: counts follow a change a little later."""
    found: list[str] = []
    for _ in range(LOOKS):
        if not (found := differing(page, url)):
            return []
        page.evaluate(FRAMES)
    return found


def differing(page: Page, url: str) -> list[str]:
    """Everything in which the page, on its library, shows something else than the studio says now."""
    told = said(url)
    seen = cast("Seen", page.evaluate(SEEN))
    return [
        *_of_cards(seen, told),
        *_of_tiles(seen, told),
        *_of_sums(seen, told),
        *_of_strips(seen, told),
    ]


def _of_cards(seen: Seen, told: Said) -> Iterator[str]:
    known = {str(job["id"]): job for job in told.jobs}
    for card in seen["cards"]:
        yield from _of_one("card", card, known.get(card["id"]), most=1)
    away = set(seen["away"])
    due = [
        str(job["id"])
        for job in told.jobs
        if job["state"] != "discarded" and job["id"] not in away and not _batch(job)
    ]
    shown = [card["id"] for card in seen["cards"] if not _batch(known.get(card["id"], {}))]
    yield from _of_order("list of jobs", shown, due)
    least = [str(job["id"]) for job in told.jobs[:NEWEST] if str(job["id"]) in due]
    missing = set(least) - set(shown)
    if missing:
        yield f"{len(missing)} of the newest jobs have no card: {sorted(missing)[:3]}"
    for name, words in seen["batches"].items():
        states = cast("dict[str, int]", told.batches[name]["states"])
        right = f"{states.get('done', 0)} of {told.batches[name]['rows']} done"
        if words != right:
            yield f"batch {name}: {words!r} in place of {right!r}"


def _of_tiles(seen: Seen, told: Said) -> Iterator[str]:
    known = {str(job["id"]): job for job in told.jobs}
    for tile in seen["tiles"]:
        job = known.get(tile["id"])
        yield from _of_one("tile", tile, job, most=4)
        if job is None:
            continue
        tags = cast("list[str]", job["tags"])
        marks = (job["starred"], f"{tags[0]} +{len(tags) - 1}" if len(tags) > 1 else "".join(tags))
        if (tile["starred"], tile["tags"]) != marks:
            yield f"tile {tile['id']}: {tile['starred']} {tile['tags']!r} in place of {marks}"
    yield from _of_order("library", [tile["id"] for tile in seen["tiles"]], list(known))
    if len(seen["tiles"]) < min(NEWEST, len(told.jobs)):
        yield f"the library shows {len(seen['tiles'])} tiles"


def _of_sums(seen: Seen, told: Said) -> Iterator[str]:
    counts = cast("dict[str, dict[str, int]]", told.first["counts"])
    total = int(cast("int", told.first["total"]))
    if seen["results"] != f"{total:,} results":
        yield f"library: {seen['results']!r} in place of {total} results"
    for name, count in seen["counts"].items():
        field, _, value = name.partition(" ")
        of_field = counts.get(field, {})
        wanted = (
            sum(of_field.values())
            if not value
            else sum(of_field.get(one, 0) for one in value.split(","))
        )
        if count != f"{wanted:,}":
            yield f"filter {name!r}: {count} in place of {wanted:,}"
    spent = [one for one in told.today if not one["sandbox"] and one["unit"] and one["spent"]]
    for one in spent:
        if f"{one['spent']:,} {one['unit']}" not in seen["today"]:
            yield f"today: {seen['today']!r} without {one['spent']} {one['unit']}"
    if bool(spent) != bool(seen["today"]):
        yield f"today: {seen['today']!r} in place of {spent}"


def _of_strips(seen: Seen, told: Said) -> Iterator[str]:
    for kind, shown in seen["strips"].items():
        made = [job for job in told.jobs if job["kind"] == kind and job["state"] != "discarded"]
        files = [cast("list[Record]", job["artifacts"]) for job in made]
        due = [str(each[0]["id"]) for each in files if each][:STRIP]
        if shown and shown != due:
            yield f"latest of {kind}: {shown} in place of {due}"


def _of_one(what: str, shown: Shown, job: Record | None, *, most: int) -> Iterator[str]:
    if job is None:
        yield f"{what} {shown['id']} stands for no job"
        return
    files = [str(one["id"]) for one in cast("list[Record]", job["artifacts"])]
    pictures = files[:most] if len(files) >= most else files[:1]
    if shown["state"] != job["state"]:
        yield f"{what} {shown['id']}: {shown['state']} in place of {job['state']}"
    if str(job["prompt"]).strip() not in shown["words"] and job["kind"] != "multishot":
        yield f"{what} {shown['id']}: {shown['words']!r} in place of {job['prompt']!r}"
    if shown["files"] != pictures:
        yield f"{what} {shown['id']}: files {shown['files']} in place of {pictures}"


def _of_order(what: str, shown: list[str], due: list[str]) -> Iterator[str]:
    if shown != due[: len(shown)]:
        place = next(
            n for n, (one, other) in enumerate(zip(shown, due, strict=False)) if one != other
        )
        yield f"{what}: at place {place} {shown[place]} in place of {due[place]}"


def _batch(job: Record) -> bool:
    batch = job.get("batch")
    return isinstance(batch, dict) and int(cast("int", batch["of"])) > 1
