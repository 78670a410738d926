"""A new connector: files that are made once and belong to a person from then on.

They are what the other targets make, beside a manifest, a system and a first datatype that use it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from authscribe.encoders.language import Language
from authscribe.encoders.shell import is_shell_safe
from authscribe.model.contract import Contract, contract_of_method, methods_of
from authscribe.model.definitions import Catalogue, Connector, Parameter, Platform, ValueType
from authscribe.model.naming import environment_variable
from authscribe.model.placement_template import hole_names
from authscribe.targets.docs import build_connector_page
from authscribe.targets.plan import PlannedFile
from authscribe.targets.python import build_connector_module
from authscribe.targets.sesam import OPERATION, build_stubs, build_system_fragment

SCAFFOLD: Final = "scaffold"
BASE_URL: Final = "base_url"
_DATATYPE: Final = "item"
_UNSET: Final = "REPLACE_ME"
_UNSET_BY_TYPE: Final = {ValueType.INTEGER: "0", ValueType.NUMBER: "0", ValueType.BOOLEAN: "false"}


class Variable(NamedTuple):
    """One line of an environment file."""

    name: str
    value: str


class Environment(NamedTuple):
    """The environment that the classes of a connector read."""

    variables: tuple[Variable, ...]


def plan_scaffold(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    """The files of a new connector, relative to its folder."""
    (method,) = methods_of(connector)
    effective = contract_of_method(catalogue, connector, method)
    documents = {
        "manifest.json": _manifest(catalogue, connector, effective),
        "templates/system.json": _system(effective, catalogue.platform),
        f"templates/{_DATATYPE}.json": _datatype(catalogue.platform),
        **build_stubs(effective),
    }
    for path, document in documents.items():
        yield PlannedFile(path, SCAFFOLD, Language.JSON, document)
    module = build_connector_module(catalogue, connector)._replace(is_scaffolded=True)
    yield PlannedFile("auth.py", SCAFFOLD, Language.PYTHON, module, "python/settings.py.jinja")
    page = build_connector_page(catalogue, connector)._replace(is_scaffolded=True)
    yield PlannedFile(f"{connector.id}.rst", SCAFFOLD, Language.RST, page, "docs/connector.rst.jinja")
    environment = Environment(tuple(_variables(connector.id, effective)))
    yield PlannedFile(".env.example", SCAFFOLD, Language.TEXT, environment, "scaffold/env.jinja")
    yield PlannedFile(".gitignore", SCAFFOLD, Language.TEXT, None, "scaffold/gitignore.jinja")


def _manifest(catalogue: Catalogue, connector: Connector, effective: Contract) -> dict[str, object]:
    """How another system spells the scheme is no key of this platform's manifest."""
    known = catalogue.platform.selector_keys
    return {
        "additional_parameters": {name: dict[str, object]() for name in _used_parameters(effective)},
        **{key: value for key, value in effective.selector.items() if key in known},
        **dict.fromkeys(connector.flags, True),
        **_login(catalogue.platform, effective),
        "datatypes": {_DATATYPE: {"template": f"templates/{_DATATYPE}.json"}},
        "system-template": "templates/system.json",
    }


def _used_parameters(effective: Contract) -> list[str]:
    """What the system template refers to and the platform does not inject."""
    injected = {secret.name for secret in effective.injected}
    used = {name for slot in effective.placements for name in hole_names(slot.value)} - injected
    return sorted({BASE_URL, *used})


def _login(platform: Platform, effective: Contract) -> dict[str, dict[str, object]]:
    """The keys that the login needs: from the definitions, or what the profile has for a beginning."""
    (scheme,) = effective.schemes
    endpoints = {"login_url": effective.endpoints.authorize, "token_url": effective.endpoints.token}
    scopes = effective.oauth.scopes if effective.oauth else ()
    blocks: dict[str, dict[str, object]] = {}
    for option in platform.login_options:
        if set(scheme.names) & set(option.schemes) and (option.scope is None or option.scope in scopes):
            block, _, key = option.key.partition(".")
            known = endpoints.get(key)
            fixed = known is not None and "${" not in known.url
            blocks.setdefault(block, {})[key] = known.url if known is not None and fixed else option.example
    if scopes and "oauth2" in blocks:
        blocks["oauth2"]["scopes"] = list(scopes)
    return blocks


def _system(effective: Contract, platform: Platform) -> dict[str, object]:
    operation = {"method": "GET", "url": f"{_DATATYPE}s"}
    system: dict[str, object] = {
        "_id": _variable(platform, "system"),
        "type": "system:rest",
        "url_pattern": f"{_variable(platform, BASE_URL)}/%s",
        "verify_ssl": True,
        "operations": {OPERATION: operation},
    }
    return _merged(system, build_system_fragment(effective, platform))


def _merged(first: dict[str, object], second: dict[str, object]) -> dict[str, object]:
    """Both documents; where both have a mapping, the mappings merged."""
    result = dict(first)
    for key, value in second.items():
        mine = result.get(key)
        result[key] = _merged(mine, value) if isinstance(mine, dict) and isinstance(value, dict) else value
    return result


def _datatype(platform: Platform) -> list[object]:
    system, datatype = _variable(platform, "system"), _variable(platform, "datatype")
    source = {"type": "rest", "system": system, "operation": OPERATION}
    return [{"_id": f"{system}-{datatype}-all", "type": "pipe", "source": source}]


def _variable(platform: Platform, name: str) -> str:
    return platform.references.variable.replace("{name}", name)


def _variables(identifier: str, effective: Contract) -> Iterator[Variable]:
    """Each secret and parameter once; what the owner supplies and what is injected may have the same name."""
    secrets = {secret.attribute: _UNSET for secret in (*effective.required, *effective.injected)}
    parameters = {parameter.attribute: _beginning(parameter) for parameter in effective.parameters}
    for name, value in {**secrets, **parameters}.items():
        yield Variable(environment_variable(identifier, name), value)


def _beginning(parameter: Parameter) -> str:
    for choice in parameter.enum:
        if is_shell_safe(str(choice.value)):
            return str(choice.value)
    return _UNSET_BY_TYPE.get(parameter.type, _UNSET)
