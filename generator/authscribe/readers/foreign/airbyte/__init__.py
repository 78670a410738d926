"""Read Airbyte connectors: the specification of a connection, and the manifest whose authenticators use it.

A declarative manifest holds its specification, or has it in a file beside it: `spec.yaml` or `spec.json`. As in
airbyte-cdk, its own one counts if it has both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePath
from typing import Final

from authscribe.findings.rules.syntax_error import RULE as SYNTAX_ERROR
from authscribe.model.draft import Draft, MapNode
from authscribe.readers.foreign.airbyte.shape import MANIFEST, is_airbyte, is_part
from authscribe.readers.foreign.tracking import TrackedMapping

_SUPPORTING: Final = frozenset(
    {
        "acceptance-test-config.yml", "integration_tests", "metadata.yaml", "pyproject.toml", "sample_files", "schemas",
        "unit_tests",
    }
)  # fmt: skip
"""Files and folders of a connector that tell nothing about its authentication: its registration, its package, its tests
and the records of its streams (https://docs.airbyte.com/platform/connector-development)."""
_PACKAGES: Final = ("source_", "destination_")
"""Beginnings of the name of the package that the folder of a connector in Python has its documents in."""


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Return whether the document is a connection specification or a declarative manifest."""
    return is_airbyte(node)


def draft(path: str, node: MapNode) -> Draft:
    """Return one connector, with a scheme for each way to authenticate."""
    # Imported for a document of Airbyte: the reader needs Jinja, which costs as much as a small run.
    from authscribe.readers.foreign.airbyte.connector import draft_connector

    return draft_connector(path, node)._replace(document=node if is_part(path, node) else None)


def together(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Return the drafts, reading a manifest again together with the specification in the one file beside it.

    The two become the connector of the manifest; the draft of the specification keeps only the outcomes of its keys.
    Other documents in the folder of a connector that no reader knows define nothing, but must be correct.
    """
    manifests: dict[PurePath, list[Draft]] = {}
    specifications: dict[PurePath, list[Draft]] = {}
    for draft in drafts:
        path = PurePath(draft.path)
        if draft.document is not None and is_part(draft.path, draft.document):
            group = manifests if path.stem == MANIFEST else specifications
            group.setdefault(path.parent, []).append(draft)
    replaced: dict[str, Draft] = {}
    for folder, (manifest, *others) in manifests.items():
        beside = specifications.get(folder, [])
        if len(beside) == 1 and not others:
            replaced |= _read_pair(manifest, beside[0])
    roots = {_find_root(folder) for folder in (*manifests, *specifications)}
    replaced |= {draft.path: _drop_content(draft) for draft in drafts if roots and _is_supporting(draft, roots)}
    return tuple(replaced.get(draft.path, draft) for draft in drafts)


def _find_root(folder: PurePath) -> PurePath:
    """Return the folder of the connector whose documents are in a folder."""
    return folder.parent if folder.name.startswith(_PACKAGES) else folder


def _is_supporting(draft: Draft, roots: Collection[PurePath]) -> bool:
    """Return whether a source that defines nothing is one of the supporting files below the folder of a connector."""
    if draft.definitions:
        return False
    path = PurePath(draft.path)
    names = (path.relative_to(folder).parts for folder in path.parents if folder in roots)
    return any(not _SUPPORTING.isdisjoint(parts) for parts in names)


def _drop_content(draft: Draft) -> Draft:
    return Draft(draft.path, findings=tuple(each for each in draft.findings if each.code == SYNTAX_ERROR.code))


def _read_pair(manifest: Draft, specification: Draft) -> dict[str, Draft]:
    """Return the new drafts of a manifest and of its specification, by their paths."""
    from authscribe.readers.foreign.airbyte.connector import draft_connector

    if manifest.document is None or specification.document is None:
        return {}
    spec = TrackedMapping(specification.document)
    connector = draft_connector(manifest.path, manifest.document, spec)
    keys = Draft(specification.path, key_outcomes=tuple(spec.key_outcomes))
    return {manifest.path: connector, specification.path: keys}
