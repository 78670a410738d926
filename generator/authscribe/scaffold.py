"""Scaffolds: the files with which a connector begins, and what is said of them when the definitions move on.

A scaffolded file is written once. Beside the files lies a record of the names that each of them was made with, so
that it can be said later which file no longer fits, without touching it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from authscribe.build import formatting
from authscribe.build.files import GeneratedFile
from authscribe.build.templates import Templates, render_file
from authscribe.connectors.file_trees import MANIFEST, RECORD, Folder
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.scaffold_outdated import report_scaffold_outdated
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model.contract import contract_of_method, methods_of, placements_of
from authscribe.model.definitions import Catalogue, Connector, Location, Model, Placement, Scheme, Setting
from authscribe.model.draft import DefinitionDraft, Draft, MapNode, Noun, to_node
from authscribe.model.naming import environment_variable
from authscribe.model.validation import validate
from authscribe.readers.syntax.json import parse_json
from authscribe.readers.text import decode
from authscribe.targets import scaffold
from authscribe.workspace.load import LoadedSources
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import Workspace

PLATFORM: Final = "platform"
CUSTOM: Final = "custom_auth"
_HERE: Final = Place("scaffold")
_ACCESS_TOKEN: Final = "access_token"  # noqa: S105 - the name of a key (RFC 6749 section 5.1)
_HEADER_NAME: Final = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
"""RFC 9110 section 5.6.2."""
_OWN_SLOTS: Final = (Location.BLOCK, Location.BASIC_USERNAME, Location.BASIC_PASSWORD)


@dataclass(frozen=True, slots=True)
class ScaffoldRequest:
    """A connector to begin: its name and scheme, where credentials go, and the header for a lone key."""

    name: str
    scheme: str
    style: str = PLATFORM
    header: str | None = None
    dry_run: bool = False


class Record(Model):
    """What a connector was scaffolded from: for each file, the names in it and how they are spelt there."""

    version: Literal[1]
    connector: str
    scheme: str
    style: str
    header: str | None
    files: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The files of a new connector, and the record of what they were made from."""

    files: tuple[GeneratedFile, ...]
    record: Record


def build_scaffold(request: ScaffoldRequest, loaded: LoadedSources, found: Workspace) -> Scaffold:
    """The files as the definitions have them now; raises DefinitionError where they cannot be made."""
    catalogue, connector = _connector(loaded, found, request)
    templates = Templates(found.templates, found.root)
    planned = sorted(scaffold.plan_scaffold(catalogue, connector), key=lambda file: file.path)
    files = tuple(formatting.format_file(render_file(file, templates)) for file in planned)
    record = Record(
        version=1,
        connector=request.name,
        scheme=connector.scheme or request.scheme,
        style=request.style,
        header=request.header,
        files=_names_by_file(files, catalogue, connector),
    )
    return Scaffold(files, record)


def find_outdated(folder: Folder, loaded: LoadedSources, found: Workspace) -> Iterator[Finding]:
    """What in the scaffolded files of a connector is no longer as the definitions have it."""
    place = Place(folder.path(RECORD))
    data = folder.read(RECORD, place)
    if data is None:
        return
    record = _parsed(place, data)
    if isinstance(record, Finding):
        yield record
        return
    request = ScaffoldRequest(record.connector, record.scheme, record.style, record.header)
    try:
        now = build_scaffold(request, loaded, found).record.files
    except DefinitionError as error:
        yield from error.findings
        return
    known = {name for names in record.files.values() for name in names}
    for path in sorted(record.files):
        yield from _difference(folder, path, record, now.get(path, {}), known)


def _difference(
    folder: Folder, path: str, record: Record, now: Mapping[str, str], known: set[str]
) -> Iterator[Finding]:
    """One finding for a file in which names stand that are gone, or do not stand that are new."""
    shown = folder.path(path)
    data = folder.read(path, Place(shown))
    if not isinstance(data, bytes):
        return
    text = decode(shown, data).text
    gone = {
        name: place
        for name, spelt in record.files[path].items()
        if name not in now and (place := _place(shown, text, spelt)) is not None
    }
    new = [name for name, spelt in now.items() if name not in known and _place(shown, text, spelt) is None]
    if gone or new:
        place = next(iter(gone.values()), Place(shown))
        yield report_scaffold_outdated(list(gone), new, place, folder.name, record.scheme)


def _place(path: str, text: str, spelt: str) -> Place | None:
    """Where a name stands first, as a word of its own."""
    for number, line in enumerate(text.split("\n"), 1):
        match = re.search(rf"(?<![\w-]){re.escape(spelt)}(?![\w-])", line)
        if match is not None:
            return Place(path, number, match.start() + 1, number, match.end() + 1)
    return None


