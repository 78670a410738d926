"""Rules about secrets: what is used, what the scheme lists, and what the platform injects, each against the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.snapshot import Leaf
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import join_names
from authscribe.lint.renames import find_likeliest

AUTH_MISSING: Final = Rule(
    code="auth-missing",
    severity=Severity.ERROR,
    summary="a connector that uses secrets and names no scheme",
    why=(
        "The platform decides by the manifest which secrets it injects. A connector that uses secrets and names "
        "no scheme gets none of them, and every request is refused."
    ),
    wrong='{"datatypes": {...}, "system-template": "templates/system.json"}',
    right='{"auth": "api_key", "datatypes": {...}, "system-template": "templates/system.json"}',
)


def report_auth_missing(place: Place, connector: str, secrets: Sequence[str]) -> Finding:
    """A manifest that names no scheme, of a connector that uses secrets."""
    return AUTH_MISSING.finding(
        place,
        f"the connector uses {join_names(secrets)}, but its manifest names no scheme",
        "say in the manifest how the system authenticates",
        connector=connector,
    )


def check_auth(subject: ConnectorContext) -> Iterator[Finding]:
    """A connector without a scheme that uses secrets which no flag injects."""
    needed = [name for name in subject.secrets if name not in subject.by_flag]
    if subject.snapshot.manifest is not None and not subject.selector and needed:
        yield report_auth_missing(subject.snapshot.place, subject.name, needed)


FLAG_MISSING: Final = Rule(
    code="flag-missing",
    severity=Severity.ERROR,
    summary="a secret whose flag is not set",
    why=(
        "The secret exists only for connectors that ask for it by a flag in the manifest. Without the flag the "
        "reference stays unresolved at run time."
    ),
    wrong='"Authorization": "Bearer $SECRET(service_jwt)" without the flag',
    right='"requires_service_api_access": true',
)


def report_flag_missing(name: str, place: Place, connector: str, flag: str) -> Finding:
    """A secret whose flag is not set."""
    return FLAG_MISSING.finding(
        place,
        f"'{name}' is injected only with the flag '{flag}', which is not set",
        f'set "{flag}": true in the manifest',
        connector=connector,
        name=name,
    )


SECRET_BY_FLAG: Final = Rule(
    code="secret-by-flag",
    severity=Severity.INFO,
    summary="a secret that comes with a flag",
    why=(
        "The scheme does not list this secret; it comes with a flag in the manifest. That is in order, and a "
        "definition of the connector can say so."
    ),
    wrong="a definition of the connector without flags",
    right="flags: [use_webhook_secret]",
)


def report_secret_by_flag(name: str, place: Place, connector: str, flag: str, scheme: str | None) -> Finding:
    """A secret that comes with a flag, not with the scheme."""
    return SECRET_BY_FLAG.finding(
        place,
        f"'{name}' is injected because of the flag '{flag}', not by the scheme",
        f"state `flags: [{flag}]` in a definition of the connector",
        connector=connector,
        scheme=scheme,
        name=name,
    )


SECRET_RENAMED: Final = Rule(
    code="secret-renamed",
    severity=Severity.WARNING,
    summary="a secret that the scheme lists under another name",
    why=(
        "The scheme lists a secret that nobody injects or uses, and the connector uses one that the scheme does "
        "not list. Name, description and use say that they are the same."
    ),
    wrong="* - ``consumer_key`` beside $SECRET(consumer_token)",
    right="* - ``consumer_token`` beside $SECRET(consumer_token)",
)


def report_secret_renamed(listed: str, name: str, place: Place, connector: str, scheme: str, page: Place) -> Finding:
    """A secret that the scheme lists under another name."""
    return SECRET_RENAMED.finding(
        place,
        f"what the scheme '{scheme}' calls '{listed}' is injected and used as '{name}'",
        f"rename '{listed}' to '{name}' in the scheme",
        labels=(Label(page, f"'{listed}' is listed here"),),
        connector=connector,
        scheme=scheme,
        name=name,
    )


SECRET_NOT_IN_SCHEME: Final = Rule(
    code="secret-not-in-scheme",
    severity=Severity.WARNING,
    summary="an injected secret that the scheme does not list",
    why=(
        "The connector uses a secret which the platform injects, but of which the documentation of the scheme "
        "says nothing. The next author of a connector will not know that it exists."
    ),
    wrong="a scheme without oauth_client_secret, used as $SECRET(oauth_client_secret)",
    right=("* - ``oauth_client_secret``\n" "  - The client secret as provided in the connector configuration."),
)


def report_secret_not_in_scheme(name: str, place: Place, connector: str, scheme: str, page: Place) -> Finding:
    """A secret that the platform injects, and of which the scheme says nothing."""
    return SECRET_NOT_IN_SCHEME.finding(
        place,
        f"the scheme '{scheme}' does not list the secret '{name}', which is injected",
        f"add '{name}' to the injected secrets of the scheme",
        labels=(Label(page, "the scheme is defined here"),),
        connector=connector,
        scheme=scheme,
        name=name,
    )


SECRET_NOT_INJECTABLE: Final = Rule(
    code="secret-not-injectable",
    severity=Severity.ERROR,
    summary="a secret that nothing injects",
    why=(
        "Neither the scheme nor any flag of the manifest gives this secret. At run time the reference stays "
        "unresolved and the system does not start."
    ),
    wrong='"auth": "api_key" and "Authorization": "Bearer $SECRET(jwt)"',
    right='"auth": "api_key" and "Authorization": "Bearer $SECRET(api_key)"',
)


def report_secret_not_injectable(
    name: str, place: Place, connector: str, scheme: str | None, suggestion: str | None
) -> Finding:
    """A secret that neither the scheme nor a flag can give."""
    known = "use a secret that the scheme injects" if scheme else "name a scheme in the manifest that injects it"
    repair = f"did you mean '{suggestion}'?" if suggestion else known
    return SECRET_NOT_INJECTABLE.finding(
        place,
        f"nothing injects the secret '{name}'",
        repair,
        connector=connector,
        scheme=scheme,
        name=name,
    )


def check_used_secrets(subject: ConnectorContext) -> Iterator[Finding]:
    """Each secret in use: nothing injects it, its flag is not set, or the scheme does not list it."""
    flags = {secret.name: flag.name for flag in subject.platform.flags for secret in flag.injected}
    renamed = _renamed(subject)
    for name, references in subject.secrets.items():
        place = references[0].place
        scheme = subject.scheme.id if subject.scheme else None
        if name in subject.listed:
            continue
        if name in subject.by_flag:
            if subject.definition is None or subject.by_flag[name] not in subject.definition.flags:
                yield report_secret_by_flag(name, place, subject.name, subject.by_flag[name], scheme)
        elif name in flags:
            yield report_flag_missing(name, place, subject.name, flags[name])
        elif name not in subject.injected:
            suggestion = _suggestion(subject, name)
            yield report_secret_not_injectable(name, place, subject.name, scheme, suggestion)
        elif subject.scheme is not None and name in renamed:
            listed = renamed[name]
            page = subject.locate_listed(listed)
            yield report_secret_renamed(listed, name, place, subject.name, subject.scheme.id, page)
        elif subject.scheme is not None:
            page = subject.locate_scheme()
            yield report_secret_not_in_scheme(name, place, subject.name, subject.scheme.id, page)


INJECTED_SECRET_UNUSED: Final = Rule(
    code="injected-secret-unused",
    severity=Severity.INFO,
    summary="an injected secret that is neither listed nor used",
    why=(
        "The platform puts this secret into the system although the scheme does not say so. Whoever reads the "
        "scheme does not know that the system holds it."
    ),
    wrong="a scheme that lists jwt_access_token alone, where api_key is injected too",
    right="a scheme that lists both",
)


def report_injected_secret_unused(name: str, place: Place, connector: str, scheme: str) -> Finding:
    """A secret that the platform injects although the scheme does not list it, and that no template refers to."""
    return INJECTED_SECRET_UNUSED.finding(
        place,
        f"the platform injects '{name}', which the scheme '{scheme}' does not list and the connector does not use",
        "list it in the scheme, so that its readers know what the system holds",
        connector=connector,
        scheme=scheme,
        name=name,
    )


SECRET_UNUSED: Final = Rule(
    code="secret-unused",
    severity=Severity.INFO,
    summary="a listed secret that is not used",
    why=(
        "The connector has this secret and does not refer to it. Many connectors need fewer secrets than their "
        "scheme has; it is worth knowing because what is not injected cannot leak."
    ),
    wrong='"auth": "oauth2" and no reference to oauth_refresh_token',
    right='"refresh_token": "$SECRET(oauth_refresh_token)"',
)


def report_secret_unused(name: str, place: Place, connector: str, scheme: str) -> Finding:
    """A secret of the scheme that no template refers to."""
    return SECRET_UNUSED.finding(
        place,
        f"the secret '{name}' is injected but not used",
        "this is fine if the system needs no more; otherwise refer to it",
        connector=connector,
        scheme=scheme,
        name=name,
    )


SCHEME_SECRET_NOT_INJECTED: Final = Rule(
    code="scheme-secret-not-injected",
    severity=Severity.WARNING,
    summary="a listed secret that the platform does not inject",
    why=(
        "The scheme lists a secret that the platform does not have. A connector that believed it would get an "
        "unresolved reference."
    ),
    wrong=("* - ``refresh``\n" "  - The refresh token."),
    right=("* - ``oauth_refresh_token``\n" "  - The refresh token."),
)


def report_scheme_secret_not_injected(name: str, place: Place, connector: str, scheme: str, page: Place) -> Finding:
    """A listed secret that the platform does not have."""
    return SCHEME_SECRET_NOT_INJECTED.finding(
        page,
        f"the platform injects no '{name}', and the connector does not use it",
        f"remove '{name}' from the scheme, or correct its name",
        labels=(Label(place, "the connector"),),
        connector=connector,
        scheme=scheme,
        name=name,
    )


HEADER_NOT_SECRET: Final = Rule(
    code="header-not-secret",
    severity=Severity.WARNING,
    summary="a listed secret that is the name of a header",
    why=(
        "The page lists the name of an HTTP header among the secrets. The platform injects no secret of that "
        "name; the header carries another one."
    ),
    wrong=("* - ``SO-Apptoken``\n" "  - The client secret, as sent in each request."),
    right=("* - ``oauth_client_secret``\n" "  - The client secret. It is sent in the header SO-Apptoken."),
)


def report_header_not_secret(
    name: str, place: Place, connector: str, scheme: str, page: Place, carried: str
) -> Finding:
    """A listed secret that is the name of a header."""
    return HEADER_NOT_SECRET.finding(
        page,
        f"'{name}' is not a secret but a header, which carries '{carried}'",
        f"list '{carried}' in the scheme, and say that it is placed in the header '{name}'",
        labels=(Label(place, "the header"),),
        connector=connector,
        scheme=scheme,
        name=name,
    )


def check_unused_secrets(subject: ConnectorContext) -> Iterator[Finding]:
    """Each secret that is listed or injected, and not used."""
    if subject.scheme is None:
        return
    place, scheme = subject.selector_place, subject.scheme.id
    renamed = set(_renamed(subject).values())
    for name in subject.listed:
        if name in subject.secrets or name in renamed:
            continue
        header = _header(subject, name)
        if header is not None:
            page, carried = subject.locate_listed(name), header.references[0].name
            yield report_header_not_secret(name, header.place, subject.name, scheme, page, carried)
        elif name in subject.injected:
            # Where a definition says what goes into a request, the rest is for the platform.
            if subject.placed is None or name in subject.placed:
                yield report_secret_unused(name, place, subject.name, scheme)
        else:
            page = subject.locate_listed(name)
            yield report_scheme_secret_not_injected(name, place, subject.name, scheme, page)
    for name in subject.injected:
        if name not in subject.secrets and name not in subject.listed:
            yield report_injected_secret_unused(name, place, subject.name, scheme)


FLAG_SECRET_UNUSED: Final = Rule(
    code="flag-secret-unused",
    severity=Severity.WARNING,
    summary="a flag whose secret is not used",
    why="A flag makes the platform hand out one more credential. If nothing uses it, it can only leak.",
    wrong='"use_webhook_secret": true, and no reference to webhook_secret',
    right="remove \"use_webhook_secret\", or check incoming requests with secret('webhook_secret')",
)


def report_flag_secret_unused(name: str, place: Place, connector: str, flag: str) -> Finding:
    """A flag that injects what no template refers to."""
    return FLAG_SECRET_UNUSED.finding(
        place,
        f"the flag '{flag}' injects '{name}', which is not used",
        "remove the flag unless something else needs it: what is not injected cannot leak",
        connector=connector,
        name=name,
    )


def check_flags(subject: ConnectorContext) -> Iterator[Finding]:
    """Each flag whose secret is not used."""
    for name, flag in subject.by_flag.items():
        entry = subject.snapshot.find_setting(flag)
        if name not in subject.secrets and entry is not None:
            yield report_flag_secret_unused(name, entry.place, subject.name, flag)


def _renamed(subject: ConnectorContext) -> dict[str, str]:
    """For a secret in use that is injected but not listed, the listed name that means it.

    A listed name that is in use itself, or that the platform injects as well, is another secret; so is a name that
    another scheme lists.
    """
    found: dict[str, str] = {}
    if subject.scheme is None:
        return found
    elsewhere = _listed_elsewhere(subject)
    for name, references in subject.secrets.items():
        if name in subject.listed or name not in subject.injected or name in elsewhere:
            continue
        candidates = [
            (secret.name, secret.description)
            for secret in subject.scheme.injected
            if secret.name not in subject.secrets
            and secret.name not in subject.injected
            and secret.name not in found.values()
        ]
        slots = [leaf.slot for leaf in subject.snapshot.leaves if set(references) & set(leaf.references)]
        likely = find_likeliest(name, candidates, slots)
        if likely is not None:
            found[name] = likely
    return found


def _suggestion(subject: ConnectorContext, name: str) -> str | None:
    """The injected secret that a connector may have meant by a name that nothing injects."""
    if subject.scheme is None or name in _listed_elsewhere(subject) or name in subject.declared:
        return None
    described = {secret.name: secret.description for secret in subject.scheme.injected}
    candidates = [(n, described.get(n, "")) for n in subject.injected if n not in subject.secrets]
    slots = [leaf.slot for leaf in subject.snapshot.leaves if any(r.name == name for r in leaf.references)]
    return find_likeliest(name, candidates, slots)


def _listed_elsewhere(subject: ConnectorContext) -> set[str]:
    """The secrets of all other schemes."""
    return {
        secret.name
        for scheme in subject.resolution.catalogue.schemes
        if scheme is not subject.scheme
        for secret in scheme.injected
    } - set(subject.listed)


def _header(subject: ConnectorContext, name: str) -> Leaf | None:
    """The header of this name, if it carries a secret; names of headers have no case (RFC 9110 section 5.1)."""
    for leaf in subject.snapshot.leaves:
        *parents, key = leaf.slot or ("",)
        carries = leaf.references and leaf.references[0].name in subject.secrets
        if parents and parents[-1] == "headers" and key.lower() == name.lower() and carries:
            return leaf
    return None
