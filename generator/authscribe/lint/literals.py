"""Find literal credentials, and credentials that only resemble references to secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from authscribe.connectors.once import once_per_connector
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.rules.malformed_reference import report_malformed_reference
from authscribe.lint.credentials import (
    SCHEME_WORD,
    SHORTEST,
    is_address,
    is_credential,
    is_inside,
    is_literal,
)
from authscribe.lint.placements import spell_as_placed
from authscribe.model import naming
from authscribe.model.credential_names import is_clear_credential, is_live_credential, may_have_clear_credential
from authscribe.model.stand_ins import USER_INFORMATION

if TYPE_CHECKING:
    # A run that reads no connectors checks definitions alone.
    from authscribe.connectors.context import ConnectorContext
    from authscribe.connectors.references import Reference
    from authscribe.connectors.snapshot import Leaf

_QUERY_FIELD: Final = re.compile(r"[?&]([^?&#=]+)=([^&#]+)")
_BASIC: Final = ("username", "password")
_REFERENCE_WORDS: Final = (("secret",), ("secrets",), ("env",), ("vars",))


LITERAL_SECRET: Final = Rule(
    code="literal-secret",
    severity=Severity.ERROR,
    summary="literal value where a secret reference is required",
    why=(
        "A value in a template is in every clone of the repository and in every log of the pipeline, so it must be "
        "considered compromised. Reports do not repeat it."
    ),
    wrong='"password": "correct horse battery staple"',
    right='"password": "$SECRET(api_key)"',
)


def report_literal_secret(slot: str, place: Place, connector: str) -> Finding:
    """Report a literal value of a credential, without repeating it."""
    return LITERAL_SECRET.finding(
        place,
        f"literal value in '{slot}', where a secret reference is required",
        "revoke the value, and refer to an injected secret instead",
        connector=connector,
        name=slot,
    )


def check_literals(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each literal credential, known by its slot or by its form."""
    return iter(_list_literals(context))


@once_per_connector
def _list_literals(context: ConnectorContext) -> tuple[Finding, ...]:
    return tuple(_find_literals(context))


def _find_literals(context: ConnectorContext) -> Iterator[Finding]:
    for leaf in context.snapshot.leaves:
        if not isinstance(leaf.value, str):
            continue
        if find_literal_password(leaf.value) or (has_literal_query(leaf.value) and is_address(leaf, context)):
            yield report_literal_secret(".".join(leaf.slot), leaf.place, context.name)
        if leaf.references:
            if any(_has_literal(reference, leaf, context) for reference in leaf.references):
                yield report_literal_secret(".".join(leaf.slot), leaf.place, context.name)
        elif is_credential(leaf, context):
            is_pasted = any(is_inside(finding.place, leaf.place) for finding in context.snapshot.pasted)
            if is_pasted or (is_literal(leaf.value) and not is_filler(leaf, context)):
                yield _report_literal(leaf, context, is_pasted=is_pasted)
    for leaf in _list_other_leaves(context):
        if _is_literal_elsewhere(leaf):
            yield report_literal_secret(".".join(leaf.slot), leaf.place, context.name)


def _list_other_leaves(context: ConnectorContext) -> Iterator[Leaf]:
    """Yield the values of the manifest and of the templates of datatypes that may have a literal credential."""
    snapshot = context.snapshot
    if snapshot.manifest is not None and _may_have_literal(snapshot.texts[snapshot.place.path]):
        yield from context.manifest_leaves
    for template in snapshot.templates:
        if _may_have_literal(template.text):
            yield from context.parse_template(template)


def _may_have_literal(text: str) -> bool:
    """Return whether a file may have a literal credential; looking at each of its values takes longer."""
    return find_literal_password(text) is not None or has_literal_query(text) or may_have_clear_credential(text)


def _is_literal_elsewhere(leaf: Leaf) -> bool:
    """Return whether a value outside of the systems, where no slot is that of a credential, certainly holds one.

    A user name and a password in an address that follows other words are an example.
    """
    value = leaf.value if isinstance(leaf.value, str) else ""
    user = find_literal_password(value)
    if user is not None and len(value[: user.start()].split()) == 1:
        return True
    fields = [] if leaf.references else [(name, value) for name in leaf.slot[-2:]]
    fields += _QUERY_FIELD.findall(value)
    return any(is_clear_credential(name) and is_live_credential(name, literal) for name, literal in fields)


def is_filler(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a leaf is a password that only fills its place, since the user name is a key.

    One that looks like a credential in use does not.
    """
    is_idle = leaf.slot == ("password",) and any(each.secrets for key in _BASIC for each in context.find_leaves(key))
    return is_idle and not is_live_credential("password", str(leaf.value))


def _has_literal(reference: Reference, leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a literal beside a reference counts as a credential while the name has no value."""
    return reference.literal >= SHORTEST and (reference in leaf.secrets or is_credential(leaf, context))


def find_literal_password(text: str, pattern: re.Pattern[str] = USER_INFORMATION) -> re.Match[str] | None:
    """Return the first user information of an address in a text with a password that refers to nothing."""
    # Nearly no text contains any.
    if "@" not in text:
        return None
    found = pattern.finditer(text)
    return next((match for match in found if match["password"] and not re.search(r"[{}$]", match["password"])), None)


def has_literal_query(address: str) -> bool:
    """Return whether the query of an address contains a literal credential."""
    return "=" in address and any(
        is_clear_credential(name) and "$" not in value and is_literal(value)
        for name, value in _QUERY_FIELD.findall(address)
    )


def _report_literal(leaf: Leaf, context: ConnectorContext, *, is_pasted: bool) -> Finding:
    slot, name = ".".join(leaf.slot), find_resembled(str(leaf.value), context)
    if is_pasted or name is None:
        return report_literal_secret(slot, leaf.place, context.name)
    return report_malformed_reference(slot, leaf.place, context.name, spell_as_placed(name, leaf, context))


def find_resembled(value: str, context: ConnectorContext) -> str | None:
    """Return the secret to which a text nearly refers: it has the words of its name, perhaps after `secret`.

    After a dollar sign, the first word may be any: it may be misspelt.
    """
    forms: list[tuple[str, ...]] = []
    # A credential follows the name of its scheme and a blank (RFC 9110 section 11.4).
    for text in (SCHEME_WORD.sub("", value), value.strip().partition(" ")[2]):
        words = naming.split_words(text)
        # References of other platforms begin with another word.
        has_word = words[:1] in _REFERENCE_WORDS or text.startswith("$")
        forms += words, words[1:] if has_word else words
    return next((name for name in (*context.injected, *context.by_flag) if naming.split_words(name) in forms), None)


@once_per_connector
def locate_literals(context: ConnectorContext) -> frozenset[Place]:
    """Return the places of the literal credentials of a connector."""
    return frozenset(finding.place for finding in check_literals(context))


def check_pasted(context: ConnectorContext) -> Iterator[Finding]:
    """Yield the findings about pasted values, except those that `literal-secret` reports with their slot."""
    literals = locate_literals(context) if context.snapshot.pasted else ()
    for finding in context.snapshot.pasted:
        if not any(is_inside(finding.place, place) for place in literals):
            yield finding._replace(connector=context.name)
