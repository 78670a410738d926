"""Plan the authentication parts of `manifest.json` and `system.json`, and files with the names of secrets, for Sesam.

References are spelled as the platform profile states. No file contains a value; `REPLACE_ME` marks its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from authscribe.encoders.language import Language
from authscribe.model.contract import (
    Contract,
    build_method_contract,
    build_scheme_contract,
    list_methods,
    spell_variable,
)
from authscribe.model.definitions import Catalogue, Connector, Location, Placement, Platform, Scheme
from authscribe.model.placement_template import Hole, fill_template, parse_template
from authscribe.targets.plan import PLACEHOLDER, PlannedFile, TargetPlan, plan_nothing

SESAM: Final = "sesam"


def _plan_scheme(catalogue: Catalogue, scheme: Scheme) -> Iterator[PlannedFile]:
    contract = build_scheme_contract(catalogue, scheme)
    yield from _plan_documents(f"sesam/schemes/{scheme.id}", scheme, contract, catalogue.platform)


def _plan_connector(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    methods = list_methods(connector)
    for method in methods:
        folder = f"sesam/connectors/{connector.id}" + (f"/{method.id}" if len(methods) > 1 else "")
        contract = build_method_contract(catalogue, connector, method)
        yield from _plan_documents(folder, connector, contract, catalogue.platform)


SESAM_PLAN: Final = TargetPlan(plan_nothing, _plan_scheme, _plan_connector)
"""Plan of five JSON documents for each scheme, and for each method of each connector."""


def build_manifest_fragment(
    contract: Contract,
    platform: Platform,
    parameters: Iterable[str],
    flags: Iterable[str],
    *,
    has_examples: bool = False,
) -> dict[str, object]:
    """Return the part of a connector's manifest about authentication, and its parameters.

    What the definitions do not state about the login is a placeholder, or the initial value of the platform profile
    if it `has_examples`.
    """
    return {
        "additional_parameters": {name: dict[str, object]() for name in sorted(parameters)},
        # A selector may be that of another system.
        **{key: value for key, value in contract.selector.items() if key in platform.selector_keys},
        **dict.fromkeys(flags, True),
        **_build_login(contract, platform, has_examples=has_examples),
    }


def _build_login(contract: Contract, platform: Platform, *, has_examples: bool) -> dict[str, dict[str, object]]:
    """Return the manifest keys that the login needs."""
    names = {name for scheme in contract.schemes for name in scheme.all_ids}
    endpoints = {
        "login_url": contract.endpoints.authorize or contract.endpoints.login,
        "token_url": contract.endpoints.token,
        "jwks_uri": contract.endpoints.jwks,
    }
    scopes = contract.oauth.scopes if contract.oauth else ()
    blocks: dict[str, dict[str, object]] = {}
    for option in platform.login_options:
        if names & set(option.schemes) and (option.scope is None or option.scope in scopes):
            block, _, key = option.key.partition(".")
            endpoint = endpoints.get(key)
            # A manifest cannot have a URL with variables.
            usable = [url for url in (endpoint.addresses if endpoint is not None else ()) if "${" not in url]
            initial = option.example if has_examples else PLACEHOLDER
            blocks.setdefault(block, {})[key] = usable[0] if usable else initial
    if "oauth2" in blocks:
        # The platform's client sends no user to the provider without them.
        blocks["oauth2"]["scopes"] = list(scopes) or [PLACEHOLDER]
    return blocks


def build_system_fragment(contract: Contract, platform: Platform, operation: str = "list") -> dict[str, object]:
    """Return the part of a system's configuration that authenticates it, with references instead of values.

    Query, path and body belong to the operation of this name.
    """
    fragment: dict[str, object] = {}
    for placement in contract.placements:
        _set_value(fragment, _locate_placement(placement, operation), _fill_placement(placement, contract, platform))
        if placement.location in (Location.BASIC_USERNAME, Location.BASIC_PASSWORD):
            fragment["authentication"] = "basic"
    return fragment


def build_stubs(contract: Contract) -> Mapping[str, object]:
    """Return the files of a connector that name its secrets and parameters, by path, without values."""
    return {
        "secrets.json": {secret.name: PLACEHOLDER for secret in contract.injected},
        ".authconfig": {secret.name: "" for secret in contract.required},
        "test-env.json": {"node-env": "test"}
        | {p.name: "" if p.default is None else p.default for p in contract.parameters},
    }


def _plan_documents(
    folder: str, definition: Scheme | Connector, contract: Contract, platform: Platform
) -> Iterator[PlannedFile]:
    parameters = (parameter.name for parameter in contract.parameters)
    flags = definition.flags if isinstance(definition, Connector) else ()
    documents = {
        "manifest.json": build_manifest_fragment(contract, platform, parameters, flags),
        "system.json": build_system_fragment(contract, platform),
        **build_stubs(contract),
    }
    for name, document in documents.items():
        yield PlannedFile(f"{folder}/{name}", SESAM, Language.JSON, document, subject=definition.id)


def _locate_placement(placement: Placement, operation: str) -> tuple[str, ...]:
    """Return the path of a placement in a system's configuration."""
    match placement.location:
        case Location.HEADER:
            return ("headers", placement.name)
        case Location.COOKIE:
            return ("headers", "Cookie")
        case Location.BASIC_USERNAME:
            return ("username",)
        case Location.BASIC_PASSWORD:
            return ("password",)
        case Location.QUERY:
            return ("operations", operation, "params", placement.name)
        case Location.PATH:
            return ("operations", operation, "url")
        case Location.BODY:
            return ("operations", operation, "payload", *placement.name.split("."))
        case Location.BLOCK:
            return tuple(placement.name.split("."))


def _fill_placement(placement: Placement, contract: Contract, platform: Platform) -> str:
    secrets = {secret.name for secret in contract.injected}

    def spell_reference(name: str) -> str:
        if name in secrets:
            return platform.references.secret.replace("{name}", name)
        return spell_variable(platform, name)

    values = [fill_template(template, spell_reference) for template in placement.templates]
    value = _choose_value(values, _list_conditions(placement, secrets), platform)
    return f"{placement.name}={value}" if placement.location is Location.COOKIE else value


def _list_conditions(placement: Placement, secrets: Collection[str]) -> tuple[str, ...]:
    """Return the variables that a value needs; none if it also needs something that no statement can test."""
    names = tuple(dict.fromkeys(part.name for part in parse_template(placement.value) if isinstance(part, Hole)))
    return names if all(name not in secrets and name.isidentifier() for name in names) else ()


def _choose_value(values: Sequence[str], conditions: Sequence[str], platform: Platform) -> str:
    """Return the first value, or a statement that chooses the second one if a variable is absent."""
    block = platform.references.block
    if len(values) == 1 or not conditions or block is None:
        return values[0]
    test, otherwise, end = (
        block.replace("{name}", statement) for statement in (f"if {' and '.join(conditions)}", "else", "endif")
    )
    return f"{test}{values[0]}{otherwise}{values[1]}{end}"


def _set_value(document: dict[str, object], path: tuple[str, ...], value: str) -> None:
    """Set the value at the path; several cookies share one header (RFC 6265 section 5.4)."""
    for key in path[:-1]:
        inner = document.setdefault(key, {})
        if not isinstance(inner, dict):
            inner = document[key] = {}
        document = inner
    earlier = document.get(path[-1])
    document[path[-1]] = f"{earlier}; {value}" if isinstance(earlier, str) and path[-1] == "Cookie" else value
