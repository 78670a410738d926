"""List the targets, and plan their files.

A built-in target is a module with a `TargetPlan`, a folder of templates, and a loader in `TARGETS`. The target with
the id of the platform makes the files that its profile states, unless a built-in target has that name. Another package
adds a target by an entry point that refers to its `TargetPlan`. The catalogue target is only listed in `BUILT_IN`:
`catalogue.target` plans it from what the run leaves undone in all other targets.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Final, NamedTuple, Protocol, TypeAlias, TypeVar

from authscribe.findings.finding import Finding
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.places import Places
from authscribe.model.platform import Platform
from authscribe.runtime import plugins
from authscribe.targets.plan import (
    AIRBYTE,
    CATALOGUE,
    COMPOSE,
    DOCS,
    DOTENV,
    EXTERNAL_SECRETS,
    GITHUB_ACTIONS,
    JSON_SCHEMA,
    KUBERNETES,
    MCP,
    NANGO,
    OPENAPI,
    PYTHON,
    SCAFFOLD,
    STANDALONE,
    TERRAFORM,
    PlannedFile,
    TargetPlan,
)
from authscribe.targets.plugin_targets import check_paths, load_plan


class _OutputFile(Protocol):
    """File of a target, planned or generated."""

    @property
    def path(self) -> str: ...
    @property
    def target(self) -> str: ...


FileT = TypeVar("FileT", bound=_OutputFile)
LoadPlan: TypeAlias = Callable[[], TargetPlan]


# Each target is imported when a run has chosen it.


def _load_python() -> TargetPlan:
    from authscribe.targets.python import PYTHON_PLAN

    return PYTHON_PLAN


def _load_standalone() -> TargetPlan:
    from authscribe.targets.python_standalone import STANDALONE_PLAN

    return STANDALONE_PLAN


def _load_docs() -> TargetPlan:
    from authscribe.targets.docs import DOCS_PLAN

    return DOCS_PLAN


def _load_dotenv() -> TargetPlan:
    from authscribe.targets.dotenv import DOTENV_PLAN

    return DOTENV_PLAN


def _load_kubernetes() -> TargetPlan:
    from authscribe.targets.kubernetes import KUBERNETES_PLAN

    return KUBERNETES_PLAN


def _load_external_secrets() -> TargetPlan:
    from authscribe.targets.external_secrets import EXTERNAL_SECRETS_PLAN

    return EXTERNAL_SECRETS_PLAN


def _load_compose() -> TargetPlan:
    from authscribe.targets.compose import COMPOSE_PLAN

    return COMPOSE_PLAN


def _load_json_schema() -> TargetPlan:
    from authscribe.targets.json_schema import JSON_SCHEMA_PLAN

    return JSON_SCHEMA_PLAN


def _load_openapi() -> TargetPlan:
    from authscribe.targets.openapi import OPENAPI_PLAN

    return OPENAPI_PLAN


def _load_mcp() -> TargetPlan:
    from authscribe.targets.mcp import MCP_PLAN

    return MCP_PLAN


def _load_nango() -> TargetPlan:
    from authscribe.targets.nango.target import NANGO_PLAN

    return NANGO_PLAN


def _load_airbyte() -> TargetPlan:
    from authscribe.targets.airbyte.manifest import AIRBYTE_PLAN

    return AIRBYTE_PLAN


def _load_github_actions() -> TargetPlan:
    from authscribe.targets.github_actions import GITHUB_ACTIONS_PLAN

    return GITHUB_ACTIONS_PLAN


def _load_terraform() -> TargetPlan:
    from authscribe.targets.terraform import TERRAFORM_PLAN

    return TERRAFORM_PLAN


def _load_platform() -> TargetPlan:
    from authscribe.targets.platform_files import PLATFORM_PLAN

    return PLATFORM_PLAN


TARGETS: Final[Mapping[str, LoadPlan]] = {
    PYTHON: _load_python,
    STANDALONE: _load_standalone,
    DOCS: _load_docs,
    DOTENV: _load_dotenv,
    KUBERNETES: _load_kubernetes,
    EXTERNAL_SECRETS: _load_external_secrets,
    COMPOSE: _load_compose,
    JSON_SCHEMA: _load_json_schema,
    OPENAPI: _load_openapi,
    MCP: _load_mcp,
    NANGO: _load_nango,
    AIRBYTE: _load_airbyte,
    GITHUB_ACTIONS: _load_github_actions,
    TERRAFORM: _load_terraform,
}
"""The loader of the plan of each target, in the order in which they plan their files."""


class ReadBack(NamedTuple):
    """Format in which the files of a target can be read, and the names that definitions have in them.

    `find_names` returns the ids under which the reader finds definitions, by noun and id, without those left out. It is
    None if each definition has a file of its own, which is read as a connector.
    """

    format: str
    find_names: Callable[[Catalogue], Mapping[tuple[str, str], str]] | None = None


def _find_nango_names(catalogue: Catalogue) -> Mapping[tuple[str, str], str]:
    from authscribe.targets.nango.subjects import find_names

    return find_names(catalogue)


READ_BACK: Final[Mapping[str, ReadBack]] = {
    NANGO: ReadBack("nango", _find_nango_names),
    AIRBYTE: ReadBack("airbyte"),
    OPENAPI: ReadBack("openapi"),
}
"""Targets whose files another system reads, if there is a reader for them."""

BUILT_IN: Final = (*TARGETS, CATALOGUE)

_DEFAULT: Final = (PYTHON, DOCS, CATALOGUE)


def list_targets(platform: Platform) -> tuple[str, ...]:
    """Return the names of all targets: the built-in ones first, then that of the platform, and those of plugins."""
    own = (platform.id,) if platform.all_files else ()
    return tuple(dict.fromkeys((*BUILT_IN, *own, *plugins.list_plugins(plugins.Group.TARGETS))))


def is_built_in(name: str) -> bool:
    """Return whether the views and templates of files are our own, given their target or `SCAFFOLD`."""
    return name in BUILT_IN or name == SCAFFOLD


def is_plugin(name: str) -> bool:
    """Return whether a target is that of a plugin."""
    return not is_built_in(name) and name in plugins.list_plugins(plugins.Group.TARGETS)


def find_unknown_targets(names: Iterable[str], platform: Platform) -> Iterator[str]:
    """Yield the names that are neither built in, nor the platform's, nor added by a plugin."""
    return (name for name in names if name not in BUILT_IN and name not in list_targets(platform))


