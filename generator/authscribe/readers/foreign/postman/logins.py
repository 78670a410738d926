"""Read how a Postman collection obtains tokens: variables that scripts fill, and requests that give their values.

Scripts fill variables as the sandbox of Postman's runtime documents it (`pm.environment.set` and the like). Of their
text, only the names of these variables and of keys of the response are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.model import naming
from authscribe.model.credential_names import ends_as_credential, is_password, names_credential
from authscribe.model.draft import MapNode, Node, get_text
from authscribe.readers.foreign.postman.auth import TARGETS, AuthSetting, LoginRequest, list_fixed
from authscribe.readers.foreign.postman.fields import list_body, list_query
from authscribe.readers.foreign.postman.scripts import BEFORE, NAME, STORE, list_scripts
from authscribe.readers.foreign.postman.variables import fill_variables, find_reference

_OLD_STORE: Final = r"\bpostman\s*\.\s*"
_FILLING: Final = re.compile(
    rf"(?:{STORE}set|{_OLD_STORE}set(?:Environment|Global)Variable){NAME},"
    # A constant, which may also clear the variable, comes from nowhere.
    r"(?!\s*(?:[\"'`][^\"'`$\n]{0,500}[\"'`]|null|undefined)\s*\))\s*"
)
_READING: Final = re.compile(rf"(?:{STORE}get|{_OLD_STORE}get(?:Environment|Global)Variable){NAME}\)")
_VALUE: Final = (
    r"\s*(?P<root>pm\s*\.\s*response\s*\.\s*json\(\)|JSON\.parse\(\s*responseBody\s*\)|[A-Za-z_$][\w$]*)"
    r"(?P<path>(?:\s*\??\.\s*[A-Za-z_$][\w$]*|\[\s*[\"'][\w$]+[\"']\s*\])*)\s*"
)
_ASSIGNMENT: Final = re.compile(rf"\b(?:var|let|const)\s+(?P<name>[A-Za-z_$][\w$]*)\s*={_VALUE}(?:;|$)", re.MULTILINE)
_DESTRUCTURING: Final = re.compile(
    rf"\b(?:var|let|const)\s*\{{(?P<keys>[\w$:,\s]{{1,300}})\}}\s*={_VALUE}(?:;|$)", re.MULTILINE
)
_BINDING: Final = re.compile(r"\s*(?P<key>[\w$]+)(?:\s*:\s*(?P<name>[\w$]+))?\s*")
_ARGUMENT: Final = re.compile(rf"{_VALUE}\)")
_KEY: Final = re.compile(r"[\w$]+")
_VARIABLE: Final = re.compile(r"\{\{[^{}]+\}\}")
_FIELD: Final = re.compile(r"[\"']\s*:")
_REQUEST: Final = "sendRequest"
_GRANT: Final = re.compile(
    r"grant_type(?:[\"'`]\s*,\s*[\"'`]?value[\"'`]?\s*:\s*[\"'`]|[\"'`]?\s*:\s*[\"'`]|=)(?P<grant>[a-z_]{1,40})\b"
)
"""Matches the grant in the body of a request that a script sends: a list of fields, a mapping, or a text."""
_ADDRESS: Final = re.compile(
    rf"{_REQUEST}\s*\(\s*(?:\{{\s*[\"']?url[\"']?\s*:\s*)?"
    rf"(?:[\"'`](?P<url>[^\"'`\s$]{{1,500}})[\"'`]"
    rf"|{STORE}get{NAME}\)(?:\s*\+\s*[\"'`](?P<path>[^\"'`\s$]{{1,500}})[\"'`])?)\s*[,\n}}]"
)
"""Matches the address of a request that a script sends, if it begins with that: a text, or a variable and a path."""
_OBTAINED: Final = "onboarding"
_DERIVED: Final = "derived"
_SOURCES: Final[Mapping[str, str]] = {"test": _OBTAINED, BEFORE: _DERIVED}
"""Sources of what a script fills in, by the moment at which it runs: after the response, or before the request."""
_IDENTIFIERS: Final = frozenset({"client_id", "email", "login", "phone", "user", "user_id", "user_name", "username"})
_RENEWAL: Final = "refresh"
_GRANT_FIELDS: Final = frozenset({"code", "code_verifier", "device_code"})
"""Parameters of a request for a token that the login of the user gives (RFC 6749 section 4.1.3, RFC 7636, RFC 8628)."""
_ONE_TIME: Final = frozenset({"mfa_code", "otp", "otp_code", "totp", "verification_code"})
"""Names of passwords that are valid once (RFC 4226, RFC 6238)."""


@dataclass(frozen=True, slots=True)
class Filling:
    """Source of a variable that a script fills, and the dotted path of its value in the response, if it is there.

    `secrets` are the variables with names of credentials from which a script computes it, and `identifiers` those with
    names of accounts. `grant` and `url` are those of the request that a script sends for it, as far as they are known.
    """

    source: str
    path: str = ""
    secrets: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    grant: str = ""
    url: str = ""

    @property
    def is_obtained(self) -> bool:
        """Return whether the value comes from a response."""
        return self.source == _OBTAINED


def list_filled(item: MapNode) -> dict[str, Filling]:
    """Return the variables that the scripts of an item fill, by name."""
    filled: dict[str, Filling] = {}
    for moment, text in list_scripts(item):
        source = _SOURCES.get(moment)
        if source is not None:
            filled |= _read_script(text, _OBTAINED if _REQUEST in text else source)
    return filled


def list_login_settings(request: Node) -> Iterator[AuthSetting]:
    """Yield what a request for a token needs: its variables, and the names of literal credentials."""
    fields = (*_list_fields(list_body(request)), *_list_fields(list_query(request)))
    yield from (setting for _, setting in fields)


def read_login(request: Node, filled: Mapping[str, Filling], wire: str) -> LoginRequest:
    """Return the request that fills a variable; body and query are left out unless they are flat lists of known fields.

    What the address itself keeps of the query is not repeated.
    """
    raw = _get_raw(request)
    stated = tuple(list_body(request))
    fields = tuple(_list_fields(stated))
    is_plain = all(
        find_reference(value) is not None or not _VARIABLE.search(get_text(value) or "") for _, value in stated
    )
    is_whole = is_plain and len(fields) == len(stated) and (not raw or _is_whole(raw, len(fields)))
    query = tuple(list_query(request))
    fixed = _list_fixed_names(query)
    asked = tuple((name, value) for name, value in query if name not in fixed)
    in_query = tuple(_list_fields(asked))
    renewed = next((each.path for name, each in filled.items() if _is_renewal(name) and name != wire), "")
    return LoginRequest(
        (get_text(request.find("method")) if isinstance(request, MapNode) else None) or "GET",
        "json" if raw else "form",
        _spell_fields(fields) if is_whole else (),
        _spell_fields(in_query) if len(in_query) == len(asked) else (),
        filled[wire].path,
        renewed,
    )


def read_token_request(request: Node) -> LoginRequest | None:
    """Return the request for a token with the parameters in its body that name the API for which the token is."""
    stated = ((name, (get_text(value) or "").strip()) for name, value in list_body(request))
    body = tuple((name, value.to_url()) for name, value in list_fixed(stated) if name in TARGETS)
    is_json = _get_raw(request).lstrip().startswith("{")
    return LoginRequest("POST", "json" if is_json else "form", body) if body else None


def _get_raw(request: Node) -> str:
    body = request.find("body") if isinstance(request, MapNode) else None
    return (get_text(body.find("raw")) if isinstance(body, MapNode) else None) or ""


def _spell_fields(fields: Iterable[tuple[str, AuthSetting]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, f"${{{setting.wire}}}") for name, setting in fields)


def _read_script(text: str, source: str) -> dict[str, Filling]:
    paths: dict[str, tuple[str, ...]] = {}
    for match in _ASSIGNMENT.finditer(text):
        path = _find_path(match, paths)
        if path is not None:
            paths[match["name"]] = path
    for match in _DESTRUCTURING.finditer(text):
        path = _find_path(match, paths)
        if path is not None:
            bindings = filter(None, map(_BINDING.fullmatch, match["keys"].split(",")))
            paths |= {binding["name"] or binding["key"]: (*path, binding["key"]) for binding in bindings}
    read = dict.fromkeys(match["name"].strip() for match in _READING.finditer(text))
    secrets = tuple(name for name in read if names_credential(name) and ends_as_credential(name))
    identifiers = tuple(filter(_is_identifier, read))
    filled = ((match["name"].strip(), _ARGUMENT.match(text, match.end())) for match in _FILLING.finditer(text))
    request = (_find_only(_GRANT, text, "grant"), _find_address(text))
    found = ((name, _find_path(value, paths)) for name, value in filled)
    return {
        name: Filling(source, ".".join(path or ()), secrets, identifiers, *request)
        for name, path in found
        if not _is_made_up(name, path)
    }


def _is_made_up(name: str, path: tuple[str, ...] | None) -> bool:
    """Return whether a script makes an account up, as tests do: its owner has a password and a name for it."""
    return is_password(name) or (path is None and _is_identifier(name))


def _find_only(pattern: re.Pattern[str], text: str, group: str) -> str:
    """Return what a pattern finds if it finds one thing only."""
    found = {match[group] for match in pattern.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def _find_address(text: str) -> str:
    """Return the address to which a script sends its only request, with variables as requests have them."""
    match = _ADDRESS.search(text) if text.count(_REQUEST) == 1 else None
    return "" if match is None else match["url"] or f"{{{{{match['name'].strip()}}}}}{match['path'] or ''}"


def _find_path(value: re.Match[str] | None, paths: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the keys that lead to a value in the response; None for a value from elsewhere."""
    if value is None:
        return None
    start = () if "(" in value["root"] else paths.get(value["root"])
    return (*start, *_KEY.findall(value["path"])) if start is not None else None


