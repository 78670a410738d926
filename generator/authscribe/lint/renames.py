"""Decide whether two names mean the same secret, by their likeness, the description and the use of the secret."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.once import once_per_connector
from authscribe.findings.suggestions import NEARLY_EQUAL, Vocabulary
from authscribe.lint.placements import find_meant_name
from authscribe.model import naming
from authscribe.model.markup import get_plain_text

_LIKELY: Final = 0.5
_NEARLY_EQUAL: Final = 0.8
_NAME, _DESCRIPTION, _USE = 0.6, 0.2, 0.2
"""Weights of the three criteria: a name alone must be nearly the same, or be supported by another criterion."""


def find_renamed_secrets(context: ConnectorContext) -> dict[str, str]:
    """Return the listed name for each secret in use that is injected and that the scheme lists under another name.

    A listed name that is in use or injected is another secret, and so is a name that another scheme lists.
    """
    renamed: dict[str, str] = {}
    if context.scheme is None:
        return renamed
    elsewhere = _list_other_secrets(context)
    for name in context.secrets:
        if name in context.listed or name not in context.injected or name in elsewhere:
            continue
        candidates = [
            (secret.name, get_plain_text(secret.description))
            for secret in context.scheme.injected
            if secret.name not in context.secrets
            and secret.name not in context.injected
            and secret.name not in renamed.values()
        ]
        listed = find_likeliest(name, candidates, _map_slots(context).get(name, ()))
        if listed is not None:
            renamed[name] = listed
    return renamed


def suggest_secret(name: str, context: ConnectorContext) -> str | None:
    """Return the injected secret that is most likely meant by a name that nothing injects; None if none is likely.

    It is spelled as in the files of the platform.
    """
    likeliest = _find_meant_secret(name, context)
    return context.platform.spell_name(likeliest) if likeliest is not None else None


def _find_meant_secret(name: str, context: ConnectorContext) -> str | None:
    if context.scheme is None or name in _list_other_secrets(context) or name in context.declared:
        return None
    provided = (*context.injected, *context.by_flag)
    # Of two names in use, neither is likely to mean the other.
    nearest = Vocabulary(n for n in provided if n not in context.secrets).find_nearest(name, NEARLY_EQUAL)
    placed = find_meant_name(name, context)
    # The place decides unless the name is clearly another one: an operation may need another secret.
    if nearest is not None or placed in {*context.listed, *context.by_flag}:
        return nearest or placed
    descriptions = {secret.name: get_plain_text(secret.description) for secret in context.scheme.injected}
    candidates = [(n, descriptions.get(n, "")) for n in provided if n not in context.secrets]
    return find_likeliest(name, candidates, _map_slots(context).get(name, ()))


@once_per_connector
def _map_slots(context: ConnectorContext) -> dict[str, list[tuple[str, ...]]]:
    """Return the slots in which the systems use each secret."""
    slots: dict[str, list[tuple[str, ...]]] = {}
    for leaf in context.snapshot.secret_leaves:
        for name in dict.fromkeys(reference.name for reference in leaf.secrets):
            slots.setdefault(name, []).append(leaf.slot)
    return slots


@once_per_connector
def find_misspelt_secrets(context: ConnectorContext) -> set[str]:
    """Return the injected secrets that are likely meant by names which nothing injects."""
    return {meant for name in context.unprovided if (meant := _find_meant_secret(name, context)) is not None}


@once_per_connector
def _list_other_secrets(context: ConnectorContext) -> set[str]:
    """Return the secrets that only other schemes list."""
    return {
        secret.name
        for scheme in context.resolution.catalogue.schemes
        if scheme is not context.scheme
        for secret in scheme.injected
    } - set(context.listed)


def find_likeliest(name: str, candidates: Iterable[tuple[str, str]], slots: Sequence[Sequence[str]]) -> str | None:
    """Return the candidate that most likely means `name`; None if none is likely.

    Candidates are pairs of name and description; `slots` are the paths at which the secret is used.
    """
    scored = [(score_match(name, candidate, description, slots), candidate) for candidate, description in candidates]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= _LIKELY else None


def score_match(name: str, candidate: str, description: str, slots: Sequence[Sequence[str]]) -> float:
    """Return how likely a candidate means `name`, from 0 (nothing in common) to 1."""
    words, candidate_words = naming.split_words(name), naming.split_words(candidate)
    likeness = SequenceMatcher(None, name.lower(), candidate.lower()).ratio()
    if not set(words) & set(candidate_words) and likeness < _NEARLY_EQUAL:
        return 0.0
    described = _measure_overlap(words, naming.split_words(description))
    used = max(
        (
            _measure_overlap(candidate_words, [word for key in slot for word in naming.split_words(key)])
            for slot in slots
        ),
        default=0.0,
    )
    return _NAME * likeness + _DESCRIPTION * described + _USE * used


def _measure_overlap(words: Sequence[str], others: Sequence[str]) -> float:
    """Return the share of the words that are among the others."""
    return len(set(words) & set(others)) / len(set(words)) if words else 0.0
