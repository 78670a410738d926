"""Find the field of a Nango provider that holds each setting, and declare the fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, islice, product
from string import ascii_lowercase
from typing import Final, NamedTuple

from authscribe.model.definitions import Location, Placement, Secrecy, Secret, Setting
from authscribe.model.naming import to_attribute
from authscribe.model.nango import (
    ACCESS,
    ASSERTION,
    CAPTURED_LISTS,
    CONNECTION,
    CREDENTIALS,
    GROUPS,
    KEY,
    PASSWORD,
    STANDARD,
    SUPPLIED,
    USERNAME,
)
from authscribe.model.placement_template import Hole, parse_template
from authscribe.targets.nango.references import References
from authscribe.targets.nango.subjects import Subject
from authscribe.targets.plan import PLACEHOLDER
from authscribe.targets.stubs import spell_value

_OPEN_KINDS: Final = ("two_step", "jwt")
"""Kinds of modes whose credentials are those that the provider declares."""

_OTHER_CHARACTER: Final[Mapping[str, re.Pattern[str]]] = {
    group: re.compile("[^a-zA-Z_]" if group in SUPPLIED else "[^a-zA-Z_.-]") for group in GROUPS
}
_FORMATS: Final = ("hostname", "uri", "uuid", "email")
_ASSERTION_KEYS: Final = frozenset(
    {"type", "title", "description", "example", "pattern", "format", "enum", "default_value", "suffix", "doc_section"}
)
_LEFT_OUT: Final[Mapping[str, frozenset[str]]] = {CREDENTIALS: frozenset({"prefix", "visible_when"})}
"""Keys that a declaration in a group cannot have."""

_MARKS: Final = ("field", "undeclared")
"""Extras of a setting that tell how its provider names it, and whether only templates do so."""

_BASIC_FIELDS: Final[Mapping[Location, str]] = {
    Location.BASIC_USERNAME: USERNAME,
    Location.BASIC_PASSWORD: PASSWORD,
}
_STORED: Final = re.compile(r"raw\..+|_cookies")


class NangoField(NamedTuple):
    """Field of a provider for a setting; `is_captured` is set if Nango fills in what no declaration names."""

    setting: Setting
    group: str
    key: str
    is_captured: bool


def assign_fields(subject: Subject) -> tuple[NangoField, ...]:
    """Return a field for each setting that Nango can ask for or fill in; every key is used once in its group."""
    captured = set(_list_captured(subject))
    standard = _match_standard(subject)
    used: set[tuple[str, str]] = set()
    spellings: dict[tuple[str, str], Iterator[str]] = {}
    fields = []
    for setting in _list_settings(subject):
        group = _choose_group(setting, subject, standard)
        wanted = _choose_key(setting, group, subject, standard)
        alternatives = spellings.setdefault((group, wanted), _list_spellings(wanted))
        key = next(each for each in alternatives if (group, each) not in used)
        used.add((group, key))
        is_captured = setting.automated and (key in captured or _STORED.fullmatch(key) is not None)
        fields.append(NangoField(setting, group, key, is_captured))
    return tuple(fields)


def build_references(subject: Subject, fields: tuple[NangoField, ...]) -> References:
    """Return the references to the fields, and to the tokens that the mode obtains."""
    elsewhere = {field.setting.name: f"{GROUPS[field.group]}.{field.key}" for field in fields}
    short = {
        field.setting.name: field.key
        for field in fields
        if field.group == CREDENTIALS and field.key in subject.mode.fields
    }
    tokens = dict(_list_tokens(subject))
    copies = {
        secret.name: secret.origin.required
        for secret in subject.contract.injected
        if secret.origin.required is not None and secret.name not in elsewhere
    }
    names = {**elsewhere, **tokens}

    def add_copies(known: dict[str, str]) -> dict[str, str]:
        return known | {name: known[source] for name, source in copies.items() if source in known}

    return References(add_copies({**names, **short, **tokens}), add_copies(names))


def declare_fields(subject: Subject, fields: tuple[NangoField, ...]) -> dict[str, dict[str, object]]:
    """Return the declarations of the fields by group; those that only templates name have none."""
    declared: dict[str, dict[str, object]] = {}
    keys = {(field.group, field.setting.name): field.key for field in fields}
    password = next((f.setting for f in fields if (f.group, f.key) == (CREDENTIALS, PASSWORD)), None)
    has_constant_password = password is not None and _is_constant(password)
    for group in GROUPS:
        for field in fields:
            if field.group == group and not _is_implied(field, subject):
                entry = _declare(field, subject, keys, has_constant_password=has_constant_password)
                declared.setdefault(group, {})[field.key] = entry
    return declared


def _list_settings(subject: Subject) -> Iterator[Setting]:
    """Yield each setting of which the provider has a field, once; the others are tokens, copies and the platform's.

    Where the mode obtains nothing, somebody has to supply whatever requests carry.
    """
    contract = subject.contract
    known = {secret.name for secret in contract.required} | {name for name, _ in _list_tokens(subject)}
    carried = {part.name for part in _list_holes(contract.placements)} if not subject.mode.tokens else set()
    yield from contract.required
    for secret in contract.injected:
        is_supplied = secret.automated or secret.hidden or secret.name in carried
        if is_supplied and secret.origin.required is None and secret.name not in known:
            yield secret
    yield from contract.parameters


def _list_tokens(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield the injected secrets that the mode obtains, each with the name that it has in templates.

    The first one that requests carry is the access token, whatever the scheme calls it.
    """
    names = [token.name for token in subject.mode.tokens]
    obtained = {s.name for s in subject.contract.injected if s.origin.required is None and not s.automated}
    yield from ((name, name) for name in names if name in obtained)
    if ACCESS in names and ACCESS not in obtained:
        carried = (part.name for part in _list_holes(subject.contract.placements) if part.name in obtained)
        yield from ((name, ACCESS) for name in islice(carried, 1))


