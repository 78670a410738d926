"""Scaffold new connectors, and find scaffolded files that no longer match the definitions.

A scaffolded file is written once. A record beside the files has the names that each file was built with, so that later
runs can report outdated files without changing them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from authscribe.build.build import finish_files
from authscribe.build.files import GeneratedFile
from authscribe.connectors.file_trees import PLATFORM_STYLE, RECORD, ConnectorFolder
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.no_placement import report_no_placement
from authscribe.findings.rules.scaffold_outdated import report_scaffold_outdated
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import COMPUTED_KINDS, build_method_contract, list_methods, list_placements
from authscribe.model.definitions import Connector, Kind, Location, Model, Placement, Scheme
from authscribe.model.draft import DefinitionDraft, Draft, MapNode, Noun, to_node
from authscribe.model.name_kinds import NameKind
from authscribe.model.spelling import Spelling
from authscribe.model.validation import validate
from authscribe.readers.syntax.json import parse_json
from authscribe.readers.text import decode
from authscribe.targets import scaffold
from authscribe.workspace.load import LoadedSources
from authscribe.workspace.resolve import require_definitions, resolve_sources
from authscribe.workspace.workspace import Workspace

CUSTOM: Final = "custom_auth"
_PLACE: Final = Place("scaffold")
_ACCESS_TOKEN: Final = "access_token"  # noqa: S105 - the name of a key (RFC 6749 section 5.1)
_HEADER_NAME: Final = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
"""Token (RFC 9110 section 5.6.2)."""
_PLATFORM_LOCATIONS: Final = (Location.BLOCK, Location.BASIC_USERNAME, Location.BASIC_PASSWORD)


@dataclass(frozen=True, slots=True)
class ScaffoldRequest:
    """Name and scheme of a new connector, where its credentials go, and the header for a single key."""

    name: str
    scheme: str
    style: str = PLATFORM_STYLE
    header: str | None = None
    dry_run: bool = False


class ScaffoldRecord(Model):
    """Record of a scaffolded connector; `files` has the spelling of each name in each file."""

    version: Literal[1]
    connector: str
    scheme: str
    style: str
    header: str | None
    files: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Scaffold:
    """Files of a new connector, their record, and findings about what is left to a person."""

    files: tuple[GeneratedFile, ...]
    record: ScaffoldRecord
    findings: tuple[Finding, ...]


def build_scaffold(request: ScaffoldRequest, loaded: LoadedSources, workspace: Workspace) -> Scaffold:
    """Build the files of a connector from the definitions; raise DefinitionError if that is impossible."""
    catalogue, connector = _resolve_connector(loaded, workspace, request)
    planned = sorted(scaffold.plan_scaffold(catalogue, connector), key=lambda file: file.path)
    files = tuple(finish_files(planned, workspace.templates))
    record = ScaffoldRecord(
        version=1,
        connector=request.name,
        scheme=connector.scheme or request.scheme,
        style=request.style,
        header=request.header,
        files=_list_names(files, catalogue, connector),
    )
    return Scaffold(files, record, tuple(_check_placements(catalogue, connector)))


def _check_placements(catalogue: Catalogue, connector: Connector) -> Iterator[Finding]:
    for method in list_methods(connector):
        if build_method_contract(catalogue, connector, method).lacks_placements:
            yield report_no_placement(connector.id, Place("--scheme"))


def find_outdated(folder: ConnectorFolder, loaded: LoadedSources, workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each scaffolded file of a connector that no longer matches the definitions."""
    place = Place(folder.show_path(RECORD))
    data = folder.read(RECORD, place)
    if data is None:
        return
    record = _parse_record(place, data)
    if isinstance(record, Finding):
        yield record
        return
    request = ScaffoldRequest(record.connector, record.scheme, record.style, record.header)
    try:
        current = build_scaffold(request, loaded, workspace).record.files
    except DefinitionError as error:
        yield from error.findings
        return
    known = {name for names in record.files.values() for name in names}
    for path in sorted(record.files):
        yield from _compare_file(folder, path, record, current.get(path, {}), known)


def _compare_file(
    folder: ConnectorFolder, path: str, record: ScaffoldRecord, current: Mapping[str, str], known: set[str]
) -> Iterator[Finding]:
    """Report a file that contains removed names, or lacks names that are new."""
    shown = folder.show_path(path)
    data = folder.read(path, Place(shown))
    if not isinstance(data, bytes):
        return
    text = decode(shown, data).text
    removed = {
        name: place
        for name, spelling in record.files[path].items()
        if name not in current and (place := _locate_name(shown, text, spelling)) is not None
    }
    new = [
        name for name, spelling in current.items() if name not in known and _locate_name(shown, text, spelling) is None
    ]
    if removed or new:
        place = next(iter(removed.values()), Place(shown))
        yield report_scaffold_outdated(list(removed), new, place, folder.name, record.scheme)


def _locate_name(path: str, text: str, spelling: str) -> Place | None:
    """Return the place where a name first occurs as a whole word, or None."""
    for number, line in enumerate(text.split("\n"), 1):
        match = re.search(rf"(?<![\w-]){re.escape(spelling)}(?![\w-])", line)
        if match is not None:
            return Place(path, number, match.start() + 1, number, match.end() + 1)
    return None


