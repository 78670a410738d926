"""The Sphinx extension: schemes, connectors and their matrix inside pages that people write.

It reads the document that ``authscribe generate --target catalogue`` writes, and nothing else of authscribe: the
standard library, docutils and Sphinx are all it imports, and it works on Sphinx 4.5 with Python 3.9 as on the
current one. It is one file, since projects whose Python is too old for authscribe keep a copy of it. In ``conf.py``::

    extensions = ["authscribe.sphinxext"]
    authscribe_catalogue = "../output/catalogue/catalogue.json"    # relative to the folder of conf.py

Directives:

``.. auth-scheme:: ID``
    What a scheme asks for and injects. ``:parts:`` chooses and orders what is shown, among ``summary``, ``facts``,
    ``required``, ``injected``, ``parameters``, ``placements``, ``endpoints``, ``scopes``, ``connectors`` and
    ``notes``; ``none`` shows nothing, and only makes the place the one that roles lead to. ``:heading:`` opens a
    section with the scheme's title, where a section may stand. ``:no-index:`` is for a second description: roles
    lead to the other one.

``.. auth-connector:: ID``
    The same for a connector, method by method; all parts but ``connectors``.

``.. auth-matrix::``
    Which connector uses which scheme. ``:connectors:`` and ``:schemes:`` choose and order rows and columns; without
    them, all connectors and every scheme that one of them uses.

All three take ``:class:`` and ``:name:``. Roles, each also with a title of its own (``title <target>``):

``:auth-scheme:`ID```, ``:auth-connector:`ID```
    The title, linked to the page that describes it, in another project too (intersphinx).

``:auth-secret:`SCHEME/NAME```
    The name of a secret or parameter as a literal, linked to its row in the description of the scheme.

A name that the catalogue does not have, one that no page describes, and one that two pages describe are warnings
with file and line. A page is read again when what it shows has changed, not when the catalogue has.

Texts of the catalogue become text nodes: nothing in them is markup, whatever they hold. For style sheets, everything
that a directive shows is of the class ``authscribe`` and of the directive's own name, each table of
``authscribe-required`` and so on; the ids are ``auth-scheme-ID``, ``auth-connector-ID`` and
``auth-secret-SCHEME-NAME``.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import ClassVar, Final, NamedTuple, TypedDict

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.utils import column_width
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.domains import Domain, ObjType
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_id

VERSION: Final = 1
"""The version of the catalogue document that this extension reads."""

SCHEME: Final = "auth-scheme"
CONNECTOR: Final = "auth-connector"
MATRIX: Final = "auth-matrix"
SECRET: Final = "auth-secret"  # noqa: S105 - the name of a role

NOUNS: Final[Mapping[str, str]] = {SCHEME: "scheme", CONNECTOR: "connector", SECRET: "secret"}
"""What each type of object is called."""

_LOGGER: Final = logging.getLogger(__name__)
# The characters that `authscribe.encoders.printable` shows as U+FFFD.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class OriginData(TypedDict):
    """Where an injected secret comes from."""

    source: str
    required: str | None


class SettingData(TypedDict):
    """A secret or parameter."""

    name: str
    title: str | None
    description: str
    type: str
    optional: bool
    origin: OriginData | None
    lifetime: str | None
    deprecated: bool


class PlacementData(TypedDict):
    """Where a value goes."""

    location_title: str
    name: str
    value: str


class ContractData(TypedDict):
    """What schemes and the methods of connectors have in common."""

    required: list[SettingData]
    injected: list[SettingData]
    parameters: list[SettingData]
    placements: list[PlacementData]
    endpoints: dict[str, str]
    scopes: list[str]
    selector: dict[str, str]


class EntryData(TypedDict):
    """What schemes and connectors have in common."""

    id: str
    title: str
    summary: str
    notes: list[str]
    docs: str | None
    status: str
    successor: str | None


class SchemeData(EntryData, ContractData):
    """How a kind of system authenticates."""

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
    """One integration that uses schemes."""

    flags: list[str]
    methods: list[MethodData]


class CatalogueData(NamedTuple):
    """The catalogue document, by id; the digest is that of its bytes."""

    schemes: Mapping[str, SchemeData]
    connectors: Mapping[str, ConnectorData]
    digest: str


class CatalogueQuery(NamedTuple):
    """What a directive or role asks the catalogue for; the answer depends on nothing else."""

    kind: str
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class DescribedObject(NamedTuple):
    """A place that describes something: the type of the object, its name, and the line of the directive."""

    kind: str
    name: str
    line: int


Inline = Sequence[nodes.Node]
"""What stands in one paragraph."""

Fact = tuple[str, Inline]
"""A label, and what there is to say about it."""


@dataclass
class PageRecord:
    """What one page shows, by digest, and what it describes."""

    shown: dict[CatalogueQuery, str] = field(default_factory=dict)
    described: list[DescribedObject] = field(default_factory=list)


class CatalogueError(SphinxError):
    """The catalogue document cannot be read."""

    category = "The catalogue of authscribe cannot be read"


def setup(app: Sphinx) -> dict[str, object]:
    """Connect the extension; called by Sphinx."""
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
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def read_catalogue(path: Path) -> CatalogueData:
    """The catalogue document at `path`; raises CatalogueError where there is none, or one of another version."""
    try:
        content = path.read_bytes()
        document = json.loads(content.decode("utf-8-sig"))
        if document["version"] != VERSION:
            raise CatalogueError(f"{path}: it is of version {document['version']!r}, this authscribe reads {VERSION}")
        schemes, connectors = ({entry["id"]: entry for entry in document[key]} for key in ("schemes", "connectors"))
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror}; write it: authscribe generate --target catalogue") from None
    except (ValueError, RecursionError) as error:
        raise CatalogueError(f"{path}: it is no JSON ({error})") from None
    except (KeyError, TypeError):
        raise CatalogueError(
            f"{path}: it is no catalogue, such as authscribe generate --target catalogue writes"
        ) from None
    return CatalogueData(schemes, connectors, hashlib.sha256(content).hexdigest())


@lru_cache(maxsize=1)
def _read_cached(path: Path, _stamp: int) -> CatalogueData:
    return read_catalogue(path)


def _get_catalogue(config: Config) -> CatalogueData:
    """The catalogue of the project; the file is read again only when it has changed."""
    path = Path(config.authscribe_catalogue)
    if not config.authscribe_catalogue:
        raise CatalogueError("say where it is: authscribe_catalogue in conf.py, relative to the folder of conf.py")
    return _read_cached(path, path.stat().st_mtime_ns if path.is_file() else 0)


def _load_early(app: Sphinx, config: Config) -> None:
    """Resolve the path while the folder of conf.py is known, and let a bad document end the build at once."""
    if config.authscribe_catalogue:
        config.authscribe_catalogue = str(Path(app.confdir or app.srcdir, config.authscribe_catalogue))
        _get_catalogue(config)


def _get_records(env: BuildEnvironment) -> dict[str, PageRecord]:
    pages: dict[str, PageRecord] = vars(env).setdefault("authscribe_pages", {})
    return pages


def _get_record(env: BuildEnvironment) -> PageRecord:
    return _get_records(env).setdefault(env.docname, PageRecord())


def _query_catalogue(env: BuildEnvironment, query: CatalogueQuery) -> nodes.Element:
    """The one door to what is shown, so that a page is read again exactly when one of its answers has changed."""
    answer = _render_query(_get_catalogue(env.config), query)
    _get_record(env).shown[query] = _hash_nodes(answer)
    return answer


def _render_query(catalogue: CatalogueData, query: CatalogueQuery) -> nodes.Element:
    """What the catalogue has to show, without anything of the page; empty for a name that it does not have."""
    return RENDERERS[query.kind](catalogue, query.names, query.others)


def _hash_nodes(answer: nodes.Element) -> str:
    return hashlib.sha256(answer.pformat().encode("utf-8", "surrogatepass")).hexdigest()


def _find_outdated(
    app: Sphinx, env: BuildEnvironment, _added: Collection[str], _changed: Collection[str], _removed: Collection[str]
) -> list[str]:
    """The pages that would show something else than when they were read."""
    if not app.config.authscribe_catalogue:
        return []
    catalogue = _get_catalogue(app.config)
    before, vars(env)["authscribe_digest"] = vars(env).get("authscribe_digest"), catalogue.digest
    if before == catalogue.digest:
        return []
    answers = {
        query: _hash_nodes(_render_query(catalogue, query))
        for page in _get_records(env).values()
        for query in page.shown
    }
    return [
        name
        for name, page in _get_records(env).items()
        if any(answers[q] != digest for q, digest in page.shown.items())
    ]


def _purge_record(_app: Sphinx, env: BuildEnvironment, name: str) -> None:
    _get_records(env).pop(name, None)


def _merge_records(_app: Sphinx, env: BuildEnvironment, names: Collection[str], other: BuildEnvironment) -> None:
    """Take over the pages that another process has read."""
    _get_records(env).update({name: page for name, page in _get_records(other).items() if name in names})


def _report_duplicates(_app: Sphinx, env: BuildEnvironment) -> None:
    """Across all pages at once, since pages are read in several processes."""
    first: dict[tuple[str, str], str] = {}
    for page_name, page in sorted(_get_records(env).items()):
        for description in page.described:
            place = first.setdefault((description.kind, description.name), f"{page_name}:{description.line}")
            if place != f"{page_name}:{description.line}":
                _warn(
                    f"the {NOUNS[description.kind]} {description.name!r} is described at {place} as well; "
                    "give one of them the option :no-index:",
                    (page_name, description.line),
                )


def _explain_missing(app: Sphinx, _domain: Domain, node: addnodes.pending_xref) -> bool | None:
    """Say why a role leads nowhere; links that directives make are plain text where nothing describes their target."""
    kind, name = node["reftype"], node["reftarget"]
    if kind not in NOUNS:
        return None
    if node["refwarn"]:
        known = _list_names(_get_catalogue(app.config), kind) if app.config.authscribe_catalogue else ()
        _warn(_word_undescribed(kind, name) if name in known else _word_unknown(kind, name, known), node)
    return True


def _word_undescribed(kind: str, name: str) -> str:
    directive, identifier = (SCHEME, name.partition("/")[0]) if kind == SECRET else (kind, name)
    return f"no page describes the {NOUNS[kind]} {name!r}; one with '.. {directive}:: {identifier}' would"


def _word_unknown(kind: str, name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"there is no {NOUNS[kind]} {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")


def _list_names(catalogue: CatalogueData, kind: str) -> Collection[str]:
    if kind == SECRET:
        return {f"{s['id']}/{setting['name']}" for s in catalogue.schemes.values() for setting in _list_settings(s)}
    return _get_entries(catalogue, kind)


def _get_entries(catalogue: CatalogueData, kind: str) -> Mapping[str, EntryData]:
    return catalogue.schemes if kind == SCHEME else catalogue.connectors


def _list_settings(contract: ContractData) -> list[SettingData]:
    return [*contract["required"], *contract["injected"], *contract["parameters"]]


def _warn(message: str, location: str | tuple[str, int] | nodes.Node) -> None:
    _LOGGER.warning("%s", message, location=location, type="authscribe")


def _parse_parts(argument: str | None) -> tuple[str, ...]:
    """The value of the option `parts`; ValueError is what docutils turns into a message with its place."""
    parts = _parse_list(argument)
    for part in parts:
        if part not in PARTS and parts != ("none",):
            close = difflib.get_close_matches(part, PARTS, n=1)
            raise ValueError(f"there is no part {part!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
    return () if parts == ("none",) else parts


def _parse_list(argument: str | None) -> tuple[str, ...]:
    """Words with blanks or commas between them."""
    words = tuple((argument or "").replace(",", " ").split())
    if not words:
        raise ValueError("a list is missing")
    return words


class DescriptionDirective(SphinxDirective):
    """`.. auth-scheme:: ID` and `.. auth-connector:: ID`."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "parts": _parse_parts,
        "heading": directives.flag,
        "no-index": directives.flag,
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """The description, or nothing and a warning."""
        kind, name = self.name.rpartition(":")[2], self.arguments[0]
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
            raise self.error("the option 'heading' opens a section, and none can stand here")
        section = nodes.section("", nodes.title("", "", _make_text(title)))
        if "no-index" in self.options:
            self.state.document.note_implicit_target(section)
        return section

    def _index_names(self, kind: str, name: str, anchor: nodes.Element, content: nodes.Element) -> None:
        """Let roles lead to the anchor, in this project and, through its inventory, in others."""
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
    """`.. auth-matrix::`."""

    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "connectors": _parse_list,
        "schemes": _parse_list,
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """The matrix, without the names that the catalogue does not have."""
        connectors, schemes = self._choose_names("connectors", CONNECTOR), self._choose_names("schemes", SCHEME)
        content = _query_catalogue(self.env, CatalogueQuery(MATRIX, connectors, schemes))
        content["classes"] += self.options.get("class", [])
        anchor = nodes.target()
        self.add_name(anchor)
        return _place_content(anchor, content)

    def _choose_names(self, option: str, kind: str) -> tuple[str, ...]:
        names: tuple[str, ...] = self.options.get(option, ())
        known = _get_entries(_get_catalogue(self.config), kind)
        for name in names:
            if name not in known:
                _warn(_word_unknown(kind, name, known), self.get_location())
        return names


