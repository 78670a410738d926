"""Models of platforms: how the files of their connectors spell what definitions state.

The docstrings and descriptions below are published as the JSON Schema of definition files and in the reference.
Annotations are no strings, as in `definitions`.
"""

import re
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, JsonValue, StringConstraints

from authscribe.model.definitions import (
    Definition,
    EndpointRole,
    Id,
    InjectedSecret,
    Kind,
    Location,
    Model,
    Placement,
    Text,
    WireName,
)
from authscribe.model.naming import split_words

_SEGMENT: Final = r"\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*"
"""Pattern of the name of a file or folder, which is never `..`."""
IgnoredPath = Annotated[str, StringConstraints(pattern=rf"^{_SEGMENT}(/{_SEGMENT})*/?$", max_length=200)]
RelativePath = Annotated[str, StringConstraints(pattern=rf"^{_SEGMENT}(/{_SEGMENT})*$", max_length=200)]


class Flag(Model):
    """Manifest switch of the platform, and the secrets that it injects when set."""

    name: WireName = Field(description="key of the flag in a manifest")
    description: Text = Field(default="", description="purpose of the flag")
    injected: tuple[InjectedSecret, ...] = Field(default=(), description="secrets that it injects")
    variables: tuple[WireName, ...] = Field(default=(), description="variables that it fills")
    internal: bool = Field(default=False, description="whether its secrets are for the platform's own API only")
    open_receivers: Text | None = Field(
        default=None, description="ending of the pipes to which anybody may send data when it is set"
    )


class Variable(Model):
    """Variable that the platform fills without a declaration."""

    name: WireName = Field(description="name of the variable")
    description: Text = Field(default="", description="meaning of the value")
    always: bool = Field(
        default=False, description="whether the platform fills it for every connector, not only usually"
    )


class References(Model):
    """Spelling of references on the platform; `{name}` is replaced by the name referred to."""

    secret: Text = Field(description="reference to a secret")
    call: Text | None = Field(default=None, description="reference to a secret inside a runtime expression")
    variable: Text = Field(description="reference to a parameter or variable")
    block: Text | None = Field(
        default=None,
        description="statement around text, in the language of variables; without it, that language has names alone",
    )
    comment: Text | None = Field(default=None, description="comment, in the language of variables")
    environment: Text = Field(description="reference to a value of the environment")

    def can_name(self, name: str) -> bool:
        """Return whether a reference to a variable can have this name: an expression cannot, as `wix-site-id`."""
        return self.block is None or name.isidentifier()


class LetterCase(StrEnum):
    """Case of the letters of names."""

    LOWER = "lower"
    """All letters are small."""
    UPPER = "upper"
    """All letters are capitals."""


class NamingRule(Model):
    """Rule for the names of secrets and parameters in the files of a platform.

    A name that the rule refuses is spelled anew from its words.
    """

    pattern: Text = Field(description="regular expression that the whole of each name matches")
    characters: Text = Field(
        default="other characters", description="what names consist of, to complete the sentence `use ...`"
    )
    letters: LetterCase = Field(
        default=LetterCase.LOWER, description="case of the letters of a name that is spelled anew"
    )
    separator: Text = Field(default="_", description="text between the words of a name that is spelled anew")
    exceptions: dict[WireName, WireName] = Field(
        default_factory=dict, description="spelling of single names, by their names"
    )

    def accepts(self, name: str) -> bool:
        """Return whether a name may stand in the files of the platform."""
        return re.fullmatch(self.pattern, name) is not None

    def spell(self, name: str) -> str:
        """Return the spelling of a name; `resolve` refuses one that the rule does not accept either."""
        if name in self.exceptions or self.accepts(name):
            return self.exceptions.get(name, name)
        spelt = self.separator.join(split_words(name))
        return spelt.upper() if self.letters is LetterCase.UPPER else spelt


def is_yaml_path(path: str) -> bool:
    """Return whether the suffix of a path is that of YAML."""
    return path.endswith((".yaml", ".yml"))


