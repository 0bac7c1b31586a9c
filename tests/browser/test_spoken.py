"""What is read out while many jobs end, and what is kept of those that are not shown any more."""

import re

from playwright.sync_api import Page, expect

from tests.browser.views import ends, make, put, show
from tests.support.servers import StudioServer

HEARD = """() => {
    window.heard = [];
    const place = document.querySelector('.jobs-panel [role=status]');
    new MutationObserver(() => window.heard.push(place.textContent))
        .observe(place, {childList: true, characterData: true, subtree: true});
}"""
END = """([like, number]) => window.studio.then(({store}) => void store.put({
    ...like, id: `many ${number}`, state: number % 10 ? 'done' : 'failed', revision: like.revision + 2,
}))"""
BEGIN = """like => window.studio.then(({store}) => {
    for (let number = 0; number < 60; number += 1)
        store.put({...like, id: `many ${number}`, state: 'running', revision: like.revision + 1});
})"""
LIKE = "id => fetch(`jobs/${id}`).then(told => told.json())"


def test_sixty_jobs_that_end_are_summed_up_in_a_few_lines(
    own_server: StudioServer, page: Page
) -> None:
    page.clock.install()
    show(page, own_server)
    job = make(own_server, "A heron in the reeds")
    ends(page, job)
    spoken = page.locator(".jobs-panel [role=status]")
    page.clock.run_for(5000)
    # One alone is named.
    expect(spoken).to_have_text("A heron in the reeds: Done")
    like = page.evaluate(LIKE, job)
    # From here on no time passes but the test's own, however long this machine takes.
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 60)
    page.evaluate(BEGIN, like)
    page.evaluate(HEARD)
    for number in range(60):
        page.evaluate(END, [like, number])
        page.clock.run_for(366)
    page.clock.run_for(11000)
    heard = page.evaluate("window.heard")
    assert 1 <= len(heard) <= 4, heard
    told = [list(map(int, re.findall(r"\d+", line))) for line in heard]
    assert sum(map(sum, told)) == 60
    assert all(re.fullmatch(r"\d+ jobs? done(, \d+ failed)?\.", line) for line in heard), heard


def test_of_results_that_left_the_strip_no_picture_is_kept(
    own_server: StudioServer, page: Page
) -> None:
    show(page, own_server)
    job = make(own_server, "The first heron")
    ends(page, job)
    strip = page.locator('[data-part="stage"][data-tab="image"] .strip')
    put(page, own_server, job, id="second", created=4e9, revision=1e15)
    expect(strip.locator(".small")).to_have_count(2)
    # A result that comes back is drawn anew: nothing was held for it.
    strip.locator(".small").nth(1).evaluate("small => (small.mine = true)")
    for number in range(6):
        put(page, own_server, job, id=f"later {number}", created=5e9 + number, revision=1e15)
    expect(strip.locator(".small")).to_have_count(6)
    drop = "ids => window.studio.then(({store}) => ids.forEach(store.drop))"
    page.evaluate(drop, [f"later {number}" for number in range(6)])
    expect(strip.locator(".small")).to_have_count(2)
    assert not strip.locator(".small").nth(1).evaluate("small => Boolean(small.mine)")
