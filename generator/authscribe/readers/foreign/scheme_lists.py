"""Turn the settings of a foreign document into the lists of a scheme.

Secrets become required and injected, all other settings become parameters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model import naming
from authscribe.model.credential_names import ends_as_credential, names_credential
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, Value, get_text
from authscribe.model.name_kinds import NAME_KINDS, NameKind, find_problem
from authscribe.readers.foreign.literal_credentials import may_be_live, may_hold_credential
from authscribe.readers.foreign.shown_credentials import shows_credential
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, parse_boolean

_PYTHON_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]{1,300})?")
_COPIED_KEYS: Final = ("title", "type_label", "description", "pattern", "format", "secret", "type")
"""Keys that an injected secret has in common with the required secret that it is copied from."""


@dataclass(frozen=True, slots=True)
class SchemeSetting:
    """Setting that a document declares.

    `facts` holds the keys of a required secret or parameter, apart from `name`, `names` and `optional`. `variable` is
    the environment variable in which the other system expects the value.
    """

    name: ScalarNode
    facts: MapNode
    is_secret: bool
    is_optional: bool = False
    variable: str | None = None

    @property
    def wire(self) -> str:
        """Name of the setting in the other system."""
        return str(self.name.value)


@dataclass(frozen=True, slots=True)
class ObtainedSecret:
    """Secret that the owner does not supply; `origin` and `lifetime` are keys of an injected secret."""

    name: ScalarNode
    origin: MapNode
    facts: MapNode
    lifetime: str | None = None
    is_secret: bool = True
    variable: str | None = None

    @property
    def wire(self) -> str:
        """Name of the secret in the other system."""
        return str(self.name.value)


@dataclass(frozen=True, slots=True)
class SchemeLists:
    """Required secrets, injected secrets and parameters of a scheme.

    A setting whose name is in `obtained` is injected as described there, and not as a copy. `credentials` are
    required and not injected. `attributes` are those of `naming.spell_apart` for all names that may share a generated
    class; without them, only the names in these lists do.
    """

    settings: tuple[SchemeSetting, ...]
    obtained: tuple[ObtainedSecret, ...] = ()
    credentials: tuple[SchemeSetting, ...] = ()
    attributes: Mapping[str, str] | None = None

    def to_nodes(self, place: Place) -> dict[str, Node | Value]:
        """Return the lists under the keys of a scheme; None for an empty list."""
        obtained_names = {secret.wire for secret in self.obtained}
        supplied = tuple(setting for setting in self.settings if setting.wire not in obtained_names)
        secrets = tuple(setting for setting in supplied if setting.is_secret)
        required = (*self.credentials, *secrets)
        parameters = tuple(setting for setting in supplied if not setting.is_secret)
        attributes = self.attributes
        if attributes is None:
            wires = (setting.wire for setting in (*required, *parameters))
            attributes = naming.spell_apart((*wires, *(secret.wire for secret in self.obtained)))
        copied = tuple(_to_copied_node(secret, attributes) for secret in secrets)
        obtained = tuple(_to_obtained_node(secret, attributes) for secret in self.obtained)
        return {
            "required": make_list(tuple(_to_node(setting, attributes) for setting in required), place),
            "injected": make_list((*copied, *obtained), place),
            "parameters": make_list(tuple(_to_node(setting, attributes) for setting in parameters), place),
        }


def find_credentials(settings: Iterable[SchemeSetting]) -> frozenset[str]:
    """Return the names of the secrets or, of a document that marks none, of the texts that are called like secrets.

    Such a text shows that there is something to authenticate with, whether people may see it or not. One that has a
    default or choices is something else.
    """
    settings = tuple(settings)
    secrets = frozenset(setting.wire for setting in settings if setting.is_secret)
    return secrets or frozenset(setting.wire for setting in settings if _is_called_secret(setting))


def _is_called_secret(setting: SchemeSetting) -> bool:
    is_open_text = all(setting.facts.find(key) is None for key in ("type", "default", "enum"))
    return is_open_text and names_credential(setting.wire) and ends_as_credential(setting.wire)


def make_undeclared_setting(
    name: ScalarNode, *, is_secret: bool, is_stated: bool = False, description: str | None = None
) -> SchemeSetting:
    """Return a setting that a document refers to without declaring it; its extras mark it as `undeclared`.

    Where `is_secret` is set, whether it is a secret is unknown unless the document states it.
    """
    marks = make_map(name.place, undeclared=True)
    secrecy = ("yes" if is_stated else "unknown") if is_secret else None
    facts = make_map(name.place, description=description, secret=secrecy, extras=marks)
    return SchemeSetting(name, facts, is_secret)


def mark_credential(setting: SchemeSetting) -> SchemeSetting:
    """Return a setting that is a credential as a secret, marked as unknown since nothing states whether it is one.

    One with a default is shown already, and stays as it is.
    """
    if setting.is_secret or setting.facts.find("default") is not None:
        return setting
    mark = Entry("secret", setting.name.place, ScalarNode("unknown", setting.name.place))
    return replace(setting, facts=MapNode((*setting.facts.entries, mark), setting.facts.place), is_secret=True)


def _to_node(setting: SchemeSetting, attributes: Mapping[str, str]) -> MapNode:
    is_optional = True if setting.is_optional else None
    names = _make_names(setting.name, attributes, setting.variable)
    return _merge(names, setting.facts, make_map(setting.name.place, optional=is_optional))


def _to_copied_node(setting: SchemeSetting, attributes: Mapping[str, str]) -> MapNode:
    """Return the injected secret that is a copy, under the same name, of one that the owner supplies."""
    place = setting.name.place
    copied = tuple(entry for entry in setting.facts.entries if entry.key in _COPIED_KEYS)
    origin = make_map(place, source="copied", required=setting.name)
    names = _make_names(setting.name, attributes, setting.variable)
    return _merge(names, MapNode(copied, place), make_map(place, origin=origin))


def _to_obtained_node(secret: ObtainedSecret, attributes: Mapping[str, str]) -> MapNode:
    secrecy = None if secret.is_secret else "no"
    more = make_map(secret.name.place, origin=secret.origin, lifetime=secret.lifetime, secret=secrecy)
    return _merge(_make_names(secret.name, attributes, secret.variable), secret.facts, more)


def _make_names(name: ScalarNode, attributes: Mapping[str, str], variable: str | None) -> MapNode:
    """Return the name, and the names in `names` that differ from those derived from it."""
    attribute = attributes.get(str(name.value))
    derived = (attribute or naming.to_attribute(str(name.value))).upper()
    has_variable = variable not in (None, derived) and find_problem(NAME_KINDS[NameKind.ENV], variable or "") is None
    names = make_map(name.place, python=attribute, env=variable if has_variable else None)
    return make_map(name.place, name=name, names=names if names.entries else None)


def _merge(first: MapNode, *others: MapNode) -> MapNode:
    """Return one mapping with the entries of all; the first entry of each key counts."""
    entries: dict[str, Entry] = {}
    for node in (first, *others):
        for entry in node.entries:
            entries.setdefault(entry.key, entry)
    return MapNode(tuple(entries.values()), first.place)


def take_default(
    mapping: TrackedMapping,
    key: str,
    *,
    name: str,
    of_type: str,
    choices: ListNode | None,
    is_secret: bool,
    is_cast: bool = False,
) -> Node | None:
    """Take the default under `key` if the setting of this name can have the value.

    That of a secret, one that holds or shows a credential in an address, at a depth or in a text, and one that may be a
    live credential by the name of the setting, are withheld instead: with a part masked, it would be another default.
    With `is_cast`, it becomes a value of the type, as `convert_scalar` returns it. An empty default, and one that does
    not fit the type or the choices, is left in the mapping.
    """
    node = mapping.peek(key)
    if node is None or (isinstance(node, ScalarNode) and node.value in (None, "")):
        return None
    value = (convert_scalar(node, of_type) if is_cast else None) or node
    is_choice = choices is not None and _is_among(value, choices)
    is_shown = may_hold_credential("", node) or shows_credential(node)
    if is_secret or is_shown or (not is_choice and may_be_live(name, node)):
        mapping.withhold(key)
        return None
    if not _has_type(value, of_type) or not _is_among(value, choices):
        return None
    mapping.take(key)
    return value


def _has_type(node: Node, of_type: str) -> bool:
    match node:
        case ScalarNode(value=value):
            # In Python, and only there, a boolean is an integer too.
            return type(value) in _PYTHON_TYPES.get(of_type, ())
        case ListNode():
            return of_type == "array"
    return of_type == "object"


def _is_among(node: Node, choices: ListNode | None) -> bool:
    if choices is None:
        return True
    values = [choice.find("value") for choice in choices.items if isinstance(choice, MapNode)]
    return isinstance(node, ScalarNode) and any(
        isinstance(value, ScalarNode) and value.value == node.value for value in values
    )


def convert_scalar(node: Node | None, of_type: str) -> ScalarNode | None:
    """Return a scalar as a value of its type; None if it cannot be one.

    It is for documents in which texts such as `true` and `8080` may stand for these values, or the values for texts.
    """
    if not isinstance(node, ScalarNode) or node.value is None:
        return None
    text = node.value if isinstance(node.value, str) else json.dumps(node.value)
    value: Value = text
    if of_type == "boolean":
        value = parse_boolean(ScalarNode(text, node.place))
    elif of_type in ("integer", "number"):
        value = json.loads(text) if _NUMBER.fullmatch(text) else None
    return ScalarNode(value, node.place) if value is not None else None


def find_value_type(node: Node | None) -> str:
    """Return the JSON Schema type of a value; `string` if there is none."""
    match node:
        case ScalarNode(value=bool()):
            return "boolean"
        case ScalarNode(value=int()):
            return "integer"
        case ScalarNode(value=float()):
            return "number"
        case ListNode():
            return "array"
        case MapNode():
            return "object"
    return "string"


def list_scalars(node: Node | None) -> tuple[ScalarNode, ...]:
    """Return the items of a list of scalars that are not null; nothing for any other node."""
    items = node.items if isinstance(node, ListNode) else ()
    scalars = tuple(item for item in items if isinstance(item, ScalarNode) and item.value is not None)
    return scalars if len(scalars) == len(items) else ()


def list_texts(node: Node | None) -> tuple[str, ...]:
    """Return the items of a list of texts; nothing for any other node."""
    scalars = list_scalars(node)
    texts = tuple(text for scalar in scalars if (text := get_text(scalar)) is not None)
    return texts if len(texts) == len(scalars) else ()


@dataclass(frozen=True, slots=True)
class MethodIds:
    """Id of a method of a connector, and id of its scheme, which begins with the id of the connector."""

    method: str
    scheme: str


def make_method_ids(connector: str, names: Iterable[str], reserved: Iterable[str] = ()) -> tuple[MethodIds, ...]:
    """Return ids for all methods of a connector by the names that people call them, in time linear in their number.

    No two are equal, nor one of the `reserved` ids of methods, and none is too long. If no id can be made from a name,
    it is a hash of the name or, as a last resort, a number.
    """
    used = set(map(naming.to_module, reserved))
    ids: list[MethodIds] = []
    for name in names:
        ids.append(_choose_ids(connector, name, used))
        used.add(naming.to_module(ids[-1].method))
    return tuple(ids)


def _choose_ids(connector: str, name: str, used: Collection[str]) -> MethodIds:
    """Return ids for a method; each method becomes a module, and `used` are those that there are already."""
    method = naming.make_id(name)
    scheme = f"{connector}.{method}"
    if method and naming.is_id(scheme) and naming.is_id(method) and naming.to_module(method) not in used:
        return MethodIds(method, scheme)
    has_mark = name and naming.to_module(naming.make_mark(name)) not in used
    short = naming.make_mark(name) if has_mark else str(len(used) + 1)
    # Ids have at most 80 characters; a hash has four.
    return MethodIds(short, f"{connector[:75]}.{short}")
