"""The verb `convert`: definitions in any form that is read become a document in another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from authscribe import (
    conversion,
    encoders,
    formatting,
    loading,
    mistakes,
    pipeline,
    readers,
    render,
    salvage,
    workspace,
    writing,
)
from authscribe.draft import Carried, Draft, Fate, Noun
from authscribe.files import Language
from authscribe.finding import DefinitionError, Finding, Place, Severity, ordered
from authscribe.loading import Loaded
from authscribe.report.model import Report, exit_code
from authscribe.targets import docs
from authscribe.verbs.output import WRONG_INPUT, Output, emit
from authscribe.workspace import Options, Workspace

_DATA: Final[Mapping[str, Callable[[object], str]]] = {
    "yaml": writing.yaml_document,
    "json": encoders.json_document,
}
_LEFT_OUT: Final = "left-out"
_PAGES: Final = {"rst": Language.RST, "markdown": Language.MARKDOWN}
FORMATS: Final = (*_DATA, *_PAGES)


@dataclass(frozen=True, slots=True)
class Request:
    """What is converted, a file, folder or pattern as in the sources, and to which of `FORMATS`."""

    source: str
    format: str


@dataclass(frozen=True, slots=True)
class _Converted:
    text: str
    carried: tuple[Carried, ...]
    findings: tuple[Finding, ...] = ()


def run(options: Options, request: Request, write: Callable[[str], None], output: Output) -> int:
    """Writes the document with `write`, and to the output what became of each key of the source.

    The other sources of the options are only what its definitions refer to.
    """
    loaded = Loaded((), {}, {})
    try:
        own = workspace.find(options._replace(sources=(request.source,)), Path.cwd())
        found = workspace.find(options._replace(sources=(request.source, *options.sources)), Path.cwd())
        loaded = loading.load(found.sources)
        drafts, left_out = _drafts(loaded, own)
        converted = _document(request, drafts) if request.format in _DATA else _page(request, drafts, loaded, found)
    except DefinitionError as error:
        emit(Report(verb="convert", findings=error.findings), loaded.texts, output)
        return WRONG_INPUT
    write(converted.text)
    remarks = (finding for draft in drafts for finding in draft.findings)
    missing = (found for key in converted.carried for found in _missing(key))
    report = Report(
        verb="convert",
        findings=ordered((*remarks, *left_out, *converted.findings, *missing)),
        carried=converted.carried,
    )
    emit(report, loaded.texts, output)
    return exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _missing(key: Carried) -> Iterator[Finding]:
    """What is said of a key that the document that was made does not hold."""
    if key.fate is Fate.LOST:
        yield mistakes.not_carried_over(key.pointer, key.reason, key.place)
    if key.fate is Fate.WITHHELD:
        yield mistakes.withheld(key.pointer, key.place)


def _drafts(loaded: Loaded, own: Workspace) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    """What is converted, and what is said of what is left out where the run keeps going.

    Raises DefinitionError when otherwise some of it cannot be read, or nothing is defined in it.
    """
    paths = {file.path for file in own.sources if not file.is_shipped}
    drafts = tuple(draft for draft in loaded.drafts if draft.path in paths)
    findings = [finding for draft in drafts for finding in draft.findings]
    if not findings and not any(draft.definitions for draft in drafts):
        findings.append(mistakes.nothing_defined(Place(", ".join(sorted(paths)))))
    kept, said = salvage.without(drafts, findings)
    if said and not (own.keep_going and any(draft.definitions for draft in kept)):
        raise DefinitionError(findings)
    return kept, said


def _document(request: Request, drafts: Sequence[Draft]) -> _Converted:
    text = _DATA[request.format](conversion.definitions(drafts))
    return _Converted(text, tuple(conversion.accounts(drafts)))


def _page(request: Request, drafts: Sequence[Draft], loaded: Loaded, found: Workspace) -> _Converted:
    """A page with the tables of the schemes; what it says is what reading it gives back."""
    resolution = pipeline.resolved(loaded, found)
    usable = {Noun.SCHEME: resolution.schemes, Noun.CONNECTOR: resolution.connectors}
    chosen = {
        noun: [identifier for identifier in conversion.identifiers(drafts, noun) if identifier in nodes]
        for noun, nodes in usable.items()
    }
    schemes = tuple(s for s in resolution.catalogue.schemes if s.id in chosen[Noun.SCHEME])
    planned = docs.schemes_page(schemes, _PAGES[request.format], is_owned=True)
    text = "".join(formatting.tidy(render.render(planned, render.Templates(found.templates, found.root)).pieces))
    accounts = conversion.page_accounts(
        [resolution.schemes[identifier] for identifier in chosen[Noun.SCHEME]],
        [resolution.connectors[identifier] for identifier in chosen[Noun.CONNECTOR]],
        readers.read(planned.path, text),
    )
    lost = (key for draft in drafts for key in draft.carried if key.fate in (Fate.LOST, Fate.WITHHELD))
    said = (f for f in resolution.findings if f.severity is Severity.ERROR or f.code == _LEFT_OUT)
    return _Converted(text, (*accounts, *lost), tuple(said))
