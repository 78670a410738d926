"""Command `convert`: definitions in any supported format become a document in another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from authscribe.adopt import begin_definitions
from authscribe.build import formatting
from authscribe.build.templates import Templates, render_file
from authscribe.commands.invocation import Definitions, read_definitions, read_platform, run_reporting
from authscribe.commands.output import Output
from authscribe.connectors.context import create_context
from authscribe.connectors.file_trees import find_folders, names_folders
from authscribe.connectors.reader import ConnectorReader
from authscribe.encoders.json import encode_json_document
from authscribe.encoders.language import Language
from authscribe.encoders.yaml import encode_yaml_document
from authscribe.findings.finding import DefinitionError, Finding, Place, Severity, sort_findings
from authscribe.findings.rules.not_carried_over import report_not_carried_over, report_withheld
from authscribe.findings.rules.nothing_defined import report_nothing_defined
from authscribe.findings.source_lines import quoting, select_lines
from authscribe.model.draft import MARKUP_POINTER, Draft, KeyOutcome, Noun, Outcome
from authscribe.readers.registry import read_source
from authscribe.readers.text import mask_texts
from authscribe.report.model import Report, Verb
from authscribe.resolve.export import (
    LEFT_OUT,
    account_keys,
    account_page_keys,
    export_definitions,
    leave_out_extras,
    list_defined_ids,
)
from authscribe.resolve.merge import SETTING_LISTS
from authscribe.resolve.recovery import drop_mistaken
from authscribe.resolve.value_checks import check_values
from authscribe.targets.docs import build_source_section, plan_schemes_page
from authscribe.workspace.command_options import Options
from authscribe.workspace.load import LoadedSources, list_values
from authscribe.workspace.workspace import Workspace, find_workspace

_DATA: Final[Mapping[str, Callable[[object], str]]] = {
    "yaml": encode_yaml_document,
    "json": encode_json_document,
}
_INDEX: Final = re.compile(r"(?<=/)[0-9]+(?=/|$)")
_NAME: Final = re.compile(
    rf"(?:(?<=^/schemes/)|(?<=^/connectors/)|{'|'.join(rf'(?<=/{key}/)' for key in SETTING_LISTS)})[^/]+"
)
_REPORTED: Final = ("left-out", "wording-differs")
_PAGES: Final = {"rst": Language.RST, "markdown": Language.MARKDOWN}
CONVERT_FORMATS: Final = (*_DATA, *_PAGES)


@dataclass(frozen=True, slots=True)
class ConvertRequest:
    """Input to convert (a file, folder or pattern, as in the sources, or a connector), and one of `CONVERT_FORMATS`.

    `extras` is one of `EXTRAS_CHOICES`.
    """

    source: str
    format: str
    extras: str


@dataclass(frozen=True, slots=True)
class _Converted:
    text: str
    key_outcomes: tuple[KeyOutcome, ...]
    findings: tuple[Finding, ...] = ()


def run_convert(options: Options, request: ConvertRequest, write: Callable[[str], None], output: Output) -> int:
    """Write the document with `write`, and report what became of each key of the source.

    The other sources of the options only provide what the definitions refer to.
    """
    return run_reporting(Verb.CONVERT, output, lambda: _convert(options, request, write))


def _convert(options: Options, request: ConvertRequest, write: Callable[[str], None]) -> Report:
    is_connector = options.source_format is None and names_folders(
        request.source, Path.cwd(), partial(read_platform, options)
    )
    return _convert_connectors(options, request, write) if is_connector else _convert_sources(options, request, write)


def _convert_connectors(options: Options, request: ConvertRequest, write: Callable[[str], None]) -> Report:
    """Begin the definition of each connector that the source names."""
    with read_definitions(options) as definitions:
        resolution = definitions.resolve(tolerant=True)
        reader = ConnectorReader.from_platform(resolution.catalogue.platform)
        folders = tuple(find_folders(request.source, Path.cwd(), reader.platform))
        snapshots = [reader.read(folder) for folder in folders]
    texts = {path: text for snapshot in snapshots for path, text in snapshot.texts.items()}
    drafts = tuple(begin_definitions(create_context(snapshot, resolution), reader) for snapshot in snapshots)
    texts = mask_texts(texts, list_values(drafts))
    with quoting(texts, definitions.workspace.files):
        if not any(draft.definitions for draft in drafts):
            raise DefinitionError([finding for draft in drafts for finding in draft.findings])
        extended = definitions._replace(loaded=_add_drafts(definitions.loaded, drafts, texts))
        converted = _write_drafts(request, drafts, extended)
    return _report(converted, drafts, (), extended, write)


def _add_drafts(loaded: LoadedSources, drafts: Sequence[Draft], texts: Mapping[str, str]) -> LoadedSources:
    """Return the sources and the begun definitions, whose mistakes do not keep a page from being written."""
    begun = (draft._replace(findings=()) for draft in drafts)
    return loaded._replace(drafts=(*loaded.drafts, *begun), texts={**loaded.texts, **texts})


def _convert_sources(options: Options, request: ConvertRequest, write: Callable[[str], None]) -> Report:
    own = find_workspace(options._replace(sources=(request.source,)), Path.cwd())
    with read_definitions(options._replace(sources=(request.source, *options.sources))) as definitions:
        loaded = definitions.loaded._replace(drafts=leave_out_extras(definitions.loaded.drafts, request.extras))
        drafts, left_out = _select_drafts(loaded, own, is_data=request.format in _DATA)
        converted = _write_drafts(request, drafts, definitions._replace(loaded=loaded))
    return _report(converted, drafts, left_out, definitions, write)


def _write_drafts(request: ConvertRequest, drafts: Sequence[Draft], definitions: Definitions) -> _Converted:
    is_data = request.format in _DATA
    return _to_data(request, drafts) if is_data else _to_page(request, drafts, definitions)


def _report(
    converted: _Converted,
    drafts: Sequence[Draft],
    left_out: Sequence[Finding],
    definitions: Definitions,
    write: Callable[[str], None],
) -> Report:
    """Write the document, and report what it does not hold."""
    write(converted.text)
    remarks = (finding for draft in drafts for finding in draft.findings)
    findings = sort_findings((
        *remarks,
        *left_out,
        *converted.findings,
        *_report_lost(converted.key_outcomes),
        *_report_withheld(converted.key_outcomes),
    ))  # fmt: skip
    return Report(
        verb=Verb.CONVERT,
        findings=findings,
        key_outcomes=converted.key_outcomes,
        lines=select_lines(findings, definitions.loaded.texts),
        sources=definitions.workspace.files,
    )


def _report_lost(keys: Iterable[KeyOutcome]) -> Iterator[Finding]:
    """Yield a finding for each kind of key that the new document does not hold, unless the user asked for that.

    The reader of a page has reported its markup already.
    """
    groups: dict[tuple[str, str], list[KeyOutcome]] = {}
    for key in keys:
        if key.outcome is Outcome.LOST and key.pointer != MARKUP_POINTER and key.reason != LEFT_OUT:
            groups.setdefault((_find_kind(key.pointer), key.reason), []).append(key)
    for (kind, reason), (first, *others) in groups.items():
        yield report_not_carried_over(kind if others else first.pointer, reason, first.place, 1 + len(others))


def _report_withheld(keys: Iterable[KeyOutcome]) -> Iterator[Finding]:
    """Yield a finding for each kind of key in a source whose values are withheld.

    A collection may have hundreds of variables. The reader has reported a part of a text, which has no key, already.
    """
    groups: dict[tuple[str, str], list[KeyOutcome]] = {}
    for key in keys:
        if key.outcome is Outcome.WITHHELD and key.pointer:
            groups.setdefault((key.place.path, _find_kind(key.pointer)), []).append(key)
    for (_, kind), (first, *others) in groups.items():
        yield report_withheld(kind if others else first.pointer, first.place, 1 + len(others))


def _find_kind(pointer: str) -> str:
    """Return a pointer that keys of one kind share.

    In it, `*` replaces indices and, in definitions, the names of these and of their settings.
    """
    is_in_definition = pointer.startswith(tuple(f"/{noun.value}/" for noun in (Noun.SCHEME, Noun.CONNECTOR)))
    return _INDEX.sub("*", _NAME.sub("*", pointer) if is_in_definition else pointer)


def _select_drafts(
    loaded: LoadedSources, own: Workspace, *, is_data: bool
) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    """Return the drafts to convert, and findings for definitions that are left out because the run keeps going.

    Raises DefinitionError when some of the source cannot be read otherwise, or when it defines nothing.
    """
    paths = {file.path for file in own.sources if not file.is_shipped}
    drafts = tuple(draft for draft in loaded.drafts if draft.path in paths)
    findings = [finding for draft in drafts for finding in draft.findings]
    # A page is rendered from the catalogue, whose resolution finds mistakes in values.
    findings += check_values(drafts) if is_data else ()
    has_mistakes = any(finding.severity is Severity.ERROR for finding in findings)
    if not has_mistakes and not any(draft.definitions for draft in drafts):
        findings.append(report_nothing_defined(Place(", ".join(sorted(paths)))))
    kept, left_out = drop_mistaken(drafts, findings)
    if left_out and not (own.keep_going and any(draft.definitions for draft in kept)):
        raise DefinitionError(findings)
    return kept, left_out


def _to_data(request: ConvertRequest, drafts: Sequence[Draft]) -> _Converted:
    exported = export_definitions(drafts)
    return _Converted(_DATA[request.format](exported.document), tuple(account_keys(drafts)), exported.findings)


def _to_page(request: ConvertRequest, drafts: Sequence[Draft], definitions: Definitions) -> _Converted:
    """Render a page with the tables of the schemes, and read it back to account for each key."""
    resolution, workspace = definitions.resolve(), definitions.workspace
    usable = {Noun.SCHEME: resolution.schemes, Noun.CONNECTOR: resolution.connectors}
    chosen = {
        noun: [identifier for identifier in list_defined_ids(drafts, noun) if identifier in nodes]
        for noun, nodes in usable.items()
    }
    sections = (build_source_section(s) for s in resolution.catalogue.schemes if s.id in chosen[Noun.SCHEME])
    planned = plan_schemes_page(sections, _PAGES[request.format], is_owned=True)
    rendered = render_file(planned, Templates(workspace.templates))
    text = "".join(formatting.format_pieces(rendered.pieces, planned.language))
    accounts = account_page_keys(
        [resolution.schemes[identifier] for identifier in chosen[Noun.SCHEME]],
        [resolution.connectors[identifier] for identifier in chosen[Noun.CONNECTOR]],
        read_source(planned.path, text),
    )
    lost = (key for draft in drafts for key in draft.key_outcomes if key.outcome in (Outcome.LOST, Outcome.WITHHELD))
    findings = (f for f in resolution.findings if f.severity is Severity.ERROR or f.code in _REPORTED)
    return _Converted(text, (*accounts, *lost), tuple(findings))
