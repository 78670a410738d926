"""Compare the contracts of several revisions of one connector."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext, list_words
from authscribe.connectors.snapshot import Snapshot
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import list_names
from authscribe.lint.addresses import normalize_address, show_address
from authscribe.model.draft import get_text

_SCOPE: Final = "scope"


@dataclass(frozen=True, slots=True)
class Revision:
    """Contract of one revision of a connector, for comparison with other revisions.

    `origin` is the folder of the connector, the same in each revision. `names` holds the names of each kind, and
    `addresses` those in the manifest by their keys.
    """

    name: str
    origin: str
    place: Place
    auth: str | None
    names: Mapping[str, frozenset[str]]
    addresses: Mapping[str, str]

    @classmethod
    def from_context(cls, context: ConnectorContext) -> Revision:
        """Return the contract of a connector."""
        snapshot = context.snapshot
        required, optional = (
            frozenset(_list_scopes(path, snapshot))
            for path in (snapshot.layout.scopes, snapshot.layout.optional_scopes)
        )
        return cls(
            name=context.name,
            origin=snapshot.origin,
            place=context.selector_place,
            auth=context.auth,
            names={
                "secret": frozenset(context.secrets),
                "parameter": frozenset(context.declared),
                "flag": frozenset(flag.name for flag in context.flags),
                _SCOPE: required,
                "optional scope": optional,
            },
            addresses=dict(_list_addresses(snapshot)),
        )


def _list_scopes(path: str | None, snapshot: Snapshot) -> tuple[str, ...]:
    entry = snapshot.find_setting(path) if path is not None else None
    return list_words(entry.node) if entry is not None else ()


def _list_addresses(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for path in snapshot.layout.endpoints.values():
        entry = snapshot.find_setting(path)
        address = get_text(entry.node) if entry is not None else None
        if address is not None:
            yield path, show_address(address)


REVISIONS_DISAGREE: Final = Rule(
    code="revisions-disagree",
    severity=Severity.WARNING,
    summary="revisions of a connector with different contracts",
    why=(
        "Two revisions of a connector use different schemes, secrets, parameters, flags, addresses or scopes. An "
        "installation that moves from one to the other cannot log in until its owner supplies what is new. For a new "
        "scope, somebody has to log in and consent again (RFC 6749 section 6)."
    ),
    wrong=cleandoc("""
        main: "Authorization": "Bearer $SECRET(api_key)"
        prod: "Authorization": "Bearer $SECRET(jwt)"
        """),
    right=cleandoc("""
        main: "Authorization": "Bearer $SECRET(api_key)"
        prod: "Authorization": "Bearer $SECRET(api_key)"
        """),
)


def report_revisions_disagree(
    place: Place, first: Place, connector: str, differences: Sequence[str], *, new_scopes: bool
) -> Finding:
    """Report a revision of a connector whose contract differs from that of the revision at `first`.

    The differences are clauses about this revision; `new_scopes` is whether it requests more than the other one.
    """
    consent = ", or log in again to consent to the new scopes"
    return REVISIONS_DISAGREE.finding(
        place,
        f"this revision of '{connector}' has a different contract: {'; '.join(differences)}",
        f"align the revisions before both are in use{consent * new_scopes}",
        labels=(Label(first, "the other revision"),),
        connector=connector,
    )


def check_revisions(revisions: Iterable[Revision]) -> Iterator[Finding]:
    """Yield a finding for each revision whose contract differs from that of the connector's first one.

    Connectors of the same name in different places are different connectors.
    """
    first: dict[str, Revision] = {}
    for revision in revisions:
        other = first.setdefault(revision.origin, revision)
        differences = tuple(_list_differences(other, revision))
        if differences:
            is_wider = not revision.names[_SCOPE] <= other.names[_SCOPE]
            yield report_revisions_disagree(
                revision.place, other.place, revision.name, differences, new_scopes=is_wider
            )


def _list_differences(first: Revision, second: Revision) -> Iterator[str]:
    """Yield every difference, as a clause about the second revision."""
    if first.auth != second.auth:
        named = [f"'{auth}'" if auth is not None else "none" for auth in (second.auth, first.auth)]
        yield f"its scheme is {named[0]}, not {named[1]}"
    for noun, names in second.names.items():
        sides = (("adds", names - first.names[noun]), ("lacks", first.names[noun] - names))
        yield from (f"it {verb} {list_names(noun, differing)}" for verb, differing in sides if differing)
    for key in sorted(first.addresses.keys() | second.addresses.keys()):
        pair = [side.get(key) for side in (second.addresses, first.addresses)]
        if len({address and normalize_address(address) for address in pair}) > 1:
            ours, theirs = (f"'{address}'" if address is not None else "absent" for address in pair)
            yield f"'{key}' is {ours}, not {theirs}"
