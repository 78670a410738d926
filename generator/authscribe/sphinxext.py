"""Show schemes, connectors and their matrix in Sphinx pages.

The extension reads the document that ``authscribe generate --target catalogue`` writes. It imports nothing but the
standard library, docutils and Sphinx, so that projects whose Python is too old for authscribe can keep a copy of this
one file. It works with Sphinx 4.5 on Python 3.9 and with later versions. In ``conf.py``::

    extensions = ["authscribe.sphinxext"]
    authscribe_catalogue = "../output/catalogue/catalogue.json"    # relative to the folder of conf.py

Directives:

``.. auth-scheme:: ID``
    Describe a scheme. ``:parts:`` selects and orders what is shown, among ``summary``, ``facts``, ``required``,
    ``injected``, ``parameters``, ``placements``, ``endpoints``, ``request``, ``scopes``, ``connectors`` and ``notes``.
    ``none`` shows nothing, and only makes this place the target of roles. ``:heading:`` opens a section with the title
    of the scheme, where sections are allowed. ``:no-index:`` is for a second description, which is not a target of
    roles.

``.. auth-connector:: ID``
    Describe a connector, method by method, with all parts apart from ``connectors``.

``.. auth-matrix::``
    Show which connector uses which scheme. ``:connectors:`` and ``:schemes:`` select and order rows and columns. By
    default, these are all connectors and every scheme that at least one of them uses.

All directives take ``:class:`` and ``:name:``. Roles, each of which also accepts a title (``title <target>``):

``:auth-scheme:`ID```, ``:auth-connector:`ID```
    The title, linked to the page that describes the target, also in other projects (intersphinx).

``:auth-secret:`SCHEME/NAME```
    The name of a secret or parameter as a literal, linked to its row in the description of the scheme.

The build warns, with file and line, about a name that is not in the catalogue, one that no page describes, and one that
is described twice. A page is read again if what it shows has changed, not whenever the catalogue has.

Texts of the catalogue become text nodes: nothing in them is interpreted as markup. For style sheets, the output of each
directive has the class ``authscribe`` and the name of the directive as a class, and tables have classes such as
``authscribe-required``. The ids are ``auth-scheme-ID``, ``auth-connector-ID`` and ``auth-secret-SCHEME-NAME``.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
from bdb import BdbQuit
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final, NamedTuple, TypedDict

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.utils import column_width
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.domains import Domain, ObjType
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_id

VERSION: Final = 1
"""Version of the catalogue document that this extension reads."""

SCHEME: Final = "auth-scheme"
CONNECTOR: Final = "auth-connector"
MATRIX: Final = "auth-matrix"
SECRET: Final = "auth-secret"  # noqa: S105 - the name of a role

NOUNS: Final[Mapping[str, str]] = {SCHEME: "scheme", CONNECTOR: "connector", SECRET: "secret"}
"""Noun for each object type, for messages."""

MOST_CHOICES: Final = 50
"""Largest number of allowed values in a cell; nobody reads more."""

_CAPTION_STYLE: Final = "<style>.authscribe caption { caption-side: top }</style>\n"
_COMMAND: Final = "authscribe generate --target catalogue"
_LOGGER: Final = logging.getLogger(__name__)
# The same characters as in `authscribe.encoders.text.to_printable`, which a copy of this module could not import.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class OriginData(TypedDict):
    """Origin of the value of an injected secret."""

    source: str
    required: str | None
    expression: str | None


class ChoiceData(TypedDict):
    """Allowed value of a setting."""

    value: str
    label: str | None


class SpanData(TypedDict):
    """Part of a text, with one style."""

    text: str
    style: str
    href: str | None


class TextsData(TypedDict):
    """Common field of everything with texts: the parts of those that are not shown as they are written."""

    markup: Mapping[str, list[SpanData]]


class SettingData(TextsData):
    """Secret or parameter."""

    name: str
    title: str | None
    description: str
    type: str
    optional: bool
    default: str | None
    example: str | None
    choices: list[ChoiceData]
    pattern: str | None
    format: str | None
    prefix: str | None
    suffix: str | None
    conditions: dict[str, list[str]]
    secret: str | None
    automated: bool
    hidden: bool
    origin: OriginData | None
    lifetime: str | None
    deprecated: bool


class PlacementData(TypedDict):
    """Place in a request that carries a value."""

    location_title: str
    name: str
    value: str
    fallback: str | None


class ContractData(TypedDict):
    """Common fields of schemes and methods of connectors."""

    required: list[SettingData]
    injected: list[SettingData]
    parameters: list[SettingData]
    placements: list[PlacementData]
    endpoints: dict[str, str]
    fallback_endpoints: dict[str, str]
    verification: dict[str, str]
    token_request: dict[str, str]
    scopes: list[str]
    oauth: dict[str, str]
    selector: dict[str, str]


class EntryData(TextsData):
    """Common fields of schemes and connectors."""

    id: str
    title: str
    summary: str
    notes: list[str]
    docs: str | None
    status: str
    successor: str | None


class SchemeData(EntryData, ContractData):
    """Scheme: how a kind of system authenticates."""

    kind_title: str
    aliases: list[str]
    former_names: list[str]
    extends: str | None
    connectors: list[str]


class MethodData(ContractData):
    """One way to authenticate with a connector."""

    title: str
    schemes: list[str]


class ConnectorData(EntryData):
    """Connector: one integration that uses schemes."""

    flags: list[str]
    methods: list[MethodData]


class CatalogueData(NamedTuple):
    """Catalogue document, with its entries by id and the SHA-256 of its bytes.

    `scheme_ids` has the id of each scheme by all of its names: id, aliases and former names.
    """

    schemes: Mapping[str, SchemeData]
    connectors: Mapping[str, ConnectorData]
    scheme_ids: Mapping[str, str]
    digest: str


class CatalogueQuery(NamedTuple):
    """Query of a directive or role; its result depends only on it and on the catalogue."""

    kind: str
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class DescribedObject(NamedTuple):
    """Object that a page describes: its type, its name, and the line of the directive."""

    kind: str
    name: str
    line: int


Inline = Sequence[nodes.Node]
"""Content of one paragraph."""

Fact = tuple[str, Inline]
"""Label with its values; a fact without values is not shown."""


@dataclass
class PageRecord:
    """Record of what a page shows, as a hash for each query, and of the objects that it describes."""

    shown: dict[CatalogueQuery, str] = field(default_factory=dict)
    described: list[DescribedObject] = field(default_factory=list)


# Since 8.2, Sphinx prints a traceback and asks for a bug report after every error, other than BdbQuit.
class CatalogueError(ConfigError, BdbQuit):
    """Error for a catalogue document that cannot be read, logged before it is raised; ends the build with code 2."""

    category = "Cannot read the authscribe catalogue"


def setup(app: Sphinx) -> dict[str, object]:
    """Register the extension; Sphinx calls this."""
    app.add_config_value("authscribe_catalogue", "", "env")
    object_types = app.registry.domain_object_types.setdefault("std", {})
    for kind, title in NOUNS.items():
        object_types[kind] = ObjType(title, kind)
        app.add_role_to_domain(
            "std", kind, NameRole(innernodeclass=nodes.literal if kind == SECRET else nodes.inline, warn_dangling=True)
        )
    for kind in (SCHEME, CONNECTOR):
        app.add_directive_to_domain("std", kind, DescriptionDirective)
    app.add_directive(MATRIX, MatrixDirective)
    app.connect("config-inited", _load_early)
    app.connect("env-get-outdated", _find_outdated)
    app.connect("env-purge-doc", _purge_record)
    app.connect("env-merge-info", _merge_records)
    app.connect("env-check-consistency", _report_duplicates)
    app.connect("warn-missing-reference", _explain_missing)
    app.connect("html-page-context", _place_captions)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def read_catalogue(path: Path) -> CatalogueData:
    """Return the catalogue document at `path`.

    Raises CatalogueError for a missing or invalid document, and for one of another version.
    """
    try:
        content = path.read_bytes()
        document = json.loads(content.decode("utf-8-sig"))
        if document["version"] != VERSION:
            raise CatalogueError(f"{path}: unsupported version {document['version']!r}; this extension reads {VERSION}")
        _share_markup(document)
        schemes, connectors = ({entry["id"]: entry for entry in document[key]} for key in ("schemes", "connectors"))
        scheme_ids = {
            name: entry["id"]
            for entry in schemes.values()
            for name in (*entry["former_names"], *entry["aliases"], entry["id"])
        }
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror}; run: {_COMMAND}") from None
    except (ValueError, RecursionError) as error:
        raise CatalogueError(f"{path}: invalid JSON ({error}); run: {_COMMAND}") from None
    except (KeyError, TypeError):
        raise CatalogueError(f"{path}: not a catalogue document; to write one, run: {_COMMAND}") from None
    return CatalogueData(schemes, connectors, scheme_ids, hashlib.sha256(content).hexdigest())


def _share_markup(document: dict[str, Any]) -> None:
    """Give the markup of the document to each entry and setting; documents of older versions have none."""
    markup = document.get("markup", {})
    for entry in (*document["schemes"], *document["connectors"]):
        entry["markup"] = markup
        for contract in entry.get("methods", [entry]):
            for part in ("required", "injected", "parameters"):
                for setting in contract[part]:
                    setting["markup"] = markup


@lru_cache(maxsize=1)
def _read_cached(path: Path, _stamp: int) -> CatalogueData:
    return read_catalogue(path)


def _get_catalogue(config: Config) -> CatalogueData:
    """Return the catalogue of the project; its file is read again only if it has changed.

    If it cannot be read, log one line and raise CatalogueError.
    """
    path = Path(config.authscribe_catalogue)
    try:
        if not config.authscribe_catalogue:
            raise CatalogueError("set authscribe_catalogue in conf.py to its path, relative to the folder of conf.py")
        return _read_cached(path, path.stat().st_mtime_ns if path.is_file() else 0)
    except CatalogueError as error:
        _LOGGER.error("%s: %s", error.category, error, type="authscribe")
        raise


def _load_early(app: Sphinx, config: Config) -> None:
    """Resolve the path against the folder of conf.py, and end the build at once if the document is invalid."""
    if config.authscribe_catalogue:
        config.authscribe_catalogue = os.path.normpath(Path(app.confdir or app.srcdir, config.authscribe_catalogue))
        _get_catalogue(config)


def _get_records(env: BuildEnvironment) -> dict[str, PageRecord]:
    records: dict[str, PageRecord] = vars(env).setdefault("authscribe_pages", {})
    return records


def _get_record(env: BuildEnvironment) -> PageRecord:
    return _get_records(env).setdefault(env.docname, PageRecord())


def _query_catalogue(env: BuildEnvironment, query: CatalogueQuery) -> nodes.Element:
    """Return what the catalogue shows for a query, and record its hash, by which `_find_outdated` decides."""
    answer = _render_query(_get_catalogue(env.config), query)
    _get_record(env).shown[query] = _hash_nodes(answer)
    return answer


def _render_query(catalogue: CatalogueData, query: CatalogueQuery) -> nodes.Element:
    """Return what the catalogue shows for a query, independent of the page; empty for an unknown name."""
    return RENDERERS[query.kind](catalogue, query.names, query.others)


def _hash_nodes(answer: nodes.Element) -> str:
    return hashlib.sha256(answer.pformat().encode("utf-8", "surrogatepass")).hexdigest()


def _find_outdated(
    app: Sphinx, env: BuildEnvironment, _added: Collection[str], _changed: Collection[str], _removed: Collection[str]
) -> list[str]:
    """Return the pages that would now show something else than when they were read."""
    if not app.config.authscribe_catalogue:
        return []
    catalogue = _get_catalogue(app.config)
    before, vars(env)["authscribe_digest"] = vars(env).get("authscribe_digest"), catalogue.digest
    if before == catalogue.digest:
        return []
    records = _get_records(env)
    queries = {query for record in records.values() for query in record.shown}
    hashes = {query: _hash_nodes(_render_query(catalogue, query)) for query in queries}
    return [
        name for name, record in records.items() if any(hashes[query] != shown for query, shown in record.shown.items())
    ]


def _purge_record(_app: Sphinx, env: BuildEnvironment, name: str) -> None:
    _get_records(env).pop(name, None)


def _place_captions(
    app: Sphinx, page_name: str, _template: str, context: dict[str, str], doctree: nodes.document | None
) -> None:
    """Show the captions of tables above them: style sheets that are based on Bootstrap 4 move captions below."""
    if doctree is not None and page_name in _get_records(app.env):
        context["metatags"] = context.get("metatags", "") + _CAPTION_STYLE


def _merge_records(_app: Sphinx, env: BuildEnvironment, names: Collection[str], other: BuildEnvironment) -> None:
    """Take over the records of pages that another process has read."""
    _get_records(env).update({name: record for name, record in _get_records(other).items() if name in names})


def _report_duplicates(_app: Sphinx, env: BuildEnvironment) -> None:
    """Warn about objects that are described twice.

    This waits until all pages are read, since several processes may read them.
    """
    first: dict[tuple[str, str], str] = {}
    for page_name, record in sorted(_get_records(env).items()):
        for described in record.described:
            place = first.setdefault((described.kind, described.name), f"{page_name}:{described.line}")
            if place != f"{page_name}:{described.line}":
                _warn(
                    f"{NOUNS[described.kind]} {described.name!r} is also described at {place}; "
                    "add the option :no-index: to one of the directives",
                    (page_name, described.line),
                )


def _explain_missing(app: Sphinx, _domain: Domain, node: addnodes.pending_xref) -> bool | None:
    """Warn about a role without a target; links that directives make become plain text without a warning."""
    kind, name = node["reftype"], node["reftarget"]
    if kind not in NOUNS:
        return None
    if node["refwarn"]:
        known = _list_names(_get_catalogue(app.config), kind) if app.config.authscribe_catalogue else ()
        _warn(_word_undescribed(kind, name) if name in known else _word_unknown(kind, name, known), node)
    return True


def _word_undescribed(kind: str, name: str) -> str:
    directive, identifier = (SCHEME, name.partition("/")[0]) if kind == SECRET else (kind, name)
    return f"no page describes {NOUNS[kind]} {name!r}; add '.. {directive}:: {identifier}' to one"


def _word_unknown(kind: str, name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"unknown {NOUNS[kind]} {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")


def _list_names(catalogue: CatalogueData, kind: str) -> Collection[str]:
    if kind == SECRET:
        return {f"{s['id']}/{setting['name']}" for s in catalogue.schemes.values() for setting in _list_settings(s)}
    return _get_entries(catalogue, kind)


def _find_id(catalogue: CatalogueData, kind: str, name: str) -> str:
    """Return the id that a name stands for: a scheme also has aliases and former names; other names as they are."""
    if kind == SECRET:
        scheme, slash, setting = name.partition("/")
        return f"{catalogue.scheme_ids.get(scheme, scheme)}{slash}{setting}"
    return catalogue.scheme_ids.get(name, name) if kind == SCHEME else name


def _get_entries(catalogue: CatalogueData, kind: str) -> Mapping[str, EntryData]:
    return catalogue.schemes if kind == SCHEME else catalogue.connectors


def _list_settings(contract: ContractData) -> list[SettingData]:
    return [*contract["required"], *contract["injected"], *contract["parameters"]]


def _warn(message: str, location: str | tuple[str, int] | nodes.Node) -> None:
    _LOGGER.warning("%s", message, location=location, type="authscribe")


def _parse_parts(argument: str | None) -> tuple[str, ...]:
    """Return the value of the option `parts`; raises ValueError, to which docutils adds the place."""
    parts = _parse_list(argument)
    for part in parts:
        if part not in PARTS and parts != ("none",):
            close = difflib.get_close_matches(part, PARTS, n=1)
            raise ValueError(f"unknown part {part!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
    return () if parts == ("none",) else parts


def _parse_list(argument: str | None) -> tuple[str, ...]:
    """Return words that are separated by spaces or commas; raises ValueError if there are none."""
    words = tuple((argument or "").replace(",", " ").split())
    if not words:
        raise ValueError("list one or more names")
    return words


class DescriptionDirective(SphinxDirective):
    """Directives `.. auth-scheme:: NAME` and `.. auth-connector:: NAME`."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "parts": _parse_parts,
        "heading": directives.flag,
        "no-index": directives.flag,
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return the description; warn about an unknown name, and return nothing."""
        kind = self.name.rpartition(":")[2]
        name = _find_id(_get_catalogue(self.config), kind, self.arguments[0])
        content = _query_catalogue(self.env, CatalogueQuery(kind, (name,), self.options.get("parts", PARTS)))
        entries = _get_entries(_get_catalogue(self.config), kind)
        if name not in entries:
            _warn(_word_unknown(kind, name, entries), self.get_location())
            return []
        content["classes"] += self.options.get("class", [])
        self.set_source_info(content)
        anchor = self._open_section(entries[name]["title"]) if "heading" in self.options else nodes.target()
        if "no-index" not in self.options:
            self._index_names(kind, name, anchor, content)
        self.add_name(anchor)
        return _place_content(anchor, content)

    def _open_section(self, title: str) -> nodes.section:
        if not isinstance(self.state_machine.node, (nodes.document, nodes.section)):
            raise self.error("the option 'heading' opens a section, which is not allowed here; remove the option")
        section = nodes.section("", nodes.title("", "", _make_text(title)))
        if "no-index" in self.options:
            self.state.document.note_implicit_target(section)
        return section

    def _index_names(self, kind: str, name: str, anchor: nodes.Element, content: nodes.Element) -> None:
        """Make the anchor the target of roles in this project and, through its inventory, in others."""
        identifier = self._add_id(anchor, kind, name)
        self._note_object(kind, name, identifier)
        _get_record(self.env).described.append(DescribedObject(kind, name, self.lineno))
        if kind == SCHEME:
            rows = {literal[SECRET]: literal for literal in reversed(list(_find_secret_names(content)))}
            for setting in {s["name"]: s for s in _list_settings(_get_catalogue(self.config).schemes[name])}:
                secret = f"{name}/{setting}"
                self._note_object(
                    SECRET, secret, self._anchor_secret(rows[setting], secret) if setting in rows else identifier
                )

    def _anchor_secret(self, name: nodes.Element, secret: str) -> str:
        target = nodes.target()
        name.parent.insert(name.parent.index(name), target)
        return self._add_id(target, SECRET, secret)

    def _add_id(self, node: nodes.Element, kind: str, name: str) -> str:
        identifier: str = make_id(self.env, self.state.document, kind, name)
        node["ids"].append(identifier)
        self.state.document.note_explicit_target(node)
        return identifier

    def _note_object(self, kind: str, name: str, identifier: str) -> None:
        std = self.env.get_domain("std")
        if isinstance(std, StandardDomain):
            std.objects[kind, name] = (self.env.docname, identifier)


class MatrixDirective(SphinxDirective):
    """Directive `.. auth-matrix::`."""

    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "connectors": _parse_list,
        "schemes": _parse_list,
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return the matrix; warn about unknown names, and leave them out."""
        connectors, schemes = self._choose_names("connectors", CONNECTOR), self._choose_names("schemes", SCHEME)
        content = _query_catalogue(self.env, CatalogueQuery(MATRIX, connectors, schemes))
        content["classes"] += self.options.get("class", [])
        anchor = nodes.target()
        self.add_name(anchor)
        return _place_content(anchor, content)

    def _choose_names(self, option: str, kind: str) -> tuple[str, ...]:
        catalogue = _get_catalogue(self.config)
        names = tuple(_find_id(catalogue, kind, name) for name in self.options.get(option, ()))
        known = _get_entries(catalogue, kind)
        for name in names:
            if name not in known:
                _warn(_word_unknown(kind, name, known), self.get_location())
        return names


