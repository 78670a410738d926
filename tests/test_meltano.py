"""Test the reader of Meltano's plugin definitions: every setting is read with every fact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lossless
import pytest
from support import find_cases, resolve_drafts

from authscribe.model import naming
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Kind, Parameter, Secrecy, Secret
from authscribe.model.draft import Outcome
from authscribe.readers.registry import detect_format, parse_document, read_source

DOCUMENTS = sorted(
    path
    for folder in find_cases("read/meltano")
    if "mistakes" not in folder.name
    for path in (folder / "in").rglob("*.yml")
)
HIDDEN_BY_KIND = ("password", "oauth")


def documents(corpus: Path) -> list[Path]:
    found = sorted((corpus / "catalogues" / "meltano").rglob("*.yml"))
    assert len(found) == 67
    return found


def plugins(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the plugins that declare settings; where one lists variants, each of them as a plugin of its own."""
    groups = {"": [document]} if "namespace" in document else document.get("plugins", document)
    for group in groups.values():
        for plugin in group if isinstance(group, list) else ():
            shared = {key: value for key, value in plugin.items() if key != "variants"}
            variants = plugin.get("variants", [{"name": plugin.get("variant"), "settings": plugin.get("settings")}])
            found = ({**shared, **variant, "name": plugin["name"], "variant": variant["name"]} for variant in variants)
            yield from (one for one in found if isinstance(one["settings"], list))


def variant(connector: Connector) -> object:
    """Return the variant that a connector is made from, which a list of variants may name."""
    own = [value["name"] for key, value in connector.extras.items() if key.startswith("variants[")]
    return own[0] if own else connector.extras.get("variant")


def check_document(path: Path) -> None:
    draft, catalogue = lossless.read(path)
    document = lossless.raw(path)
    assert isinstance(document, dict)
    found = {(finding.code, finding.name) for finding in draft.findings}
    assert found == {("undeclared-name", name) for plugin in plugins(document) for name in undeclared(plugin)}
    withheld = [
        value for p, value in lossless.leaves(document) if lossless.carrier(draft, p).outcome is Outcome.WITHHELD
    ]
    assert lossless.kept_as_it_stands(draft, document, catalogue) == []
    for plugin in plugins(document):
        check_plugin(plugin, catalogue)
    shown = lossless.said(catalogue)
    assert not [value for value in withheld if len(value) > 5 and value in shown and "secret" in value.lower()]


def undeclared(plugin: dict[str, Any]) -> set[str]:
    """Return the names in the groups of a plugin that are neither settings nor objects around settings."""
    declared = [setting["name"] for setting in plugin["settings"]]
    named = {name for group in plugin.get("settings_group_validation") or () for name in group}
    return {name for name in named if not any(f"{setting}.".startswith(f"{name}.") for setting in declared)}


def check_plugin(plugin: dict[str, Any], catalogue: Catalogue) -> None:
    named = [c for c in catalogue.connectors if c.extras["name"] == plugin["name"]]
    (connector,) = [c for c in named if variant(c) == plugin.get("variant")]
    assert (connector.title or "") == plugin.get("label", "")
    assert connector.summary == plugin.get("description", "")
    ids = [connector.scheme] if connector.scheme else [name for m in connector.methods for name in m.schemes]
    schemes = [catalogue.get_scheme(str(name)) for name in ids]
    for scheme in schemes:
        assert (scheme.kind is Kind.NONE) == (not scheme.required)
        assert {s.name for s in scheme.required} == {s.origin.required for s in scheme.injected}
    groups = plugin.get("settings_group_validation") or []
    declared = {setting["name"]: setting for setting in plugin["settings"]}
    assert len(declared) == len(plugin["settings"])
    for name, setting in declared.items():
        found = [s for scheme in schemes for s in (*scheme.required, *scheme.parameters) if s.name == name]
        assert found, name
        for one in found:
            check_setting(setting, one)
        mandatory = [s for s in found if not s.optional]
        asked = {tuple(group) for group in groups if name in group}
        assert len(mandatory) == len(asked)


def check_setting(setting: dict[str, Any], found: Secret | Parameter) -> None:
    kind = setting.get("kind")
    is_secret = setting.get("sensitive") == "true" or kind in HIDDEN_BY_KIND
    assert isinstance(found, Secret if is_secret else Parameter)
    assert not isinstance(found, Secret) or found.secret is Secrecy.YES
    assert (found.title or "") == setting.get("label", "")
    assert found.description == setting.get("description", "")
    assert found.example == setting.get("placeholder")
    assert kind in (None, found.type_label, found.type.value, {"number": "decimal"}.get(found.type.value))
    assert found.hidden == (kind == "hidden" or setting.get("hidden") == "true")
    default = found.default if found.default is not None else found.extras.get("value")
    if is_secret:
        assert default in (None, "")
    else:
        assert [v for _, v in lossless.leaves(default)] == [v for _, v in lossless.leaves(setting.get("value", ""))]
    options = [(lossless.written(choice.value), choice.label) for choice in found.enum]
    stated = [(option["value"], option.get("label", "")) for option in setting.get("options", [])]
    assert options == stated or (not options and found.extras["options"])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.parts[-3] + "-" + path.stem)
def test_a_case_loses_nothing_silently(path: Path) -> None:
    check_document(path)


def test_there_are_cases() -> None:
    assert DOCUMENTS


def test_the_corpus_loses_nothing_silently(corpus: Path) -> None:
    for path in documents(corpus):
        check_document(path)


def test_every_file_of_the_corpus_is_recognised(corpus: Path) -> None:
    for path in documents(corpus):
        node, findings = parse_document(str(path), path.read_text())
        assert findings == ()
        assert detect_format(str(path), node) == "meltano"


def test_plugins_of_one_name_have_different_ids() -> None:
    """Plugins of the hub share a name and a variant in two types, or a name in many variants."""
    base = {"namespace": "n", "settings": []}
    named = [
        ("extractors", "tap-x", "a"),
        ("extractors", "tap-x", "b"),
        ("transformers", "dbt", "dbt-labs"),
        ("utilities", "dbt", "dbt-labs"),
    ]
    ids = []
    for folder, name, variant in named:
        text = f"name: {name}\nvariant: {variant}\nnamespace: n\nsettings: []\n"
        draft = read_source(f"{folder}/{name}/{variant}.yml", text)
        ids.append(next(d.node.find("id").value for d in draft.definitions))
    assert ids == ["tap-x--a", "tap-x--b", "transformers.dbt--dbt-labs", "utilities.dbt--dbt-labs"]
    assert len({naming.to_module(identifier) for identifier in ids}) == len(ids), base


def test_a_credential_in_the_default_of_an_object_is_withheld() -> None:
    settings = "[{name: headers, kind: object, value: {Authorization: Bearer CANARY-1, Accept: text/csv}}]"
    draft = read_source("tap-wave.yml", f"{{name: tap-wave, namespace: tap_wave, settings: {settings}}}", "meltano")
    assert "CANARY" not in "\n".join(lossless.said(resolve_drafts(draft).catalogue))
    assert [key.pointer for key in draft.key_outcomes if key.outcome is Outcome.WITHHELD] == ["/settings/0/value"]
