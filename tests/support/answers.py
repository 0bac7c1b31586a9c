"""Every answer that programs get in one scenario; `python -m tests.support.answers` writes it down."""

import argparse
import json
import re
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pydantic import JsonValue
from starlette.testclient import TestClient

from providers.errors import Unclear
from providers.history.query import Query
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from tests.support.fake_vendor import FakeVendor, Time
from tests.support.guests import House, open_house
from tests.support.serving import ASK, HOME, LIVE, picture, whose
from ui.web.app import build

BEFORE = Path(__file__).with_name("answers_before.json")
CHANCE = frozenset({
    "id", "created", "submitted", "finished", "usual", "revision", "url", "at", "next", "job", "bytes",
    "folder", "free", "version", "versions", "checked", "added", "last_seen", "least", "since", "artifact",
    "progress", "width", "height", "day", "seed", "account", "expires", "sentence", "plan", "balance", "task",
    "made",
})  # fmt: skip
"""Names whose values are of the machine, the moment or chance: only their kind is kept."""
TIMING = frozenset({"evidence", "progress", "starts_in", "usual"})
"""Names whose values may be there or not, depending on who was quicker."""
NAME = re.compile(r"\b(?:[0-9a-f]{15}[0-9a-f]{10}|[0-9a-f]{12,64}|listed:\w+)\b|…\S+|\d+ [kM]B")
MANY = "many"
"""Stands before the lists of which only the first and the last are kept."""
LISTED = frozenset({"events", "specs", "models", "words", "values"})
Answers = dict[str, JsonValue]


def steady(value: JsonValue, name: str = "") -> JsonValue:
    """The value without what differs from run to run: its kind, or a mark, stands in place of that."""
    if name in TIMING:
        return "<any>"
    if isinstance(value, dict):
        # What is named after an artifact, a job or a day has no name of its own.
        return {NAME.sub("<name>", key): steady(one, key) for key, one in sorted(value.items())}
    if isinstance(value, list):
        if name in LISTED and len(value) > 2:
            return [MANY, steady(value[0], name), steady(value[-1], name)]
        return [steady(one, name) for one in value]
    if name in CHANCE:
        return "<number>" if isinstance(value, int | float) else f"<{type(value).__name__}>"
    return NAME.sub("<name>", value) if isinstance(value, str) else value


