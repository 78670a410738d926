"""List the facts in which two versions of a definition differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from authscribe.changes.change import describe_step, is_confidential, is_obtained, list_value_keys
from authscribe.changes.edit import Edit, Keys, Subject
from authscribe.changes.effects import COMPATIBLE, EFFECTS, OAUTH_KINDS, WEAKER, Effect, FactRule
from authscribe.changes.method_edits import compare_methods, is_inherited
from authscribe.changes.placement_edits import compare_placements
from authscribe.changes.renames import ROLES
from authscribe.changes.value_edits import compare_fact, compare_leaf
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, build_method_contract, build_scheme_contract, list_methods
from authscribe.model.definitions import (
    Connector,
    Definition,
    Origin,
    Parameter,
    Scheme,
    Setting,
    Source,
)
from authscribe.model.name_kinds import NameKind
from authscribe.model.naming import split_words
from authscribe.model.platform import Flag, Platform
from authscribe.model.spelling import Spelling, spell_part

_VERIFYING: Final = frozenset(("verify", "verification", "validate"))
_TRANSPORT: Final = frozenset(("ssl", "tls", "cert", "certificate", "certificates", "hostname", "https", "insecure"))
_DISABLING: Final = frozenset(("insecure", "skip", "disable", "ignore", "no"))


def list_edits(
    keys: Keys, name: str, catalogue: Catalogue, old: Definition, new: Definition, former: Catalogue | None = None
) -> list[Edit]:
    """Return the changes of a definition in the order of its fields, each with the effect that its meaning has.

    `keys` and `name` are the path and the name of the definition; the catalogue has the schemes of both versions. The
    old one inherits from `former`, if that is given.
    """
    before, after = _list_facts(former or catalogue, old, new), _list_facts(catalogue, new, old)
    subject = Subject(keys, (), name, frozenset((*_list_secrets(before), *_list_secrets(after))))
    edits: list[Edit] = []
    for field, rule in EFFECTS[type(new)].items():
        if _follows_from_kind(field, old, new) or is_inherited(field, old, new):
            continue
        if field in ROLES:
            edits += _compare_settings(subject, field, before[field], after[field])
        elif field == "placements" and isinstance(new, Scheme | Connector):
            edits += compare_placements(subject, before[field], after[field])
        elif field == "names" and isinstance(new, Scheme | Connector):
            edits += _compare_names(subject, old, new)
        elif field == "methods" and isinstance(old, Connector) and isinstance(new, Connector):
            edits += compare_methods(subject, catalogue, old, new)
        elif field == "flags" and isinstance(new, Platform):
            edits += _compare_flags(subject, rule, before[field], after[field])
        elif field != "scheme":
            edits += compare_fact(subject, (field,), rule, before[field], after[field])
    return edits


def _follows_from_kind(field: str, old: Definition, new: Definition) -> bool:
    """Return whether the changes of a field are no facts of their own, but a consequence of another kind."""
    if not isinstance(old, Scheme) or not isinstance(new, Scheme) or old.kind == new.kind:
        return False
    if field == "oauth":
        return (old.kind in OAUTH_KINDS) != (new.kind in OAUTH_KINDS)
    return field == "placements" and not any("placements" in side.model_fields_set for side in (old, new))


def _list_facts(catalogue: Catalogue, definition: Definition, other: Definition) -> dict[str, Any]:
    """Return the fields of a definition; of facts that defaults and schemes complete, the effective ones.

    Those of a connector are the ones of a method that the other version has as well, if there is any.
    """
    facts = {field: getattr(definition, field) for field in type(definition).model_fields}
    contract = _build_contract(catalogue, definition, other)
    if contract is not None:
        facts |= {"placements": contract.placements, "endpoints": contract.endpoints, "oauth": contract.oauth}
        facts["secrets"] = (*contract.required, *contract.injected)
    return facts


def _build_contract(catalogue: Catalogue, definition: Definition, other: Definition) -> Contract | None:
    if isinstance(definition, Scheme):
        return build_scheme_contract(catalogue, definition)
    if isinstance(definition, Connector) and isinstance(other, Connector):
        methods, known = ({method.id: method for method in list_methods(side)} for side in (definition, other))
        name = next(iter(sorted(methods.keys() & known.keys()) or methods))
        return build_method_contract(catalogue, definition, methods[name])
    return None


def _list_secrets(facts: Mapping[str, Any]) -> Iterator[str]:
    return (secret.name for secret in facts.get("secrets", ()) if is_confidential(secret))


def _compare_flags(subject: Subject, rule: FactRule, old: Sequence[Flag], new: Sequence[Flag]) -> Iterator[Edit]:
    """Yield the changes of a platform's flags, each on its own, since each affects the connectors that set it."""
    before, after = ({flag.name: flag for flag in side} for side in (old, new))
    for name in {**before, **after}:
        yield from compare_leaf(subject, ("flags", name), rule, before.get(name), after.get(name))


