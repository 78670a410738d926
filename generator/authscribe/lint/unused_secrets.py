"""Check the secrets that the scheme lists or the platform injects, and no template uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.snapshot import Leaf
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.rules.stale_refinement import RULE as STALE_REFINEMENT
from authscribe.findings.suggestions import suggest_nearest
from authscribe.lint.credentials import list_replaceable
from authscribe.lint.literals import find_resembled, locate_literals
from authscribe.lint.malformed import list_malformed
from authscribe.lint.misplaced import list_unfilled
from authscribe.lint.placements import find_expected_name, list_displaced_names
from authscribe.lint.renames import find_misspelt_secrets, find_renamed_secrets
from authscribe.lint.renewal import find_unused_renewal
from authscribe.lint.secrets import SECRET_RENAMED

INJECTED_SECRET_UNUSED: Final = Rule(
    code="injected-secret-unused",
    severity=Severity.INFO,
    summary="injected secret that is neither listed nor used",
    why=(
        "The platform injects this secret into the system although the scheme does not list it. Readers of the scheme "
        "do not know that the system holds it."
    ),
    wrong=cleandoc("""
        injected:
          - name: jwt_access_token
        """),
    right=cleandoc("""
        injected:
          - name: jwt_access_token
          - name: api_key
        """),
)


def report_injected_secret_unused(name: str, place: Place, connector: str, scheme: str) -> Finding:
    """Report a secret that the platform injects, but the scheme does not list and no template uses."""
    return INJECTED_SECRET_UNUSED.finding(
        place,
        f"the platform injects '{name}', but scheme '{scheme}' does not list it and the connector does not use it",
        f"add '{name}' to the injected secrets of scheme '{scheme}'",
        connector=connector,
        scheme=scheme,
        name=name,
    )


SECRET_UNUSED: Final = Rule(
    code="secret-unused",
    severity=Severity.INFO,
    summary="listed secret that is not used",
    why=(
        "The platform injects this secret, but no template uses it. Many connectors need fewer secrets than their "
        "scheme provides. It is worth knowing, because a secret that is not injected cannot leak."
    ),
    wrong='"oauth2": {"access_token": "$SECRET(oauth_access_token)"}',
    right='"oauth2": {"access_token": "$SECRET(oauth_access_token)", "refresh_token": "$SECRET(oauth_refresh_token)"}',
)


def report_secret_unused(name: str, place: Place, connector: str, scheme: str) -> Finding:
    """Report a secret of the scheme that no template uses."""
    return SECRET_UNUSED.finding(
        place,
        f"the secret '{name}' is injected but not used",
        "refer to it in a template if the system needs it",
        connector=connector,
        scheme=scheme,
        name=name,
    )


SCHEME_SECRET_NOT_INJECTED: Final = Rule(
    code="scheme-secret-not-injected",
    severity=Severity.WARNING,
    summary="listed secret that the platform does not inject",
    why=(
        "The scheme lists a secret that the platform does not have. A connector that relied on the list would use a "
        "reference that stays unresolved."
    ),
    wrong=cleandoc("""
        * - ``refresh``
          - The refresh token.
        """),
    right=cleandoc("""
        * - ``oauth_refresh_token``
          - The refresh token.
        """),
)


def report_scheme_secret_not_injected(
    name: str, place: Place, connector: str, scheme: str, page: Place, known: Iterable[str]
) -> Finding:
    """Report a secret that the scheme lists at `page`, but the platform does not inject; `known` are those it does."""
    return SCHEME_SECRET_NOT_INJECTED.finding(
        page,
        f"scheme '{scheme}' lists '{name}', but the platform does not inject it and the connector does not use it",
        suggest_nearest(name, known, f"remove '{name}' from the scheme, or correct its name"),
        labels=(Label(place, "the connector"),),
        connector=connector,
        scheme=scheme,
        name=name,
    )


HEADER_NOT_SECRET: Final = Rule(
    code="header-not-secret",
    severity=Severity.WARNING,
    summary="header that is listed as a secret",
    why=(
        "The page lists the name of an HTTP header among the secrets. The platform injects no secret of that name; "
        "the header carries another secret."
    ),
    wrong=cleandoc("""
        * - ``SO-Apptoken``
          - The client secret, as sent in each request.
        """),
    right=cleandoc("""
        * - ``oauth_client_secret``
          - The client secret. It is sent in the header SO-Apptoken.
        """),
)


def report_header_not_secret(
    name: str, place: Place, connector: str, scheme: str, page: Place, carried: str
) -> Finding:
    """Report the name of a header, listed at `page`, that carries the secret `carried`."""
    return HEADER_NOT_SECRET.finding(
        page,
        f"'{name}' is not a secret but a header that carries '{carried}'",
        f"list '{carried}' instead, and mention the header '{name}' in its description",
        labels=(Label(place, "the header"),),
        connector=connector,
        scheme=scheme,
        name=name,
    )


def check_unused_secrets(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each secret that is listed or injected, and not used.

    If the system lacks what renews its tokens, `token-not-renewed` reports that instead; other rules report a secret
    that is misspelt or read as a variable.
    """
    if context.scheme is None:
        return
    place, scheme = context.selector_place, context.scheme.id
    renamed = {*find_renamed_secrets(context).values(), *find_misspelt_secrets(context)}
    renamed |= context.secrets_as_variables | _list_explained(context)
    renewing = find_unused_renewal(context)
    for name in context.listed:
        if name in context.secrets or name in renamed:
            continue
        header = _find_header(name, context)
        if header is not None:
            page, carried = context.locate_listed(name), header.references[0].name
            yield report_header_not_secret(name, header.place, context.name, scheme, page, carried)
        elif name not in context.injected:
            listed = context.locate_listed(name)
            # `stale-refinement` reports a name that only a refinement adds.
            if not any(
                each.code == STALE_REFINEMENT.code and each.place == listed for each in context.resolution.findings
            ):
                yield report_scheme_secret_not_injected(name, place, context.name, scheme, listed, context.injected)
        # If placements state which secrets go into a request, the others are for the platform.
        elif renewing is None and (context.placed is None or name in context.placed):
            yield report_secret_unused(name, place, context.name, scheme)
    for name in context.injected:
        if name not in context.secrets and name not in context.listed and name not in renamed:
            yield report_injected_secret_unused(name, place, context.name, scheme)


