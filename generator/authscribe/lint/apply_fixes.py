"""Apply fixes, each only if it removes its finding and makes nothing else worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from authscribe.connectors.file_trees import ConnectorFolder, DirectoryTree, Tree
from authscribe.edits.apply import apply_edits
from authscribe.findings.finding import Edit, Finding, Fix, Place, Severity


@dataclass(frozen=True)
class OverlaidTree:
    """Tree in which some files have other contents, for trying a fix without writing it."""

    tree: Tree
    contents: Mapping[str, bytes] = field(repr=False)

    def list_paths(self, below: str) -> Iterator[str]:
        """Yield the paths of the tree."""
        return self.tree.list_paths(below)

    def read(self, path: str, place: Place) -> bytes | Finding | None:
        """Return the other content of a file, or what the tree has."""
        return self.contents[path] if path in self.contents else self.tree.read(path, place)


@dataclass(frozen=True, slots=True)
class FixedFolder:
    """Connector after its fixes: the folder with the new contents, these by path, and the number of fixes.

    `shown` are the paths of the contents in findings.
    """

    folder: ConnectorFolder
    contents: Mapping[Path, bytes]
    count: int
    shown: Mapping[Path, str] = field(default_factory=dict)


def fix_folder(
    folder: ConnectorFolder, lint: Callable[[ConnectorFolder], Sequence[Finding]], *, unsafe: bool
) -> FixedFolder:
    """Return the connector with its fixes; only folders on the disk have any.

    `lint` returns the findings that may be fixed.
    """
    if not isinstance(folder.tree, DirectoryTree):
        return FixedFolder(folder, {}, 0)
    tree, shown = folder.tree, folder.show_path("")

    def locate(path: str) -> str:
        return f"{folder.prefix}{path.removeprefix(shown)}"

    def read(path: str) -> bytes | None:
        data = tree.read(locate(path), Place(path)) if path.startswith(shown) else None
        return data if isinstance(data, bytes) else None

    def overlay(contents: Mapping[str, bytes]) -> ConnectorFolder:
        inner = {locate(path): content for path, content in contents.items()}
        return replace(folder, tree=OverlaidTree(tree, inner)) if inner else folder

    contents, count = apply_fixes(lambda contents: lint(overlay(contents)), read, unsafe=unsafe)
    paths = {tree.root / locate(path): path for path in contents}
    return FixedFolder(overlay(contents), {file: contents[path] for file, path in paths.items()}, count, paths)


def apply_fixes(
    lint: Callable[[Mapping[str, bytes]], Sequence[Finding]], read: Callable[[str], bytes | None], *, unsafe: bool
) -> tuple[dict[str, bytes], int]:
    """Return the new contents of files, by their paths in findings, and the number of findings that they fix.

    `lint` returns the findings if some files have other contents; `read` returns the bytes of a file that may be
    changed, or None. One fix is tried at a time, since it may move or change the places of others. A fix that does not
    remove its finding, or makes anything worse, is not applied.
    """
    contents: dict[str, bytes] = {}
    refused: set[Fix] = set()
    count = 0
    findings = lint(contents)
    while (finding := _find_next(findings, refused, unsafe=unsafe)) is not None:
        assert finding.fix is not None  # noqa: S101 - it has been chosen for its fix
        changed = _apply(finding.fix, contents, read)
        candidate = {**contents, **changed}
        after = lint(candidate) if changed else findings
        if changed and _is_better(finding, findings, after):
            contents, findings, count = candidate, after, count + 1
        else:
            refused.add(finding.fix)
    return contents, count


def _find_next(findings: Sequence[Finding], refused: set[Fix], *, unsafe: bool) -> Finding | None:
    for finding in findings:
        if finding.fix is not None and (finding.fix.is_safe or unsafe) and finding.fix not in refused:
            return finding
    return None


def _apply(fix: Fix, contents: Mapping[str, bytes], read: Callable[[str], bytes | None]) -> dict[str, bytes]:
    """Return the new content of each file that a fix changes; empty if it changes a file that must not be changed."""
    edits: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        edits.setdefault(edit.place.path, []).append(edit)
    before = {path: contents[path] if path in contents else read(path) for path in edits}
    return {
        path: apply_edits(data, edits[path])
        for path, data in before.items()
        if data is not None and None not in before.values()
    }


def _is_better(fixed: Finding, before: Sequence[Finding], after: Sequence[Finding]) -> bool:
    """Return whether a finding is gone, without further errors or warnings, or more findings than before."""
    old, new = (Counter(_identify(finding) for finding in findings) for findings in (before, after))
    is_worse = any(severity is not Severity.INFO for severity, *_ in new - old)
    return new[_identify(fixed)] < old[_identify(fixed)] and not is_worse and len(after) < len(before)


def _identify(finding: Finding) -> tuple[Severity, str, str, str]:
    """Return what tells a finding from others, apart from its line, which a fix may move."""
    return finding.severity, finding.code, finding.message, finding.place.path