def _parse_record(place: Place, data: bytes | Finding) -> ScaffoldRecord | Finding:
    if isinstance(data, Finding):
        return data
    decoded = decode(place.path, data)
    node, findings = (None, decoded.findings) if decoded.findings else parse_json(place.path, decoded.text)
    if not isinstance(node, MapNode):
        return findings[0] if findings else report_not_a_mapping(place, "the scaffold record")
    record, problems = validate(node, ScaffoldRecord)
    return problems[0] if record is None else record


def _resolve_connector(
    loaded: LoadedSources, workspace: Workspace, request: ScaffoldRequest
) -> tuple[Catalogue, Connector]:
    """Return the connector from the definitions, or a new one; raise DefinitionError if the request is impossible."""
    catalogue = resolve_sources(loaded, workspace).catalogue
    scheme = catalogue.find_scheme(request.scheme)
    if scheme is None:
        require_definitions(catalogue, workspace)
        known = [name for scheme in catalogue.schemes for name in scheme.all_ids]
        raise DefinitionError((report_unknown_reference("scheme", request.scheme, Place("--scheme"), known),))
    defined = catalogue.find_connector(request.name)
    if (
        defined is not None
        and defined.scheme == scheme.id
        and request.style == PLATFORM_STYLE
        and request.header is None
    ):
        return catalogue, defined
    if defined is not None:
        scheme_or_methods = f"scheme '{defined.scheme}'" if defined.scheme else "methods of its own"
        problem = f"'{request.name}' is already defined, with {scheme_or_methods}"
        raise DefinitionError((report_wrong_value("NAME", Place("NAME"), problem, "choose another name"),))
    draft = _define_connector(catalogue, scheme, request)
    extended = LoadedSources((*loaded.drafts, draft), loaded.texts, loaded.inputs)
    catalogue = resolve_sources(extended, workspace).catalogue
    return catalogue, next(connector for connector in catalogue.connectors if connector.id == request.name)


def _define_connector(catalogue: Catalogue, scheme: Scheme, request: ScaffoldRequest) -> Draft:
    definition = {
        "id": request.name,
        "scheme": scheme.id,
        "parameters": [
            {"name": scaffold.BASE_URL, "description": "The address of the provider's API.", "format": "uri"}
        ],
        "placements": [
            placement.model_dump(mode="json", by_alias=True)
            for placement in _choose_placements(catalogue, scheme, request)
        ],
    }
    if scaffold.BASE_URL in {parameter.name for parameter in scheme.parameters}:
        del definition["parameters"]
    node = to_node(definition, _PLACE)
    assert isinstance(node, MapNode)  # noqa: S101 - a mapping gives a mapping
    return Draft(_PLACE.path, definitions=(DefinitionDraft(Noun.CONNECTOR, node),))


def _choose_placements(catalogue: Catalogue, scheme: Scheme, request: ScaffoldRequest) -> tuple[Placement, ...]:
    """Return the placements of the scheme or platform, or one header that the request asks for."""
    defaults = list_placements(catalogue, scheme)
    secrets = [secret.name for secret in scheme.injected]
    if request.header is not None and _HEADER_NAME.fullmatch(request.header) is None:
        problem = "header names consist of letters, digits and signs such as '-', without blanks and colons"
        raise DefinitionError((report_wrong_value("--header", Place("--header"), problem),))
    if request.header is not None and secrets:
        return (_make_header(request.header, f"{{{secrets[0]}}}"),)
    # What proves the sender otherwise must not be sent.
    if not defaults and secrets and scheme.kind not in (*COMPUTED_KINDS, Kind.MTLS):
        return (_make_header("Authorization", f"Bearer {{{secrets[0]}}}"),)
    if request.style == PLATFORM_STYLE or not any(placement.location in _PLATFORM_LOCATIONS for placement in defaults):
        return defaults
    response = scheme.oauth.response if scheme.oauth else {}
    token = next((name for name, key in response.items() if key == _ACCESS_TOKEN), None)
    if token is None:
        problem = f"scheme '{scheme.id}' injects no access token to put into a header"
        raise DefinitionError(
            (report_wrong_value("--style", Place("--style"), problem, f"use --style {PLATFORM_STYLE}"),)
        )
    return (_make_header("Authorization", f"Bearer {{{token}}}"),)


def _make_header(name: str, value: str) -> Placement:
    return Placement.model_validate({"in": Location.HEADER, "name": name, "value": value})


def _list_names(
    files: tuple[GeneratedFile, ...], catalogue: Catalogue, connector: Connector
) -> dict[str, dict[str, str]]:
    """Return for each file the names of the contract that it contains, with their spelling there."""
    (method,) = list_methods(connector)
    contract = build_method_contract(catalogue, connector, method)
    spelling = Spelling(connector, catalogue.conventions)
    secrets, parameters = (*contract.required, *contract.injected), contract.parameters
    platform = catalogue.platform
    manifest = platform.manifest.path if platform.manifest is not None else None
    names_by_file = {}
    for file in files:
        # A manifest contains no names of secrets, but the name of a scheme may be the name of a secret.
        settings = parameters if file.path == manifest else (*secrets, *parameters)
        text = file.content.data.decode()
        spellings = {
            setting.name: spelt
            for setting in settings
            for spelt in (setting.name, platform.spell_name(setting.name), spelling.spell(NameKind.ENV, setting))
            if _locate_name(file.path, text, spelt) is not None
        }
        if spellings:
            names_by_file[file.path] = spellings
    return names_by_file
