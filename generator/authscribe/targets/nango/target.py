"""Plan `providers.yaml`, the provider catalogue of Nango, with a provider for each scheme and each connector.

The file follows Nango's schema (`scripts/validation/providers/schema.json` in https://github.com/NangoHQ/nango), and
the reader of that format reads it back. A scheme of a kind that Nango has no mode for has no provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Final

from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.nango import ADDRESS_KEYS
from authscribe.targets.nango.fields import assign_fields, build_references, declare_fields
from authscribe.targets.nango.proxy import build_proxy
from authscribe.targets.nango.requests import build_addresses, build_oauth, build_token_request
from authscribe.targets.nango.subjects import Subject, list_subjects
from authscribe.targets.plan import NANGO, PLACEHOLDER, PlannedFile, TargetPlan

_PATH: Final = f"{NANGO}/providers.yaml"
_UNKNOWN_ADDRESS: Final = f"https://{PLACEHOLDER}"
_ALIAS: Final = "alias"
_ITEM: Final = re.compile(r"(.+)\[([0-9]+)\]")
"""Key of the facts about an item of a list, as the reader keeps them."""


def _plan_shared(catalogue: Catalogue) -> Iterator[PlannedFile]:
    subjects = tuple(list_subjects(catalogue))
    names = {subject.name for subject in subjects}
    providers = {subject.name: _build_provider(subject) for subject in subjects}
    for provider in providers.values():
        if provider.get(_ALIAS) not in names:
            provider.pop(_ALIAS, None)
    if providers:
        yield PlannedFile(_PATH, NANGO, Language.YAML, providers)


NANGO_PLAN: Final = TargetPlan(_plan_shared)
"""Plan of one YAML document with all providers."""


def _build_provider(subject: Subject) -> dict[str, object]:
    fields = assign_fields(subject)
    references = build_references(subject, fields)
    provider: dict[str, object] = {
        "display_name": subject.title,
        "auth_mode": subject.mode_name,
        **build_addresses(subject, references),
        **build_oauth(subject),
        **build_token_request(subject, references),
        "docs": subject.docs if subject.docs is not None else PLACEHOLDER,
    }
    proxy = build_proxy(subject, references)
    if proxy:
        provider["proxy"] = {**proxy}
    _part_addresses(provider, subject)
    for extras in subject.extras:
        _add_extras(provider, extras)
    known = provider.get("proxy")
    if isinstance(known, dict):
        known.setdefault("base_url", _UNKNOWN_ADDRESS)
    return {**provider, **declare_fields(subject, fields)}


def _part_addresses(provider: dict[str, object], subject: Subject) -> None:
    """Put an address beside those of other modes, if there are any."""
    for _, key in ADDRESS_KEYS:
        others = next((value for extras in subject.extras if isinstance(value := extras.get(key), dict)), None)
        if others is not None and isinstance(provider.get(key), str):
            name = "OAUTH2" if "OAUTH2" not in others else subject.mode_name
            provider[key] = {name: provider[key]}


def _add_extras(provider: dict[str, object], extras: Mapping[str, object]) -> None:
    """Add facts at every depth to those that are there already."""
    for key, value in extras.items():
        item = _ITEM.fullmatch(key)
        target = provider.get(item[1] if item is not None else key)
        if item is not None and isinstance(target, list) and int(item[2]) < len(target):
            target = target[int(item[2])]
        if isinstance(target, dict) and isinstance(value, dict):
            _add_extras(target, value)
        elif key not in provider:
            provider[key] = deepcopy(value)
