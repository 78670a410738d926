"""Plan the `server.json` of MCP servers, with the environment variables and headers that carry the secrets.

The files follow the schema of the MCP registry of 2025-12-11. The variables of the package are those that the generated
classes read. The headers of the remote server are those of the system behind it; they are left out, with the remote
server, if the system takes the values elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Location, Parameter, Placement, Scheme
from authscribe.model.name_kinds import NameKind
from authscribe.model.placement_template import Hole, fill_template, parse_template
from authscribe.model.spelling import spell_part
from authscribe.targets.plan import MCP, PLACEHOLDER, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.python_fields import build_parameter_field
from authscribe.targets.stubs import Stub, StubSetting, find_title, list_stubs, spell_value

_SCHEMA: Final = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
_TEXT_LIMIT: Final = 100
"""Characters of a title and of a description."""

_FORMATS: Final = {"int": "number", "float": "number", "bool": "boolean"}
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")

Json = dict[str, object]


class _Values(NamedTuple):
    """Values that placements insert, by name on the wire."""

    settings: Mapping[str, StubSetting]

    def spell(self, name: str) -> str:
        """Return the variable of a value."""
        return spell_part(NameKind.MCP, self.settings[name].setting)

    def build_variables(self, names: Iterable[str]) -> dict[str, Json]:
        """Return the inputs of values by the names of their variables."""
        return {self.spell(name): build_input(self.settings[name]) for name in names}


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    for stub in list_stubs(catalogue, definition):
        document = _build_server(catalogue, stub)
        yield PlannedFile(f"{MCP}/{stub.folder}/server.json", MCP, Language.JSON, document, subject=definition.id)


MCP_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition)
"""Plan of a JSON document for each scheme, and for each method of each connector."""


def _build_server(catalogue: Catalogue, stub: Stub) -> Json:
    definition, title = stub.spelling.definition, find_title(stub.spelling.definition)
    variables = [{"name": stub.spell(NameKind.ENV, each), **build_input(each)} for each in stub.settings]
    package = {
        "registryType": PLACEHOLDER,
        "identifier": PLACEHOLDER,
        "transport": {"type": "stdio"},
        "environmentVariables": variables,
    }
    remote = _build_remote(stub.contract.placements, _collect_values(catalogue, stub))
    return {
        "$schema": _SCHEMA,
        "name": f"{catalogue.options.mcp.namespace}/{definition.id}",
        **({"title": title} if _is_short(title) else {}),
        "description": next(filter(_is_short, (definition.summary, title)), definition.id),
        "version": PLACEHOLDER,
        "packages": [package],
        **({"remotes": [remote]} if remote is not None else {}),
    }


def _is_short(text: str) -> bool:
    return bool(text.strip()) and len(text) <= _TEXT_LIMIT


def _collect_values(catalogue: Catalogue, stub: Stub) -> _Values:
    """Return the settings, and the variables that the platform fills, which somebody else has to fill here."""
    platform = (Parameter(name=each.name, description=each.description) for each in catalogue.platform.variables)
    by_name = {each.name: StubSetting(each, build_parameter_field(each)) for each in platform}
    return _Values({**by_name, **{each.setting.name: each for each in (*stub.injected, *stub.parameters)}})


def build_input(each: StubSetting) -> Json:
    """Return an input; `isSecret` has to be stated, since inputs are not secret by default."""
    setting, field = each
    choices = [spell_value(choice.value) for choice in setting.shown_choices]
    facts = {
        "description": each.comment,
        "isRequired": True if each.is_needed else None,
        "isSecret": True if field.is_secret else None,
        "format": _FORMATS.get(field.type),
        "default": spell_value(each.value) if each.value is not None else None,
        "placeholder": spell_value(setting.example) if setting.example is not None and setting.is_public else None,
        "choices": (
            choices if choices and each.value in (None, *(choice.value for choice in setting.shown_choices)) else None
        ),
    }
    return {key: value for key, value in facts.items() if value is not None}


def _build_remote(placements: Sequence[Placement], values: _Values) -> Json | None:
    """Return the remote server with what its clients send; None if they send nothing."""
    headers = [*_list_headers(placements, values)]
    path = "".join(f"/{_fill_url(each, values)}" for each in placements if each.location is Location.PATH)
    query = "&".join(
        f"{quote(each.name, safe='')}={_fill_url(each, values)}"
        for each in placements
        if each.location is Location.QUERY
    )
    if not (headers or path or query):
        return None
    in_url = (each for each in placements if each.location in (Location.PATH, Location.QUERY))
    variables = values.build_variables(name for each in in_url for name in _list_holes(each.value))
    return {
        "type": "streamable-http",
        "url": f"https://{PLACEHOLDER}{path}{f'?{query}' if query else ''}",
        **({"headers": headers} if headers else {}),
        **({"variables": variables} if variables else {}),
    }


def _fill_url(placement: Placement, values: _Values) -> str:
    parts = parse_template(placement.value)
    return "".join(
        quote(part, safe="") if isinstance(part, str) else f"{{{values.spell(part.name)}}}" for part in parts
    )


def _list_headers(placements: Sequence[Placement], values: _Values) -> Iterator[Json]:
    for placement in placements:
        if placement.location is Location.HEADER:
            yield _build_header(placement.name, placement.templates, values)
    cookies = [f"{each.name}={each.value}" for each in placements if each.location is Location.COOKIE]
    if cookies:
        # All cookies share one header (RFC 6265 section 5.4).
        yield _build_header("Cookie", ("; ".join(cookies),), values)
    basic = {each.location: each.value for each in placements}
    if basic.keys() & {Location.BASIC_USERNAME, Location.BASIC_PASSWORD}:
        user, password = basic.get(Location.BASIC_USERNAME, ""), basic.get(Location.BASIC_PASSWORD, "")
        # A template cannot encode its values.
        shown = f"{_show_template(user)}:{_show_template(password)}"
        description = f"The word Basic, a blank, and the Base64 encoding of {shown} (RFC 7617)."
        yield {"name": "Authorization", "description": description, "isRequired": True, "isSecret": True}


def _build_header(name: str, templates: Sequence[str], values: _Values) -> Json:
    """Return a header: the value itself if it is all of the template, or else a template with variables."""
    holes = _list_holes(templates[0])
    if len(templates) == 1 and len(parse_template(templates[0])) == 1 and holes:
        return {"name": name, **build_input(values.settings[holes[0]])}
    facts = {
        "isRequired": any(values.settings[hole].is_needed for hole in holes),
        "isSecret": any(values.settings[hole].field.is_secret for each in templates for hole in _list_holes(each)),
    }
    stated = {key: True for key, is_true in facts.items() if is_true}
    filled = fill_template(templates[0], lambda hole: f"{{{values.spell(hole)}}}")
    if len(templates) > 1 or _VARIABLE.findall(filled) != [values.spell(hole) for hole in holes]:
        # A template knows no alternative, and no escape for a text in the form of a variable.
        shown = ", or else ".join(map(_show_template, templates))
        return {"name": name, "description": f"The value {shown}.", **stated}
    variables = values.build_variables(holes)
    return {"name": name, "value": filled, **stated, **({"variables": variables} if variables else {})}


def _show_template(template: str) -> str:
    """Return a template for people: each name between angle brackets."""
    return fill_template(template, lambda name: f"<{name}>")


def _list_holes(template: str) -> list[str]:
    """Return the names in a template, in order."""
    return [part.name for part in parse_template(template) if isinstance(part, Hole)]
