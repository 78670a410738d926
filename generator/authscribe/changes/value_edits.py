"""List the edits of a fact: each item of a mapping or list, and each field of a model, on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import takewhile, zip_longest
from typing import Any, Final

from authscribe.changes.edit import Edit, Keys, Subject
from authscribe.changes.effects import (
    COMPATIBLE,
    DOCUMENTATION,
    EFFECTS,
    WEAKER,
    Effect,
    FactRule,
    Judge,
    judge_address,
)
from authscribe.model.definitions import (
    BasicCredentials,
    Endpoint,
    Endpoints,
    Model,
    OAuth,
    RequestContent,
    RequestStep,
)
from authscribe.model.placement_template import list_variable_names

_WHOLES: Final = (RequestContent, BasicCredentials)
"""Models that mean something only as a whole: to add or to remove one is one change."""


def compare_fact(subject: Subject, keys: Keys, rule: FactRule, old: Any, new: Any) -> Iterator[Edit]:
    """Yield the changes of a fact, each item of a mapping or list and each field of a model on its own."""
    model = next((type(side) for side in (old, new) if isinstance(side, Model)), None)
    if old == new:
        return
    if isinstance(old, Endpoint) or isinstance(new, Endpoint):
        yield from _compare_endpoint(subject, keys, rule, old, new)
    elif model is not None:
        before, after = (side if side is not None else model() for side in (old, new))
        rules = dict.fromkeys(model.model_fields, rule) if model is BasicCredentials else EFFECTS[model]
        edits = [*_compare_fields(subject, keys, rules, before, after)]
        is_whole = issubclass(model, _WHOLES) and None in (old, new)
        yield from _join(subject, keys, edits, is_added=old is None) if is_whole and edits else edits
    elif _is_text_map(old) and _is_text_map(new):
        for key in {**old, **new}:
            yield from compare_leaf(subject, (*keys, key), rule, old.get(key), new.get(key))
    elif _is_step_list(old) and _is_step_list(new):
        yield from _compare_steps(subject, keys, rule, old, new)
    elif _is_text_list(old) and _is_text_list(new):
        yield from _compare_items(subject, keys, rule, old, new)
    else:
        yield from compare_leaf(subject, keys, rule, old, new)


def _compare_fields(
    subject: Subject, keys: Keys, rules: Mapping[str, FactRule], old: Model, new: Model
) -> Iterator[Edit]:
    """Yield the changes of the fields of a model, each with its rule."""
    for field, rule in rules.items():
        decide = _choose_judge(subject, field, old, new)
        refined = rule._replace(decide=decide) if decide is not None else rule
        yield from compare_fact(subject, (*keys, field), refined, getattr(old, field), getattr(new, field))


def _join(subject: Subject, keys: Keys, edits: Sequence[Edit], *, is_added: bool) -> Iterator[Edit]:
    """Yield one change, of a model that is added or removed, with the effect of all of its fields."""
    effect = reduce(Effect.join, (edit.change.effect for edit in edits))
    message = f"{subject.name}: {'.'.join(keys)} {'added' if is_added else 'removed'}"
    yield subject.make_edit(keys, message, effect, *((None, keys[-1]) if is_added else (keys[-1], None)))


def _compare_steps(
    subject: Subject, keys: Keys, rule: FactRule, old: Sequence[RequestStep], new: Sequence[RequestStep]
) -> Iterator[Edit]:
    """Yield the changes of requests, paired by their order between those that are the same at both ends."""
    first = _count_equal(old, new)
    last = _count_equal(old[first:][::-1], new[first:][::-1])
    pairs = zip_longest(old[first : len(old) - last], new[first : len(new) - last])
    for index, (before, after) in enumerate(pairs, first):
        if before is not None and after is not None:
            yield from compare_fact(subject, (*keys, str(index)), rule, before, after)
        else:
            is_exposed = not subject.secrets.isdisjoint(_list_exposed(after))
            effect = rule.judge(before, after).join(WEAKER if is_exposed else DOCUMENTATION)
            yield subject.make_step((*keys, str(index)), effect, before, after)


def _count_equal(old: Sequence[object], new: Sequence[object]) -> int:
    """Return with how many equal items both lists begin."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))))


