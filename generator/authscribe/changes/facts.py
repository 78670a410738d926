"""List the facts in which two versions of a definition differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from authscribe.changes.change import VALUES, Change, describe_step, describe_value
from authscribe.changes.effects import BREAKS_DEVELOPERS, COMPATIBLE, DOCUMENTATION, EFFECTS, WEAKER, Effect, FactRule
from authscribe.changes.renames import ROLES
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, build_method_contract, build_scheme_contract, list_methods
from authscribe.model.credential_names import is_secret_name
from authscribe.model.definitions import (
    Connector,
    Definition,
    Endpoint,
    InjectedSecret,
    Method,
    Model,
    OAuth,
    Origin,
    Parameter,
    Placement,
    Scheme,
    Secret,
    Setting,
    Source,
)
from authscribe.model.name_kinds import NameKind
from authscribe.model.naming import split_words
from authscribe.model.placement_template import find_slot, list_hole_names, list_variable_names
from authscribe.model.platform import Flag, Platform
from authscribe.model.spelling import Spelling, spell_part

Apply: TypeAlias = Callable[[Definition], Definition]
_Keys: TypeAlias = tuple[str, ...]
_VERIFYING: Final = frozenset(("verify", "verification", "validate"))
_TRANSPORT: Final = frozenset(("ssl", "tls", "cert", "certificate", "certificates", "hostname", "https", "insecure"))
_DISABLING: Final = frozenset(("insecure", "skip", "disable", "ignore", "no"))


class Edit(NamedTuple):
    """Change of one fact; `apply` makes it alone, where generated code depends on the fact."""

    change: Change
    apply: Apply | None = None


class _Subject(NamedTuple):
    """Definition or setting whose facts are compared, with its path in the catalogue and in the definition.

    `secrets` are the names whose values may be secret, and `withheld` the facts whose values no message shows.
    """

    definition: _Keys
    inner: _Keys
    name: str
    secrets: frozenset[str]
    withheld: tuple[str, ...] = ("extras",)

    def make_edit(
        self, keys: _Keys, message: str, effect: Effect, old: str | None, new: str | None, apply: Apply | None = None
    ) -> Edit:
        """Return an edit at a path below the subject."""
        return Edit(Change((*self.definition, *self.inner, *keys), message, effect, old, new), apply)

    def make_step(self, keys: _Keys, effect: Effect, old: object, new: object, apply: Apply | None = None) -> Edit:
        """Return the edit of a fact whose message shows both values."""
        if keys[0] in self.withheld:
            message = f"{self.name}: {keys[0]} changed (withheld, since it may contain a secret)"
            return self.make_edit(keys, message, effect, None, None, apply)
        before, after = describe_value(old), describe_value(new)
        label = "placements" if keys[0] == "placements" else ".".join(keys)
        message = f"{self.name}: {label} {describe_step(before, after)}"
        return self.make_edit(keys, message, effect, before, after, apply)

    def replace(self, keys: _Keys, value: object) -> Apply:
        """Return a function that gives a fact of the subject another value."""
        return partial(replace_fact, keys=(*self.inner, *keys), value=value)


def list_edits(keys: _Keys, name: str, catalogue: Catalogue, old: Definition, new: Definition) -> list[Edit]:
    """Return the changes of a definition in the order of its fields, each with the effect that its meaning has.

    `keys` and `name` are the path and the name of the definition; the catalogue has the schemes of both versions.
    """
    before, after = _list_facts(catalogue, old), _list_facts(catalogue, new)
    subject = _Subject(keys, (), name, frozenset((*_list_secrets(before), *_list_secrets(after))))
    edits: list[Edit] = []
    for field, rule in EFFECTS[type(new)].items():
        if field in ROLES:
            edits += _compare_settings(subject, field, before[field], after[field])
        elif field == "placements" and isinstance(new, Scheme | Connector):
            if _states_placements(old, new):
                edits += _compare_placements(subject, before[field], after[field])
        elif field == "names" and isinstance(new, Scheme | Connector):
            edits += _compare_names(subject, old, new)
        elif field == "methods" and isinstance(old, Connector) and isinstance(new, Connector):
            edits += _compare_methods(subject, catalogue, old, new)
        elif field == "flags" and isinstance(new, Platform):
            edits += _compare_flags(subject, rule, before[field], after[field])
        elif field != "scheme":
            edits += _compare_fact(subject, (field,), rule, before[field], after[field])
    return edits


def _states_placements(old: Definition, new: Definition) -> bool:
    """Return whether placements are facts of their own, and not a consequence of another kind."""
    is_same_kind = getattr(old, "kind", None) == getattr(new, "kind", None)
    return is_same_kind or any("placements" in side.model_fields_set for side in (old, new))


def _list_facts(catalogue: Catalogue, definition: Definition) -> dict[str, Any]:
    """Return the fields of a definition; of facts that defaults and schemes complete, the effective ones."""
    facts = {field: getattr(definition, field) for field in type(definition).model_fields}
    contract = _build_contract(catalogue, definition)
    if contract is not None:
        facts |= {"placements": contract.placements, "endpoints": contract.endpoints, "oauth": contract.oauth}
        facts["secrets"] = (*contract.required, *contract.injected)
    return facts


def _build_contract(catalogue: Catalogue, definition: Definition) -> Contract | None:
    if isinstance(definition, Scheme):
        return build_scheme_contract(catalogue, definition)
    if isinstance(definition, Connector):
        return build_method_contract(catalogue, definition, list_methods(definition)[0])
    return None


def _list_secrets(facts: Mapping[str, Any]) -> Iterator[str]:
    return (secret.name for secret in facts.get("secrets", ()) if is_confidential(secret))


def is_confidential(setting: Setting) -> bool:
    """Return whether a value of the setting may be secret, so that no report shows it; a name can tell that too."""
    return setting.is_masked if isinstance(setting, Secret) else is_secret_name(setting.name)


def _compare_fact(subject: _Subject, keys: _Keys, rule: FactRule, old: Any, new: Any) -> Iterator[Edit]:
    """Yield the changes of a fact, each item of a mapping or list and each field of a model on its own."""
    model = next((type(side) for side in (old, new) if isinstance(side, Model)), None)
    if old == new:
        return
    if Endpoint in (type(old), type(new)):
        yield from _compare_endpoint(subject, keys, rule, old, new)
    elif model is not None:
        before, after = (side if side is not None else model() for side in (old, new))
        for field, inner in EFFECTS[model].items():
            if field == "optional_scopes" and isinstance(before, OAuth):
                # A scope that becomes optional was requested before.
                inner = inner._replace(decide=partial(_judge_scope, known=before.scopes))  # noqa: PLW2901
            yield from _compare_fact(subject, (*keys, field), inner, getattr(before, field), getattr(after, field))
    elif _is_text_map(old) and _is_text_map(new):
        for key in {**old, **new}:
            yield from _compare_leaf(subject, (*keys, key), rule, old.get(key), new.get(key))
    elif _is_text_list(old) and _is_text_list(new):
        yield from _compare_items(subject, keys, rule, old, new)
    else:
        yield from _compare_leaf(subject, keys, rule, old, new)


def _compare_flags(subject: _Subject, rule: FactRule, old: Sequence[Flag], new: Sequence[Flag]) -> Iterator[Edit]:
    """Yield the changes of a platform's flags, each on its own, since each affects the connectors that set it."""
    before, after = ({flag.name: flag for flag in side} for side in (old, new))
    for name in {**before, **after}:
        yield from _compare_leaf(subject, ("flags", name), rule, before.get(name), after.get(name))


