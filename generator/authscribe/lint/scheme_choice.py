"""Decide whether a manifest names the scheme whose secrets the templates use, and if not, which one it should name."""

from __future__ import annotations

from authscribe.connectors.context import ConnectorContext, match_selector
from authscribe.model.definitions import Scheme


def list_scheme_secrets(context: ConnectorContext) -> tuple[str, ...]:
    """Return the secrets in use that a scheme has to inject, since no flag of the platform does."""
    flagged = {secret.name for flag in context.platform.flags for secret in flag.injected}
    return tuple(name for name in context.secrets if name not in flagged or name in context.listed)


def is_choice_clear(context: ConnectorContext) -> bool:
    """Return whether the manifest names a scheme of the platform, and none fits the secrets in use better.

    If not, one finding reports the choice, and what follows from it is not worth further ones.
    """
    if not context.selector:
        return not list_scheme_secrets(context)
    is_known = context.scheme is not None or match_selector(context.selector, context.platform) is not None
    return is_known and find_better_scheme(context) is None


def find_better_scheme(context: ConnectorContext) -> Scheme | None:
    """Return the scheme that the manifest should name instead of its own, which does not inject every secret in use.

    None if the named scheme injects them all, or if not exactly one other selector fits best.
    """
    missing = set(list_scheme_secrets(context)) - {*context.injected, *context.listed}
    return find_only_scheme(context) if context.selector and context.scheme is not None and missing else None


def find_only_scheme(context: ConnectorContext) -> Scheme | None:
    """Return the scheme that injects every secret in use and the fewest others; None if several selectors do."""
    used = set(list_scheme_secrets(context))
    fitting = [
        (len(injected), scheme)
        for scheme in context.resolution.catalogue.schemes
        if scheme.selector and used and used <= (injected := _list_injected(scheme, context))
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
