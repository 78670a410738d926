"""Plan a Python package: typed settings for each scheme and connector, and `load` for all connectors.

The generated modules need pydantic-settings, but not authscribe. They share a base, and each connector is imported only
when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import (
    COMPUTED_KINDS,
    Contract,
    build_method_contract,
    build_scheme_contract,
    list_methods,
)
from authscribe.model.definitions import (
    Connector,
    InjectedSecret,
    Kind,
    Location,
    Scheme,
    Secret,
    Setting,
    Source,
)
from authscribe.model.name_kinds import Conventions, NameKind
from authscribe.model.naming import to_attribute, to_class, to_module
from authscribe.model.placement_template import parse_template
from authscribe.model.spelling import Spelling, list_stated_keys
from authscribe.targets.addresses import list_addresses, list_fallback_addresses
from authscribe.targets.plan import PLACEHOLDER, PYTHON, PlannedFile, TargetPlan
from authscribe.targets.python_fields import (
    build_injected_field,
    build_parameter_field,
    build_secret_field,
    may_be_absent,
)
from authscribe.targets.python_views import (
    CONFIGURATION,
    Assignment,
    BaseModule,
    ClassEntry,
    ClassTable,
    DocstringModule,
    FieldView,
    MethodView,
    PackageModule,
    ProtocolView,
    ProviderFacts,
    SettingsModule,
    Tag,
    UnionMember,
    UnionModule,
    UnionView,
)
from authscribe.targets.requests import describe_oauth, describe_request, describe_verification

_STRUCTURES: Final = {"object": "JsonObject", "array": "JsonArray"}
_MODULE_TYPING_NAMES: Final = ("ClassVar", "Final", "Literal")
_BASE_TYPING_NAMES: Final = ("Annotated", "Any", "ClassVar", "NamedTuple", "Never", "Self")
_BASE_PYDANTIC_NAMES: Final = (
    "BeforeValidator", "Field", "JsonValue", "ModelWrapValidatorHandler", "SecretStr", "ValidationError",
    "ValidationInfo", "field_validator", "model_validator",
)  # fmt: skip
_CLIENTS: Final = {
    "_wire": "The authentication of a request, the same for every client.",
    "httpx_auth": "Authentication for httpx; only this module needs it.",
    "requests_auth": "Authentication for requests; only this module needs it.",
}
_PROTOCOLS: Final = {
    "onboarding": "Obtains what the owner cannot supply.",
    "platform": "Issues what the platform creates or fetches itself.",
}


def _plan_package(catalogue: Catalogue) -> Iterator[PlannedFile]:
    """Plan the package, with `load` in its `__init__`; each of its modules needs the first two files."""
    plan = partial(_plan_module, catalogue.conventions)
    yield plan("_settings.py", "base_module", _build_base(catalogue))._replace(is_always_planned=True)
    path = f"python/{catalogue.conventions.package}/py.typed"
    yield PlannedFile(path, PYTHON, Language.TEXT, None, "python/py.typed.jinja", is_always_planned=True)
    for name, docstring in _CLIENTS.items():
        yield plan(f"{name}.py", name.strip("_"), DocstringModule(docstring))
    if catalogue.connectors:
        yield plan("__init__.py", "package", PackageModule(_map_modules(catalogue)))
        yield plan("unions.py", "unions", _build_union(catalogue))
        yield plan("connectors/__init__.py", "empty", DocstringModule("The settings of each connector."))
    else:
        yield plan("__init__.py", "empty", DocstringModule("The settings of each scheme."))
    yield plan("schemes/__init__.py", "empty", DocstringModule("The settings of each scheme, without any connector."))


def _map_modules(catalogue: Catalogue) -> dict[str, str]:
    """Return the module of each connector by each of its names: stored settings may still have a former one."""
    return {
        name: Spelling(connector, catalogue.conventions).module
        for connector in catalogue.connectors
        for name in connector.all_ids
    }


def _plan_scheme(catalogue: Catalogue, scheme: Scheme) -> Iterator[PlannedFile]:
    view = build_scheme_module(catalogue, scheme)
    path = f"schemes/{Spelling(scheme, catalogue.conventions).module}.py"
    yield _plan_module(catalogue.conventions, path, "settings", view, scheme.id)


def _plan_connector(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    view = build_connector_module(catalogue, connector)
    path = f"connectors/{Spelling(connector, catalogue.conventions).module}.py"
    yield _plan_module(catalogue.conventions, path, "settings", view, connector.id)


PYTHON_PLAN: Final = TargetPlan(_plan_package, _plan_scheme, _plan_connector)
"""Plan of a package with a module for each scheme and connector, their common base, and `load` in its `__init__`."""


def build_scheme_module(catalogue: Catalogue, scheme: Scheme, *, is_standalone: bool = False) -> SettingsModule:
    """Return the view of a scheme's module."""
    contracts = (("scheme", build_scheme_contract(catalogue, scheme)),)
    spelling = Spelling(scheme, catalogue.conventions)
    return _build_module("scheme", spelling, contracts, is_standalone=is_standalone)