def _parsed(place: Place, data: bytes | Finding) -> Record | Finding:
    if isinstance(data, Finding):
        return data
    decoded = decode(place.path, data)
    node, findings = (None, decoded.findings) if decoded.findings else parse_json(place.path, decoded.text)
    if not isinstance(node, MapNode):
        return findings[0] if findings else report_not_a_mapping(place, "the record of a scaffold")
    record, wrong = validate(node, Record)
    return wrong[0] if record is None else record


def _connector(loaded: LoadedSources, found: Workspace, request: ScaffoldRequest) -> tuple[Catalogue, Connector]:
    """The connector as the definitions have it, or a new one; raises DefinitionError where it cannot be made."""
    catalogue = resolve_sources(loaded, found).catalogue
    scheme = catalogue.find_scheme(request.scheme)
    if scheme is None:
        known = [name for scheme in catalogue.schemes for name in scheme.names]
        raise DefinitionError((report_unknown_reference("scheme", request.scheme, Place("--scheme"), known),))
    defined = catalogue.find_connector(request.name)
    if defined is not None and defined.scheme == scheme.id and request.style == PLATFORM and request.header is None:
        return catalogue, defined
    if defined is not None:
        what = f"'{request.name}' is defined already, with scheme {defined.scheme or 'and methods of its own'}"
        raise DefinitionError((report_wrong_value("NAME", Place("NAME"), what),))
    definition = {
        "id": request.name,
        "scheme": scheme.id,
        "parameters": [
            {"name": scaffold.BASE_URL, "description": "The address of the provider's API.", "format": "uri"}
        ],
        "placements": [slot.model_dump(mode="json", by_alias=True) for slot in _placements(catalogue, scheme, request)],
    }
    if scaffold.BASE_URL in {parameter.name for parameter in scheme.parameters}:
        del definition["parameters"]
    node = to_node(definition, _HERE)
    assert isinstance(node, MapNode)  # noqa: S101 - it was made from a mapping
    draft = Draft(_HERE.path, definitions=(DefinitionDraft(Noun.CONNECTOR, node),))
    grown = resolve_sources(LoadedSources((*loaded.drafts, draft), loaded.texts, loaded.inputs), found).catalogue
    return grown, next(connector for connector in grown.connectors if connector.id == request.name)


def _placements(catalogue: Catalogue, scheme: Scheme, request: ScaffoldRequest) -> tuple[Placement, ...]:
    """Where the credentials go: as the scheme or platform has it, in one header, or all in headers of one's own."""
    usual = placements_of(catalogue, scheme)
    secrets = [secret.name for secret in scheme.injected]
    if request.header is not None and _HEADER_NAME.fullmatch(request.header) is None:
        problem = "the name of a header has letters, digits and signs such as '-', but no blank and no colon"
        raise DefinitionError((report_wrong_value("--header", Place("--header"), problem),))
    if request.header is not None and secrets:
        return (_header(request.header, f"{{{secrets[0]}}}"),)
    if not usual and secrets:
        return (_header("Authorization", f"Bearer {{{secrets[0]}}}"),)
    if request.style == PLATFORM or not any(slot.location in _OWN_SLOTS for slot in usual):
        return usual
    response = scheme.oauth.response if scheme.oauth else {}
    token = next((name for name, key in response.items() if key == _ACCESS_TOKEN), None)
    if token is None:
        problem = f"the platform itself obtains what '{scheme.id}' sends; no injected secret is an access token"
        raise DefinitionError((report_wrong_value("--style", Place("--style"), problem),))
    return (_header("Authorization", f"Bearer {{{token}}}"),)


def _header(name: str, value: str) -> Placement:
    return Placement.model_validate({"in": Location.HEADER, "name": name, "value": value})


def _names_by_file(
    files: tuple[GeneratedFile, ...], catalogue: Catalogue, connector: Connector
) -> dict[str, dict[str, str]]:
    """For each file the names of the contract that stand in it, and how they are spelt there."""
    (method,) = methods_of(connector)
    effective = contract_of_method(catalogue, connector, method)
    secrets, parameters = (*effective.required, *effective.injected), effective.parameters
    found = {}
    for file in files:
        # A manifest names no secret, but some schemes are called like one.
        settings = parameters if file.path == MANIFEST else (*secrets, *parameters)
        text = file.content.data.decode()
        spelt = {
            setting.name: way
            for setting in settings
            for way in (setting.name, _variable(connector, setting))
            if _place(file.path, text, way) is not None
        }
        if spelt:
            found[file.path] = spelt
    return found


def _variable(connector: Connector, setting: Setting) -> str:
    return environment_variable(connector.id, setting.attribute)
