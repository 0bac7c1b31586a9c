"""The shape of the house: who imports whom, how long things are, and words that stand nowhere."""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path

import pytest

from providers.vendors.all import VENDORS
from tests.support.sources import ROOT, Module, files, length, modules, p95, texts

GROUND = ("providers.pools", "providers.settings", "providers.catalogue", "providers.errors")
LAYERS: dict[str, tuple[str, ...]] = {
    "providers.errors": (),
    "providers.pools": (),
    "providers.settings": (),
    "providers.catalogue": ("providers.errors",),
    "providers.library": GROUND,
    "providers.vendors": GROUND,
    "providers.jobs": ("providers.library", "providers.vendors.vendor", *GROUND),
    "providers.history": (
        "providers.jobs",
        "providers.library",
        "providers.vendors.vendor",
        *GROUND,
    ),
    "providers.durability": (
        "providers.history",
        "providers.jobs",
        "providers.library",
        "providers.vendors.vendor",
        *GROUND,
    ),
    "providers.running": (
        "providers.history",
        "providers.jobs",
        "providers.library",
        "providers.vendors.vendor",
        "providers.vendors.transport.wire",
        "providers.vendors.connection",
        *GROUND,
    ),
    "providers.people": ("providers.history.owners", "providers.library.vault", *GROUND),
    "providers.readme": ("providers",),
    "providers.studio.studio": ("providers",),
}
"""What each part may import beside itself; the longest name that fits a module counts."""

EXCEPTIONS = {
    # Commands, run and never imported by the parts below them.
    "providers.people.__main__": {"providers.vendors.all"},
    # Re-encodes pictures before an upload, and finished files are named by their job.
    "providers.vendors": {"providers.library.media", "providers.library.media_types"},
}
VENDOR_FOLDERS = {vendor.name for vendor in VENDORS}
HEADLESS_STRANGERS = ("gradio", "fastapi")
PAGE_STRANGERS = ("httpx", "diskcache", "sqlite3")
HTTPX = {
    "providers.vendors.transport.wire",
    "providers.vendors.transport.exchange",
    "providers.vendors.transport.bulk",
    "providers.vendors.transport.downloads",
    "providers.vendors.connection",
}
SQL = {
    "providers.history",
    "providers.durability",
    "providers.people.register",
    "providers.library.cache",
}
"""The journal; the people; and diskcache, whose errors are those of sqlite3."""

LONGEST_FUNCTION, USUAL_FUNCTION = 60, 40
LONGEST_FILE, USUAL_FILE, LONGEST_ROWS = 400, 350, 900


def every_module(check: Callable[[Module], None]) -> Callable[[], None]:
    """One test over all modules, which names every one that fails and not just the first."""

    def test() -> None:
        broken: list[str] = []
        for module in modules():
            try:
                check(module)
            except AssertionError as error:
                broken.append(f"{module.path}: {error}")
        assert not broken, "\n".join(broken)

    test.__name__ = check.__name__
    return test


