"""Rules about secrets: what is used, what the scheme lists, and what the platform injects, each against the others."""

from __future__ import annotations

from collections.abc import Iterator

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.snapshot import Leaf
from authscribe.findings import connectors as connector_mistakes
from authscribe.findings.finding import Finding
from authscribe.lint.renames import find_likeliest


def check_auth(subject: ConnectorContext) -> Iterator[Finding]:
    """A connector without a scheme that uses secrets which no flag injects."""
    needed = [name for name in subject.secrets if name not in subject.by_flag]
    if subject.snapshot.manifest is not None and not subject.selector and needed:
        yield connector_mistakes.auth_missing(subject.snapshot.place, subject.name, needed)


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
                yield connector_mistakes.secret_by_flag(name, place, subject.name, subject.by_flag[name], scheme)
        elif name in flags:
            yield connector_mistakes.flag_missing(name, place, subject.name, flags[name])
        elif name not in subject.injected:
            suggestion = _suggestion(subject, name)
            yield connector_mistakes.secret_not_injectable(name, place, subject.name, scheme, suggestion)
        elif subject.scheme is not None and name in renamed:
            listed = renamed[name]
            page = subject.listed_place(listed)
            yield connector_mistakes.secret_renamed(listed, name, place, subject.name, subject.scheme.id, page)
        elif subject.scheme is not None:
            page = subject.listed_place()
            yield connector_mistakes.secret_not_in_scheme(name, place, subject.name, subject.scheme.id, page)


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
            page, carried = subject.listed_place(name), header.references[0].name
            yield connector_mistakes.header_not_secret(name, header.place, subject.name, scheme, page, carried)
        elif name in subject.injected:
            # Where a definition says what goes into a request, the rest is for the platform.
            if subject.placed is None or name in subject.placed:
                yield connector_mistakes.secret_unused(name, place, subject.name, scheme)
        else:
            page = subject.listed_place(name)
            yield connector_mistakes.scheme_secret_not_injected(name, place, subject.name, scheme, page)
    for name in subject.injected:
        if name not in subject.secrets and name not in subject.listed:
            yield connector_mistakes.injected_secret_unused(name, place, subject.name, scheme)


def check_flags(subject: ConnectorContext) -> Iterator[Finding]:
    """Each flag whose secret is not used."""
    for name, flag in subject.by_flag.items():
        entry = subject.snapshot.setting(flag)
        if name not in subject.secrets and entry is not None:
            yield connector_mistakes.flag_secret_unused(name, entry.place, subject.name, flag)


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
