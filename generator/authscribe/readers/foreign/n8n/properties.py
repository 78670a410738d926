"""Read the properties of a credential type: settings of its form, constants, and values that n8n fills in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, Value, get_text, to_plain
from authscribe.readers.foreign.scheme_lists import SchemeSetting, find_value_type, take_default
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, parse_boolean

_TYPES: Final = {
    "string": "string", "number": "number", "boolean": "boolean", "multiOptions": "array", "collection": "object",
    "fixedCollection": "object", "resourceLocator": "object", "workflowSelector": "object", "resourceMapper": "object",
    "filter": "object", "assignmentCollection": "object",
}  # fmt: skip
"""Types of JSON Schema by n8n's types, without those of which an option and a text have; all others are text."""

_WITHOUT_VALUE: Final = ("notice", "button", "callout", "curlImport", "credentials")
"""Types of elements of a form that hold no value of the credential."""
_HIDDEN: Final = "hidden"
_CHOICE_KEYS: Final = frozenset({"name", "value"})
_EMPTY: Final = (None, "")


@dataclass(frozen=True, slots=True)
class CredentialProperty:
    """Property of a credential type, its own or inherited.

    `conditions` holds the values of other properties, in lists, with which the form shows this one, and
    `has_other_conditions` whether the form decides by anything else.
    """

    name: ScalarNode
    declared: TrackedMapping
    conditions: Mapping[str, Node] = field(default_factory=dict)
    has_other_conditions: bool = False

    @property
    def wire(self) -> str:
        """Name of the property in expressions."""
        return str(self.name.value)

    @property
    def type(self) -> str:
        """Type in the words of n8n."""
        return get_text(self.declared.peek("type")) or "string"

    @property
    def has_value(self) -> bool:
        """Return whether the property holds a value, and is more than a text in the form."""
        return self.type not in _WITHOUT_VALUE

    @property
    def is_hidden(self) -> bool:
        """Return whether no form shows it."""
        return self.type == _HIDDEN

    @property
    def default(self) -> Value:
        """Default as a scalar; None for a list or a mapping."""
        node = self.declared.peek("default")
        return node.value if isinstance(node, ScalarNode) else None

    @property
    def is_expression(self) -> bool:
        """Return whether the default is computed."""
        return isinstance(self.default, str) and self.default.startswith("=")

    @property
    def is_constant(self) -> bool:
        """Return whether the value is the same for everybody: hidden, with a default."""
        return self.is_hidden and self.default not in _EMPTY and not self.is_expression

    @property
    def is_obtained(self) -> bool:
        """Return whether n8n obtains the value before requests, and again when it has expired."""
        options = self.declared.peek("typeOptions")
        return isinstance(options, MapNode) and parse_boolean(options.find("expirable")) is True

    @property
    def is_supplied(self) -> bool:
        """Return whether it has a value where requests are sent, although it has no default."""
        is_needed = self.is_secret or parse_boolean(self.declared.peek("required")) is True
        return self.is_obtained or (is_needed and not self.is_hidden and self.default in _EMPTY)

    @property
    def is_secret(self) -> bool:
        """Return whether n8n hides what is typed, all of it or a part; it shows everything else but a constant.

        A constant that is called like a credential is one of the package.
        """
        return _hides(self.declared.node) or (self.is_constant and may_be_credential(self.wire, str(self.default)))

    def find_open_conditions(self, constants: Mapping[str, Value]) -> MapNode | None:
        """Return the conditions that the constants leave open; None if the form never shows the property."""
        left: list[Entry] = []
        for key, node in self.conditions.items():
            values = to_plain(node)
            scalars = values if isinstance(values, list) else [values]
            if key not in constants or any(isinstance(value, dict | list) for value in scalars):
                left.append(Entry(key, node.place, node))
            elif not any(value == constants[key] and type(value) is type(constants[key]) for value in scalars):
                return None
        return MapNode(tuple(left), self.name.place)

    def list_choices(self) -> tuple[ScalarNode, ...]:
        """Return the values of the options."""
        options = self.declared.peek("options")
        items = options.items if isinstance(options, ListNode) else ()
        values = (item.find("value") for item in items if isinstance(item, MapNode))
        return tuple(value for value in values if isinstance(value, ScalarNode) and value.value is not None)

    def list_values(self) -> tuple[Value, ...]:
        """Return all values that the property can have; none if these are not known."""
        return (self.default,) if self.is_constant else self.list_alternatives()

    def list_alternatives(self) -> tuple[Value, ...]:
        """Return the values among which the owner chooses, the default of a switch first; none if any value will do."""
        if self.is_hidden or self.type not in ("options", "boolean"):
            return ()
        if self.type == "boolean":
            return (self.default is True, self.default is not True)
        return tuple(dict.fromkeys(choice.value for choice in self.list_choices()))

    def take_all(self) -> None:
        """Take everything that states a fact; an expression stays, since only its result is known elsewhere."""
        for key in ("name", "displayName", "type", "required", "default"):
            if key != "default" or not self.is_expression:
                self.declared.take(key)

    def read(self) -> SchemeSetting:
        """Return the property as a setting, apart from its conditions; call it once."""
        declared = self.declared
        is_secret = self.is_secret
        is_required = declared.take_boolean("required") is True
        is_optional = not is_required or self.is_constant or self.has_other_conditions
        choices = _take_choices(self)
        of_type = find_value_type(self.list_choices()[0]) if choices is not None else _TYPES.get(self.type, "string")
        of_type = find_value_type(declared.peek("default")) if self.is_hidden else of_type
        stated = declared.take_text("type")
        default = take_default(
            declared, "default", name=self.wire, of_type=of_type, choices=choices, is_secret=is_secret
        )
        if is_secret:
            declared.child("typeOptions").take_boolean("password")
        if not self.has_other_conditions:
            declared.take("displayOptions")
        facts = make_map(
            self.name.place,
            type=of_type if of_type != "string" else None,
            type_label=stated if stated is not None and stated.value not in (*_TYPES, "options", _HIDDEN) else None,
            title=declared.take_text("displayName"),
            description=declared.take_text("description"),
            secret="yes" if is_secret else None,
            example=declared.take_text("placeholder"),
            default=default,
            enum=choices,
            hidden=True if self.is_hidden else None,
            extras=self._keep_rest(),
        )
        return SchemeSetting(self.name, facts, is_secret, is_optional)

    def _keep_rest(self) -> MapNode | None:
        self.declared.take("name")
        empty = self.declared.peek("default")
        if isinstance(empty, ScalarNode) and empty.value in _EMPTY:
            self.declared.take("default")
        return self.declared.leftovers()


def _hides(node: Node) -> bool:
    """Return whether a property, or one in the collections of its options, is for secrets."""
    match node:
        case MapNode():
            options = node.find("typeOptions")
            flags = (
                [options.find(key) for key in ("password", "redactJsonLeaves")] if isinstance(options, MapNode) else []
            )
            inner = [node.find("options"), node.find("values")]
            return any(parse_boolean(flag) is True for flag in flags) or any(_hides(item) for item in inner if item)
        case ListNode(items=items):
            return any(map(_hides, items))
    return False


def _take_choices(declared: CredentialProperty) -> ListNode | None:
    """Return the options as choices; they are kept as well if they state more than a name and a value."""
    values = declared.list_choices()
    options = declared.declared.peek("options")
    if (
        declared.type != "options"
        or not values
        or not isinstance(options, ListNode)
        or len(values) < len(options.items)
    ):
        return None
    items = [item for item in options.items if isinstance(item, MapNode)]
    choices = (make_map(item.place, value=item.find("value"), label=get_text(item.find("name"))) for item in items)
    if all({entry.key for entry in item.entries} <= _CHOICE_KEYS for item in items):
        declared.declared.take("options")
    return make_list(tuple(choices), options.place)
