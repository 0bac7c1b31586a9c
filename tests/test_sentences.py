"""No part of the studio reads a sentence for what a record should tell."""

import re

from providers.vendors.all import VENDORS
from tests.support.sources import modules

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
READS_SQLITE = "providers.history.writer"
"""Which constraint a row broke has no code at SQLite: only its message names the columns."""


def test_no_part_takes_a_sentence_apart() -> None:
    """What a part must know comes as data; a vendor's own words are read in its folder alone."""
    found = [
        f"{module.path}: {hit.group()}"
        for module in modules()
        if not module.name.startswith("tests") and module.name != READS_SQLITE
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
