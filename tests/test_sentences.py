"""No part of the studio reads a sentence for what a record should tell."""

import re

import pytest

from providers.vendors.all import VENDORS
from tests.support.sources import ROOT, files, modules

VENDOR_FOLDERS = {vendor.name for vendor in VENDORS}
SENTENCE = (
    r"(?:\b(?:detail|message|advice|trouble|notice|sentence|vendor_text|remark)\b|str\(error\))"
)
TAKEN_APART = re.compile(
    rf"{SENTENCE}\.(?:\w*with|r?partition|r?split|r?find|r?index|count|replace|remove\w+)\("
    rf"|\b(?:search|match|fullmatch|findall|finditer|sub)\([^()]*{SENTENCE}"
    rf"|(?:if|and|or|not|any\(\w+) [^#\n]*\bin {SENTENCE}"
    rf"|\[{SENTENCE}\]|{SENTENCE} [!=]= [A-Z\"]"
)
READS_LIBRARIES = {
    "providers.history.writer",
    "providers.history.search_index",
    "providers.vendors.transport.network",
}
"""Which constraint a row broke, which table is damaged, and what a proxy answered have no code at SQLite and
httpx: only their messages say it."""
TOLD = r"(?:detail|message|advice|trouble|notice|sentences?|vendor_text|remark|flaw|lines?)"
SAID = rf"(?:\b{TOLD}|\breason\([^()]*\))(?:\[\d\])?(?:\s*\?\?[^;.)]*\))?"
CUT = (
    r"(?:replace|replaceAll|split|match|matchAll|search|includes|startsWith|endsWith|\w*[iI]ndexOf"
    r"|slice|substring)"
)
TAKEN_APART_IN_SCRIPTS = re.compile(
    rf"{SAID}\s*\??\.{CUT}\("
    rf"|\.(?:test|exec|includes|\w*[iI]ndexOf)\([^()]*\b{TOLD}\b\s*(?:\?\?[^()]*)?\)"
    rf"|(?<!event)\.{TOLD}\s*[!=]==?\s*[\"'`/][^\"'`]|\w\[[^\],]*\.{TOLD}\]"
)
READ_WHAT_PEOPLE_WROTE = {"script.js", "rows.js", "timecodes.js", "drop.js"}
"""What somebody typed or dropped: lines of a script, names of files."""
OF_LINES = {"banners.js": "lines.slice(0, most)"}
"""What is cut there is a list."""


def test_no_part_takes_a_sentence_apart() -> None:
    """What a part must know comes as data; a vendor's own words are read in its folder alone."""
    found = [
        f"{module.path}: {hit.group()}"
        for module in modules()
        if not module.name.startswith("tests") and module.name not in READS_LIBRARIES
        if not VENDOR_FOLDERS & set(module.name.split(".")[2:3])
        for hit in TAKEN_APART.finditer(module.text)
    ]
    assert found == []
    for line in (
        "is_named = not trouble or trouble.startswith(vendor.label)",
        "is_enough = _TWO.search(self.message)",
        "elif life.job.detail != BACKWARDS:",
        "flaw = FLAWS[str(error)]",
        'if "full" in str(error):',
    ):
        assert TAKEN_APART.search(line), line


def test_no_script_takes_a_sentence_apart() -> None:
    """A script prints what it is told and decides by what stands beside it."""
    found = [
        f"{path.relative_to(ROOT).as_posix()}: {hit.group()}"
        for path in files("*.js")
        if path.is_relative_to(ROOT / "assets") and path.name not in READ_WHAT_PEOPLE_WROTE
        for hit in TAKEN_APART_IN_SCRIPTS.finditer(
            path.read_text(encoding="utf-8").replace(OF_LINES.get(path.name, "\0"), "")
        )
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "const free = line\n  .replace(/ and charge [^.]*/g, '')",
        "advice.split(/(?<=\\.)\\s+/)",
        "if (/charge|paid/i.test(sentence)) return",
        'job.detail.startsWith("Waiting")',
        'job.error?.message.includes("charge")',
        "(job.error?.message ?? '').match(/lost/)",
        'reason(answer).includes("key")',
        "NAMED.exec(link.trouble ?? '')",
        "known.text.includes(problem.message)",
        'if (link.notice === "The key is refused.") return',
        "PHASES[job.detail]",
        "error.lines[1].slice(0, 5)",
    ],
)
def test_a_script_that_did_would_be_found(line: str) -> None:
    assert TAKEN_APART_IN_SCRIPTS.search(line)
