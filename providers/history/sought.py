"""How words are looked for: one spelling for what the history keeps and for what is asked of it.

However a word's letters are written - large or small, with accents or without, as one sign or as several,
in full width, as a ligature, with a final sigma, with ß or with ss - it is the same word. Marks go, vowel
signs among them: a question may find more than was meant, and never less.

There are two indexes of the same words: one by whole words, one by every three letters in a row.
"""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
DOTLESS = "\N{LATIN SMALL LETTER DOTLESS I}"
"""Whose capital is everybody's I."""
MOST = 64
"""Words of one question."""
LEAST_PART = 3
"""Letters of a part of a word that is looked for: the index of parts holds three in a row."""
UNSPACED = re.compile(
    "["
    "\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff\u1980-\u19df\u1a20-\u1aad"  # Thai, Lao, Burmese, Khmer
    "\u1100-\u11ff"  # Korean has spaces, and joins what stands for words of their own to others
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf"  # Kana, Han, Yi
    "\uf900-\ufaff\U00020000-\U0003ffff"
    "]"
)
"""Letters of scripts that are written without spaces."""


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
    """The words by which a job is found, each once. They stand in its row, and the indexes hold them."""
    return " ".join(_spaced(word) for word in _words(f"{words}\n{tags}"))


def questions(text: str) -> dict[str, str]:
    """What a search asks of which index: all of it must hold. Empty where the text has no words.

    Long words are looked for within words, too, short ones at the beginning of one. Of a script without
    spaces every letter is a word of its own, so that a word is several in a row, wherever they stand.
    """
    words = _words(text)[:MOST]
    parts = [word for word in words if len(word) >= LEAST_PART and not UNSPACED.search(word)]
    begun = [word for word in words if word not in parts]
    asked = {
        "search": " ".join(f'"{_spaced(word)}"*' for word in begun),
        "parts": " ".join(f'"{word}"' for word in parts),
    }
    return {index: question for index, question in asked.items() if question}


def _spaced(word: str) -> str:
    return " ".join(UNSPACED.sub(r" \g<0> ", word).split())


def _words(text: str) -> list[str]:
    """The words of a text, and its signs, each once; those of ASCII are no words to SQLite."""
    plain = folded(text)
    signs = (sign for sign in plain if not sign.isascii() and unicodedata.category(sign)[0] == "S")
    return list(dict.fromkeys([*WORD.findall(plain), *signs]))
