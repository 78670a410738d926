"""Read the declarations of a Nango provider's fields as secrets and parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from authscribe.model.credential_names import ends_as_credential
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, Value, get_text
from authscribe.model.nango import CREDENTIALS, GROUPS, PASSWORD, STANDARD, SUPPLIED, USERNAME
from authscribe.readers.foreign.literal_credentials import may_be_live
from authscribe.readers.foreign.nango.scope import ProviderField, ProviderScope
from authscribe.readers.foreign.shown_credentials import shows_credential
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map, parse_boolean

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}

_DEFAULT_KEYS: Final = ("default", "default_value")


def is_computed(field: ProviderField, declaration: TrackedMapping) -> bool:
    """Return whether Nango fills in a field, which it computes or captures."""
    return field.is_captured or parse_boolean(declaration.peek("automated")) is True


def is_left_out(declaration: TrackedMapping) -> bool:
    """Return whether a form leaves a field out without a value for it, so that a program has to supply one."""
    return _is_hidden(declaration.node) and not is_constant(declaration.node)


def is_constant(declaration: MapNode) -> bool:
    """Return whether a field has the same value for everybody, such as the password beside a key as user name."""
    default = declaration.find("default_value")
    return _is_hidden(declaration) and isinstance(default, ScalarNode) and default.value is not None


def _is_hidden(declaration: MapNode) -> bool:
    return parse_boolean(declaration.find("hidden")) is True


def take_secrecy(field: ProviderField, declaration: TrackedMapping, scope: ProviderScope) -> ScalarNode | None:
    """Return `yes`, `no` or `unknown`, as stated by the provider or by Nango; None for a parameter.

    Nango shows fields outside of the credentials, unless the provider marks them as secret. If the password is a
    constant, the user name is the key. A provider that marks credentials has no other secret ones, unless they are
    called like one.
    """
    is_secret = take_flag(declaration, "secret")
    if is_secret is not None and (is_secret.value or field.group in SUPPLIED):
        return ScalarNode("yes" if is_secret.value else "no", is_secret.place)
    if field.group not in SUPPLIED:
        return None
    password = scope.find_declaration(CREDENTIALS, PASSWORD)
    if field.key == USERNAME and password is not None and is_constant(password):
        return ScalarNode("yes", field.place)
    if field.key in STANDARD:
        return ScalarNode(STANDARD[field.key].secret, field.place)
    can_have_mark = field.group == CREDENTIALS and field.entry is not None
    is_shown = can_have_mark and scope.has_marks and not ends_as_credential(field.key)
    return ScalarNode("no" if is_shown or is_constant(declaration.node) else "unknown", field.place)


def take_flag(declaration: TrackedMapping, key: str) -> ScalarNode | None:
    """Take the boolean under `key`, which may be spelt as text, and return it with its place."""
    node = declaration.peek(key)
    value = declaration.take_boolean(key) if node is not None else None
    return ScalarNode(value, node.place) if node is not None and value is not None else None


def make_setting(
    field: ProviderField,
    declaration: TrackedMapping,
    attribute: str | None,
    secrecy: ScalarNode | None,
    scope: ProviderScope,
) -> MapNode:
    """Return a field as a secret or parameter, with everything that the models have no place for in its extras.

    The default of a field that is or may be secret is withheld, unless Nango fills in the same one for everybody. A
    field that a form shows under a condition may be omitted.
    """
    place = field.place
    condition = _take_condition(field, declaration, scope)
    if secrecy is not None and (secrecy.value != "no" or is_constant(declaration.node)):
        _withhold_defaults(declaration)
    elif secrecy is None:
        _withhold_live_values(field.key, declaration)
    names = make_plain_map({"python": attribute}, place) if attribute is not None else None
    setting = make_map(
        place,
        name=field.name,
        names=names,
        type=_take_type(declaration),
        title=declaration.take_string("title"),
        description=declaration.take_string("description") or _find_description(field),
        secret=secrecy,
        optional=_take_necessity(declaration, condition) or field.is_optional or None,
        hidden=take_flag(declaration, "hidden"),
        automated=take_flag(declaration, "automated") or field.is_captured or None,
        deprecated=take_flag(declaration, "deprecated"),
        group=field.group,
        visible_when=condition,
    )
    return MapNode((*setting.entries, *_take_facets(declaration), *_make_extras(field, declaration)), place)


def _take_condition(field: ProviderField, declaration: TrackedMapping, scope: ProviderScope) -> MapNode | None:
    """Take the condition under which a form shows a field: that another one of its group has a value."""
    if declaration.peek("visible_when") is None:
        return None
    condition = declaration.child("visible_when")
    other, value = get_text(condition.peek("field")), condition.peek("equals")
    name = scope.find_name(f"{GROUPS[field.group]}.{other}")
    if name is None or not isinstance(value, ScalarNode) or len(condition.keys) != 2:
        return None
    declaration.take("visible_when")
    return make_plain_map({name: ListNode((value,), value.place)}, condition.place)


def _take_necessity(declaration: TrackedMapping, condition: MapNode | None) -> ScalarNode | None:
    """Take the mark as optional; one that the condition of a field overrules is kept."""
    if condition is None:
        return take_flag(declaration, "optional")
    if parse_boolean(declaration.peek("optional")) is True:
        declaration.take("optional")
    return ScalarNode(value=True, place=condition.place)


def _take_facets(declaration: TrackedMapping) -> Iterator[Entry]:
    """Yield the facts about the values of a field."""
    facets: dict[str, Node | None] = {
        key: declaration.take_string(key) for key in ("pattern", "format", "prefix", "suffix")
    }
    facets["example"] = declaration.take("example")
    facets["default"] = _take_default(declaration)
    facets["enum"] = _take_choices(declaration)
    facets["order"] = declaration.take_integer("order")
    return (Entry(key, node.place, node) for key, node in facets.items() if node is not None)


def _take_type(declaration: TrackedMapping) -> Node | None:
    return declaration.take("type") if get_text(declaration.peek("type")) in (*_TYPES, "object", "array") else None


def _withhold_defaults(declaration: TrackedMapping) -> None:
    """Withhold the defaults of a secret.

    An empty one discloses nothing, and that of a hidden field is a constant of the API, such as a public client's.
    """
    for key in _DEFAULT_KEYS[:1] if _is_hidden(declaration.node) else _DEFAULT_KEYS:
        node = declaration.peek(key)
        if node is not None and not (isinstance(node, ScalarNode) and node.value in (None, "")):
            declaration.withhold(key)


def _withhold_live_values(name: str, declaration: TrackedMapping) -> None:
    """Withhold each value of a parameter that may be a live credential by its name, or shows one, and is no choice."""
    for key in (*_DEFAULT_KEYS, "value"):
        node = declaration.peek(key)
        if node is None or declaration.peek("enum") is not None:
            continue
        if may_be_live(name, node) or shows_credential(node):
            declaration.withhold(key)


def _take_default(declaration: TrackedMapping) -> Node | None:
    """Take the default if it has the type of the field: targets could not use any other."""
    node = declaration.peek("default_value")
    types = _TYPES.get(get_text(declaration.node.find("type")) or "string", ())
    # A boolean is an integer to `isinstance`.
    has_type = (
        isinstance(node, ScalarNode)
        and isinstance(node.value, types)
        and isinstance(node.value, bool) == (bool in types)
    )
    return declaration.take("default_value") if has_type else None


def _take_choices(declaration: TrackedMapping) -> ListNode | None:
    """Take the choices if each is a value, or a mapping of `value` and `label`."""
    node = declaration.peek("enum")
    items = node.items if isinstance(node, ListNode) else ()
    choices = tuple(choice for choice in map(_read_choice, items) if choice is not None)
    if node is None or not choices or len(choices) < len(items):
        return None
    declaration.take("enum")
    return ListNode(choices, node.place)


def _read_choice(item: Node) -> MapNode | None:
    match item:
        case ScalarNode(value=str() | int() | float()):
            return make_map(item.place, value=item)
        case MapNode(entries=entries) if {entry.key for entry in entries} <= {"value", "label"}:
            value, label = item.find("value"), item.find("label")
            is_text = label is None or get_text(label) is not None
            return item if is_text and isinstance(value, ScalarNode) and value.value is not None else None
    return None


def _make_extras(field: ProviderField, declaration: TrackedMapping) -> Iterator[Entry]:
    leftovers = declaration.leftovers()
    marks: dict[str, Value | Node] = {}
    if field.name != field.key:
        marks["field"] = field.key
    if field.is_undeclared:
        marks["undeclared"] = True
    own = make_plain_map(marks, field.place)
    extras = (*(own.entries if own is not None else ()), *(leftovers.entries if leftovers is not None else ()))
    if extras:
        yield Entry("extras", extras[0].place, MapNode(extras, extras[0].place))


def _find_description(field: ProviderField) -> str | None:
    """Return a description for a credential that only its mode asks for."""
    known = STANDARD.get(field.key)
    return known.description if known is not None and field.entry is None and field.group == CREDENTIALS else None
