"Authentication settings of the connector opendata."

from collections.abc import Callable, Iterable, Mapping
from re import DOTALL, fullmatch, search
from string import Formatter
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, Never, Self
from urllib.parse import quote

from pydantic import (
    BeforeValidator,
    Field,
    JsonValue,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    ValidationInfo,
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

SCHEMES: Final[tuple[str, ...]] = ("none",)
SELECTOR: Final[Mapping[str, str]] = {}
ENDPOINTS: Final[Mapping[str, str]] = {}
SCOPES: Final[tuple[str, ...]] = ()


def _parse_json(value: object) -> object:
    """Read a text, of a variable or a file, as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return from_json(value, allow_inf_nan=False)
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


def _reveal(value: object) -> object:
    """Return the value of a secret, and any other value as it is."""
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def to_text(value: object) -> str:
    """Return a text as it is, and any other value as JSON."""
    return value if isinstance(value, str) else to_json(value).decode()


def _has_match(pattern: str, text: str) -> bool:
    """Tell whether a pattern of JSON Schema matches, of which `$` is the very end."""
    # In Python, it is also before a line feed there.
    texts = (text, text + "\n") if text.endswith("\n") else (text,)
    return all(search(pattern, each) for each in texts)


def _check_schema(value: object, schema: Mapping[str, Any]) -> None:
    """Refuse a value that is not allowed, or does not match the pattern."""
    allowed, pattern = schema.get("enum"), schema.get("pattern")
    if allowed is not None and value not in allowed:
        choices = {"choices": ", ".join(map(to_text, allowed))}
        raise PydanticCustomError("enum", "the value is not one of {choices}", choices)
    if pattern is not None and not _has_match(pattern, str(value)):
        shown = {"pattern": pattern}
        raise PydanticCustomError(
            "pattern", "the value does not match {pattern}", shown
        )


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
        allow_inf_nan=False,
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

    def model_copy(
        self, *, update: Mapping[str, Any] | None = None, deep: bool = False
    ) -> Self:
        """Copy, and validate what is updated, which pydantic would show as it is."""
        if not update:
            return super().model_copy(deep=deep)
        fields = type(self).model_fields
        problems = [
            ("unknown", (name,), "there is no such setting")
            for name in update
            if name not in fields
        ]
        if problems:
            raise _refusal(type(self).__name__, problems)
        # Variables of the environment may complete the other settings of this one.
        held = dict(type(self)(**{**dict(self), **update}))
        validated = {name: held[name] for name in update}
        return super().model_copy(update=validated, deep=deep)

    def secrets(self) -> dict[str, str]:
        """The plain values by their wire names, for the one call that uploads them.

        What is not text is in JSON. Never log the result.
        """
        values = dict(iter(self))
        held = {name: _reveal(values[item]) for name, item in self.SECRETS.items()}
        return {
            name: to_text(value) for name, value in held.items() if value is not None
        }

    def __setattr__(self, name: str, value: object) -> Never:
        """Refuse, without the value, which the refusal of pydantic shows."""
        del value
        problem = ("frozen", (name,), "the settings cannot be changed")
        raise _refusal(type(self).__name__, [problem])

    @field_validator("*")
    @classmethod
    def _refuse_unfit(cls, value: object, info: ValidationInfo) -> object:
        """Refuse what an example has in the place of a value, or the schema refuses."""
        if _is_placeholder(value):
            raise PydanticCustomError("unset", "the placeholder is not replaced")
        schema = cls.model_fields[info.field_name or ""].json_schema_extra
        if isinstance(schema, dict) and value is not None:
            _check_schema(_reveal(value), schema)
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


class AuthenticationError(ValueError):
    """Refusal to authenticate a request; it names settings and shows no values."""


class Masked(dict[str, Any]):
    """A mapping whose text has its keys, and no values."""

    def __repr__(self) -> str:
        return repr(dict.fromkeys(self, "**********"))


class Basic(NamedTuple):
    """User name and password of HTTP basic authentication (RFC 7617)."""

    username: str
    password: str

    def __repr__(self) -> str:
        return "Basic(**********)"


class UnsignedRequest(NamedTuple):
    """A request that is complete, apart from what is computed from it."""

    method: str
    url: str
    headers: Masked
    body: bytes

    def __repr__(self) -> str:
        return "UnsignedRequest(" + repr(self.method) + ", " + repr(self.headers) + ")"


Sign = Callable[[UnsignedRequest], Mapping[str, str]]


class RequestAuth(NamedTuple):
    """The authentication part of a request; its text shows no values.

    The values of `path` replace a part of the path that is spelled `{name}`, and are
    encoded; all others are not. The keys in `body` are nested. The platform fills in
    the keys in `block`, and the client is responsible for the kinds in `client`.
    """

    headers: Masked
    params: Masked
    cookies: Masked
    path: Masked
    body: Masked
    basic: Basic | None
    block: tuple[str, ...]
    client: tuple[str, ...]
    sign: Sign | None


def _name_place(location: str, name: str) -> str:
    return location + " " + repr(name) if name else location


def check_part(location: str, name: str, text: str, origin: str) -> None:
    """Refuse what a request cannot carry as it is; the error has no value."""
    pattern, problem = {
        # RFC 9110 section 5.5
        "header": (
            "(?![ \t])[\t -~\x80-\xff]*(?<![ \t])",
            "a header cannot hold line ends or other control characters, characters"
            + " beyond Latin-1, or spaces around its value",
        ),
        # RFC 6265 section 4.1.1
        "cookie": (
            "(\x22?)[!#-+\\--:<-\\[\\]-~]*\\1",
            "a cookie cannot hold spaces, quotes, commas, semicolons, backslashes,"
            + " control characters, or characters beyond ASCII",
        ),
        # RFC 7617 section 2
        "basic_username": (
            "[^\x00-\x1f\x7f:]*",
            "a user name cannot hold colons or control characters",
        ),
        "basic_password": (
            "[^\x00-\x1f\x7f]*",
            "a password cannot hold control characters",
        ),
        # RFC 3986 section 5.2.4
        "path": (
            "(?!(.*/)?[.][.]?(/|$)).*",
            "clients remove the segments . and .. of a path",
        ),
    }.get(location, (".*", ""))
    place = _name_place(location, name)
    is_token = fullmatch("[!#$%&'*+.^_`|~0-9A-Za-z-]+", name)
    if location in ("header", "cookie") and not is_token:
        raise AuthenticationError(place + ": this is not a name")
    if not fullmatch(pattern, text, DOTALL):
        raise AuthenticationError(place + ", from " + origin + ": " + problem)


def _list_holes(template: str) -> list[str]:
    return [hole for _, hole, _, _ in Formatter().parse(template) if hole]


def _pick_texts(template: str, values: Mapping[str, object]) -> dict[str, str]:
    return {hole: to_text(values[hole]) for hole in _list_holes(template)}


def _choose_template(
    place: str, templates: Iterable[str], values: Mapping[str, object]
) -> str | None:
    """Return the first template that has all of its settings; none if all are absent.

    What only the platform knows is among the names, and not among the values.
    """
    holes = {template: _list_holes(template) for template in templates}
    for template, names in holes.items():
        if all(values.get(name) is not None for name in names):
            return template
    named = dict.fromkeys(name for names in holes.values() for name in names)
    if all(name in values and values[name] is None for name in named):
        return None
    absent = ", ".join(name for name in named if values.get(name) is None)
    raise AuthenticationError(place + ": no value for " + absent)


def _fill_template(location: str, template: str, values: Mapping[str, object]) -> Any:
    """Return a value for the wire; one that is alone in a body keeps its type."""
    texts = _pick_texts(template, values)
    if location == "body" and template in ("{" + hole + "}" for hole in texts):
        return values[template[1:-1]]
    if location != "path":
        return template.format_map(texts)
    # A setting is a part of one segment (RFC 3986 section 3.3).
    return "".join(
        quote(text, "/:@!$&'()*+,;=") + quote(texts.get(hole or "", ""), "")
        for text, hole, _, _ in Formatter().parse(template)
    )


def _add_nested(body: Masked, name: str, value: object) -> None:
    """Add a value to a body, below the keys of a dotted name."""
    *outer, last = name.split(".")
    for key in outer:
        inner = body.setdefault(key, Masked())
        if not isinstance(inner, Masked):
            raise AuthenticationError(_name_place("body", key) + " has two values")
        body = inner
    if last in body:
        raise AuthenticationError(_name_place("body", name) + " has two values")
    body[last] = value


def _check_value(
    location: str, name: str, value: str, settings: Mapping[str, str]
) -> None:
    """Refuse what cannot be sent, also in the cookies of a header."""
    if location == "header" and name.lower() == "cookie":
        for setting, text in settings.items():
            check_part("cookie", setting, text, setting)
    check_part(location, name, value, ", ".join(settings) or "a constant")


def _fill_parts(
    placements: Iterable[tuple[str, ...]], values: Mapping[str, object]
) -> Mapping[str, Masked]:
    """Return the values by location and name, but none whose settings are absent."""
    parts: dict[str, Masked] = {}
    for location, name, *templates in placements:
        part = parts.setdefault(location, Masked())
        template = _choose_template(_name_place(location, name), templates, values)
        if template is None:
            continue
        value = _fill_template(location, template, values)
        if location == "body":
            _add_nested(part, name, value)
        else:
            _check_value(location, name, value, _pick_texts(template, values))
            part[name] = value
    return parts


def _make_basic(
    placements: Iterable[tuple[str, ...]], parts: Mapping[str, Masked]
) -> Basic | None:
    """Return user name and password; none if at most a constant is left of them."""
    slots = ("basic_username", "basic_password")
    held = [(slot, value) for slot, _, value, *_ in placements if slot in slots]
    varying = [slot for slot, value in held if _list_holes(value)]
    if not any(parts[slot] for slot in varying or dict(held)):
        return None
    if any(name.lower() == "authorization" for name in parts.get("header", ())):
        raise AuthenticationError("header 'Authorization' has two values")
    texts = {slot: "".join(parts.get(slot, Masked()).values()) for slot in slots}
    return Basic(texts["basic_username"], texts["basic_password"])


class RuntimeSettings(Settings):
    """Settings that authenticate requests.

    A placement has a location, a name, a template of the value, and maybe another one
    for when settings are absent. `SIGNED` are the kinds of authentication that are
    computed from a request, and `CLIENT` those for which the client is responsible.
    """

    PLACEMENTS: ClassVar[tuple[tuple[str, ...], ...]] = ()
    SIGNED: ClassVar[tuple[str, ...]] = ()
    CLIENT: ClassVar[tuple[str, ...]] = ()

    def authenticate(self, *, sign: Sign | None = None) -> RequestAuth:
        """The authentication part of a request.

        `sign` computes what depends on the request. An AuthenticationError names what
        is missing or cannot be sent, and shows no values.
        """
        if self.SIGNED and sign is None:
            raise AuthenticationError(
                ", ".join(self.SIGNED)
                + ": the placements alone authenticate no request;"
                + " pass sign=, a function from an UnsignedRequest to headers"
            )
        held = [each for each in self.PLACEMENTS if each[0] != "block"]
        parts = _fill_parts(held, {name: _reveal(value) for name, value in self})
        return RequestAuth(
            headers=parts.get("header", Masked()),
            params=parts.get("query", Masked()),
            cookies=parts.get("cookie", Masked()),
            path=parts.get("path", Masked()),
            body=parts.get("body", Masked()),
            basic=_make_basic(held, parts),
            block=tuple(each[1] for each in self.PLACEMENTS if each[0] == "block"),
            client=self.CLIENT,
            sign=sign,
        )


class OpendataConfiguration(Settings):
    """What the owner of the connector supplies."""

    model_config = SettingsConfigDict(env_prefix="OPENDATA_")

    connector: Literal["opendata"] = "opendata"
    base_url: str = Field(
        description="The address of the provider's API.",
        json_schema_extra={"format": "uri"},
    )

    SECRETS: ClassVar[Mapping[str, str]] = {}


class OpendataRuntime(RuntimeSettings):
    """What the platform injects into the system."""

    model_config = SettingsConfigDict(env_prefix="OPENDATA_")

    connector: Literal["opendata"] = "opendata"
    base_url: str = Field(
        description="The address of the provider's API.",
        json_schema_extra={"format": "uri"},
    )

    SECRETS: ClassVar[Mapping[str, str]] = {}


def inject(
    configuration: OpendataConfiguration,
) -> OpendataRuntime:
    """What the platform injects, each value from its own source."""
    return OpendataRuntime(
        base_url=configuration.base_url,
    )