class NameRole(XRefRole):
    """Roles `:auth-scheme:`, `:auth-connector:` and `:auth-secret:`."""

    def process_link(
        self,
        env: BuildEnvironment,
        refnode: nodes.Element,
        has_explicit_title: bool,  # noqa: FBT001 - Sphinx passes it like this
        title: str,
        target: str,
    ) -> tuple[str, str]:
        """Return the title in the catalogue, unless the page gives one, with the target."""
        if not env.config.authscribe_catalogue:
            return title, target
        target = _find_id(_get_catalogue(env.config), refnode["reftype"], target)
        known = _query_catalogue(env, CatalogueQuery("title", (refnode["reftype"], target))).astext()
        return (title if has_explicit_title else known or title), target


def _place_content(anchor: nodes.Element, content: nodes.Element) -> list[nodes.Node]:
    """Return a section with its content, or a target before it, which LaTeX needs for a link."""
    if isinstance(anchor, nodes.section):
        anchor += content
        return [anchor]
    return [anchor, content] if anchor["ids"] else [content]


def _find_secret_names(node: nodes.Element) -> Iterator[nodes.Element]:
    """Yield the literals with the names of secrets and parameters in table rows."""
    if SECRET in node:
        yield node
    for child in node.children:
        if isinstance(child, nodes.Element):
            yield from _find_secret_names(child)


