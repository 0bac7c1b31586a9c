"""Gradio's private ground: each thing that an upgrade must look at, tried on the Gradio that is installed."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from fastapi import FastAPI
from gradio import blocks, queueing, route_utils, routes
from gradio.routes import App
from starlette.routing import Mount

from tests.support.serving import serve
from tests.support.sources import ROOT, Module, modules
from ui import gradio_private
from ui.bundle.early import early
from ui.gradio_private import ASKED, CONTROL, FRONTEND, LISTED, QUEUE_PAUSE
from ui.page.broken import tell

LOOK = "An upgrade of Gradio must look at this: ui/gradio_private.{}"
WORDS = (
    "_queue", "sleep_when_free", "has_launched", "is_running", "theme_hash", "component_meta",
    "create_or_modify_pyi", "__vite__mapDeps", "gradio_api", "templates", "get_block_name",
)  # fmt: skip
"""Of Gradio's private ground: they stand in that one module of the page's half."""

PUBLIC = {"gradio", "gradio.components", "gradio.themes"}
"""What the others may import of it."""


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Gradio's application, as the studio mounts it."""
    for made in serve(tmp_path_factory.mktemp("private") / "data", {}):
        app = made.client.app
        assert isinstance(app, FastAPI)
        inner = (route.app for route in app.routes if isinstance(route, Mount))
        yield next(one for one in inner if isinstance(one, App))


def launched(mounted: App) -> bool:
    page = mounted.get_blocks()
    queue = page._queue  # pyright: ignore[reportPrivateUsage]
    return queue.sleep_when_free == QUEUE_PAUSE and page.has_launched and page.is_running


def begins_launched() -> bool:
    known = inspect.getsource(blocks) + inspect.getsource(queueing)
    return all(
        f"self.{word} = " in known for word in ("has_launched", "is_running", "sleep_when_free")
    )


def prints_what_broke() -> bool:
    """Whether those modules print by this name, which stands in them."""
    known = [inspect.getsource(import_module(name)) for name in gradio_private.PRINTING]
    return all("traceback.print_exc()" in text and "\nimport traceback\n" in text for text in known)


def is_reported(_: App) -> bool:
    told: list[BaseException] = []
    gradio_private.report_broken(told.append)
    try:
        raise ValueError
    except ValueError:
        vars(queueing)["traceback"].print_exc()
    gradio_private.report_broken(tell)
    return len(told) == 1


def named(mounted: App) -> set[str]:
    """The names by which a program calls the page."""
    return {str(call.api_name) for call in mounted.get_blocks().fns.values()}


def writes_stubs() -> bool:
    found = find_spec("gradio.component_meta")
    assert found is not None
    assert found.origin is not None
    return f"def {gradio_private.WRITER}(" in Path(found.origin).read_text(encoding="utf-8")


def is_asked(pattern: re.Pattern[str]) -> bool:
    """Whether one of its own routes has such a path."""
    paths = re.findall(r'@router\.\w+\(\s*"(/[^"]*)"', inspect.getsource(routes))
    return any(pattern.match(f"{route_utils.API_PREFIX}{path}") for path in paths)


def is_written(pattern: str, files: str) -> bool:
    """Whether one of its scripts holds this."""
    return any(re.search(pattern, path.read_text("utf-8")) for path in FRONTEND.glob(files))


CHECKS: Mapping[str, Callable[[App], bool]] = {
    "import_otherwise": lambda _: writes_stubs(),
    "count_as_launched": lambda mounted: launched(mounted) and begins_launched(),
    "PRINTING": lambda _: prints_what_broke(),
    "report_broken": is_reported,
    "styles_mark": lambda mounted: len(gradio_private.styles_mark(mounted.get_blocks())) >= 8,
    "kinds_of": lambda mounted: {"textbox", "html"} < gradio_private.kinds_of(mounted.get_blocks()),
    "declare": lambda mounted: "generate_image" in named(mounted),
    "upload_folder": lambda mounted: (
        gradio_private.upload_folder() == Path(mounted.uploaded_file_dir)
    ),
    "HASHED": lambda _: all(
        gradio_private.HASHED.fullmatch(f"/assets/{path.name}")
        for path in FRONTEND.glob("index-*.js")
    ),
    "FRONTEND": lambda _: len(list(FRONTEND.glob("*.js"))) > 100,
    "LISTED": lambda _: is_written(LISTED.pattern, "index-*.js"),
    "ASKED": lambda _: is_written(ASKED.pattern, "index-*.js"),
    "CONTROL": lambda _: is_written(CONTROL.format("textbox"), "core-*.js"),
    "OWN": lambda _: is_asked(gradio_private.OWN),
    "CALL": lambda _: is_asked(gradio_private.CALL),
    "UPLOAD": lambda _: is_asked(gradio_private.UPLOAD),
    "FILE": lambda _: is_asked(gradio_private.FILE),
    "MANIFEST": lambda _: gradio_private.MANIFEST in (FRONTEND.parent / "index.html").read_bytes(),
    "PROXY": lambda _: is_asked(gradio_private.PROXY),
}
"""Whether the installed Gradio is as each name takes it to be."""


@pytest.mark.parametrize("name", CHECKS)
def test_the_installed_gradio_is_as_the_studio_takes_it(mounted: App, name: str) -> None:
    assert hasattr(gradio_private, name)
    assert CHECKS[name](mounted), LOOK.format(name)


def test_each_name_was_looked_at_for_the_version_that_is_pinned() -> None:
    pinned = re.search(r"^gradio==(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert pinned is not None
    assert pinned[1] == gradio_private.LOOKED_AT, LOOK.format(", ".join(CHECKS))


def test_the_scripts_of_a_page_are_found_with_these_patterns() -> None:
    found = early({"textbox", "html", "tabs"})
    assert len(found.scripts) >= 10
    assert found.styles


def words_of(module: Module) -> set[str]:
    """Names that a module asks a value for, and texts in one line that are no docstring."""
    found: set[str] = set()
    docs: set[str | None] = {ast.get_docstring(module.tree)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            docs.add(ast.get_docstring(node))
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return {text for text in found if text not in docs and "\n" not in text}


def test_gradios_private_ground_is_entered_in_one_module() -> None:
    for module in modules():
        if module.name.startswith("ui") and module.name != "ui.gradio_private":
            known = [text for text in words_of(module) if any(word in text for word in WORDS)]
            assert not known, f"{module.path}: {known}"
            parts = {name for name in module.origins() if name.partition(".")[0] == "gradio"}
            assert parts <= PUBLIC, f"{module.path}: {parts - PUBLIC}"
