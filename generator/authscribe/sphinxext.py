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


class Origin(TypedDict):
    """Where an injected secret comes from."""

    source: str
    required: str | None


class Setting(TypedDict):
    """A secret or parameter."""

    name: str
    title: str | None
    description: str
    type: str
    optional: bool
    origin: Origin | None
    lifetime: str | None
    deprecated: bool


class Placement(TypedDict):
    """Where a value goes."""

    location_title: str
    name: str
    value: str


class Contract(TypedDict):
    """What schemes and the methods of connectors have in common."""

    required: list[Setting]
    injected: list[Setting]
    parameters: list[Setting]
    placements: list[Placement]
    endpoints: dict[str, str]
    scopes: list[str]
    selector: dict[str, str]


class Entry(TypedDict):
    """What schemes and connectors have in common."""

    id: str
    title: str
    summary: str
    notes: list[str]
    docs: str | None
    status: str
    successor: str | None


class Scheme(Entry, Contract):
    """How a kind of system authenticates."""

    kind_title: str
    aliases: list[str]
    former_names: list[str]
    extends: str | None
    connectors: list[str]


class Method(Contract):
    """One way to authenticate with a connector."""

    title: str
    schemes: list[str]


class Connector(Entry):
    """One integration that uses schemes."""

    flags: list[str]
    methods: list[Method]


class Catalogue(NamedTuple):
    """The catalogue document, by id; the digest is that of its bytes."""

    schemes: Mapping[str, Scheme]
    connectors: Mapping[str, Connector]
    digest: str


class Query(NamedTuple):
    """What a directive or role asks the catalogue for; the answer depends on nothing else."""

    kind: str
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Description(NamedTuple):
    """A place that describes something: the type of the object, its name, and the line of the directive."""

    kind: str
    name: str
    line: int


Inline = Sequence[nodes.Node]
"""What stands in one paragraph."""

Fact = tuple[str, Inline]
"""A label, and what there is to say about it."""


@dataclass
class Page:
    """What one page shows, by digest, and what it describes."""

    shown: dict[Query, str] = field(default_factory=dict)
    described: list[Description] = field(default_factory=list)


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
    app.connect("config-inited", _read_early)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-check-consistency", _report_duplicates)
    app.connect("warn-missing-reference", _explain_missing)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def read(path: Path) -> Catalogue:
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
    return Catalogue(schemes, connectors, hashlib.sha256(content).hexdigest())


@lru_cache(maxsize=1)
def _read_once(path: Path, _stamp: int) -> Catalogue:
    return read(path)


def _catalogue(config: Config) -> Catalogue:
    """The catalogue of the project; the file is read again only when it has changed."""
    path = Path(config.authscribe_catalogue)
    if not config.authscribe_catalogue:
        raise CatalogueError("say where it is: authscribe_catalogue in conf.py, relative to the folder of conf.py")
    return _read_once(path, path.stat().st_mtime_ns if path.is_file() else 0)


def _read_early(app: Sphinx, config: Config) -> None:
    """Resolve the path while the folder of conf.py is known, and let a bad document end the build at once."""
    if config.authscribe_catalogue:
        config.authscribe_catalogue = str(Path(app.confdir or app.srcdir, config.authscribe_catalogue))
        _catalogue(config)


def _pages(env: BuildEnvironment) -> dict[str, Page]:
    pages: dict[str, Page] = vars(env).setdefault("authscribe_pages", {})
    return pages


def _page(env: BuildEnvironment) -> Page:
    return _pages(env).setdefault(env.docname, Page())


def _ask(env: BuildEnvironment, query: Query) -> nodes.Element:
    """The one door to what is shown, so that a page is read again exactly when one of its answers has changed."""
    answer = _answer(_catalogue(env.config), query)
    _page(env).shown[query] = _digest(answer)
    return answer


def _answer(catalogue: Catalogue, query: Query) -> nodes.Element:
    """What the catalogue has to show, without anything of the page; empty for a name that it does not have."""
    return ANSWERS[query.kind](catalogue, query.names, query.others)


def _digest(answer: nodes.Element) -> str:
    return hashlib.sha256(answer.pformat().encode("utf-8", "surrogatepass")).hexdigest()