def _render_title(catalogue: CatalogueData, names: tuple[str, ...], _others: tuple[str, ...]) -> nodes.Element:
    kind, name = names
    if name not in _list_names(catalogue, kind):
        return nodes.inline()
    return nodes.inline(
        "", "", _make_text(name.partition("/")[2] if kind == SECRET else _get_entries(catalogue, kind)[name]["title"])
    )


def _render_scheme(catalogue: CatalogueData, names: tuple[str, ...], parts: tuple[str, ...]) -> nodes.Element:
    content = _make_container(SCHEME)
    scheme = catalogue.schemes.get(names[0])
    if scheme is not None and parts:
        content += _render_status(catalogue, SCHEME, scheme)
        for part in parts:
            content += list(_render_scheme_part(catalogue, scheme, part))
    return content


def _render_scheme_part(catalogue: CatalogueData, scheme: SchemeData, part: str) -> Iterable[nodes.Node]:
    if part in CONTRACT_PARTS:
        return CONTRACT_PARTS[part](scheme)
    if part == "facts":
        return _make_fields(_list_scheme_facts(catalogue, scheme))
    if part == "connectors":
        return _make_fields([("Connectors", [_make_link(catalogue, CONNECTOR, name) for name in scheme["connectors"]])])
    return ENTRY_PARTS[part](scheme)