class NameRole(XRefRole):
    """`:auth-scheme:`, `:auth-connector:` and `:auth-secret:`."""

    def process_link(
        self,
        env: BuildEnvironment,
        refnode: nodes.Element,
        has_explicit_title: bool,  # noqa: FBT001 - Sphinx passes it like this
        title: str,
        target: str,
    ) -> tuple[str, str]:
        """Show what the catalogue calls the target, unless the page calls it something else."""
        if not env.config.authscribe_catalogue:
            return title, target
        known = _query_catalogue(env, CatalogueQuery("title", (refnode["reftype"], target))).astext()
        return (title if has_explicit_title else known or title), target


def _place_content(anchor: nodes.Element, content: nodes.Element) -> list[nodes.Node]:
    """A section holds its content; a target stands before it, which LaTeX needs for a link."""
    if isinstance(anchor, nodes.section):
        anchor += content
        return [anchor]
    return [anchor, content] if anchor["ids"] else [content]


def _find_secret_names(node: nodes.Element) -> Iterator[nodes.Element]:
    """The literals that are the names of the rows of secrets and parameters."""
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
    """What each method asks for and gets; the title of a method is shown where there is a choice."""
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
    """A box that says so where the scheme or connector is not stable."""
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
            yield nodes.paragraph("", "", _make_text(paragraph))