def build_connector_module(
    catalogue: Catalogue, connector: Connector, *, is_standalone: bool = False
) -> SettingsModule:
    """Return the view of a connector's module."""
    contracts = tuple(_list_contracts(catalogue, connector))
    spelling = Spelling(connector, catalogue.conventions)
    module = _build_module("connector", spelling, contracts, is_standalone=is_standalone)
    return module if is_standalone else module._replace(tables=tuple(_list_tables(module.methods)))


def _plan_module(
    conventions: Conventions, path: str, template: str, view: object, subject: str | None = None
) -> PlannedFile:
    path = f"python/{conventions.package}/{path}"
    return PlannedFile(path, PYTHON, Language.PYTHON, view, f"python/{template}.py.jinja", subject)


def _list_contracts(catalogue: Catalogue, connector: Connector) -> Iterator[tuple[str, Contract]]:
    for method in list_methods(connector):
        yield method.id, build_method_contract(catalogue, connector, method)


def _list_tables(methods: Iterable[MethodView]) -> Iterator[ClassTable]:
    """Yield the tables in which `load` finds the classes of a connector."""
    yield ClassTable("CONFIGURATIONS", tuple(ClassEntry(method.id, method.configuration) for method in methods))
    yield ClassTable("RUNTIMES", tuple(ClassEntry(method.id, method.runtime) for method in methods))


def _build_base(catalogue: Catalogue) -> BaseModule:
    return BaseModule(
        docstring="The base of all settings.",
        typing_names=_BASE_TYPING_NAMES,
        pydantic_names=_BASE_PYDANTIC_NAMES,
        placeholder=PLACEHOLDER,
        has_keys=any(map(list_stated_keys, _list_defined_settings(catalogue))),
    )


def _list_defined_settings(catalogue: Catalogue) -> Iterator[Setting]:
    for scheme in catalogue.schemes:
        yield from (*scheme.required, *scheme.injected, *scheme.parameters)
    for connector in catalogue.connectors:
        yield from connector.parameters
    for flag in catalogue.platform.flags:
        yield from flag.injected


def _build_module(
    noun: str, spelling: Spelling, contracts: tuple[tuple[str, Contract], ...], *, is_standalone: bool
) -> SettingsModule:
    several = len(contracts) > 1
    methods = tuple(_build_method(noun, spelling, name, item, is_one_of_several=several) for name, item in contracts)
    typing_names, pydantic_names = _list_typing_names(methods), _list_pydantic_names(methods)
    return SettingsModule(
        docstring=f"Authentication settings of the {noun} {spelling.definition.id}.",
        typing_names=_sort_names((*typing_names, *(_BASE_TYPING_NAMES if is_standalone else ()))),
        pydantic_names=_sort_names((*pydantic_names, *(_BASE_PYDANTIC_NAMES if is_standalone else ()))),
        base_names=_sort_names(_list_base_names(methods)),
        schemes=tuple(dict.fromkeys(scheme.id for _, item in contracts for scheme in item.schemes)),
        provider=_describe_provider(contracts[0][1]),
        env_prefix=spelling.get_prefix(NameKind.ENV),
        methods=methods,
        tables=(),
        placeholder=PLACEHOLDER,
        has_keys=any(field.keys for field in _list_fields(methods)),
        is_standalone=is_standalone,
    )


def _list_typing_names(methods: Iterable[MethodView]) -> Iterator[str]:
    yield from _MODULE_TYPING_NAMES
    if any(method.protocols for method in methods):
        yield "Protocol"


