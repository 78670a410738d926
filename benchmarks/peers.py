"""Create comparable work for other tools, which a user could choose instead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import workload

_FILES: Final = ("settings.py", "page.rst", "page.md", "system.json", "secrets.json")
_COOKIECUTTER_SCRIPT: Final = """\
import sys
from cookiecutter.main import cookiecutter

template, out, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for number in range(count):
    cookiecutter(template, no_input=True, output_dir=out, extra_context={"name": f"provider{number}"})
"""
_COPIER_SCRIPT: Final = """\
import sys
import copier

template, out, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for number in range(count):
    data = {"name": f"provider{number}"}
    copier.run_copy(template, f"{out}/{number}", data=data, defaults=True, quiet=True)
"""


def write_json_schema(file: Path, count: int) -> Path:
    """Write a JSON Schema with a definition for each of `count` connectors, for datamodel-code-generator."""
    definitions = {f"Provider{number}": _define_class(workload.define_connector(number)) for number in range(count)}
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions}
    properties = {f"p{number}": {"$ref": f"#/$defs/Provider{number}"} for number in range(count)}
    file.write_text(json.dumps({**document, "title": "All", "type": "object", "properties": properties}))
    return file


def write_templates(place: Path) -> tuple[Path, Path]:
    """Write a folder of five files as a template of cookiecutter and as one of copier, and scripts that apply them."""
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
    (place / "cookies.py").write_text(_COOKIECUTTER_SCRIPT)
    (place / "copies.py").write_text(_COPIER_SCRIPT)
    return cookie, copy


def _define_class(connector: dict[str, object]) -> dict[str, object]:
    """Return the schema of a class with the parameters of the connector and four common secrets."""
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
