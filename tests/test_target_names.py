"""Every awkward name goes through the targets for other systems, and comes back where the format carries it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import hcl2
import pytest
import yaml
from stub_files import build_stubs
from support import resolve_drafts
from test_name_kinds import IDS, PLATFORMS, WORDS

from authscribe.findings.finding import DefinitionError
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Scheme
from authscribe.model.name_kinds import NameKind
from authscribe.model.naming import is_wire_name, spell_apart
from authscribe.model.spelling import Spelling
from authscribe.readers.registry import read_source

TARGETS = ("json-schema", "openapi", "mcp", "github-actions", "terraform")


def read_scheme(identifier: str, names: list[str]) -> Catalogue:
    """Return the catalogue of a scheme with a secret of each name, in a header."""
    apart = spell_apart(names)
    secrets = [{"name": name, **({"names": {"python": apart[name]}} if name in apart else {})} for name in names]
    injected = [{**secret, "origin": {"source": "copied", "required": secret["name"]}} for secret in secrets]
    placements = [
        {"in": "header", "name": f"X-{number}", "value": f"{{{name}}}"}
        for number, name in enumerate(names)
        if not {"{", "}"} & set(name)
    ]
    scheme = {"id": identifier, "required": secrets, "injected": injected, "placements": placements, "kind": "api_key"}
    return resolve_drafts(read_source("s.json", json.dumps({"schemes": [scheme]}))).catalogue


@cache
def list_usable() -> tuple[str, ...]:
    """Return the words that can name a secret."""
    return tuple(word for word in dict.fromkeys(WORDS) if is_wire_name(word) and is_accepted(word))


def is_accepted(word: str) -> bool:
    try:
        read_scheme("s", [word])
    except DefinitionError:
        return False
    return True


def check_names(catalogue: Catalogue) -> None:
    (scheme,) = catalogue.schemes
    files = build_stubs(catalogue, *TARGETS)
    folder = f"schemes/{scheme.id}"
    spelt = {kind: spell_all(Spelling(scheme, catalogue.conventions), scheme, kind) for kind in NameKind}
    for kind in (NameKind.ENV, NameKind.HCL, NameKind.GITHUB, NameKind.MCP):
        assert all(map(PLATFORMS[kind], spelt[kind])), kind
    schema = json.loads(files[f"json-schema/{folder}.schema.json"])
    names = [secret.name for secret in scheme.required]
    assert list(schema["properties"]) == ["scheme", *names]
    workflow = yaml.safe_load(files[f"github-actions/{folder}/workflow.yml"])
    assert list(workflow["on"]["workflow_call"]["secrets"]) == spelt[NameKind.GITHUB]
    assert list(workflow["jobs"]["run"]["steps"][0]["env"]) == spelt[NameKind.ENV]
    server = json.loads(files[f"mcp/{folder}/server.json"])
    assert [each["name"] for each in server["packages"][0]["environmentVariables"]] == spelt[NameKind.ENV]
    declared = [
        json.loads(name)
        for block in hcl2.loads(files[f"terraform/{folder}/variables.tf"])["variable"]
        for name in block
    ]
    assert declared == spelt[NameKind.HCL]
    check_components(yaml.safe_load(files[f"openapi/{folder}.yaml"]), names, scheme)


def spell_all(spelling: Spelling, scheme: Scheme, kind: NameKind) -> list[str]:
    return [spelling.spell(kind, secret) for secret in scheme.injected]


def check_components(document: dict[str, Any], names: list[str], scheme: Scheme) -> None:
    components = document["components"]["securitySchemes"]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in components)
    carried = [name for name in names if re.fullmatch(r"[A-Za-z0-9._-]+", name)]
    assert set(carried) <= set(components)
    # No placement can refer to a name with braces.
    expected = [placement.name for placement in scheme.placements] or ["REPLACE_ME"]
    assert [each["name"] for each in components.values()] == expected


@pytest.mark.parametrize("identifier", IDS)
def test_each_id_gives_names_that_platforms_accept(identifier: str) -> None:
    check_names(read_scheme(identifier, ["key", "API Key"]))


def test_each_word_comes_back_alone() -> None:
    assert len(list_usable()) > 200
    for word in list_usable():
        check_names(read_scheme("s", [word]))
