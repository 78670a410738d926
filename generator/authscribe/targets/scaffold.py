"""Plan the files of a new connector, which are written once and then belong to a person.

They are the files of a connector that the platform profile states, with their initial contents, and files of other
targets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, build_method_contract, list_methods, spell_variable
from authscribe.model.definitions import Connector
from authscribe.model.placement_template import list_hole_names
from authscribe.model.platform import ConnectorFile, ManifestFile, Platform, SettingRole, SettingsFile, SystemFile
from authscribe.targets.docs import build_connector_page
from authscribe.targets.dotenv import EXAMPLE, EXAMPLE_TEMPLATE, build_environment_file
from authscribe.targets.plan import SCAFFOLD, PlannedFile
from authscribe.targets.platform_files import build_manifest, build_settings, build_system, choose_language
from authscribe.targets.python import build_connector_module
from authscribe.targets.stubs import list_stubs

BASE_URL: Final = "base_url"
_SECRET: Final = (SettingRole.REQUIRED, SettingRole.INJECTED)


class ReadmeFile(NamedTuple):
    """Page that tells how to complete a connector; `files` are those of the platform, with their purpose."""

    id: str
    title: str
    platform: str
    files: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]


class IgnoreFile(NamedTuple):
    """Files of a connector that Git ignores: those with credentials, and others."""

    credentials: tuple[str, ...]
    others: tuple[str, ...]


def plan_scaffold(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    """Yield the files of a new connector, with paths relative to its folder.

    A file of the platform takes the place of one that every connector has.
    """
    own = {file.path: file for file in _plan_platform_files(catalogue, connector)}
    yield from own.values()
    yield from (file for file in _plan_common_files(catalogue, connector) if file.path not in own)


def _plan_platform_files(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    (method,) = list_methods(connector)
    contract, platform = build_method_contract(catalogue, connector, method), catalogue.platform
    for file in platform.all_files:
        document = _build_document(file, connector, contract, platform)
        yield PlannedFile(file.path, SCAFFOLD, choose_language(file), document, is_scaffolded=True)


def _plan_common_files(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    module = build_connector_module(catalogue, connector, is_standalone=True)._replace(is_scaffolded=True)
    yield PlannedFile("auth.py", SCAFFOLD, Language.PYTHON, module, "python/settings.py.jinja")
    page = build_connector_page(catalogue, connector)._replace(is_scaffolded=True)
    yield PlannedFile(f"{connector.id}.rst", SCAFFOLD, Language.RST, page, "docs/connector.rst.jinja")
    for stub in list_stubs(catalogue, connector):
        environment = build_environment_file(stub)._replace(is_scaffolded=True)
        yield PlannedFile(EXAMPLE, SCAFFOLD, Language.DOTENV, environment, EXAMPLE_TEMPLATE)
    yield from _plan_notes(connector, catalogue.platform, page.title)


def _plan_notes(connector: Connector, platform: Platform, title: str) -> Iterator[PlannedFile]:
    """Yield the files about the other files."""
    files = tuple((file.path, file.description) for file in platform.all_files if file.description)
    credentials = tuple(file.path for file in platform.files if file.holds in _SECRET)
    readme = ReadmeFile(connector.id, title, platform.title or platform.id, files, (*credentials, ".env"))
    yield PlannedFile("README.md", SCAFFOLD, Language.MARKDOWN, readme, "scaffold/readme.md.jinja")
    ignored = IgnoreFile((".env", *credentials), platform.ignored)
    yield PlannedFile(".gitignore", SCAFFOLD, Language.TEXT, ignored, "scaffold/gitignore.jinja")


def _build_document(file: ConnectorFile, connector: Connector, contract: Contract, platform: Platform) -> object:
    """Return the content of a file of the platform."""
    match file:
        case ManifestFile():
            parameters = _list_used_parameters(contract, platform)
            return build_manifest(file, contract, platform, parameters, connector.flags, is_new=True)
        case SystemFile():
            return build_system(file, contract, platform, is_new=True)
        case SettingsFile(holds=None):
            return file.initial
        case SettingsFile():
            return build_settings(file, contract, platform)
    raise AssertionError(type(file))


def _list_used_parameters(contract: Contract, platform: Platform) -> set[str]:
    """Return the parameters to which the system template refers."""
    injected = {secret.name for secret in contract.injected}
    used = {name for placement in contract.placements for name in list_hole_names(*placement.templates)} - injected
    initial = json.dumps(platform.system.initial if platform.system is not None else None, ensure_ascii=False)
    reference = json.dumps(spell_variable(platform, BASE_URL), ensure_ascii=False)[1:-1]
    return used | ({BASE_URL} if reference in initial else set())
