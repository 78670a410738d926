"""Read Airbyte's connection specification: a JSON Schema (draft 7) whose properties are the settings of a connector.

Objects nest, so that a setting is named by its path, as in `credentials.client_id`. An object with `oneOf` is a choice;
a choice between ways to authenticate gives the connector its methods. For Airbyte's own keywords see
https://docs.airbyte.com/platform/connector-development/connector-specification-reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from authscribe.findings.finding import Place
from authscribe.model.credential_names import may_be_live_credential
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text, to_plain
from authscribe.readers.foreign.airbyte.properties import has_secret, read_property
from authscribe.readers.foreign.scheme_lists import SchemeSetting, find_credentials, list_scalars, list_texts
from authscribe.readers.foreign.tracking import TrackedMapping, make_map


@dataclass(frozen=True, slots=True)
class AuthAlternative:
    """Alternative of a choice; `value` is the value of the setting that chooses, if there is such a setting."""

    value: str | None
    title: ScalarNode | None = None
    summary: ScalarNode | None = None
    settings: tuple[SchemeSetting, ...] = ()
    schema: TrackedMapping | None = None


@dataclass(frozen=True, slots=True)
class ConnectionSpecification:
    """Settings of all ways to authenticate, and the alternatives with their own settings, if there are any."""

    settings: tuple[SchemeSetting, ...]
    chosen_by: str | None = None
    alternatives: tuple[AuthAlternative, ...] = ()

    @property
    def secrets(self) -> frozenset[str]:
        """Names of all settings that are secret."""
        own = (setting for alternative in self.alternatives for setting in alternative.settings)
        return frozenset(setting.wire for setting in (*self.settings, *own) if setting.is_secret)


@dataclass(frozen=True, slots=True)
class _SchemaChoice:
    """Choice between objects, at the path of its own object; `key` is the property that tells them apart.

    `is_needed` is True if the object cannot be omitted.
    """

    path: tuple[str, ...]
    schemas: tuple[TrackedMapping, ...]
    key: str | None
    is_needed: bool

    @property
    def setting(self) -> str | None:
        """Setting that chooses."""
        return ".".join((*self.path, self.key)) if self.key is not None else None

    @property
    def needed(self) -> frozenset[str]:
        """Settings that every alternative needs; none if the object can be omitted."""
        required = [frozenset(list_texts(schema.peek("required"))) for schema in self.schemas]
        names = frozenset.intersection(*required) if self.is_needed else ()
        return frozenset(".".join((*self.path, name)) for name in names)


def list_settings(schema: TrackedMapping) -> tuple[SchemeSetting, ...]:
    """Return the settings of a schema in which no choice is between ways to authenticate."""
    return merge_settings(_flatten(_read_object(schema, (), is_needed=True)))


def list_defaults(settings: Iterable[SchemeSetting]) -> dict[str, object]:
    """Return the default of each setting by its name; None for one that has none."""
    defaults = ((setting.wire, setting.facts.find("default")) for setting in settings)
    return {name: node.value if isinstance(node, ScalarNode) else None for name, node in defaults}


def list_only_values(settings: Iterable[SchemeSetting]) -> dict[str, str | None]:
    """Return the value of each setting that can have only one, by its name; None for any other setting."""
    return {setting.wire: _find_only_choice(setting.facts.find("enum")) for setting in settings}


def _find_only_choice(choices: Node | None) -> str | None:
    items = choices.items if isinstance(choices, ListNode) else ()
    value = items[0].find("value") if len(items) == 1 and isinstance(items[0], MapNode) else None
    return str(value.value) if isinstance(value, ScalarNode) else None


def merge_settings(settings: Iterable[SchemeSetting]) -> tuple[SchemeSetting, ...]:
    """Return one setting for each name: the first one, with deviating facts of the others in its extras."""
    by_name: dict[str, list[tuple[str, SchemeSetting]]] = {}
    for setting in settings:
        variants = by_name.setdefault(setting.wire, [])
        variants.append((str(len(variants)), setting))
    return tuple(_merge(variants) for variants in by_name.values())


def read_specification(schema: TrackedMapping, deciding: Iterable[str]) -> ConnectionSpecification:
    """Return the settings of a specification, and the choice between ways to authenticate.

    `deciding` are the settings by which other parts of the document tell such ways apart. If there are none, the only
    choice with secrets in it counts or, if none is marked, with values that are called like secrets. If several choices
    have secrets, or one has none in some alternatives while there is another secret, such a choice is about something
    else, like encryption or a tunnel, and becomes a condition of its settings.
    """
    items = tuple(_read_object(schema, (), is_needed=True))
    choices = [item for item in items if isinstance(item, _SchemaChoice)]
    has_secret_outside = any(isinstance(item, SchemeSetting) and item.is_secret for item in items)
    methods = _find_methods(choices, tuple(deciding), has_secret_outside=has_secret_outside)
    settings = merge_settings(_flatten(item for item in items if item is not methods))
    if methods is None:
        return ConnectionSpecification(settings)
    return ConnectionSpecification(settings, methods.setting, tuple(_read_alternatives(methods)))


def _find_methods(
    choices: list[_SchemaChoice], deciding: tuple[str, ...], *, has_secret_outside: bool
) -> _SchemaChoice | None:
    decided = next((choice for choice in choices if choice.setting in deciding), None)
    secret = [choice for choice in choices if any(has_secret(schema.node) for schema in choice.schemas)]
    # Some specifications mark no secret at all.
    candidates = secret or [choice for choice in choices if any(map(_declares_credential, choice.schemas))]
    if len(candidates) != 1 or (has_secret_outside and not all(has_secret(s.node) for s in candidates[0].schemas)):
        return decided
    return decided or candidates[0]


def _declares_credential(schema: TrackedMapping) -> bool:
    """Return whether a schema that marks no secret has a property that is called like one."""
    properties = schema.peek("properties")
    entries = properties.entries if isinstance(properties, MapNode) else ()
    return bool(find_credentials(_outline(entry) for entry in entries if isinstance(entry.node, MapNode)))


def _outline(entry: Entry) -> SchemeSetting:
    """Return a setting with the facts of a property that tell a credential, without taking them."""
    declared = entry.node.entries if isinstance(entry.node, MapNode) else ()
    facts = tuple(each for each in declared if each.key != "type" or get_text(each.node) != "string")
    return SchemeSetting(ScalarNode(entry.key, entry.place), MapNode(facts, entry.place), is_secret=False)


def _read_object(
    schema: TrackedMapping, path: tuple[str, ...], *, is_needed: bool
) -> Iterator[SchemeSetting | _SchemaChoice]:
    """Yield the settings and choices in an object and in the objects inside it."""
    properties = schema.child("properties")
    needed = _take_required(schema, properties) if is_needed else frozenset[str]()
    places = {entry.key: entry.place for entry in properties.node.entries}
    for key in properties.keys:
        yield from _read_member(properties, key, (*path, key), places[key], is_needed=key in needed)
    schemas = _list_alternatives(schema)
    if schemas:
        yield _SchemaChoice(path, schemas, _find_deciding_key(schemas), is_needed)


def _take_required(schema: TrackedMapping, properties: TrackedMapping) -> frozenset[str]:
    """Return the names under `required`, and take them if all are properties that hold a value."""
    names = list_texts(schema.peek("required"))
    if names and all(_holds_value(properties.peek(name)) for name in names):
        schema.take("required")
    return frozenset(names)


def _holds_value(node: Node | None) -> bool:
    return isinstance(node, MapNode) and node.find("properties") is None and node.find("oneOf") is None


def _read_member(
    properties: TrackedMapping, key: str, path: tuple[str, ...], place: Place, *, is_needed: bool
) -> Iterator[SchemeSetting | _SchemaChoice]:
    node = properties.peek(key)
    if not isinstance(node, MapNode):
        return
    schema = properties.child(key)
    if _list_alternatives(schema) or (isinstance(inner := node.find("properties"), MapNode) and inner.entries):
        yield from _read_object(schema, path, is_needed=is_needed)
    else:
        yield replace(read_property(ScalarNode(".".join(path), place), schema), is_optional=not is_needed)


def _list_alternatives(schema: TrackedMapping) -> tuple[TrackedMapping, ...]:
    """Return the alternatives of an object if each is an object with properties."""
    node = schema.peek("oneOf")
    items = node.items if isinstance(node, ListNode) else ()
    if items and all(isinstance(item, MapNode) and isinstance(item.find("properties"), MapNode) for item in items):
        return schema.children("oneOf")
    return ()


def _find_deciding_key(schemas: tuple[TrackedMapping, ...]) -> str | None:
    """Return the property that has a different fixed value, which is no secret, in each alternative."""
    fixed = [_find_fixed_values(schema) for schema in schemas]
    shared = [key for key in fixed[0] if all(key in values for values in fixed)]
    return next((key for key in shared if len({values[key] for values in fixed}) == len(fixed)), None)


def _find_fixed_values(schema: TrackedMapping) -> dict[str, str]:
    properties = schema.peek("properties")
    entries = properties.entries if isinstance(properties, MapNode) else ()
    values = ((entry.key, _find_only_value(entry.node)) for entry in entries)
    return {key: value for key, value in values if value is not None and not may_be_live_credential(key, value)}


def _find_only_value(node: Node) -> str | None:
    """Return the `const` of a property that is not secret, or the only value of its `enum`."""
    if not isinstance(node, MapNode) or has_secret(node):
        return None
    constant = node.find("const")
    values = (constant,) if isinstance(constant, ScalarNode) else list_scalars(node.find("enum"))
    return str(values[0].value) if len(values) == 1 else None


def find_selection(schema: MapNode, path: tuple[str, ...], position: int) -> tuple[str | None, str | None]:
    """Return the setting and the value that select the alternative at a position in an object, if there are any."""
    # Opening the mappings of the document would hide their keys from those who read the settings.
    declared = TrackedMapping(schema)
    for name in path:
        declared = declared.child("properties").child(name)
    schemas = _list_alternatives(declared)
    key = _find_deciding_key(schemas) if position < len(schemas) else None
    return (".".join((*path, key)), _find_fixed_values(schemas[position])[key]) if key is not None else (None, None)


def _read_alternatives(choice: _SchemaChoice) -> Iterator[AuthAlternative]:
    for schema in choice.schemas:
        value = _find_fixed_values(schema).get(choice.key or "")
        items = tuple(_read_object(schema, choice.path, is_needed=True))
        title, summary = schema.take_text("title"), schema.take_text("description")
        yield AuthAlternative(value, title, summary, merge_settings(_flatten(items)), schema)


def _flatten(items: Iterable[SchemeSetting | _SchemaChoice]) -> Iterator[SchemeSetting]:
    """Yield the settings, and those of every choice with the condition under which they apply."""
    for item in items:
        if isinstance(item, SchemeSetting):
            yield item
        else:
            yield from _list_conditional(item)


def _list_conditional(choice: _SchemaChoice) -> Iterator[SchemeSetting]:
    """Yield one setting for each name in the alternatives of a choice, with its condition."""
    by_name: dict[str, list[tuple[str, SchemeSetting]]] = {}
    for position, schema in enumerate(choice.schemas):
        value = _find_fixed_values(schema).get(choice.key or "", str(position))
        for setting in _flatten(_read_object(schema, choice.path, is_needed=False)):
            by_name.setdefault(setting.wire, []).append((value, setting))
    needed = choice.needed
    for name, variants in by_name.items():
        # A setting of one alternative is optional: another alternative may be chosen.
        yield replace(_merge_conditional(choice, name, variants), is_optional=name not in needed)


def _merge_conditional(choice: _SchemaChoice, name: str, variants: list[tuple[str, SchemeSetting]]) -> SchemeSetting:
    """Return the variants of a setting in the alternatives of a choice as one setting, with its condition."""
    values = [value for value, _ in variants]
    if name == choice.setting:
        return _offer_values(_merge([(value, _drop_values(setting)) for value, setting in variants]), values)
    if choice.setting is None or len(variants) == len(choice.schemas):
        return _merge(variants)
    return _add_condition(_merge(variants), choice.setting, values)


def _merge(variants: list[tuple[str, SchemeSetting]]) -> SchemeSetting:
    """Return the first variant of a setting, with deviating facts of the others, by their values, in its extras."""
    first = variants[0][1]
    facts = to_plain(first.facts)
    others = {value: setting.facts for value, setting in variants if to_plain(setting.facts) != facts}
    merged = replace(first, is_secret=any(setting.is_secret for _, setting in variants))
    if not others:
        return merged
    place = first.name.place
    extras = first.facts.find("extras")
    own = extras.entries if isinstance(extras, MapNode) else ()
    deviating = MapNode(tuple(Entry(value, node.place, node) for value, node in others.items()), place)
    return _set_fact(merged, "extras", MapNode((*own, Entry("oneOf", place, deviating)), place))


def _drop_values(setting: SchemeSetting) -> SchemeSetting:
    """Return the setting that chooses without the value that it has in one alternative."""
    entries = tuple(entry for entry in setting.facts.entries if entry.key not in ("default", "enum"))
    return replace(setting, facts=MapNode(entries, setting.name.place))


def _offer_values(setting: SchemeSetting, values: list[str]) -> SchemeSetting:
    """Return the setting that chooses with a value for each alternative."""
    place = setting.name.place
    choices = ListNode(tuple(make_map(place, value=value) for value in values), place)
    return _set_fact(setting, "enum", choices)


def _add_condition(setting: SchemeSetting, chosen_by: str, values: list[str]) -> SchemeSetting:
    """Return the setting with a condition, unless an inner choice has given it one."""
    if setting.facts.find("visible_when") is not None:
        return setting
    place = setting.name.place
    allowed = ListNode(tuple(ScalarNode(value, place) for value in values), place)
    return _set_fact(setting, "visible_when", MapNode((Entry(chosen_by, place, allowed),), place))


def _set_fact(setting: SchemeSetting, key: str, node: Node) -> SchemeSetting:
    place = setting.name.place
    others = tuple(entry for entry in setting.facts.entries if entry.key != key)
    return replace(setting, facts=MapNode((*others, Entry(key, place, node)), place))
