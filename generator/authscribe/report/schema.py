"""The JSON Schema of the JSON report."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from authscribe.draft import Fate
from authscribe.drift import State
from authscribe.finding import Severity
from authscribe.report.json import VERSION


def report_schema() -> dict[str, JsonValue]:
    """Closed objects: what the report holds is what the schema says, in both directions."""
    place: dict[str, JsonValue] = {
        "path": {"type": "string"},
        **{key: _nullable("integer") for key in ("line", "column", "end_line", "end_column")},
    }
    label = _object(place | {"message": {"type": "string"}})
    finding = _object(
        {
            "code": {"type": "string"},
            "severity": _enum([severity.value for severity in Severity]),
            "message": {"type": "string"},
            **place,
            **{key: _nullable("string") for key in ("connector", "scheme", "name")},
            "help": {"type": "string"},
            "labels": {"type": "array", "items": label},
        }
    )
    drift = _object(
        {"state": _enum([state.value for state in State]), "path": {"type": "string"}, "note": {"type": "string"}}
    )
    return {"title": "authscribe report"} | _object(
        {
            "version": {"const": VERSION},
            "findings": {"type": "array", "items": finding},
            "drifts": {"type": "array", "items": drift},
            "connectors": {"type": "array", "items": _contents()},
            "carried": {"type": "array", "items": _carried()},
            "summary": _summary(),
        }
    )


def _contents() -> dict[str, JsonValue]:
    names: dict[str, JsonValue] = {"type": "array", "items": {"type": "string"}}
    lists = ("listed", "injected", "flags", "secrets", "declared", "variables")
    return _object(
        {
            "connector": {"type": "string"},
            "revision": _nullable("string"),
            "path": {"type": "string"},
            "auth": _nullable("string"),
            "scheme": _nullable("string"),
            **dict.fromkeys(lists, names),
        }
    )


def _carried() -> dict[str, JsonValue]:
    return _object(
        {
            "pointer": {"type": "string"},
            "path": {"type": "string"},
            "line": _nullable("integer"),
            "column": _nullable("integer"),
            "fate": _enum([fate.value for fate in Fate]),
            "keys": {"type": "integer", "minimum": 1},
            "reason": _nullable("string"),
        }
    )


def _summary() -> dict[str, JsonValue]:
    count: dict[str, JsonValue] = {"type": "integer", "minimum": 0}
    return _object(
        {
            "verb": {"type": "string"},
            "files": count,
            "written": count,
            "hidden": count,
            "repair": _nullable("string"),
            "findings": _object({severity.value: count for severity in Severity}),
            "drifts": _object({state.value: count for state in State}),
            "keys": _object({fate.value: count for fate in Fate}),
        }
    )


def _object(properties: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _nullable(name: str) -> dict[str, JsonValue]:
    return {"type": [name, "null"]}


def _enum(values: list[JsonValue]) -> dict[str, JsonValue]:
    return {"enum": values}
