"""Make definitions, and edit them at random: any field of the models, and whole secrets, methods and definitions."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Renamed = tuple[str, str]
"""Scheme, and the old name of a setting that owners supply."""
FLAGS = ("use_webhook_secret", "requires_service_api_access")
PATTERNS = {"^w[a-z_]*$": "wave", "^[0-9]{4}$": "1234", "^k[0-9]+$": "k1"}
"""Patterns that exclude each other, each with a text that it matches."""
CHOICES = {
    "string": ([], [{"value": "eu"}], [{"value": "eu"}, {"value": "us"}], [{"value": "eu", "label": "Europe"}]),
    "integer": ([], [{"value": 1}], [{"value": 1}, {"value": 2}]),
}
DEFAULTS = {
    "string": (None, "eu", "us", "https://a.example/x", "http://a.example/x"),
    "integer": (None, 1, 7),
    "number": (None, 1.5),
    "boolean": (None, True, False),
}
TEXTS = (None, "", "One.", "Other.")
SETTING = {
    "type": ("string", "integer", "number", "boolean"),
    "type_label": (None, "Text"),
    "title": (None, "One", "Two"),
    "description": ("", "One.", "Two."),
    "example": (None, "x", 3),
    "format": (None, "uri"),
    "optional": (False, True),
    "hidden": (False, True),
    "automated": (False, True),
    "order": (None, 1, 2),
    "group": (None, "g"),
    "prefix": (None, "p"),
    "suffix": (None, "s"),
    "visible_when": (None, {"api_key": "x"}),
    "deprecated": (False, True),
    "extras": ({}, {"a": 1}),
    "names": (
        {},
        {"python": "chosen"},
        {"python": "other"},
        {"env": "CHOSEN"},
        {"env": "OTHER", "python": "chosen"},
        {"env": "API_KEY"},
        {"file": "CHOSEN"},
    ),
}
SECRET = {**SETTING, "secret": ("yes", "no", "unknown")}
INJECTED = {**SECRET, "lifetime": ("static", "expires", "rotates", "sliding", "unknown")}
DEFINITION = {
    "aliases": ([], ["nick"], ["nick", "other-nick"]),
    "title": (None, "One", "Two"),
    "summary": ("", "One.", "Two."),
    "notes": ([], ["One."], ["One.", "Two."]),
    "docs": (None, "https://docs.example/"),
    "names": ({}, {"env": "CHOSEN"}, {"env": ""}),
    "status": ("stable", "experimental", "deprecated"),
    "extras": ({}, {"a": 1}),
}
URLS = ("https://a.example/token", "https://a.example/other", "http://a.example/token", "https://b.example/token")
ENDPOINT = (
    None,
    *({"url": url} for url in URLS),
    {"url": URLS[0], "fallback": URLS[3]},
    {"url": URLS[0], "query": {"q": "1"}},
)
ROLES = (
    "request_token", "authorize", "token", "refresh", "registration", "login", "identity", "jwks", "discovery", "base",
    "verification",
)  # fmt: skip
OAUTH = {
    "scopes": ([], ["read"], ["read", "write"], ["write"]),
    "scope_separator": (" ", ","),
    "optional_scopes": ([], ["read"], ["admin"]),
    "pkce": (None, True, False),
    "client_authentication": (None, "none", "client_secret_post", "client_secret_basic", "private_key_jwt"),
    "response": ({}, {"token": "access_token"}),
    "rotates_refresh_token": (None, True, False),
}
REQUEST = {
    "method": ("POST", "GET"),
    "headers": ({}, {"Accept": "text/plain"}),
    "query": ({}, {"version": "2"}),
    "basic": (None, {"username": "app"}),
    "body_format": ("form", "json", "xml"),
    "body": (None, {"key": "app"}),
    "fallbacks": ({}, {"app": "other"}),
    "refresh": (None, {"body": {"grant": "renewal"}}),
    "steps": ([], [{"url": "https://a.example/step", "body": {"ticket": "${step1.data}"}}]),
    "token_path": (None, "data.token"),
    "refresh_token_path": (None, "data.refresh"),
    "expires_in_path": (None, "data.expires"),
    "expires_at_path": (None, "data.end"),
}
SCHEME = {
    **DEFINITION,
    "kind": ("api_key", "http_bearer", "http_basic", "oauth2_client_credentials", "custom"),
    "selector": ({}, {"auth": "own"}),
}
RENAMES = 0.07
"""Share of edits that rename a setting."""
PLACED = ("header", "query", "body", "cookie")
NAMES = ("api_key", "token", "user", "SO-Apptoken", "region", "baseURL", "limit", "session")


def make_setting(chance: random.Random, role: str, name: str) -> Document:
    """Return a setting with some facts; an injected secret that nothing copies is obtained or issued."""
    setting: Document = {"name": name}
    if role == "parameters" and chance.random() < 0.5:
        setting["type"] = chance.choice(SETTING["type"])
    if role != "parameters" and chance.random() < 0.2:
        setting["secret"] = "no"
    if chance.random() < 0.3:
        setting["optional"] = True
    if chance.random() < 0.4:
        setting["description"] = f"The {name}."
    return setting


def make_scheme(chance: random.Random, identifier: str) -> Document:
    """Return a scheme whose injected secrets are copied, obtained or issued by the platform."""
    required = [make_setting(chance, "required", name) for name in chance.sample(NAMES[:4], chance.randint(1, 2))]
    names = chance.sample((*NAMES[:4], "session"), chance.randint(1, 3))
    injected = [{"name": name, "secret": "yes"} for name in names]
    for secret in injected:
        if chance.random() < 0.5:
            secret["origin"] = {"source": "copied", "required": chance.choice(required)["name"]}
        elif chance.random() < 0.3:
            secret["origin"] = {"source": "platform"}
    parameters = [make_setting(chance, "parameters", name) for name in chance.sample(NAMES[4:7], chance.randint(0, 2))]
    placements = [{"in": "header", "name": "X-Key", "value": f"{{{names[0]}}}"}]
    return {
        "id": identifier, "kind": "api_key", "required": required, "injected": injected, "parameters": parameters,
        "placements": placements, "endpoints": {"token": {"url": URLS[0]}}, "oauth": {"scopes": ["read"]},
    }  # fmt: skip


def make_document(chance: random.Random) -> Document:
    """Return two schemes, and a connector that uses one of them or has a method for each."""
    schemes = [make_scheme(chance, identifier) for identifier in ("wave", "tide")]
    connector: Document = {"id": "surf"}
    if chance.random() < 0.6:
        connector["scheme"] = "wave"
    else:
        connector["methods"] = [{"id": "a", "schemes": ["wave"]}, {"id": "b", "schemes": ["tide"]}]
    if chance.random() < 0.5:
        connector["parameters"] = [make_setting(chance, "parameters", "tenant")]
    return {"schemes": schemes, "connectors": [connector]}


def edit_document(chance: random.Random, document: Document) -> tuple[Document, set[Renamed]]:
    """Return an edited copy, and the names of required secrets and parameters that were renamed."""
    edited, renamed = copy.deepcopy(document), set[Renamed]()
    if chance.random() < RENAMES:
        # Together with other edits, nobody could tell what became of a name.
        _rename_setting(chance, edited, renamed)
        return edited, renamed
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        chance.choice(EDITS)(chance, edited)
    return edited, renamed


def _choose_definition(chance: random.Random, document: Document) -> Document:
    return chance.choice([*document["schemes"], *document["connectors"]])


def _choose_list(chance: random.Random, document: Document) -> tuple[str, list[Document]]:
    definition = _choose_definition(chance, document)
    role = chance.choice(("required", "injected", "parameters")) if "kind" in definition else "parameters"
    return role, definition.setdefault(role, [])


def _edit_setting(chance: random.Random, document: Document) -> None:
    role, settings = _choose_list(chance, document)
    if not settings:
        return
    setting = chance.choice(settings)
    fields = {"parameters": SETTING, "required": SECRET, "injected": INJECTED}[role]
    kind = setting.get("type", "string")
    values = {**fields, "pattern": (None, *PATTERNS) if kind == "string" else (None,)}
    values |= {"enum": CHOICES.get(kind, ([],)), "default": DEFAULTS.get(kind, (None,))}
    weighted = (*values, "optional", "default", "enum", "secret" if "secret" in values else "type", "names")
    _set(chance, setting, chance.choice(weighted), values)


def _set(chance: random.Random, mapping: Document, field: str, values: dict[str, Any]) -> None:
    mapping[field] = chance.choice(values[field])


def _add_setting(chance: random.Random, document: Document) -> None:
    role, settings = _choose_list(chance, document)
    settings.insert(chance.randint(0, len(settings)), make_setting(chance, role, chance.choice((*NAMES, "fresh"))))


def _remove_setting(chance: random.Random, document: Document) -> None:
    _, settings = _choose_list(chance, document)
    if settings:
        settings.remove(chance.choice(settings))


def _rename_setting(chance: random.Random, document: Document, renamed: set[Renamed]) -> None:
    """Rename a setting in all lists that have it."""
    scheme = chance.choice(document["schemes"])
    names = sorted({setting["name"] for role in ("required", "injected", "parameters") for setting in scheme[role]})
    old, new = chance.choice(names), chance.choice(("renamed", "renamed-too", "baseurl"))
    for role in ("required", "injected", "parameters"):
        for setting in scheme[role]:
            if setting["name"] == old:
                setting["name"] = new
                renamed |= {(scheme["id"], old)} if role != "injected" else set()
            if setting.get("origin", {}).get("required") == old:
                setting["origin"]["required"] = new
    for placement in scheme["placements"]:
        placement["value"] = placement["value"].replace(f"{{{old}}}", f"{{{new}}}")


def _edit_secrecy(chance: random.Random, document: Document) -> None:
    """Change the secrecy of a required secret and of its copies."""
    scheme = chance.choice(document["schemes"])
    if not scheme["required"]:
        return
    required = chance.choice(scheme["required"])
    secrecy = chance.choice(SECRET["secret"])
    for secret in scheme["injected"]:
        if secret.get("origin", {}).get("required") == required["name"]:
            secret["secret"] = secrecy
    required["secret"] = secrecy


def _edit_origin(chance: random.Random, document: Document) -> None:
    scheme = chance.choice(document["schemes"])
    if scheme["injected"]:
        source = chance.choice((None, *scheme["required"]))
        copied = {"source": "copied", "required": source["name"]} if source else None
        obtained = {"source": chance.choice(("onboarding", "platform", "derived")), "expression": chance.choice(TEXTS)}
        chance.choice(scheme["injected"])["origin"] = copied or obtained


def _edit_definition(chance: random.Random, document: Document) -> None:
    definition = _choose_definition(chance, document)
    values = SCHEME if "kind" in definition else {**DEFINITION, "flags": ([], [FLAGS[0]], list(FLAGS))}
    _set(chance, definition, chance.choice((*values,)), values)


def _edit_endpoints(chance: random.Random, document: Document) -> None:
    endpoints = _choose_definition(chance, document).setdefault("endpoints", {})
    endpoints[chance.choice((*ROLES, "token", "token"))] = chance.choice(ENDPOINT)


def _edit_oauth(chance: random.Random, document: Document) -> None:
    _set(chance, _choose_definition(chance, document).setdefault("oauth", {}), chance.choice((*OAUTH,)), OAUTH)


def _edit_request(chance: random.Random, document: Document) -> None:
    request = chance.choice(document["schemes"]).setdefault("token_request", {})
    _set(chance, request, chance.choice((*REQUEST,)), REQUEST)


def _edit_placements(chance: random.Random, document: Document) -> None:
    scheme = chance.choice(document["schemes"])
    placements = scheme["placements"]
    names = [setting["name"] for role in ("injected", "parameters") for setting in scheme[role]]
    match chance.choice(("move", "rename", "value", "add", "remove")):
        case "move" if placements:
            chance.choice(placements)["in"] = chance.choice(PLACED)
        case "rename" if placements:
            chance.choice(placements)["name"] = chance.choice(("X-Key", "x-key", "X-Other"))
        case "value" if placements:
            placement = chance.choice(placements)
            placement["value"] = f"Bearer {placement['value']}"
        case "add" if names:
            value = f"{{{chance.choice(names)}}}"
            placements.append({"in": chance.choice(PLACED), "name": "X-More", "value": value})
        case "remove" if len(placements) > 1:
            placements.pop()


def _edit_methods(chance: random.Random, document: Document) -> None:
    (connector,) = (each for each in document["connectors"] if each["id"] in ("surf", "kite"))
    choices: tuple[Document, ...] = (
        {"scheme": "wave"},
        {"scheme": "tide"},
        {"methods": [{"id": "a", "schemes": ["wave"]}, {"id": "b", "schemes": ["tide"]}]},
        {"methods": [{"id": "a", "schemes": ["wave"]}]},
        {"methods": [{"id": "a", "schemes": ["tide"], "title": "A"}, {"id": "c", "schemes": ["wave"]}]},
        {"methods": [{"id": id_, "schemes": [name]} for id_, name in (("a", "wave"), ("b", "tide"), ("c", "tide"))]},
    )
    connector.pop("scheme", None)
    connector.pop("methods", None)
    connector.update(copy.deepcopy(chance.choice(choices)))


def _edit_definitions(chance: random.Random, document: Document) -> None:
    """Rename a definition, with or without its former name, or add one."""
    connector = document["connectors"][0]
    match chance.choice(("former", "renamed", "added", "added-scheme")):
        case "former" if connector["id"] == "surf":
            connector |= {"id": "kite", "former_names": ["surf"]}
        case "renamed" if connector["id"] == "surf":
            connector["id"] = "kite"
        case "added" if len(document["connectors"]) == 1:
            document["connectors"].append({"id": "raft", "scheme": document["schemes"][0]["id"]})
        case "added-scheme" if len(document["schemes"]) == 2:
            document["schemes"].append(make_scheme(chance, "foam"))


EDITS: tuple[Callable[[random.Random, Document], None], ...] = (
    _edit_setting, _edit_setting, _edit_setting, _edit_setting, _add_setting, _remove_setting,
    _edit_secrecy, _edit_origin, _edit_definition, _edit_endpoints, _edit_oauth, _edit_request, _edit_placements, _edit_methods,
    _edit_definitions,
)  # fmt: skip
