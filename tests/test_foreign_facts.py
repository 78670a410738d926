"""Score the readers of other systems' documents: every fact of definitions that cover each mode of a format is right.

Each table in `facts/` lists definitions and, written by hand from the specification or the vendor's documentation,
everything that they state about authentication.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from foreign_facts import check_account, state_details, state_facts
from support import read_yaml, resolve_drafts

from authscribe.readers.registry import read_source, read_together

TABLES = Path(__file__).parent / "facts"
ROWS = {
    f"{table.stem}: {name}": row for table in sorted(TABLES.glob("*.yaml")) for name, row in read_yaml(table).items()
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_every_fact_of_a_definition_is_right(row: dict[str, Any]) -> None:
    sources = [read_source(path, json.dumps(document)) for path, document in row["documents"].items()]
    drafts = read_together(sources)
    catalogue = resolve_drafts(*drafts).catalogue
    facts = {connector.id: state_facts(catalogue, connector) for connector in catalogue.connectors}
    assert facts == row["facts"]
    details = {name: state_details(catalogue, name) for name in row.get("details", ())}
    assert details == row.get("details", {})
    assert [finding.code for draft in drafts for finding in draft.findings] == row.get("findings", [])
    check_account(drafts, catalogue, row.get("lost", ()))


@pytest.mark.parametrize("table", sorted(TABLES.glob("*.yaml")), ids=lambda table: table.stem)
def test_a_table_covers_many_definitions(table: Path) -> None:
    rows = read_yaml(table)
    assert len(rows) >= 25
    assert len({json.dumps(row["documents"]) for row in rows.values()}) == len(rows)