def _list_holes(placements: Iterable[Placement]) -> Iterator[Hole]:
    """Yield the references in placements, in order."""
    for placement in placements:
        for template in placement.templates:
            yield from (part for part in parse_template(template) if isinstance(part, Hole))


def _match_standard(subject: Subject) -> dict[str, str]:
    """Return the settings, by name, that Nango asks for under its own names."""
    if subject.is_own:
        return {}
    free = {to_attribute(key): key for key in subject.mode.fields}
    found: dict[str, str] = {}
    for name, attribute in _list_candidates(subject):
        if name not in found and attribute in free:
            found[name] = free.pop(attribute)
    return found


def _list_candidates(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield settings with the attribute that Nango's name for them may have.

    Their use comes first, then their spelling, and that of the injected secrets that are copied from them.
    """
    contract = subject.contract
    copies = [
        (secret.origin.required, secret.name) for secret in contract.injected if secret.origin.required is not None
    ]
    sources = {name: source for source, name in copies}
    masked = {secret.name for secret in (*contract.required, *contract.injected) if secret.is_masked}
    for placement in contract.placements if not subject.mode.tokens else ():
        field = _BASIC_FIELDS.get(placement.location, KEY)
        names = [part.name for part in _list_holes([placement]) if field != KEY or part.name in masked]
        yield from ((sources.get(name, name), to_attribute(field)) for name in names)
    yield from ((setting.name, to_attribute(setting.name)) for setting in (*contract.required, *contract.parameters))
    yield from ((source, to_attribute(name)) for source, name in copies)
    if not contract.placements:
        yield from ((secret.name, to_attribute(KEY)) for secret in contract.required if secret.is_masked)


def _find_own_group(setting: Setting, subject: Subject) -> str | None:
    """Return the group of a setting that has been read from a provider of Nango; None for any other setting."""
    return setting.group if subject.is_own and setting.group in GROUPS else None


def _choose_group(setting: Setting, subject: Subject, standard: Mapping[str, str]) -> str:
    own = _find_own_group(setting, subject)
    if own is not None:
        return own
    is_open = subject.mode.kind in _OPEN_KINDS and isinstance(setting, Secret)
    return CREDENTIALS if is_open or setting.name in standard else CONNECTION


def _choose_key(setting: Setting, group: str, subject: Subject, standard: Mapping[str, str]) -> str:
    """Return the key of a field: only letters, and few other characters, can be in it."""
    if _find_own_group(setting, subject) is not None:
        return str(setting.extras.get("field", setting.name))
    return _OTHER_CHARACTER[group].sub("_", standard.get(setting.name, setting.name))


def _list_spellings(key: str) -> Iterator[str]:
    """Yield the key, and then others that begin with it, without digits, which Nango does not allow in keys."""
    yield from (key, f"{key}_")
    for length in count(1):
        yield from (f"{key}_{''.join(letters)}" for letters in product(ascii_lowercase, repeat=length))


def _list_captured(subject: Subject) -> Iterator[str]:
    for extras in subject.extras:
        for key in CAPTURED_LISTS:
            names = extras.get(key)
            yield from (name for name in (names if isinstance(names, list) else ()) if isinstance(name, str))


def _is_implied(field: NangoField, subject: Subject) -> bool:
    """Return whether a provider has a field without declaring it: its templates or its mode name it."""
    setting = field.setting
    if subject.is_own and (setting.extras.get("undeclared") is True or (field.is_captured and setting.title is None)):
        return True
    known = STANDARD.get(field.key)
    if field.group != CREDENTIALS or field.key not in subject.mode.fields or known is None:
        return False
    facts = setting.model_dump(exclude_defaults=True, exclude={"name", "names", "group", "secret", "optional"})
    secrecy = setting.secret.value if isinstance(setting, Secret) else ""
    is_optional = field.key in subject.mode.optional_fields
    return (facts, secrecy, setting.optional) == ({"description": known.description}, known.secret, is_optional)


def _declare(
    field: NangoField, subject: Subject, keys: Mapping[tuple[str, str], str], *, has_constant_password: bool
) -> dict[str, object]:
    setting = field.setting
    facts: dict[str, object] = {
        "type": "string",
        "title": setting.title if setting.title is not None else setting.name,
        "description": setting.description,
        **_describe_values(setting),
        "order": setting.order,
        "prefix": setting.prefix,
        "suffix": setting.suffix,
        "secret": _state_secrecy(field, has_constant_password=has_constant_password),
        "optional": setting.optional or None,
        "automated": setting.automated or None,
        "hidden": setting.hidden or None,
        "visible_when": _choose_condition(field, keys),
        **({key: value for key, value in setting.extras.items() if key not in _MARKS} if subject.is_own else {}),
    }
    if field.group == ASSERTION:
        facts = {key: value for key, value in facts.items() if key in _ASSERTION_KEYS}
    left_out = _LEFT_OUT.get(field.group, frozenset())
    return {key: value for key, value in facts.items() if value is not None and key not in left_out}


def _describe_values(setting: Setting) -> dict[str, object]:
    """Return the facts about the values of a setting; examples of what may be secret are left out."""
    return {
        "example": setting.example if isinstance(setting.example, str) and setting.is_public else None,
        "pattern": setting.shown_pattern,
        "format": setting.format if setting.format in _FORMATS else None,
        "enum": [spell_value(choice.value) for choice in setting.shown_choices] or None,
        "default_value": _choose_default(setting),
    }


def _state_secrecy(field: NangoField, *, has_constant_password: bool) -> bool | None:
    """Return the mark of a field; None if Nango knows without it, or if the scheme does not state it.

    Outside of the credentials, Nango shows what is not marked.
    """
    setting = field.setting
    if not isinstance(setting, Secret):
        return None
    if field.group not in SUPPLIED:
        return True if setting.is_masked else None
    if field.key == USERNAME and has_constant_password:
        usual = Secrecy.YES
    elif field.key in STANDARD:
        usual = Secrecy(STANDARD[field.key].secret)
    else:
        usual = Secrecy.NO if _is_constant(setting) else Secrecy.UNKNOWN
    return None if setting.secret in (usual, Secrecy.UNKNOWN) else setting.secret is Secrecy.YES


def _is_constant(setting: Setting) -> bool:
    return setting.hidden and setting.default is not None


def _choose_default(setting: Setting) -> object:
    """Return the default; a placeholder for one that may be secret, if the field is what it is by having one."""
    if setting.default is None:
        return None
    if setting.is_public or setting.default == "":
        return spell_value(setting.default)
    return PLACEHOLDER if _is_constant(setting) else None


def _choose_condition(field: NangoField, keys: Mapping[tuple[str, str], str]) -> object:
    """Return the condition under which a form shows a field, if it is that another one of its group has one text."""
    match [*field.setting.conditions.items()]:
        case [(name, (str() as text,))] if field.setting.optional and (field.group, name) in keys:
            return {"field": keys[field.group, name], "equals": text}
    return None
