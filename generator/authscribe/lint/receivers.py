"""Check the pipes that receive events from the provider: nobody else may send them data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Final, NamedTuple

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.snapshot import ConnectorTemplate, Leaf
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.model.platform import Flag

_RECEIVER: Final = "http_endpoint"
_ESCAPE: Final = re.compile(r"\\[uUx\n]")
"""Matches escapes of JSON and YAML that can stand for a letter or divide a word, so that a text does not contain it."""

ANONYMOUS_RECEIVER: Final = Rule(
    code="anonymous-receiver",
    severity=Severity.ERROR,
    summary="pipe to which anybody can send data",
    why=(
        "The flag lets everybody on the internet send data to this pipe, because the secret in the request is expected "
        "to prove where it comes from. Without a `validation_expression` nothing checks that, so forged events are "
        "accepted."
    ),
    wrong='"source": {"type": "http_endpoint", "system": "{{@ system @}}"}',
    right=cleandoc("""
        "source": {
          "type": "http_endpoint", "system": "{{@ system @}}",
          "validation_expression": "{% if headers['X-Key'] == secret('webhook_secret') %}{% else %}no{% endif %}"
        }
        """),
)


def report_anonymous_receiver(pipe: str, place: Place, first: Place, connector: str, flag: Flag, count: int) -> Finding:
    """Report `count` pipes that a flag, set at `first`, opens to everybody and that do not validate what they receive.

    `pipe` is the id of the first one.
    """
    secret = next((secret.name for secret in flag.injected), None)
    more = f" and {count - 1} more" * (count > 1)
    remedy = f"add a `validation_expression` that checks '{secret}'" if secret else "add a `validation_expression`"
    return ANONYMOUS_RECEIVER.finding(
        place,
        f"anybody can send data to the pipe '{pipe}'{more}",
        f"{remedy}, or remove the flag '{flag.name}'",
        labels=(Label(first, "the flag"),),
        connector=connector,
        name=secret,
    )


class OpenReceivers(NamedTuple):
    """Number of the pipes of a template that a flag opens to everybody and that do not validate what they receive."""

    template: ConnectorTemplate
    number: int


def check_receivers(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each flag that opens pipes which do not validate what they receive."""
    for flag in context.flags:
        receivers = list_open_receivers(flag, context)
        entry = context.snapshot.find_setting(flag.name)
        first = next((pipe for each in receivers for pipe in _find_open(each.template, flag, context)), None)
        if first is not None and entry is not None:
            count = sum(each.number for each in receivers)
            yield report_anonymous_receiver(str(first.value), first.place, entry.place, context.name, flag, count)


def list_open_receivers(flag: Flag, context: ConnectorContext) -> tuple[OpenReceivers, ...]:
    """Return the templates with pipes that a flag opens to everybody and that do not validate what they receive."""
    counted = (OpenReceivers(each, _count_open(each, flag, context)) for each in context.snapshot.templates)
    return tuple(each for each in counted if each.number)


def _count_open(template: ConnectorTemplate, flag: Flag, context: ConnectorContext) -> int:
    """Return how many pipes of a template are open; parsing it with places takes ten times as long."""
    if flag.open_receivers is None or (_RECEIVER not in template.text and _ESCAPE.search(template.text) is None):
        return 0  # so most are not even parsed
    try:
        mappings = _list_mappings(template.text)
    except (ValueError, RecursionError):
        return sum(1 for _ in _find_open(template, flag, context))
    return sum(_is_open(mapping.get("_id"), mapping.get("source"), flag) for mapping in mappings)


def _list_mappings(text: str) -> list[dict[str, object]]:
    """Return all objects of a JSON document; raises ValueError if it is none, or if objects repeat a key."""
    mappings: list[dict[str, object]] = []

    def keep(pairs: list[tuple[str, object]]) -> dict[str, object]:
        mapping = dict(pairs)
        if len(mapping) < len(pairs):
            raise ValueError("duplicate key")
        mappings.append(mapping)
        return mapping

    json.loads(text, object_pairs_hook=keep)
    return mappings


def _is_open(identifier: object, source: object, flag: Flag) -> bool:
    """Return whether a pipe receives data and validates nothing, and is one that a flag opens by the end of its id."""
    if not isinstance(source, dict) or not str(identifier).endswith(flag.open_receivers or ""):
        return False
    validation = source.get("validation_expression")
    return source.get("type") == _RECEIVER and not (isinstance(validation, str) and validation)


def _find_open(template: ConnectorTemplate, flag: Flag, context: ConnectorContext) -> Iterator[Leaf]:
    """Yield the ids of the open pipes of a template."""
    leaves = context.parse_template(template)
    by_path = {leaf.path: leaf.value for leaf in leaves}
    for leaf in leaves:
        if leaf.path[-1:] == ("_id",):
            source = {key: by_path.get((*leaf.path[:-1], "source", key)) for key in ("type", "validation_expression")}
            if _is_open(leaf.value, source, flag):
                yield leaf