def _list_scheme_facts(catalogue: CatalogueData, scheme: SchemeData) -> Iterator[Fact]:
    yield "Scheme", [_make_literal(scheme["id"])]
    yield "Kind", [_make_text(scheme["kind_title"])]
    yield "Manifest", [_make_literal(f"{key}: {value}") for key, value in scheme["selector"].items()]
    yield "Other names", [_make_literal(name) for name in (*scheme["aliases"], *scheme["former_names"])]
    yield "Continues", [_make_link(catalogue, SCHEME, scheme["extends"])] if scheme["extends"] else []
    yield _link_documentation(scheme)


def _render_connector(catalogue: CatalogueData, names: tuple[str, ...], parts: tuple[str, ...]) -> nodes.Element:
    content = _make_container(CONNECTOR)
    connector = catalogue.connectors.get(names[0])
    if connector is not None and parts:
        content += _render_status(catalogue, CONNECTOR, connector)
        for of_methods, group in groupby(parts, CONTRACT_PARTS.__contains__):
            chosen = tuple(group)
            content += list(
                _render_methods(catalogue, connector, chosen)
                if of_methods
                else _render_connector_parts(catalogue, connector, chosen)
            )
    return content


def _render_connector_parts(
    catalogue: CatalogueData, connector: ConnectorData, parts: Iterable[str]
) -> Iterator[nodes.Node]:
    for part in parts:
        if part == "facts":
            yield from _make_fields(_list_connector_facts(catalogue, connector))
        elif part in ENTRY_PARTS:
            yield from ENTRY_PARTS[part](connector)


