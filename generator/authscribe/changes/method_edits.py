"""List the edits of the methods of a connector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial, reduce
from typing import Final

from authscribe.changes.change import is_confidential, is_obtained
from authscribe.changes.edit import Edit, Subject
from authscribe.changes.effects import COMPATIBLE, EFFECTS, OAUTH_KINDS, Effect
from authscribe.changes.placement_edits import compare_placements
from authscribe.changes.value_edits import compare_fact, compare_leaf
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, build_method_contract, list_methods
from authscribe.model.definitions import Connector, Definition, Method, Scheme

_INHERITED: Final = ("placements", "endpoints", "oauth")
"""Fields of a connector that override those of its schemes."""


def compare_methods(subject: Subject, catalogue: Catalogue, old: Connector, new: Connector) -> Iterator[Edit]:
    """Yield the changes of methods; a lone scheme is compared with a lone scheme only by its id."""
    before, after = ({method.id: method for method in list_methods(side)} for side in (old, new))
    if old.scheme is not None and new.scheme is not None:
        if old.scheme != new.scheme:
            effect = _judge_schemes(subject, catalogue, (old, before[old.scheme]), (new, after[new.scheme]))
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
            yield from compare_leaf(method, ("title",), EFFECTS[Method]["title"], before[name].title, after[name].title)
            if before[name].schemes != after[name].schemes:
                effect = _judge_schemes(subject, catalogue, (old, before[name]), (new, after[name]))
                yield method.make_step(("schemes",), effect, before[name].schemes, after[name].schemes, apply_method)


def is_inherited(field: str, old: Definition, new: Definition) -> bool:
    """Return whether changes of a field come from the schemes of a connector, which states the same as before."""
    return isinstance(new, Connector) and field in _INHERITED and getattr(old, field) == getattr(new, field)


def _judge_schemes(
    subject: Subject, catalogue: Catalogue, old: tuple[Connector, Method], new: tuple[Connector, Method]
) -> Effect:
    """Judge other schemes by how they authenticate, and by the facts that the connector inherits from them.

    Generated code tells whether their settings differ.
    """
    before, after = (build_method_contract(catalogue, connector, method) for connector, method in (old, new))
    is_same = [(s.kind, s.selector) for s in before.schemes] == [(s.kind, s.selector) for s in after.schemes]
    effect = COMPATIBLE if is_same else EFFECTS[Scheme]["kind"].judge(before.kinds[0], after.kinds[0])
    known = {secret.name for secret in before.injected}
    needs_login = any(is_obtained(secret) and secret.name not in known for secret in after.injected)
    fields = [field for field in _INHERITED if is_inherited(field, old[0], new[0])]
    inherited = (edit.change.effect for edit in _list_inherited(subject, fields, before, after))
    return reduce(Effect.join, inherited, effect._replace(needs_login=needs_login))


def _list_inherited(subject: Subject, fields: Sequence[str], before: Contract, after: Contract) -> Iterator[Edit]:
    """Yield the changes of these facts of a contract; those of OAuth, unless only one side uses it."""
    secrets = (*before.required, *before.injected, *after.required, *after.injected)
    subject = subject._replace(secrets=frozenset(secret.name for secret in secrets if is_confidential(secret)))
    for field in fields:
        if field == "placements":
            yield from compare_placements(subject, before.placements, after.placements)
        elif field != "oauth" or OAUTH_KINDS.isdisjoint(before.kinds) == OAUTH_KINDS.isdisjoint(after.kinds):
            rule = EFFECTS[Connector][field]
            yield from compare_fact(subject, (field,), rule, getattr(before, field), getattr(after, field))


def _replace_method(definition: Definition, *, name: str, new: Connector) -> Definition:
    """Return the connector with one method as in `new`, which may add or remove it; at least one is left."""
    methods = {method.id: method for method in list_methods(definition)}  # type: ignore[arg-type]
    methods.pop(name, None)
    methods |= {method.id: method for method in list_methods(new) if method.id == name}
    return definition.model_copy(update={"scheme": None, "methods": tuple(methods.values()) or list_methods(new)})
