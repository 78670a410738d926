"""Decide what the stubs of a definition contain: files that people copy and complete, so that a class can read them.

Every target of stubs follows these rules. There is a folder for each scheme, for each connector, and for each method of
a connector that has several. Stubs for a deployment hold what the runtime class reads; if nothing is injected, what the
class of the configuration reads. A value is the default, or a placeholder that the class refuses; that of a setting
which may be omitted is empty. A stub that only refers to values comments out what the class does not need.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from authscribe.encoders.shell import is_variable_safe
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, list_contracts
from authscribe.model.definitions import Connector, Scheme, Setting
from authscribe.model.name_kinds import NameKind
from authscribe.model.spelling import Spelling
from authscribe.targets.plan import PLACEHOLDER, PLACEHOLDERS
from authscribe.targets.python import build_connector_module, build_scheme_module
from authscribe.targets.python_fields import is_of_type, read_text
from authscribe.targets.python_views import FieldView, MethodView


class StubSetting(NamedTuple):
    """Setting of a definition, and the field of the class that reads it."""

    setting: Setting
    field: FieldView

    @property
    def is_needed(self) -> bool:
        """Return whether the class refuses to do without a value."""
        return not self.field.has_default

    @property
    def value(self) -> object:
        """Return the default if it may be shown and is of the field's type, or else None."""
        return self.field.default if is_of_type(self.field.default, self.field.type) else None

    @property
    def comment(self) -> str:
        """Return the explanation for people, or else the title or the name."""
        return self.field.description.strip() or (self.setting.title or "").strip() or self.setting.name

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the allowed values, as the class reads them; none if any is allowed."""
        return tuple(map(spell_value, self.field.choices))

    def refuses(self, text: str) -> bool:
        """Return whether the class refuses a text because it is not an allowed value."""
        choices = self.field.choices
        return bool(choices) and read_text(text, self.field.type) not in choices

    @property
    def default(self) -> str:
        """Return the only allowed value, or else the default, as the class reads it; empty if there is neither."""
        value = self.value if self.field.constant is None else self.field.constant
        return spell_value(value) if value is not None else ""

    def choose_default(self, is_safe: Callable[[str], bool] = is_variable_safe) -> str:
        """Return the default if the stub can hold it, or else nothing."""
        return self.default if is_safe(self.default) else ""

    def choose_value(self, is_safe: Callable[[str], bool] = is_variable_safe) -> str:
        """Return the default, or else a placeholder that the class refuses, if it needs a value.

        The class ignores an empty value, so that is the value of any other setting. Numbers, lists and other values are
        texts in JSON, as the class reads them from the environment.
        """
        placeholder = spell_value(PLACEHOLDERS.get(self.field.type, PLACEHOLDER)) if self.is_needed else ""
        return self.choose_default(is_safe) or placeholder


class Stub(NamedTuple):
    """Facts of a scheme, or of one method of a connector, for its stubs; `folder` is relative to that of the target."""

    noun: str
    spelling: Spelling
    contract: Contract
    method: MethodView
    folder: str
    alternatives: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return a heading: `the connector tide`, or `the connector tide, method bot (or instead: key)`."""
        about = f"the {self.noun} {self.spelling.definition.id}"
        others = ", ".join(self.alternatives)
        return f"{about}, method {self.method.id} (or instead: {others})" if others else about

    @property
    def owners(self) -> tuple[Scheme | Connector, ...]:
        """Return the definitions that may state a setting, in the order in which they decide about its facts."""
        definition = self.spelling.definition
        return (definition,) if isinstance(definition, Scheme) else (definition, *self.contract.schemes)

    @property
    def required(self) -> tuple[StubSetting, ...]:
        """Return the secrets that the owner supplies."""
        return _pair(self.contract.required, self.method.required)

    @property
    def injected(self) -> tuple[StubSetting, ...]:
        """Return the secrets that the platform injects."""
        return _pair(self.contract.injected, self.method.injected)

    @property
    def parameters(self) -> tuple[StubSetting, ...]:
        """Return the parameters, which all classes read."""
        return _pair(self.contract.parameters, self.method.required[len(self.contract.required) :])

    @property
    def deployed(self) -> tuple[StubSetting, ...]:
        """Return the secrets of a deployment."""
        return self.injected or self.required

    @property
    def needs_any(self) -> bool:
        """Return whether a deployment needs any of these secrets."""
        return any(each.is_needed for each in self.deployed)

    @property
    def needs_all(self) -> bool:
        """Return whether a deployment needs all of these secrets."""
        return all(each.is_needed for each in self.deployed)

    @property
    def settings(self) -> tuple[StubSetting, ...]:
        """Return all that a deployment needs: the secrets, then the parameters."""
        return (*self.deployed, *self.parameters)

    @property
    def deployed_class(self) -> str:
        """Return the class that a deployment reads its settings with."""
        is_configured = self.contract.required and not self.contract.injected
        return self.method.configuration if is_configured else self.method.runtime

    def spell(self, kind: NameKind, each: StubSetting) -> str:
        """Return the name of a setting in a target."""
        return self.spelling.spell(kind, each.setting)


def find_title(definition: Scheme | Connector) -> str:
    """Return the display name of a definition, or else its id."""
    title = definition.title or ""
    return title if title.strip() else definition.id


def list_stubs(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[Stub]:
    """Yield the facts for the stubs of each method that has any setting."""
    return (stub for stub in list_all_stubs(catalogue, definition) if stub.contract.settings)


def list_all_stubs(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[Stub]:
    """Yield the facts for the stubs of each method, also of one without settings."""
    if isinstance(definition, Scheme):
        noun, module = "scheme", build_scheme_module(catalogue, definition)
    else:
        noun, module = "connector", build_connector_module(catalogue, definition)
    spelling = Spelling(definition, catalogue.conventions)
    for contract, method in zip(list_contracts(catalogue, definition), module.methods, strict=True):
        others = tuple(each.id for each in module.methods if each is not method)
        folder = locate_stubs(definition) + (f"/{method.id}" if others else "")
        yield Stub(noun, spelling, contract, method, folder, others)


def locate_stubs(definition: Scheme | Connector) -> str:
    """Return the folder of a definition in a target."""
    return f"{'schemes' if isinstance(definition, Scheme) else 'connectors'}/{definition.id}"


def choose_decisive(sharing: Sequence[StubSetting]) -> StubSetting:
    """Return the one of the settings that share a variable whose value is right for all classes.

    If their defaults differ, that is an empty value, so that each class uses its own.
    """
    stated = {each.default: each for each in sharing if each.default}
    if len(stated) > 1:
        return sharing[0]._replace(field=sharing[0].field._replace(default=None, choices=()))
    needed = (each for each in sharing if each.is_needed)
    return next(iter(stated.values()), None) or next(needed, sharing[0])


def _pair(settings: Iterable[Setting], fields: Iterable[FieldView]) -> tuple[StubSetting, ...]:
    """Return each setting with its field; there may be more fields, which belong to other settings."""
    return tuple(map(StubSetting, settings, fields))


def spell_value(value: object) -> str:
    """Return a value as the classes read it from the environment: a text as it is, anything else in JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