def _list_connector_facts(catalogue: CatalogueData, connector: ConnectorData) -> Iterator[Fact]:
    methods = connector["methods"]
    if len(methods) == 1:
        yield from _list_method_facts(catalogue, methods[0])
    else:
        yield "Methods", [_make_text(method["title"]) for method in methods]
    yield "Flags", [_make_literal(flag) for flag in connector["flags"]]
    yield _link_documentation(connector)


def _list_method_facts(catalogue: CatalogueData, method: MethodData) -> Iterator[Fact]:
    yield "Scheme", [_make_link(catalogue, SCHEME, name) for name in method["schemes"]]
    schemes = [catalogue.schemes[name] for name in method["schemes"] if name in catalogue.schemes]
    yield "Kind", [_make_text(scheme["kind_title"]) for scheme in schemes]


def _render_methods(catalogue: CatalogueData, connector: ConnectorData, parts: tuple[str, ...]) -> Iterator[nodes.Node]:
    """Yield the parts of each method; methods have titles if there is more than one."""
    for method in connector["methods"]:
        if len(connector["methods"]) > 1:
            yield nodes.rubric("", "", _make_text(method["title"]))
            yield from _make_fields(_list_method_facts(catalogue, method))
        for part in parts:
            yield from CONTRACT_PARTS[part](method)


