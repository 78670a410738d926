"""The verb `convert`: definitions in any form that is read become a document in another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from authscribe.build import formatting
from authscribe.build.templates import Templates, render_file
from authscribe.commands.output import Output, emit_report
from authscribe.encoders.json import json_document
from authscribe.encoders.language import Language
from authscribe.encoders.yaml import yaml_document
from authscribe.findings.finding import DefinitionError, Finding, Place, Severity, sort_findings
from authscribe.findings.rules.not_carried_over import report_not_carried_over, report_withheld
from authscribe.findings.rules.nothing_defined import report_nothing_defined
from authscribe.model.draft import Draft, KeyOutcome, Noun, Outcome
from authscribe.readers.registry import read_source
from authscribe.report.exit_codes import WRONG_INPUT, choose_exit_code
from authscribe.report.model import Report
from authscribe.resolve.export import account_keys, account_page_keys, defined_ids, export_definitions
from authscribe.resolve.recovery import drop_mistaken
from authscribe.targets.docs import plan_schemes_page
from authscribe.workspace.load import LoadedSources, load_sources
from authscribe.workspace.options import Options
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import Workspace, find_workspace

_DATA: Final[Mapping[str, Callable[[object], str]]] = {
    "yaml": yaml_document,
    "json": json_document,
}
_LEFT_OUT: Final = "left-out"
_PAGES: Final = {"rst": Language.RST, "markdown": Language.MARKDOWN}
CONVERT_FORMATS: Final = (*_DATA, *_PAGES)


@dataclass(frozen=True, slots=True)
class ConvertRequest:
    """What is converted, a file, folder or pattern as in the sources, and to which of `FORMATS`."""

    source: str
    format: str


@dataclass(frozen=True, slots=True)
class _Converted:
    text: str
    carried: tuple[KeyOutcome, ...]
    findings: tuple[Finding, ...] = ()


def run_convert(options: Options, request: ConvertRequest, write: Callable[[str], None], output: Output) -> int:
    """Writes the document with `write`, and to the output what became of each key of the source.

    The other sources of the options are only what its definitions refer to.
    """
    loaded = LoadedSources((), {}, {})
    try:
        own = find_workspace(options._replace(sources=(request.source,)), Path.cwd())
        found = find_workspace(options._replace(sources=(request.source, *options.sources)), Path.cwd())
        loaded = load_sources(found.sources)
        drafts, left_out = _drafts(loaded, own)
        converted = _document(request, drafts) if request.format in _DATA else _page(request, drafts, loaded, found)
    except DefinitionError as error:
        emit_report(Report(verb="convert", findings=error.findings), loaded.texts, output)
        return WRONG_INPUT
    write(converted.text)
    remarks = (finding for draft in drafts for finding in draft.findings)
    missing = (found for key in converted.carried for found in _missing(key))
    report = Report(
        verb="convert",
        findings=sort_findings((*remarks, *left_out, *converted.findings, *missing)),
        carried=converted.carried,
    )
    emit_report(report, loaded.texts, output)
    return choose_exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _missing(key: KeyOutcome) -> Iterator[Finding]:
    """What is said of a key that the document that was made does not hold."""
    if key.fate is Outcome.LOST:
        yield report_not_carried_over(key.pointer, key.reason, key.place)
    if key.fate is Outcome.WITHHELD:
        yield report_withheld(key.pointer, key.place)


def _drafts(loaded: LoadedSources, own: Workspace) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    """What is converted, and what is said of what is left out where the run keeps going.

    Raises DefinitionError when otherwise some of it cannot be read, or nothing is defined in it.
    """
    paths = {file.path for file in own.sources if not file.is_shipped}
    drafts = tuple(draft for draft in loaded.drafts if draft.path in paths)
    findings = [finding for draft in drafts for finding in draft.findings]
    if not findings and not any(draft.definitions for draft in drafts):
        findings.append(report_nothing_defined(Place(", ".join(sorted(paths)))))
    kept, said = drop_mistaken(drafts, findings)
    if said and not (own.keep_going and any(draft.definitions for draft in kept)):
        raise DefinitionError(findings)
    return kept, said


def _document(request: ConvertRequest, drafts: Sequence[Draft]) -> _Converted:
    text = _DATA[request.format](export_definitions(drafts))
    return _Converted(text, tuple(account_keys(drafts)))


def _page(request: ConvertRequest, drafts: Sequence[Draft], loaded: LoadedSources, found: Workspace) -> _Converted:
    """A page with the tables of the schemes; what it says is what reading it gives back."""
    resolution = resolve_sources(loaded, found)
    usable = {Noun.SCHEME: resolution.schemes, Noun.CONNECTOR: resolution.connectors}
    chosen = {
        noun: [identifier for identifier in defined_ids(drafts, noun) if identifier in nodes]
        for noun, nodes in usable.items()
    }
    schemes = tuple(s for s in resolution.catalogue.schemes if s.id in chosen[Noun.SCHEME])
    planned = plan_schemes_page(schemes, _PAGES[request.format], is_owned=True)
    text = "".join(formatting.tidy_pieces(render_file(planned, Templates(found.templates, found.root)).pieces))
    accounts = account_page_keys(
        [resolution.schemes[identifier] for identifier in chosen[Noun.SCHEME]],
        [resolution.connectors[identifier] for identifier in chosen[Noun.CONNECTOR]],
        read_source(planned.path, text),
    )
    lost = (key for draft in drafts for key in draft.carried if key.fate in (Outcome.LOST, Outcome.WITHHELD))
    said = (f for f in resolution.findings if f.severity is Severity.ERROR or f.code == _LEFT_OUT)
    return _Converted(text, (*accounts, *lost), tuple(said))
