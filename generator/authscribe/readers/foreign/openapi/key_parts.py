"""Tell which keys are parts of one credential, such as `app_id` and `app_key`, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from authscribe.model import naming
from authscribe.model.credential_names import announces_credential
from authscribe.readers.foreign.openapi.security_schemes import SecurityScheme

_SECRET: Final = "secret"  # noqa: S105 - the last word of a name


def find_owner(name: str) -> tuple[str, ...]:
    """Return the words of a name without the last one, which tells what it is of something."""
    return tuple(naming.split_words(name)[:-1])


def group_parts(schemes: Iterable[SecurityScheme]) -> list[list[SecurityScheme]]:
    """Return the schemes, each alone or with the others that are parts of the same credential.

    Parts are of one owner and in one location. One of them is called a secret, or is the only credential among them.
    """
    groups: dict[object, list[SecurityScheme]] = {}
    for scheme in schemes:
        groups.setdefault(_find_key(scheme), []).append(scheme)
    listed = ([group] if _are_parts(group) else [[scheme] for scheme in group] for group in groups.values())
    return list(chain.from_iterable(listed))


def _find_key(scheme: SecurityScheme) -> object:
    """Return location and owner of a key, which its other parts share; the scheme itself if there is no owner."""
    slots = [slot for variant in scheme.variants for slot in variant.slots]
    is_key = len(slots) == 1 and all(variant.kind == "api_key" for variant in scheme.variants)
    owner = find_owner(slots[0].name) if is_key else ()
    return (slots[0].location, owner) if owner else scheme.wire


def _are_parts(schemes: Sequence[SecurityScheme]) -> bool:
    names = [slot.name for scheme in schemes for variant in scheme.variants for slot in variant.slots]
    has_secret = any(naming.split_words(name)[-1:] == (_SECRET,) for name in names)
    return has_secret or sum(map(announces_credential, names)) == 1