def _list_pydantic_names(methods: tuple[MethodView, ...]) -> Iterator[str]:
    fields = tuple(_list_fields(methods))
    if fields:
        yield "Field"
    if any(field.alias or field.keys for field in fields):
        yield "AliasChoices"
    if any(_mentions_secret(method) for method in methods):
        yield "SecretStr"


def _mentions_secret(method: MethodView) -> bool:
    """Return whether a field has a secret by default, a protocol returns one, or `inject` makes one of a text."""
    has_default = any(field.is_secret and field.default is not None for field in (*method.required, *method.injected))
    is_returned = any(field.is_secret for protocol in method.protocols for field in protocol.fields)
    return has_default or is_returned or any(assignment.is_masked for assignment in method.assignments)


def _list_base_names(methods: Iterable[MethodView]) -> Iterator[str]:
    yield from ("RuntimeSettings", "Settings")
    for field in _list_fields(methods):
        if field.is_secret:
            yield "NonEmptySecret"
        elif field.type in _STRUCTURES:
            yield _STRUCTURES[field.type]


def _list_fields(methods: Iterable[MethodView]) -> Iterator[FieldView]:
    for method in methods:
        yield from (*method.required, *method.injected)


def _sort_names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names), key=_make_import_key))


def _make_import_key(name: str) -> tuple[bool, str]:
    """Return a key that sorts classes before functions, as import sorters do."""
    return (name[0].islower(), name)


def _build_method(
    noun: str, spelling: Spelling, name: str, contract: Contract, *, is_one_of_several: bool
) -> MethodView:
    stem = spelling.class_stem + (to_class(name) if is_one_of_several else "")
    parameters = tuple(build_parameter_field(parameter) for parameter in contract.parameters)
    optional = {secret.name for secret in contract.required if may_be_absent(secret)}
    required = tuple(build_secret_field(secret, optional=secret.name in optional) for secret in contract.required)
    injected = tuple(build_injected_field(secret, optional) for secret in contract.injected)
    assignments = tuple(_list_assignments(contract, optional))
    return MethodView(
        id=name,
        configuration=f"{stem}Configuration",
        runtime=f"{stem}Runtime",
        inject=f"inject_{to_module(name)}" if is_one_of_several else "inject",
        tags=(Tag(noun, spelling.definition.id), *((Tag("method", name),) if is_one_of_several else ())),
        required=required + parameters,
        injected=injected + parameters,
        protocols=tuple(_list_protocols(stem, injected, assignments)),
        required_keys=_map_keys(required + parameters),
        injected_keys=_map_keys(injected + parameters),
        required_names={field.wire: field.attribute for field in required},
        injected_names={field.wire: field.attribute for field in injected},
        assignments=assignments,
        token_request=describe_request(contract.token_request) if contract.token_request is not None else {},
        placements=tuple(_list_placements(contract)),
        signed=_list_signed(contract),
        client=(Kind.MTLS.value,) if Kind.MTLS in contract.kinds else (),
        provider=_describe_provider(contract) if is_one_of_several else None,
    )


def _describe_provider(contract: Contract) -> ProviderFacts:
    return ProviderFacts(
        selector=contract.selector,
        endpoints=list_addresses(contract.endpoints),
        fallback_endpoints=list_fallback_addresses(contract.endpoints),
        verification=describe_verification(contract.endpoints),
        scopes=contract.oauth.scopes if contract.oauth else (),
        oauth=describe_oauth(contract.oauth),
    )


def _list_placements(contract: Contract) -> Iterator[tuple[str, ...]]:
    """Yield the location, the name and the templates of each placement, with attributes as their holes.

    A digest replaces the user name and the password that it is computed from.
    """
    attributes = {setting.name: setting.attribute for setting in (*contract.injected, *contract.parameters)}
    slots = (Location.BASIC_USERNAME, Location.BASIC_PASSWORD)
    for placement in contract.placements:
        if Kind.HTTP_DIGEST not in contract.kinds or placement.location not in slots:
            templates = (_spell_template(template, attributes) for template in placement.templates)
            yield placement.location.value, placement.name, *templates


