"""Resolve the loaded sources of a run into a catalogue."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.nothing_defined import report_no_sources, report_nothing_defined
from authscribe.model.catalogue import Catalogue
from authscribe.model.platform import Platform
from authscribe.resolve import resolver
from authscribe.resolve.attribution import attribute_to_definitions
from authscribe.resolve.recovery import recover_catalogue
from authscribe.resolve.resolver import Resolution
from authscribe.workspace.load import LoadedSources
from authscribe.workspace.workspace import Workspace


def resolve_sources(loaded: LoadedSources, workspace: Workspace, *, tolerant: bool = False) -> Resolution:
    """Return the catalogue of the sources; its findings name the definitions that they are about.

    Raises DefinitionError with every mistake in them. A run that keeps going leaves out definitions with mistakes
    instead; a tolerant one accepts sources that contradict each other.
    """
    # A run that keeps going knows nothing, since it may leave out schemes.
    resolve = recover_catalogue if workspace.keep_going else partial(resolver.resolve_drafts, known=loaded.known)
    configuration = workspace.configuration
    resolution = resolve(loaded.drafts, workspace.platform, configuration.names, tolerant=tolerant)
    catalogue = replace(resolution.catalogue, options=configuration.options)
    catalogue.recall((each.connector, each.sha256) for each in loaded.known.connectors.values())
    return resolution._replace(
        catalogue=catalogue,
        findings=attribute_to_definitions(resolution.findings, loaded.drafts, loaded.known.drafts),
    )


def require_definitions(catalogue: Catalogue, workspace: Workspace) -> None:
    """Raise DefinitionError if there are no sources, or if they define nothing."""
    if not catalogue.schemes and not catalogue.connectors:
        place = Place(workspace.config_file or "--source")
        raise DefinitionError((report_nothing_defined(place) if workspace.has_sources else report_no_sources(place),))


def resolve_platform(loaded: LoadedSources, workspace: Workspace) -> Platform:
    """Return the platform profile of a run, whatever mistakes the definitions have.

    Raises DefinitionError if no source defines it, or if it is invalid.
    """
    return resolver.resolve_platform(loaded.drafts, workspace.platform)