def missing(before: JsonValue, now: JsonValue, at: str = "") -> Iterator[str]:
    """Where a name or a value of before is not there now. Further names are no difference."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name, value in before.items():
            where = f"{at}.{name}"
            yield from missing(value, now[name], where) if name in now else [f"{where} is gone"]
    elif isinstance(before, list) and isinstance(now, list):
        if len(before) != len(now):
            yield f"{at}: {len(before)} before, {len(now)} now"
        for place, (one, other) in enumerate(zip(before, now, strict=False)):
            yield from missing(one, other, f"{at}[{place}]")
    elif before != now or type(before) is not type(now):
        yield f"{at}: {before!r} before, {now!r} now"


def answers(folder: Path) -> Answers:
    """Every answer of the scenario, by a name of its own, without what differs from run to run."""
    found: Answers = {}
    for house in open_house(folder / "house"):
        found |= {f"house {name}": steady(value) for name, value in _House(house).all().items()}
    found |= {f"unsure {name}": steady(value) for name, value in _unsure(folder / "unsure").items()}
    return found


class _House:
    """A studio with people, all vendors in the sandbox, asked for everything."""

    def __init__(self, house: House) -> None:
        self.client, self.studio = house.client, house.studio
        self.ada, self.bea = house.carried("ada"), house.carried("bea")
        self.owner = house.register.person("ada").owner
        self.told: Answers = {}

    def all(self) -> Answers:
        """Ask."""
        job = self._jobs()
        self._files(job)
        self._money()
        self._batches()
        self._vendors()
        self._programs(job)
        self._live()
        return self.told

    def ask(
        self, name: str, method: str, path: str, body: JsonValue = None
    ) -> dict[str, JsonValue]:
        """One answer, kept under this name; ada asks."""
        sent = {} if method in ("GET", "DELETE") else {"json": body if body is not None else {}}
        answer = self.client.request(method, path, headers=self.ada, **sent)  # pyright: ignore[reportArgumentType]
        told: dict[str, JsonValue] = answer.json() if answer.content else {}
        self.told[name] = {"status": answer.status_code, "body": told}
        return told

    def ended(self, job: JsonValue) -> dict[str, JsonValue]:
        """The job once it has ended."""
        return ended(self.client, str(job), self.ada)

    def _jobs(self) -> dict[str, JsonValue]:
        pressed = self.ask(
            "press", "POST", "/jobs", {**ASK, "client_request_id": "a-press-of-ours"}
        )
        done = self.ended(pressed["id"])
        self.ask("job", "GET", f"/jobs/{done['id']}")
        model = next(spec.id for spec in self.studio.catalogue if spec.kind == "multishot")
        plan: list[JsonValue] = [
            {"prompt": "A door", "seconds": 5},
            {"prompt": "A hall", "seconds": 5},
        ]
        film: JsonValue = {"kind": "multishot", "model": model, "prompt": "", "shots": plan}
        self.told["film"] = self.ended(self.ask("press a film", "POST", "/jobs", film)["id"])
        refused = self.client.post(
            "/jobs", json={**ASK, "prompt": "sandbox:moderated"}, headers=self.ada
        ).json()
        self.told["refused job"] = self.ended(refused["id"])
        failed = self.client.post(
            "/jobs", json={**ASK, "prompt": "sandbox:fails"}, headers=self.ada
        ).json()
        self.told["failed job"] = self.ended(failed["id"])
        self.ask("mark", "POST", f"/jobs/{done['id']}/mark", {"starred": True, "tags": ["sky"]})
        self.ask("cancel", "POST", f"/jobs/{done['id']}/cancel")
        self.ask("look", "POST", f"/jobs/{done['id']}/look")
        self.ask("adopt", "POST", f"/jobs/{done['id']}/adopt", {"task": "x"})
        self.ask("adopt nothing", "POST", f"/jobs/{done['id']}/adopt")
        self.ask("discard", "POST", f"/jobs/{done['id']}/discard")
        self.ask("go on", "POST", f"/jobs/{done['id']}/go-on")
        again = self.ask(
            "retry", "POST", f"/jobs/{failed['id']}/retry", {"client_request_id": "again"}
        )
        self.ended(again["id"])
        self.ask("listed", "GET", "/jobs?limit=2")
        self.ask("listed by words", "GET", "/jobs?text=lighthouse")
        self.ask("changed", "GET", "/jobs?since=1")
        self.ask("nothing changed", "GET", "/jobs?since=999999999999999999")
        self.ask("no such job", "GET", "/jobs/none")
        self.ask("no such question", "GET", "/jobs?colour=red")
        self.ask("bad since", "GET", "/jobs?since=x")
        self.ask(
            "refused press", "POST", "/jobs", {**ASK, "prompt": "", "options": {"ratio": "7:3"}}
        )
        self.ask("check", "POST", "/check", dict(ASK))
        self.ask("check what is wrong", "POST", "/check", {**ASK, "options": {"ratio": "7:3"}})
        return done

    def _files(self, job: dict[str, JsonValue]) -> None:
        post, artifacts = self.client.post, job["artifacts"]
        assert isinstance(artifacts, list)
        assert isinstance(artifacts[0], dict)
        headers = {**self.ada, "Content-Type": "image/png"}
        self.told["upload"] = post("/media?name=a b.png", content=picture(), headers=headers).json()
        self.told["no upload"] = post(
            "/media?name=x", content=b"no picture", headers=headers
        ).json()
        copy = self.client.get(f"/{artifacts[0]['url']}?download=1", headers=self.ada).content
        self.told["settings"] = post("/media/settings", content=copy, headers=headers).json()
        self.told["settings first"] = post(
            "/media?name=x.png&settings=first", content=copy, headers=headers
        ).json()
        self.told["no settings"] = post(
            "/media/settings", content=picture(), headers=headers
        ).json()
        self.ask("archive", "POST", "/archive", {"jobs": [job["id"]]})
        self.ask("no archive", "POST", "/archive", {"jobs": []})
        self.ask("verify", "POST", "/library/verify")
        self.ask("adopt files", "POST", "/library/adopt")
        path = self.studio.files.path(self.studio.files.get(str(artifacts[0]["id"]), self.owner))
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1])
        self.ask("verify what is harmed", "POST", "/library/verify")

    def _money(self) -> None:
        self.ask("health", "GET", "/healthz")
        self.told["health for a stranger"] = self.client.get("/healthz").json()
        for name in ("settings", "notices", "spend", "people"):
            self.ask(name, "GET", f"/{name}")
            self.told[f"{name} for a member"] = self.client.get(f"/{name}", headers=self.bea).json()
        self.ask("sandbox", "POST", "/settings/sandbox", {"speed": 0})
        self.ask("no such speed", "POST", "/settings/sandbox", {"speed": "x"})

    def _batches(self) -> None:
        text = 'A red fox\nA blue fox\n{"prompt": 7}'
        asked: JsonValue = {"text": text, "request": dict(ASK), "models": [], "takes": 1}
        read = self.ask("list", "POST", "/batches/read", asked)
        rows = read["rows"]
        assert isinstance(rows, list)
        requests: list[JsonValue] = [row["request"] for row in rows[:2] if isinstance(row, dict)]
        bad: JsonValue = {**ASK, "options": {"ratio": "7:5"}}
        self.ask("look at a list", "POST", "/batches/check", {"requests": [*requests, bad, 7]})
        failing: JsonValue = {**ASK, "prompt": "sandbox:fails"}
        sent: JsonValue = {
            "client_request_id": "a-batch-of-ours",
            "requests": [requests[0], failing],
        }
        jobs = self.ask("batch pressed", "POST", "/batches", sent)["jobs"]
        assert isinstance(jobs, list)
        last = [self.ended(job["id"]) for job in jobs if isinstance(job, dict)]
        self.told["job of a batch"] = last[-1]
        self.ask("batch", "GET", "/batches/a-batch-of-ours")
        self.ask("batch cancelled", "POST", "/batches/a-batch-of-ours/cancel")
        again: JsonValue = {"client_request_id": "a-batch-again", "jobs": [last[-1]["id"]]}
        told = self.ask("batch tried again", "POST", "/batches/a-batch-of-ours/retry", again)[
            "jobs"
        ]
        assert isinstance(told, list)
        for job in told:
            assert isinstance(job, dict)
            self.ended(job["id"])
        self.ask("no such batch", "GET", "/batches/none")
        self.ask("bad batch", "POST", "/batches", {"client_request_id": "x", "requests": [bad]})

    def _vendors(self) -> None:
        for name in self.studio.connections:
            self.ask(f"key of {name}", "POST", f"/connections/{name}/check")
        portal = self.client.portal
        assert portal is not None
        provider = self.studio.connections["useapi"].provider
        job = self.studio.live.page(self.owner, Query()).jobs[-1]
        portal.call(partial(provider.submit, job.request, dict[str, str](), "0" * 25))
        told = self.ask("tasks", "GET", "/connections/useapi/tasks")["tasks"]
        assert isinstance(told, list)
        assert isinstance(told[0], dict)
        taken = self.ask("take in", "POST", "/connections/useapi/adopt", {"task": told[0]["name"]})
        self.told["taken in"] = self.ended(taken["id"])
        self.ask("take in nothing", "POST", "/connections/useapi/adopt", {"task": "listed:none"})

    def _programs(self, job: dict[str, JsonValue]) -> None:
        def call(name: str, *values: JsonValue) -> JsonValue:
            address = f"/gradio_api/run/{name}"
            told = self.client.post(address, json={"data": [*values]}, headers=self.ada).json()
            return told["data"][0] if "data" in told else told

        models = call("models", "")
        assert isinstance(models, list)
        # The rows themselves are the catalogue's: two of them tell what a row looks like.
        known = {one["id"]: one for one in models if isinstance(one, dict)}
        self.told["models for programs"] = [
            models[0],
            known["runflow:image/google/nano-banana-pro"],
        ]
        self.told["job for programs"] = call("job", job["id"])
        self.told["no job for programs"] = call("job", "none")
        self.told["jobs for programs"] = call(
            "jobs", "lighthouse", "", "", "", "", "", 1, False, ""
        )
        self.told["star for programs"] = call("star", job["id"], False)
        self.told["tag for programs"] = call("tag", job["id"], ["sea"])
        self.told["cancel for programs"] = call("cancel", job["id"])
        made = call("generate_image", ASK["model"], "A hill", None, ASK["options"])
        assert isinstance(made, dict)
        self.told["made by a program"] = made
        self.ended(made["id"])
        self.told["refused to a program"] = call("generate_image", "none:image/x", "", None, {})
        self.told["delete for programs"] = call("delete", made["id"])

    def _live(self) -> None:
        portal = self.client.portal
        assert portal is not None
        with self.client.websocket_connect(LIVE, headers=self.ada) as live:
            shown = live.receive_json()
            self.told["snapshot"] = {**shown, "jobs": shown["jobs"][-1:]}
            job = shown["jobs"][-1]
            health = self.studio.connections["useapi"].health
            health.refusal = "The key is refused."
            self.ask("marked live", "POST", f"/jobs/{job['id']}/mark", {"starred": False})
            self.told["live job"] = live.receive_json()
            self.told["live connections"] = live.receive_json()
            self.ask("notices in trouble", "GET", "/notices")
            health.refusal = ""
            self.ask("deleted", "DELETE", f"/jobs/{job['id']}")
            while (frame := live.receive_json())["type"] != "gone":
                continue
            self.told["live gone"] = frame


def _unsure(folder: Path) -> Answers:
    """A job of which nobody can tell whether it was bought, and what may be done with it."""
    fake = FakeVendor(
        creates=[Unclear("The response was lost."), Unclear("The response was lost.")],
        accepts_unclear=False,
    )
    time = Time()
    studio = Studio(
        Settings(data_dir=folder),
        credentials=Credentials({}),
        vendors=[*VENDORS, fake.vendor()],
        sleep=time.sleep,
        clock=time.clock,
    )
    app = build(studio, current_user=whose, environment={})
    told: Answers = {}
    with TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
        asked = {"kind": "image", "model": "fake:image/one", "prompt": "a red fox"}
        job = client.post("/jobs", json=asked).json()["id"]
        told["job"] = ended(client, job)
        told["adopt"] = client.post(f"/jobs/{job}/adopt", json={"task": "task-7"}).json()
        other = client.post("/jobs", json={**asked, "prompt": "a blue fox"}).json()["id"]
        ended(client, other)
        told["discard"] = client.post(f"/jobs/{other}/discard", json={}).json()
    return told


def ended(
    client: TestClient, job: str, headers: dict[str, str] | None = None
) -> dict[str, JsonValue]:
    """The job once nobody works on it any more."""
    until = time.monotonic() + 30
    while True:
        found = client.get(f"/jobs/{job}", headers=headers).json()
        if found["finished"] is not None or found["state"] == "unsure" or time.monotonic() > until:
            return found
        time.sleep(0.02)  # The server works in another thread.


def main() -> None:
    """Write the answers of the code as it is now, for later ones to be compared with."""
    argparse.ArgumentParser(
        prog="python -m tests.support.answers", description=__doc__
    ).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = json.dumps(answers(Path(folder)), indent=1, sort_keys=True, ensure_ascii=False)
    BEFORE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