def _render_matrix(catalogue: CatalogueData, connectors: tuple[str, ...], schemes: tuple[str, ...]) -> nodes.Element:
    content = _make_container(MATRIX)
    rows = [catalogue.connectors[c] for c in connectors or sorted(catalogue.connectors) if c in catalogue.connectors]
    used = {row["id"]: {scheme for method in row["methods"] for scheme in method["schemes"]} for row in rows}
    columns = [s for s in schemes or sorted(set().union(*used.values())) if s in catalogue.schemes]
    if rows and columns:
        head: list[Inline] = [
            [_make_text("Connector")],
            *([_make_link(catalogue, SCHEME, scheme)] for scheme in columns),
        ]
        body = [
            [
                [_make_link(catalogue, CONNECTOR, name)],
                *([_make_text("yes")] if s in schemes_of else [] for s in columns),
            ]
            for name, schemes_of in used.items()
        ]
        content += _make_table("matrix", "The schemes of each connector", head, body)
    return content


def _render_status(catalogue: CatalogueData, kind: str, entry: EntryData) -> list[nodes.Node]:
    """Return a box with the status and successor of a scheme or connector that is not stable."""
    if entry["status"] == "stable":
        return []
    sentence = nodes.paragraph("", "", _make_text(f"This {NOUNS[kind]} is {entry['status']}"))
    if entry["successor"]:
        sentence += [nodes.Text("; use "), _make_link(catalogue, kind, entry["successor"]), nodes.Text(" instead")]
    sentence += nodes.Text(".")
    return [nodes.warning("", sentence) if entry["status"] == "deprecated" else nodes.note("", sentence)]


def _render_summary(entry: EntryData) -> Iterator[nodes.Node]:
    for paragraph in entry["summary"].split("\n\n"):
        if paragraph.strip():
            yield _make_paragraph(_make_marked(entry, paragraph))


def _render_notes(entry: EntryData) -> Iterator[nodes.Node]:
    if entry["notes"]:
        yield _make_bullets([_make_marked(entry, note) for note in entry["notes"]])


def _render_required(contract: ContractData) -> Iterator[nodes.Node]:
    yield from _render_settings(
        "required", "Required secrets, supplied by the owner of the connector", contract["required"]
    )


def _render_injected(contract: ContractData) -> Iterator[nodes.Node]:
    yield from _render_settings(
        "injected",
        "Secrets that the platform injects into the system",
        contract["injected"],
        {"Origin": _describe_origin},
    )


def _render_parameters(contract: ContractData) -> Iterator[nodes.Node]:
    yield from _render_settings("parameters", "Parameters, which are not secret", contract["parameters"])


def _render_settings(
    part: str,
    caption: str,
    settings: Sequence[SettingData],
    columns: Mapping[str, Callable[[SettingData], Inline]] = MappingProxyType({}),
) -> Iterator[nodes.Node]:
    """Yield a table of settings, if there are any, with columns in addition to those that all such tables can have."""
    shared = {"Default": _describe_default, "Allowed values": _describe_choices, "Remarks": _describe_remarks}
    shown = {title: render for title, render in shared.items() if any(map(render, settings))}
    columns = {**shown, **columns}
    if settings:
        yield _make_table(
            part,
            caption,
            _make_head(["Property", "Description", "Type", *columns]),
            [[*_make_cells(setting), *(render(setting) for render in columns.values())] for setting in settings],
        )


# Documents of earlier releases lack the facts below.


def _describe_default(setting: SettingData) -> Inline:
    return _make_literal_or(setting.get("default") or "", "")


def _describe_choices(setting: SettingData) -> Inline:
    """Return the allowed values with their labels, or the first ones and the number of the others."""
    choices = setting.get("choices", [])
    shown: list[Inline] = [
        [_make_literal(each["value"]), *([nodes.Text(f" ({_clean_text(each['label'])})")] if each["label"] else [])]
        for each in choices[:MOST_CHOICES]
    ]
    more = len(choices) - len(shown)
    return _join_inlines([*shown, *([[nodes.Text(f"and {more} more")]] if more else [])])


def _describe_remarks(setting: SettingData) -> Inline:
    """Return what a person who supplies the value needs to know, and no other column tells."""
    holds = {
        "not secret": setting.get("secret") == "no",
        "supplied by a program": setting.get("automated"),
        "not in forms": setting.get("hidden"),
    }
    facts = {
        "format": setting.get("format"),
        "matches": setting.get("pattern"),
        "preceded by": setting.get("prefix"),
        "followed by": setting.get("suffix"),
        "for example": setting.get("example"),
    }
    return _join_inlines(
        [
            *([nodes.Text(words)] for words, is_true in holds.items() if is_true),
            *(
                [
                    nodes.Text("only if "),
                    _make_literal(name),
                    nodes.Text(" is "),
                    *_join_inlines(map(_quote, values), " or "),
                ]
                for name, values in setting.get("conditions", {}).items()
            ),
            *([nodes.Text(f"{words} "), _make_literal(value)] for words, value in facts.items() if value),
        ],
        "; ",
    )


