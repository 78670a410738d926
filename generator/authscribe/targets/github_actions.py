"""Plan reusable workflows of GitHub Actions whose last step has the secrets of a connector in its environment.

The step has the variables that the generated runtime class reads; its command is a placeholder. Secrets are those of
`workflow_call`, so that only the caller has them, and parameters are inputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.encoders.github import make_literal, make_reference
from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.name_kinds import NameKind
from authscribe.targets.plan import GITHUB_ACTIONS, PLACEHOLDER, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.stubs import Stub, StubSetting, find_title, list_stubs, spell_value

_INPUT_TYPES: Final = {"int": "number", "float": "number", "bool": "boolean"}

Yaml = dict[str, object]


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    for stub in list_stubs(catalogue, definition):
        path = f"{GITHUB_ACTIONS}/{stub.folder}/workflow.yml"
        yield PlannedFile(path, GITHUB_ACTIONS, Language.YAML, _build_workflow(stub), subject=definition.id)


GITHUB_ACTIONS_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition)
"""Plan of a YAML document for each scheme, and for each method of each connector."""


def _build_workflow(stub: Stub) -> Yaml:
    environment = {stub.spell(NameKind.ENV, each): _refer_to(stub, each) for each in stub.settings}
    return {
        "name": make_literal(find_title(stub.spelling.definition)),
        "on": {"workflow_call": _build_call(stub)},
        "permissions": {},
        "jobs": {
            "run": {
                "name": "Run the connector",
                "runs-on": "ubuntu-latest",
                "steps": [{"env": environment, "run": PLACEHOLDER}],
            }
        },
    }


def _refer_to(stub: Stub, each: StubSetting) -> str:
    context = "secrets" if each.field.is_secret else "inputs"
    return make_reference(context, stub.spell(NameKind.GITHUB, each))


def _build_call(stub: Stub) -> Yaml:
    inputs, secrets = dict[str, Yaml](), dict[str, Yaml]()
    for each in stub.settings:
        if each.field.is_secret:
            secrets[stub.spell(NameKind.GITHUB, each)] = build_secret(each)
        else:
            inputs[stub.spell(NameKind.GITHUB, each)] = _build_input(each)
    return {**({"inputs": inputs} if inputs else {}), **({"secrets": secrets} if secrets else {})}


def build_secret(each: StubSetting) -> Yaml:
    """Return a secret of `workflow_call`."""
    return {**_describe(each), "required": each.is_needed}


def _build_input(each: StubSetting) -> Yaml:
    """Return an input; a value that GitHub has no type for is a text in JSON.

    Without a value and a default, GitHub takes a number for 0 and a truth value for false; only a text is absent.
    """
    default = each.value
    has_value = each.is_needed or default is not None
    input_type = _INPUT_TYPES.get(each.field.type, "string") if has_value else "string"
    if input_type == "string" and default is not None:
        default = make_literal(spell_value(default))
    return {
        **_describe(each),
        "required": each.is_needed,
        "type": input_type,
        **({"default": default} if default is not None else {}),
    }


def _describe(each: StubSetting) -> Yaml:
    return {"description": make_literal(each.comment)}
