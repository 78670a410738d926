"""Nango's own catalogue, as its package ships it, comes out of the target `nango` as it went in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from stub_files import read_catalogue
from test_nango_target import account

from authscribe.model.draft import Outcome

PROVIDERS = "node_modules/@nangohq/providers/providers.yaml"


def test_the_catalogue_loses_nothing_but_values_of_secrets(find_tool: Callable[[str], Path]) -> None:
    catalogue = read_catalogue(find_tool(PROVIDERS))
    assert len(catalogue.connectors) > 900
    counts = account(catalogue)
    assert counts[Outcome.LOST] == 0
    assert 0 < counts[Outcome.WITHHELD] < counts[Outcome.MAPPED] / 100
