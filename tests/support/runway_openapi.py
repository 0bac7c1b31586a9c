"""An OpenAPI description of Runway's own API as the studio uses it.

The bodies of the create calls follow from `runway_contract_table.py`; paths, statuses and answers stand here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue

from tests.support.runway_contract import Call, Plain
from tests.support.runway_contract_table import CALLS

Schema = dict[str, JsonValue]
VERSION = "2024-11-06"


@dataclass(frozen=True)
class Known:
    """What is there already, so that calls can name it."""

    picture: str
    """Address of an uploaded picture that every model takes."""
    video: str
    tasks: tuple[str, ...]


def description(known: Known) -> Schema:
    """The whole document."""
    task: Schema = {
        "parameters": [_task_id(known)],
        "get": _operation(TASK, (404,)),
        "delete": _operation(None, (404,)),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Runway", "version": VERSION},
        "servers": [{"url": "/runway"}],
        "paths": {
            **{f"/v1/{endpoint}": {"post": _create(endpoint, known)} for endpoint in CALLS},
            "/v1/uploads": {"post": _operation(SLOT, (429,), SLOT_BODY)},
            "/v1/tasks/{id}": task,
            "/v1/organization": {"get": _operation(ORGANIZATION)},
            "/v1/organization/usage": {"post": _operation(USAGE, (), USAGE_BODY)},
        },
    }


def _operation(
    answer: Schema | None, refusals: Sequence[int] = (), body: Schema | None = None
) -> Schema:
    good: Schema = {"204": {"description": "done"}}
    if answer is not None:
        good = {"200": {"description": "done", **_json(answer)}}
    bad: Schema = {
        str(status): {"description": "refused", **_json(ERRORS if status == 400 else ERROR)}
        for status in (400, 401, *refusals)
    }
    version: Schema = {
        "name": "X-Runway-Version", "in": "header", "required": True,
        "schema": {"const": VERSION, "type": "string"},
    }  # fmt: skip
    operation: Schema = {"parameters": [version], "responses": {**good, **bad}}
    if body is not None:
        operation["requestBody"] = {"required": True, **_json(body)}
    return operation


def _json(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}


def _task_id(known: Known) -> Schema:
    ids: JsonValue = [_one_of(*known.tasks), {"type": "string", "format": "uuid"}]
    return {"name": "id", "in": "path", "required": True, "schema": {"anyOf": ids}}


def _create(endpoint: str, known: Known) -> Schema:
    arms: list[JsonValue] = []
    if endpoint == "recipes/multi_shot_video":
        return _operation(CREATED, (429,), {"anyOf": _recipes(known)})
    for name, call in CALLS[endpoint].items():
        body = _body(endpoint, name.partition(" ")[0], call, known)
        # Where the documents ask for nothing at all, there must be something to go by.
        bare = not (call.prompt is None or call.prompt.start or call.source or call.frames)
        arms += [_also(body, "promptText"), _also(body, "references")] if bare else [body]
    return _operation(CREATED, (429,), {"anyOf": arms})


def _recipes(known: Known) -> list[JsonValue]:
    """The bodies of the recipe. No schema can say that shots add up, so those of each sum are listed."""
    arms: list[JsonValue] = []
    for mode, call in CALLS["recipes/multi_shot_video"].items():
        fields = {name: _plain(values) for name, values in call.fields.items()}
        frame = _closed(["uri"], uri=_one_of(known.picture))
        if call.shots is None:
            story: Schema = {"type": "string", "minLength": 1, "maxLength": 2500}
            needed = [*call.needed, "prompt"]
            arms.append(_closed(needed, **fields, prompt=story, firstFrame=frame))
            continue
        for total in call.shots.together:
            assert mode == "custom"
            plans: list[JsonValue] = [_plan(total - 2, 1, 1), _plan(total - 4, 1, 1, 1, 1)]
            fields["duration"] = _one_of(total)
            needed = [*call.needed, "duration", "shots"]
            arms.append(_closed(needed, **fields, shots={"enum": plans}, firstFrame=frame))
    return arms


def _plan(*seconds: int) -> JsonValue:
    return [{"prompt": "A door opens", "duration": length} for length in seconds]


def _also(body: Schema, name: str) -> Schema:
    """The same body with one more field that must be there, and hold something."""
    needed, fields = body["required"], body["properties"]
    assert isinstance(needed, list)
    assert isinstance(fields, dict)
    field = fields[name]
    assert isinstance(field, dict)
    least = "minLength" if field["type"] == "string" else "minItems"
    return {
        **body,
        "required": [*needed, name],
        "properties": {**fields, name: {**field, least: 1}},
    }


def _body(endpoint: str, model: str, call: Call, known: Known) -> Schema:
    fields: Schema = {"model": {"const": model, "type": "string"}}
    needed = ["model", *call.needed]
    if call.prompt is not None:
        shortest = max(call.prompt.start, call.shortest)
        fields["promptText"] = {
            "type": "string", "minLength": shortest, "maxLength": call.prompt[-1],
        }  # fmt: skip
        needed += ["promptText"] if call.prompt.start else []
    fields |= {name: _plain(values) for name, values in call.fields.items()}
    for name, schema, must in _media(endpoint, call, known):
        fields[name] = schema
        needed += [name] if must else []
    if settings := _settings(call):
        fields["providerSettings"] = settings
        needed += ["providerSettings"] if "shotType" in call.settings else []
    if call.adherence:
        fields["cfgScale"] = {"type": "number", "minimum": 0, "maximum": 1}
    if call.looser:
        fields["contentModeration"] = _object(publicFigureThreshold=_one_of("auto", "low"))
    if call.frames is not None and call.frames.ratios:
        fields["ratio"] = _one_of(*call.frames.ratios)
    return _closed(needed, **fields)


def _settings(call: Call) -> Schema | None:
    """The provider's settings; shots that add up are listed, as no schema can say that they do."""
    fields = {name: _plain(values) for name, values in call.settings.items()}
    if call.shots is not None:
        plans: list[JsonValue] = [_plan(3, 4, 5), _plan(1, 2), _plan(*[2] * 7)]
        fields["multiPrompt"] = {"enum": plans}
    return _closed([*fields], **fields) if fields else None


