"""Plan Python modules with the classes of the target `python`, each of which can be copied on its own.

The modules need pydantic-settings, but neither authscribe nor each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.spelling import Spelling
from authscribe.targets.plan import STANDALONE, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.python import build_connector_module, build_scheme_module
from authscribe.targets.python_views import SettingsModule


def _plan_scheme(catalogue: Catalogue, scheme: Scheme) -> Iterator[PlannedFile]:
    view = build_scheme_module(catalogue, scheme, is_standalone=True)
    yield _plan_module("schemes", Spelling(scheme, catalogue.conventions), view)


def _plan_connector(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    view = build_connector_module(catalogue, connector, is_standalone=True)
    yield _plan_module("connectors", Spelling(connector, catalogue.conventions), view)


STANDALONE_PLAN: Final = TargetPlan(plan_nothing, _plan_scheme, _plan_connector)
"""Plan of a module for each scheme and connector, which imports no other generated module."""


def _plan_module(folder: str, spelling: Spelling, view: SettingsModule) -> PlannedFile:
    path = f"{STANDALONE}/{folder}/{spelling.module}.py"
    return PlannedFile(path, STANDALONE, Language.PYTHON, view, "python/settings.py.jinja", spelling.definition.id)
