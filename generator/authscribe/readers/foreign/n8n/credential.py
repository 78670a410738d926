"""Draft the connector and the schemes of one credential type of n8n."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.undeclared_name import report_undeclared_reference
from authscribe.model.draft import DefinitionDraft, ListNode, MapNode, Node, Noun, ScalarNode, Value, get_text
from authscribe.model.placement_template import Hole
from authscribe.readers.foreign.alternatives import EXCESS, WAY_LIMIT, find_excess
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.n8n.authentication import read_authenticate, withhold_literals
from authscribe.readers.foreign.n8n.form import CredentialForm
from authscribe.readers.foreign.n8n.inheritance import BASIC, KINDS, OAUTH1, OAUTH2, Ancestry
from authscribe.readers.foreign.n8n.oauth import CONTROLS, GRANT, SWITCHES, OAuthFacts, read_oauth1, read_oauth2
from authscribe.readers.foreign.n8n.properties import CredentialProperty
from authscribe.readers.foreign.n8n.scope import PropertyScope
from authscribe.readers.foreign.n8n.verification import read_test
from authscribe.readers.foreign.n8n.ways import Way, choose, make_ids
from authscribe.readers.foreign.request_slots import BASIC_SLOTS, FilledSlot, find_kind, make_placements
from authscribe.readers.foreign.scheme_lists import (
    ObtainedSecret,
    SchemeLists,
    SchemeSetting,
    find_credentials,
    make_undeclared_setting,
    mark_credential,
)
from authscribe.readers.foreign.tracking import (
    TrackedMapping,
    join_maps,
    make_list,
    make_map,
    withhold_address,
)

_DOCUMENTATION: Final = "https://docs.n8n.io/integrations/builtin/credentials"
_ADDRESS: Final = "apiBaseUrl"
_DEFAULT_GRANT: Final = "authorizationCode"


def draft_credential(
    declared: TrackedMapping, identifier: str, ancestry: Ancestry
) -> Iterator[DefinitionDraft | Finding]:
    """Yield the connector of a credential type after its schemes, one for each way, and findings."""
    reader = _CredentialReader.from_type(declared, ancestry)
    withhold_literals(declared.child("test").child("request"))
    place = declared.place
    title = declared.take_text("displayName")
    ways = reader.list_ways()
    excess = find_excess(place, len(ways), len(tuple(reader.form.list_properties())))
    if excess is not None:
        declared.abandon(EXCESS)
        yield excess
        return
    methods: list[MapNode] = []
    for way, ids in zip(ways, make_ids(identifier, ways), strict=True):
        scheme = ScalarNode(ids.scheme, place)
        yield DefinitionDraft(Noun.SCHEME, reader.draft_scheme(scheme, title, way))
        methods.append(make_map(place, id=ids.method, schemes=ListNode((scheme,), place)))
    yield from ancestry.findings
    yield from reader.findings
    choice = {"scheme": identifier} if len(methods) == 1 else {"methods": make_list(tuple(methods), place)}
    yield _draft_connector(declared, {"id": identifier, "title": title, **choice})


def _draft_connector(declared: TrackedMapping, facts: Mapping[str, Node | Value]) -> DefinitionDraft:
    """Return the connector of a type, of which `facts` holds keys; call it when everything else has been read."""
    declared.take("extends")
    withhold_address(_find_address(declared), _ADDRESS)
    address = _find_address(declared).take_text(_ADDRESS)
    connector = make_map(
        declared.place,
        **facts,
        docs=_take_documentation(declared),
        endpoints=make_map(address.place, base=make_map(address.place, url=address)) if address is not None else None,
        extras=declared.leftovers(),
    )
    return DefinitionDraft(Noun.CONNECTOR, connector)


def _find_address(declared: TrackedMapping) -> TrackedMapping:
    """Return the mapping that states the address of the API."""
    return declared.child("httpRequestNode")


def _take_documentation(declared: TrackedMapping) -> ScalarNode | None:
    """Return the address of the documentation, of which a type may state only the last part."""
    node = declared.take_text("documentationUrl")
    text = str(node.value) if node is not None else ""
    if node is None or text.startswith(("http://", "https://")):
        return node
    return ScalarNode(f"{_DOCUMENTATION}/{text}/", node.place)


@dataclass(slots=True)
class _CredentialReader:
    """Reader of one type, whose `settings` are read, by the nodes of their names, when the first scheme needs them."""

    declared: TrackedMapping
    ancestry: Ancestry
    form: CredentialForm
    findings: dict[Finding, None] = field(default_factory=dict)
    settings: dict[ScalarNode, SchemeSetting] = field(default_factory=dict)

    @classmethod
    def from_type(cls, declared: TrackedMapping, ancestry: Ancestry) -> _CredentialReader:
        """Return the reader of a type."""
        return cls(declared, ancestry, CredentialForm.from_nodes(ancestry.properties, declared.children("properties")))

    def list_ways(self) -> tuple[Way, ...]:
        """Return the ways to authenticate: the owner's choices that decide what requests carry, or which secrets exist.

        If there are too many, only the grants of OAuth are told apart, and the defaults decide everything else.
        """
        grants = tuple(self._list_grants())
        undecided, decided = [*grants], list[Way]()
        while undecided and len(undecided) + len(decided) <= WAY_LIMIT:
            way = undecided.pop(0)
            choice = self._find_choice(way)
            if choice is None:
                decided.append(way)
            else:
                undecided[:0] = ({**way, choice.wire: value} for value in choice.list_alternatives())
        return grants if undecided else tuple(decided)

    def _list_grants(self) -> Iterator[Way]:
        """Yield the OAuth grants among which the owner can choose; no choice for a type without OAuth."""
        if OAUTH2 not in self.ancestry.names:
            yield {}
            return
        grant = self.form.select({}).get(GRANT)
        choices = grant.list_alternatives() if grant is not None else ()
        default = grant.default if grant is not None and grant.is_hidden else None
        yield from ({GRANT: str(choice)} for choice in choices or (default or _DEFAULT_GRANT,))

    def _find_choice(self, way: Way) -> CredentialProperty | None:
        """Return the first property among whose values the owner still has to choose a way; None if there is none."""
        scope = self._make_scope(way, {})
        decisive = {*self._list_decisive(scope)} - scope.constants.keys()
        choices = (each for each in scope.properties.values() if each.wire in decisive)
        return next((each for each in choices if len(each.list_alternatives()) > 1), None)

    def _list_decisive(self, scope: PropertyScope) -> Iterator[str]:
        """Yield the properties that decide what requests carry, or which of several of one name there is.

        So do lists of options that decide which secrets exist. Not a choice of a way are a switch for a further secret,
        and a list that is shown under a condition itself.
        """
        _, slots = self._read_requests(scope)
        yield from scope.assumed
        yield from self.form.list_deciding(scope.constants)
        carried = {name for slot in slots for name in slot.value.names}
        for declared in scope.properties.values():
            for wire in declared.conditions if declared.wire in carried or declared.is_secret else ():
                choice = scope.properties.get(wire)
                is_list = choice is not None and choice.type == "options" and not choice.conditions
                if declared.wire in carried or is_list:
                    yield wire

    def _make_scope(self, way: Way, findings: dict[Finding, None]) -> PropertyScope:
        constants = self.form.find_constants(way)
        return PropertyScope(self.form.select(constants), constants, findings)

    def _read_requests(self, scope: PropertyScope) -> tuple[OAuthFacts | None, tuple[FilledSlot, ...]]:
        """Return the facts about OAuth, if any, and the slots of requests."""
        oauth = self._read_oauth(scope, self.declared.place)
        return oauth, oauth.slots if oauth is not None else tuple(self._read_authenticate(scope))

    def draft_scheme(self, identifier: ScalarNode, title: ScalarNode | None, way: Way) -> MapNode:
        """Return the scheme of one way."""
        scope = self._make_scope(way, self.findings)
        place = self.declared.place
        oauth, slots = self._read_requests(scope)
        used = {name for slot in slots for name in slot.value.names}
        settings = tuple(self._list_settings(scope))
        obtained = (*(oauth.tokens if oauth is not None else ()), *self._list_obtained(scope, used))
        settings = (*settings, *self._list_undeclared(scope))
        known = {*(setting.wire for setting in settings), *(secret.wire for secret in obtained)}
        has_base = bool((get_text(_find_address(self.declared).peek(_ADDRESS)) or "").strip())
        carried = tuple(slot for slot in slots if known.issuperset(slot.value.names))
        if not _list_secrets(settings, obtained):
            settings = tuple(_mark_credentials(settings, carried))
        return make_map(
            place,
            id=identifier,
            title=title,
            kind=oauth.kind if oauth is not None else self._find_kind(carried, obtained, settings, way),
            **SchemeLists(settings, obtained).to_nodes(place),
            placements=make_placements(carried, place),
            endpoints=join_maps(
                oauth.endpoints if oauth is not None else None,
                read_test(self.declared.child("test").child("request"), scope, known, has_base=has_base),
            ),
            oauth=oauth.details if oauth is not None else None,
            token_request=oauth.request if oauth is not None else None,
        )

    def _read_oauth(self, scope: PropertyScope, place: Place) -> OAuthFacts | None:
        """Return the facts about OAuth, which n8n uses for every type below the one for it."""
        oauth = None
        if OAUTH2 in self.ancestry.names:
            oauth = read_oauth2(scope, place)
        elif OAUTH1 in self.ancestry.names:
            oauth = read_oauth1(scope, place)
        for declared in self.form.list_properties():
            if self._is_control(declared) and declared.wire in CONTROLS:
                declared.take_all()
        return oauth

    def _is_control(self, declared: CredentialProperty) -> bool:
        """Return whether a property is a fact about OAuth rather than a setting."""
        is_oauth = OAUTH2 in self.ancestry.names or OAUTH1 in self.ancestry.names
        is_named = declared.wire in (*CONTROLS, *SWITCHES) and (declared.is_hidden or declared.wire == GRANT)
        return is_oauth and is_named

    def _find_kind(
        self,
        slots: tuple[FilledSlot, ...],
        obtained: tuple[ObtainedSecret, ...],
        settings: tuple[SchemeSetting, ...],
        way: Way,
    ) -> str:
        """Return the kind: by the code of n8n, else by a value that n8n obtains, else by what requests carry.

        Code that n8n runs for a type has nothing to send in a way without secrets beside others. What a parent that the
        document does not declare has is not known.
        """
        known = next((kind for name, kind in KINDS.items() if name in self.ancestry.names), None)
        if known is not None or any(secret.lifetime == "expires" for secret in obtained):
            return known or "two_step"
        secrets = _list_secrets(settings, obtained)
        has_code = self.declared.peek("authenticate") is not None and not way
        is_custom = secrets or has_code or self.ancestry.findings
        return find_kind(slots, secrets) or ("custom" if is_custom else "none")

    def _list_settings(self, scope: PropertyScope) -> Iterator[SchemeSetting]:
        """Yield the settings that a form shows, and constants."""
        for wire, declared in scope.properties.items():
            is_setting = declared.has_value and (not declared.is_hidden or declared.is_constant)
            conditions = (
                scope.find_open_conditions(declared) if not declared.is_hidden else MapNode((), declared.name.place)
            )
            if not is_setting or self._is_control(declared) or conditions is None:
                continue
            setting = self._read_setting(declared)
            if wire in scope.constants and not declared.is_hidden:
                setting = choose(setting, scope.constants[wire])
            is_optional = setting.is_optional or bool(conditions.entries)
            visible = make_map(setting.name.place, visible_when=conditions if conditions.entries else None)
            facts = MapNode((*setting.facts.entries, *visible.entries), setting.facts.place)
            yield replace(setting, facts=facts, is_optional=is_optional)

    def _list_obtained(self, scope: PropertyScope, used: set[str]) -> Iterator[ObtainedSecret]:
        """Yield the hidden values that n8n obtains or computes, and those that a request carries."""
        for declared in scope.properties.values():
            if not declared.is_hidden or declared.is_constant or self._is_control(declared):
                continue
            if declared.is_expression:
                yield self._make_derived(declared)
            elif declared.is_obtained or declared.wire in used:
                origin = make_map(declared.name.place, source="platform")
                facts = self._read_facts(declared)
                yield ObtainedSecret(declared.name, origin, facts, "expires" if declared.is_obtained else None)

    def _make_derived(self, declared: CredentialProperty) -> ObtainedSecret:
        origin = make_map(declared.name.place, source="derived", expression=str(declared.default))
        return ObtainedSecret(declared.name, origin, self._read_facts(declared), is_secret=declared.is_secret)

    def _read_setting(self, declared: CredentialProperty) -> SchemeSetting:
        """Return a property as a setting; each way of the type has it."""
        setting = self.settings.get(declared.name) or declared.read()
        self.settings[declared.name] = setting
        return setting

    def _read_facts(self, declared: CredentialProperty) -> MapNode:
        """Return the facts of a hidden property that an injected secret can have."""
        setting = self._read_setting(declared)
        entries = (entry for entry in setting.facts.entries if entry.key in ("title", "description", "extras"))
        return MapNode(tuple(entries), setting.facts.place)

    def _list_undeclared(self, scope: PropertyScope) -> Iterator[SchemeSetting]:
        for name in scope.undeclared.values():
            self.findings.setdefault(report_undeclared_reference(str(name.value), name.place))
            yield make_undeclared_setting(name, is_secret=True)

    def _read_authenticate(self, scope: PropertyScope) -> Iterator[FilledSlot]:
        """Yield the slots that `authenticate` fills, or those of basic authentication."""
        authenticate = self.declared.child("authenticate")
        slots = tuple(read_authenticate(authenticate, scope))
        yield from slots
        has_own = authenticate.child("properties").peek("auth") or any(slot.location in BASIC_SLOTS for slot in slots)
        if BASIC in self.ancestry.names and not has_own:
            yield FilledSlot("basic_username", "", FilledTemplate((Hole("user"),)))
            yield FilledSlot("basic_password", "", FilledTemplate((Hole("password"),)))


def _list_secrets(settings: tuple[SchemeSetting, ...], obtained: tuple[ObtainedSecret, ...]) -> set[str]:
    secrets = {secret.wire for secret in obtained if secret.is_secret}
    return secrets | {setting.wire for setting in settings if setting.is_secret}


def _mark_credentials(settings: tuple[SchemeSetting, ...], slots: tuple[FilledSlot, ...]) -> Iterator[SchemeSetting]:
    """Yield the settings of a type that hides nothing, as those of old packages do, with its credentials marked.

    These are the settings that are called like one, else those that requests carry. Nobody states whether they are
    secret.
    """
    carried = {name for slot in slots if slot.location != "basic_username" for name in slot.value.names}
    credentials = find_credentials(settings) or carried
    for setting in settings:
        yield mark_credential(setting) if setting.wire in credentials else setting
