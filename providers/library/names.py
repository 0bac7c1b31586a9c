"""What files are called: one rule for words that become a name, and one for names that come from elsewhere."""

import re
import unicodedata

LONGEST_STEM = 48
LONGEST_NAME = 120


def stem_of(text: str) -> str:
    """The first words of a text as a name: ASCII letters, digits and hyphens, at most 48 of them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_STEM].rstrip("-")


def own_name(name: str) -> str:
    """A file's own name without folders and signs that nobody sees, at most 120 characters.

    Some browsers send a whole path; only its end is a name.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return shown.strip()[:LONGEST_NAME]
