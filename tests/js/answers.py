"""What the page's own modules answer, run by Node."""

import json

from pydantic import JsonValue, TypeAdapter

from tests.browser.forms import MODELS
from tests.js import tools

ANSWERS = TypeAdapter(list[JsonValue])


def told(question: str, asked: list[JsonValue]) -> list[JsonValue]:
    """What the page's own modules answer, with the rows that the page begins with."""
    catalogue = {"specs": [spec.model_dump(mode="json") for spec in MODELS]}
    words = json.dumps({"catalogue": catalogue, "question": question, "asked": asked})
    run = tools.node(
        "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "tests/js/twins.js", words=words
    )
    assert run.ok, run.text
    return ANSWERS.validate_json(run.text)