def within(name: str, parents: Iterator[str] | set[str] | tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def layer_of(name: str) -> str | None:
    fitting = [layer for layer in LAYERS if within(name, (layer,))]
    return max(fitting, key=len) if fitting else None


def own_imports(module: Module) -> set[str]:
    return module.imports() & {other.name for other in modules()}


@every_module
def test_imports_run_in_one_direction(module: Module) -> None:
    layer = layer_of(module.name)
    for name in own_imports(module):
        if module.name.startswith("tests"):
            continue
        assert not within(name, ("tests",)), f"{module.path} imports {name}"
        if layer is not None:
            allowed = set(LAYERS[layer])
            for part, more in EXCEPTIONS.items():
                allowed |= more if within(module.name, (part,)) else set()
            # A package's own name comes along with whatever is imported from it.
            parent = any(other.startswith(f"{name}.") for other in (layer, *allowed))
            fine = layer_of(name) == layer or within(name, allowed) or parent
            assert fine, f"{module.path} imports {name}"
        elif module.name.startswith("ui"):
            assert within(name, ("ui", "providers")), f"{module.path} imports {name}"


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
def test_each_outside_library_stays_in_its_place(module: Module) -> None:
    outside = {name.partition(".")[0] for name in module.imports()}
    if within(module.name, ("providers",)):
        assert not outside & set(HEADLESS_STRANGERS), module.path
        assert "httpx" not in outside or within(module.name, HTTPX), module.path
        assert "sqlite3" not in outside or within(module.name, SQL), module.path
    if within(module.name, ("ui", "app")):
        assert not outside & set(PAGE_STRANGERS), module.path
    if not module.name.startswith("tests"):
        assert "requests" not in outside
        assert not outside & {"pickle", "marshal", "shelve"} or uses_pickle_to_refuse(module)


def uses_pickle_to_refuse(module: Module) -> bool:
    return module.name == "providers.library.derived" and "loads" not in module.text


@every_module
def test_no_module_is_named_after_nothing(module: Module) -> None:
    banned = ("util", "helper", "manager", "handler", "misc", "common", "service")
    stem = module.name.rpartition(".")[2]
    assert not any(word in stem for word in banned), module.path
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            assert not node.name.endswith(("Manager", "Helper", "Util", "Utils", "Handler"))
            assert not node.name.endswith(("Service", "Engine", "Impl")) or is_the_engine(module)


def is_the_engine(module: Module) -> bool:
    return module.name == "providers.vendors.sandbox.engine"


def test_a_class_name_means_one_thing() -> None:
    """Each vendor's folder aside: there a name is that vendor's."""
    named: dict[str, list[str]] = {}
    for module in modules():
        home = module.name.split(".")[2:3] if within(module.name, ("providers.vendors",)) else []
        if module.name.startswith("tests") or set(home) & VENDOR_FOLDERS:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                named.setdefault(node.name, []).append(module.path)
    twice = {name: paths for name, paths in named.items() if len(paths) > 1}
    assert not twice, twice


@every_module
def test_no_any_no_print_no_relative_import_and_every_function_typed(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.path}:{node.lineno}"
            assert all(alias.name != "Any" for alias in node.names), f"{module.path}:{node.lineno}"
        if isinstance(node, ast.Attribute):
            named = isinstance(node.value, ast.Name) and node.value.id in ("typing", "t")
            assert not (named and node.attr == "Any"), f"{module.path}:{node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            allowed = within(module.name, ("tests.bench", "providers.readme"))
            assert node.func.id != "print" or allowed, f"{module.path}:{node.lineno}"
    for function in module.functions():
        place = f"{module.path}:{function.lineno} {function.name}"
        assert function.returns is not None, place
        spec = function.args
        named = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
        named += [extra for extra in (spec.vararg, spec.kwarg) if extra is not None]
        bare = [argument.arg for argument in named if argument.annotation is None]
        assert set(bare) <= {"self", "cls"}, f"{place}: {bare}"


@every_module
def test_every_module_says_what_it_is(module: Module) -> None:
    if module.path.endswith("__init__.py") and not module.text.strip():
        return
    assert ast.get_docstring(module.tree), module.path


@every_module
def test_no_function_and_no_file_is_longer_than_one_sitting(module: Module) -> None:
    rows = not any(isinstance(node, ast.ClassDef) for node in ast.walk(module.tree)) and all(
        length(function) <= 3 for function in module.functions()
    )
    is_rows = rows and module.path.endswith("models.py")
    assert module.lines <= (LONGEST_ROWS if is_rows else LONGEST_FILE), module.path
    for function in module.functions():
        assert length(function) <= LONGEST_FUNCTION, f"{module.path} {function.name}"


def test_most_functions_and_files_are_short() -> None:
    product = [module for module in modules() if not module.name.startswith("tests")]
    functions = [length(function) for module in product for function in module.functions()]
    assert p95(functions) <= USUAL_FUNCTION
    assert p95([module.lines for module in product if module.lines > 3]) <= USUAL_FILE


def test_one_broad_except_stands_in_the_headless_half() -> None:
    broad: list[str] = []
    for module in modules():
        if not module.name.startswith("providers"):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler):
                names = ast.dump(node.type) if node.type is not None else "'Exception'"
                # Tidying up and raising again hides nothing.
                again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
                if re.search("'(Base)?Exception'", names) and not again:
                    broad.append(f"{module.path}:{node.lineno}")
    assert len(broad) <= 1, broad
    assert all(place.startswith("providers/running/runner.py") for place in broad), broad


@every_module
def test_gradio_parts_that_break_the_page_are_not_used(module: Module) -> None:
    if not module.name.startswith("ui"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            of_request = isinstance(node.value, ast.Name) and node.value.id == "request"
            banned = ("State", "Timer", "Gallery", "stream", "unload", "set_static_paths")
            fine = of_request or node.attr not in banned
            assert fine, f"{module.path}:{node.lineno} {node.attr}"
        if isinstance(node, ast.keyword):
            assert node.arg != "allowed_paths", module.path


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


SCRIPTS = [path for path in files("*.js") if path.is_relative_to(ROOT / "assets")]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_short_and_never_makes_markup_of_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    for word in ("outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in text, word
    for assigned in re.findall(r"\.innerHTML\s*\+?=\s*(.+)", text):
        assert re.fullmatch(r"(''|\"\"|``|ICONS?\b[\w.\[\]]*);?", assigned.strip()), assigned
    for host in re.findall(r"https?://([^/\s'\"`]+)", text):
        assert host == "www.w3.org", host


KEY_SHAPES = (r"user:\d{3,}-[A-Za-z0-9]{20,}", r"\bkey_[0-9a-f]{64,}", r"\bhf_[A-Za-z0-9]{30,}")


def test_no_file_holds_a_key() -> None:
    for path, text in texts():
        for shape in KEY_SHAPES:
            assert not re.search(shape, text), path


def test_pinned_versions_lie_within_the_ranges_that_are_declared() -> None:
    pins = dict(
        line.split("==") for line in (ROOT / "requirements.txt").read_text().split() if "==" in line
    )
    declared = re.findall(r'^  "([a-z-]+)[><=]', (ROOT / "pyproject.toml").read_text(), re.M)
    assert sorted(pins) == sorted(declared)