def _plain(values: Sequence[Plain]) -> Schema:
    if isinstance(values, range):
        return {"type": "integer", "minimum": values.start, "maximum": values[-1]}
    return {"type": "boolean"} if values == (True, False) else _one_of(*values)


def _media(endpoint: str, call: Call, known: Known) -> list[tuple[str, Schema, bool]]:
    """Name, schema and whether it must be there."""
    picture, video = _one_of(known.picture), _one_of(known.video)
    found: list[tuple[str, Schema, bool]] = []
    if call.source == "character":
        for name, kind, uri in (("character", "image", picture), ("reference", "video", video)):
            found.append((name, _object(["type", "uri"], type=_one_of(kind), uri=uri), True))
    elif call.source:
        found.append((call.source, picture if call.source == "imageUri" else video, True))
    if call.frames is not None:
        found.append(("promptImage", {"anyOf": [picture, *_frames(call, picture)]}, True))
    counts = call.beside if call.frames else call.media.pictures
    if len(counts) > 1:
        name = "referenceImages" if endpoint == "text_to_image" else "references"
        subject = {"subject": _one_of("object", "human")} if call.media.subjects else {}
        items = _object(["uri"], uri=picture, **subject)
        found.append((name, _listed([], items, counts.start, counts[-1]), counts.start > 0))
    return found


def _frames(call: Call, picture: Schema) -> list[JsonValue]:
    assert call.frames is not None
    places = ("first", "last") if call.frames.last else ("first",)
    keys = [_object(["uri", "position"], uri=picture, position=_one_of(one)) for one in places]
    # Pictures without positions are left out: the studio sends them as references.
    return [_listed(keys[:count], False, count, count) for count in range(1, len(keys) + 1)]


def _listed(first: Sequence[Schema], items: JsonValue, least: int, most: int) -> Schema:
    prefix: Schema = {"prefixItems": [*first]} if first else {}
    return {"type": "array", **prefix, "items": items, "minItems": least, "maxItems": most}