class ConnectorFile(Model):
    """File of a connector on the platform."""

    path: RelativePath = Field(
        description="path in the folder of the connector; a file with the suffix `.yaml` or `.yml` is written in YAML, "
        "any other in JSON"
    )
    stub: RelativePath | None = Field(default=None, description="path in the output of the target (default: `path`)")
    description: Text = Field(default="", description="purpose, to complete a sentence that begins with the path")

    @property
    def stub_path(self) -> str:
        """Return the path in the output of the target."""
        return self.stub or self.path


_INITIAL: Final = "content in a new connector, to which the facts of the definitions are added"


class ManifestFile(ConnectorFile):
    """File in which a connector states how it authenticates; all keys are dotted paths in it."""

    initial: dict[str, JsonValue] = Field(default_factory=dict, description=_INITIAL)
    parameters: Text | None = Field(default=None, description="mapping that declares the parameters")
    declaration: JsonValue = Field(default_factory=dict, description="value of a parameter in that mapping")
    endpoints: dict[EndpointRole, Text] = Field(default_factory=dict, description="URL of each role")
    scopes: Text | None = Field(default=None, description="list of the scopes that are requested")
    optional_scopes: Text | None = Field(default=None, description="list of the scopes that the user may refuse")
    system: tuple[Text, ...] = Field(
        default=(), description="path of the system template; the first of these keys that is there counts"
    )
    datatypes: Text | None = Field(
        default=None, description="mapping of the datatypes, each with `template`, `parameters` and `parent`"
    )

    @property
    def scope_lists(self) -> dict[str, str]:
        """Return the path of the list of each type of scopes, by its key in `OAuth`."""
        paths = {"scopes": self.scopes, "optional_scopes": self.optional_scopes}
        return {key: path for key, path in paths.items() if path is not None}


class Slots(Model):
    """Dotted path in the system template of the value at each location.

    `{name}` is replaced by the name of the placement, and `{operation}` by that of the operation.
    """

    header: Text = Field(default="headers.{name}", description="a request header")
    query: Text = Field(default="query.{name}", description="a query parameter")
    path: Text = Field(default="path", description="the path of the URL")
    cookie: Text = Field(default="cookies.{name}", description="a cookie; without `{name}`, all of them")
    body: Text = Field(default="body.{name}", description="a field of the request body")
    basic_username: Text = Field(default="username", description="the user name of HTTP basic authentication")
    basic_password: Text = Field(default="password", description="the password of HTTP basic authentication")
    block: Text = Field(default="{name}", description="a key of the platform's authentication block")

    def split(self, location: Location) -> tuple[str, ...]:
        """Return the keys of the path of a location."""
        path: str = getattr(self, location)
        return tuple(path.split("."))

    def find_holder(self, location: Location) -> str | None:
        """Return the key whose values belong to a location by their names, such as `headers`; None if none does."""
        keys = self.split(location)
        return keys[keys.index("{name}") - 1] if "{name}" in keys[1:] else None


class SystemFile(ConnectorFile):
    """Template with the requests of a connector, which authenticates them."""

    initial: dict[str, JsonValue] = Field(default_factory=dict, description=_INITIAL)
    slots: Slots = Field(default=Slots(), description="where values go")
    basic: dict[str, Text] = Field(
        default_factory=dict, description="settings that announce HTTP basic authentication (RFC 7617), by dotted path"
    )
    service: Text | None = Field(
        default=None,
        description="dotted path that only those systems have which are programs that the platform itself runs",
    )
    obtained: dict[str, Text] = Field(
        default_factory=dict,
        description="variable at run time with what a system obtains itself, by the dotted path that says how it does",
    )
    operation: Text = Field(default="list", description="name of the operation in stubs")
    initial_operation: Text | None = Field(
        default=None, description="name of the operation in a new connector (default: `operation`)"
    )


class SettingRole(StrEnum):
    """Settings that a file holds."""

    REQUIRED = "required"
    """Secrets that the owner of a connector supplies."""
    INJECTED = "injected"
    """Secrets that the platform puts into the system."""
    PARAMETERS = "parameters"
    """Settings that are not secret."""