def choose_targets(stated: tuple[str, ...], platform: Platform) -> tuple[str, ...]:
    """Return the targets of a run: the stated ones, or else those of the platform profile, or else three of them."""
    return stated or platform.targets or _DEFAULT


def plan_files(catalogue: Catalogue, targets: Collection[str]) -> tuple[PlannedFile, ...]:
    """Return the files of these targets except those of the catalogue target, sorted by path.

    Raises DefinitionError if a target of a plugin fails.
    """
    files = list(plan_shared(catalogue, targets))
    for part in split_catalogue(catalogue):
        files += plan_part(part, targets)
    return sort_files(files)


def plan_shared(catalogue: Catalogue, targets: Collection[str]) -> Iterator[PlannedFile]:
    """Yield the files about all definitions; raise DefinitionError if a target of a plugin fails."""
    for plan in select_plans(targets, catalogue.platform):
        yield from plan.plan_shared(catalogue)


def split_catalogue(catalogue: Catalogue) -> Iterator[Catalogue]:
    """Yield the parts of a catalogue: each scheme, then each connector with the schemes that it uses."""
    return (select_part(catalogue, definition) for definition in catalogue.definitions)


def select_part(catalogue: Catalogue, definition: Scheme | Connector) -> Catalogue:
    """Return the part of a catalogue that is about one definition: a scheme, or a connector with those that it uses."""
    if isinstance(definition, Scheme):
        return replace(catalogue, schemes=(definition,), connectors=())
    return replace(catalogue, schemes=catalogue.list_schemes(definition), connectors=(definition,))


def plan_part(part: Catalogue, targets: Collection[str]) -> Iterator[PlannedFile]:
    """Yield the files about the scheme or connector of a part; raise DefinitionError if a target of a plugin fails."""
    for plan in select_plans(targets, part.platform):
        for connector in part.connectors:
            yield from plan.plan_connector(part, connector)
        if not part.connectors:
            for scheme in part.schemes:
                yield from plan.plan_scheme(part, scheme)


def check_targets(catalogue: Catalogue, targets: Collection[str], places: Places) -> Iterator[Finding]:
    """Yield what the targets report; raise DefinitionError if one of a plugin fails."""
    for plan in select_plans(targets, catalogue.platform):
        yield from plan.check(catalogue, places)


def sort_files(files: Iterable[FileT]) -> tuple[FileT, ...]:
    """Return the files sorted by path; raise DefinitionError if two files of a plugin cannot be in one folder."""
    ordered = tuple(sorted(files, key=attrgetter("path")))
    added = {*filter(is_plugin, {file.target for file in ordered})}
    check_paths((file.target, file.path) for file in ordered if file.target in added)
    return ordered


def select_plans(targets: Collection[str], platform: Platform) -> tuple[TargetPlan, ...]:
    """Return the plans of the targets: those of plugins by name after all others, which are in a fixed order."""
    own = {platform.id: _load_platform, **TARGETS}
    plans = (load() for name, load in own.items() if name in targets)
    return (*plans, *(load_plan(name) for name in sorted(set(targets).difference(own, BUILT_IN))))
