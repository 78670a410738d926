"Authentication settings of the connector 24seven."

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

if "env_prefix_target" not in SettingsConfigDict.__annotations__:
    # Older versions would read the variables of other programs.
    raise ImportError("the settings need pydantic-settings 2.13 or newer")

NonEmptySecret = Annotated[SecretStr, Field(min_length=1)]

SCHEMES: Final[tuple[str, ...]] = ("k",)
SELECTOR: Final[Mapping[str, str]] = {}
ENDPOINTS: Final[Mapping[str, str]] = {}
SCOPES: Final[tuple[str, ...]] = ()


class _Settings(BaseSettings):
    """Settings that show no secret: in their text, their dump, or what they refuse."""

    model_config = SettingsConfigDict(
        env_prefix="M_24_SEVEN_",
        env_prefix_target="all",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
    )

    SECRETS: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def from_env(
        cls, *, env_file: str | None = None, secrets_dir: str | None = None
    ) -> Self:
        """Read the environment, then `env_file`, then the files in `secrets_dir`."""
        sources: dict[str, Any] = {"_env_file": env_file, "_secrets_dir": secrets_dir}
        return cls(**sources)

    def secrets(self) -> dict[str, str]:
        """The plain values by their wire names, for the one call that uploads them.

        Never log the result.
        """
        values = dict(iter(self))
        held = {name: values[attribute] for name, attribute in self.SECRETS.items()}
        return {
            name: (
                value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            )
            for name, value in held.items()
            if value is not None
        }

    @field_validator("*")
    @classmethod
    def _refuse_placeholder(cls, value: object) -> object:
        """Refuse what an example has in the place of a value."""
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        unset = "REPLACE_ME"
        if text in (unset, [unset], {unset: unset}):
            raise PydanticCustomError("unset", "the placeholder is not replaced")
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _without_inputs(
        cls, data: object, handler: ModelWrapValidatorHandler[Self]
    ) -> Self:
        """Refuse without the values, which `ValidationError.errors()` would give away."""
        try:
            return handler(data)
        except ValidationError as error:
            found = error.errors(
                include_input=False, include_context=False, include_url=False
            )
        problems = [
            InitErrorDetails(
                type=PydanticCustomError(
                    "missing" if problem["type"] == "missing" else "refused",
                    "{problem}",
                    {"problem": problem["msg"]},
                ),
                loc=problem["loc"],
                input=None,
            )
            for problem in found
        ]
        raise ValidationError.from_exception_data(
            cls.__name__, problems, hide_input=True
        )


class C24SevenConfiguration(_Settings):
    """What the owner of the connector supplies."""

    connector: Literal["24seven"] = "24seven"
    api_key: NonEmptySecret = Field(
        description="The key.",
    )
    base_url: str = Field(
        description="The address of the provider's API.",
    )
    verify: bool = Field(
        default=True,
        description="Whether to verify.",
    )
    note: str | None = Field(
        default=None,
        description="A note.",
    )

    SECRETS: ClassVar[Mapping[str, str]] = {"api_key": "api_key"}


class C24SevenRuntime(_Settings):
    """What the platform injects into the system."""

    connector: Literal["24seven"] = "24seven"
    api_key: NonEmptySecret = Field(
        description="The key.",
        json_schema_extra={"x-origin": "copied", "x-required": "api_key"},
    )
    base_url: str = Field(
        description="The address of the provider's API.",
    )
    verify: bool = Field(
        default=True,
        description="Whether to verify.",
    )
    note: str | None = Field(
        default=None,
        description="A note.",
    )

    SECRETS: ClassVar[Mapping[str, str]] = {"api_key": "api_key"}


def inject(
    configuration: C24SevenConfiguration,
) -> C24SevenRuntime:
    """What the platform injects: copied from the configuration, or obtained."""
    return C24SevenRuntime(
        api_key=configuration.api_key,
        base_url=configuration.base_url,
        verify=configuration.verify,
        note=configuration.note,
    )
