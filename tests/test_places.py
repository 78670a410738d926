"""Test that facts of definitions are found where they are written, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import ROOT, resolve, resolve_drafts

from authscribe.findings.finding import Place
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.places import Places
from authscribe.readers.registry import read_source
from authscribe.resolve.resolver import Resolution
from authscribe.targets.stubs import Stub, StubSetting, list_stubs

SOURCE = """
schemes:
  - id: foo
    required:
      - {name: key, type: string}
    injected:
      - {name: key, type: string, default: one}
    parameters:
      - {name: region, description: Foo, default: eu}
  - id: more
    injected:
      - {name: key, description: More}
connectors:
  - id: bar
    flags: [requires_service_api_access]
    parameters:
      - {name: region, default: us}
    methods:
      - {id: both, schemes: [foo, more]}
      - {id: other, schemes: [more]}
"""


def get_places(resolution: Resolution) -> Places:
    return Places(resolution.schemes, resolution.connectors)


def read(place: Place, source: str = SOURCE) -> str:
    """Return the text at a place on one line."""
    return source.split("\n")[place.line - 1][place.column - 1 : place.end_column - 1]


@pytest.fixture(scope="module")
def resolution() -> Resolution:
    return resolve_drafts(read_source("s.yaml", SOURCE))


def find_setting(catalogue: Catalogue, method: int, name: str) -> tuple[Stub, StubSetting]:
    stub = list(list_stubs(catalogue, catalogue.connectors[0]))[method]
    return stub, next(each for each in (*stub.injected, *stub.parameters) if each.setting.name == name)


@pytest.mark.parametrize(
    ("method", "name", "path", "line", "text"),
    [
        pytest.param(0, "key", (), 7, "key", id="name"),
        pytest.param(0, "key", ("default",), 7, "one", id="first scheme"),
        pytest.param(0, "key", ("description",), 12, "More", id="second scheme"),
        pytest.param(0, "key", ("title",), 7, "{", id="not stated"),
        pytest.param(1, "key", ("description",), 12, "More", id="other method"),
        pytest.param(0, "region", ("default",), 17, "us", id="connector"),
        pytest.param(0, "region", ("description",), 9, "Foo", id="left to the scheme"),
    ],
)
def test_a_setting_is_located_where_its_facts_are_stated(
    method: int, name: str, path: tuple[str, ...], line: int, text: str, resolution: Resolution
) -> None:
    stub, each = find_setting(resolution.catalogue, method, name)
    place = get_places(resolution).locate_setting(stub.owners, each.setting, *path)
    assert (place.line, read(place)) == (line, text)


def test_a_secret_of_a_flag_is_located_at_the_flags(resolution: Resolution) -> None:
    (flag,) = (flag for flag in resolution.catalogue.platform.flags if flag.name == "requires_service_api_access")
    assert flag.injected
    connector = resolution.catalogue.connectors[0]
    place = get_places(resolution).locate_setting([connector], flag.injected[0])
    assert (place.line, read(place)) == (15, "[")
    assert (
        read(get_places(resolution).locate(connector, "flags", "requires_service_api_access"))
        == "requires_service_api_access"
    )


def test_every_shipped_setting_is_located_at_its_name() -> None:
    resolution = resolve()
    places, catalogue = get_places(resolution), resolution.catalogue
    count = 0
    definitions: tuple[Scheme | Connector, ...] = (*catalogue.schemes, *catalogue.connectors)
    for definition in definitions:
        for stub in list_stubs(catalogue, definition):
            for each in (*stub.required, *stub.injected, *stub.parameters):
                place = places.locate_setting(stub.owners, each.setting)
                text = read(place, Path(ROOT, place.path).read_text())
                is_renamed = place.path.endswith(".rst")
                assert each.setting.name in text or is_renamed or text == "[", (place, text)
                count += 1
    assert count > 100


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        (("injectd",), "the scheme 'foo' has no 'injectd'"),
        (("injected", "region"), "'injected' of the scheme 'foo' has no 'region'"),
        (("injected", 1), "'injected' of the scheme 'foo' has no '1'"),
        (("injected", "key", "nothing"), "'injected.key' of the scheme 'foo' has no 'nothing'"),
        (("id", "foo"), "'id' of the scheme 'foo' has no 'foo'"),
        (("extras", "x"), "'extras' of the scheme 'foo' has no 'x'"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(
    path: tuple[str | int, ...], problem: str, resolution: Resolution
) -> None:
    scheme = resolution.catalogue.get_scheme("foo")
    with pytest.raises(ValueError, match=problem):
        get_places(resolution).locate(scheme, *path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "foo"),
        (("title",), ""),
        (("oauth", "scopes"), ""),
        (("injected", 0, "name"), "key"),
        (("parameters", "region", "title"), "{"),
        (("endpoints", "token", "url"), ""),
    ],
)
def test_what_is_not_stated_is_located_at_what_contains_it(
    path: tuple[str | int, ...], text: str, resolution: Resolution
) -> None:
    place = get_places(resolution).locate(resolution.catalogue.get_scheme("foo"), *path)
    assert read(place).startswith(text)
    assert place.line >= 3


def test_a_wrong_path_in_a_setting_is_refused(resolution: Resolution) -> None:
    stub, each = find_setting(resolution.catalogue, 0, "key")
    with pytest.raises(ValueError, match="'key' has no 'defualt'"):
        get_places(resolution).locate_setting(stub.owners, each.setting, "defualt")
