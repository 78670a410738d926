"""Decide whether a manifest names the scheme whose secrets the templates use, and if not, which one it should name."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from authscribe.connectors.context import ConnectorContext, match_selector
from authscribe.connectors.placed_leaves import PlacedLeaf
from authscribe.findings.rules.duplicate_key import RULE as DUPLICATE_KEY
from authscribe.model.contract import list_placements
from authscribe.model.definitions import Scheme
from authscribe.model.placement_template import list_hole_names


def list_scheme_secrets(context: ConnectorContext) -> tuple[str, ...]:
    """Return the secrets in use that a scheme has to inject, since no flag of the platform does."""
    flagged = {secret.name for flag in context.platform.flags for secret in flag.injected}
    return tuple(name for name in context.secrets if name not in flagged or name in context.listed)


def is_choice_clear(context: ConnectorContext) -> bool:
    """Return whether the manifest names a scheme of the platform, and none fits the secrets in use better.

    If not, one finding reports the choice, and what follows from it is not worth further ones.
    """
    if repeats_selector(context):
        return False
    if not context.selector:
        return not list_scheme_secrets(context)
    is_known = context.scheme is not None or match_selector(context.selector, context.platform) is not None
    return is_known and find_better_scheme(context) is None


def repeats_selector(context: ConnectorContext) -> bool:
    """Return whether the manifest has a key that names the scheme twice, which is a finding of reading it."""
    repeated = {finding.place for finding in context.snapshot.findings if finding.code == DUPLICATE_KEY.code}
    entries = map(context.snapshot.find_setting, context.platform.selector_keys)
    return any(entry is not None and entry.place in repeated for entry in entries)


def find_better_scheme(context: ConnectorContext) -> Scheme | None:
    """Return the scheme that the manifest should name instead of its own, or None.

    The named scheme does not inject every secret in use, and exactly one other selector fits best; or it has them in
    other places, and the system has all that exactly one other scheme places where that one has it.
    """
    if not context.selector or context.scheme is None or repeats_selector(context):
        return None
    missing = set(list_scheme_secrets(context)) - {*context.injected, *context.listed}
    return find_only_scheme(context) if missing else _find_placed_scheme(context)


def _find_placed_scheme(context: ConnectorContext) -> Scheme | None:
    """Return the only other scheme whose placements the system has; None if it has some of the named scheme."""
    used = set(list_scheme_secrets(context))
    if not used or not context.has_stated_placements or _list_at_home(context.placed_leaves, context.listed):
        return None
    others = [each for each in context.resolution.catalogue.schemes if each.selector not in ({}, context.selector)]
    fitting = [each for each in others if _injects(each, used, context) and _is_placed(each, context)]
    return fitting[0] if len(fitting) == 1 else None


def _is_placed(scheme: Scheme, context: ConnectorContext) -> bool:
    """Return whether the system has each secret of a scheme in its place."""
    placements = list_placements(context.resolution.catalogue, scheme)
    names = {secret.name for secret in scheme.injected}
    placed = {name for placement in placements for name in list_hole_names(*placement.templates)} & names
    return bool(placed) and placed <= _list_at_home(context.leaf_index.find_placed(placements), names)


def _list_at_home(placed_leaves: Iterable[PlacedLeaf], names: Collection[str]) -> set[str]:
    """Return which of these secrets are in a place in which a placement has them."""
    return {
        reference.name
        for leaf, placements in placed_leaves
        for reference in leaf.secrets
        if reference.name in names and reference.name in list_hole_names(*(t for p in placements for t in p.templates))
    }


def find_only_scheme(context: ConnectorContext) -> Scheme | None:
    """Return the scheme that injects every secret in use and the fewest others; None if several selectors do."""
    used = set(list_scheme_secrets(context))
    fitting = [
        (len(_list_injected(scheme, context)), scheme)
        for scheme in context.resolution.catalogue.schemes
        if scheme.selector and used and _injects(scheme, used, context)
    ]
    fewest = min((count for count, _ in fitting), default=0)
    best = [scheme for count, scheme in fitting if count == fewest]
    selectors = {tuple(sorted(scheme.selector.items())) for scheme in best}
    return best[0] if len(selectors) == 1 else None


def _list_injected(scheme: Scheme, context: ConnectorContext) -> set[str]:
    """Return the secrets that the platform injects for a scheme; if the profile has none, the listed ones."""
    injects = context.platform.injects
    listed = [secret.name for secret in scheme.injected]
    return set(next((injects[name] for name in scheme.all_ids if name in injects), listed))


def _injects(scheme: Scheme, used: set[str], context: ConnectorContext) -> bool:
    """Return whether a scheme injects all secrets in use; they are spelled as in files if their scheme is unknown."""
    injected = _list_injected(scheme, context)
    return used <= injected.union(map(context.platform.spell_name, injected))
