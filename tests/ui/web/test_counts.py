"""How many jobs a choice would leave: what is asked beside it counts, what it would replace does not."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue, TypeAdapter

from tests.support.serving import Web, serve

IMAGE, OTHER, CLIP = "useapi:image/gen4", "useapi:image/nano-banana-pro", "useapi:video/veo-3.1"
COUNTS = TypeAdapter(dict[str, dict[str, int]])


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    yield from serve(tmp_path, {})


def _made(web: Web, model: str, prompt: str, **marks: JsonValue) -> None:
    kind = model.partition(":")[2].partition("/")[0]
    body: dict[str, JsonValue] = {"kind": kind, "model": model, "prompt": prompt, "options": {}}
    job = web.client.post("/jobs", json=body).json()["id"]
    while web.client.get(f"/jobs/{job}").json()["finished"] is None:
        pass
    if marks:
        assert web.client.post(f"/jobs/{job}/mark", json=marks).status_code == 200


def _counts(web: Web, **asked: str) -> tuple[int, Mapping[str, Mapping[str, int]]]:
    told = web.client.get("/jobs", params=asked).json()
    return told["total"], COUNTS.validate_python(told["counts"])


def test_counts_respect_every_filter_but_their_own(web: Web) -> None:
    _made(web, IMAGE, "a heron", starred=True, tags=["sky"])
    _made(web, IMAGE, "a heron sandbox:moderated", tags=["sky", "blue"])
    _made(web, OTHER, "an owl", starred=True)
    _made(web, CLIP, "an owl sandbox:moderated")
    total, counts = _counts(web)
    assert total == 4
    assert counts["kind"] == {"image": 3, "video": 1}
    assert counts["state"] == {"done": 2, "rejected": 2}
    assert (counts["starred"], counts["tag"]) == ({"true": 2}, {"sky": 2, "blue": 1})
    total, counts = _counts(web, kind="image")
    assert total == 3
    assert counts["kind"] == {"image": 3, "video": 1}
    assert counts["state"] == {"done": 2, "rejected": 1}
    assert counts["model"] == {IMAGE: 2, OTHER: 1}
    total, counts = _counts(web, kind="image", state="rejected,failed,expired", tag="sky")
    assert total == 1
    assert counts["state"] == {"done": 1, "rejected": 1}
    assert counts["kind"] == {"image": 1}
    assert (counts["tag"], counts["starred"]) == ({"sky": 1, "blue": 1}, {"true": 0})
    total, counts = _counts(web, starred="true", model=OTHER, text="owl")
    assert (total, counts["model"], counts["starred"]) == (1, {OTHER: 1}, {"true": 1})
    assert counts["vendor"] == {"useapi": 1}
    _, counts = _counts(web, kind="image", state="done", vendor="useapi", model=IMAGE)
    assert counts["kind"] == {"image": 1}
    assert counts["model"] == {IMAGE: 1, OTHER: 1}