def _outdated(
    app: Sphinx, env: BuildEnvironment, _added: Collection[str], _changed: Collection[str], _removed: Collection[str]
) -> list[str]:
    """The pages that would show something else than when they were read."""
    if not app.config.authscribe_catalogue:
        return []
    catalogue = _catalogue(app.config)
    before, vars(env)["authscribe_digest"] = vars(env).get("authscribe_digest"), catalogue.digest
    if before == catalogue.digest:
        return []
    answers = {query: _digest(_answer(catalogue, query)) for page in _pages(env).values() for query in page.shown}
    return [name for name, page in _pages(env).items() if any(answers[q] != digest for q, digest in page.shown.items())]


def _purge(_app: Sphinx, env: BuildEnvironment, name: str) -> None:
    _pages(env).pop(name, None)


def _merge(_app: Sphinx, env: BuildEnvironment, names: Collection[str], other: BuildEnvironment) -> None:
    """Take over the pages that another process has read."""
    _pages(env).update({name: page for name, page in _pages(other).items() if name in names})


def _report_duplicates(_app: Sphinx, env: BuildEnvironment) -> None:
    """Across all pages at once, since pages are read in several processes."""
    first: dict[tuple[str, str], str] = {}
    for page_name, page in sorted(_pages(env).items()):
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
        known = _names(_catalogue(app.config), kind) if app.config.authscribe_catalogue else ()
        _warn(_undescribed(kind, name) if name in known else _unknown(kind, name, known), node)
    return True


def _undescribed(kind: str, name: str) -> str:
    directive, identifier = (SCHEME, name.partition("/")[0]) if kind == SECRET else (kind, name)
    return f"no page describes the {NOUNS[kind]} {name!r}; one with '.. {directive}:: {identifier}' would"


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"there is no {NOUNS[kind]} {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")


def _names(catalogue: Catalogue, kind: str) -> Collection[str]:
    if kind == SECRET:
        return {f"{s['id']}/{setting['name']}" for s in catalogue.schemes.values() for setting in _settings(s)}
    return _entries(catalogue, kind)


def _entries(catalogue: Catalogue, kind: str) -> Mapping[str, Entry]:
    return catalogue.schemes if kind == SCHEME else catalogue.connectors


def _settings(contract: Contract) -> list[Setting]:
    return [*contract["required"], *contract["injected"], *contract["parameters"]]


def _warn(message: str, location: str | tuple[str, int] | nodes.Node) -> None:
    _LOGGER.warning("%s", message, location=location, type="authscribe")