def _render_notes(entry: EntryData) -> Iterator[nodes.Node]:
    if entry["notes"]:
        yield _make_bullets([[_make_text(note)] for note in entry["notes"]])


def _render_required(contract: ContractData) -> Iterator[nodes.Node]:
    yield from _render_settings(
        "required", "Required secrets, supplied by the owner of the connector", contract["required"]
    )


def _render_injected(contract: ContractData) -> Iterator[nodes.Node]:
    if contract["injected"]:
        head = ["Property", "Description", "Type", "Origin"]
        rows = [[*_make_cells(secret), _describe_origin(secret)] for secret in contract["injected"]]
        yield _make_table("injected", "Secrets that the platform injects into the system", _make_head(head), rows)


def _render_parameters(contract: ContractData) -> Iterator[nodes.Node]:
    yield from _render_settings("parameters", "Parameters, which are not secret", contract["parameters"])


def _render_settings(part: str, caption: str, settings: Sequence[SettingData]) -> Iterator[nodes.Node]:
    if settings:
        yield _make_table(
            part,
            caption,
            _make_head(["Property", "Description", "Type"]),
            [_make_cells(setting) for setting in settings],
        )


def _make_cells(setting: SettingData) -> list[Inline]:
    marks = [
        mark for mark, holds in (("optional", setting["optional"]), ("deprecated", setting["deprecated"])) if holds
    ]
    literal = nodes.literal("", _clean_text(setting["name"]))
    literal[SECRET] = setting["name"]
    return [
        [literal, *(_make_mark(mark) for mark in marks)],
        [_make_text(setting["description"] or setting["title"] or "")],
        [_make_text(setting["type"])],
    ]


