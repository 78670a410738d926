"""Plan the files of a connector that the platform profile states: its manifest, its requests and its settings.

References and names are spelled as the profile states. No file contains a value; `REPLACE_ME` marks its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import deepcopy
from typing import Final, TypeAlias

from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import (
    Contract,
    build_method_contract,
    build_scheme_contract,
    list_methods,
    spell_secret,
    spell_variable,
)
from authscribe.model.definitions import Connector, Location, Parameter, Placement, Scheme, Setting
from authscribe.model.placement_template import Hole, fill_template, parse_template
from authscribe.model.platform import (
    ConnectorFile,
    LoginOption,
    ManifestFile,
    Platform,
    SettingRole,
    SettingsFile,
    SystemFile,
    is_yaml_path,
)
from authscribe.targets.plan import PLACEHOLDER, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.stubs import locate_stubs

Document: TypeAlias = dict[str, object]
"""Content of a file."""


def _plan_scheme(catalogue: Catalogue, scheme: Scheme) -> Iterator[PlannedFile]:
    yield from _plan_stubs(catalogue, scheme, build_scheme_contract(catalogue, scheme), ())


def _plan_connector(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    methods = list_methods(connector)
    for method in methods:
        contract = build_method_contract(catalogue, connector, method)
        yield from _plan_stubs(catalogue, connector, contract, connector.flags, method.id if methods[1:] else "")


PLATFORM_PLAN: Final = TargetPlan(plan_nothing, _plan_scheme, _plan_connector)
"""Plan of the files that the profile states, for each scheme and for each method of each connector."""


def _plan_stubs(
    catalogue: Catalogue, definition: Scheme | Connector, contract: Contract, flags: Iterable[str], method: str = ""
) -> Iterator[PlannedFile]:
    platform = catalogue.platform
    folder = "/".join(filter(None, (platform.folder or platform.id, locate_stubs(definition), method)))
    for file in platform.all_files:
        document = _build_stub(file, contract, platform, flags)
        if document is not None:
            path = f"{folder}/{file.stub_path}"
            yield PlannedFile(path, platform.id, choose_language(file), document, subject=definition.id)


def choose_language(file: ConnectorFile) -> Language:
    """Return the language in which a file is written."""
    return Language.YAML if is_yaml_path(file.path) else Language.JSON


def _build_stub(file: ConnectorFile, contract: Contract, platform: Platform, flags: Iterable[str]) -> Document | None:
    """Return what a file states about the contract; None for a file that states nothing about any."""
    match file:
        case ManifestFile():
            parameters = (parameter.name for parameter in contract.parameters)
            return build_manifest(file, contract, platform, parameters, flags)
        case SystemFile():
            return build_system(file, contract, platform)
        case SettingsFile():
            return build_settings(file, contract, platform)
    return None


def build_manifest(
    file: ManifestFile,
    contract: Contract,
    platform: Platform,
    parameters: Iterable[str],
    flags: Iterable[str],
    *,
    is_new: bool = False,
) -> Document:
    """Return the part of a connector's manifest about authentication, and its parameters.

    What the definitions do not state about the login is a placeholder, or the initial value of the platform profile
    in a manifest that `is_new`.
    """
    manifest: Document = deepcopy({**file.initial}) if is_new else {}
    if file.parameters is not None:
        _declare_parameters(manifest, file.parameters.split("."), file, sorted(map(platform.spell_name, parameters)))
    # A selector may be that of another system.
    selected = {key: value for key, value in contract.selector.items() if key in platform.selector_keys}
    for key, value in {**selected, **dict.fromkeys(flags, True)}.items():
        set_value(manifest, key.split("."), value)
    for option in _list_login_options(contract, platform):
        set_value(manifest, option.key.split("."), _choose_login_value(option, file, contract, is_new=is_new))
    return manifest


def _declare_parameters(manifest: Document, path: Sequence[str], file: ManifestFile, names: Iterable[str]) -> None:
    """Add the parameters to those that the manifest declares."""
    declared = _find_value(manifest, path)
    added = {name: deepcopy(file.declaration) for name in names}
    set_value(manifest, path, {**declared, **added} if isinstance(declared, dict) else added)


def _list_login_options(contract: Contract, platform: Platform) -> Iterator[LoginOption]:
    """Yield the keys that the login of the contract needs."""
    names = {name for scheme in contract.schemes for name in scheme.all_ids}
    scopes = contract.oauth.scopes if contract.oauth else ()
    for option in platform.login_options:
        if names & set(option.schemes) and (option.scope is None or option.scope in scopes):
            yield option


def _choose_login_value(option: LoginOption, file: ManifestFile, contract: Contract, *, is_new: bool) -> object:
    if option.key == file.scopes:
        # The platform sends no user to the provider without them.
        return list(contract.oauth.scopes if contract.oauth else ()) or [PLACEHOLDER]
    role = next((role for role, key in file.endpoints.items() if key == option.key), None)
    endpoint = getattr(contract.endpoints, role) if role is not None else None
    # A manifest cannot have a URL with variables.
    usable = [url for url in (endpoint.addresses if endpoint is not None else ()) if "${" not in url]
    return usable[0] if usable else option.example if is_new else PLACEHOLDER


def build_system(file: SystemFile, contract: Contract, platform: Platform, *, is_new: bool = False) -> Document:
    """Return the part of a system that authenticates it, with references instead of values.

    A system that `is_new` has the initial content, too.
    """
    system: Document = deepcopy({**file.initial}) if is_new else {}
    operation = (file.initial_operation if is_new else None) or file.operation
    secrets = {secret.name for secret in contract.injected}
    for placement in contract.placements:
        path = _locate_placement(placement, file, operation)
        _place_value(system, path, placement, _fill_placement(placement, secrets, platform))
        if placement.location in (Location.BASIC_USERNAME, Location.BASIC_PASSWORD):
            for key, value in file.basic.items():
                set_value(system, key.split("."), value)
    return system


def build_settings(file: SettingsFile, contract: Contract, platform: Platform) -> Document | None:
    """Return the file with a value for each of the settings that it holds; None if it holds none."""
    if file.holds is None:
        return None
    settings: Mapping[SettingRole, Sequence[Setting]] = {
        SettingRole.REQUIRED: contract.required,
        SettingRole.INJECTED: contract.injected,
        SettingRole.PARAMETERS: contract.parameters,
    }
    values = {platform.spell_name(each.name): _choose_value(each, file) for each in settings[file.holds]}
    return {**file.constants, **values}


def _choose_value(setting: Setting, file: SettingsFile) -> object:
    """Return the value of a setting in a file; that of a secret is never its default."""
    is_shown = isinstance(setting, Parameter) and setting.default is not None
    return setting.default if is_shown else file.placeholder


def _locate_placement(placement: Placement, file: SystemFile, operation: str) -> tuple[str, ...]:
    """Return the path of a placement in a system."""
    is_path = placement.location in (Location.BODY, Location.BLOCK)
    name = placement.name.split(".") if is_path else [placement.name]
    parts = ([*name] if part == "{name}" else [part] for part in file.slots.split(placement.location))
    return tuple(part.replace("{operation}", operation) for inner in parts for part in inner)


def _place_value(system: Document, path: Sequence[str], placement: Placement, value: str) -> None:
    """Set a value; cookies of one slot share it as they share a header (RFC 6265 section 5.4)."""
    if placement.location is Location.COOKIE and placement.name not in path:
        earlier = _find_value(system, path)
        value = f"{placement.name}={value}" if earlier is None else f"{earlier}; {placement.name}={value}"
    set_value(system, path, value)


def _find_value(document: Document, path: Sequence[str]) -> object:
    value: object = document
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def set_value(document: Document, path: Sequence[str], value: object) -> None:
    """Set the value at a path of keys; whatever is no mapping on the way is replaced by one."""
    for key in path[:-1]:
        inner = document.get(key)
        if not isinstance(inner, dict):
            inner = document[key] = {}
        document = inner
    document[path[-1]] = value


def _fill_placement(placement: Placement, secrets: AbstractSet[str], platform: Platform) -> str:
    """Return the value of a placement; `secrets` are the names of all injected secrets."""

    def spell_reference(name: str) -> str:
        return spell_secret(platform, name) if name in secrets else spell_variable(platform, name)

    values = [fill_template(template, spell_reference) for template in placement.templates]
    return _join_values(values, _list_conditions(placement, secrets, platform), platform)


def _list_conditions(placement: Placement, secrets: AbstractSet[str], platform: Platform) -> tuple[str, ...]:
    """Return the variables that a value needs; none if it also needs something that no statement can test."""
    names = dict.fromkeys(part.name for part in parse_template(placement.value) if isinstance(part, Hole))
    spelt = tuple(map(platform.spell_name, names))
    return spelt if secrets.isdisjoint(names) and all(map(str.isidentifier, spelt)) else ()


def _join_values(values: Sequence[str], conditions: Sequence[str], platform: Platform) -> str:
    """Return the first value, or a statement that chooses the second one if a variable is absent."""
    block = platform.references.block
    if len(values) == 1 or not conditions or block is None:
        return values[0]
    test, otherwise, end = (
        block.replace("{name}", statement) for statement in (f"if {' and '.join(conditions)}", "else", "endif")
    )
    return f"{test}{values[0]}{otherwise}{values[1]}{end}"