def _choose_judge(subject: Subject, field: str, before: Model, after: Model) -> Judge | None:
    """Return the judge of a field whose effect depends on other facts; None if its rule decides alone."""
    match field, before, after:
        case "optional_scopes", OAuth(), _:
            return partial(_judge_scope, known=before.scopes)
        case "refresh", Endpoints(token=Endpoint(url=old)), Endpoints(token=Endpoint(url=new)):
            return partial(_judge_refresh, unstated=(old, new))
        case "url" | "query", RequestContent(), _:
            hidden = subject.secrets - _list_exposed(before)
            return partial(_judge_url_part, rule=EFFECTS[type(before)][field], hidden=hidden)
    return None


def _judge_scope(old: object, new: object, *, known: Sequence[str]) -> Effect:
    """Judge an optional scope; one that becomes optional was requested before."""
    return COMPATIBLE if new in known else EFFECTS[OAuth]["optional_scopes"].judge(old, new)


def _judge_refresh(old: object, new: object, *, unstated: tuple[str, str]) -> Effect:
    """Judge a refresh URL; without one, tokens are renewed at the token URL."""
    return judge_address(old or unstated[0], new or unstated[1])


def _judge_url_part(old: object, new: object, *, rule: FactRule, hidden: frozenset[str]) -> Effect:
    """Judge a part of the URL of a request for a token; `hidden` are the secrets that no such part contained before."""
    is_exposed = isinstance(new, str) and not hidden.isdisjoint(list_variable_names(new))
    return rule.judge(old, new).join(WEAKER if is_exposed else DOCUMENTATION)


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _is_text_list(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


def _is_step_list(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, RequestStep) for item in value)


def compare_leaf(subject: Subject, keys: Keys, rule: FactRule, old: object, new: object) -> Iterator[Edit]:
    """Yield the change of a fact as a whole, if it has changed."""
    if old != new:
        apply = subject.replace(keys, new) if rule.is_generated else None
        yield subject.make_step(keys, rule.judge(old, new), old, new, apply)


def _compare_items(subject: Subject, keys: Keys, rule: FactRule, old: Keys, new: Keys) -> Iterator[Edit]:
    """Yield the items that were added or removed; the order of a list states nothing."""
    label = ".".join(keys)
    for item in dict.fromkeys((*old, *new)):
        before, after = (item if item in side else None for side in (old, new))
        if before != after:
            message = f"{subject.name}: {label} '{item}' {'added' if before is None else 'removed'}"
            apply = subject.replace((*keys, item), after) if rule.is_generated else None
            yield subject.make_edit((*keys, item), message, rule.judge(before, after), before, after, apply)


def _compare_endpoint(
    subject: Subject, keys: Keys, rule: FactRule, old: Endpoint | None, new: Endpoint | None
) -> Iterator[Edit]:
    exposing = WEAKER if _list_exposed(new) & subject.secrets - _list_exposed(old) else DOCUMENTATION
    if old is None or new is None:
        effect = rule.judge(*(side.url if side is not None else None for side in (old, new)))
        yield subject.make_step(keys, effect.join(exposing), old, new, subject.replace(keys, new))
        return
    for field, inner in EFFECTS[type(new)].items():
        for edit in compare_fact(subject, (*keys, field), inner, getattr(old, field), getattr(new, field)):
            effect = edit.change.effect.join(exposing)
            if field == "fallback":
                # A first fallback is judged against the URL that it replaces.
                effect = effect.join(inner.judge(old.fallback or old.url, new.fallback))
            yield edit._replace(change=edit.change._replace(effect=effect))


def _list_exposed(request: Endpoint | RequestContent | None) -> set[str]:
    """Return the names that an endpoint, or a request for a token, inserts into its URLs."""
    urls = (getattr(request, key, None) or "" for key in ("url", "fallback"))
    query = request.query.values() if request is not None else ()
    return set(list_variable_names(*urls, *query))
