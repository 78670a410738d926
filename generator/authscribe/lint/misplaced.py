"""Check that each place of a request holds the secret that the scheme puts there, not another one of its secrets."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.references import ReferenceKind
from authscribe.connectors.snapshot import Leaf
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.model.contract import list_placements, spell_secret
from authscribe.model.definitions import Location

SECRET_MISPLACED: Final = Rule(
    code="secret-misplaced",
    severity=Severity.WARNING,
    summary="secret in the place of another one",
    why=(
        "The scheme puts another of its secrets into this place. Two names that are mixed up expand without an error, "
        "and the provider rejects every request."
    ),
    wrong=cleandoc("""
        "oauth2": {
          "client_id": "$SECRET(oauth_client_secret)",
          "client_secret": "$SECRET(oauth_client_id)"
        }
        """),
    right=cleandoc("""
        "oauth2": {
          "client_id": "$SECRET(oauth_client_id)",
          "client_secret": "$SECRET(oauth_client_secret)"
        }
        """),
)


def report_secret_misplaced(
    name: str, place: Place, connector: str, scheme: str, slot: str, placed: str, spelt: str
) -> Finding:
    """Report a secret in a slot into which the scheme puts the secret `placed`; `spelt` is the reference to that."""
    return SECRET_MISPLACED.finding(
        place,
        f"'{slot}' holds the secret '{name}', but scheme '{scheme}' puts '{placed}' there",
        f"refer to it as '{spelt}'",
        connector=connector,
        scheme=scheme,
        name=name,
    )


def check_places(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each place that holds another secret of the scheme than the placements state."""
    if context.scheme is None:
        return
    placed = _list_placed(context)
    for leaf in context.snapshot.leaves:
        name = _get_only_secret(leaf)
        meant = placed.get(_find_slot(leaf, context), name) if name in context.listed else name
        if name is not None and meant is not None and name != meant:
            slot, spelt = ".".join(leaf.slot), spell_secret(context.platform, meant)
            place = leaf.references[0].place
            yield report_secret_misplaced(name, place, context.name, context.scheme.id, slot, meant, spelt)


def _list_placed(context: ConnectorContext) -> dict[tuple[Location, str], str]:
    """Return the secret of each header and setting of the system that holds one secret and nothing else."""
    placements = context.definition.placements if context.definition is not None else ()
    if not placements and context.scheme is not None:
        placements = list_placements(context.resolution.catalogue, context.scheme)
    return {
        (placement.location, (placement.name or "").lower()): name
        for placement in placements
        for name in context.listed
        if placement.location in (Location.BLOCK, Location.HEADER) and placement.value == f"{{{name}}}"
    }


def _find_slot(leaf: Leaf, context: ConnectorContext) -> tuple[Location, str]:
    if leaf.slot[-2:-1] == (context.headers_key,):
        return Location.HEADER, leaf.slot[-1].lower()
    return Location.BLOCK, ".".join(leaf.slot).lower()


def _get_only_secret(leaf: Leaf) -> str | None:
    """Return the secret in a leaf that refers to nothing else; None if there is none."""
    is_only = len(leaf.references) == 1 and leaf.references[0].kind is ReferenceKind.SECRET
    return leaf.references[0].name if is_only else None
