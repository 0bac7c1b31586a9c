"""Saved plans over HTTP: whose they are, what is refused, what a job keeps of the one it was made of."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import pytest
from pydantic import JsonValue

from providers.durability.backup import Backups
from providers.durability.restore import restore
from providers.history.owners import histories
from providers.history.plans import LARGEST, LONGEST, MOST
from tests.support.made import finished
from tests.support.serving import Web, picture, serve

MODEL = "useapi:multishot/kling-3.0-pro"
BOB = {"x-who": "bob"}


@contextmanager
def studio_in(folder: Path) -> Generator[Web]:
    yield from serve(folder, {})


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The application with its sandbox."""
    with studio_in(tmp_path_factory.mktemp("plans") / "data") as started:
        yield started


def plan_of(*texts: str, **more: JsonValue) -> dict[str, JsonValue]:
    """A plan with these shots."""
    shots: list[JsonValue] = [{"prompt": text, "seconds": 5} for text in texts]
    return {"model": MODEL, "shots": shots, **more}


def saved(
    web: Web, name: str, plan: dict[str, JsonValue], **more: JsonValue
) -> dict[str, JsonValue]:
    answer = web.client.post("/plans", json={"name": name, "plan": plan, **more})
    assert answer.status_code == 201, answer.text
    return cast("dict[str, JsonValue]", answer.json())


def names(web: Web, **headers: str) -> list[str]:
    plans = web.client.get("/plans", headers=headers).json()["plans"]
    return [str(plan["name"]) for plan in plans]


def asked(web: Web, method: str, path: str, body: JsonValue) -> list[dict[str, JsonValue]]:
    """The problems for which something is refused."""
    answer = web.client.request(method, path, json=body)
    assert answer.status_code == 422, answer.text
    return cast("list[dict[str, JsonValue]]", answer.json()["problems"])


