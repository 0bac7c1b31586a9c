"""`assets/js/types.d.ts`: what the studio answers, for the scripts. `python -m ui.declarations [--check]`."""

import json
import sys
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from providers.catalogue.models import ModelSpec
from providers.jobs import views as jobs
from providers.studio import views as studio
from providers.vendors import views as vendors
from providers.vendors.vendor import KeyCheck
from ui import views as doors
from ui.bundle.assets import ASSETS

JSON = "Json"
WIDTH = 120
FILE = ASSETS / "js" / "types.d.ts"
ROOMS = (jobs, vendors, studio, doors)
"""Where records stand; in each module all that it defines."""
RECORDS: tuple[type[BaseModel], ...] = (
    *(ModelSpec, KeyCheck),
    *(
        record
        for room in ROOMS
        for record in vars(room).values()
        if isinstance(record, type)
        and issubclass(record, BaseModel)
        and record.__module__ == room.__name__
    ),
)
HEAD = """// What the studio answers, written from its records by `make docs`. No browser reads this.

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
"""
PLAIN: Mapping[str, str] = {
    "string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null",
}  # fmt: skip


class Schema(BaseModel):
    """What these records need of JSON Schema."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel)

    type: str = ""
    description: str = ""
    properties: Mapping[str, "Schema"] | None = None
    items: "Schema | None" = None
    prefix_items: Sequence["Schema"] | None = None
    additional_properties: "Schema | bool" = True
    any_of: Sequence["Schema"] = ()
    one_of: Sequence["Schema"] = ()
    enum: Sequence[str | int | float] | None = None
    const: str | int | float | None = None
    ref: str = Field(default="", alias="$ref")


def declarations(records: Sequence[type[BaseModel]] = RECORDS) -> str:
    """Every record, and all that they are made of, in TypeScript."""
    mode: JsonSchemaMode = "serialization"
    _, schema = models_json_schema([(record, mode) for record in records], ref_template="{model}")
    known = TypeAdapter(dict[str, Schema]).validate_python(schema["$defs"])
    grown = {
        record.__name__: parent.__name__
        for record in records
        for parent in record.__bases__
        if parent.__name__ in known
    }
    return HEAD + "".join(
        _declared(name, one, grown.get(name, ""), known)
        for name, one in sorted(known.items())
        if name != "JsonValue"
    )


def _declared(name: str, schema: Schema, parent: str, known: Mapping[str, Schema]) -> str:
    said = _comment(schema, "")
    if schema.properties is None:
        return f"\n{said}export type {name} = {_type(schema)};\n"
    inherited = (known[parent].properties or {}) if parent else {}
    fields = (
        f"{_comment(one, '  ')}{_field(field, _type(one))}"
        for field, one in schema.properties.items()
        if field not in inherited
    )
    grows = f" extends {parent}" if parent else ""
    return f"\n{said}export interface {name}{grows} {{\n{''.join(fields)}}}\n"


def _field(name: str, kind: str) -> str:
    line = f"  {name}: {kind};\n"
    return (
        line
        if len(line) <= WIDTH
        else f"  {name}:\n    | {kind.replace(' | ', f'{chr(10)}    | ')};\n"
    )


def _comment(schema: Schema, indent: str) -> str:
    lines = schema.description.split("\n")
    if lines == [""]:
        return ""
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    inner = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{inner}{indent} */\n"


def _type(schema: Schema) -> str:
    if schema.ref:
        return JSON if schema.ref == "JsonValue" else schema.ref
    if schema.const is not None:
        return json.dumps(schema.const)
    if schema.enum is not None:
        return " | ".join(json.dumps(one) for one in schema.enum)
    if several := (*schema.any_of, *schema.one_of):
        return " | ".join(dict.fromkeys(_type(one) for one in several))
    if schema.prefix_items is not None:
        return f"[{', '.join(_type(one) for one in schema.prefix_items)}]"
    match schema.type:
        case "array":
            return f"Array<{JSON if schema.items is None else _type(schema.items)}>"
        case "object":
            more = schema.additional_properties
            return f"Record<string, {_type(more) if isinstance(more, Schema) else JSON}>"
        case "":
            return JSON
        case plain:
            return PLAIN[plain]


def main(arguments: Sequence[str]) -> int:
    """Write the declarations, or with --check only say whether they are current."""
    wanted = declarations()
    if "--check" in arguments:
        is_current = FILE.exists() and FILE.read_text(encoding="utf-8") == wanted
        sys.stdout.write(f"{FILE.name} is {'current' if is_current else 'old. Run `make docs`'}.\n")
        return 0 if is_current else 1
    FILE.write_text(wanted, encoding="utf-8")
    sys.stdout.write(f"{FILE.name} holds the records as they are now.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
