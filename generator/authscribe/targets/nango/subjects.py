"""List what becomes a Nango provider, and choose the authentication mode of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from authscribe.encoders.text import keep_web_address
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, build_method_contract, build_scheme_contract, list_methods
from authscribe.model.definitions import Connector, Kind, Scheme
from authscribe.model.naming import make_id
from authscribe.model.nango import (
    CONNECTION,
    GROUPS,
    MODES,
    PRIVATE_KEY,
    SCOPES,
    SIGNED,
    AuthMode,
    find_mode,
    find_signature,
)

_MODE: Final = "auth_mode"
_OTHER_CHARACTER: Final = re.compile("[^a-z0-9-]")
_STAND_INS: Final[Mapping[str, str]] = {
    Kind.HTTP_BEARER: "API_KEY",
    Kind.OPENID_CONNECT: "OAUTH2",
    # The mode CUSTOM combines an app with OAuth, which is no way to send anything else.
    Kind.CUSTOM: "API_KEY",
}
"""Modes that send the same requests as kinds without a mode of their own."""

_MODES_BY_KIND: Final[Mapping[str, str]] = {
    **{MODES[name].kind: name for name in reversed([*MODES])},
    **_STAND_INS,
}
"""Mode of each kind, for schemes that do not name one; there is none for the other kinds."""


class Subject(NamedTuple):
    """Scheme, or method of a connector with one scheme, that becomes the provider `name`.

    `definitions` are the nouns and ids of what the provider states. `extras` are the facts about Nango that the model
    has no place for; none if the scheme is not from Nango.
    """

    name: str
    definitions: tuple[tuple[str, str], ...]
    title: str
    docs: str | None
    contract: Contract
    mode_name: str
    mode: AuthMode
    is_own: bool
    extras: tuple[Mapping[str, object], ...]


def list_subjects(catalogue: Catalogue) -> Iterator[Subject]:
    """Yield what becomes a provider: schemes first, then connectors, each sorted by id; every name is used once.

    A connector with the id of its scheme is one provider together with it. Nango neither combines schemes nor has a
    mode for every kind: the other ones are left out.
    """
    used: set[str] = set()
    for identifier, owners, contract in _list_contracts(catalogue):
        chosen = _choose_mode(contract.schemes[0], contract)
        if len(contract.schemes) == 1 and chosen is not None:
            yield _make_subject(_choose_name(identifier, used), owners, contract, chosen)


def find_names(catalogue: Catalogue) -> dict[tuple[str, str], str]:
    """Return the provider of each definition by noun and id; a connector has that of its first method."""
    subjects = [*list_subjects(catalogue)]
    return {definition: subject.name for subject in reversed(subjects) for definition in subject.definitions}


_Owners: TypeAlias = tuple[Scheme | Connector, ...]


def _list_contracts(catalogue: Catalogue) -> Iterator[tuple[str, _Owners, Contract]]:
    merged = {c.id: c for c in catalogue.connectors if c.scheme == c.id and catalogue.get_scheme(c.id).id == c.id}
    for scheme in catalogue.schemes:
        if scheme.id not in merged:
            yield scheme.id, (scheme,), build_scheme_contract(catalogue, scheme)
            continue
        (method,) = list_methods(merged[scheme.id])
        contract = build_method_contract(catalogue, merged[scheme.id], method)
        yield scheme.id, (scheme, merged[scheme.id]), contract
    for connector in catalogue.connectors:
        for method in list_methods(connector) if connector.id not in merged else ():
            name = connector.id if connector.scheme is not None else f"{connector.id}-{method.id}"
            yield name, (connector,), build_method_contract(catalogue, connector, method)


def _choose_name(identifier: str, used: set[str]) -> str:
    """Return a name that Nango allows and that no other provider has, and add it to `used`."""
    name = base = make_id(_OTHER_CHARACTER.sub("-", identifier))
    number = 1
    while name in used:
        number += 1
        name = f"{base}-{number}"
    used.add(name)
    return name


def _make_subject(name: str, owners: _Owners, contract: Contract, chosen: tuple[str, AuthMode]) -> Subject:
    scheme = contract.schemes[0]
    groups = {setting.group for setting in (*contract.required, *contract.parameters)}
    is_own = scheme.selector.get(_MODE) in MODES and (not groups or not groups.isdisjoint(GROUPS))
    known = (scheme, *(owner for owner in owners if owner is not scheme))
    titles = (owner.title for owner in reversed(owners))
    docs = (keep_web_address(owner.docs) for owner in reversed(known))
    return Subject(
        name=name,
        definitions=tuple(("schemes" if owner is scheme else "connectors", owner.id) for owner in owners),
        title=next((title for title in titles if title is not None and title.strip()), owners[-1].id),
        docs=next((url for url in docs if url is not None), None),
        contract=contract,
        mode_name=chosen[0],
        mode=chosen[1],
        is_own=is_own,
        extras=tuple(owner.extras for owner in known) if is_own else (),
    )


def _choose_mode(scheme: Scheme, contract: Contract) -> tuple[str, AuthMode] | None:
    """Return the mode that the scheme names if it is of its kind, or else that of the kind; None if there is none."""
    # Only placements describe what a scheme of no known kind sends.
    is_described = scheme.kind is not Kind.CUSTOM or (contract.placements and contract.token_request is None)
    of_kind = _MODES_BY_KIND.get(scheme.kind) if is_described else None
    for name in (scheme.selector.get(_MODE), of_kind):
        if name is None or name not in MODES:
            continue
        mode = _refine_mode(name, scheme, contract)
        if mode.kind == scheme.kind or _STAND_INS.get(scheme.kind) == name:
            return name, mode
    return None


def _refine_mode(name: str, scheme: Scheme, contract: Contract) -> AuthMode:
    body = contract.token_request.body if contract.token_request is not None else None
    grant = body.get("grant_type") if isinstance(body, dict) else None
    is_signed = contract.oauth is not None and contract.oauth.client_authentication == PRIVATE_KEY
    registration, authentication = (
        _find_text(scheme, key) for key in ("client_registration", "token_request_auth_method")
    )
    return find_mode(
        name,
        grant=grant if isinstance(grant, str) else None,
        registration=registration,
        authentication=PRIVATE_KEY if is_signed else authentication,
        has_certificate=scheme.extras.get("require_client_certificate") is True,
        has_refresh_token=contract.token_request is not None and contract.token_request.refresh_token_path is not None,
        signs_token=isinstance(scheme.extras.get(SIGNED), dict),
        asks_scopes=any((each.name, each.group) == (SCOPES, CONNECTION) for each in contract.parameters),
        signature=find_signature(_find_computed_headers(scheme)),
    )


def _find_computed_headers(scheme: Scheme) -> dict[str, str]:
    """Return the headers that are computed for each request, so that they are no placements."""
    proxy = scheme.extras.get("proxy")
    headers = proxy.get("headers") if isinstance(proxy, dict) else None
    entries = headers.items() if isinstance(headers, dict) else ()
    return {name: text for name, text in entries if isinstance(text, str)}


def _find_text(scheme: Scheme, key: str) -> str | None:
    value = scheme.extras.get(key)
    return value if isinstance(value, str) else None
