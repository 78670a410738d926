"""Check the values that YAML files of other programs give to the settings of connectors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from authscribe.edits.yaml_text import YamlText
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.malformed_reference import report_malformed_reference
from authscribe.findings.rules.pasted_secret import report_live_secret
from authscribe.findings.rules.reference_differs import report_reference_differs, report_secret_in_variable
from authscribe.findings.rules.value_not_allowed import report_value_not_allowed
from authscribe.findings.suggestions import NEARLY_EQUAL, Vocabulary
from authscribe.model.credential_names import is_live_credential
from authscribe.model.definitions import InjectedSecret
from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text
from authscribe.model.name_kinds import NameKind
from authscribe.model.stand_ins import is_dummy
from authscribe.sync.connectors import Connectors, Key, Owned
from authscribe.targets.stubs import StubSetting

_REFERENCES: Final = {
    # Two dollar signs are one (Compose Specification).
    NameKind.ENV: re.compile(r"(?<!\$)(?:\$\$)*\$\{?(?P<name>[A-Za-z_]\w*)"),
    NameKind.GITHUB: re.compile(r"\b(?:secrets|(?P<plain>vars)|inputs)(?:\.|\['{1,2})(?P<name>[A-Za-z_][\w-]*)"),
}
"""Patterns of the references to names of each kind; those to what is no secret have a group `plain`."""
_DEFAULT: Final = re.compile(r"\$\{\w+:?-(?P<compose>[^${}]+)\}|\$\{\{[^{}']*\|\|\s*'(?P<github>[^']+)'\s*\}\}")
"""Matches a reference with the text that takes the place of a missing value."""
_SPELT: Final = {NameKind.ENV: "${{{}}}", NameKind.GITHUB: "${{{{ secrets.{} }}}}"}
_OPENINGS: Final = {
    NameKind.ENV: r"(?:[{(<%]|\bsecrets?[.\[])", NameKind.GITHUB: r"(?:[{(<%$]|\bsecrets?[.\[])",
}  # fmt: skip
"""Patterns of what only a reference has before a name."""
_MESSAGE: Final = re.compile(r"\$\{\w+:?\?[^${}]*\}")
"""Matches a reference with the message that Compose shows if the value is missing (Compose Specification)."""
_QUOTED: Final = re.compile(r"'[^']*'")
"""Matches a text in an expression of GitHub Actions."""
_SHORTEST: Final = 16
"""Characters of the shortest value that counts as one of a secret in use."""
_ALONE: Final = re.compile(r"\$\{.*\}|\$\w+")
"""Matches a value that is nothing but a reference, if there is only one in it."""
_PLAIN_NAME: Final = re.compile(r"\w[\w.-]*")
_SOURCES: Final = {"environment": NameKind.ENV, "file": NameKind.FILE, "target": NameKind.FILE}
"""Kinds of the names that secrets in Compose files come from or go to, by their keys (Compose Specification)."""


class _Given(NamedTuple):
    """Value that a file gives to a setting, and the name of that in references."""

    key: Key
    node: Node
    owned: Owned
    setting: StubSetting
    expected: str


def list_keys(entry: Entry | None, kind: NameKind) -> list[tuple[Key, Entry | Node]]:
    """Return the names in a mapping or a list, and what has them."""
    node = entry.node if entry is not None else None
    if isinstance(node, MapNode):
        return [(Key(kind, each.key, each.place), each) for each in node.entries]
    items = node.items if isinstance(node, ListNode) else ()
    return [(Key(kind, name, item.place), item) for item in items if (name := _get_name(item))]


def _get_name(item: Node) -> str:
    """Return the name in an item of a list: before an equals sign, or that of the source of a secret."""
    source = item.find("source") if isinstance(item, MapNode) else item
    return (get_text(source) or "").partition("=")[0]


def refers_to_plain(value: str) -> bool:
    """Return whether a value in a workflow refers to a configuration variable, which is no secret."""
    return any(match["plain"] for match in _REFERENCES[NameKind.GITHUB].finditer(value))


def list_references(value: str, kind: NameKind) -> Iterator[str]:
    """Yield the names to which a value refers."""
    yield from (match["name"] for match in _REFERENCES[kind].finditer(value))


def check_values(text: YamlText, entry: Entry, connectors: Connectors, kind: NameKind) -> Iterator[Finding]:
    """Yield the findings about the values of variables in a mapping or a list.

    `kind` is that of the names in references. A value over several lines is not checked.
    """
    for key, part in list_keys(entry, NameKind.ENV):
        node, owned = part.node if isinstance(part, Entry) else part, connectors.identify(NameKind.ENV, key.name)
        setting = connectors.find_setting(owned) if owned is not None else None
        if owned is None or setting is None or node.place.line != node.place.end_line or get_text(node) is None:
            continue
        given = _Given(key, node, owned, setting, connectors.spell(owned, kind))
        yield from _check_value(text, given, connectors, kind)


def check_sources(entry: Entry, connectors: Connectors) -> Iterator[Finding]:
    """Yield the findings about secrets that a mapping declares, or a list mounts, under the name of another one."""
    for key, part in list_keys(entry, NameKind.COMPOSE):
        node, owned = part.node if isinstance(part, Entry) else part, connectors.identify(NameKind.COMPOSE, key.name)
        setting = connectors.find_setting(owned) if owned is not None else None
        if owned is None or setting is None or not isinstance(node, MapNode):
            continue
        for source in node.entries:
            kind = _SOURCES.get(source.key)
            found = PurePosixPath(get_text(source.node) or "").name
            if kind is None or _PLAIN_NAME.fullmatch(found) is None:
                continue
            given = _Given(key, source.node, owned, setting, connectors.spell(owned, kind))
            if _is_other(found, given, connectors, kind, is_alone=True):
                yield report_reference_differs(key.name, source.node.place, owned.connector.id, found, given.expected)


def check_literal(name: str, value: str, place: Place, setting: StubSetting, connector: str) -> Iterator[Finding]:
    """Yield the finding about a value that is neither empty nor a dummy, if there is one."""
    if setting.refuses(value):
        yield report_value_not_allowed(name, place, connector, setting.choices)
    elif setting.field.is_secret and _may_be_live(name, value):
        yield report_live_secret(name, place, connector)


def _may_be_live(name: str, value: str) -> bool:
    """Return whether a value looks like a credential in use; those for tests are mostly shorter."""
    return len(value) >= _SHORTEST and is_live_credential(name, value)


def _check_value(text: YamlText, given: _Given, connectors: Connectors, kind: NameKind) -> Iterator[Finding]:
    name, connector = given.key.name, given.owned.connector.id
    # In a list, the name is before the value.
    value = (get_text(given.node) or "").removeprefix(f"{name}=")
    default = _DEFAULT.fullmatch(value)
    shown = default[default.lastgroup or 0] if default is not None else value
    is_shown = "$" not in shown and shown not in ("", name) and not is_dummy(shown)
    if is_shown:
        yield from check_literal(name, shown, given.node.place, given.setting, connector)
    if given.setting.field.is_secret and _is_malformed(value, given.expected, kind):
        yield report_malformed_reference(name, given.node.place, connector, _SPELT[kind].format(given.expected))
    found = [*_REFERENCES[kind].finditer(text.get_source(given.node))] if "$" in value else []
    is_alone = len(found) == 1 and _ALONE.fullmatch(value) is not None
    for match in found:
        column = given.node.place.column
        start, end = (column + offset for offset in match.span("name"))
        place = given.node.place._replace(column=start, end_column=end)
        if _is_other(match["name"], given, connectors, kind, is_alone=is_alone):
            yield report_reference_differs(name, place, connector, match["name"], given.expected)
        elif given.setting.field.is_secret and match.groupdict().get("plain"):
            yield report_secret_in_variable(name, place, connector, given.expected)


def _is_malformed(value: str, expected: str, kind: NameKind) -> bool:
    """Return whether a text outside of all references resembles one to a name."""
    outside = "\n".join(_list_outside(value, kind))
    return re.search(rf"{_OPENINGS[kind]}\W{{0,3}}{re.escape(expected)}\b", outside, re.IGNORECASE) is not None


def _list_outside(value: str, kind: NameKind) -> Iterator[str]:
    """Yield the parts of a value that are outside of references; an unknown context makes no reference."""
    if kind is not NameKind.GITHUB:
        yield _REFERENCES[kind].sub("", _MESSAGE.sub("", value))
        return
    before, *expressions = value.split("${{")
    yield before
    for expression in expressions:
        inside, end, after = _QUOTED.sub("", expression).partition("}}")
        yield after if end and re.search(r"\bsecret[.\[]", inside) is None else expression


def _is_other(found: str, given: _Given, connectors: Connectors, kind: NameKind, *, is_alone: bool) -> bool:
    """Return whether a name is that of another setting of the connector, or a misspelt form of the expected one.

    Only a reference that `is_alone` can mean the wrong setting: the host may be a part of an address, and what follows
    "or" takes the place of a missing value. An injected secret may be a copy of a required one.
    """
    owned = connectors.identify(kind, found)
    if owned is None:
        return _is_misspelt(found, given.expected)
    other, setting = connectors.find_setting(owned), given.setting.setting
    is_copy = (
        isinstance(setting, InjectedSecret) and other is not None and setting.origin.required == other.setting.name
    )
    return is_alone and owned.connector is given.owned.connector and owned != given.owned and not is_copy


def _is_misspelt(found: str, expected: str) -> bool:
    """Return whether the words of a name are those of another one apart from a mistake in one of them."""
    found, expected = found.upper(), expected.upper()
    words = zip(found.split("_"), expected.split("_"), strict=False)
    different = [(one, other) for one, other in words if one != other]
    if found.count("_") != expected.count("_") or len(different) != 1:
        return False
    one, other = different[0]
    is_numbered = one.rstrip("0123456789") == other.rstrip("0123456789")
    # Two swapped letters of a short word are clearly a mistake only beside the others.
    is_swapped = Vocabulary({expected}).find_nearest(found, 1) is not None
    return not is_numbered and (is_swapped or Vocabulary({other}).find_nearest(one, NEARLY_EQUAL) is not None)
