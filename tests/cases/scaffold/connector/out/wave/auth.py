"Authentication settings of the connector wave."

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, Never, Protocol, Self

from pydantic import (
    BeforeValidator,
    Field,
    JsonValue,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, from_json, to_json
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

if "env_prefix_target" not in SettingsConfigDict.__annotations__:
    # Older versions would read the variables of other programs.
    raise ImportError("the settings need pydantic-settings 2.13 or newer")

SCHEMES: Final[tuple[str, ...]] = ("api_key",)
SELECTOR: Final[Mapping[str, str]] = {"auth": "api_key"}
ENDPOINTS: Final[Mapping[str, str]] = {}
SCOPES: Final[tuple[str, ...]] = ()


def _parse_json(value: object) -> object:
    """Read a text, of a variable or a file, as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return from_json(value)
    except ValueError:
        # Raised below, since its text holds the value.
        pass
    raise PydanticCustomError("json", "the text is not JSON")


NonEmptySecret = Annotated[SecretStr, Field(min_length=1)]
JsonObject = Annotated[dict[str, JsonValue], BeforeValidator(_parse_json)]
JsonArray = Annotated[list[JsonValue], BeforeValidator(_parse_json)]


def _is_placeholder(value: object) -> bool:
    """Tell whether a value is what an example has in its place."""
    unset = "REPLACE_ME"
    if not isinstance(value, SecretStr):
        return value in (unset, [unset], {unset: unset})
    text = value.get_secret_value().strip()
    is_hole = text[:1] == "<" and text[-1:] == ">" and not {"<", ">"} & {*text[1:-1]}
    words = text.lower().replace("_", "").replace("-", "")
    return is_hole or words in ("changeme", unset.lower().replace("_", ""))


def _supplied(source: PydanticBaseSettingsSource) -> Any:
    """Leave out empty texts, which mean absent, and the tags of a class."""

    def read() -> dict[str, Any]:
        return {
            name: value
            for name, value in source().items()
            if name not in ("connector", "method", "scheme") and value != ""
        }

    return read


def _refusal(
    title: str, problems: Iterable[tuple[str, tuple[int | str, ...], str]]
) -> ValidationError:
    """Return an error with names and no values."""
    details = [
        InitErrorDetails(
            type=PydanticCustomError(
                "missing" if kind == "missing" else "refused",
                "{problem}",
                {"problem": message},
            ),
            loc=place,
            input=None,
        )
        for kind, place, message in problems
    ]
    return ValidationError.from_exception_data(title, details, hide_input=True)


def _without_values(error: ValidationError) -> ValidationError:
    """Return an error without the values, which `errors()` would give away."""
    found = error.errors(include_input=False, include_context=False, include_url=False)
    problems = [(each["type"], each["loc"], each["msg"]) for each in found]
    return _refusal(error.title, problems)


class Settings(BaseSettings):
    """Settings that show no secret: in their text, their dump, or what they refuse."""

    model_config = SettingsConfigDict(
        enable_decoding=False,
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
        try:
            return cls(**sources)
        except UnicodeDecodeError:
            problem = SettingsError("a file with settings is not UTF-8")
        except SettingsError as error:
            # Without its cause, which may hold a value.
            problem = SettingsError(str(error))
        raise problem

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the sources in this order; the first that has a value decides."""
        return (
            init_settings,
            _supplied(env_settings),
            _supplied(dotenv_settings),
            _supplied(file_secret_settings),
        )

    @classmethod
    def model_validate_json(
        cls, json_data: str | bytes | bytearray, **options: Any
    ) -> Self:
        """Read JSON; if it is refused, the error does not repeat it."""
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            problem = _without_values(error)
        raise problem

    def secrets(self) -> dict[str, str]:
        """The plain values by their wire names, for the one call that uploads them.

        What is not text is in JSON. Never log the result.
        """
        values = dict(iter(self))
        held = {name: values[attribute] for name, attribute in self.SECRETS.items()}
        plain = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in held.items()
            if value is not None
        }
        return {
            name: value if isinstance(value, str) else to_json(value).decode()
            for name, value in plain.items()
        }

    def __setattr__(self, name: str, value: object) -> Never:
        """Refuse, without the value, which the refusal of pydantic shows."""
        del value
        problem = ("frozen", (name,), "the settings cannot be changed")
        raise _refusal(type(self).__name__, [problem])

    @field_validator("*")
    @classmethod
    def _refuse_placeholder(cls, value: object) -> object:
        """Refuse what an example has in the place of a value."""
        if _is_placeholder(value):
            raise PydanticCustomError("unset", "the placeholder is not replaced")
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _refuse_without_values(
        cls, data: object, handler: ModelWrapValidatorHandler[Self]
    ) -> Self:
        """Refuse without the values, which pydantic's errors hold."""
        try:
            return handler(data)
        except ValidationError as error:
            problem = _without_values(error)
        raise problem


class WaveConfiguration(Settings):
    """What the owner of the connector supplies."""

    model_config = SettingsConfigDict(env_prefix="WAVE_")

    connector: Literal["wave"] = "wave"
    api_key: NonEmptySecret = Field(
        description="",
    )
    base_url: str = Field(
        description="The address of the provider's API.",
    )

    SECRETS: ClassVar[Mapping[str, str]] = {"api_key": "api_key"}


class WaveOnboarding(Protocol):
    "Obtains what the owner cannot supply."

    def api_key(self) -> SecretStr: ...


class WaveRuntime(Settings):
    """What the platform injects into the system."""

    model_config = SettingsConfigDict(env_prefix="WAVE_")

    connector: Literal["wave"] = "wave"
    api_key: NonEmptySecret = Field(
        description="",
        json_schema_extra={"x-origin": "unknown"},
    )
    base_url: str = Field(
        description="The address of the provider's API.",
    )

    SECRETS: ClassVar[Mapping[str, str]] = {"api_key": "api_key"}


def inject(
    configuration: WaveConfiguration,
    *,
    onboarding: WaveOnboarding,
) -> WaveRuntime:
    """What the platform injects, each value from its own source."""
    return WaveRuntime(
        api_key=onboarding.api_key(),
        base_url=configuration.base_url,
    )
