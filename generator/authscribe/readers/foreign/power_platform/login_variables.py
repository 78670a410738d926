"""Fill the templates of a Power Platform login, for addresses and fields of requests, with references to parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.model.credential_names import may_be_credential
from authscribe.readers.foreign.power_platform.custom_parameters import list_variables, replace_variables

_PLATFORM_VARIABLES: Final = frozenset(
    {"clientid", "clientsecret", "code", "redirecturl", "refreshtoken", "resourceuri", "scope", "scopes", "state"}
)
"""Variables of a template that the platform fills in, in lower case."""

_GRANT_FIELDS: Final = frozenset({"grant_type", "response_type"})
"""Fields that tell the grant (RFC 6749), so that they are not a choice of the provider."""

PLATFORM_FIELDS: Final = _GRANT_FIELDS | {
    "code", "code_challenge", "code_challenge_method", "code_verifier", "nonce", "redirect_uri", "refresh_token",
    "scope", "state",
}  # fmt: skip
"""Fields of requests that the platform fills in by itself (RFC 6749, RFC 7636, OpenID Connect)."""

_STANDARD_FIELDS: Final = PLATFORM_FIELDS | {"client_id", "client_secret", "password", "username"}
"""Fields that a grant requires."""


@dataclass(frozen=True, slots=True)
class LoginVariables:
    """Variables of a login's templates.

    `declared` holds the names of parameters, and `constants` the texts of custom parameters, by names in lower case.
    """

    login: str
    declared: Mapping[str, str]
    constants: Mapping[str, str]

    def find_wire(self, variable: str) -> str | None:
        """Return the parameter of a variable: one of the login's own, else one of exactly this name."""
        return self.find_own(variable) or self.declared.get(variable.lower())

    def find_own(self, variable: str) -> str | None:
        """Return the login's own parameter of a variable."""
        return self.declared.get(f"{self.login}:{variable}".lower())

    def make_wire(self, variable: str) -> str:
        """Return the parameter of a variable; if none is declared, a name of the form that logins use."""
        return self.find_wire(variable) or f"{self.login}:{variable}"

    def is_filled_in(self, variable: str) -> bool:
        """Return whether the platform fills in a variable, for which no parameter is declared."""
        return variable.lower() in _PLATFORM_VARIABLES and self.find_wire(variable) is None

    def fill(self, text: str) -> str:
        """Return a text with the custom parameters that it refers to, unless a parameter is declared for them."""

        def find(variable: str) -> str:
            constant = self.constants.get(variable.lower()) if self.find_wire(variable) is None else None
            return constant if constant is not None else f"{{{variable}}}"

        return replace_variables(text, find)

    def spell(self, text: str) -> str | None:
        """Return a text with references to parameters; None if the platform fills in a part of it."""
        if any(map(self.is_filled_in, list_variables(text))):
            return None
        return replace_variables(text, lambda variable: f"${{{self.make_wire(variable)}}}")

    def select_fields(self, fields: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return the fields of a request that are a choice of the provider, with references to parameters.

        Literals that may be credentials are not among them.
        """
        filled = ((name, self.fill(value)) for name, value in fields)
        chosen = {
            name: self.spell(value)
            for name, value in filled
            if (name not in _STANDARD_FIELDS if "{" in value else name not in _GRANT_FIELDS)
            and ("{" in value or not may_be_credential(name, value))
        }
        return {name: value for name, value in chosen.items() if value is not None}