def _make_cells(setting: SettingData) -> list[Inline]:
    marks = [
        mark for mark, holds in (("optional", setting["optional"]), ("deprecated", setting["deprecated"])) if holds
    ]
    literal = nodes.literal("", _clean_text(setting["name"]))
    literal[SECRET] = setting["name"]
    return [
        [literal, *(_make_mark(mark) for mark in marks)],
        _describe_setting(setting),
        [_make_text(setting["type"])],
    ]


def _describe_setting(setting: SettingData) -> Inline:
    """Return the title and the description, or the one that there is."""
    title, description = setting["title"] or "", setting["description"]
    if not (title and description):
        return _make_marked(setting, description) if description else [_make_text(title)]
    return [nodes.strong("", _clean_text(title)), nodes.Text(": "), *_make_marked(setting, description)]


def _describe_origin(secret: SettingData) -> Inline:
    """Return the origin of a value, and its lifetime if that is limited."""
    origin, lifetime = secret["origin"], secret["lifetime"]
    known: list[Inline] = []
    if origin and origin["required"]:
        known.append([_make_text(f"{origin['source']} from"), nodes.Text(" "), _make_literal(origin["required"])])
    elif origin and origin["source"] != "unknown":
        words = origin.get("expression")
        known.append([_make_text(f"{origin['source']} ({words})" if words else origin["source"])])
    if lifetime not in (None, "static", "unknown"):
        known.append([_make_text(lifetime)])
    return _join_inlines(known)


def _render_placements(contract: ContractData) -> Iterator[nodes.Node]:
    if contract["placements"]:
        fallbacks = [placement.get("fallback") for placement in contract["placements"]]
        columns = 3 + any(fallback is not None for fallback in fallbacks)
        rows = [
            [
                [_make_text(p["location_title"])],
                _make_literal_or(p["name"], ""),
                _make_literal_or(p["value"], "empty"),
                _make_literal_or(fallback or "", "" if fallback is None else "empty"),
            ][:columns]
            for p, fallback in zip(contract["placements"], fallbacks)
        ]
        head = _make_head(["Place", "Name", "Value", "Otherwise"][:columns])
        yield _make_table("placements", "Where each value goes", head, rows)


def _render_endpoints(contract: ContractData) -> Iterator[nodes.Node]:
    if contract["endpoints"]:
        rows = [[[_make_text(role)], _make_literal_or(url, "empty")] for role, url in _list_addresses(contract)]
        yield _make_table("endpoints", "Endpoints", _make_head(["Endpoint", "Address"]), rows)


def _list_addresses(contract: ContractData) -> Iterator[tuple[str, str]]:
    """Yield each URL with its role; that of a fallback follows the URL that it replaces.

    The facts of the request that verifies credentials follow its URL, the last one.
    """
    # Catalogues of earlier versions have no fallbacks, and no requests.
    fallbacks = contract.get("fallback_endpoints", {})
    for role, url in contract["endpoints"].items():
        yield role, url
        if role in fallbacks:
            yield f"{role}, otherwise", fallbacks[role]
    for path, value in contract.get("verification", {}).items():
        yield f"verification, {path}", value


def _render_request(contract: ContractData) -> Iterator[nodes.Node]:
    facts = contract.get("token_request", {})
    if facts:
        rows = [[[_make_text(path)], _make_literal_or(value, "empty")] for path, value in facts.items()]
        yield _make_table("request", "Request for a token", _make_head(["Fact", "Value"]), rows)


def _render_scopes(contract: ContractData) -> Iterator[nodes.Node]:
    # Catalogues of earlier versions have no other facts of OAuth.
    facts = [_make_literal(f"{path}: {value}") for path, value in contract.get("oauth", {}).items()]
    yield from _make_fields([("Scopes", [_make_literal(scope) for scope in contract["scopes"]]), ("OAuth", facts)])


def _link_documentation(entry: EntryData) -> Fact:
    """Return the link to the documentation, with its host as text; only an HTTP address becomes a link."""
    # A whole address would not wrap in its table cell.
    address = entry["docs"] or ""
    host = re.match(r"https?://([^/?#]+)", address)
    if host:
        return "Documentation", [nodes.reference("", "", _make_text(host[1]), refuri=address)]
    return "Documentation", [_make_text(address)] if address else []


def _make_link(catalogue: CatalogueData, kind: str, name: str) -> nodes.Node:
    """Return the title, as a link if a page describes the target, and otherwise as plain text without a warning."""
    entry = _get_entries(catalogue, kind).get(name)
    title = nodes.inline("", "", _make_text(entry["title"] if entry else name), classes=["xref", kind])
    return addnodes.pending_xref(
        "", title, refdomain="std", reftype=kind, reftarget=name, refexplicit=True, refwarn=False
    )


