"""Airbyte: the specification of a connection, and the declarative manifest whose authenticators use it.

A manifest holds its specification, or has it in a file beside it, `spec.yaml` or `spec.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from authscribe.findings.finding import Place
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, Draft, Entry, MapNode, Noun, ScalarNode, text_of
from authscribe.readers.foreign.airbyte.advanced import GIVEN, Condition, Flow, find_key, read_condition, read_flow
from authscribe.readers.foreign.airbyte.authenticators import Selection, find_sent_secrets, read_authenticator
from authscribe.readers.foreign.airbyte.manifest import Manifest
from authscribe.readers.foreign.airbyte.mechanism import Mechanism
from authscribe.readers.foreign.airbyte.specification import (
    Alternative,
    Specification,
    read_specification,
    unique_settings,
)
from authscribe.readers.foreign.airbyte.templates import list_choices
from authscribe.readers.foreign.scheme_lists import (
    MethodIds,
    ObtainedSecret,
    SchemeLists,
    SchemeSetting,
    make_method_ids,
)
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map

_SCHEMA: Final = "connection_specification"
_SPECIFICATION: Final = "spec"
_MANIFEST: Final = "manifest"
_STEMS: Final = (_SPECIFICATION, _MANIFEST)
_FOLDERS: Final = frozenset({"src", "main", "resources", "integration_tests", "unit_tests"})
"""Folders that every connector of Airbyte has, and that name none."""


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Whether the document is a connection specification or a declarative manifest."""
    keys = {entry.key for entry in node.entries}
    if text_of(node.find("type")) == "DeclarativeSource" or {"version", "check", "streams"} <= keys:
        return True
    spec = node.find("spec")
    return _specifies(node) or (isinstance(spec, MapNode) and _specifies(spec))


def _specifies(node: MapNode) -> bool:
    return isinstance(node.find(_SCHEMA) or node.find("connectionSpecification"), MapNode)


def draft(path: str, node: MapNode) -> Draft:
    """One connector, with a scheme for each way to authenticate."""
    return _draft(path, node, None)._replace(document=node if _is_half(path, node) else None)


