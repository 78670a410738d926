"""Check that the system sends each secret where the placements put it, and as they write it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from typing import Final, NamedTuple

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.once import once_per_connector
from authscribe.connectors.placed_leaves import LOCATED, PlacedLeaf
from authscribe.connectors.references import Reference, ReferenceKind
from authscribe.connectors.snapshot import Leaf
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import NEARLY_EQUAL, Vocabulary
from authscribe.lint.credentials import is_address, is_blank
from authscribe.lint.placements import (
    find_missing_settings,
    is_as_placed,
    list_placed_secrets,
    spell_placement,
    takes_secret,
)
from authscribe.model.catalogue import NO_AUTHENTICATION
from authscribe.model.contract import spell_secret
from authscribe.model.definitions import Location, Placement
from authscribe.model.placement_template import find_slot

_NOUNS: Final = {
    Location.HEADER: "the header",
    Location.QUERY: "the query parameter",
    Location.COOKIE: "the cookie",
    Location.BASIC_USERNAME: "the user name",
    Location.BASIC_PASSWORD: "the password",
    Location.BLOCK: "the setting",
}

SECRET_MISPLACED: Final = Rule(
    code="secret-misplaced",
    severity=Severity.WARNING,
    summary="secret in another place than definitions state",
    why=(
        "The scheme, or the definition of the connector, puts another of its secrets into this place, or this secret "
        "into another place. Both expand without an error, and the provider rejects every request."
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


def report_secret_misplaced(name: str, place: Place, context: ConnectorContext, slot: str, placed: str) -> Finding:
    """Report a secret in a slot into which definitions put the secret `placed`."""
    return _report(
        SECRET_MISPLACED,
        place,
        context,
        f"'{slot}' holds the secret '{name}', but {_name_source(context)} puts '{placed}' there",
        f"refer to it as '{spell_secret(context.platform, placed)}'",
        name,
    )


def report_secret_in_misspelt_slot(
    name: str, places: Sequence[Place], context: ConnectorContext, slot: str, meant: str
) -> Finding:
    """Report a secret in a slot whose name is nearly that of a setting of the platform, and others alike."""
    more = _count_more(places)
    return _report(
        SECRET_MISPLACED,
        places[0],
        context,
        f"'{slot}' holds the secret '{name}', but it is no setting in which the platform takes one{more}",
        f"did you mean '{meant}'?",
        name,
    )


def report_secret_elsewhere(
    name: str, places: Sequence[Place], context: ConnectorContext, slot: str, placement: Placement
) -> Finding:
    """Report a secret in a slot that belongs in the place of a placement, and others that are misplaced alike."""
    home = _describe(placement)
    return _report(
        SECRET_MISPLACED,
        places[0],
        context,
        f"'{slot}' holds the secret '{name}', but {_name_source(context)} puts it into {home}{_count_more(places)}",
        f"move it to {home}",
        name,
    )


def _report(rule: Rule, place: Place, context: ConnectorContext, message: str, remedy: str, name: str) -> Finding:
    return rule.finding(place, message, remedy, connector=context.name, scheme=context.scheme_id, name=name)


def _count_more(places: Sequence[Place]) -> str:
    return f", and {len(places) - 1} more alike" * (len(places) > 1)


def _name_source(context: ConnectorContext) -> str:
    """Return what states the placements, as messages name it."""
    if context.definition is not None and context.definition.placements:
        return f"the definition of '{context.definition.id}'"
    return f"scheme '{context.scheme_id or NO_AUTHENTICATION.id}'"


def _describe(placement: Placement) -> str:
    noun = _NOUNS[placement.location]
    return f"{noun} '{placement.name}'" if placement.name else noun


PLACEMENT_DIFFERS: Final = Rule(
    code="placement-differs",
    severity=Severity.WARNING,
    summary="value that is not written as definitions state",
    why=(
        "The scheme, or the definition of the connector, states what surrounds the secret in this place, such as the "
        "word `Bearer`, or another fixed value. The provider does not recognise credentials that are written "
        "otherwise, and rejects every request."
    ),
    wrong='"Authorization": "Token $SECRET(jwt_access_token)"',
    right='"Authorization": "Bearer $SECRET(jwt_access_token)"',
)


def report_placement_differs(place: Place, context: ConnectorContext, slot: str, spelt: str) -> Finding:
    """Report a value in a slot that definitions write as `spelt`."""
    return _report(
        PLACEMENT_DIFFERS,
        place,
        context,
        f"'{slot}' is not written as {_name_source(context)} states",
        f"write it as '{spelt}'",
        slot,
    )


def report_setting_missing(place: Place, context: ConnectorContext, placement: Placement) -> Finding:
    """Report a system without a value that definitions state and that is no secret."""
    home, spelt = _describe(placement), spell_placement(placement, context)
    return _report(
        PLACEMENT_DIFFERS,
        place,
        context,
        f"the system has no value for {home}, which {_name_source(context)} sets to '{spelt}'",
        f"set {home} to '{spelt}' in the system",
        placement.name,
    )


def check_places(context: ConnectorContext) -> Iterator[Finding]:
    """Yield the findings about values that placements put elsewhere, or write otherwise; one for values that are alike.

    Literals, parameters and unknown names in the place of a secret are findings of other rules.
    """
    if context.scheme is None:
        return
    if not context.placements:
        yield from _check_slots(context)
        return
    reported: set[tuple[tuple[str, ...], object]] = set()
    for placed in context.placed_leaves:
        key = placed.leaf.slot[-1:], placed.leaf.value
        if key not in reported and not is_as_placed(placed.leaf, context):
            reported.add(key)
            yield from _report_difference(placed, context)
    yield from _check_homes(context)
    for placement, place in find_missing_settings(context):
        yield report_setting_missing(place, context, placement)


def _check_slots(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each misspelt setting of the platform that holds a secret, if the right one is not there.

    All settings of a block whose key is misspelt are one mistake.
    """
    slots = {".".join(leaf.slot): leaf for leaf in context.snapshot.leaves}
    missing = Vocabulary(set(context.platform.credential_slots) - slots.keys())
    mistakes: dict[tuple[object, ...], list[tuple[Leaf, str]]] = {}
    for slot, leaf in slots.items():
        meant = missing.find_nearest(slot, NEARLY_EQUAL) if leaf.secrets else None
        if meant is not None:
            mistakes.setdefault(_find_mistake(leaf, meant), []).append((leaf, meant))
    for alike in mistakes.values():
        leaf, meant = alike[0]
        places = [each.secrets[0].place for each, _ in alike]
        yield report_secret_in_misspelt_slot(leaf.secrets[0].name, places, context, ".".join(leaf.slot), meant)


