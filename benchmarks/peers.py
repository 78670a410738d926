"""The work that other tools are given: what a user would pick instead, on as many comparable things."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import workload

_FILES: Final = ("settings.py", "page.rst", "page.md", "system.json", "secrets.json")
_COOKIES: Final = """\
import sys
from cookiecutter.main import cookiecutter

template, out, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for number in range(count):
    cookiecutter(template, no_input=True, output_dir=out, extra_context={"name": f"provider{number}"})
"""
_COPIES: Final = """\
import sys
import copier

template, out, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for number in range(count):
    data = {"name": f"provider{number}"}
    copier.run_copy(template, f"{out}/{number}", data=data, defaults=True, quiet=True)
"""


def json_schema(file: Path, count: int) -> Path:
    """A JSON Schema with a definition for each of `count` connectors, for datamodel-code-generator."""
    definitions = {f"Provider{number}": _object(workload.connector(number)) for number in range(count)}
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions}
    properties = {f"p{number}": {"$ref": f"#/$defs/Provider{number}"} for number in range(count)}
    file.write_text(json.dumps({**document, "title": "All", "type": "object", "properties": properties}))
    return file


def folders(place: Path) -> tuple[Path, Path]:
    """A folder of five files as a template of cookiecutter and of copier."""
    cookie, copy = place / "cookie", place / "copy"
    inner = cookie / "{{cookiecutter.name}}"
    inner.mkdir(parents=True)
    copy.mkdir()
    (cookie / "cookiecutter.json").write_text('{"name": "provider"}')
    (copy / "copier.yml").write_text("_subdirectory: .\nname:\n  type: str\n  default: provider\n")
    text = workload.ROOT.joinpath("output/python/connector_auth/connectors/wix.py").read_text()
    for file in _FILES:
        (inner / file).write_text(f"# {{{{cookiecutter.name}}}}\n{text if file.endswith('.py') else text[:1200]}")
        (copy / f"{file}.jinja").write_text(f"# {{{{ name }}}}\n{text if file.endswith('.py') else text[:1200]}")
    (place / "cookies.py").write_text(_COOKIES)
    (place / "copies.py").write_text(_COPIES)
    return cookie, copy


def _object(connector: dict[str, object]) -> dict[str, object]:
    """The connector's parameters, and four secrets as most connectors have them."""
    properties: dict[str, object] = {
        name: {"type": "string", "minLength": 1, "writeOnly": True, "description": f"The {name} of the connector."}
        for name in ("client_id", "client_secret", "access_token", "refresh_token")
    }
    parameters = connector["parameters"]
    assert isinstance(parameters, list)
    for parameter in parameters:
        choices = [choice["value"] for choice in parameter.get("enum", ())]
        properties[parameter["name"]] = {
            "type": parameter.get("type", "string"),
            "description": parameter["description"],
            **({"enum": choices} if choices else {}),
        }
    return {"type": "object", "description": connector["summary"], "properties": properties, "required": ["client_id"]}
