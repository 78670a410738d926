"""Settings of foreign documents, as the lists of a scheme: what is secret is required and injected, the rest set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model import naming
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, Value, get_text
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map

_PYTHON_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_INJECTED: Final = ("title", "type_label", "description", "pattern", "format")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that a definition declares; `facts` are all keys of ours but its name and whether it is optional."""

    name: ScalarNode
    facts: MapNode
    is_secret: bool
    is_optional: bool = False

    @property
    def wire(self) -> str:
        """The name on the wire."""
        return str(self.name.value)


@dataclass(frozen=True, slots=True)
class Obtained:
    """A secret that the owner does not supply: where it comes from, in the keys of an injected secret."""

    name: ScalarNode
    origin: MapNode
    facts: MapNode
    lifetime: str | None = None
    is_secret: bool = True


@dataclass(frozen=True, slots=True)
class Lists:
    """The three lists of a scheme; a setting in `obtained` by name is injected from there and not as a copy.

    `beside` are the names of settings that stand in other lists and may share a class with these.
    """

    settings: tuple[Setting, ...]
    obtained: tuple[Obtained, ...] = ()
    credentials: tuple[Setting, ...] = ()
    beside: tuple[str, ...] = ()

    def nodes(self, place: Place) -> dict[str, Node | Value]:
        """The lists under their keys; an empty one is left out."""
        obtained = {str(secret.name.value) for secret in self.obtained}
        owned = tuple(setting for setting in self.settings if setting.wire not in obtained)
        secrets = tuple(setting for setting in owned if setting.is_secret)
        required = (*self.credentials, *secrets)
        parameters = tuple(setting for setting in owned if not setting.is_secret)
        names = (setting.name for setting in (*required, *parameters))
        wires = (str(name.value) for name in (*names, *(one.name for one in self.obtained)))
        spelt = naming.spell_apart((*wires, *self.beside))
        return {
            "required": make_list(tuple(_stated(setting, spelt) for setting in required), place),
            "injected": make_list(
                (*(_copied(secret, spelt) for secret in secrets), *(_obtained(one, spelt) for one in self.obtained)),
                place,
            ),
            "parameters": make_list(tuple(_stated(setting, spelt) for setting in parameters), place),
        }


def _stated(setting: Setting, spelt: Mapping[str, str]) -> MapNode:
    is_optional = True if setting.is_optional else None
    return _joined(_called(setting.name, spelt), setting.facts, make_map(setting.name.place, optional=is_optional))


def _copied(setting: Setting, spelt: Mapping[str, str]) -> MapNode:
    """What the system gets of a secret that the owner supplies: the same under the same name."""
    place = setting.name.place
    shown = tuple(entry for entry in setting.facts.entries if entry.key in (*_INJECTED, "secret", "type"))
    origin = make_map(place, source="copied", required=setting.name)
    return _joined(_called(setting.name, spelt), MapNode(shown, place), make_map(place, origin=origin))


def _obtained(secret: Obtained, spelt: Mapping[str, str]) -> MapNode:
    place = secret.name.place
    more = make_map(place, origin=secret.origin, lifetime=secret.lifetime, secret=None if secret.is_secret else "no")
    return _joined(_called(secret.name, spelt), secret.facts, more)


def _called(name: ScalarNode, spelt: Mapping[str, str]) -> MapNode:
    python = spelt.get(str(name.value))
    return make_map(name.place, name=name, names=make_map(name.place, python=python) if python else None)


def _joined(first: MapNode, *others: MapNode) -> MapNode:
    """The entries of all; of equal keys the first."""
    found: dict[str, Entry] = {}
    for node in (first, *others):
        for entry in node.entries:
            found.setdefault(entry.key, entry)
    return MapNode(tuple(found.values()), first.place)


def read_default(
    reading: TrackedMapping, key: str, *, of_type: str, choices: ListNode | None, is_secret: bool
) -> Node | None:
    """The default under `key` where it is a value that the setting can have; that of a secret is withheld.

    What does not fit the type or the choices stays in the reading.
    """
    node = reading.peek(key)
    if node is None or (isinstance(node, ScalarNode) and node.value in (None, "")):
        return None
    if is_secret:
        reading.withhold(key)
        return None
    return reading.take(key) if _fits(node, of_type) and _is_choice(node, choices) else None


def _fits(node: Node, of_type: str) -> bool:
    match node:
        case ScalarNode(value=value):
            # A truth value is an integer to Python, and to nobody else.
            return type(value) in _PYTHON_TYPES.get(of_type, ())
        case ListNode():
            return of_type == "array"
    return of_type == "object"


def _is_choice(node: Node, choices: ListNode | None) -> bool:
    if choices is None:
        return True
    values = [choice.find("value") for choice in choices.items if isinstance(choice, MapNode)]
    return isinstance(node, ScalarNode) and any(
        isinstance(value, ScalarNode) and value.value == node.value for value in values
    )


def find_value_type(node: Node | None) -> str:
    """The type of a value in the words of JSON Schema; that of text where there is none."""
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
    """The items of a list that holds nothing but scalars, none of them null; empty for everything else."""
    items = node.items if isinstance(node, ListNode) else ()
    found = tuple(item for item in items if isinstance(item, ScalarNode) and item.value is not None)
    return found if len(found) == len(items) else ()


def list_texts(node: Node | None) -> tuple[str, ...]:
    """The items of a list of texts; empty for everything else."""
    found = tuple(word for item in list_scalars(node) if (word := get_text(item)) is not None)
    return found if len(found) == len(list_scalars(node)) else ()


@dataclass(frozen=True, slots=True)
class MethodId:
    """The id of one way of a connector, and that of its scheme, which begins with the connector's."""

    method: str
    scheme: str


def make_method_id(owner: str, name: str, taken: Iterable[MethodId]) -> MethodId:
    """Ids for a way with a name that people chose; no longer than ids may be, and none that is `taken`."""
    used = {naming.to_module(other.method) for other in taken}
    spelt = naming.make_id(name)
    scheme = f"{owner}.{spelt}"
    if spelt and naming.is_id(scheme) and naming.is_id(spelt) and naming.to_module(spelt) not in used:
        return MethodId(spelt, scheme)
    short = (
        naming.make_mark(name) if name and naming.to_module(naming.make_mark(name)) not in used else str(len(used) + 1)
    )
    return MethodId(short, f"{owner[:75]}.{short}")
