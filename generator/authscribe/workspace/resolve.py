"""Resolve the loaded sources of a run into a catalogue."""

from __future__ import annotations

from authscribe.resolve.recovery import recover_catalogue
from authscribe.resolve.resolver import Resolution, resolve_drafts
from authscribe.workspace.load import LoadedSources
from authscribe.workspace.workspace import Workspace


def resolve_sources(loaded: LoadedSources, workspace: Workspace, *, tolerant: bool = False) -> Resolution:
    """The catalogue of the sources; raises DefinitionError with every mistake in them, unless the run keeps going."""
    resolving = recover_catalogue if workspace.keep_going else resolve_drafts
    return resolving(loaded.drafts, workspace.platform, tolerant=tolerant)
