"""The shape of the house: who imports whom, how long things are, and what they may be called."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import (
    ROOT,
    VENDOR_FOLDERS,
    Module,
    every_module,
    files,
    length,
    modules,
    p95,
    texts,
    within,
)

GROUND = (
    "providers.pools",
    "providers.settings",
    "providers.terminal",
    "providers.catalogue",
    "providers.errors",
)
WORDS = ("ui.answers", "ui.fields", "ui.gradio_private", "ui.remembered", "ui.views")
"""What stands directly in `ui`, below its folders."""
LAYERS: dict[str, tuple[str, ...]] = {
    "providers.errors": (),
    "providers.envfile": ("providers.errors",),
    "providers.pools": (),
    "providers.settings": ("providers.envfile", "providers.errors"),
    "providers.terminal": ("providers.settings",),
    "providers.catalogue": ("providers.errors",),
    "providers.library": GROUND,
    "providers.vendors": GROUND,
    "providers.jobs": (
        "providers.library",
        "providers.vendors.heard",
        "providers.vendors.pace",
        "providers.vendors.vendor",
        *GROUND,
    ),
    "providers.history": (
        "providers.jobs",
        "providers.library",
        "providers.vendors.heard",
        "providers.vendors.pace",
        "providers.vendors.vendor",
        *GROUND,
    ),
    "providers.durability": (
        "providers.history",
        "providers.jobs",
        "providers.library",
        "providers.vendors.heard",
        "providers.vendors.pace",
        "providers.vendors.vendor",
        *GROUND,
    ),
    "providers.running": (
        "providers.history",
        "providers.jobs",
        "providers.library",
        "providers.vendors.heard",
        "providers.vendors.pace",
        "providers.vendors.vendor",
        "providers.vendors.transport.wire",
        "providers.vendors.connection",
        *GROUND,
    ),
    "providers.people": (
        "providers.history.owners",
        "providers.library.disk",
        "providers.library.vault",
        *GROUND,
    ),
    "providers.readme": ("providers",),
    "providers.studio": (
        "providers.durability",
        "providers.running",
        "providers.people.keys",
        "providers.people.caps",
        "providers.people.register",
        "providers.history",
        "providers.jobs",
        "providers.library",
        "providers.vendors",
        *GROUND,
    ),
    "ui": ("providers",),
    "ui.bundle": ("providers", *WORDS),
    "ui.page": ("providers", "ui.bundle", *WORDS),
    "ui.web": ("providers", "ui.page", "ui.bundle", *WORDS),
    "app": ("providers", "ui"),
}
"""What each part may import beside itself; the longest name that fits a module counts."""

EXCEPTIONS = {
    # Commands, run and never imported by the parts below them.
    "providers.people.__main__": {"providers.vendors.all"},
    # Re-encodes pictures before an upload, and finished files are named by their job.
    "providers.vendors": {"providers.library.outgoing", "providers.library.media_types"},
    # A command: writes what the page's scripts are told beside them.
    "ui.declarations": {"ui.bundle.assets"},
}
HEADLESS_STRANGERS = ("gradio", "fastapi")
DECODERS = ("PIL", "av", "pillow_heif", "pyvips")
OPENERS = {"providers.library.pixels", "providers.library.colors", "providers.library.scaled"}
"""Those that only a worker calls; an emulator paints where it stands."""
PAGE_STRANGERS = ("httpx", "diskcache", "sqlite3")
HTTPX = {
    "providers.vendors.transport.wire",
    "providers.vendors.transport.exchange",
    "providers.vendors.transport.network",
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


def layer_of(name: str) -> str | None:
    fitting = [layer for layer in LAYERS if within(name, (layer,))]
    return max(fitting, key=len) if fitting else None


def own_imports(module: Module) -> set[str]:
    return module.imports() & {other.name for other in modules()}


def forbidden_in(module: Module) -> list[str]:
    """What this module imports that its layer may not."""
    layer = layer_of(module.name)
    assert layer is not None, f"{module.path} has no layer"
    allowed = set(LAYERS[layer])
    for part, more in EXCEPTIONS.items():
        allowed |= more if within(module.name, (part,)) else set()
    return sorted(
        name
        for name in own_imports(module)
        # A package's own name comes along with whatever is imported from it.
        if not any(other.startswith(f"{name}.") for other in (layer, *allowed))
        and not (layer_of(name) == layer or within(name, allowed))
    )


@every_module
def test_imports_run_in_one_direction(module: Module) -> None:
    if not within(module.name, ("tests",)) and module.name != "providers":
        assert not forbidden_in(module), forbidden_in(module)


@pytest.mark.parametrize(
    ("path", "line", "fine"),
    [
        ("providers/studio/keeping.py", "from ui.views import JobsView", False),
        ("providers/studio/keeping.py", "from providers.running.feed import Feed", True),
        ("providers/running/runner.py", "from providers.studio.opened import Opened", False),
        ("ui/bundle/head.py", "from ui.web.app import build", False),
        ("ui/bundle/head.py", "from ui.page import form", False),
        ("ui/bundle/head.py", "from ui import fields", True),
        ("ui/page/form.py", "from ui.web.routes import JobRoutes", False),
        ("ui/page/form.py", "from ui import web", False),
        ("ui/page/form.py", "from ui.bundle.assets import ASSETS", True),
        ("ui/views.py", "from ui.page import form", False),
        ("ui/views.py", "from ui.bundle.assets import ASSETS", False),
        ("ui/web/app.py", "import app", False),
        ("app.py", "from tests.support.sources import files", False),
    ],
)
def test_whoever_reaches_up_is_found(path: str, line: str, fine: bool) -> None:
    text = f"def late() -> None:\n    {line}\n"
    assert (not forbidden_in(Module(path, text, ast.parse(text)))) == fine


@every_module
def test_nothing_leans_on_a_file_of_tests(module: Module) -> None:
    """What several of them need stands beside them under a name of its own."""
    leans = {name for name in module.imports() if name.rpartition(".")[2].startswith("test_")}
    assert not leans, f"{module.path} imports {sorted(leans)}"


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
        decodes = within(module.name, OPENERS) or ".sandbox" in module.name
        at_run_time = _imported_at_run_time(module) & set(DECODERS)
        assert decodes or not at_run_time, module.path
        assert "requests" not in outside
        assert not outside & {"pickle", "marshal", "shelve"} or uses_pickle_to_refuse(module)


def _imported_at_run_time(module: Module) -> set[str]:
    """The libraries that a module imports, but for what it only needs for its types."""
    blocks = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
    ]
    typed = {id(inner) for block in blocks for inner in ast.walk(block)}
    return {
        (alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in typed
        for alias in node.names
    }


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


def type_names(module: Module) -> Iterator[str]:
    """Every class, and every name that is given to a type: it is written like a class."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for node in module.tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        for target in targets:
            if isinstance(target, ast.Name) and re.fullmatch(r"[A-Z]\w*[a-z]\w*", target.id):
                yield target.id


def test_a_type_has_a_name_of_its_own() -> None:
    """Each vendor's folder aside: there a name is that vendor's."""
    named: dict[str, list[str]] = {}
    for module in modules():
        home = module.name.split(".")[2:3] if within(module.name, ("providers.vendors",)) else []
        if module.name.startswith("tests") or set(home) & VENDOR_FOLDERS:
            continue
        for name in type_names(module):
            named.setdefault(name, []).append(module.path)
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
    assert all(place.startswith("providers/running/lives.py") for place in broad), broad


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
