"""Create the work to measure: definitions of any number of connectors, of every kind in `schemes/`.

Definitions are reproducible: everything that differs between connectors depends on their numbers alone.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from authscribe.encoders.yaml import encode_yaml_document

ROOT: Final = Path(__file__).resolve().parent.parent
SCHEMES: Final = (
    "api_key", "oauth2", "jwt", "http_basic", "tripletex", "oauth2_client_credentials", "superoffice", "none",
)  # fmt: skip
_NOUNS: Final = ("account", "tenant", "region", "subdomain", "company", "workspace", "site", "project", "realm")
_WORDS: Final = (
    "the", "address", "of", "a", "customer", "as", "provider", "knows", "it", "which", "is", "shown", "in", "settings",
    "page", "after", "login", "and", "begins", "with", "https", "name", "identifier", "environment",
)  # fmt: skip
_FLAGS: Final = {"oauth2": ["use_webhook_secret"], "superoffice": ["requires_service_api_access"]}


def create_workspace(folder: Path, count: int, targets: Sequence[str] = ()) -> Path:
    """Create a workspace with `count` connectors, each in a file of its own, and the schemes that they use.

    It is configured for these targets, by default for all.
    """
    shutil.copytree(ROOT / "schemes", folder / "schemes", ignore=shutil.ignore_patterns("connectors"))
    (folder / "schemes" / "connectors").mkdir()
    for number in range(count):
        write_connector(folder, number, define_connector(number))
    (folder / "authscribe.toml").write_text(
        'sources = ["schemes/*.rst", "schemes/*.yaml", "schemes/connectors/*.yaml"]\nout-dir = "output"\n'
        + (f"targets = {json.dumps(targets)}\n" if targets else "")
    )
    return folder


def write_connector(folder: Path, number: int, definition: dict[str, object]) -> None:
    """Write the definition of one connector of the workspace."""
    (folder / "schemes" / "connectors" / f"c{number:05}.yaml").write_text(_render([definition]))


def render_connectors(numbers: Iterable[int]) -> str:
    """Return one file with the definitions of the connectors with these numbers."""
    return _render([define_connector(number) for number in numbers])


def _render(definitions: list[dict[str, object]]) -> str:
    return encode_yaml_document({"connectors": definitions})


def define_connector(number: int) -> dict[str, Any]:
    """Return the definition of the connector with this number."""
    random = Random(number)
    scheme = SCHEMES[number % len(SCHEMES)]
    nouns = random.sample(_NOUNS, random.randint(1, 4))
    base = f"https://${{{nouns[0]}}}.provider-{number}.example/api/v{random.randint(1, 4)}"
    return {
        "id": f"provider-{number:05}",
        "title": f"Provider {number}",
        "summary": _write_sentence(random),
        "docs": f"https://docs.provider-{number}.example/authentication",
        "scheme": scheme,
        "flags": _FLAGS.get(scheme, []),
        "parameters": [_define_parameter(noun, random) for noun in nouns],
        "endpoints": {"base": {"url": base}},
    }


def choose_values(number: int) -> dict[str, object]:
    """Return the settings of the connector with this number, which needs no secrets: its scheme is `none`."""
    values: dict[str, object] = {"connector": f"provider-{number:05}"}
    for parameter in define_connector(number)["parameters"]:
        if "default" not in parameter:
            values[parameter["name"]] = parameter["enum"][0]["value"] if "enum" in parameter else "x"
    return values


def _define_parameter(noun: str, random: Random) -> dict[str, object]:
    parameter: dict[str, object] = {"name": noun, "description": _write_sentence(random)}
    match random.randrange(6):
        case 0:
            parameter["enum"] = [{"value": word} for word in random.sample(_WORDS, random.randint(2, 6))]
        case 1:
            parameter |= {"type": "integer", "default": random.randrange(1000)}
        case 2:
            parameter["optional"] = True
    return parameter


def _write_sentence(random: Random) -> str:
    return " ".join(random.choices(_WORDS, k=random.randint(4, 16))).capitalize() + "."
