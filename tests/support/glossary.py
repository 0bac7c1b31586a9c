"""The glossary of the page's words in CONTRIBUTING, as patterns of what it rules out."""

import re

from tests.support.sources import ROOT

GLOSSARY = "## Words of the page"


def banned() -> dict[str, re.Pattern[str]]:
    """What the glossary's last column rules out, each with the pattern that finds it in a text."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = page.partition(GLOSSARY)[2].partition("\n## ")[0]
    rows = [line.strip("| ").split("|") for line in table.splitlines() if line.startswith("| ")]
    words = [word.strip() for row in rows[2:] if len(row) > 2 for word in row[2].split(",")]
    return {word: re.compile(_pattern(word), re.IGNORECASE) for word in words if word}


def _pattern(word: str) -> str:
    amount = re.fullmatch(r"[\d.]+ ([$%])", word)
    inflected = r"(?:s|d|ed|ing)?" if " " not in word else ""
    stem = word.removesuffix("e") + "e?" if inflected and word.endswith("e") else word
    return rf"[\d}}] {re.escape(amount[1])}" if amount else rf"(?<![\w-]){stem}{inflected}(?![\w-])"