def _describe_origin(secret: SettingData) -> Inline:
    """Where the value comes from, and how long it is good for where that is not for ever."""
    origin, lifetime = secret["origin"], secret["lifetime"]
    known: list[Inline] = []
    if origin and origin["required"]:
        known.append([_make_text(f"{origin['source']} from"), nodes.Text(" "), _make_literal(origin["required"])])
    elif origin and origin["source"] != "unknown":
        known.append([_make_text(origin["source"])])
    if lifetime not in (None, "static", "unknown"):
        known.append([_make_text(lifetime)])
    return _join_inlines(known)


def _render_placements(contract: ContractData) -> Iterator[nodes.Node]:
    if contract["placements"]:
        rows = [
            [[_make_text(p["location_title"])], _make_literal_or(p["name"], ""), _make_literal_or(p["value"], "empty")]
            for p in contract["placements"]
        ]
        yield _make_table("placements", "Where each value goes", _make_head(["Place", "Name", "Value"]), rows)


def _render_endpoints(contract: ContractData) -> Iterator[nodes.Node]:
    if contract["endpoints"]:
        rows = [[[_make_text(role)], [_make_literal(url)]] for role, url in contract["endpoints"].items()]
        yield _make_table("endpoints", "Endpoints", _make_head(["Endpoint", "Address"]), rows)


def _render_scopes(contract: ContractData) -> Iterator[nodes.Node]:
    if contract["scopes"]:
        yield from _make_fields([("Scopes", [_make_literal(scope) for scope in contract["scopes"]])])