def _make_container(kind: str) -> nodes.Element:
    """Return a container that keeps quotes and dashes as they are, since they may be part of a value."""
    return nodes.container(classes=["authscribe", kind], support_smartquotes=False)


def _make_fields(facts: Iterable[Fact]) -> Iterator[nodes.Node]:
    """Yield a list of fields for the facts that have values."""
    fields = [
        nodes.field(
            "", nodes.field_name("", label), nodes.field_body("", _make_paragraph(_join_inlines([[n] for n in items])))
        )
        for label, items in facts
        if items
    ]
    if fields:
        yield nodes.field_list("", *fields)


def _make_bullets(items: Iterable[Inline]) -> nodes.Element:
    return nodes.bullet_list("", *(nodes.list_item("", _make_paragraph(item)) for item in items))


def _make_table(part: str, caption: str, head: Sequence[Inline], rows: Sequence[Sequence[Inline]]) -> nodes.Element:
    """Return a table in which the cells of the first column are row headings."""
    columns = [nodes.colspec(colwidth=_measure_column(column)) for column in zip(head, *rows)]
    columns[0]["stub"] = 1
    group = nodes.tgroup("", *columns, cols=len(head))
    group += nodes.thead("", _make_row(head))
    group += nodes.tbody("", *(_make_row(row) for row in rows))
    title = nodes.title("", "", nodes.Text(caption))
    return nodes.table("", title, group, classes=[f"authscribe-{part}", "colwidths-auto"])


def _measure_column(column: Iterable[Inline]) -> int:
    """Return the width of a column as plain text, including the quotes around a literal."""
    # With a word that is wider than its column, Sphinx 4.5 can wrap forever.
    words = (word for cell in column for node in cell for word in node.astext().split())
    return max(20, *(column_width(word) + 2 for word in words))


def _make_head(labels: Iterable[str]) -> list[Inline]:
    return [[nodes.Text(label)] for label in labels]


def _make_row(cells: Iterable[Inline]) -> nodes.Element:
    return nodes.row("", *(nodes.entry("", _make_paragraph(cell)) for cell in cells))


def _join_inlines(items: Iterable[Inline], separator: str = ", ") -> Inline:
    """Return the items, separated by commas or by another text."""
    joined: list[nodes.Node] = []
    for item in items:
        joined += [nodes.Text(separator), *item] if joined else item
    return joined


def _make_paragraph(inline: Inline) -> nodes.Element:
    return nodes.paragraph("", "", *inline)


def _make_mark(text: str) -> nodes.Element:
    return nodes.inline("", "", nodes.Text(" "), nodes.emphasis("", text))


def _make_literal_or(text: str, otherwise: str) -> Inline:
    """Return a literal, or a word in its place if it is empty: browsers show that as nothing or as an empty box."""
    return [_make_literal(text)] if text else [nodes.emphasis("", otherwise)] if otherwise else []


def _quote(value: str) -> Inline:
    return _make_literal_or(value, "empty")


def _make_literal(text: str) -> nodes.Node:
    return nodes.literal("", _clean_text(text))


def _make_marked(texts: TextsData, text: str) -> Inline:
    """Return a text with its markup."""
    spans = texts["markup"].get(text)
    return [_make_span(span) for span in spans] if spans else [_make_text(text)]


def _make_span(span: SpanData) -> nodes.Node:
    """Return a part of a text; only an address that runs nothing becomes a link."""
    text, address = span["text"], span["href"] or ""
    if re.match(r"https?://|mailto:", address):
        return nodes.reference("", "", nodes.Text(text), refuri=address)
    make = STYLES.get(span["style"])
    return make("", text) if make else nodes.Text(text)


def _make_text(text: str) -> nodes.Node:
    return nodes.Text(_clean_text(text))


def _clean_text(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub("\ufffd", text).split())


STYLES: Final[Mapping[str, type[nodes.TextElement]]] = {
    "code": nodes.literal,
    "emphasis": nodes.emphasis,
    "strong": nodes.strong,
}

CONTRACT_PARTS: Final[Mapping[str, Callable[[ContractData], Iterator[nodes.Node]]]] = {
    "required": _render_required,
    "injected": _render_injected,
    "parameters": _render_parameters,
    "placements": _render_placements,
    "endpoints": _render_endpoints,
    "request": _render_request,
    "scopes": _render_scopes,
}
"""Renderers of the parts that schemes and methods of connectors share."""

ENTRY_PARTS: Final[Mapping[str, Callable[[EntryData], Iterator[nodes.Node]]]] = {
    "summary": _render_summary,
    "notes": _render_notes,
}
"""Renderers of the parts that schemes and connectors share."""

PARTS: Final = ("summary", "facts", *CONTRACT_PARTS, "connectors", "notes")
"""All parts in their default order."""

RENDERERS: Final[Mapping[str, Callable[[CatalogueData, tuple[str, ...], tuple[str, ...]], nodes.Element]]] = {
    "title": _render_title,
    SCHEME: _render_scheme,
    CONNECTOR: _render_connector,
    MATRIX: _render_matrix,
}
"""Renderer of each kind of query."""
