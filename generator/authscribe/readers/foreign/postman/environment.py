"""Read Postman environments and globals: variables whose values are withheld."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.findings.finding import Finding, attribute_findings
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.model.draft import DefinitionDraft, Noun, ScalarNode, get_text
from authscribe.readers.foreign.postman.names import find_name
from authscribe.readers.foreign.postman.variables import read_variables, withhold_rest
from authscribe.readers.foreign.scheme_lists import SchemeLists
from authscribe.readers.foreign.shapes import find_wrong_lists
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

_FACTS: Final = ("id", "_postman_variable_scope", "_postman_exported_at", "_postman_exported_using")
"""Keys that are no values of variables."""


def read_environment(path: str, environment: TrackedMapping) -> Iterator[DefinitionDraft | Finding]:
    """Yield a scheme with the variables, its connector, and findings."""
    name = find_name(path, environment.peek("name"))
    place = (environment.peek("name") or environment).place
    if name.identifier is None:
        withhold_rest(environment)
        yield report_bad_id(name.text, place)
        return
    variables = read_variables(environment, "values")
    misshapen = tuple(find_wrong_lists(environment, "values"))
    yield from attribute_findings((*misshapen, *variables.findings), name.identifier)
    identifier = ScalarNode(name.identifier, place)
    title = environment.take_text("name")
    withhold_rest(environment, keep=tuple(key for key in _FACTS if get_text(environment.peek(key)) is not None))
    settings = tuple(variables.settings.values())
    kind = "custom" if variables.secret_names else "none"
    lists = SchemeLists(settings).to_nodes(place)
    yield DefinitionDraft(Noun.SCHEME, make_map(place, id=identifier, title=title, kind=kind, **lists))
    connector = make_map(place, id=identifier, title=title, scheme=identifier, extras=environment.leftovers())
    yield DefinitionDraft(Noun.CONNECTOR, connector)
