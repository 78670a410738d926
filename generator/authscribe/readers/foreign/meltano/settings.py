"""Read the settings of a Meltano plugin."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.scheme_lists import SchemeSetting, find_value_type, take_default
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, parse_boolean

_TYPES: Final[Mapping[str, str]] = {
    "string": "string", "integer": "integer", "decimal": "number", "boolean": "boolean", "array": "array",
    "object": "object",
}  # fmt: skip
"""Types of JSON Schema by Meltano's kinds; the other kinds are text."""

_SENSITIVE_KINDS: Final = ("password", "oauth")
"""Kinds that Meltano itself hides in its output, whether `sensitive` is set or not."""
_ARGUMENTS: Final = ("args", "command", "entrypoint", "executable")
"""Keys of commands and containers that hold arguments."""
_LOCATIONS: Final = ("docs", "pip_url", "repo")
"""Keys of a plugin that hold addresses, such as that of a private repository."""
_OPTION: Final = re.compile(
    r"""(?<![\w-])(?:--?([A-Za-z]++[\w-]*+)[\s=:"']++|([A-Za-z][\w-]*+)["']?[=:][\s"']*+)"""
    r"""(?=(?:(?i:bearer|basic)\s{1,9})?([^\s"'$-][^\s"']{0,99}))"""
)
"""Matches an option, a header or a field with its name, before the value unless that refers to a variable."""
_VARIABLE: Final = re.compile(r"\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\}")
"""Matches a value that is no more than a reference to an environment variable."""
_DUPLICATE: Final = "another setting with the same name takes precedence"


def read_settings(plugin: TrackedMapping) -> Iterator[SchemeSetting | Finding]:
    """Yield each setting of a plugin, and a finding for each that has no name or the name of another."""
    node = plugin.peek("settings")
    if isinstance(node, ListNode) and not node.items:
        plugin.take("settings")
    settings = plugin.children("settings")
    winners = _find_winners(settings)
    for setting in settings:
        winner = winners.get(get_text(setting.peek("name")) or "", setting)
        name = setting.take_text("name")
        if name is None:
            yield report_missing_key("name", setting.place)
        elif winner is setting:
            yield _read_setting(setting, name)
        else:
            setting.lose_all(_DUPLICATE)
            yield _report_duplicate(name, winner.node.find("name") or name)


def _find_winners(settings: Sequence[TrackedMapping]) -> Mapping[str, TrackedMapping]:
    """Return for each name the setting that counts: the last one, unless that would disclose a secret."""
    winners: dict[str, TrackedMapping] = {}
    for setting in settings:
        name = get_text(setting.peek("name"))
        previous = winners.get(name or "")
        if name is not None and (previous is None or _is_sensitive(setting) or not _is_sensitive(previous)):
            winners[name] = setting
    return winners


def _is_sensitive(setting: TrackedMapping) -> bool:
    return parse_boolean(setting.peek("sensitive")) is True or get_text(setting.peek("kind")) in _SENSITIVE_KINDS


def _report_duplicate(name: ScalarNode, other: Node) -> Finding:
    first, second = sorted((name.place, other.place))
    return report_duplicate_name(str(name.value), second, first)._replace(severity=Severity.WARNING)


def _read_setting(setting: TrackedMapping, name: ScalarNode) -> SchemeSetting:
    kind = setting.take_text("kind")
    word = str(kind.value) if kind is not None else ""
    choices = _take_choices(setting)
    of_type = _find_type(word, setting.peek("value"), choices)
    is_secret = _is_sensitive(setting)
    # A statement that the kind overrules is kept.
    if parse_boolean(setting.peek("sensitive")) is is_secret:
        setting.take("sensitive")
    default = take_default(
        setting,
        "value",
        name=str(name.value),
        of_type=of_type,
        choices=choices,
        is_secret=is_secret,
        is_cast=True,
    )
    facts = make_map(
        name.place,
        type=of_type if of_type != "string" else None,
        type_label=None if kind is None or word in _TYPES else kind,
        title=setting.take_text("label"),
        description=setting.take_text("description"),
        example=setting.take_text("placeholder"),
        default=default,
        enum=choices,
        hidden=True if word == "hidden" or setting.take_boolean("hidden") else None,
        extras=setting.leftovers(),
    )
    return SchemeSetting(name, facts, is_secret)


def _find_type(kind: str, value: Node | None, choices: ListNode | None) -> str:
    """Return the type by the kind, else that of all choices, or of the value if there is no kind."""
    if choices is not None and kind not in _TYPES:
        types = {find_value_type(item.find("value")) for item in choices.items if isinstance(item, MapNode)}
        return types.pop() if len(types) == 1 else "string"
    return _TYPES.get(kind, "string") if kind else find_value_type(value)


def _take_choices(setting: TrackedMapping) -> ListNode | None:
    """Take the options if each is a value with or without a label."""
    node = setting.peek("options")
    items = node.items if isinstance(node, ListNode) else ()
    choices = tuple(item for item in items if isinstance(item, MapNode) and _is_choice(item))
    if not choices or len(choices) < len(items):
        return None
    setting.take("options")
    return ListNode(choices, choices[0].place)


def _is_choice(option: MapNode) -> bool:
    """Return whether an option of the hub has the shape of a choice in a definition."""
    value, label = option.find("value"), option.find("label")
    has_value = isinstance(value, ScalarNode) and value.value is not None
    has_other_keys = bool({entry.key for entry in option.entries} - {"value", "label"})
    return has_value and not has_other_keys and (label is None or get_text(label) is not None)


def list_public(settings: Sequence[SchemeSetting]) -> frozenset[str]:
    """Return the names of the settings that are known not to be secret, in any variant."""
    secret = (setting.wire for setting in settings if setting.is_secret)
    return frozenset(setting.wire for setting in settings).difference(secret)


def withhold_values(plugin: TrackedMapping, public: Collection[str]) -> None:
    """Withhold the values that a project sets for a plugin, apart from variables and those of `public` settings."""
    for configured in (plugin, *plugin.children("mappings")):
        config = configured.child("config")
        for key in config.keys:
            node = config.node.find(key)
            is_reference = _VARIABLE.fullmatch(get_text(node) or "") is not None
            if not is_reference and (key not in public or _may_hold_secret(node)):
                config.withhold(key)
    _withhold_arguments(plugin, _LOCATIONS)
    commands = plugin.child("commands")
    # A command may be no more than its arguments.
    _withhold_arguments(commands, commands.keys)
    run = (plugin, *map(commands.child, commands.keys))
    for configured in (*run, *(each.child("container_spec") for each in run)):
        configured.withhold("env")
        _withhold_arguments(configured, _ARGUMENTS)


def _withhold_arguments(command: TrackedMapping, keys: Iterable[str]) -> None:
    """Withhold the arguments in which a literal may be a secret: after an option or before a host."""
    for key in keys:
        text = get_text(command.peek(key)) or ""
        options = ((match[1] or match[2], match[3]) for match in _OPTION.finditer(text))
        if any(may_be_credential(*option) for option in options) or any(map(holds_credential, text.split())):
            command.withhold(key)


def _may_hold_secret(node: Node | None) -> bool:
    """Return whether the value of a public setting may have a secret in it: at a depth, or in an address."""
    match node:
        case ListNode(items=items):
            return any(map(_may_hold_secret, items))
        case ScalarNode(value=str() as text):
            return holds_credential(text)
    return isinstance(node, MapNode)
