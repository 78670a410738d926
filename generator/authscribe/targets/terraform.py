"""Plan Terraform variables for the values that a running connector reads; secrets are sensitive and ephemeral.

Ephemeral values are in neither the plan nor the state (Terraform 1.10, OpenTofu 1.11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from authscribe.encoders.hcl import is_hcl_safe
from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.name_kinds import NameKind
from authscribe.targets.plan import TERRAFORM, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.stubs import Stub, StubSetting, list_stubs

_TYPES: Final = {"str": "string", "int": "number", "float": "number", "bool": "bool"}


class Variable(NamedTuple):
    """Variable of Terraform; one without a default `is_nullable` if it may be omitted.

    `choices` are the allowed values, if not all are.
    """

    name: str
    description: str
    type: str
    is_secret: bool
    is_nullable: bool
    has_default: bool
    default: object
    choices: tuple[str | int | float, ...]


class VariablesFile(NamedTuple):
    """File with the variables of a connector."""

    has_secrets: bool
    variables: tuple[Variable, ...]


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    for stub in list_stubs(catalogue, definition):
        variables = tuple(_build_variable(stub, each) for each in stub.settings)
        view = VariablesFile(any(variable.is_secret for variable in variables), variables)
        path = f"{TERRAFORM}/{stub.folder}/variables.tf"
        yield PlannedFile(path, TERRAFORM, Language.HCL, view, "terraform/variables.tf.jinja", definition.id)


TERRAFORM_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition)
"""Plan of a file with variables for each scheme, and for each method of each connector."""


def _build_variable(stub: Stub, each: StubSetting) -> Variable:
    default = each.value if is_hcl_safe(each.value) else None
    return Variable(
        name=stub.spell(NameKind.HCL, each),
        description=_replace_unsafe(each.comment),
        type=_TYPES.get(each.field.type, "any"),
        is_secret=each.field.is_secret,
        is_nullable=default is None and not each.is_needed,
        has_default=default is not None,
        default=default,
        choices=each.field.choices if is_hcl_safe(each.field.choices) else (),
    )


def _replace_unsafe(text: str) -> str:
    """Return a text without what HCL cannot hold."""
    if is_hcl_safe(text):
        return text
    return "".join(character if is_hcl_safe(character) else "\ufffd" for character in text)
