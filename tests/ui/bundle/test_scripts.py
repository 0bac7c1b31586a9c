"""The page's script as one file: what it is joined from, in which order, and what is refused."""

import json
import re
from pathlib import Path

import pytest

from ui.bundle.assets import ASSETS
from ui.bundle.scripts import join

NAME = "page.js"


def written(folder: Path, **sources: str) -> Path:
    """A folder of modules; the one called `main` is the entry."""
    for name, text in sources.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "main.js"


def test_every_module_is_in_the_joined_script_once_and_after_what_it_needs() -> None:
    made = join(ASSETS / "studio.js", NAME)
    sources = json.loads(made[f"{NAME}.map"])["sources"]
    held = sorted(path.relative_to(ASSETS).as_posix() for path in (ASSETS / "js").rglob("*.js"))
    assert sorted(sources) == sorted([*held, "studio.js"])
    for place, source in enumerate(sources):
        text = (ASSETS / source).read_text(encoding="utf-8")
        for needed in re.findall(
            r'^(?:import\b.*|\}) from "(\.{1,2}/[\w./-]+\.js)"', text, re.MULTILINE
        ):
            path = ((ASSETS / source).parent / needed).resolve().relative_to(ASSETS).as_posix()
            assert path in sources[:place], f"{source} stands before {needed}"


def test_two_modules_of_one_name_in_two_folders_are_both_in_the_script(tmp_path: Path) -> None:
    for folder, word in (("a", "first"), ("b", "second")):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, words=f'export const word = "{word}";')
    (tmp_path / "b" / "more.js").write_text(
        'import { word } from "../a/words.js";\nexport { word };'
    )
    entry = written(
        tmp_path,
        main='import { word } from "./a/words.js";\nimport * as b from "./b/words.js";\n'
        'import * as more from "./b/more.js";\ndocument.title = word + b.word + more.word;',
    )
    made = join(entry, NAME)[NAME].decode()
    names = re.findall(r"^const (\S+) = \(\(\) => \{$", made, re.MULTILINE)
    assert len(names) == len(set(names)) == 4
    assert made.count('const word = "first"') == made.count('const word = "second"') == 1


def test_a_module_from_outside_of_the_folder_is_refused(tmp_path: Path) -> None:
    written(tmp_path, words="export const word = 1;")
    (tmp_path / "in").mkdir()
    entry = written(tmp_path / "in", main='import { word } from "../words.js";\nword;')
    with pytest.raises(ValueError, match=r"words\.js lies outside of in"):
        join(entry, NAME)


def test_the_source_map_leads_from_each_line_to_its_own(tmp_path: Path) -> None:
    entry = written(
        tmp_path,
        main='import {\n  one,\n} from "./first.js";\nimport * as second from "./second.js";\none(second);\n',
        first="// A word.\nexport const one = () => {};\n",
        second='import { one } from "./first.js";\nexport function two() {\n  return one;\n}\n',
    )
    made = join(entry, NAME)
    lines = made[NAME].decode().split("\n")
    found = json.loads(made[f"{NAME}.map"])
    texts = [(tmp_path / name).read_text().split("\n") for name in found["sources"]]
    source = line = 0
    pairs: list[tuple[str, str]] = []
    for joined, mapping in zip(lines, found["mappings"].split(";"), strict=False):
        if mapping:
            _, source_step, line_step, _ = steps(mapping)
            source, line = source + source_step, line + line_step
            pairs.append((joined, texts[source][line]))
    assert ("one(second);", "one(second);") in pairs
    assert ("const one = () => {};", "export const one = () => {};") in pairs
    assert ("// A word.", "// A word.") in pairs
    assert ("  return one;", "  return one;") in pairs
    assert len(pairs) == sum(len(text) - 1 for text in texts)


def steps(mapping: str) -> list[int]:
    """The numbers in a segment of a source map."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    found: list[int] = []
    value = shift = 0
    for digit in map(digits.index, mapping):
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            found.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return found


@pytest.mark.parametrize(
    ("main", "sentence"),
    [
        ("export let two = 2;", "main.js cannot be joined: export let two = 2;"),
        ('import one from "./first.js";', "main.js cannot be joined: import one"),
        (
            'import { two } from "./first.js";',
            r"main.js takes what first.js does not give: \['two'\]",
        ),
        (
            'import { a } from "./round.js";\nexport const b = a;',
            "main.js needs itself through others",
        ),
    ],
)
def test_a_module_that_cannot_be_joined_is_refused_with_a_sentence(
    tmp_path: Path, main: str, sentence: str
) -> None:
    others = {
        "first": "export const one = 1;",
        "round": 'import { b } from "./main.js";\nexport const a = b;',
    }
    with pytest.raises(ValueError, match=sentence):
        join(written(tmp_path, main=main, **others), NAME)


def test_what_declarations_say_of_themselves_stays_out_and_every_line_keeps_its_place(
    tmp_path: Path,
) -> None:
    # The type checker reads these comments; no browser has to fetch them.
    declared = "/**\n * A sum.\n * @param {number} a\n */\nexport const sum = (a) => a;\n"
    main = f"{declared}sum(/** @type {{number}} */ (2));\n"
    made = join(written(tmp_path, main=main), NAME)[NAME].decode()
    assert made.split("\n")[1:7] == ["", "", "", "", "const sum = (a) => a;", "sum( (2));"]


def test_no_script_has_the_beginning_of_such_a_comment_in_a_text() -> None:
    for path in sorted(ASSETS.rglob("*.js")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            before, begun, _ = line.partition("/**")
            assert not begun or not re.search(r"[\"'`]", before) or "*/" in line, f"{path}: {line}"


SENTENCE = r"\b(?:detail|message|advice|trouble|note|notice|sentence|vendor_text|remark)\b"
TAKEN_APART = re.compile(
    rf"""/\.(?:test|exec)\([^)]*{SENTENCE}\b"""
    rf"""|{SENTENCE}\)?\??\.(?:match|matchAll|search|split|slice|replace|replaceAll|startsWith|endsWith)\("""
)


def test_no_script_takes_a_sentence_apart() -> None:
    """What a page must know comes as data; sentences are printed."""
    found = {
        f"{path.name}: {hit.group()}"
        for path in (ASSETS / "js").rglob("*.js")
        for hit in TAKEN_APART.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()
    assert TAKEN_APART.search('return /[.]$/.test(job.detail) ? job.detail : "";')
    assert TAKEN_APART.search('return note.replace(/^Cancelled here[.] /, "");')