def press(web: Web, plan: dict[str, JsonValue], kept: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """A job made of a plan, as the page makes it."""
    shots = cast("list[dict[str, JsonValue]]", plan["shots"])
    lead = " ".join(f"{plan[line]}." for line in ("style", "cast") if plan.get(line))
    final: list[JsonValue] = [
        {**shot, "prompt": f"{lead} {shot['prompt']}".strip()} for shot in shots
    ]
    written: dict[str, JsonValue] = {
        "style": plan.get("style", ""), "cast": plan.get("cast", ""),
        "prompts": [shot["prompt"] for shot in shots], **kept,
    }  # fmt: skip
    body = {"kind": "multishot", "model": MODEL, "shots": final, "plan": written}
    answer = web.client.post("/jobs", json=body)
    assert answer.status_code == 201, answer.text
    return finished(web.client, answer.json()["id"])


def test_a_plan_is_saved_listed_opened_renamed_duplicated_and_deleted(web: Web) -> None:
    plan = plan_of("A door", "A hand", style="35 mm", cast="Mara", options={"ratio": "9:16"})
    made = saved(web, "  The   kettle ", plan)
    assert (made["name"], made["revision"], made["template"]) == ("The kettle", 1, False)
    address = f"/plans/{made['id']}"
    opened = web.client.get(address).json()
    assert {name: opened["plan"][name] for name in plan} == plan
    assert opened["problems"] == []
    [line] = [one for one in web.client.get("/plans").json()["plans"] if one["id"] == made["id"]]
    assert (line["shots"], line["seconds"], line["model"], "plan" in line) == (2, 10, MODEL, False)
    renamed = web.client.post(address, json={"revision": 1, "name": "Steam"}).json()
    assert (renamed["name"], renamed["revision"]) == ("Steam", 2)
    assert renamed["plan"] == opened["plan"]
    twin = web.client.post(f"{address}/duplicate", json={}).json()
    assert (twin["name"], twin["plan"]) == ("Steam (copy)", opened["plan"])
    assert twin["id"] != made["id"]
    assert names(web)[:2] == ["Steam (copy)", "Steam"]
    assert web.client.delete(address).status_code == 204
    assert web.client.get(address).status_code == 404
    assert web.client.delete(address).status_code == 404
    assert "Steam" not in names(web)


def test_the_same_press_saves_one_plan(web: Web) -> None:
    body = {"name": "Twice", "plan": plan_of("A"), "client_request_id": "press-1"}
    first, second = (web.client.post("/plans", json=body).json() for _ in range(2))
    assert first == second
    assert names(web).count("Twice") == 1
    theirs = web.client.post("/plans", json=body, headers=BOB).json()
    assert theirs["id"] != first["id"], "and a press is its owner's"


def test_a_name_that_is_taken_gets_a_number(web: Web) -> None:
    plan = plan_of("A door")
    first = saved(web, "The door", plan)
    assert saved(web, "the door", plan)["name"] == "the door (2)"
    assert saved(web, "The door", plan, template=True)["name"] == "The door (3)"
    assert saved(web, "The door (2)", plan)["name"] == "The door (4)"
    twins = [web.client.post(f"/plans/{first['id']}/duplicate", json={}).json() for _ in range(2)]
    assert [twin["name"] for twin in twins] == ["The door (copy)", "The door (copy) (2)"]
    renamed = {"revision": 1, "name": "The door"}
    for _ in range(2):
        answer = web.client.post(f"/plans/{twins[0]['id']}", json=renamed).json()
        assert (answer["name"], answer["revision"]) == ("The door (5)", 2), "its answer was lost"
    again = {"revision": 1, "name": "The door", "plan": plan_of("Another")}
    assert web.client.post(f"/plans/{first['id']}", json=again).json()["name"] == "The door"
    longest = "x" * LONGEST
    assert saved(web, longest, plan)["name"] == longest
    assert saved(web, longest, plan)["name"] == f"{'x' * (LONGEST - 4)} (2)"


def test_what_was_changed_elsewhere_is_not_overwritten_unasked(web: Web) -> None:
    made = saved(web, "Two windows", plan_of("Here"))
    address = f"/plans/{made['id']}"
    theirs = {"revision": 1, "plan": plan_of("There")}
    assert web.client.post(address, json=theirs).json()["revision"] == 2
    assert web.client.post(address, json=theirs).json()["revision"] == 2, "its answer was lost"
    ours: dict[str, JsonValue] = {"revision": 1, "plan": plan_of("Here again")}
    [problem] = asked(web, "POST", address, ours)
    assert (problem["field"], problem["asks"]) == ("revision", "changed")
    assert "was changed elsewhere" in str(problem["message"])
    held = web.client.get(address).json()
    assert [shot["prompt"] for shot in held["plan"]["shots"]] == ["There"]
    agreed = web.client.post(address, json={**ours, "agreed": ["changed"]}).json()
    assert (agreed["revision"], agreed["plan"]["shots"][0]["prompt"]) == (3, "Here again")
    [problem] = asked(web, "POST", address, {"name": "No revision"})
    assert problem["field"] == "revision"


def test_a_plan_is_its_owners_alone(web: Web) -> None:
    made = saved(web, "Only mine", plan_of("A door"))
    address = f"/plans/{made['id']}"
    assert names(web, **BOB).count("Only mine") == 0
    for method, path, body in (
        ("GET", address, None),
        ("POST", address, {"revision": 1, "name": "Theirs"}),
        ("POST", address, {"agreed": ["changed"], "name": "Theirs"}),
        ("POST", f"{address}/duplicate", {}),
        ("DELETE", address, None),
    ):
        assert web.client.request(method, path, json=body, headers=BOB).status_code == 404
        stranger = web.client.request(method, path, json=body, headers={"x-who": "stranger"})
        assert stranger.status_code == 401
    foreign = {"Origin": "https://evil.example"}
    assert web.client.delete(address, headers=foreign).status_code == 403
    assert web.client.get(address).json()["name"] == "Only mine"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "plan": plan_of("A")}, "name"),
        ({"name": " \n ", "plan": plan_of("A")}, "name"),
        ({"name": "x" * (LONGEST + 1), "plan": plan_of("A")}, "name"),
        ({"name": "bell\a", "plan": plan_of("A")}, "name"),
        ({"name": "None"}, "plan"),
        ({"name": "Text", "plan": "shots"}, "plan"),
        ({"name": "Stray", "plan": plan_of("A", colour="red")}, "plan.colour"),
        ({"name": "Length", "plan": {"shots": [{"seconds": "five"}]}}, "plan.shots.1.seconds"),
        ({"name": "Many", "plan": plan_of(*("A" for _ in range(201)))}, "plan.shots"),
        ({"name": "Large", "plan": plan_of("x" * LARGEST)}, "plan"),
        ({"name": "Flag", "plan": plan_of("A"), "template": "yes"}, "template"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_field(
    web: Web, body: dict[str, JsonValue], field: str
) -> None:
    before = web.client.get("/plans").json()
    problems = asked(web, "POST", "/plans", body)
    assert [problem["field"] for problem in problems] == [field]
    assert str(problems[0]["message"]).endswith(".")
    assert web.client.get("/plans").json() == before


def test_an_owner_has_so_many_plans_and_no_more(tmp_path: Path) -> None:
    with studio_in(tmp_path / "data") as web:
        made = [saved(web, f"Plan {number}", plan_of("A")) for number in range(MOST)]
        [problem] = asked(web, "POST", "/plans", {"name": "One more", "plan": plan_of("A")})
        assert str(MOST) in str(problem["message"])
        asked(web, "POST", f"/plans/{made[0]['id']}/duplicate", {})
        body = {"name": "Bob's", "plan": plan_of("A")}
        assert web.client.post("/plans", json=body, headers=BOB).status_code == 201
        assert web.client.delete(f"/plans/{made[0]['id']}").status_code == 204
        saved(web, "One more", plan_of("A"))


@pytest.mark.slow
def test_a_job_keeps_its_plan_whatever_becomes_of_the_saved_one(web: Web) -> None:
    plan = plan_of("A door", "A hand", style="35 mm", cast="Mara, red coat")
    made = saved(web, "Frozen", plan)
    job = press(web, plan, {"id": made["id"], "revision": 1})
    address = f"/plans/{made['id']}"
    changed = plan_of("Something else", style="8 mm")
    web.client.post(address, json={"revision": 1, "plan": changed, "name": "Thawed"})
    for _ in range(2):
        told = web.client.get(f"/jobs/{job['id']}/plan").json()
        assert told["name"] == "Frozen"
        assert {name: told["plan"][name] for name in plan} == plan
        again = web.client.post(f"/jobs/{job['id']}/retry", json={}).json()
        assert again["plan"] == {**cast("dict[str, JsonValue]", job["plan"]), **again["plan"]}
        finished(web.client, again["id"])
        web.client.delete(address)
    assert web.client.get(f"/jobs/{job['id']}/plan", headers=BOB).status_code == 404


def test_a_job_without_a_plan_gives_its_shots_and_one_without_shots_says_so(web: Web) -> None:
    shots = [{"prompt": "A door", "seconds": 5}, {"prompt": "A hand", "seconds": 5}]
    body = {"kind": "multishot", "model": MODEL, "shots": shots}
    job = finished(web.client, web.client.post("/jobs", json=body).json()["id"])
    told = web.client.get(f"/jobs/{job['id']}/plan").json()
    assert (told["plan"]["shots"], told["plan"]["style"], told["name"]) == (shots, "", "")
    image = {"kind": "image", "model": "useapi:image/gen4", "prompt": "A door"}
    other = finished(web.client, web.client.post("/jobs", json=image).json()["id"])
    assert web.client.get(f"/jobs/{other['id']}/plan").status_code == 404


def test_a_plan_that_makes_other_shots_is_refused_and_nothing_is_sent(web: Web) -> None:
    before = web.client.get("/jobs").json()["total"]
    shots = [{"prompt": "A door", "seconds": 5}, {"prompt": "A hand", "seconds": 5}]
    body: dict[str, JsonValue] = {
        "kind": "multishot", "model": MODEL, "shots": cast("JsonValue", shots),
        "plan": {"prompts": ["A door", "A foot"]},
    }  # fmt: skip
    [problem] = asked(web, "POST", "/jobs", body)
    assert problem["field"] == "plan"
    assert web.client.get("/jobs").json()["total"] == before


def test_nobody_takes_the_name_of_anothers_plan(web: Web) -> None:
    theirs = web.client.post(
        "/plans", json={"name": "Secret title", "plan": plan_of("A")}, headers=BOB
    ).json()
    job = press(web, plan_of("A door", "A hand"), {"id": theirs["id"], "revision": 1})
    assert (cast("dict[str, JsonValue]", job["plan"])["name"]) == ""
    assert (cast("dict[str, JsonValue]", job["plan"])["id"]) == ""


def test_a_plan_opens_with_what_is_wrong_with_it_by_now(web: Web) -> None:
    gone = saved(web, "Its model is gone", {**plan_of("A", "B"), "model": "acme:multishot/gone"})
    problems = cast("list[dict[str, JsonValue]]", gone["problems"])
    assert [problem["field"] for problem in problems] == ["model"]
    frame = web.client.post("/media?name=own.png", content=picture(size=(320, 180))).json()["id"]
    whole = saved(web, "Its frame", plan_of("A", "B", start_frame=frame))
    assert whole["problems"] == []
    other = saved(web, "Another frame", plan_of("A", "B", start_frame="nowhere"))
    problems = cast("list[dict[str, JsonValue]]", other["problems"])
    assert [problem["field"] for problem in problems] == ["start_frame"]


def test_braces_are_a_question_and_those_of_a_template_must_be_filled(web: Web) -> None:
    template = plan_of("A {subject} at the door", "The hand of {subject} in {place}")
    made = saved(web, "Portrait", template, template=True)
    assert (made["template"], made["slots"]) == (True, ["subject", "place"])
    body: dict[str, JsonValue] = {
        "kind": "multishot", "model": MODEL, "shots": template["shots"]
    }  # fmt: skip
    problems = asked(web, "POST", "/jobs", body)
    assert [(one["field"], one["asks"], one["soft"]) for one in problems] == [
        ("shots.1.prompt", "slots", True),
        ("shots.2.prompt", "slots", True),
    ]
    shots = cast("list[dict[str, JsonValue]]", template["shots"])
    written: dict[str, JsonValue] = {
        "prompts": [shot["prompt"] for shot in shots], "slots": ["place", "subject"]
    }  # fmt: skip
    problems = asked(web, "POST", "/jobs", {**body, "plan": written, "agreed": ["slots"]})
    assert {(one["field"], one["soft"]) for one in problems} == {
        ("shots.1.prompt", False),
        ("shots.2.prompt", False),
    }
    checked = web.client.post("/check", json={**body, "plan": written}).json()["problems"]
    assert [one["message"] for one in checked] == [one["message"] for one in problems]
    answer = web.client.post("/jobs", json={**body, "agreed": ["slots"]})
    assert answer.status_code == 201
    job = finished(web.client, answer.json()["id"])
    assert job["shots"] == template["shots"], "braces are text as any other"
    again = web.client.post(f"/jobs/{job['id']}/retry", json={})
    assert again.status_code == 201


@pytest.mark.slow
def test_plans_outlive_a_restart_and_come_with_a_backup(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with studio_in(folder) as web:
        made = saved(web, "Kept", plan_of("A door", "A hand"))
        job = press(web, plan_of("A door", "A hand"), {"id": made["id"], "revision": 1})
        backup = Backups(folder).take(folder / "jobs.db")
        web.client.delete(f"/plans/{made['id']}")
        saved(web, "Later", plan_of("B"))
    with studio_in(folder) as web:
        assert names(web) == ["Later"]
        assert web.client.get(f"/jobs/{job['id']}/plan").json()["name"] == "Kept"
    for lost in folder.glob("jobs.db*"):
        lost.unlink()
    assert restore(folder, name=backup.name)
    with studio_in(folder) as web:
        assert "Kept" in names(web)
        opened = web.client.get(f"/plans/{made['id']}").json()
        assert opened["plan"] == made["plan"]
        assert web.client.get(f"/jobs/{job['id']}/plan").json()["name"] == "Kept"


def test_a_damaged_plan_is_listed_and_can_be_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with studio_in(folder) as web:
        made = saved(web, "Rotten", plan_of("A door"))
        sound = saved(web, "Sound", plan_of("A hand"))
    with closing(sqlite3.connect(folder / "jobs.db")) as database, database:
        database.execute("update plan set doc = replace(doc, 'door', 'd00r') where name = 'Rotten'")
    with studio_in(folder) as web:
        assert names(web) == ["Sound", "Rotten"]
        answer = web.client.get(f"/plans/{made['id']}")
        assert answer.status_code == 503
        assert "damaged" in answer.json()["problems"][0]["message"]
        assert web.client.get(f"/plans/{sound['id']}").status_code == 200
        assert web.client.delete(f"/plans/{made['id']}").status_code == 204
        assert names(web) == ["Sound"]


def test_a_deleted_job_takes_its_plan_along(web: Web) -> None:
    job = press(web, plan_of("Only here", "And there"), {})
    assert web.client.delete(f"/jobs/{job['id']}").status_code == 204
    assert web.client.get(f"/jobs/{job['id']}/plan").status_code == 404
    left = web.studio.opened.journal.deletions.remains(str(job["id"]))
    assert left is not None
    assert "Only here" not in left[0].model_dump_json()


def test_whose_plans_a_folder_holds_is_known(tmp_path: Path) -> None:
    with studio_in(tmp_path / "data") as web:
        saved(web, "All that I have", plan_of("A door"))
        assert histories(tmp_path / "data") == {"ann": 0}
