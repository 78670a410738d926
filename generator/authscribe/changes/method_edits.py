"""List the edits of the methods of a connector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from authscribe.changes.edit import Apply, Edit, Subject
from authscribe.changes.effects import COMPATIBLE, EFFECTS, Effect
from authscribe.changes.value_edits import compare_leaf
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_methods
from authscribe.model.definitions import Connector, Definition, Method, Scheme


def compare_methods(subject: Subject, catalogue: Catalogue, old: Connector, new: Connector) -> Iterator[Edit]:
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


def _compare_method(subject: Subject, catalogue: Catalogue, old: Method, new: Method, apply: Apply) -> Iterator[Edit]:
    yield from compare_leaf(subject, ("title",), EFFECTS[Method]["title"], old.title, new.title)
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
