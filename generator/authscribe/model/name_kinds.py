"""State how each target spells names: alphabet, length, letter case and reserved names, in one table.

`resolve` checks names with these rules and targets spell names with them, so a target never meets a name that its
platform refuses. `model.spelling` applies them to definitions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field, fields
from enum import StrEnum
from typing import Final, NamedTuple

from authscribe.model import naming
from authscribe.model.strict import StrictDataclass, strict_dataclass


class NameKind(StrEnum):
    """Kind of name that a target spells; the values are the keys of `names` in a definition."""

    PYTHON = "python"
    """Attribute of a generated Python class, in lower case."""
    ENV = "env"
    """Environment variable, in upper case. Fits most platforms that have no kind of their own."""
    FILE = "file"
    """File of a mounted secret: the environment variable, unless the definition states another name."""
    KUBERNETES = "kubernetes"
    """Key of a Kubernetes Secret: the environment variable, unless the definition states another name."""
    COMPOSE = "compose"
    """Compose secret: the environment variable, unless the definition states another name."""
    HCL = "hcl"
    """Terraform variable: the environment variable in lower case. A stated name may have capitals and hyphens, too."""
    GITHUB = "github"
    """GitHub secret or variable: the environment variable, with `M_` before a name that begins with `GITHUB_`."""
    MCP = "mcp"
    """Variable of an MCP server: the Python attribute, unless the definition states another name."""


class NameRule(NamedTuple):
    """Rule of a platform for one kind of name.

    `noun` names the kind in messages. `characters` completes the sentence "use ...". `source` is where the platform
    states the rule. `convert` turns an environment variable into the derived name. Without `is_case_sensitive`, names
    that differ only in case are one. `is_shared` tells whether all connectors share one namespace. A rule of an option
    decides about its texts by `pattern`, `limit` and the reserved names; its messages have `characters`.
    """

    noun: str
    pattern: str
    characters: str
    source: str
    convert: Callable[[str], str] = str
    limit: int | None = None
    is_case_sensitive: bool = True
    is_shared: bool = True
    reserved: frozenset[str] = frozenset()
    reserved_prefixes: tuple[str, ...] = ()


_FILE_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_FILE_CHARACTERS: Final = "ASCII letters, digits, periods, hyphens and underscores, and begin with a letter or digit"
_IDENTIFIER: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_IDENTIFIER_CHARACTERS: Final = "ASCII letters, digits and underscores, and do not begin with a digit"

NAME_KINDS: Final[dict[NameKind, NameRule]] = {
    NameKind.PYTHON: NameRule(
        noun="Python attribute",
        pattern=naming.ATTRIBUTE_PATTERN,
        characters="lower-case ASCII letters, digits and underscores, and begin with a letter",
        source="Python Language Reference, section 2.3",
        convert=str.lower,
        is_shared=False,
        reserved=naming.KEYWORDS | naming.RESERVED_ATTRIBUTES,
        reserved_prefixes=("model_",),
    ),
    NameKind.ENV: NameRule(
        noun="environment variable",
        pattern=r"[A-Z_][A-Z0-9_]*",
        characters="upper-case ASCII letters, digits and underscores, and do not begin with a digit",
        source="POSIX.1-2017, section 8.1",
        # Windows and pydantic-settings ignore the case of letters.
        is_case_sensitive=False,
        # Shells, loaders and HTTP clients would take the value for one of their own settings.
        reserved=frozenset((
            "ALL_PROXY", "BASH_ENV", "CDPATH", "ENV", "FTP_PROXY", "HOME", "HTTPS_PROXY", "HTTP_PROXY", "IFS", "LANG",
            "LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD", "LOGNAME", "NODE_OPTIONS", "NO_PROXY", "PATH", "PWD",
            "PYTHONHOME", "PYTHONPATH", "SHELL", "SHELLOPTS", "TERM", "TMPDIR", "TZ", "USER",
        )),
    ),
    NameKind.FILE: NameRule(
        noun="file of a mounted secret",
        pattern=_FILE_NAME,
        characters=_FILE_CHARACTERS,
        source="POSIX.1-2017, section 3.282, and NAME_MAX of Linux",
        limit=255,
        is_case_sensitive=False,
    ),
    NameKind.KUBERNETES: NameRule(
        noun="key of a Kubernetes Secret",
        pattern=_FILE_NAME,
        characters=_FILE_CHARACTERS,
        source="Kubernetes API, Secret, field data",
        limit=253,
        # Each connector has a Secret of its own.
        is_shared=False,
    ),
    NameKind.COMPOSE: NameRule(
        noun="Compose secret",
        pattern=_FILE_NAME,
        characters=_FILE_CHARACTERS,
        source="Compose Specification, element secrets; the secret becomes a file",
        limit=255,
    ),
    NameKind.HCL: NameRule(
        noun="Terraform variable",
        pattern=r"[A-Za-z_][A-Za-z0-9_-]*",
        characters="ASCII letters, digits, underscores and hyphens, and begin with a letter or underscore",
        source="Terraform language, input variables",
        convert=str.lower,
        reserved=frozenset((
            "count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version",
        )),
    ),
    NameKind.GITHUB: NameRule(
        noun="GitHub secret or variable",
        pattern=_IDENTIFIER,
        characters=_IDENTIFIER_CHARACTERS,
        source="GitHub Actions, names of secrets and configuration variables",
        is_case_sensitive=False,
        reserved_prefixes=("GITHUB_",),
    ),
    NameKind.MCP: NameRule(
        noun="variable of an MCP server",
        pattern=_IDENTIFIER,
        characters=_IDENTIFIER_CHARACTERS,
        source="MCP registry, server.json, variables in the braces of a template",
        # Each server has variables of its own.
        is_shared=False,
    ),
}  # fmt: skip
"""Rule of each kind of name that a secret or parameter has."""


def to_dns_label(name: str) -> str:
    """Return the DNS label for a name; one that is too long ends with a mark that depends on the whole name."""
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    limit = OBJECT_RULE.limit or len(label)
    return label if len(label) <= limit else f"{label[: limit - 5].rstrip('-')}-{naming.make_mark(name)}"


OBJECT_RULE: Final = NameRule(
    noun="Kubernetes object",
    pattern=r"[a-z0-9]([a-z0-9-]*[a-z0-9])?",
    characters="lower-case ASCII letters, digits and hyphens, and begin and end with a letter or digit",
    source="RFC 1123, section 2.1; a volume of the same name needs a DNS label too",
    convert=to_dns_label,
    limit=63,
)
"""Rule of the Kubernetes object that holds the secrets of a scheme or connector."""

MODULE_RULE: Final = NameRule(
    noun="Python module",
    pattern=naming.ATTRIBUTE_PATTERN,
    characters=NAME_KINDS[NameKind.PYTHON].characters,
    source=NAME_KINDS[NameKind.PYTHON].source,
    convert=naming.to_module,
    reserved=naming.RESERVED_MODULES,
)
"""Rule of the Python module of a scheme or connector."""

PACKAGE_RULE: Final = MODULE_RULE._replace(
    noun="Python package",
    # Modules of these names are imported by the package.
    reserved=naming.KEYWORDS
    | {"authscribe", "collections", "importlib", "pydantic", "pydantic_core", "pydantic_settings", "typing"},
)
"""Rule of the Python package with all modules."""


def find_problem(rule: NameRule, name: str) -> str | None:
    """Return why a platform refuses a name, as a predicate such as `is reserved`, or None."""
    if not re.fullmatch(rule.pattern, name):
        return "does not have the required form" if name else "is empty"
    if rule.limit is not None and len(name) > rule.limit:
        return f"is longer than {rule.limit} characters"
    if name in rule.reserved:
        return "is reserved"
    folded = fold_name(rule, name)
    prefix = next((each for each in rule.reserved_prefixes if folded.startswith(fold_name(rule, each))), None)
    return f"begins with the reserved prefix '{prefix}'" if prefix is not None else None


_RESERVED_SOMEWHERE: Final = frozenset(
    word.upper() for kind, rule in NAME_KINDS.items() if kind is not NameKind.PYTHON for word in rule.reserved
)
_LIMIT: Final = min(rule.limit for rule in NAME_KINDS.values() if rule.limit is not None) - len("M_")


def is_accepted_everywhere(variable: str) -> bool:
    """Return whether no platform refuses what is derived from an environment variable of valid characters.

    If not, only `find_problem` knows whether one does.
    """
    return len(variable) <= _LIMIT and variable not in _RESERVED_SOMEWHERE


def find_prefix_problem(rule: NameRule, prefix: str) -> str | None:
    """Return why no name may begin with a prefix, as `find_problem` does, or None."""
    return find_problem(rule, prefix + rule.convert("X"))


def fold_name(rule: NameRule, name: str) -> str:
    """Return a key that is equal for names that are one name on the platform."""
    return name if rule.is_case_sensitive else name.casefold()


@strict_dataclass
class Prefixes(StrictDataclass):
    """Beginnings of all names of a kind, before the name of the connector."""

    env: str = field(default="", metadata={"description": "beginning of environment variables, such as `ACME_`"})
    kubernetes: str = field(default="", metadata={"description": "beginning of Kubernetes objects, such as `acme-`"})
    compose: str | None = field(
        default=None, metadata={"description": "beginning of Compose secrets (default: that of `env`)"}
    )
    hcl: str | None = field(
        default=None, metadata={"description": "beginning of Terraform variables (default: that of `env`, lower case)"}
    )
    github: str | None = field(
        default=None, metadata={"description": "beginning of GitHub secrets and variables (default: that of `env`)"}
    )


@strict_dataclass
class Conventions(StrictDataclass):
    """Choices about the names in all outputs."""

    package: str = field(default="connector_auth", metadata={"description": "the generated Python package"})
    prefixes: Prefixes = field(
        default=Prefixes(), metadata={"description": "beginnings of the names of all connectors and schemes"}
    )


DEFAULT_CONVENTIONS: Final = Conventions()

PREFIX_RULES: Final = {
    each.name: OBJECT_RULE if each.name == NameKind.KUBERNETES else NAME_KINDS[NameKind(each.name)]
    for each in fields(Prefixes)
}
"""Rule that a beginning of names obeys, by its key in `Prefixes`."""
