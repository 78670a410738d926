"""List the settings of connectors that a workflow of GitHub Actions has, and write the secrets that it declares."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from authscribe.model.name_kinds import NameKind
from authscribe.sync.connectors import list_served
from authscribe.sync.yaml_entries import INDENT, NewEntry, write_fact
from authscribe.targets.github_actions import build_secret
from authscribe.targets.stubs import Stub, StubSetting


class WorkflowSetting(NamedTuple):
    """Setting with its names in a workflow."""

    each: StubSetting
    variable: str
    name: str

    @property
    def is_needed(self) -> bool:
        """Whether a class needs a value."""
        return self.each.is_needed


def list_secrets(stub: Stub, present: Collection[str]) -> dict[str, WorkflowSetting]:
    """Return the secrets of a method by their variables, for a file that has some of the variables."""
    settings = list_environment(stub, present)
    return {variable: setting for variable, setting in settings.items() if setting.each.field.is_secret}


def list_environment(stub: Stub, present: Collection[str]) -> dict[str, WorkflowSetting]:
    """Return the settings of a method by their variables, for a file that has some of these."""
    settings = (
        WorkflowSetting(each, stub.spell(NameKind.ENV, each), stub.spell(NameKind.GITHUB, each))
        for each in list_served(stub, present)
    )
    return {setting.variable: setting for setting in settings}


def write_secret(setting: WorkflowSetting) -> NewEntry:
    """Return the declaration of a secret of `workflow_call`."""
    facts = build_secret(setting.each)
    lines = (f"{setting.name}:", *(f"{INDENT}{write_fact(key, value)}" for key, value in facts.items()))
    return NewEntry(setting.name, lines, "", facts)


def write_call(stubs: Sequence[Stub]) -> Iterator[str]:
    """Yield the lines that declare all secrets of some methods."""
    settings = {name: each for stub in stubs for name, each in list_secrets(stub, ()).items()}
    for setting in settings.values():
        yield from write_secret(setting).lines
