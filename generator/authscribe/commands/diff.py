"""Command `diff`: what changed between two sets of definitions or two revisions of connectors, and what it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from authscribe.adopt import adopt_connector, adopt_connectors
from authscribe.changes.change import Change
from authscribe.changes.compare import Users, add_user, compare_catalogues, find_affected, index_users
from authscribe.changes.connectors import compare_contexts
from authscribe.changes.effects import choose_semver
from authscribe.changes.places import ChangeLocator, list_withheld_places
from authscribe.changes.renames import ROLES
from authscribe.changes.verdicts import Audience, Verdict
from authscribe.commands.invocation import Definitions, read_definitions, read_platform, run_reporting
from authscribe.commands.output import Output
from authscribe.connectors.context import ConnectorContext, create_context
from authscribe.connectors.file_trees import (
    ConnectorFolder,
    find_folders,
    names_folders,
    split_argument,
)
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.revision_sources import load_revision, require_repository
from authscribe.connectors.selection import (
    leave_out_removed,
    select_configured,
    select_in_revision,
    select_in_working_copy,
)
from authscribe.drift.recorded import recall_connectors
from authscribe.findings.finding import DefinitionError, Files, Finding, Place, sort_findings
from authscribe.findings.rules.breaking_change import report_breaking_change
from authscribe.findings.rules.definition_changed import report_definition_changed
from authscribe.findings.rules.documentation_changed import report_documentation_changed
from authscribe.findings.rules.left_out import report_not_compared
from authscribe.findings.rules.nothing_defined import report_nothing_defined
from authscribe.findings.rules.security_weakened import report_security_weakened
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.findings.source_lines import quoting, select_lines
from authscribe.findings.suggestions import Impact
from authscribe.model.draft import DefinitionDraft, Draft, Noun, make_pointer
from authscribe.readers.text import mask_texts
from authscribe.report.changelog import render_changelog
from authscribe.report.facts import ChangeFacts
from authscribe.report.model import Report, Verb
from authscribe.resolve.resolver import Resolution
from authscribe.runtime.paths import show_path
from authscribe.workspace.command_options import Options
from authscribe.workspace.resolve import resolve_platform, resolve_sources
from authscribe.workspace.workspace import Workspace, find_workspace

_REPORTS: Final = {
    Verdict.SECURITY_WEAKENED: report_security_weakened,
    Verdict.BREAKING: report_breaking_change,
    Verdict.COMPATIBLE: report_definition_changed,
    Verdict.DOCUMENTATION: report_documentation_changed,
}


@dataclass(frozen=True, slots=True)
class DiffRequest:
    """Two sides, each a path as in the sources or a revision; without `new`, the sources as they are now.

    `changelog` is the file to write the changes to.
    """

    old: str
    new: str | None = None
    changelog: Path | None = None


_Located: TypeAlias = tuple[Change, Place | None]
"""Change and its place, if the definitions do not have it."""


class _Side(NamedTuple):
    """One of the two sides: its definitions, and the texts and files that they come from."""

    resolution: Resolution
    texts: Mapping[str, str]
    files: Files


def run_diff(options: Options, request: DiffRequest, output: Output) -> int:
    """Report every change as a finding, whose rule is the verdict."""
    return run_reporting(Verb.DIFF, output, lambda: _diff(options, request))


def _diff(options: Options, request: DiffRequest) -> Report:
    is_about_connectors = _names_connectors(options, request)
    report = _compare_connectors(options, request) if is_about_connectors else _compare(options, request)
    if request.changelog is not None:
        request.changelog.write_text(render_changelog(report), encoding="utf-8", newline="\n")
    return report


def _compare(options: Options, request: DiffRequest) -> Report:
    before = _read_side(options, request.old)
    with quoting(before.loaded.texts, before.workspace.files):
        old = before.resolve()
        after = _read_side(options, request.new)
        with quoting(after.loaded.texts, after.workspace.files):
            new = after.resolve()
    if not any((side.catalogue.schemes or side.catalogue.connectors) for side in (old, new)):
        raise DefinitionError((report_nothing_defined(Place(request.old)),))
    changes = [(change, None) for change in compare_catalogues(old.catalogue, new.catalogue)]
    sides = (
        _Side(old, before.loaded.texts, before.workspace.files),
        _Side(new, after.loaded.texts, after.workspace.files),
    )
    users = index_users((old.catalogue, new.catalogue))
    if changes:
        _add_folders(users, request, after.workspace, (old, new))
    connectors = _compare_configured(request, after)
    report = _report_changes((*changes, *connectors.changes), (*sides, *connectors.sides), users)
    return report._replace(findings=sort_findings((*report.findings, *connectors.left_out)))


class _ConnectorChanges(NamedTuple):
    """Changes of connectors, the sides that have them, and findings about connectors that are left out."""

    changes: tuple[_Located, ...] = ()
    sides: tuple[_Side, ...] = ()
    left_out: tuple[Finding, ...] = ()


def _compare_configured(request: DiffRequest, definitions: Definitions) -> _ConnectorChanges:
    """Compare the connectors that the configuration lists, both sides by the new definitions.

    Those with errors on one side are left out; all are, if either side is a path of definitions.
    """
    workspace = recall_connectors((), definitions.workspace)
    has_paths = any(each is not None and is_path(each, Path.cwd()) for each in (request.old, request.new))
    if has_paths or not (workspace.connectors or workspace.recorded):
        return _ConnectorChanges()
    definitions = definitions._replace(workspace=workspace)
    folders = [_select_folders(argument, definitions, request.old) for argument in (request.old, request.new)]
    broken = {place: name for each in folders for name, place in _find_broken(each, definitions)}
    kept = ([folder for folder in each if folder.name not in broken.values()] for each in folders)
    old, new = (_adopt(each, definitions) for each in kept)
    left_out = tuple(report_not_compared(name, place) for place, name in broken.items())
    return _ConnectorChanges(tuple(_compare_adopted(old, new)), (old.side, new.side), left_out)


def _select_folders(revision: str | None, definitions: Definitions, old: str) -> tuple[ConnectorFolder, ...]:
    """Return the connectors of a revision, or those on disk that lie in the repository.

    Some that the revision `old` has may not be on disk any more.
    """
    workspace = definitions.workspace
    platform = resolve_platform(definitions.loaded, workspace)
    repository = require_repository(workspace, revision or "")
    if revision is None:
        return select_in_working_copy(leave_out_removed(workspace, platform, repository, old), platform, repository)
    return select_in_revision(workspace, platform, repository, revision)


def _find_broken(folders: Iterable[ConnectorFolder], definitions: Definitions) -> Iterator[tuple[str, Place]]:
    """Yield the names and the manifests of the connectors of which no definition can be made."""
    resolution = definitions.resolve()
    reader = ConnectorReader.from_platform(resolution.catalogue.platform)
    for folder in folders:
        snapshot = reader.read(folder)
        if not adopt_connector(create_context(snapshot, resolution), reader).definitions:
            yield snapshot.name, snapshot.place


def _add_folders(users: Users, request: DiffRequest, workspace: Workspace, resolutions: Sequence[Resolution]) -> None:
    """Add the configured connectors on disk to the users of the scheme and flags that each has in a resolution."""
    platform = resolutions[-1].catalogue.platform
    reader = ConnectorReader.from_platform(platform)
    workspace = recall_connectors((), workspace)
    if not is_path(request.old, Path.cwd()):
        repository = require_repository(workspace, request.old)
        workspace = leave_out_removed(workspace, platform, repository, request.old)
    for folder in select_configured(workspace, platform).require():
        snapshot = reader.read(folder)
        for resolution in resolutions:
            context = create_context(snapshot, resolution)
            name = context.definition.id if context.definition is not None else snapshot.name
            schemes = (context.scheme.id,) if context.scheme is not None else ()
            add_user(users, name, schemes, (flag.name for flag in context.flags))


def _report_changes(changes: Iterable[_Located], sides: Sequence[_Side], users: Users) -> Report:
    """Return the report on changes."""
    locators = [ChangeLocator(side.resolution) for side in sides]
    reported = {_report_change(change, place, locators, users): change.effect for change, place in changes}
    findings = sort_findings(finding for finding, _ in reported)
    return Report(
        verb=Verb.DIFF,
        findings=findings,
        changes=tuple(facts for _, facts in sorted(reported, key=lambda pair: pair[0].order)),
        semver=choose_semver(reported.values()),
        lines=select_lines(findings, _mask_texts(sides)),
        sources={path: file for side in sides for path, file in side.files.items()},
    )


def _mask_texts(sides: Sequence[_Side]) -> dict[str, str]:
    """Return the texts of the sides without values that may be secret."""
    texts = {path: text for side in sides for path, text in side.texts.items()}
    return mask_texts(texts, list_withheld_places(side.resolution for side in sides))


def _report_change(
    change: Change, place: Place | None, locators: Sequence[ChangeLocator], users: Users
) -> tuple[Finding, ChangeFacts]:
    located = (locator.find_place(change.keys) for locator in reversed(locators))
    place = place or next((each for each in located if each is not None), Place(""))
    connectors = tuple(sorted(find_affected(users, change.keys)))
    effect = change.effect
    breaks = tuple(audience for audience in Audience if audience in effect.breaks)
    impact = Impact(breaks, effect.needs_login, connectors)
    facts = ChangeFacts(
        verdict=effect.verdict,
        breaks=breaks,
        needs_login=effect.needs_login,
        message=change.message,
        pointer=make_pointer(change.keys),
        old=change.old,
        new=change.new,
        path=place.path,
        line=place.line or None,
        connectors=connectors,
    )
    noun, identifier, *rest = change.keys
    finding = _REPORTS[effect.verdict](change.message, place, impact)._replace(
        scheme=identifier if noun == "schemes" else None,
        connector=identifier if noun == "connectors" else None,
        name=rest[1] if rest[1:] and rest[0] in ROLES else None,
    )
    return finding, facts


def _names_connectors(options: Options, request: DiffRequest) -> bool:
    """Return whether an argument names connectors: `REPO@REV`, an archive, or a folder with a manifest."""
    arguments = [argument for argument in (request.old, request.new) if argument is not None]
    get_platform = partial(read_platform, options)
    return any(names_folders(argument, Path.cwd(), get_platform) for argument in arguments)


def _compare_connectors(options: Options, request: DiffRequest) -> Report:
    """Compare what connectors state about authentication; without a new side, with their folder as it is now."""
    new = request.new if request.new is not None else _find_working_copy(request.old)
    with read_definitions(options) as definitions:
        platform = resolve_platform(definitions.loaded, definitions.workspace)
        before, after = (tuple(find_folders(argument, Path.cwd(), platform)) for argument in (request.old, new))
        if len(before) == len(after) == 1:
            before = (replace(before[0], name=after[0].name),)
        drafts = (draft._replace(definitions=_drop_connectors(draft)) for draft in definitions.loaded.drafts)
        undefined = definitions._replace(loaded=definitions.loaded._replace(drafts=tuple(drafts)))
        old, new_side = (_adopt(folders, undefined) for folders in (before, after))
    return _report_changes(_compare_adopted(old, new_side), (old.side, new_side.side), {})


def _compare_adopted(old: _AdoptedSide, new: _AdoptedSide) -> Iterator[_Located]:
    """Yield the changes of the definitions that connectors give, and of what the connectors use."""
    yield from ((change, None) for change in compare_catalogues(*(side.resolution.catalogue for side, _ in (old, new))))
    yield from compare_contexts(old.contexts, new.contexts)


def _find_working_copy(argument: str) -> str:
    """Return the folder of `REPO@REV`; raises DefinitionError for an argument that is no revision."""
    if (Path.cwd() / argument).exists():
        problem, remedy = "there is nothing to compare the connector with", "give two connectors, or REPO@REV"
        raise DefinitionError((report_wrong_value("OLD", Place(argument), problem, remedy),))
    return show_path(split_argument(argument, Path.cwd())[0], Path.cwd())


class _AdoptedSide(NamedTuple):
    """Connectors of one side as definitions, and as they were read."""

    side: _Side
    contexts: tuple[ConnectorContext, ...]


def _adopt(folders: Sequence[ConnectorFolder], definitions: Definitions) -> _AdoptedSide:
    """Return the definitions, and the connectors in these folders."""
    adopted = adopt_connectors(definitions.loaded, folders, definitions.workspace)
    with quoting(adopted.texts, definitions.workspace.files):
        resolution = resolve_sources(adopted, definitions.workspace, tolerant=True)
    reader = ConnectorReader.from_platform(resolution.catalogue.platform)
    contexts = tuple(create_context(reader.read(folder), resolution) for folder in folders)
    return _AdoptedSide(_Side(resolution, adopted.texts, definitions.workspace.files), contexts)


def _drop_connectors(draft: Draft) -> tuple[DefinitionDraft, ...]:
    return tuple(definition for definition in draft.definitions if definition.noun is not Noun.CONNECTOR)


def _read_side(options: Options, argument: str | None) -> Definitions:
    if argument is not None and not is_path(argument, Path.cwd()):
        workspace = find_workspace(options, Path.cwd())
        return Definitions(workspace, load_revision(argument, workspace, options))
    if argument is not None:
        options = options._replace(sources=(argument,))
    with read_definitions(options) as definitions:
        return definitions


def is_path(argument: str, directory: Path) -> bool:
    """Return whether an argument names files rather than a revision: something is there, or it is a pattern."""
    return (bool(argument) and (directory / argument).exists()) or any(character in argument for character in "*?[")