def _object(needed: Sequence[str] = (), /, **fields: JsonValue) -> Schema:
    return {"type": "object", "properties": fields, "required": [*needed]}


def _closed(needed: Sequence[str] = (), /, **fields: JsonValue) -> Schema:
    return {**_object(needed, **fields), "additionalProperties": False}


def _one_of(*values: Plain) -> Schema:
    return {"enum": [*values]}


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


TEXT: Schema = {"type": "string", "minLength": 1}
COUNT: Schema = {"type": "integer", "minimum": 0}
AMOUNT: Schema = {"type": "number", "minimum": 0}
UUID: Schema = {"type": "string", "format": "uuid"}
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
DAYS = ("2026-10-01", "2026-11-01", "2026-11-15")
"""Days that `NOW` looks back to."""
DAY: Schema = {"type": "string", "format": "date"}
CREDITS = _object(["credits"], credits=AMOUNT)

ERROR = _object(["error"], error=TEXT)
ISSUE: Schema = {
    "type": "object",
    "properties": {
        "code": TEXT,
        "path": {"type": "array", "items": {"type": ["string", "integer"]}},
        "message": TEXT,
    },
    "required": ["code", "path", "message"],
}
ERRORS = _object(
    ["error"], error=TEXT, issues={"type": "array", "items": ISSUE, "minItems": 1}, docUrl=TEXT
)
CREATED = _object(["id"], id=UUID, estimatedCost=CREDITS)

SLOT_BODY = _object(
    ["filename", "type"],
    filename={
        "type": "string", "minLength": 3, "maxLength": 255,
        "pattern": r"^[a-z]{1,20}\.(png|jpg|webp|mp4|mov|webm|mp3|wav)$",
    },
    type=_one_of("ephemeral"),
)  # fmt: skip
SLOT = _object(
    ["uploadUrl", "fields", "runwayUri"],
    uploadUrl=TEXT,
    fields=_map({"type": "string"}),
    runwayUri={"type": "string", "pattern": "^runway://"},
)


def _task(status: str, *needed: str, **fields: JsonValue) -> Schema:
    return _object(
        ["id", "createdAt", "status", *needed],
        id=UUID,
        createdAt={"type": "string", "format": "date-time", "pattern": "Z$"},
        status=_one_of(status),
        **fields,
    )


LINKS: Schema = {"type": "array", "items": {"type": "string", "format": "uri"}, "minItems": 1}
SPENT = _object(["credits"], credits=COUNT)
TASK: Schema = {
    "oneOf": [
        _task("PENDING", estimatedCost=CREDITS),
        _task("THROTTLED", estimatedCost=CREDITS),
        _task("RUNNING", progress={**AMOUNT, "maximum": 1}, estimatedCost=CREDITS),
        _task("SUCCEEDED", "output", output=LINKS, cost=SPENT),
        _task("FAILED", "failure", failure=TEXT, failureCode=TEXT, cost=SPENT),
        _task("CANCELLED", cost=SPENT),
    ]
}

LIMITS = _object(
    ["maxConcurrentGenerations", "maxDailyGenerations"],
    maxConcurrentGenerations=COUNT,
    maxDailyGenerations=COUNT,
)
MADE = _object(["dailyGenerations"], dailyGenerations=COUNT)
ORGANIZATION = _object(
    ["tier", "creditBalance", "usage"],
    tier=_object(
        ["maxMonthlyCreditSpend", "models"], maxMonthlyCreditSpend=COUNT, models=_map(LIMITS)
    ),
    creditBalance=COUNT,
    usage=_object(["models"], models=_map(MADE)),
)

USAGE_BODY = _closed([], startDate=_one_of(*DAYS[:2]), beforeDate=_one_of(*DAYS[1:]))
USED = _object(["model", "amount"], model=TEXT, amount={"type": "integer"})
OF_DAY = _object(["date", "usedCredits"], date=DAY, usedCredits={"type": "array", "items": USED})
USAGE: Schema = {
    "type": "object",
    "properties": {
        "results": {"type": "array", "items": OF_DAY},
        "models": {"type": "array", "items": TEXT},
    },
    "required": ["results", "models"],
}
