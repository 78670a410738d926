"""Define an edit: the change of one fact, and how to make it alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from authscribe.changes.change import Change, describe_step, describe_value
from authscribe.changes.effects import Effect
from authscribe.model.definitions import Definition, Setting

Apply: TypeAlias = Callable[[Definition], Definition]
Keys: TypeAlias = tuple[str, ...]


class Edit(NamedTuple):
    """Change of one fact; `apply` makes it alone, where generated code depends on the fact."""

    change: Change
    apply: Apply | None = None


class Subject(NamedTuple):
    """Definition or setting whose facts are compared, with its path in the catalogue and in the definition.

    `secrets` are the names whose values may be secret, and `withheld` the facts whose values no message shows.
    """

    definition: Keys
    inner: Keys
    name: str
    secrets: frozenset[str]
    withheld: tuple[str, ...] = ("extras",)

    def make_edit(
        self, keys: Keys, message: str, effect: Effect, old: str | None, new: str | None, apply: Apply | None = None
    ) -> Edit:
        """Return an edit at a path below the subject."""
        return Edit(Change((*self.definition, *self.inner, *keys), message, effect, old, new), apply)

    def make_step(self, keys: Keys, effect: Effect, old: object, new: object, apply: Apply | None = None) -> Edit:
        """Return the edit of a fact whose message shows both values."""
        if keys[0] in self.withheld:
            message = f"{self.name}: {keys[0]} {describe_step(None, None)}"
            return self.make_edit(keys, message, effect, None, None, apply)
        before, after = describe_value(old), describe_value(new)
        label = "placements" if keys[0] == "placements" else ".".join(keys)
        message = f"{self.name}: {label} {describe_step(before, after)}"
        return self.make_edit(keys, message, effect, before, after, apply)

    def replace(self, keys: Keys, value: object) -> Apply:
        """Return a function that gives a fact of the subject another value."""
        return partial(replace_fact, keys=(*self.inner, *keys), value=value)


def replace_fact(model: Any, *, keys: Keys, value: Any) -> Any:
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
