"""Files of the target `sesam` agree with the real connectors of the platform."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stub_files import build_stubs
from support import resolve

from authscribe.model.definitions import Catalogue

# Keys about what is read, and not about how a connector authenticates.
OTHER_KEYS = {"datatypes", "system", "system-template"}
NAMES = {"powerofficego": "poweroffice"}


def list_pairs(corpus: Path, catalogue: Catalogue) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield each snapshot of a connector: its name, its manifest and the planned part of a manifest."""
    texts = build_stubs(catalogue, "sesam")
    for folder in sorted((corpus / "connectors").iterdir()):
        if folder.is_dir():
            name = folder.name.partition("@")[0]
            planned = json.loads(texts[f"sesam/connectors/{NAMES.get(name, name)}/manifest.json"])
            yield folder.name, json.loads((folder / "manifest.json").read_text("utf-8-sig")), planned


def test_manifests_have_every_key_of_real_ones(corpus: Path) -> None:
    count = 0
    for name, real, planned in list_pairs(corpus, resolve().catalogue):
        assert real.keys() - OTHER_KEYS <= planned.keys(), name
        count += 1
    assert count >= 15


def test_logins_are_those_of_real_manifests(corpus: Path) -> None:
    count = 0
    for name, real, planned in list_pairs(corpus, resolve().catalogue):
        for block in ("oauth2", "jwt"):
            assert real.get(block, {}).keys() <= planned.get(block, {}).keys(), name
            for key, value in planned.get(block, {}).items():
                if value not in ("REPLACE_ME", ["REPLACE_ME"]):
                    assert real[block][key] == value, (name, key)
                    count += 1
    assert count >= 12
