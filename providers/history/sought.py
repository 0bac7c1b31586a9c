"""How words are looked for: one spelling for what the history keeps and for what is asked of it.

However a word's letters are written - large or small, with accents or without, as one sign or as several,
in full width, as a ligature, with a final sigma, with ß or with ss - it is the same word. Marks go, vowel
signs among them: a question may find more than was meant, and never less.
"""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
DOTLESS = "\N{LATIN SMALL LETTER DOTLESS I}"
"""Whose capital is everybody's I."""
MOST = 64
"""Words of one question."""


def folded(text: str) -> str:
    """A text without what makes no difference to a search."""
    if text.isascii():
        return text.lower()
    while True:
        # Small letters may be made of signs that come apart once more, so until nothing changes.
        plain = unicodedata.normalize("NFKD", text).casefold().replace(DOTLESS, "i")
        if not plain.isascii():
            plain = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "M")
        if plain == text or plain.isascii():
            return plain
        text = plain


def sought_in(words: str, tags: str) -> str:
    """The words by which a job is found, each once. They stand in its row, and the index holds them."""
    return " ".join(_words(f"{words}\n{tags}"))


def question(text: str) -> str:
    """A search as a question to the index: every word must begin one of the job's. Empty without words."""
    return " ".join(f'"{word}"*' for word in _words(text)[:MOST])


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(WORD.findall(folded(text))))
