"""State what the change of each fact does to those who rely on it: one table over the fields of all models.

The table judges what a fact means. A fact that generated code depends on is judged by that code as well, see
`generated_code`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, TypeAlias

from authscribe.changes.verdicts import Audience, Semver, Verdict
from authscribe.lint.addresses import is_cleartext, parse_host
from authscribe.model import client_authentication, platform
from authscribe.model import definitions as model
from authscribe.model.definitions import Kind, Lifetime, Location, Secrecy, ValueType


class Effect(NamedTuple):
    """What a change does; `needs_login` tells whether people must log in again before it takes effect."""

    breaks: frozenset[Audience] = frozenset()
    is_weaker: bool = False
    needs_login: bool = False
    is_documentation: bool = False

    @property
    def verdict(self) -> Verdict:
        """Return the most serious verdict that applies."""
        if self.is_weaker:
            return Verdict.SECURITY_WEAKENED
        if self.breaks:
            return Verdict.BREAKING
        return Verdict.DOCUMENTATION if self.is_documentation else Verdict.COMPATIBLE

    def join(self, other: Effect) -> Effect:
        """Return the effect of both changes together."""
        return Effect(
            self.breaks | other.breaks,
            self.is_weaker or other.is_weaker,
            self.needs_login or other.needs_login,
            self.is_documentation and other.is_documentation,
        )


def choose_semver(effects: Iterable[Effect]) -> Semver | None:
    """Return the part of the version that changes with these effects require to increase; None without any."""
    steps = {_choose_step(effect) for effect in effects}
    return next((step for step in Semver if step in steps), None)


def _choose_step(effect: Effect) -> Semver:
    if effect.breaks:
        return Semver.MAJOR
    return Semver.PATCH if effect.verdict is Verdict.DOCUMENTATION else Semver.MINOR


COMPATIBLE: Final = Effect()
DOCUMENTATION: Final = Effect(is_documentation=True)
WEAKER: Final = Effect(is_weaker=True)
BREAKS_OWNERS: Final = Effect(frozenset({Audience.OWNER}))
BREAKS_DEVELOPERS: Final = Effect(frozenset({Audience.DEVELOPER}))
BREAKS_BOTH: Final = BREAKS_OWNERS.join(BREAKS_DEVELOPERS)

Judge: TypeAlias = Callable[[object, object], Effect]
"""Function from the old and the new value of a fact, None where it is absent, to the effect."""


class FactRule(NamedTuple):
    """How a field is judged: by a function of both values, or the same for all of them.

    `is_generated` tells whether generated code depends on the field. The items of a list or mapping are judged one by
    one: the old value of an added one is None. A field that contains a model is judged by the fields of that model, if
    these have rules.
    """

    decide: Judge | None = None
    effect: Effect = COMPATIBLE
    is_generated: bool = False

    def judge(self, old: object, new: object) -> Effect:
        """Return the effect of a change from one value to another."""
        return self.decide(old, new) if self.decide is not None else self.effect


def _judge_name(old: object, new: object) -> Effect:
    return BREAKS_DEVELOPERS if old is not None and new is None else COMPATIBLE


def _judge_kind(old: object, new: object) -> Effect:
    is_weaker = any(old in strong and new in weak for strong, weak in _WEAKER_KINDS)
    return BREAKS_DEVELOPERS._replace(is_weaker=is_weaker)


def _judge_secrecy(old: object, new: object) -> Effect:
    del old
    return WEAKER if new is Secrecy.NO else COMPATIBLE


def _judge_lifetime(old: object, new: object) -> Effect:
    return WEAKER if _is_lower(old, new, _LIFETIMES) else COMPATIBLE


def _judge_location(old: object, new: object) -> Effect:
    return WEAKER if new in _EXPOSED and old not in _EXPOSED else COMPATIBLE


def _judge_type(old: object, new: object) -> Effect:
    return COMPATIBLE if (old, new) == (ValueType.INTEGER, ValueType.NUMBER) else BREAKS_OWNERS


def _judge_pattern(old: object, new: object) -> Effect:
    """Refuse nothing only where the pattern is gone: inclusion of languages is not decided here."""
    del old
    return COMPATIBLE if new is None else BREAKS_OWNERS


def _judge_choices(old: object, new: object) -> Effect:
    before, after = _list_values(old), _list_values(new)
    is_narrower = bool(after) and not (before and before <= after)
    return BREAKS_OWNERS if is_narrower else _judge_labels(old, new)


def _judge_labels(old: object, new: object) -> Effect:
    return DOCUMENTATION if _list_values(old) == _list_values(new) else COMPATIBLE


def _list_values(choices: object) -> set[object]:
    return {each.value for each in choices if isinstance(each, model.Choice)} if isinstance(choices, tuple) else set()


def _judge_default(old: object, new: object) -> Effect:
    is_address = isinstance(old, str) and isinstance(new, str)
    return judge_address(old, new) if is_address else COMPATIBLE


def judge_address(old: object, new: object) -> Effect:
    """Return whether requests now go unencrypted or to another host; a host in a variable is another host."""
    if not isinstance(new, str):
        return COMPATIBLE
    before = old if isinstance(old, str) else None
    host = parse_host(before) if before is not None else None
    is_moved = host is not None and parse_host(new) != host
    is_opened = is_cleartext(new) and (before is None or not is_cleartext(before))
    return WEAKER if is_moved or is_opened else COMPATIBLE


def _judge_scope(old: object, new: object) -> Effect:
    del new
    return Effect(is_weaker=True, needs_login=True) if old is None else COMPATIBLE


def _judge_protection(old: object, new: object) -> Effect:
    """Judge a protection that is in use where the value is true."""
    return WEAKER if old is True and new is not True else COMPATIBLE


def _judge_client_authentication(old: object, new: object) -> Effect:
    before, after = (_CLIENT_DEFAULT if side is None else side for side in (old, new))
    return WEAKER if _is_lower(before, after, client_authentication.STRENGTHS) else COMPATIBLE


def _judge_method(old: object, new: object) -> Effect:
    del old
    return BREAKS_DEVELOPERS._replace(is_weaker=new == "GET")


def _judge_step(old: object, new: object) -> Effect:
    """Judge a request that is added to those for a token, or left out."""
    before, after = (side.url if isinstance(side, model.RequestStep) else None for side in (old, new))
    return _judge_step_address(before, after)


def _judge_step_address(old: object, new: object) -> Effect:
    return BREAKS_DEVELOPERS.join(judge_address(old, new))


def _is_lower(old: object, new: object, ranks: Mapping[object, int]) -> bool:
    return old in ranks and new in ranks and ranks[new] < ranks[old]


_SIGNED: Final = frozenset(
    (Kind.HTTP_DIGEST, Kind.OAUTH1, Kind.SIGNATURE_HMAC, Kind.SIGNATURE_HTTP, Kind.AWS_SIGV4, Kind.MTLS)
)
_BEARING: Final = frozenset((Kind.API_KEY, Kind.HTTP_BASIC, Kind.HTTP_BEARER))
_GRANTS: Final = frozenset((
    Kind.OAUTH2_AUTHORIZATION_CODE, Kind.OAUTH2_CLIENT_CREDENTIALS, Kind.OAUTH2_REFRESH, Kind.OAUTH2_DEVICE,
    Kind.OAUTH2_JWT_BEARER, Kind.OAUTH2_TOKEN_EXCHANGE, Kind.OPENID_CONNECT,
))  # fmt: skip
OAUTH_KINDS: Final = _GRANTS | {Kind.OAUTH2_PASSWORD}
"""Kinds to which scopes, PKCE and the other details of OAuth belong."""
_WEAKER_KINDS: Final = (
    (frozenset(Kind) - {Kind.NONE}, frozenset({Kind.NONE})),
    (_SIGNED, _BEARING),
    # RFC 9700 section 2.4: the password grant exposes the credentials of the user to the client.
    (_GRANTS, frozenset({Kind.OAUTH2_PASSWORD})),
)
"""Pairs of kinds: a change from one of the first to one of the second protects less."""
_EXPOSED: Final = frozenset((Location.QUERY, Location.PATH))
"""Parts of a request that servers, proxies and browsers record (RFC 9110 section 17.9, RFC 6750 section 5.3)."""
_LIFETIMES: Final[Mapping[object, int]] = {
    Lifetime.STATIC: 0, Lifetime.SLIDING: 1, Lifetime.EXPIRES: 2, Lifetime.ROTATES: 3,
}  # fmt: skip
"""Lifetimes by how soon a stolen value is useless."""
_CLIENT_DEFAULT: Final = "client_secret_basic"
"""Method where none is stated (RFC 7591 section 2)."""

_DOCUMENTATION: Final = FactRule(effect=DOCUMENTATION)
_COMPATIBLE: Final = FactRule()
_TEMPLATE: Final = FactRule(effect=BREAKS_DEVELOPERS)
_GENERATED: Final = FactRule(is_generated=True)
_DEPLOYED: Final = FactRule(effect=BREAKS_OWNERS)
_ADDRESS: Final = FactRule(judge_address)
_NAME: Final = FactRule(_judge_name)

_REQUEST: Final = {
    "method": FactRule(_judge_method),
    **dict.fromkeys(("headers", "query", "basic", "body_format", "body", "fallbacks"), _TEMPLATE),
}
_DEFINITION: Final = {
    "id": FactRule(effect=BREAKS_BOTH),
    "aliases": _NAME,
    "former_names": _NAME,
    "title": _DOCUMENTATION,
    "summary": _DOCUMENTATION,
    "notes": _DOCUMENTATION,
    "docs": _DOCUMENTATION,
    "status": _COMPATIBLE,
    "successor": _DOCUMENTATION,
    "extras": _COMPATIBLE,
}
_SETTING: Final = {
    "name": FactRule(effect=BREAKS_BOTH),
    "names": _GENERATED,
    "type": FactRule(_judge_type, is_generated=True),
    "type_label": _DOCUMENTATION,
    "title": _DOCUMENTATION,
    "description": _DOCUMENTATION,
    "example": _DOCUMENTATION,
    "default": FactRule(_judge_default, is_generated=True),
    "pattern": FactRule(_judge_pattern, is_generated=True),
    "format": _COMPATIBLE,
    "enum": FactRule(_judge_choices, is_generated=True),
    "optional": _GENERATED,
    "hidden": _COMPATIBLE,
    "automated": _COMPATIBLE,
    "order": _DOCUMENTATION,
    "group": _DOCUMENTATION,
    "prefix": _DOCUMENTATION,
    "suffix": _DOCUMENTATION,
    "visible_when": _GENERATED,
    "deprecated": _COMPATIBLE,
    "extras": _COMPATIBLE,
}
_SECRET: Final = {**_SETTING, "secret": FactRule(_judge_secrecy, is_generated=True)}
_INJECTED: Final = {
    **_SECRET,
    "name": _TEMPLATE,
    # Nobody supplies an injected secret: a value of another form breaks only who reads it through the classes.
    "type": _GENERATED,
    "pattern": _GENERATED,
    "enum": FactRule(_judge_labels, is_generated=True),
    "origin": _GENERATED,
    "lifetime": FactRule(_judge_lifetime),
}

EFFECTS: Final[Mapping[type[model.Model], Mapping[str, FactRule]]] = {
    model.Scheme: {
        **_DEFINITION,
        "names": _GENERATED,
        "kind": FactRule(_judge_kind),
        "extends": _COMPATIBLE,
        "selector": _TEMPLATE,
        "required": _GENERATED,
        "injected": _GENERATED,
        "parameters": _GENERATED,
        "placements": _TEMPLATE,
        "endpoints": _GENERATED,
        "oauth": _COMPATIBLE,
        "token_request": _COMPATIBLE,
    },
    model.Connector: {
        **_DEFINITION,
        "names": _GENERATED,
        "scheme": _GENERATED,
        "methods": _GENERATED,
        "parameters": _GENERATED,
        "placements": _TEMPLATE,
        "flags": _GENERATED,
        "endpoints": _GENERATED,
        "oauth": _COMPATIBLE,
        "suppressions": _COMPATIBLE,
    },
    platform.Platform: {
        **_DEFINITION,
        "selector_keys": _TEMPLATE,
        "selectors": _TEMPLATE,
        "injects": _COMPATIBLE,
        "login_options": _COMPATIBLE,
        "mechanisms": _COMPATIBLE,
        "credential_slots": _COMPATIBLE,
        "references": _COMPATIBLE,
        "flags": _GENERATED,
        "variables": _NAME,
        **dict.fromkeys(("names", "folder", "manifest", "system", "files", "ignored"), _COMPATIBLE),
        "placements": _TEMPLATE,
        "targets": _COMPATIBLE,
    },
    **{
        kind: dict.fromkeys(kind.model_fields, _COMPATIBLE)
        for kind in (platform.NamingRule, platform.ManifestFile, platform.SystemFile, platform.Slots)
    },
    platform.References: dict.fromkeys(platform.References.model_fields, _TEMPLATE),
    model.Secret: _SECRET,
    model.InjectedSecret: _INJECTED,
    model.Parameter: _SETTING,
    # Whoever deploys a connector sets its secrets under these names, also those that the platform injects.
    model.Names: {
        **dict.fromkeys(model.Names.model_fields, _DEPLOYED), **dict.fromkeys(("python", "env", "file"), _GENERATED),
    },
    model.DefinitionNames: {
        **dict.fromkeys(model.DefinitionNames.model_fields, _DEPLOYED), "python": _TEMPLATE, "env": _GENERATED,
    },
    model.Choice: {"value": FactRule(_judge_choices), "label": _DOCUMENTATION},
    model.Origin: {"source": _COMPATIBLE, "required": _GENERATED, "expression": _DOCUMENTATION},
    model.Placement: {"location": FactRule(_judge_location), **dict.fromkeys(("name", "value", "fallback"), _TEMPLATE)},
    model.Endpoint: {"url": _ADDRESS, "fallback": _ADDRESS, "query": _COMPATIBLE},
    model.VerificationEndpoint: {
        **dict.fromkeys(model.RequestContent.model_fields, _COMPATIBLE), "url": _ADDRESS, "fallback": _ADDRESS,
    },
    model.Endpoints: {role: FactRule(judge_address, is_generated=True) for role in model.Endpoints.model_fields},
    model.OAuth: {
        "scopes": FactRule(_judge_scope),
        "scope_separator": _COMPATIBLE,
        "optional_scopes": FactRule(_judge_scope),
        "pkce": FactRule(_judge_protection),
        "client_authentication": FactRule(_judge_client_authentication),
        "response": _COMPATIBLE,
        "rotates_refresh_token": FactRule(_judge_protection),
    },
    model.RequestContent: _REQUEST,
    model.RequestStep: {**_REQUEST, "url": FactRule(_judge_step_address)},
    model.TokenRequest: {
        **_REQUEST,
        "refresh": _TEMPLATE,
        "steps": FactRule(_judge_step),
        "token_path": _TEMPLATE,
        **dict.fromkeys(("refresh_token_path", "expires_in_path", "expires_at_path"), _COMPATIBLE),
    },
    model.Method: {"id": _GENERATED, "title": _DOCUMENTATION, "schemes": _GENERATED},
}  # fmt: skip
"""Rule of every field of every model whose change is a change of its own."""