def _link_documentation(entry: EntryData) -> Fact:
    """A link shown as its host: a whole address would not wrap, and only that of a page is a link."""
    address = entry["docs"] or ""
    host = re.match(r"https?://([^/?#]+)", address)
    if host:
        return "Documentation", [nodes.reference("", "", _make_text(host[1]), refuri=address)]
    return "Documentation", [_make_text(address)] if address else []


def _make_link(catalogue: CatalogueData, kind: str, name: str) -> nodes.Node:
    """The title, as a link where a page describes what it names; plain text, without a warning, where none does."""
    entry = _get_entries(catalogue, kind).get(name)
    title = nodes.inline("", "", _make_text(entry["title"] if entry else name), classes=["xref", kind])
    return addnodes.pending_xref(
        "", title, refdomain="std", reftype=kind, reftarget=name, refexplicit=True, refwarn=False
    )


def _make_container(kind: str) -> nodes.Element:
    """Quotes and dashes of the catalogue stay what they are: they may belong to a value."""
    return nodes.container(classes=["authscribe", kind], support_smartquotes=False)


def _make_fields(facts: Iterable[Fact]) -> Iterator[nodes.Node]:
    """A list of fields, without the facts that have nothing to say."""
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
    """A table; the cells of its first column are the headings of the rows."""
    columns = [nodes.colspec(colwidth=_measure_column(column)) for column in zip(head, *rows)]
    columns[0]["stub"] = 1
    group = nodes.tgroup("", *columns, cols=len(head))
    group += nodes.thead("", _make_row(head))
    group += nodes.tbody("", *(_make_row(row) for row in rows))
    title = nodes.title("", "", nodes.Text(caption))
    return nodes.table("", title, group, classes=[f"authscribe-{part}", "colwidths-auto"])


def _measure_column(column: Iterable[Inline]) -> int:
    """How wide a column is as plain text, quotes around a literal included.

    Sphinx 4.5 can wrap for ever where a word is wider than its column.
    """
    words = (word for cell in column for node in cell for word in node.astext().split())
    return max(20, *(column_width(word) + 2 for word in words))


def _make_head(labels: Iterable[str]) -> list[Inline]:
    return [[nodes.Text(label)] for label in labels]


def _make_row(cells: Iterable[Inline]) -> nodes.Element:
    return nodes.row("", *(nodes.entry("", _make_paragraph(cell)) for cell in cells))


def _join_inlines(items: Iterable[Inline]) -> Inline:
    """The items with commas between them."""
    joined: list[nodes.Node] = []
    for item in items:
        joined += [nodes.Text(", "), *item] if joined else item
    return joined


def _make_paragraph(inline: Inline) -> nodes.Element:
    return nodes.paragraph("", "", *inline)


def _make_mark(text: str) -> nodes.Element:
    return nodes.inline("", "", nodes.Text(" "), nodes.emphasis("", text))


def _make_literal_or(text: str, otherwise: str) -> Inline:
    """A literal, or a word for an empty one, which would be shown as nothing or as an empty box."""
    return [_make_literal(text)] if text else [nodes.emphasis("", otherwise)] if otherwise else []


def _make_literal(text: str) -> nodes.Node:
    return nodes.literal("", _clean_text(text))


def _make_text(text: str) -> nodes.Node:
    return nodes.Text(_clean_text(text))


def _clean_text(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub("\ufffd", text).split())


CONTRACT_PARTS: Final[Mapping[str, Callable[[ContractData], Iterator[nodes.Node]]]] = {
    "required": _render_required,
    "injected": _render_injected,
    "parameters": _render_parameters,
    "placements": _render_placements,
    "endpoints": _render_endpoints,
    "scopes": _render_scopes,
}
"""The parts that schemes and the methods of connectors have in common."""

ENTRY_PARTS: Final[Mapping[str, Callable[[EntryData], Iterator[nodes.Node]]]] = {
    "summary": _render_summary,
    "notes": _render_notes,
}
"""The parts that schemes and connectors have in common."""

PARTS: Final = ("summary", "facts", *CONTRACT_PARTS, "connectors", "notes")
"""All parts, as they are shown when nothing is chosen."""

RENDERERS: Final[Mapping[str, Callable[[CatalogueData, tuple[str, ...], tuple[str, ...]], nodes.Element]]] = {
    "title": _render_title,
    SCHEME: _render_scheme,
    CONNECTOR: _render_connector,
    MATRIX: _render_matrix,
}
"""What each kind of query gets."""