def _judge_scope(old: object, new: object, *, known: Sequence[str]) -> Effect:
    return COMPATIBLE if new in known else EFFECTS[OAuth]["optional_scopes"].judge(old, new)


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _is_text_list(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


def _compare_leaf(subject: _Subject, keys: _Keys, rule: FactRule, old: object, new: object) -> Iterator[Edit]:
    if old != new:
        apply = subject.replace(keys, new) if rule.is_generated else None
        yield subject.make_step(keys, rule.judge(old, new), old, new, apply)


def _compare_items(subject: _Subject, keys: _Keys, rule: FactRule, old: _Keys, new: _Keys) -> Iterator[Edit]:
    """Yield the items that were added or removed; the order of a list states nothing."""
    label = ".".join(keys)
    for item in dict.fromkeys((*old, *new)):
        before, after = (item if item in side else None for side in (old, new))
        if before != after:
            message = f"{subject.name}: {label} '{item}' {'added' if before is None else 'removed'}"
            apply = subject.replace((*keys, item), after) if rule.is_generated else None
            yield subject.make_edit((*keys, item), message, rule.judge(before, after), before, after, apply)


def _compare_endpoint(
    subject: _Subject, keys: _Keys, rule: FactRule, old: Endpoint | None, new: Endpoint | None
) -> Iterator[Edit]:
    exposing = WEAKER if _list_exposed(new) & subject.secrets - _list_exposed(old) else DOCUMENTATION
    if old is None or new is None:
        effect = rule.judge(*(side.url if side is not None else None for side in (old, new)))
        yield subject.make_step(keys, effect.join(exposing), old, new, subject.replace(keys, new))
        return
    for field, inner in EFFECTS[Endpoint].items():
        for edit in _compare_fact(subject, (*keys, field), inner, getattr(old, field), getattr(new, field)):
            effect = edit.change.effect.join(exposing)
            if field == "fallback":
                # A first fallback is judged against the URL that it replaces.
                effect = effect.join(inner.judge(old.fallback or old.url, new.fallback))
            yield edit._replace(change=edit.change._replace(effect=effect))


def _list_exposed(endpoint: Endpoint | None) -> set[str]:
    """Return the names that an endpoint inserts into its URLs."""
    texts = (endpoint.url, endpoint.fallback or "", *endpoint.query.values()) if endpoint is not None else ()
    return set(list_variable_names(*texts))


def _compare_settings(subject: _Subject, role: str, old: Sequence[Setting], new: Sequence[Setting]) -> Iterator[Edit]:
    before, after = ({setting.name: setting for setting in side} for side in (old, new))
    for name in {**before, **after}:
        shown, keys = f"{ROLES[role]} '{name}' of {subject.name}", (role, name)
        if name not in after:
            apply = subject.replace(keys, None)
            yield subject.make_edit(keys, f"{shown} was removed", COMPATIBLE, name, None, apply)
        elif name not in before:
            effect = Effect(needs_login=_is_obtained(after[name]))
            apply = subject.replace(keys, after[name])
            yield subject.make_edit(keys, f"{shown} was added", effect, None, name, apply)
        else:
            yield from _compare_setting(subject._replace(inner=keys, name=shown), before[name], after[name])


def _is_obtained(setting: Setting) -> bool:
    return isinstance(setting, InjectedSecret) and setting.origin.source is Source.ONBOARDING


def _compare_setting(subject: _Subject, old: Setting, new: Setting) -> Iterator[Edit]:
    if is_confidential(old) or is_confidential(new):
        subject = subject._replace(withheld=VALUES)
    for field, rule in EFFECTS[type(new)].items():
        before, after = getattr(old, field), getattr(new, field)
        if field == "names":
            yield from _compare_names(subject, old, new)
        elif field == "origin":
            yield from _compare_origin(subject, before, after)
        elif field == "default" and isinstance(new, Parameter) and disables_verification(new.name, before, after):
            weaker = FactRule(effect=WEAKER, is_generated=True)
            yield from _compare_fact(subject, (field,), weaker, before, after)
        else:
            yield from _compare_fact(subject, (field,), rule, before, after)


def _compare_names(subject: _Subject, old: Any, new: Any) -> Iterator[Edit]:
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


def _compare_origin(subject: _Subject, old: Origin, new: Origin) -> Iterator[Edit]:
    """Yield the change of the origin as one fact, and that of its explanation as another."""
    if (old.source, old.required) != (new.source, new.required):
        effect = Effect(needs_login=new.source is Source.ONBOARDING)
        before, after = _describe_origin(old), _describe_origin(new)
        message = f"{subject.name}: origin {describe_step(before, after)}"
        yield subject.make_edit(("origin",), message, effect, before, after, subject.replace(("origin",), new))
    inner = EFFECTS[Origin]["expression"]
    yield from _compare_leaf(subject, ("origin", "expression"), inner, old.expression, new.expression)


def _describe_origin(origin: Origin) -> str:
    return f"'{origin.source}'" + (f" from '{origin.required}'" if origin.required is not None else "")


def _compare_placements(subject: _Subject, old: Sequence[Placement], new: Sequence[Placement]) -> Iterator[Edit]:
    before, after = ({find_slot(p.location, p.name): p for p in side} for side in (old, new))
    gone = [placement for slot, placement in before.items() if slot not in after]
    hidden = subject.secrets - {name for p in old if _is_exposed(p) for name in list_hole_names(*p.templates)}
    for index, (slot, placement) in enumerate(after.items()):
        earlier = before.get(slot) or _find_moved(placement, gone)
        if earlier is not None and earlier in gone:
            gone.remove(earlier)
        if earlier != placement:
            is_same = slot in before and earlier is not None and earlier.templates == placement.templates
            effect = COMPATIBLE if is_same else _judge_placement(placement, hidden)
            yield subject.make_step(("placements", str(index)), effect, earlier, placement)
    for placement in gone:
        yield subject.make_step(("placements",), COMPATIBLE, placement, None)


def _find_moved(placement: Placement, gone: Sequence[Placement]) -> Placement | None:
    """Return the only placement that is gone and inserted the same names; None without one, or without names."""
    names = list_hole_names(*placement.templates)
    moved = [each for each in gone if names and list_hole_names(*each.templates) == names]
    return moved[0] if len(moved) == 1 else None


def _judge_placement(placement: Placement, hidden: frozenset[str]) -> Effect:
    """Judge a placement that templates do not have yet; `hidden` are the secrets that no URL contained before."""
    is_weaker = bool(list_hole_names(*placement.templates) & hidden) and _is_exposed(placement)
    return BREAKS_DEVELOPERS._replace(is_weaker=is_weaker)


def _is_exposed(placement: Placement) -> bool:
    return EFFECTS[Placement]["location"].judge(None, placement.location).is_weaker


def _compare_methods(subject: _Subject, catalogue: Catalogue, old: Connector, new: Connector) -> Iterator[Edit]:
    """Yield the changes of methods; a lone scheme is compared with a lone scheme only by its id."""
    before, after = ({method.id: method for method in list_methods(side)} for side in (old, new))
    if old.scheme is not None and new.scheme is not None:
        if old.scheme != new.scheme:
            effect = _judge_schemes(catalogue, before[old.scheme].schemes, after[new.scheme].schemes)
            yield subject.make_step(
                ("scheme",), effect, old.scheme, new.scheme, subject.replace(("scheme",), new.scheme)
            )
        return
    for name in {**before, **after}:
        apply_method = partial(_replace_method, name=name, new=new)
        keys, shown = ("methods", name), f"method '{name}' of {subject.name}"
        if name not in after:
            yield subject.make_edit(keys, f"{shown} was removed", COMPATIBLE, name, None, apply_method)
        elif name not in before:
            yield subject.make_edit(keys, f"{shown} was added", COMPATIBLE, None, name, apply_method)
        else:
            method = subject._replace(inner=keys, name=shown)
            yield from _compare_method(method, catalogue, before[name], after[name], apply_method)


def _compare_method(subject: _Subject, catalogue: Catalogue, old: Method, new: Method, apply: Apply) -> Iterator[Edit]:
    yield from _compare_leaf(subject, ("title",), EFFECTS[Method]["title"], old.title, new.title)
    if old.schemes != new.schemes:
        effect = _judge_schemes(catalogue, old.schemes, new.schemes)
        yield subject.make_step(("schemes",), effect, old.schemes, new.schemes, apply)


def _judge_schemes(catalogue: Catalogue, old: Sequence[str], new: Sequence[str]) -> Effect:
    """Judge other schemes by how they authenticate; generated code tells whether their settings differ."""
    before, after = ([catalogue.get_scheme(name) for name in side] for side in (old, new))
    effect = EFFECTS[Scheme]["kind"].judge(before[0].kind, after[0].kind)
    is_same = [(s.kind, s.selector) for s in before] == [(s.kind, s.selector) for s in after]
    return COMPATIBLE if is_same else effect


def _replace_method(definition: Definition, *, name: str, new: Connector) -> Definition:
    """Return the connector with one method as in `new`, which may add or remove it; at least one is left."""
    methods = {method.id: method for method in list_methods(definition)}  # type: ignore[arg-type]
    methods.pop(name, None)
    methods |= {method.id: method for method in list_methods(new) if method.id == name}
    return definition.model_copy(update={"scheme": None, "methods": tuple(methods.values()) or list_methods(new)})


def replace_fact(model: Any, *, keys: _Keys, value: Any) -> Any:
    """Return the model with another value at a path; None removes an item, or a text of a mapping."""
    key, *rest = keys
    current = getattr(model, key)
    if not rest:
        return model.model_copy(update={key: value})
    if isinstance(current, dict):
        entries = {**current, rest[0]: value}
        return model.model_copy(update={key: {name: text for name, text in entries.items() if text is not None}})
    if not isinstance(current, tuple):
        return model.model_copy(update={key: replace_fact(current, keys=tuple(rest), value=value)})
    items = {_get_name(item): item for item in current}
    items[rest[0]] = replace_fact(items[rest[0]], keys=tuple(rest[1:]), value=value) if rest[1:] else value
    return model.model_copy(update={key: tuple(item for item in items.values() if item is not None)})


def _get_name(item: str | Setting) -> str:
    return item if isinstance(item, str) else item.name
