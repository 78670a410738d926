"""Check the pipes that receive events from the provider: nobody else may send them data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.snapshot import Leaf
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


def check_receivers(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each flag that opens pipes which do not validate what they receive."""
    for flag in context.flags:
        pipes = find_open_receivers(flag, context)
        entry = context.snapshot.find_setting(flag.name)
        if pipes and entry is not None:
            first = pipes[0]
            yield report_anonymous_receiver(str(first.value), first.place, entry.place, context.name, flag, len(pipes))


def find_open_receivers(flag: Flag, context: ConnectorContext) -> tuple[Leaf, ...]:
    """Return the ids of the pipes that a flag opens to everybody and that do not validate what they receive."""
    if flag.open_receivers is None:
        return ()
    templates = [each for each in context.snapshot.templates if _may_be_open(each.text, flag.open_receivers)]
    leaves = map(context.parse_template, templates)
    return tuple(leaf for each in leaves for leaf in _find_in_template(each, flag.open_receivers))


def _may_be_open(text: str, ending: str) -> bool:
    """Return whether a template may have a pipe that is open; parsing with places takes ten times as long."""
    if _RECEIVER not in text and _ESCAPE.search(text) is None:
        return False  # so most are not even parsed
    try:
        mappings = _list_mappings(text)
    except (ValueError, RecursionError):
        return True
    return any(_is_open(mapping.get("_id"), mapping.get("source"), ending) for mapping in mappings)


def _list_mappings(text: str) -> list[dict[str, object]]:
    mappings: list[dict[str, object]] = []

    def keep(mapping: dict[str, object]) -> dict[str, object]:
        mappings.append(mapping)
        return mapping

    json.loads(text, object_hook=keep)
    return mappings


def _is_open(identifier: object, source: object, ending: str) -> bool:
    """Return whether a pipe receives data and validates nothing, and is one that a flag opens by the end of its id."""
    if not isinstance(source, dict) or not str(identifier).endswith(ending):
        return False
    validation = source.get("validation_expression")
    return source.get("type") == _RECEIVER and not (isinstance(validation, str) and validation)


def _find_in_template(leaves: tuple[Leaf, ...], ending: str) -> Iterator[Leaf]:
    by_path = {leaf.path: leaf.value for leaf in leaves}
    for leaf in leaves:
        if leaf.path[-1:] == ("_id",):
            source = {key: by_path.get((*leaf.path[:-1], "source", key)) for key in ("type", "validation_expression")}
            if _is_open(leaf.value, source, ending):
                yield leaf
