"""What the catalogue page shows: the view of its template, made from the document."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from authscribe.catalogue.badge import state_title
from authscribe.catalogue.document import CatalogueDocument, ConnectorEntry, SchemeEntry
from authscribe.catalogue.status import ConnectorState
from authscribe.model.definitions import Kind
from authscribe.runtime import package_files

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


_FEW: Final = 10
"""Columns of which the titles stand upright."""

_MANY: Final = 100
"""Schemes that have a column each; in a catalogue of other systems each connector may well have one of its own."""
_STATES: Final = {
    ConnectorState.CLEAN: "clean",
    ConnectorState.FINDINGS: "with findings",
    ConnectorState.DRIFT: "with drift",
}


class Choice(NamedTuple):
    """One choice of a filter, with the number of connectors that it leaves."""

    value: str
    label: str


class Filter(NamedTuple):
    """A filter by one fact; `name` is its key in the address of the page."""

    name: str
    label: str
    every: str
    choices: tuple[Choice, ...]


class Figure(NamedTuple):
    """A number at the top of the page, and where it leads."""

    number: str
    label: str
    target: str


class Column(NamedTuple):
    """A column of the matrix, and where its title leads."""

    title: str
    target: str


class Row(NamedTuple):
    """A connector in the matrix; the script filters by what stands in `search` and in the lists."""

    id: str
    title: str
    target: str
    subtitle: str
    state: str
    state_title: str
    status: str
    is_stable: bool
    search: str
    schemes: str
    kinds: str
    cells: tuple[bool, ...]


class Link(NamedTuple):
    """A title that leads somewhere."""

    title: str
    target: str


class Card(NamedTuple):
    """A scheme below the matrix."""

    id: str
    title: str
    kind: str
    status: str
    is_stable: bool
    successor: str | None
    summary: tuple[str, ...]
    required: tuple[str, ...]
    injected: tuple[str, ...]
    docs: str | None
    source: str
    source_link: str | None
    filter_target: str
    users: tuple[Link, ...]


class Facts(NamedTuple):
    """What the script needs to know of a connector; what is empty is left out, since most of it is."""

    id: str
    data: object


class Page(NamedTuple):
    """The whole page; `titles` and `facts` are for the script, `policy` allows this script and style only.

    The facts can be had once, one after the other, since all together they take much room.
    """

    platform: str
    figures: tuple[Figure, ...]
    filters: tuple[Filter, ...]
    layout: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    cards: tuple[Card, ...]
    titles: Mapping[str, Mapping[str, str]]
    facts: Iterator[Facts]
    style: str
    script: str
    policy: str


def build_page(document: CatalogueDocument) -> Page:
    """The page of a document."""
    folder = package_files.find_templates_folder() / "catalogue"
    sheet = (folder / "page.css").read_text(encoding="utf-8").strip("\n")
    titles = {scheme.id: scheme.title for scheme in document.schemes}
    kinds = _kind_titles(document)
    by_scheme = len(titles) <= _MANY
    columns, marked = (titles, _schemes) if by_scheme else (kinds, _kinds)
    style = f"{sheet}\n:root {{ --columns: {len(columns)}; }}"
    script = (folder / "page.js").read_text(encoding="utf-8").strip("\n")
    return Page(
        platform=document.platform,
        figures=tuple(_figures(document)),
        filters=tuple(_filters(document)),
        layout="few" if len(columns) <= _FEW else "many",
        caption=f"Connectors by {'schemes' if by_scheme else 'kinds'}",
        columns=tuple(
            Column(title, f"#scheme-{name}" if by_scheme else f"#kind={name}") for name, title in columns.items()
        ),
        rows=tuple(_row(connector, titles, columns, marked(connector)) for connector in document.connectors),
        cards=tuple(_cards(document)),
        titles={"schemes": titles, "kinds": kinds},
        facts=map(_facts, document.connectors),
        style=style,
        script=script,
        policy=_policy(style, script),
    )


def _policy(style: str, script: str) -> str:
    """Content Security Policy Level 3: nothing from elsewhere, and no script or style but those of the page."""
    own = {"script-src": script, "style-src": style}
    rules = [f"{rule} 'sha256-{_digest(text)}'" for rule, text in own.items()]
    return "; ".join(("default-src 'none'", *rules, "img-src data:", "base-uri 'none'", "form-action 'none'"))


def _digest(text: str) -> str:
    """Over the content of the element, with the line ends around it."""
    return base64.b64encode(hashlib.sha256(f"\n{text}\n".encode()).digest()).decode()


def _figures(document: CatalogueDocument) -> Iterator[Figure]:
    states = Counter(connector.state for connector in document.connectors)
    yield _figure(len(document.connectors), "connector", "#connectors")
    yield _figure(len(document.schemes), "scheme", "#schemes")
    for state in ConnectorState:
        yield Figure(f"{states[state]:,}", _STATES[state], f"#state={state.value}")


def _figure(count: int, noun: str, target: str) -> Figure:
    return Figure(f"{count:,}", noun if count == 1 else f"{noun}s", target)


def _filters(document: CatalogueDocument) -> Iterator[Filter]:
    schemes = Counter(name for connector in document.connectors for name in _schemes(connector))
    kinds = Counter(kind for connector in document.connectors for kind in _kinds(connector))
    states = Counter(connector.state.value for connector in document.connectors)
    stages = Counter(connector.status.value for connector in document.connectors)
    titles = {scheme.id: scheme.title for scheme in document.schemes}
    yield Filter("scheme", "Scheme", "All schemes", _choices(titles, schemes))
    yield Filter("kind", "Kind", "All kinds", _choices(_kind_titles(document), kinds))
    yield Filter("state", "State", "Any state", _choices({s.value: s.value for s in ConnectorState}, states))
    yield Filter("status", "Status", "Any status", _choices({stage: stage for stage in sorted(stages)}, stages))


def _choices(titles: Mapping[str, str], counts: Mapping[str, int]) -> tuple[Choice, ...]:
    return tuple(Choice(value, f"{title} ({counts.get(value, 0)})") for value, title in titles.items())


def _kind_titles(document: CatalogueDocument) -> dict[str, str]:
    """The kinds of the schemes, as they stand by themselves."""
    titles = {scheme.kind: scheme.kind_title for scheme in document.schemes}
    return {kind.value: f"{titles[kind][:1].upper()}{titles[kind][1:]}" for kind in Kind if kind in titles}


def _row(
    connector: ConnectorEntry, titles: Mapping[str, str], columns: Mapping[str, str], marked: Sequence[str]
) -> Row:
    return Row(
        id=connector.id,
        title=connector.title,
        target=f"#connector={connector.id}",
        subtitle=", ".join(columns[name] for name in marked) or "unknown",
        state=connector.state.value,
        state_title=state_title(connector),
        status=connector.status.value,
        is_stable=connector.status.value == "stable",
        search=" ".join(dict.fromkeys(_words(connector, titles))),
        schemes=" ".join(_schemes(connector)),
        kinds=" ".join(_kinds(connector)),
        cells=tuple(name in marked for name in columns),
    )


def _words(connector: ConnectorEntry, titles: Mapping[str, str]) -> Iterator[str]:
    """What a connector is found by: lower case, each text once."""
    schemes = _schemes(connector)
    texts = [connector.id, connector.title, *schemes, *(titles[name] for name in schemes)]
    texts += [*(named.name for named in connector.names), *(finding.code for finding in connector.findings)]
    return (text.lower() for text in texts)


def _schemes(connector: ConnectorEntry) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for method in connector.methods for name in method.schemes))


def _kinds(connector: ConnectorEntry) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind.value for method in connector.methods for kind in method.kinds))


def _cards(document: CatalogueDocument) -> Iterator[Card]:
    titles = {connector.id: connector.title for connector in document.connectors}
    for scheme in document.schemes:
        yield Card(
            id=scheme.id,
            title=scheme.title,
            kind=scheme.kind_title,
            status=scheme.status.value,
            is_stable=scheme.status.value == "stable",
            successor=scheme.successor,
            summary=_paragraphs(scheme.summary),
            required=tuple(setting.name for setting in scheme.required),
            injected=tuple(setting.name for setting in scheme.injected),
            docs=scheme.docs,
            source=_place(scheme),
            source_link=scheme.source.href,
            filter_target=f"#scheme={scheme.id}",
            users=tuple(Link(titles[name], f"#connector={name}") for name in scheme.connectors),
        )


def _place(scheme: SchemeEntry) -> str:
    return f"{scheme.source.path}:{scheme.source.line}"


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(paragraph for paragraph in text.split("\n\n") if paragraph.strip())


def _facts(connector: ConnectorEntry) -> Facts:
    return Facts(connector.id, _said(connector) | {"stateTitle": state_title(connector)})


def _said(entry: DataclassInstance) -> dict[str, object]:
    """What an entry says, as JSON has it, without what is empty."""
    said = ((field.name, getattr(entry, field.name)) for field in fields(entry))
    return {name: _dense(value) for name, value in said if value or isinstance(value, int)}


def _dense(value: object) -> object:
    if isinstance(value, str):
        # Members of enumerations too, whose value costs more to ask for.
        return str(value)
    if isinstance(value, tuple):
        return [_dense(item) for item in value]
    return _said(value) if is_dataclass(value) and not isinstance(value, type) else value
