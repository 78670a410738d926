"""Command `schema`: JSON Schemas for users' own files, derived from the models that read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from pydantic import BaseModel, JsonValue, TypeAdapter
from pydantic.json_schema import models_json_schema

from authscribe.catalogue.document import CatalogueDocument
from authscribe.drift import lock_schema
from authscribe.encoders.json import encode_json_document
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.draft import Noun
from authscribe.model.platform import Platform
from authscribe.report.document import ReportDocument
from authscribe.workspace.configuration import Configuration

Schema: TypeAlias = dict[str, JsonValue]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_DEFINITIONS: Final = "#/$defs/{model}"


def render_schema(which: str) -> str:
    """Return the schema document, with a final newline; raises KeyError for a document without a schema."""
    return encode_json_document({"$schema": _DIALECT} | SCHEMAS[which]())


def _derive(shape: type[object]) -> Callable[[], Schema]:
    return lambda: TypeAdapter(shape).json_schema(by_alias=True)


def _build_definitions() -> Schema:
    """Return the schema of a definition file: lists of schemes, refinements, connectors and platforms."""
    models: Mapping[Noun, type[BaseModel]] = {
        Noun.SCHEME: Scheme,
        Noun.CONNECTOR: Connector,
        Noun.PLATFORM: Platform,
    }
    _, shared = models_json_schema([(model, "validation") for model in models.values()], by_alias=True)
    lists: Schema = {
        noun.value: {
            "type": "array",
            "items": {"$ref": f"#/$defs/{model.__name__}"},
            "description": f"definitions of {noun.value}",
        }
        for noun, model in models.items()
    }
    definitions = shared["$defs"]
    return {
        "title": "Definitions",
        "type": "object",
        "minProperties": 1,
        "properties": {
            "$schema": {"type": "string", "description": "address of this schema, for editors"},
            **lists,
            Noun.REFINEMENT.value: {
                "type": "array",
                "items": _build_refinement(definitions["Scheme"]),
                "description": "facts to add to schemes that other sources define, by their id",
            },
        },
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
        "$defs": definitions,
    }


def _build_refinement(scheme: Schema) -> Schema:
    """Return the schema of a scheme of which only the id is required, with `rename` and `remove`."""
    properties = scheme["properties"]
    own: Schema = {
        "rename": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "new name of each secret or parameter that other sources call otherwise",
        },
        "remove": {
            "type": "array",
            "items": {"type": "string"},
            "description": "names listed by other sources that are not secrets or parameters",
        },
    }
    return scheme | {"title": "Refinement", "properties": (properties if isinstance(properties, dict) else {}) | own}


SCHEMAS: Final[Mapping[str, Callable[[], Schema]]] = {
    "scheme": _derive(Scheme),
    "connector": _derive(Connector),
    "platform": _derive(Platform),
    "definitions": _build_definitions,
    "config": _derive(Configuration),
    "lock": lock_schema.build_lock_schema,
    "report": _derive(ReportDocument),
    "catalogue": _derive(CatalogueDocument),
}
