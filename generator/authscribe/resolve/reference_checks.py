"""Check the names of settings to which other facts refer: keys of a token response, and conditions of a form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.secret_in_condition import report_secret_in_condition
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Scheme, Setting
from authscribe.model.draft import Entry, MapNode, Node
from authscribe.resolve.secret_values import list_conditions


def check_response(injected: Iterable[str], node: MapNode) -> Iterator[Finding]:
    """Report keys of the token response of secrets that are not injected."""
    stated = tuple(_list_entries(node.find("oauth"), "response"))
    known = Vocabulary(injected) if stated else Vocabulary()
    for entry in stated:
        if entry.key not in known:
            yield report_unknown_reference("injected secret", entry.key, entry.place, known)


def list_injected_names(catalogue: Catalogue, schemes: Iterable[Scheme]) -> Iterator[str]:
    """Yield the names of the injected secrets of schemes and of those that they extend.

    A scheme may have removed a secret, whose place in the response it still inherits.
    """
    seen: set[str] = set()
    for scheme in schemes:
        current: Scheme | None = scheme
        while current is not None and current.id not in seen:
            seen.add(current.id)
            yield from (secret.name for secret in current.injected)
            current = catalogue.find_scheme(current.extends) if current.extends is not None else None


def check_conditions(settings: Collection[Setting], node: MapNode, foreign: Collection[str]) -> Iterator[Finding]:
    """Report conditions of a form that are about the value of a secret, or about none of the settings.

    Foreign documents may name others: their systems have settings that are none in a scheme, such as the method that
    it stands for.
    """
    if not any(setting.visible_when for setting in settings):
        return
    secrets = {setting.name for setting in settings if not setting.is_public}
    known = Vocabulary(setting.name for setting in settings)
    for entry in list_conditions(node):
        if entry.key in secrets:
            yield report_secret_in_condition(entry.key, entry.place)
        elif entry.key not in known and entry.place.path not in foreign:
            finding = report_unknown_reference("secret or parameter", entry.key, entry.place, known)
            yield finding._replace(severity=Severity.WARNING)


def _list_entries(node: Node | None, key: str) -> tuple[Entry, ...]:
    inner = node.find(key) if isinstance(node, MapNode) else None
    return inner.entries if isinstance(inner, MapNode) else ()