def _spell_template(template: str, attributes: Mapping[str, str]) -> str:
    """Return a template in the syntax of `str.format`; what only the platform knows is no attribute."""
    return "".join(
        (
            part.replace("{", "{{").replace("}", "}}")
            if isinstance(part, str)
            else f"{{{attributes.get(part.name) or to_attribute(part.name)}}}"
        )
        for part in parse_template(template)
    )


def _list_signed(contract: Contract) -> tuple[str, ...]:
    """Return the kinds that are computed from a request, and those of schemes that state no placement."""
    unplaced = (scheme.kind for scheme in contract.unplaced if scheme.kind not in (Kind.NONE, Kind.MTLS))
    kinds = (*(kind for kind in contract.kinds if kind in COMPUTED_KINDS), *unplaced)
    return tuple(dict.fromkeys(kind.value for kind in kinds))


def _map_keys(fields: Iterable[FieldView]) -> dict[str, str]:
    """Return the name of the variable, without the prefix, by attribute and wire name of the fields that state it."""
    return {name: field.variable for field in fields if field.keys for name in (field.attribute, field.wire)}


def _list_protocols(
    stem: str, injected: Iterable[FieldView], assignments: Iterable[Assignment]
) -> Iterator[ProtocolView]:
    """Yield a protocol for each origin, other than the configuration, that any secret has."""
    givers = {assignment.attribute: assignment.giver for assignment in assignments}
    for giver, docstring in _PROTOCOLS.items():
        fields = tuple(field for field in injected if givers[field.attribute] == giver)
        if fields:
            yield ProtocolView(giver, f"{stem}{giver.capitalize()}", docstring, fields)


def _list_assignments(contract: Contract, optional: set[str]) -> Iterator[Assignment]:
    """Yield the source of each field of the runtime settings, from which `inject` takes the value."""
    required = {secret.name: secret for secret in contract.required}
    for secret in contract.injected:
        copied = required.get(secret.origin.required or "")
        if copied is not None:
            yield _assign_copy(secret, copied, is_optional=copied.name in optional)
        else:
            is_issued = secret.origin.source is Source.PLATFORM
            yield Assignment(secret.attribute, "platform" if is_issued else "onboarding", secret.attribute)
    for parameter in contract.parameters:
        yield Assignment(parameter.attribute, CONFIGURATION, parameter.attribute)


def _assign_copy(secret: InjectedSecret, copied: Secret, *, is_optional: bool) -> Assignment:
    return Assignment(
        secret.attribute,
        CONFIGURATION,
        copied.attribute,
        is_optional=is_optional,
        is_masked=secret.is_masked and not copied.is_masked,
        is_unmasked=copied.is_masked and not secret.is_masked,
    )


def _build_union(catalogue: Catalogue) -> UnionModule:
    stems = [_spell_stems(catalogue, connector) for connector in catalogue.connectors]
    configurations, runtimes = (
        tuple(_name_classes(each, role) for each in stems) for role in ("Configuration", "Runtime")
    )
    return UnionModule(
        connectors=tuple(sorted(runtimes, key=lambda member: _make_natural_key(member.module))),
        is_union=len(catalogue.connectors) > 1,
        is_annotated=len(catalogue.connectors) > 1 or any(len(c.methods) > 1 for c in catalogue.connectors),
        unions=(UnionView("AnyConfiguration", configurations), UnionView("AnyRuntime", runtimes)),
    )


def _make_natural_key(name: str) -> list[str | int]:
    """Return a key that sorts `a9` before `a10`, as import sorters do; text and numbers alternate, so types match."""
    return [int(part) if part.isdecimal() else part for part in re.split("([0-9]+)", name)]


def _spell_stems(catalogue: Catalogue, connector: Connector) -> UnionMember:
    """Return the member of a connector with the beginnings of the names of its classes."""
    methods = list_methods(connector)
    spelling = Spelling(connector, catalogue.conventions)
    stem = spelling.class_stem
    classes = tuple(f"{stem}{to_class(method.id)}" for method in methods) if len(methods) > 1 else ()
    return UnionMember(spelling.module, stem, classes)


def _name_classes(stems: UnionMember, role: str) -> UnionMember:
    return UnionMember(stems.module, f"{stems.only}{role}", tuple(f"{stem}{role}" for stem in stems.classes))
