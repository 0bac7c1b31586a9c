"""Vendors' folders: strangers to each other and to all others, and the only place for a vendor's names."""

import ast
import re
from collections.abc import Iterator
from itertools import permutations

import pytest

from providers.vendors.all import VENDORS
from tests.support.sources import VENDOR_FOLDERS, Module, every_module, within


def stranger_known_by(module: Module) -> str | None:
    """What this module imports of a vendor's folder that is not its own, straight or through the list."""
    if module.name.startswith("tests") or module.name == "providers.vendors.all":
        return None
    home = module.name.split(".")[2:3] if module.name.startswith("providers.vendors.") else []
    for name in sorted(module.imports()):
        folder = name.split(".")[2] if re.match(r"providers\.vendors\.\w", name) else ""
        through_the_list = folder == "all" or name.partition(".")[0] == "importlib"
        if folder in VENDOR_FOLDERS and [folder] != home:
            return name
        if through_the_list and VENDOR_FOLDERS & set(home):
            return name
    return None


@every_module
def test_vendor_folders_are_strangers_to_each_other_and_to_all_others(module: Module) -> None:
    assert stranger_known_by(module) is None, stranger_known_by(module)


@pytest.mark.parametrize(
    ("path", "line", "known"),
    [
        ("providers/vendors/{0}/api.py", "from providers.vendors.{1} import models", True),
        ("providers/vendors/{0}/api.py", "from providers.vendors.{1}.models import MODELS", True),
        ("providers/vendors/{0}/api.py", "import providers.vendors.{1}.models as x", True),
        ("providers/vendors/{0}/api.py", "from providers.vendors import {1}", True),
        ("providers/vendors/{0}/api.py", "from providers.vendors.all import VENDORS", True),
        ("providers/vendors/{0}/api.py", "import importlib", True),
        ("providers/vendors/{0}/api.py", "from providers.vendors.{0} import models", False),
        ("providers/vendors/{0}/__init__.py", "from providers.vendors.{0}.api import X", False),
        ("providers/vendors/{0}/api.py", "from providers.vendors.vendor import Ticket", False),
        ("providers/vendors/transport/wire.py", "from providers.vendors.{1} import models", True),
        ("providers/running/runner.py", "from providers.vendors.{1}.api import X", True),
        ("ui/page/blocks.py", "from providers.vendors import {1}", True),
        ("providers/vendors/all.py", "from providers.vendors import {1}", False),
        (
            "providers/vendors/sandbox/__main__.py",
            "from providers.vendors.all import VENDORS",
            False,
        ),
    ],
)
def test_whoever_knows_a_stranger_is_found(path: str, line: str, known: bool) -> None:
    for one, other in permutations(sorted(VENDOR_FOLDERS), 2):
        text = f"def late() -> None:\n    {line.format(one, other)}\n"
        module = Module(path.format(one, other), text, ast.parse(text))
        assert (stranger_known_by(module) is not None) == known, text


@every_module
def test_no_vendors_and_no_models_name_stands_outside_its_folder(module: Module) -> None:
    if module.name.startswith("tests"):
        return
    own = words_of_makers(module)
    for vendor in VENDORS:
        if within(module.name, (f"providers.vendors.{vendor.name}", "providers.vendors.all")):
            continue
        names = {spec.id for spec in vendor.models} | {vendor.key_variable}
        names |= {vendor.name} - own
        # Vendors sell the same models, and each other's: within their folders those are at home.
        if not own:
            names |= {vendor.label, *(spec.label for spec in vendor.models)}
            names |= {spec.name for spec in vendor.models}
        # Short words such as "gen4" would be found in anything; whole words only.
        any_name = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, names))})(?![\w-])")
        for line, text in code_lines(module):
            found = any_name.search(text)
            assert not found, f"line {line} names {found[0] if found else ''}"


def words_of_makers(module: Module) -> set[str]:
    """In a vendor's folder the words of its models' names, which may name a maker who sells himself."""
    for vendor in VENDORS:
        if within(module.name, (f"providers.vendors.{vendor.name}",)):
            names = {vendor.name, *(spec.name for spec in vendor.models)}
            return {word.lower() for name in names for word in re.split(r"[^\w]+", name)}
    return set()


def code_lines(module: Module) -> Iterator[tuple[int, str]]:
    """Lines without docstrings, which may name an example."""
    docs: set[int] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docs |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for number, line in enumerate(module.text.splitlines(), start=1):
        if number not in docs:
            yield number, line
