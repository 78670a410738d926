"""Everything that plugins may import; its names and their meaning are stable.

A target builds `PlannedFile`s from a `Catalogue`. A reader builds a `Draft`: a data format has `recognises(path, node)`
and `draft(path, node)`, a markup has `SUFFIXES` and `read(path, text)`. All other modules of this package may change
with any release.
"""

from __future__ import annotations

from authscribe.encoders.language import Language
from authscribe.findings.finding import DefinitionError, Finding, Label, Place, Severity
from authscribe.model.definitions import (
    Catalogue,
    Connector,
    InjectedSecret,
    Parameter,
    Platform,
    Scheme,
    Secret,
)
from authscribe.model.draft import (
    DefinitionDraft,
    Draft,
    Entry,
    KeyOutcome,
    ListNode,
    MapNode,
    Node,
    Noun,
    Outcome,
    ScalarNode,
    get_text,
    to_node,
)
from authscribe.model.name_kinds import NameKind
from authscribe.model.naming import to_attribute, to_environment_variable
from authscribe.model.spelling import Spelling
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map
from authscribe.targets.plan import PlannedFile

__all__ = [
    "Catalogue",
    "Connector",
    "DefinitionDraft",
    "DefinitionError",
    "Draft",
    "Entry",
    "Finding",
    "InjectedSecret",
    "KeyOutcome",
    "Label",
    "Language",
    "ListNode",
    "MapNode",
    "NameKind",
    "Node",
    "Noun",
    "Outcome",
    "Parameter",
    "Place",
    "PlannedFile",
    "Platform",
    "ScalarNode",
    "Scheme",
    "Secret",
    "Severity",
    "Spelling",
    "TrackedMapping",
    "get_text",
    "make_list",
    "make_map",
    "to_attribute",
    "to_environment_variable",
    "to_node",
]