def _find_mistake(leaf: Leaf, meant: str) -> tuple[object, ...]:
    """Return a key that is equal for leaves whose slots differ from the meant ones in the same keys."""
    block, _, key = meant.rpartition(".")
    return leaf.slot[:-1], block if key == leaf.slot[-1] else meant


def _report_difference(placed: PlacedLeaf, context: ConnectorContext) -> Iterator[Finding]:
    leaf, (placement, *_) = placed.leaf, placed.placements
    slot, meant = ".".join(leaf.slot), list_placed_secrets(placement, context)
    names = {reference.name for reference in leaf.secrets}
    name = _get_only_secret(leaf)
    if names == meant or leaf.place in list_unfilled(context):
        yield report_placement_differs(leaf.place, context, slot, spell_placement(placement, context))
    elif name in context.listed and len(meant) == 1 and not _replaces_header(placed, context):
        (other,) = meant
        yield report_secret_misplaced(name, leaf.references[0].place, context, slot, other)


@once_per_connector
def list_unfilled(context: ConnectorContext) -> dict[Place, str]:
    """Return the only secret for each place that is left blank, if the system does not use it elsewhere."""
    texts = (placed for placed in context.placed_leaves if isinstance(placed.leaf.value, str))
    blank = (placed for placed in texts if is_blank(str(placed.leaf.value)))
    meant = ((placed.leaf.place, list_placed_secrets(placed.placements[0], context)) for placed in blank)
    return {place: name for place, names in meant if len(names) == 1 for name in names - context.secrets.keys()}


