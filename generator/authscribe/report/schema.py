"""The JSON Schema of the JSON report."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from authscribe.drift.compare import DriftState
from authscribe.findings.finding import Severity
from authscribe.model.draft import Outcome
from authscribe.report.json import VERSION


def report_schema() -> dict[str, JsonValue]:
    """Closed objects: what the report holds is what the schema says, in both directions."""
    place: dict[str, JsonValue] = {
        "path": _text("the file, as the user can open it"),
        "line": _nullable("integer", "counted from 1; null for the file as a whole"),
        "column": _nullable("integer", "in characters, counted from 1"),
        "end_line": _nullable("integer", "the last line of the span"),
        "end_column": _nullable("integer", "the column after the span"),
    }
    label = _object(place | {"message": _text("what is to be seen there")})
    finding = _object(
        {
            "code": _text("the code of the rule"),
            "severity": _enum([severity.value for severity in Severity], "how much it weighs"),
            "message": _text("what is wrong"),
            **place,
            "connector": _nullable("string", "the connector that it is about"),
            "scheme": _nullable("string", "the scheme that it is about"),
            "name": _nullable("string", "the secret, parameter or file that it is about"),
            "help": _text("what would be right"),
            "labels": _list(label, "other places that explain it"),
        }
    )
    drift = _object(
        {
            "state": _enum([state.value for state in DriftState], "what kind of difference it is"),
            "path": _text("the file"),
            "note": _text("why it is in this state, where that is not plain"),
        }
    )
    return {"title": "authscribe report"} | _object(
        {
            "version": {"const": VERSION, "description": "the version of this format"},
            "findings": _list(finding, "what the rules say, sorted by place"),
            "drifts": _list(drift, "the files that are not as the definitions have them"),
            "connectors": _list(_contents(), "the connectors that were read, without any judgement"),
            "carried": _list(_carried(), "of a conversion, what became of each key of the document"),
            "summary": _summary() | {"description": "the run in numbers"},
        }
    )


def _contents() -> dict[str, JsonValue]:
    lists = {
        "listed": "the secrets that the scheme lists as injected",
        "injected": "the secrets that the platform injects",
        "flags": "the flags that are set",
        "secrets": "the secrets that the connector uses",
        "declared": "the parameters that it declares",
        "variables": "the variables that it uses",
    }
    return _object(
        {
            "connector": _text("its name"),
            "revision": _nullable("string", "the revision that was read, of a repository"),
            "path": _text("where it lies"),
            "auth": _nullable("string", "the scheme as its manifest spells it"),
            "scheme": _nullable("string", "the id of that scheme"),
            **{key: _list({"type": "string"}, description) for key, description in lists.items()},
        }
    )


def _carried() -> dict[str, JsonValue]:
    return _object(
        {
            "pointer": _text("the key, as a JSON pointer (RFC 6901)"),
            "path": _text("the document"),
            "line": _nullable("integer", "counted from 1"),
            "column": _nullable("integer", "in characters, counted from 1"),
            "fate": _enum([outcome.value for outcome in Outcome], "what became of it"),
            "keys": _count("the keys at and below it") | {"minimum": 1},
            "reason": _nullable("string", "why it is not represented"),
        }
    )


def _summary() -> dict[str, JsonValue]:
    return _object(
        {
            "verb": _text("the verb that ran"),
            "files": _count("files that the definitions produce, or pages that were read"),
            "written": _count("files that the run has written"),
            "hidden": _count("findings that are suppressed or in the baseline"),
            "repair": _nullable("string", "the command that brings everything in line"),
            "findings": _counts([severity.value for severity in Severity], "findings by severity"),
            "drifts": _counts([state.value for state in DriftState], "files by state"),
            "keys": _counts([outcome.value for outcome in Outcome], "keys of a converted document by their fate"),
        }
    )


def _object(properties: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _text(description: str) -> dict[str, JsonValue]:
    return {"type": "string", "description": description}


def _list(items: JsonValue, description: str) -> dict[str, JsonValue]:
    return {"type": "array", "items": items, "description": description}


def _count(description: str) -> dict[str, JsonValue]:
    return {"type": "integer", "minimum": 0, "description": description}


def _counts(keys: list[str], description: str) -> dict[str, JsonValue]:
    return _object({key: _count(f"how many are {key}") for key in keys}) | {"description": description}


def _nullable(name: str, description: str) -> dict[str, JsonValue]:
    return {"type": [name, "null"], "description": description}


def _enum(values: list[JsonValue], description: str) -> dict[str, JsonValue]:
    return {"enum": values, "description": description}
