"""Read back the documents of targets that have one for each definition, as a reader of another system reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from authscribe.findings.finding import Place
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.draft import Draft, MapNode, Noun, to_node
from authscribe.model.standalone import align_definition, isolate_definition
from authscribe.model.validation import ModelT, validate
from authscribe.readers.registry import DATA_FORMATS
from authscribe.targets.plan import PlannedFile
from authscribe.targets.registry import READ_BACK, TARGETS


class DefinitionDocument(NamedTuple):
    """Definition as its document states it, and what the document is read as, under the same ids, if it is usable."""

    stated: Catalogue
    read: Catalogue | None


def read_document(catalogue: Catalogue, definition: Scheme | Connector, target: str) -> DefinitionDocument:
    """Return a definition and what reading its document in a target makes of it."""
    (file,) = _plan_document(catalogue, definition, target)
    stated = isolate_definition(catalogue, definition)
    read = _read_file(file, stated)
    return DefinitionDocument(stated, align_definition(read, stated) if read is not None else None)


def _plan_document(catalogue: Catalogue, definition: Scheme | Connector, target: str) -> Iterable[PlannedFile]:
    plan = TARGETS[target]()
    if isinstance(definition, Scheme):
        return plan.plan_scheme(catalogue, definition)
    return plan.plan_connector(catalogue, definition)


def _read_file(file: PlannedFile, stated: Catalogue) -> Catalogue | None:
    """Return the definitions that a planned file is read as, for the same platform; None if one has mistakes."""
    node = to_node(file.view, Place(file.path))
    if not isinstance(node, MapNode):
        return None
    draft = DATA_FORMATS[READ_BACK[file.target].format]().draft(file.path, node)
    schemes, connectors = _validate_all(draft, Noun.SCHEME, Scheme), _validate_all(draft, Noun.CONNECTOR, Connector)
    is_whole = len(schemes) + len(connectors) == len(draft.definitions)
    return replace(stated, schemes=schemes, connectors=connectors) if is_whole and len(connectors) == 1 else None


def _validate_all(draft: Draft, noun: Noun, kind: type[ModelT]) -> tuple[ModelT, ...]:
    models = (validate(each.node, kind)[0] for each in draft.select(noun))
    return tuple(model for model in models if model is not None)