def _list_fields(fields: Iterable[tuple[str, Node | None]]) -> Iterator[tuple[str, AuthSetting]]:
    """Yield the fields that the owner has to fill: not a token that the request renews."""
    fields = tuple(fields)
    account = _find_account(fields)
    given = _GRANT_FIELDS if any(name == "grant_type" for name, _ in fields) else frozenset()
    for name, value in fields:
        text = (get_text(value) or "").strip()
        wires = fill_variables(text).names or ((name,) if text and (name == account or _is_supplied(name)) else ())
        if not _is_renewal(name) and name not in given:
            yield from ((name, AuthSetting(wire, _is_secret(name) or _is_secret(wire))) for wire in wires)


def _find_account(fields: Sequence[tuple[str, Node | None]]) -> str | None:
    """Return the name of the only field beside a password, which tells the account in whatever language it is."""
    fixed = _list_fixed_names(fields)
    names = [name for name, _ in fields if name not in fixed]
    others = [name for name in names if not is_password(name)]
    return others[0] if len(others) == 1 < len(names) else None


def _list_fixed_names(fields: Iterable[tuple[str, Node | None]]) -> frozenset[str]:
    """Return the names of the fields that say what is requested."""
    return frozenset(name for name, _ in list_fixed((name, get_text(value) or "") for name, value in fields))


def _is_supplied(name: str) -> bool:
    """Return whether a literal in a field of this name stands for something that the owner supplies."""
    return _is_secret(name) or _is_identifier(name)


def _is_secret(name: str) -> bool:
    return names_credential(name) or is_password(name) or naming.to_snake_case(name) in _ONE_TIME


def _is_whole(raw: str, fields: int) -> bool:
    """Return whether a text is a JSON object with this number of fields, and without other objects or lists in it."""
    text = _VARIABLE.sub("", raw).strip()
    return text.startswith("{") and not {"{", "["} & set(text[1:]) and len(_FIELD.findall(text)) == fields


def _is_renewal(name: str) -> bool:
    return _RENEWAL in naming.split_words(name)


def _is_identifier(name: str) -> bool:
    return naming.to_snake_case(name) in _IDENTIFIERS