def _replaces_header(placed: PlacedLeaf, context: ConnectorContext) -> bool:
    """Return whether an operation sends a secret in a header that its system sends as well.

    Headers of an operation replace those of the system. Nobody writes such a header without need, and a request that
    logs in or renews a token needs another secret than those with the token.
    """
    leaf, holder = placed.leaf, placed.leaf.slot[-2:]
    return leaf.slot != holder and (leaf.system, holder) in _list_placed_slots(context)


@once_per_connector
def _list_placed_slots(context: ConnectorContext) -> frozenset[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the systems and slots of the values for whose places there are placements."""
    return frozenset((placed.leaf.system, placed.leaf.slot) for placed in context.placed_leaves)


def _get_only_secret(leaf: Leaf) -> str | None:
    """Return the secret in a leaf that refers to nothing else; None if there is none."""
    is_only = len(leaf.references) == 1 and leaf.references[0].kind is ReferenceKind.SECRET
    return leaf.references[0].name if is_only else None


def _check_homes(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each place that holds secrets of which none is in a place that the scheme states.

    All settings of a block whose key is misspelt are one mistake.
    """
    strays: dict[tuple[object, ...], list[_Stray]] = {}
    for name in context.listed:
        for stray in _find_strays(name, context):
            strays.setdefault(stray.mistake, []).append(stray)
    for alike in strays.values():
        places = [stray.reference.place for stray in alike]
        first = alike[0]
        yield report_secret_elsewhere(first.reference.name, places, context, ".".join(first.leaf.slot), first.home)


class _Stray(NamedTuple):
    """Secret in a leaf, and the placement that states its place."""

    reference: Reference
    leaf: Leaf
    home: Placement

    @property
    def mistake(self) -> tuple[object, ...]:
        """Return a key that is equal for secrets whose places differ in the same keys."""
        return self.home.location, *_find_mistake(self.leaf, self.home.name)


def _find_strays(name: str, context: ConnectorContext) -> Iterator[_Stray]:
    """Yield the first use of a secret that is in none of its places, as far as it is clearly wrong.

    The platform's placements for a kind are only one way to authenticate: then a place must be a misspelt one.
    """
    homes = {placement for placement in context.placements if name in list_placed_secrets(placement, context)}
    held = [placed.leaf for placed in context.placed_leaves if not homes.isdisjoint(placed.placements)]
    is_known = all(home.location in LOCATED for home in homes)
    # Other rules report another secret in its place.
    if not homes or not is_known or any(leaf.secrets for leaf in held):
        return
    home = next(placement for placement in context.placements if placement in homes)
    for leaf in context.snapshot.secret_leaves:
        use = next((use for use in leaf.secrets if use.name == name), None)
        if use is not None and not takes_secret(leaf, context) and _is_stray(leaf, home, context):
            yield _Stray(use, leaf, home)
            return


def _is_stray(leaf: Leaf, home: Placement, context: ConnectorContext) -> bool:
    """Return whether a leaf is clearly not the place of a placement; `secret-in-url` reports secrets in URLs."""
    if context.is_in_service(leaf) or context.list_obtained(leaf) or _is_mechanism(leaf, context):
        return False
    location, name = context.leaf_index.locate(leaf)
    if is_address(leaf, context) and location is not home.location:
        return False
    slot = Vocabulary([find_slot(home.location, home.name)])
    return context.has_stated_placements or slot.find_nearest(find_slot(location, name), NEARLY_EQUAL) is not None


def _is_mechanism(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a leaf is a setting by which the platform authenticates as the scheme does."""
    slot, kind = ".".join(leaf.slot), context.scheme.kind if context.scheme is not None else None
    return any(slot == mechanism.slot and kind in mechanism.kinds for mechanism in context.platform.mechanisms)