class SettingsFile(ConnectorFile):
    """File with a value for each setting; without `holds`, a file that only new connectors have."""

    initial: JsonValue = Field(default=None, description="content in a new connector of a file that holds no settings")
    holds: SettingRole | None = Field(default=None, description="settings that it has values for")
    placeholder: JsonValue = Field(default="REPLACE_ME", description="value of a setting without a default")
    constants: dict[str, JsonValue] = Field(
        default_factory=dict, description="other values in a file that holds settings"
    )


class LoginOption(Model):
    """Manifest key that the login of some schemes needs."""

    key: Text = Field(description="dotted path in the manifest")
    schemes: tuple[Id, ...] = Field(description="schemes whose login needs it")
    scope: Text | None = Field(
        default=None, description="needed only if this scope is requested (RFC 6749 section 3.3)"
    )
    reason: Text = Field(description="what the login needs it for")
    example: Text = Field(description="initial value in a new connector")


class Mechanism(Model):
    """System setting that reveals how the system authenticates, and the matching kinds."""

    slot: Text = Field(description="dotted path in the system")
    value: Text | None = Field(default=None, description="applies only if the setting has this value")
    kinds: tuple[Kind, ...] = Field(description="kinds that authenticate this way")


class Platform(Definition):
    """Profile of a platform: its spelling of schemes, flags and references."""

    selector_keys: tuple[str, ...] = Field(default=(), description="manifest keys that select the scheme")
    selectors: dict[Id, dict[str, str]] = Field(default_factory=dict, description="values of these keys, by scheme")
    injects: dict[Id, tuple[WireName, ...]] = Field(
        default_factory=dict, description="secrets that the platform injects for a scheme, whether documented or not"
    )
    login_options: tuple[LoginOption, ...] = Field(default=(), description="manifest keys that logins need")
    mechanisms: tuple[Mechanism, ...] = Field(
        default=(), description="system settings that reveal how a system authenticates"
    )
    credential_slots: tuple[Text, ...] = Field(default=(), description="dotted paths that may hold only a secret")
    references: References = Field(description="spelling of references")
    flags: tuple[Flag, ...] = Field(default=(), description="manifest switches")
    variables: tuple[Variable, ...] = Field(default=(), description="variables that the platform fills")
    names: NamingRule | None = Field(
        default=None, description="rule for the names of secrets and parameters (default: any name is used as it is)"
    )
    folder: RelativePath | None = Field(
        default=None, description="folder of the stubs in the output folder (default: the id)"
    )
    manifest: ManifestFile | None = Field(default=None, description="manifest of a connector")
    system: SystemFile | None = Field(default=None, description="requests of a connector")
    files: tuple[SettingsFile, ...] = Field(default=(), description="other files of a connector")
    ignored: tuple[IgnoredPath, ...] = Field(
        default=(), description="files that Git is to ignore in a connector, besides those with secrets"
    )
    placements: dict[Kind, tuple[Placement, ...]] = Field(
        default_factory=dict, description="default placements, by kind"
    )
    targets: tuple[Text, ...] = Field(
        default=(), description="targets of a run that names none (default: `python`, `docs` and `catalogue`)"
    )

    def spell_name(self, name: str) -> str:
        """Return the name of a secret or parameter in the files of the platform."""
        return name if self.names is None else self.names.spell(name)

    @property
    def all_files(self) -> tuple[ConnectorFile, ...]:
        """Return the files of a connector, its manifest and its system first."""
        return tuple(file for file in (self.manifest, self.system, *self.files) if file is not None)

    @property
    def manifest_paths(self) -> frozenset[str]:
        """Return the dotted paths of the keys of a manifest that mean something to the platform."""
        paths = [*self.selector_keys, *(flag.name for flag in self.flags)]
        paths += (option.key for option in self.login_options)
        if self.manifest is not None:
            paths += (*self.manifest.endpoints.values(), *self.manifest.scope_lists.values(), *self.manifest.system)
            paths += filter(None, (self.manifest.parameters, self.manifest.datatypes))
        return frozenset(paths)
