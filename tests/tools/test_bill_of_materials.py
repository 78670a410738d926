"""Write the bill of materials of the wheel, and let the schema of CycloneDX judge it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from support import ROOT, run_tool
from test_requirements import PYPROJECT, VERSION, read_installed

VALIDATE = """\
import sys
from pathlib import Path
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(Path(sys.argv[1]).read_text())
sys.exit(str(error) if error else 0)
"""


@pytest.fixture(scope="module")
def python(find_tool: Callable[[str], Path]) -> Path:
    find_tool("bin/cyclonedx-py")
    find_tool("package")
    return find_tool("bin/python")


@pytest.fixture(scope="module")
def write_bill(python: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Return a function that writes the bill of materials of the wheel in a new folder."""

    def write() -> Path:
        copy = Path(shutil.copy(wheel, tmp_path_factory.mktemp("bill")))
        code, output = run_tool((python, ROOT / "requirements/bill_of_materials.py", copy), copy.parent)
        assert code == 0, output
        return copy.parent / f"authscribe-{VERSION}.cdx.json"

    return write


@pytest.fixture(scope="module")
def bill(write_bill: Callable[[], Path]) -> Path:
    return write_bill()


def read_components(bill: Path) -> dict[str, dict[str, Any]]:
    """Return the components by name and version, as a lock spells them."""
    document = json.loads(bill.read_text())
    return {f"{canonicalize_name(item['name'])}=={item['version']}": item for item in document["components"]}


def test_it_follows_the_schema_and_a_planted_error_is_found(python: Path, bill: Path, tmp_path: Path) -> None:
    assert run_tool((python, "-c", VALIDATE, bill), tmp_path) == (0, "")
    planted = tmp_path / "planted.json"
    planted.write_text(bill.read_text().replace("SHA-256", "SHA-255"))
    code, output = run_tool((python, "-c", VALIDATE, planted), tmp_path)
    assert code == 1
    assert "SHA-255" in output


def test_it_lists_what_the_lock_installs_with_its_hashes(bill: Path) -> None:
    found = {
        name: {
            digest["content"]
            for reference in component["externalReferences"]
            for digest in reference.get("hashes", ())
            if digest["alg"] == "SHA-256"
        }
        for name, component in read_components(bill).items()
    }
    assert found == read_installed("package")


def test_each_component_has_a_licence(bill: Path) -> None:
    assert [name for name, component in read_components(bill).items() if not component.get("licenses")] == []


def test_it_describes_the_wheel_and_what_the_package_depends_on(bill: Path, wheel: Path) -> None:
    document = json.loads(bill.read_text())
    product = document["metadata"]["component"]
    assert product["purl"] == f"pkg:pypi/authscribe@{VERSION}"
    assert product["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}]
    depends_on = {entry["ref"]: set(entry.get("dependsOn", ())) for entry in document["dependencies"]}
    references = {component["bom-ref"] for component in document["components"]}
    assert len(depends_on[product["bom-ref"]]) == len(PYPROJECT["project"]["dependencies"])
    assert set().union(*depends_on.values()) == references


def test_it_is_the_same_each_time_and_names_no_folder(bill: Path, write_bill: Callable[[], Path]) -> None:
    text = bill.read_text()
    assert write_bill().read_text() == text
    assert "timestamp" not in text
    assert str(ROOT) not in text
