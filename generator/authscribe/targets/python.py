"""The Python target: typed settings for each scheme and each connector, and a union over all connectors.

The generated modules need pydantic-settings and nothing of ours; each can be copied into a connector by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from authscribe.encoders.language import Language
from authscribe.model.contract import Contract, contract_of_method, contract_of_scheme, methods_of
from authscribe.model.definitions import (
    Catalogue,
    Connector,
    Endpoints,
    InjectedSecret,
    Parameter,
    Scheme,
    Secrecy,
    Secret,
    Setting,
    Source,
)
from authscribe.model.naming import class_name, environment_prefix, module_name
from authscribe.targets.plan import PlannedFile, TargetPlan
from authscribe.targets.python_views import (
    Assignment,
    Docstring,
    FieldView,
    Member,
    MethodView,
    SettingsModule,
    Tag,
    Union,
    UnionModule,
)

PYTHON: Final = "python"
_PACKAGE: Final = "python/connector_auth"
_TYPES: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def _shared(catalogue: Catalogue) -> Iterator[PlannedFile]:
    """The package, with the union in its `__init__`."""
    if catalogue.connectors:
        yield _file("__init__.py", "union", _union(catalogue))
        yield _file("connectors/__init__.py", "empty", Docstring("The settings of each connector."))
    else:
        yield _file("__init__.py", "empty", Docstring("The settings of each scheme."))
    yield _file("schemes/__init__.py", "empty", Docstring("The settings of each scheme, without any connector."))


def _scheme(catalogue: Catalogue, scheme: Scheme) -> Iterator[PlannedFile]:
    view = _module("scheme", scheme.id, (("scheme", contract_of_scheme(catalogue, scheme)),))
    yield _file(f"schemes/{module_name(scheme.id)}.py", "settings", view, scheme.id)


def _connector(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    view = build_connector_module(catalogue, connector)
    yield _file(f"connectors/{module_name(connector.id)}.py", "settings", view, connector.id)


PYTHON_PLAN: Final = TargetPlan(_shared, _scheme, _connector)
"""A package: a module for each scheme and connector, and the union in its `__init__`."""


def build_connector_module(catalogue: Catalogue, connector: Connector) -> SettingsModule:
    """What the module of a connector shows."""
    return _module("connector", connector.id, tuple(_contracts(catalogue, connector)))


def _file(path: str, template: str, view: object, subject: str | None = None) -> PlannedFile:
    return PlannedFile(f"{_PACKAGE}/{path}", PYTHON, Language.PYTHON, view, f"python/{template}.py.jinja", subject)


def _contracts(catalogue: Catalogue, connector: Connector) -> Iterator[tuple[str, Contract]]:
    for method in methods_of(connector):
        yield method.id, contract_of_method(catalogue, connector, method)


def _module(what: str, identifier: str, contracts: tuple[tuple[str, Contract], ...]) -> SettingsModule:
    several = len(contracts) > 1
    methods = tuple(_method(what, identifier, name if several else None, item) for name, item in contracts)
    fields = [field for method in methods for field in (*method.required, *method.injected)]
    first = contracts[0][1]
    return SettingsModule(
        docstring=f"Authentication settings of the {what} {identifier}.",
        typing_names=_typing_names(methods, fields),
        pydantic_names=_pydantic_names(fields),
        has_secrets=any(field.is_secret for field in fields),
        schemes=tuple(dict.fromkeys(scheme.id for _, item in contracts for scheme in item.schemes)),
        selector=first.selector,
        endpoints={role: e.url for role in Endpoints.model_fields if (e := getattr(first.endpoints, role))},
        scopes=first.oauth.scopes if first.oauth else (),
        env_prefix=environment_prefix(identifier),
        methods=methods,
    )


def _typing_names(methods: Iterable[MethodView], fields: Iterable[FieldView]) -> tuple[str, ...]:
    optional = {
        "Annotated": any(field.is_secret for field in fields),
        "Protocol": any(method.obtained for method in methods),
    }
    return tuple(
        sorted({"Any", "ClassVar", "Final", "Literal", "Self", *(name for name, used in optional.items() if used)})
    )


def _pydantic_names(fields: list[FieldView]) -> tuple[str, ...]:
    optional = {
        "AliasChoices": any(field.alias for field in fields),
        "Field": bool(fields),
        "JsonValue": any(field.type in ("object", "array") and not field.is_secret for field in fields),
    }
    used = (name for name, is_used in optional.items() if is_used)
    always = ("ModelWrapValidatorHandler", "SecretStr", "ValidationError", "model_validator")
    return tuple(sorted({*always, *used}, key=_import_order))


def _import_order(name: str) -> tuple[bool, str]:
    """Classes before functions, as import sorters have it."""
    return (name[0].islower(), name)


def _method(what: str, identifier: str, method: str | None, effective: Contract) -> MethodView:
    stem = class_name(identifier) + (class_name(method) if method else "")
    parameters = tuple(_parameter(parameter) for parameter in effective.parameters)
    optional = {secret.name for secret in effective.required if secret.optional or secret.default is not None}
    required = tuple(_secret(secret, optional=secret.name in optional) for secret in effective.required)
    injected = tuple(_injected(secret, optional) for secret in effective.injected)
    obtained = {secret.name for secret in effective.injected if secret.origin.required is None}
    return MethodView(
        configuration=f"{stem}Configuration",
        onboarding=f"{stem}Onboarding",
        runtime=f"{stem}Runtime",
        inject=f"inject_{module_name(method)}" if method else "inject",
        tags=(Tag(what, identifier), *((Tag("method", method),) if method else ())),
        required=required + parameters,
        injected=injected + parameters,
        obtained=tuple(field for field in injected if field.wire in obtained),
        required_names={field.wire: field.attribute for field in required},
        injected_names={field.wire: field.attribute for field in injected},
        assignments=tuple(_assignments(effective)),
    )


def _assignments(effective: Contract) -> Iterator[Assignment]:
    """For each field of the runtime settings, where `inject` takes it from."""
    required = {secret.name: secret for secret in effective.required}
    for secret in effective.injected:
        copied = required.get(secret.origin.required or "")
        source = copied if copied is not None else secret
        yield Assignment(secret.attribute, source.attribute, is_obtained=copied is None)
    for parameter in effective.parameters:
        yield Assignment(parameter.attribute, parameter.attribute, is_obtained=False)


def _injected(secret: InjectedSecret, optional: set[str]) -> FieldView:
    """A copy of what is optional is optional itself."""
    extra = {"x-origin": secret.origin.source.value}
    if secret.origin.source is Source.COPIED and secret.origin.required is not None:
        extra["x-required"] = secret.origin.required
    return _secret(secret, optional=secret.optional or secret.origin.required in optional, extra=extra)


def _secret(secret: Secret, *, optional: bool, extra: dict[str, str] | None = None) -> FieldView:
    """Defaults of secrets are left out, since pydantic shows them; what has one may be left out as well."""
    is_secret = secret.secret is not Secrecy.NO
    return FieldView(
        wire=secret.name,
        attribute=secret.attribute,
        alias=_alias(secret),
        description=secret.description,
        is_secret=is_secret,
        type="str" if is_secret else _TYPES.get(secret.type.value, secret.type.value),
        optional=optional,
        has_default=optional,
        extra=extra or {},
    )


def _parameter(parameter: Parameter) -> FieldView:
    """A default beside the values that are allowed leaves them open: that is for lint to say, and code still types."""
    texts = tuple(choice.value for choice in parameter.enum if isinstance(choice.value, str))
    is_closed = len(texts) == len(parameter.enum) and parameter.default in (None, *texts)
    choices = texts if is_closed else ()
    has_default = parameter.default is not None
    return FieldView(
        wire=parameter.name,
        attribute=parameter.attribute,
        alias=_alias(parameter),
        description=parameter.description,
        is_secret=False,
        type=_TYPES.get(parameter.type.value, parameter.type.value),
        optional=parameter.optional and not has_default,
        has_default=has_default or parameter.optional,
        default=parameter.default,
        constant=choices[0] if len(choices) == 1 else None,
        choices=choices if len(choices) > 1 else (),
    )


def _alias(setting: Setting) -> str | None:
    """The wire name, where the attribute is spelt otherwise."""
    return None if setting.attribute == setting.name else setting.name


def _union(catalogue: Catalogue) -> UnionModule:
    members = (_member(connector, "Runtime") for connector in catalogue.connectors)
    return UnionModule(
        connectors=tuple(sorted(members, key=lambda member: _natural_order(member.module))),
        is_union=len(catalogue.connectors) > 1,
        is_annotated=len(catalogue.connectors) > 1 or any(len(c.methods) > 1 for c in catalogue.connectors),
        unions=tuple(
            Union(f"Any{role}", tuple(_member(connector, role) for connector in catalogue.connectors))
            for role in ("Configuration", "Runtime")
        ),
    )


def _natural_order(name: str) -> list[str | int]:
    """As import sorters have it: `a9` before `a10`. Text and numbers take turns, so that like meets like."""
    return [int(part) if part.isdecimal() else part for part in re.split("([0-9]+)", name)]


def _member(connector: Connector, role: str) -> Member:
    methods = methods_of(connector)
    several = len(methods) > 1
    stem = class_name(connector.id)
    classes = tuple(f"{stem}{class_name(method.id)}{role}" for method in methods) if several else ()
    return Member(module_name(connector.id), f"{stem}{role}", classes)