def _compare_settings(subject: Subject, role: str, old: Sequence[Setting], new: Sequence[Setting]) -> Iterator[Edit]:
    before, after = ({setting.name: setting for setting in side} for side in (old, new))
    for name in {**before, **after}:
        shown, keys = f"{ROLES[role]} '{name}' of {subject.name}", (role, name)
        if name not in after:
            apply = subject.replace(keys, None)
            yield subject.make_edit(keys, f"{shown} was removed", COMPATIBLE, name, None, apply)
        elif name not in before:
            is_exposed = role == "parameters" and name in subject.secrets
            effect = Effect(is_weaker=is_exposed, needs_login=is_obtained(after[name]))
            message = f"{shown} was added{'; its value was secret before' if is_exposed else ''}"
            yield subject.make_edit(keys, message, effect, None, name, subject.replace(keys, after[name]))
        else:
            yield from _compare_setting(subject._replace(inner=keys, name=shown), before[name], after[name])


def _compare_setting(subject: Subject, old: Setting, new: Setting) -> Iterator[Edit]:
    if is_confidential(old) or is_confidential(new):
        subject = subject._replace(withheld=list_value_keys(old, new))
    for field, rule in EFFECTS[type(new)].items():
        before, after = getattr(old, field), getattr(new, field)
        if field == "names":
            yield from _compare_names(subject, old, new)
        elif field == "origin":
            yield from _compare_origin(subject, before, after)
        elif field == "default" and isinstance(new, Parameter) and disables_verification(new.name, before, after):
            weaker = FactRule(effect=WEAKER, is_generated=True)
            yield from compare_fact(subject, (field,), weaker, before, after)
        else:
            yield from compare_fact(subject, (field,), rule, before, after)


def _compare_names(subject: Subject, old: Any, new: Any) -> Iterator[Edit]:
    """Yield the changes of stated names; one that states what was derived before changes nothing."""
    for field, rule in EFFECTS[type(new.names)].items():
        before, after = getattr(old.names, field), getattr(new.names, field)
        if before != after:
            is_same = _spell(NameKind(field), old) == _spell(NameKind(field), new)
            effect = COMPATIBLE if is_same else rule.judge(before, after)
            keys = ("names", field)
            apply = subject.replace(keys, after) if rule.is_generated else None
            yield subject.make_step(keys, effect, before, after, apply)


def _spell(kind: NameKind, owner: Any) -> str:
    return spell_part(kind, owner) if isinstance(owner, Setting) else Spelling(owner).get_own_name(kind)


def disables_verification(name: str, old: object, new: object) -> bool:
    """Return whether a switch such as `verify_ssl` or `skip_tls_check` no longer verifies the other party."""
    words = set(split_words(name))
    if not words & _TRANSPORT:
        return False
    if words & _DISABLING:
        return new is True and old is not True
    return bool(words & _VERIFYING) and new is False and old is not False


def _compare_origin(subject: Subject, old: Origin, new: Origin) -> Iterator[Edit]:
    """Yield the change of the origin as one fact, and that of its explanation as another."""
    if (old.source, old.required) != (new.source, new.required):
        effect = Effect(needs_login=new.source is Source.ONBOARDING)
        before, after = _describe_origin(old), _describe_origin(new)
        message = f"{subject.name}: origin {describe_step(before, after)}"
        yield subject.make_edit(("origin",), message, effect, before, after, subject.replace(("origin",), new))
    inner = EFFECTS[Origin]["expression"]
    yield from compare_leaf(subject, ("origin", "expression"), inner, old.expression, new.expression)


def _describe_origin(origin: Origin) -> str:
    return f"'{origin.source}'" + (f" from '{origin.required}'" if origin.required is not None else "")
