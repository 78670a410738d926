"""Write the entries and items of Compose files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from authscribe.edits.yaml_text import YamlText
from authscribe.encoders.comments import encode_line_comment
from authscribe.encoders.yaml import encode_compose_text, encode_yaml_string, encode_yaml_text
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode
from authscribe.sync.connectors import Share
from authscribe.sync.yaml_entries import INDENT, Container, NewEntry, replace_name
from authscribe.targets.compose import ServiceSecret
from authscribe.targets.stubs import StubSetting

Parts = dict[str, Entry | Node]
_SOURCES: Final = (["environment"], ["file"])
"""Keys of declarations whose value may have the name of the secret in it."""


class ComposeSetting(NamedTuple):
    """Setting with its variable, and the secret that carries it; None for a parameter."""

    each: StubSetting
    variable: str
    secret: ServiceSecret | None

    @property
    def is_needed(self) -> bool:
        """Whether a class needs a value."""
        return self.each.is_needed


def select_parts(parts: Parts, share: Share[ComposeSetting]) -> Parts:
    """Return the entries or items of one connector."""
    return {variable: part for variable, part in parts.items() if variable in share.entries}


def list_last(container: Container) -> Iterator[tuple[str, Entry | Node]]:
    """Yield the last entry or item of a mapping or list, under an empty name."""
    node = container.node
    inner: tuple[Entry | Node, ...] = ()
    if isinstance(node, MapNode | ListNode):
        inner = node.entries if isinstance(node, MapNode) else node.items
    # What a merge key adds is written elsewhere.
    own = [part for part in inner if part.place >= node.place]
    yield from (("", part) for part in own[-1:])


def lower_names(secret: ServiceSecret) -> ServiceSecret:
    """Return a secret whose name and file are in lower case."""
    name, file = secret.name.lower(), secret.file.lower()
    place = secret.place.removesuffix(secret.file) + file if secret.place.endswith(f"/{secret.file}") else secret.place
    return secret._replace(name=name, file=file, place=place)


def write_item(secret: ServiceSecret, comment: str, beside: Entry | Node | None, text: YamlText) -> NewEntry:
    """Return the item for a secret, in the short form if another one has that, and the file has the secret's name."""
    if isinstance(beside, ScalarNode) and secret.name == secret.file:
        is_quoted = text.get_source(beside).startswith('"')
        source = encode_yaml_string(secret.name) if is_quoted else encode_yaml_text(secret.name)
        return NewEntry(secret.name, (f"- {source}",), comment, secret.name)
    return write_long_item(secret, comment)


def write_long_item(secret: ServiceSecret, comment: str) -> NewEntry:
    """Return the item for a secret in the long form."""
    value = {"source": secret.name, "target": secret.file}
    first, second = (f"{key}: {encode_yaml_text(name)}" for key, name in value.items())
    return NewEntry(secret.name, (f"- {first}", f"{INDENT}{second}"), comment, value)


def write_default(setting: ComposeSetting, *, is_list: bool) -> NewEntry:
    """Return a variable with a reference to one of Compose's own, if it is secret, or else with its default."""
    name, comment = setting.variable, setting.each.comment
    # Two dollar signs are one (Compose Specification).
    value = f"${{{name}}}" if setting.secret is not None else setting.each.choose_value().replace("$", "$$")
    if is_list:
        return NewEntry(name, (f"- {encode_yaml_text(f'{name}={value}')}",), comment, f"{name}={value}")
    source = value if setting.secret is not None else encode_yaml_text(value)
    return NewEntry(name, (f"{name}: {source}",), comment, value)


def comment_out(lines: Sequence[str]) -> Sequence[str]:
    """Return lines that somebody may turn into an entry or item by removing the marks."""
    return encode_line_comment("\n".join(lines)).split("\n")


def write_declaration(secret: ServiceSecret, declared: Parts, text: YamlText) -> NewEntry:
    """Return the declaration of a secret, with a source like those of the same file."""
    siblings = [part.node for part in declared.values() if isinstance(part, Entry)]
    if siblings and all(_is_external(node) for node in siblings):
        return NewEntry(secret.name, (f"{secret.name}:", f"{INDENT}external: true"), secret.comment, {"external": True})
    # Two dollar signs are one (Compose Specification).
    place = secret.place.replace("$", "$$")
    like = (_derive_source(secret, part, text) for part in declared.values() if isinstance(part, Entry))
    source = next(filter(None, like), (secret.source, encode_compose_text(secret.place), place))
    key, written, value = source
    return NewEntry(secret.name, (f"{secret.name}:", f"{INDENT}{key}: {written}"), secret.comment, {key: value})


def _derive_source(secret: ServiceSecret, sibling: Entry, text: YamlText) -> tuple[str, str, str] | None:
    """Return the key, the text and the value of a source like that of another secret, which has its name in it."""
    if not isinstance(sibling.node, MapNode) or [each.key for each in sibling.node.entries] not in _SOURCES:
        return None
    source = sibling.node.entries[0]
    value = replace_name(text, source.node, sibling.key, secret.name, is_needed=True)
    return (source.key, *value) if value is not None else None


def _is_external(node: Node) -> bool:
    external = node.find("external") if isinstance(node, MapNode) else None
    return isinstance(external, ScalarNode) and external.value is True