def together(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts, in which a manifest has been read with the specification in the one file beside it.

    The two are one connector, of the manifest; the file of the specification says only what became of its keys.
    """
    manifests: dict[PurePath, list[Draft]] = {}
    specifications: dict[PurePath, list[Draft]] = {}
    for one in drafts:
        path = PurePath(one.path)
        if one.document is not None and path.stem in _STEMS:
            found = manifests if path.stem == _MANIFEST else specifications
            found.setdefault(path.parent, []).append(one)
    read: dict[str, Draft] = {}
    for folder, (manifest, *others) in manifests.items():
        beside = specifications.get(folder, [])
        if len(beside) == 1 and not others and manifest.document is not None and beside[0].document is not None:
            specification = TrackedMapping(beside[0].document)
            read[manifest.path] = _draft(manifest.path, manifest.document, specification)
            read[beside[0].path] = Draft(beside[0].path, key_outcomes=tuple(specification.key_outcomes))
    return tuple(read.get(one.path, one) for one in drafts)


def _draft(path: str, node: MapNode, beside: TrackedMapping | None) -> Draft:
    """The draft of a document; `beside` is the document with its specification, where that is another one."""
    document = TrackedMapping(node)
    manifest = Manifest(document)
    manifest.withhold_literal_secrets()
    whole = beside or document
    spec = whole if _specifies(whole.node) else whole.child(_SPECIFICATION)
    schema = spec.child(find_key(spec, _SCHEMA))
    name = _name(path, has_settings=_specifies(spec.node)) or text_of(schema.peek("title"))
    identifier = naming.make_id(name or PurePath(path).stem)
    if not naming.is_id(identifier):
        return Draft(path, findings=(report_bad_id(identifier, node.place),))
    connector = _Connector(document, spec, schema, ScalarNode(identifier, Place(path, 1, 1, 1, 2)), beside)
    definitions = tuple(_definitions(connector, manifest))
    return Draft(path, definitions=definitions, key_outcomes=tuple(document.key_outcomes))


def _is_half(path: str, node: MapNode) -> bool:
    """Whether it is a manifest without its specification, or a specification that may be one of a manifest."""
    stem = PurePath(path).stem
    if stem == _MANIFEST:
        return node.find(_SPECIFICATION) is None and not _specifies(node)
    return stem == _SPECIFICATION and node.find("streams") is None


def _name(path: str, *, has_settings: bool) -> str | None:
    """The name of a connector: that of its file, or of the nearest folder that tells one connector from another.

    A manifest may have its specification in a file beside it, which is then what defines the connector.
    """
    whole = PurePath(path)
    if whole.stem not in _STEMS:
        return whole.stem
    folders = (part for part in reversed(whole.parts[:-1]) if part not in _FOLDERS)
    name = next((part for part in folders if naming.make_id(part)), None)
    return name if has_settings or name is None else f"{name}-{whole.stem}"


@dataclass(frozen=True, slots=True)
class _Connector:
    document: TrackedMapping
    spec: TrackedMapping
    schema: TrackedMapping
    identifier: ScalarNode
    beside: TrackedMapping | None

    @property
    def place(self) -> Place:
        return self.identifier.place

    @property
    def id(self) -> str:
        return str(self.identifier.value)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to authenticate, with the authenticators that serve it."""

    ids: MethodIds
    title: ScalarNode | None
    summary: ScalarNode | None
    settings: tuple[SchemeSetting, ...]
    mechanisms: tuple[Mechanism, ...]
    has_flow: bool
    reading: TrackedMapping | None


def _mechanisms(manifest: Manifest) -> tuple[Mechanism | Selection, ...]:
    found = (read_authenticator(component) for component in manifest.authenticators())
    return tuple(mechanism for mechanism in found if mechanism is not None)


def _definitions(connector: _Connector, manifest: Manifest) -> Iterator[DefinitionDraft]:
    mechanisms = _mechanisms(manifest)
    condition = read_condition(connector.spec.child(find_key(connector.spec, "advanced_auth")))
    selections = tuple(mechanism for mechanism in mechanisms if isinstance(mechanism, Selection))
    deciding = (*((condition.setting,) if condition.setting else ()), *(one.setting for one in selections))
    specified = _with_selected(read_specification(connector.schema, deciding), selections)
    ways = tuple(_ways(connector, specified, manifest, condition))
    flow = read_flow(condition) if any(way.has_flow for way in ways) else None
    for way in ways:
        yield DefinitionDraft(Noun.SCHEME, _scheme(connector, way, flow if way.has_flow else None))
    yield DefinitionDraft(Noun.CONNECTOR, _connector(connector, ways, manifest))


def _secrets(specified: Specification) -> frozenset[str]:
    settings = (*specified.settings, *(setting for way in specified.alternatives for setting in way.settings))
    return frozenset(setting.wire for setting in settings if setting.is_secret)


def _with_selected(specified: Specification, selections: tuple[Selection, ...]) -> Specification:
    """The specification; where a plain setting selects an authenticator, each of its values is a way."""
    if specified.alternatives or not selections:
        return specified
    first = selections[0]
    ways = tuple(Alternative(value, None, None, ()) for value in first.mechanisms)
    return replace(specified, chosen_by=first.setting, alternatives=ways)


def _ways(connector: _Connector, specified: Specification, manifest: Manifest, condition: Condition) -> Iterator[_Way]:
    taken: list[MethodIds] = []
    secrets = _secrets(specified)
    for way in specified.alternatives or (Alternative(None, None, None, ()),):
        name = way.value or text_of(way.title) or ""
        is_alone = len(specified.alternatives) < 2
        taken.append(MethodIds(connector.id, connector.id) if is_alone else make_method_ids(connector.id, name, taken))
        settings = unique_settings((*way.settings, *specified.settings))
        knowing = Manifest(manifest.document, {setting.wire for setting in settings})
        mechanisms = (*_mechanisms(knowing), *find_sent_secrets(knowing, secrets))
        fitting = tuple(_fitting(mechanisms, specified.chosen_by, way.value))
        if way.reading is None:
            settings = _without_others(settings, fitting, mechanisms)
        declared = {setting.wire for setting in settings}
        used = tuple(one for one in fitting if is_alone or way.reading is None or one.names <= declared)
        has_flow = condition.applies(specified.chosen_by, way.value) and (
            is_alone or not declared.isdisjoint(condition.targets)
        )
        whole = (*settings, *_undeclared(used, declared))
        yield _Way(taken[-1], way.title, way.summary, whole, used, has_flow, way.reading)


def _fitting(
    mechanisms: tuple[Mechanism | Selection, ...], chosen_by: str | None, value: str | None
) -> Iterator[Mechanism]:
    for mechanism in mechanisms:
        if isinstance(mechanism, Mechanism):
            yield mechanism
        elif mechanism.setting == chosen_by and (value or "") in mechanism.mechanisms:
            yield mechanism.mechanisms[value or ""]


def _without_others(
    settings: tuple[SchemeSetting, ...], own: tuple[Mechanism, ...], mechanisms: tuple[Mechanism | Selection, ...]
) -> tuple[SchemeSetting, ...]:
    """The settings without the secrets that only the authenticators of other ways use."""
    selected = (one for item in mechanisms if isinstance(item, Selection) for one in item.mechanisms.values())
    others = {name for one in selected for name in one.names} - {name for one in own for name in one.names}
    return tuple(setting for setting in settings if not (setting.is_secret and setting.wire in others))


def _undeclared(mechanisms: tuple[Mechanism, ...], declared: set[str]) -> Iterator[SchemeSetting]:
    """What an authenticator refers to and the specification does not declare; it may be a secret."""
    names = {name: one.place for one in mechanisms for name in sorted(one.names) if name not in declared}
    for name, place in names.items():
        facts = make_map(place, secret="unknown", extras=make_map(place, undeclared=True))  # noqa: S106 - a word
        yield SchemeSetting(ScalarNode(name, place), facts, is_secret=True)


def _scheme(connector: _Connector, way: _Way, flow: Flow | None) -> MapNode:
    place = connector.place
    joined = _Joined()
    for mechanism in way.mechanisms:
        joined.add(mechanism)
    if flow is not None:
        joined.follow(flow)
    lists = _lists(way, joined, flow)
    kind = _kind(way, lists, flow)
    if flow is not None:
        flow.take(kind)
    title = way.title or connector.schema.peek("title")
    return make_map(
        place,
        id=way.ids.scheme,
        title=title if text_of(title) is not None else None,
        summary=way.summary,
        kind=kind,
        **lists.to_nodes(place),
        placements=make_list(tuple(joined.placements.values()), place),
        endpoints=_map(joined.endpoints, place),
        oauth=joined.oauth,
        token_request=joined.token_request,
        extras=way.reading.leftovers() if way.reading is not None else None,
    )


class _Joined:
    """What several mechanisms say together: of each fact the first, and one value for each slot of a request."""

    def __init__(self) -> None:
        self.is_begun = False
        self.placements: dict[tuple[str | None, str], MapNode] = {}
        self.endpoints: dict[str, MapNode] = {}
        self.oauth: MapNode | None = None
        self.token_request: MapNode | None = None
        self.obtained: list[ObtainedSecret] = []

    def add(self, mechanism: Mechanism) -> None:
        """A mechanism beside another that adds no slot of its own stays in the manifest as it is."""
        slots = {
            (text_of(one.find("in")), (text_of(one.find("name")) or "").lower()): one for one in mechanism.placements
        }
        if self.is_begun and (not slots or not self.placements.keys().isdisjoint(slots) or self._knows(mechanism)):
            return
        self.is_begun = True
        mechanism.take()
        self.placements |= slots
        self.endpoints = {**mechanism.endpoints, **self.endpoints}
        self.oauth = self.oauth or mechanism.oauth
        self.token_request = self.token_request or mechanism.token_request
        self.obtained += mechanism.obtained

    def _knows(self, mechanism: Mechanism) -> bool:
        """Whether there is a statement already where the mechanism has one of its own."""
        is_stated = not self.endpoints.keys().isdisjoint(mechanism.endpoints)
        both = ((self.oauth, mechanism.oauth), (self.token_request, mechanism.token_request))
        return is_stated or any(mine is not None and its is not None for mine, its in both)

    def follow(self, flow: Flow) -> None:
        """The flow of the platform gives the first token, whatever renews it."""
        self.endpoints = {**self.endpoints, **flow.endpoints}
        own = self.oauth.entries if self.oauth is not None else ()
        stated = {entry.key: entry for entry in (*own, *flow.oauth.entries)}
        self.oauth = MapNode(tuple(stated.values()), flow.oauth.place) if stated else None


def _map(nodes: Mapping[str, MapNode], place: Place) -> MapNode | None:
    return MapNode(tuple(Entry(key, node.place, node) for key, node in nodes.items()), place) if nodes else None


def _lists(way: _Way, joined: _Joined, flow: Flow | None) -> SchemeLists:
    declared = {setting.wire: setting for setting in way.settings}
    obtained = tuple(one for one in joined.obtained if str(one.name.value) not in declared)
    if flow is None:
        return SchemeLists(way.settings, obtained)
    credentials = {given.wire: _credential(flow, given, declared) for given in flow.credentials}
    return SchemeLists(way.settings, (*_by_flow(flow, declared, credentials), *obtained), tuple(credentials.values()))


def _by_flow(
    flow: Flow, declared: Mapping[str, SchemeSetting], credentials: Mapping[str, SchemeSetting]
) -> Iterator[ObtainedSecret]:
    """What the flow puts into the settings: tokens, and copies of what the administrator of the platform gave."""
    for name, source in {**flow.copies, **flow.tokens}.items():
        given = credentials.get(str(source.value)) if name not in flow.tokens else None
        origin = make_map(
            source.place,
            source="copied" if given is not None else "onboarding" if name in flow.tokens else "platform",
            required=given.name if given is not None else None,
        )
        setting = declared.get(name)
        if setting is None:
            yield ObtainedSecret(ScalarNode(name, source.place), origin, MapNode((), source.place))
        else:
            optional = make_map(setting.name.place, optional=True).entries if setting.is_optional else ()
            facts = MapNode((*setting.facts.entries, *optional), setting.name.place)
            yield ObtainedSecret(setting.name, origin, facts, is_secret=setting.is_secret)


def _credential(flow: Flow, given: SchemeSetting, declared: Mapping[str, SchemeSetting]) -> SchemeSetting:
    """What the administrator gives, as secret as the setting that gets it.

    Where the connector has a setting of that name for something else, the name is that of its place in the flow.
    """
    target = next((declared.get(name) for name, source in flow.copies.items() if source.value == given.wire), None)
    is_setting = given.wire in flow.copies
    place = given.name.place
    name = given.name if is_setting or given.wire not in declared else ScalarNode(f"{GIVEN}.{given.wire}", place)
    stated = "yes" if given.is_secret else "unknown" if target is None else "yes" if target.is_secret else "no"
    own = declared[given.wire].facts.entries if is_setting and given.wire in declared else ()
    facts = {entry.key: entry for entry in (*own, *given.facts.entries, *make_map(place, secret=stated).entries)}
    return SchemeSetting(name, MapNode(tuple(facts.values()), place), is_secret=True)


def _kind(way: _Way, lists: SchemeLists, flow: Flow | None) -> str:
    """The kind that an authenticator shows; a flow of the platform is more than renewing its tokens."""
    shown = next((mechanism.kind for mechanism in way.mechanisms if mechanism.kind != "none"), None)
    if flow is not None and shown in (None, "custom", "oauth2_refresh", "http_bearer"):
        return flow.kind
    has_secrets = bool(lists.credentials) or any(setting.is_secret for setting in lists.settings)
    return shown or ("custom" if has_secrets else "none")


def _connector(connector: _Connector, ways: tuple[_Way, ...], manifest: Manifest) -> MapNode:
    place = connector.place
    methods = tuple(
        make_map(
            place,
            id=way.ids.method,
            title=way.title,
            schemes=make_list((ScalarNode(way.ids.scheme, place),), place),
        )
        for way in ways
    )
    is_alone = len(ways) == 1
    addresses = manifest.base_addresses()
    base = manifest.declared_first(list_choices(addresses[0], {})) if len(addresses) == 1 else None
    return make_map(
        place,
        id=connector.identifier,
        title=connector.schema.take_text("title"),
        summary=connector.document.take_text("description"),
        docs=connector.spec.take_text(find_key(connector.spec, "documentation_url")),
        scheme=connector.identifier if is_alone else None,
        methods=None if is_alone else make_list(methods, place),
        endpoints=None if base is None else make_map(place, base=make_map(place, url=base.to_url())),
        extras=_rest(connector),
    )


def _rest(connector: _Connector) -> MapNode | None:
    """What nothing has been made of, that of a specification in another file where a manifest would have it."""
    left = connector.document.leftovers()
    beside = connector.beside.leftovers() if connector.beside is not None else None
    own = left.entries if left is not None else ()
    also = (Entry(_SPECIFICATION, beside.place, beside),) if beside is not None else ()
    return MapNode((*own, *also), connector.place) if own or also else None
