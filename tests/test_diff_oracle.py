"""Prove the verdicts of `diff`: whatever breaks is called breaking, and what is called compatible does not break.

Definitions are edited at random, and both sides are generated. Code written against the old side is type-checked with
mypy against the new one and run; settings, templates and references of the old side are tried as well.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from definition_edits import PATTERNS, edit_document, make_document
from mypy import api
from old_clients import OldField, OldMethod, OldModule, parse_module, write_client
from support import forget, resolve_drafts

from authscribe.build.build import BuildContext, build_parts, key_definitions
from authscribe.changes.compare import compare_catalogues
from authscribe.changes.verdicts import Audience
from authscribe.findings.finding import DefinitionError
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, build_method_contract, build_scheme_contract, list_methods
from authscribe.model.definitions import Connector, Parameter, Scheme, Secret
from authscribe.model.placement_template import find_slot
from authscribe.readers.registry import read_source

EXAMPLES = int(os.environ.get("AUTHSCRIBE_EXAMPLES", "100"))
SEED = int(os.environ.get("AUTHSCRIBE_SEED", "1"))
BATCH = 100
"""Examples in one run of mypy, whose start takes as long as a hundred examples."""
COMPATIBLE_PATHS = ("refresh_token_path", "expires_in_path", "expires_at_path")
"""Keys of a request for a token without which the token is found all the same."""
CONTEXT = BuildContext(("python",), ())
SAMPLES = {"string": "text", "integer": 5, "number": 2.5, "boolean": True, "object": {"k": 1}, "array": [1]}


@dataclass(frozen=True)
class Example:
    """Two catalogues, the names of settings of owners that were renamed, and the package of the new one."""

    old: Catalogue
    new: Catalogue
    renamed: frozenset[tuple[str, str]]
    package: str

    @property
    def pairs(self) -> Iterator[tuple[Scheme | Connector, Scheme | Connector | None, str]]:
        """Return the definitions of the old catalogue with those of the new one, and their modules."""
        for scheme in self.old.schemes:
            yield scheme, _find(self.new.schemes, scheme.id), f"connector_auth.schemes.{scheme.id}"
        for connector in self.old.connectors:
            yield connector, _find(self.new.connectors, connector.id), f"connector_auth.connectors.{connector.id}"


def _find(definitions: tuple[Any, ...], identifier: str) -> Any:
    return next((each for each in definitions if each.id == identifier), None)


def make_examples(count: int, seed: int) -> Iterator[Example]:
    """Yield edits that give valid definitions other than the old ones."""
    chance = random.Random(seed)
    found = 0
    while found < count:
        document = make_document(chance)
        old = resolve(document)
        for _ in range(20):
            edited, renamed = edit_document(chance, document)
            new = resolve(edited)
            is_usable = old is not None and new is not None and old != new
            if is_usable and found < count:
                yield Example(old, new, frozenset(renamed) & set(list_supplied(old)), f"p{found:05}")
                found += 1


def resolve(document: dict[str, Any]) -> Catalogue | None:
    try:
        return resolve_drafts(read_source("s.json", json.dumps(document))).catalogue
    except DefinitionError:
        return None


def write_package(folder: Path, catalogue: Catalogue) -> dict[str, str]:
    """Write the generated package, and return its modules."""
    sources = {}
    definitions = key_definitions(catalogue, (), CONTEXT)
    for file in build_parts(catalogue, definitions, (), CONTEXT).sort():
        path = folder / file.path.removeprefix("python/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content.data)
        sources[file.path.removeprefix("python/").removesuffix(".py").replace("/", ".")] = path.read_text()
    (folder / "__init__.py").write_text("")
    return sources


def test_verdicts_are_those_of_the_type_checker_and_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    cache = str(tmp_path_factory.mktemp("mypy"))
    examples = list(make_examples(EXAMPLES, SEED))
    modules = parse_old_modules(tmp_path, examples)
    outcomes = set[tuple[Audience, bool]]()
    wrong: list[str] = []
    for start in range(0, len(examples), BATCH):
        batch = examples[start : start + BATCH]
        for example in batch:
            write_clients(tmp_path, example, modules[id(example.old)])
        errors = check_types(tmp_path, batch, cache)
        for example in batch:
            broken = find_broken(example, modules[id(example.old)], errors)
            wrong += compare_verdicts(example, broken)
            outcomes |= {(audience, reason is not None) for audience, reason in broken.items()}
            forget(example.package)
    assert wrong == []
    assert outcomes == {(audience, is_broken) for audience in Audience for is_broken in (False, True)}


def parse_old_modules(folder: Path, examples: list[Example]) -> dict[int, dict[str, OldModule]]:
    """Return the modules of each old catalogue, by its identity."""
    modules: dict[int, dict[str, OldModule]] = {}
    for example in examples:
        if id(example.old) not in modules:
            sources = write_package(folder / f"old{len(modules)}", example.old)
            modules[id(example.old)] = {path: parse_module(sources[path]) for _, _, path in example.pairs}
    return modules


def write_clients(folder: Path, example: Example, modules: Mapping[str, OldModule]) -> None:
    write_package(folder / example.package, example.new)
    for _, new, path in example.pairs:
        if new is not None:
            text = write_client(modules[path], example.package, path)
            (folder / f"{name_client(example, path)}.py").write_text(text)


def name_client(example: Example, path: str) -> str:
    return f"client_{example.package}_{path.replace('.', '_')}"


def check_types(folder: Path, batch: list[Example], cache: str) -> dict[str, str]:
    """Return the first complaint of mypy about each module, by its name."""
    names = [name_client(example, path) for example in batch for _, new, path in example.pairs if new is not None]
    files = [str(folder / f"{name}.py") for name in names]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        text, problem, _ = api.run(
            [*files, "--cache-dir", cache, "--no-error-summary", "--config-file", "", "--hide-error-context"]
        )
    assert problem == ""
    errors: dict[str, str] = {}
    for line in text.splitlines():
        match = re.match(r"(.+?)\.py:\d+: error: (.*)", line)
        if match:
            errors.setdefault(match[1].replace("/", "."), match[2])
    return errors


def find_broken(
    example: Example, modules: Mapping[str, OldModule], errors: Mapping[str, str]
) -> dict[Audience, str | None]:
    """Return why each audience is broken; None for one that is not."""
    assert not [error for name, error in errors.items() if name.startswith(f"{example.package}.")]
    return {
        Audience.DEVELOPER: next(find_broken_code(example, modules, errors), None),
        Audience.OWNER: next(find_broken_settings(example, modules), None),
    }


def compare_verdicts(example: Example, broken: Mapping[Audience, str | None]) -> Iterator[str]:
    """Yield each audience for which `diff` does not tell what happens."""
    changes = list(compare_catalogues(example.old, example.new))
    claimed = {audience for change in changes for audience in change.effect.breaks}
    for audience, reason in broken.items():
        if (reason is not None) != (audience in claimed):
            messages = "; ".join(f"{change.message} {sorted(change.effect.breaks)}" for change in changes)
            yield f"{example.package} {audience}: broken: {reason}; changes: {messages}"


def find_broken_code(example: Example, modules: Mapping[str, OldModule], errors: Mapping[str, str]) -> Iterator[str]:
    """Yield why code, templates or references of developers no longer work."""
    for old, new, path in example.pairs:
        if new is None:
            yield f"{path} is gone"
            continue
        name = name_client(example, path)
        if name in errors:
            yield errors[name]
        try:
            importlib.import_module(name).check()
        except Exception as error:  # noqa: BLE001 - whatever happens to the code of users
            yield f"{path}: {error!r}"
        yield from find_broken_templates(example, old, new)
    schemes, connectors = example.new.find_scheme, example.new.find_connector
    yield from (f"{name} is unknown" for each in example.old.schemes for name in each.all_ids if schemes(name) is None)
    yield from (f"{name} is unknown" for e in example.old.connectors for name in e.all_ids if connectors(name) is None)


def find_broken_templates(example: Example, old: Scheme | Connector, new: Scheme | Connector) -> Iterator[str]:
    """Yield why a template that follows the old contract does not authenticate under the new one."""
    after = dict(list_contracts(example.new, new))
    for name, before in list_contracts(example.old, old):
        # A lone method has no name by which templates depend on it.
        contract = after.get(name) or (next(iter(after.values())) if len(after) == 1 else None)
        if contract is None:
            continue
        if (before.kinds, before.selector) != (contract.kinds, contract.selector):
            yield "kind or selector"
        filled = {find_slot(p.location, p.name): p.value for p in before.placements}
        if any(filled.get(find_slot(p.location, p.name)) != p.value for p in contract.placements):
            yield "placements"
        names, known = ({s.name for s in (*side.injected, *side.parameters)} for side in (before, contract))
        if not names <= known:
            yield "names in templates"
    if isinstance(old, Scheme) and isinstance(new, Scheme) and make_request(old) != make_request(new):
        yield "login request"


def list_contracts(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[tuple[str, Contract]]:
    if isinstance(definition, Scheme):
        yield "", build_scheme_contract(catalogue, definition)
    else:
        for method in list_methods(definition):
            name = "" if definition.scheme is not None else method.id
            yield name, build_method_contract(catalogue, definition, method)


def make_request(scheme: Scheme) -> dict[str, Any]:
    request = scheme.token_request.model_dump() if scheme.token_request is not None else {}
    facts = {"method": "POST", "body_format": "form", **request}.items()
    return {key: value for key, value in facts if value and key not in COMPATIBLE_PATHS}


def find_broken_settings(example: Example, modules: Mapping[str, OldModule]) -> Iterator[str]:
    """Yield why settings that owners have supplied are refused, or no longer read."""
    yield from (f"{name} is no longer read" for name in example.renamed - set(list_supplied(example.new)))
    for old, new, path in example.pairs:
        if new is None:
            yield f"{path} is gone"
            continue
        module = importlib.import_module(f"{example.package}.{path}")
        kinds = {
            setting.name: setting.type
            for _, contract in list_contracts(example.old, old)
            for setting in (*contract.required, *contract.parameters)
        }
        for method in modules[path].methods:
            fields = [replace(each, kind=kinds[each.wire]) for each in method.fields[method.configuration]]
            yield from load_settings(example, module, modules[path].prefix, method, fields, isinstance(old, Connector))
    yield from find_refused_values(example)


def load_settings(
    example: Example, module: ModuleType, prefix: str, method: OldMethod, fields: list[OldField], is_connector: bool
) -> Iterator[str]:
    """Yield why the settings of one way to authenticate cannot be loaded, from the environment or by wire names."""
    tags = {"method": method.tag} if method.tag else {}
    yield from find_unread_variables(module, prefix, method)
    for chosen in (fields, [each for each in fields if not each.has_default]):
        target = find_class(module, method, "Configuration")
        if target is None:
            yield f"no class for {method.configuration}"
            return
        with pytest.MonkeyPatch.context() as patch:
            for each in chosen:
                patch.setenv(f"{prefix}{each.variable}", spell(each))
            yield from compare_values(chosen, target, target.from_env, ())
        data = {each.wire: each.values[0][1] for each in chosen}
        if is_connector:
            package = importlib.import_module(f"{example.package}.connector_auth")
            identifier = module.__name__.rpartition(".")[2]
            load, arguments = package.load_configuration, ({"connector": identifier, **tags, **data},)
        else:
            load, arguments = target.model_validate, (data,)
        yield from compare_values(chosen, target, load, arguments)


def find_unread_variables(module: ModuleType, prefix: str, method: OldMethod) -> Iterator[str]:
    """Yield the variables of injected secrets that the new class has, but no longer reads."""
    target = find_class(module, method, "Runtime")
    for name, info in target.model_fields.items() if target is not None else ():
        aliases = info.validation_alias.choices if info.validation_alias is not None else [name]
        read = {f"{target.model_config['env_prefix']}{alias}".upper() for alias in aliases}
        for each in method.fields[method.runtime]:
            if each.wire == (info.serialization_alias or name) and f"{prefix}{each.variable}".upper() not in read:
                yield f"{prefix}{each.variable} is no longer read"


def find_class(module: ModuleType, method: OldMethod, role: str) -> Any:
    """Return the class that takes over from the old one: that of the same method, or the only one."""
    classes = [value for name, value in vars(module).items() if name.endswith(role)]
    tagged = {each.model_fields["method"].default: each for each in classes if "method" in each.model_fields}
    return tagged.get(method.tag) or (classes[0] if len(classes) == 1 else None)


def compare_values(chosen: list[OldField], target: Any, load: Any, arguments: tuple[Any, ...]) -> Iterator[str]:
    """Yield the settings that are refused, or supplied but not read although the class has them."""
    try:
        settings = load(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever happens to the settings of owners
        yield f"{target.__name__}: {error!r}"
        return
    wires = {info.serialization_alias or name: name for name, info in target.model_fields.items()}
    for each in chosen:
        if each.wire in wires:
            value = getattr(settings, wires[each.wire])
            if value != each.values[0][1] and spell_value(value) != spell(each):
                yield f"'{each.wire}' is not read"


def spell(each: OldField) -> str:
    """Return the first value of a field as text in the environment."""
    return spell_value(each.values[0][1])


def spell_value(value: object) -> str:
    plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    return plain if isinstance(plain, str) else json.dumps(plain)


def list_supplied(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield the settings that owners supply for schemes, each after its scheme."""
    for scheme in catalogue.schemes:
        yield from ((scheme.id, setting.name) for setting in (*scheme.required, *scheme.parameters))


def find_refused_values(example: Example) -> Iterator[str]:
    """Yield the settings of which the new definition refuses a value that the old one allows."""
    for old, new, _ in example.pairs:
        for role in ("required", "parameters"):
            after = {setting.name: setting for setting in getattr(new, role, ())}
            for setting in getattr(old, role, ()):
                if setting.name in after and not all(accepts(after[setting.name], v) for v in list_values(setting)):
                    yield f"a value of '{setting.name}' is refused"


def list_values(setting: Secret | Parameter) -> Iterator[object]:
    values = [choice.value for choice in setting.enum] or [SAMPLES[setting.type]]
    yield from (
        PATTERNS[setting.pattern] if setting.pattern and isinstance(v, str) and not setting.enum else v for v in values
    )


def accepts(setting: Secret | Parameter, value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    types = {"string": isinstance(value, str), "integer": is_number and isinstance(value, int), "number": is_number}
    types |= {"boolean": isinstance(value, bool)}
    allowed = {choice.value for choice in setting.enum}
    matches = not (setting.pattern and isinstance(value, str)) or re.search(setting.pattern, value) is not None
    return types.get(setting.type, False) and (not allowed or value in allowed) and matches
