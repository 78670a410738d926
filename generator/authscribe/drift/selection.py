"""Select the outputs that a run is about, by the targets and names that its command or the configuration states."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from authscribe.drift.compare import Extent
from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.unknown_reference import report_unknown_reference, report_unknown_target
from authscribe.resolve.merge import locate_value
from authscribe.resolve.resolver import Resolution
from authscribe.runtime.plugins import Group, suggest_package
from authscribe.targets.registry import choose_targets, find_unknown_targets, list_targets
from authscribe.workspace.command_options import GenerateRequest
from authscribe.workspace.resolve import require_definitions
from authscribe.workspace.workspace import Workspace


class Selection(NamedTuple):
    """Targets and definitions that a run is about, and the extent of the files that it plans for them."""

    targets: tuple[str, ...]
    names: tuple[str, ...]
    extent: Extent


def select_outputs(request: GenerateRequest, workspace: Workspace, resolution: Resolution) -> Selection:
    """Return what the request is about; raises DefinitionError for an unknown name or target."""
    catalogue = resolution.catalogue
    if request.names:
        require_definitions(catalogue, workspace)
    stated = request.targets or workspace.targets
    targets = choose_targets(stated, catalogue.platform)
    profile = resolution.platforms[catalogue.platform.id]
    fallback = Place("--target") if request.targets else locate_value(profile, "targets")
    places = dict(zip(workspace.targets, workspace.target_places, strict=True)) if not request.targets else {}
    found = {name: (catalogue.find_scheme(name), catalogue.find_connector(name)) for name in request.names}
    findings = [
        *(
            report_unknown_target(
                name,
                places.get(name, fallback),
                list_targets(catalogue.platform),
                suggest_package(Group.TARGETS, name),
            )
            for name in find_unknown_targets(targets, catalogue.platform)
        ),
        *(
            report_unknown_reference("scheme or connector", name, Place(name), catalogue.names)
            for name, definitions in found.items()
            if not any(definitions)
        ),
    ]
    if findings:
        raise DefinitionError(findings)
    return Selection(
        targets=targets,
        names=tuple({named.id: None for definitions in found.values() for named in definitions if named is not None}),
        extent=_measure_extent(request, targets),
    )


def _measure_extent(request: GenerateRequest, targets: Iterable[str]) -> Extent:
    """Return the extent of a request: about some definitions, it plans all files of no target."""
    if request.names:
        return Extent(frozenset())
    return Extent(frozenset(targets)) if request.targets else Extent()
