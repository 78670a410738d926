"""Choose the format of a file that `sync` keeps up to date, by the name of the file and by its text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from authscribe.sync.update import Format

_ENVIRONMENT: Final = re.compile(r"(?:.*\.)?env(?:[._-].*)?", re.IGNORECASE)
_TEMPLATE: Final = re.compile(
    r"(?:.*[._-])?(?:example|sample|template|tmpl|tpl|dist|defaults?)(?:[._-].*)?", re.IGNORECASE
)
_SCHEMA: Final = ".schema"
_SERVER: Final = re.compile(r'"(?:packages|remotes)"\s*:')
_WORKFLOW: Final = tuple(re.compile(rf"^(['\"]?){key}\1:", re.MULTILINE) for key in ("on", "jobs"))
_COMPOSE: Final = re.compile(r"^(['\"]?)(?:services|secrets)\1:", re.MULTILINE)
_YAML: Final = (".yml", ".yaml")


class Kind(NamedTuple):
    """Kind of files: its name in messages, whether a file is one by its name, and by its text, and its format."""

    noun: str
    has_name: Callable[[str], bool]
    has_text: Callable[[str], object]
    load: Callable[[], Format]


def is_environment_file(name: str) -> bool:
    """Return whether a file is an environment file, by its name; a schema for env-spec is not."""
    return _ENVIRONMENT.fullmatch(name) is not None and not name.endswith(_SCHEMA)


def is_template(name: str) -> bool:
    """Return whether the name of an environment file marks it as one without values, such as `.env.example`."""
    return is_environment_file(name) and _TEMPLATE.fullmatch(name) is not None


def is_known_name(name: str) -> bool:
    """Return whether a file may be of one of the kinds, by its name."""
    return any(kind.has_name(name) for kind in KINDS)


def choose_format(name: str, text: str) -> Format | None:
    """Return the format of a file; None if it is of none of the kinds."""
    kinds = (kind for kind in KINDS if kind.has_name(name) and kind.has_text(text))
    return next((kind.load() for kind in kinds), None)


def _is_server(name: str) -> bool:
    return name.lower().endswith("server.json")


def _is_yaml(name: str) -> bool:
    return name.lower().endswith(_YAML)


def _is_workflow(text: str) -> bool:
    return all(key.search(text) for key in _WORKFLOW)


def _load_dotenv() -> Format:
    from authscribe.sync.dotenv import DOTENV_FORMAT

    return DOTENV_FORMAT


def _load_server() -> Format:
    from authscribe.sync.server_json import SERVER_FORMAT

    return SERVER_FORMAT


def _load_workflow() -> Format:
    from authscribe.sync.workflow import WORKFLOW_FORMAT

    return WORKFLOW_FORMAT


def _load_compose() -> Format:
    from authscribe.sync.compose import COMPOSE_FORMAT

    return COMPOSE_FORMAT


KINDS: Final = (
    Kind("environment templates (.env.example)", is_template, lambda _: True, _load_dotenv),
    Kind("MCP servers (server.json)", _is_server, _SERVER.search, _load_server),
    Kind("workflows of GitHub Actions", _is_yaml, _is_workflow, _load_workflow),
    Kind("Compose files", _is_yaml, _COMPOSE.search, _load_compose),
)
"""Kinds of files, the first of which decides. Formats are imported when they are needed."""
