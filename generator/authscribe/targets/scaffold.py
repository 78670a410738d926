"""Plan the files of a new connector, which are written once and then belong to a person.

They are files of the other targets, together with a manifest, a system and a first datatype that use them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from authscribe.encoders.language import Language
from authscribe.model.contract import Contract, build_method_contract, list_methods
from authscribe.model.definitions import Catalogue, Connector, Platform
from authscribe.model.placement_template import list_hole_names
from authscribe.targets.docs import build_connector_page
from authscribe.targets.dotenv import EXAMPLE, EXAMPLE_TEMPLATE, build_environment_file
from authscribe.targets.plan import PlannedFile
from authscribe.targets.python import build_connector_module
from authscribe.targets.sesam import build_manifest_fragment, build_stubs, build_system_fragment
from authscribe.targets.stubs import list_stubs

SCAFFOLD: Final = "scaffold"
BASE_URL: Final = "base_url"
_DATATYPE: Final = "item"
_OPERATION: Final = f"{_DATATYPE}-list"


class ReadmeFile(NamedTuple):
    """Page that tells how to complete a connector."""

    id: str
    title: str
    platform: str


def plan_scaffold(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    """Yield the files of a new connector, with paths relative to its folder."""
    (method,) = list_methods(connector)
    contract = build_method_contract(catalogue, connector, method)
    documents = {
        "manifest.json": _build_manifest(catalogue, connector, contract),
        "templates/system.json": _build_system(contract, catalogue.platform),
        f"templates/{_DATATYPE}.json": _build_datatype(catalogue.platform),
        **build_stubs(contract),
    }
    for path, document in documents.items():
        yield PlannedFile(path, SCAFFOLD, Language.JSON, document)
    module = build_connector_module(catalogue, connector, is_standalone=True)._replace(is_scaffolded=True)
    yield PlannedFile("auth.py", SCAFFOLD, Language.PYTHON, module, "python/settings.py.jinja")
    page = build_connector_page(catalogue, connector)._replace(is_scaffolded=True)
    yield PlannedFile(f"{connector.id}.rst", SCAFFOLD, Language.RST, page, "docs/connector.rst.jinja")
    for stub in list_stubs(catalogue, connector):
        environment = build_environment_file(stub)._replace(is_scaffolded=True)
        yield PlannedFile(EXAMPLE, SCAFFOLD, Language.DOTENV, environment, EXAMPLE_TEMPLATE)
    readme = ReadmeFile(connector.id, page.title, catalogue.platform.title or catalogue.platform.id)
    yield PlannedFile("README.md", SCAFFOLD, Language.MARKDOWN, readme, "scaffold/readme.md.jinja")
    yield PlannedFile(".gitignore", SCAFFOLD, Language.TEXT, None, "scaffold/gitignore.jinja")


def _build_manifest(catalogue: Catalogue, connector: Connector, contract: Contract) -> dict[str, object]:
    parameters = _list_used_parameters(contract)
    return {
        **build_manifest_fragment(contract, catalogue.platform, parameters, connector.flags, has_examples=True),
        "datatypes": {_DATATYPE: {"template": f"templates/{_DATATYPE}.json"}},
        "system-template": "templates/system.json",
    }


def _list_used_parameters(contract: Contract) -> set[str]:
    """Return the parameters to which the system template refers."""
    injected = {secret.name for secret in contract.injected}
    used = {name for placement in contract.placements for name in list_hole_names(*placement.templates)} - injected
    return {BASE_URL, *used}


def _build_system(contract: Contract, platform: Platform) -> dict[str, object]:
    operation = {"id_expression": "{{ id }}", "method": "GET", "url": f"{_DATATYPE}s"}
    system: dict[str, object] = {
        "_id": _spell_variable(platform, "system"),
        "type": "system:rest",
        "url_pattern": f"{_spell_variable(platform, BASE_URL)}/%s",
        "verify_ssl": True,
        "operations": {_OPERATION: operation},
    }
    return _merge_documents(system, build_system_fragment(contract, platform, _OPERATION))


def _merge_documents(first: dict[str, object], second: dict[str, object]) -> dict[str, object]:
    """Return the first document with everything in the second one; mappings are merged at every depth."""
    merged = dict(first)
    for key, value in second.items():
        own = merged.get(key)
        merged[key] = _merge_documents(own, value) if isinstance(own, dict) and isinstance(value, dict) else value
    return merged


def _build_datatype(platform: Platform) -> list[object]:
    system, datatype = _spell_variable(platform, "system"), _spell_variable(platform, "datatype")
    source = {"type": "rest", "system": system, "operation": f"{datatype}-list"}
    return [{"_id": f"{system}-{datatype}-collect", "type": "pipe", "namespaced_identifiers": False, "source": source}]


def _spell_variable(platform: Platform, name: str) -> str:
    return platform.references.variable.replace("{name}", name)