def drop_renamed(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings of connectors, without those about either name of a secret that a scheme lists under another.

    A connector that does not use the secret cannot tell that its two names are one.
    """
    known = [*findings]
    renamed = [finding for finding in known if finding.code == SECRET_RENAMED.code]
    listed = {label.place for finding in renamed for label in finding.labels}
    injected = {(finding.scheme, finding.name) for finding in renamed}
    for finding in known:
        is_listed = finding.code == SCHEME_SECRET_NOT_INJECTED.code and finding.place in listed
        is_injected = finding.code == INJECTED_SECRET_UNUSED.code and (finding.scheme, finding.name) in injected
        if not is_listed and not is_injected:
            yield finding


def _list_explained(context: ConnectorContext) -> set[str]:
    """Return the secrets that are missing because other rules report what the system has in their place."""
    places_of_literals = locate_literals(context)
    literals = [leaf for leaf in context.snapshot.leaves if leaf.place in places_of_literals]
    resembled = {name for leaf in literals if (name := find_resembled(str(leaf.value), context)) is not None}
    places = {*list_replaceable(context), *(leaf.place for leaf in literals)}
    expected = {
        place: find_expected_name(placed.leaf, context)
        for placed in context.placed_leaves
        for place in (placed.leaf.place, *_list_places(placed.leaf))
    }
    # Where no placement states which secret belongs there, it may be any of those without a placement.
    unplaced = set(context.listed) - (context.placed or set()) if places - expected.keys() else set()
    replaced = {name for place in places if (name := expected.get(place)) is not None}
    elsewhere = (*list_malformed(context), *list_displaced_names(context), *list_unfilled(context).values())
    return {*resembled, *elsewhere, *replaced, *unplaced}


def _list_places(leaf: Leaf) -> Iterator[Place]:
    return (reference.place for reference in leaf.references)


def _find_header(name: str, context: ConnectorContext) -> Leaf | None:
    """Return the header of this name, in any case (RFC 9110 section 5.1), if it carries a secret."""
    for leaf in context.snapshot.leaves:
        is_header = leaf.references and leaf.slot[-2:-1] == (context.headers_key,)
        if is_header and leaf.slot[-1].lower() == name.lower() and leaf.references[0].name in context.secrets:
            return leaf
    return None