def _parts(argument: str | None) -> tuple[str, ...]:
    """The value of the option `parts`; ValueError is what docutils turns into a message with its place."""
    parts = _list(argument)
    for part in parts:
        if part not in PARTS and parts != ("none",):
            close = difflib.get_close_matches(part, PARTS, n=1)
            raise ValueError(f"there is no part {part!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
    return () if parts == ("none",) else parts


def _list(argument: str | None) -> tuple[str, ...]:
    """Words with blanks or commas between them."""
    words = tuple((argument or "").replace(",", " ").split())
    if not words:
        raise ValueError("a list is missing")
    return words


class DescriptionDirective(SphinxDirective):
    """`.. auth-scheme:: ID` and `.. auth-connector:: ID`."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "parts": _parts,
        "heading": directives.flag,
        "no-index": directives.flag,
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """The description, or nothing and a warning."""
        kind, name = self.name.rpartition(":")[2], self.arguments[0]
        content = _ask(self.env, Query(kind, (name,), self.options.get("parts", PARTS)))
        entries = _entries(_catalogue(self.config), kind)
        if name not in entries:
            _warn(_unknown(kind, name, entries), self.get_location())
            return []
        content["classes"] += self.options.get("class", [])
        self.set_source_info(content)
        anchor = self._section(entries[name]["title"]) if "heading" in self.options else nodes.target()
        if "no-index" not in self.options:
            self._index(kind, name, anchor, content)
        self.add_name(anchor)
        return _placed(anchor, content)

    def _section(self, title: str) -> nodes.section:
        if not isinstance(self.state_machine.node, (nodes.document, nodes.section)):
            raise self.error("the option 'heading' opens a section, and none can stand here")
        section = nodes.section("", nodes.title("", "", _text(title)))
        if "no-index" in self.options:
            self.state.document.note_implicit_target(section)
        return section

    def _index(self, kind: str, name: str, anchor: nodes.Element, content: nodes.Element) -> None:
        """Let roles lead to the anchor, in this project and, through its inventory, in others."""
        identifier = self._identify(anchor, kind, name)
        self._note(kind, name, identifier)
        _page(self.env).described.append(Description(kind, name, self.lineno))
        if kind == SCHEME:
            rows = {literal[SECRET]: literal for literal in reversed(list(_marked(content)))}
            for setting in {s["name"]: s for s in _settings(_catalogue(self.config).schemes[name])}:
                secret = f"{name}/{setting}"
                self._note(SECRET, secret, self._anchored(rows[setting], secret) if setting in rows else identifier)

    def _anchored(self, name: nodes.Element, secret: str) -> str:
        target = nodes.target()
        name.parent.insert(name.parent.index(name), target)
        return self._identify(target, SECRET, secret)

    def _identify(self, node: nodes.Element, kind: str, name: str) -> str:
        identifier: str = make_id(self.env, self.state.document, kind, name)
        node["ids"].append(identifier)
        self.state.document.note_explicit_target(node)
        return identifier

    def _note(self, kind: str, name: str, identifier: str) -> None:
        std = self.env.get_domain("std")
        if isinstance(std, StandardDomain):
            std.objects[kind, name] = (self.env.docname, identifier)


class MatrixDirective(SphinxDirective):
    """`.. auth-matrix::`."""

    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "connectors": _list,
        "schemes": _list,
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """The matrix, without the names that the catalogue does not have."""
        connectors, schemes = self._chosen("connectors", CONNECTOR), self._chosen("schemes", SCHEME)
        content = _ask(self.env, Query(MATRIX, connectors, schemes))
        content["classes"] += self.options.get("class", [])
        anchor = nodes.target()
        self.add_name(anchor)
        return _placed(anchor, content)

    def _chosen(self, option: str, kind: str) -> tuple[str, ...]:
        names: tuple[str, ...] = self.options.get(option, ())
        known = _entries(_catalogue(self.config), kind)
        for name in names:
            if name not in known:
                _warn(_unknown(kind, name, known), self.get_location())
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
        known = _ask(env, Query("title", (refnode["reftype"], target))).astext()
        return (title if has_explicit_title else known or title), target


def _placed(anchor: nodes.Element, content: nodes.Element) -> list[nodes.Node]:
    """A section holds its content; a target stands before it, which LaTeX needs for a link."""
    if isinstance(anchor, nodes.section):
        anchor += content
        return [anchor]
    return [anchor, content] if anchor["ids"] else [content]


def _marked(node: nodes.Element) -> Iterator[nodes.Element]:
    """The literals that are the names of the rows of secrets and parameters."""
    if SECRET in node:
        yield node
    for child in node.children:
        if isinstance(child, nodes.Element):
            yield from _marked(child)


def _title(catalogue: Catalogue, names: tuple[str, ...], _others: tuple[str, ...]) -> nodes.Element:
    kind, name = names
    if name not in _names(catalogue, kind):
        return nodes.inline()
    return nodes.inline(
        "", "", _text(name.partition("/")[2] if kind == SECRET else _entries(catalogue, kind)[name]["title"])
    )


def _scheme(catalogue: Catalogue, names: tuple[str, ...], parts: tuple[str, ...]) -> nodes.Element:
    content = _container(SCHEME)
    scheme = catalogue.schemes.get(names[0])
    if scheme is not None and parts:
        content += _status(catalogue, SCHEME, scheme)
        for part in parts:
            content += list(_scheme_part(catalogue, scheme, part))
    return content


def _scheme_part(catalogue: Catalogue, scheme: Scheme, part: str) -> Iterable[nodes.Node]:
    if part in CONTRACT_PARTS:
        return CONTRACT_PARTS[part](scheme)
    if part == "facts":
        return _fields(_scheme_facts(catalogue, scheme))
    if part == "connectors":
        return _fields([("Connectors", [_link(catalogue, CONNECTOR, name) for name in scheme["connectors"]])])
    return ENTRY_PARTS[part](scheme)


def _scheme_facts(catalogue: Catalogue, scheme: Scheme) -> Iterator[Fact]:
    yield "Scheme", [_literal(scheme["id"])]
    yield "Kind", [_text(scheme["kind_title"])]
    yield "Manifest", [_literal(f"{key}: {value}") for key, value in scheme["selector"].items()]
    yield "Other names", [_literal(name) for name in (*scheme["aliases"], *scheme["former_names"])]
    yield "Continues", [_link(catalogue, SCHEME, scheme["extends"])] if scheme["extends"] else []
    yield _documentation(scheme)


def _connector(catalogue: Catalogue, names: tuple[str, ...], parts: tuple[str, ...]) -> nodes.Element:
    content = _container(CONNECTOR)
    connector = catalogue.connectors.get(names[0])
    if connector is not None and parts:
        content += _status(catalogue, CONNECTOR, connector)
        for of_methods, group in groupby(parts, CONTRACT_PARTS.__contains__):
            chosen = tuple(group)
            content += list(
                _methods(catalogue, connector, chosen) if of_methods else _about(catalogue, connector, chosen)
            )
    return content


def _about(catalogue: Catalogue, connector: Connector, parts: Iterable[str]) -> Iterator[nodes.Node]:
    for part in parts:
        if part == "facts":
            yield from _fields(_connector_facts(catalogue, connector))
        elif part in ENTRY_PARTS:
            yield from ENTRY_PARTS[part](connector)


def _connector_facts(catalogue: Catalogue, connector: Connector) -> Iterator[Fact]:
    methods = connector["methods"]
    if len(methods) == 1:
        yield from _method_facts(catalogue, methods[0])
    else:
        yield "Methods", [_text(method["title"]) for method in methods]
    yield "Flags", [_literal(flag) for flag in connector["flags"]]
    yield _documentation(connector)


def _method_facts(catalogue: Catalogue, method: Method) -> Iterator[Fact]:
    yield "Scheme", [_link(catalogue, SCHEME, name) for name in method["schemes"]]
    schemes = [catalogue.schemes[name] for name in method["schemes"] if name in catalogue.schemes]
    yield "Kind", [_text(scheme["kind_title"]) for scheme in schemes]


def _methods(catalogue: Catalogue, connector: Connector, parts: tuple[str, ...]) -> Iterator[nodes.Node]:
    """What each method asks for and gets; the title of a method is shown where there is a choice."""
    for method in connector["methods"]:
        if len(connector["methods"]) > 1:
            yield nodes.rubric("", "", _text(method["title"]))
            yield from _fields(_method_facts(catalogue, method))
        for part in parts:
            yield from CONTRACT_PARTS[part](method)


def _matrix(catalogue: Catalogue, connectors: tuple[str, ...], schemes: tuple[str, ...]) -> nodes.Element:
    content = _container(MATRIX)
    rows = [catalogue.connectors[c] for c in connectors or sorted(catalogue.connectors) if c in catalogue.connectors]
    used = {row["id"]: {scheme for method in row["methods"] for scheme in method["schemes"]} for row in rows}
    columns = [s for s in schemes or sorted(set().union(*used.values())) if s in catalogue.schemes]
    if rows and columns:
        head: list[Inline] = [[_text("Connector")], *([_link(catalogue, SCHEME, scheme)] for scheme in columns)]
        body = [
            [[_link(catalogue, CONNECTOR, name)], *([_text("yes")] if s in schemes_of else [] for s in columns)]
            for name, schemes_of in used.items()
        ]
        content += _table("matrix", "The schemes of each connector", head, body)
    return content


def _status(catalogue: Catalogue, kind: str, entry: Entry) -> list[nodes.Node]:
    """A box that says so where the scheme or connector is not stable."""
    if entry["status"] == "stable":
        return []
    sentence = nodes.paragraph("", "", _text(f"This {NOUNS[kind]} is {entry['status']}"))
    if entry["successor"]:
        sentence += [nodes.Text("; use "), _link(catalogue, kind, entry["successor"]), nodes.Text(" instead")]
    sentence += nodes.Text(".")
    return [nodes.warning("", sentence) if entry["status"] == "deprecated" else nodes.note("", sentence)]


def _summary(entry: Entry) -> Iterator[nodes.Node]:
    for paragraph in entry["summary"].split("\n\n"):
        if paragraph.strip():
            yield nodes.paragraph("", "", _text(paragraph))


def _notes(entry: Entry) -> Iterator[nodes.Node]:
    if entry["notes"]:
        yield _bullets([[_text(note)] for note in entry["notes"]])


def _required(contract: Contract) -> Iterator[nodes.Node]:
    yield from _plain_settings(
        "required", "Required secrets, supplied by the owner of the connector", contract["required"]
    )


def _injected(contract: Contract) -> Iterator[nodes.Node]:
    if contract["injected"]:
        head = ["Property", "Description", "Type", "Origin"]
        rows = [[*_cells(secret), _origin(secret)] for secret in contract["injected"]]
        yield _table("injected", "Secrets that the platform injects into the system", _head(head), rows)


def _parameters(contract: Contract) -> Iterator[nodes.Node]:
    yield from _plain_settings("parameters", "Parameters, which are not secret", contract["parameters"])


def _plain_settings(part: str, caption: str, settings: Sequence[Setting]) -> Iterator[nodes.Node]:
    if settings:
        yield _table(
            part, caption, _head(["Property", "Description", "Type"]), [_cells(setting) for setting in settings]
        )


def _cells(setting: Setting) -> list[Inline]:
    marks = [
        mark for mark, holds in (("optional", setting["optional"]), ("deprecated", setting["deprecated"])) if holds
    ]
    literal = nodes.literal("", _clean(setting["name"]))
    literal[SECRET] = setting["name"]
    return [
        [literal, *(_mark(mark) for mark in marks)],
        [_text(setting["description"] or setting["title"] or "")],
        [_text(setting["type"])],
    ]


def _origin(secret: Setting) -> Inline:
    """Where the value comes from, and how long it is good for where that is not for ever."""
    origin, lifetime = secret["origin"], secret["lifetime"]
    known: list[Inline] = []
    if origin and origin["required"]:
        known.append([_text(f"{origin['source']} from"), nodes.Text(" "), _literal(origin["required"])])
    elif origin and origin["source"] != "unknown":
        known.append([_text(origin["source"])])
    if lifetime not in (None, "static", "unknown"):
        known.append([_text(lifetime)])
    return _joined(known)


def _placements(contract: Contract) -> Iterator[nodes.Node]:
    if contract["placements"]:
        rows = [
            [[_text(p["location_title"])], _optional(p["name"], ""), _optional(p["value"], "empty")]
            for p in contract["placements"]
        ]
        yield _table("placements", "Where each value goes", _head(["Place", "Name", "Value"]), rows)


def _endpoints(contract: Contract) -> Iterator[nodes.Node]:
    if contract["endpoints"]:
        rows = [[[_text(role)], [_literal(url)]] for role, url in contract["endpoints"].items()]
        yield _table("endpoints", "Endpoints", _head(["Endpoint", "Address"]), rows)


def _scopes(contract: Contract) -> Iterator[nodes.Node]:
    if contract["scopes"]:
        yield from _fields([("Scopes", [_literal(scope) for scope in contract["scopes"]])])


def _documentation(entry: Entry) -> Fact:
    """A link shown as its host: a whole address would not wrap, and only that of a page is a link."""
    address = entry["docs"] or ""
    host = re.match(r"https?://([^/?#]+)", address)
    if host:
        return "Documentation", [nodes.reference("", "", _text(host[1]), refuri=address)]
    return "Documentation", [_text(address)] if address else []


def _link(catalogue: Catalogue, kind: str, name: str) -> nodes.Node:
    """The title, as a link where a page describes what it names; plain text, without a warning, where none does."""
    entry = _entries(catalogue, kind).get(name)
    title = nodes.inline("", "", _text(entry["title"] if entry else name), classes=["xref", kind])
    return addnodes.pending_xref(
        "", title, refdomain="std", reftype=kind, reftarget=name, refexplicit=True, refwarn=False
    )


def _container(kind: str) -> nodes.Element:
    """Quotes and dashes of the catalogue stay what they are: they may belong to a value."""
    return nodes.container(classes=["authscribe", kind], support_smartquotes=False)


def _fields(facts: Iterable[Fact]) -> Iterator[nodes.Node]:
    """A list of fields, without the facts that have nothing to say."""
    fields = [
        nodes.field("", nodes.field_name("", label), nodes.field_body("", _paragraph(_joined([[n] for n in items]))))
        for label, items in facts
        if items
    ]
    if fields:
        yield nodes.field_list("", *fields)


def _bullets(items: Iterable[Inline]) -> nodes.Element:
    return nodes.bullet_list("", *(nodes.list_item("", _paragraph(item)) for item in items))


def _table(part: str, caption: str, head: Sequence[Inline], rows: Sequence[Sequence[Inline]]) -> nodes.Element:
    """A table; the cells of its first column are the headings of the rows."""
    columns = [nodes.colspec(colwidth=_width(column)) for column in zip(head, *rows)]
    columns[0]["stub"] = 1
    group = nodes.tgroup("", *columns, cols=len(head))
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *(_row(row) for row in rows))
    title = nodes.title("", "", nodes.Text(caption))
    return nodes.table("", title, group, classes=[f"authscribe-{part}", "colwidths-auto"])


def _width(column: Iterable[Inline]) -> int:
    """How wide a column is as plain text, quotes around a literal included.

    Sphinx 4.5 can wrap for ever where a word is wider than its column.
    """
    words = (word for cell in column for node in cell for word in node.astext().split())
    return max(20, *(column_width(word) + 2 for word in words))


def _head(labels: Iterable[str]) -> list[Inline]:
    return [[nodes.Text(label)] for label in labels]


def _row(cells: Iterable[Inline]) -> nodes.Element:
    return nodes.row("", *(nodes.entry("", _paragraph(cell)) for cell in cells))


def _joined(items: Iterable[Inline]) -> Inline:
    """The items with commas between them."""
    joined: list[nodes.Node] = []
    for item in items:
        joined += [nodes.Text(", "), *item] if joined else item
    return joined


def _paragraph(inline: Inline) -> nodes.Element:
    return nodes.paragraph("", "", *inline)


def _mark(text: str) -> nodes.Element:
    return nodes.inline("", "", nodes.Text(" "), nodes.emphasis("", text))


def _optional(text: str, otherwise: str) -> Inline:
    """A literal, or a word for an empty one, which would be shown as nothing or as an empty box."""
    return [_literal(text)] if text else [nodes.emphasis("", otherwise)] if otherwise else []


def _literal(text: str) -> nodes.Node:
    return nodes.literal("", _clean(text))


def _text(text: str) -> nodes.Node:
    return nodes.Text(_clean(text))


def _clean(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub("\ufffd", text).split())


CONTRACT_PARTS: Final[Mapping[str, Callable[[Contract], Iterator[nodes.Node]]]] = {
    "required": _required,
    "injected": _injected,
    "parameters": _parameters,
    "placements": _placements,
    "endpoints": _endpoints,
    "scopes": _scopes,
}
"""The parts that schemes and the methods of connectors have in common."""

ENTRY_PARTS: Final[Mapping[str, Callable[[Entry], Iterator[nodes.Node]]]] = {"summary": _summary, "notes": _notes}
"""The parts that schemes and connectors have in common."""

PARTS: Final = ("summary", "facts", *CONTRACT_PARTS, "connectors", "notes")
"""All parts, as they are shown when nothing is chosen."""

ANSWERS: Final[Mapping[str, Callable[[Catalogue, tuple[str, ...], tuple[str, ...]], nodes.Element]]] = {
    "title": _title,
    SCHEME: _scheme,
    CONNECTOR: _connector,
    MATRIX: _matrix,
}
"""What each kind of query gets."""
