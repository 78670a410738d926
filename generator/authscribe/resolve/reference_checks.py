"""Check the names of settings to which other facts refer: keys of a token response, and conditions of a form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract
from authscribe.model.definitions import Scheme, Setting
from authscribe.model.draft import Entry, MapNode, Node
from authscribe.resolve import merge


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


def check_conditions(contract: Contract, node: MapNode, foreign: Collection[str]) -> Iterator[Finding]:
    """Report conditions of a form that are about settings that a scheme does not have, but not in foreign documents.

    Other systems have settings that are none in a scheme, such as the method that it stands for.
    """
    stated = tuple(entry for entry in _list_conditions(contract, node) if entry.place.path not in foreign)
    known = Vocabulary(setting.name for setting in contract.settings) if stated else Vocabulary()
    for entry in stated:
        if entry.key not in known:
            finding = report_unknown_reference("secret or parameter", entry.key, entry.place, known)
            yield finding._replace(severity=Severity.WARNING)


def _list_conditions(contract: Contract, node: MapNode) -> Iterator[Entry]:
    for key in merge.SETTING_LISTS:
        settings: tuple[Setting, ...] = getattr(contract, key)
        if any(setting.visible_when for setting in settings):
            for item in merge.list_maps(node.find(key)):
                yield from _list_entries(item, "visible_when")


def _list_entries(node: Node | None, key: str) -> tuple[Entry, ...]:
    inner = node.find(key) if isinstance(node, MapNode) else None
    return inner.entries if isinstance(inner, MapNode) else ()
