"""Write the bill of materials of a wheel beside it, in CycloneDX; `make dist` runs the script.

It lists what `pip install` brings along on this system: the versions and hashes of the lock `package.txt`, and the
licences that the packages state. The same wheel and lock give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
ENVIRONMENT: Final = ROOT / ".venv-tools" / "package"
"""Environment that holds only the packages of the lock."""

Document = dict[str, Any]


def main() -> None:
    """Write the bill of materials of the wheel that the argument names."""
    wheel = Path(sys.argv[1])
    path = wheel.with_name("-".join(wheel.name.split("-")[:2]) + ".cdx.json")
    path.write_text(json.dumps(describe_wheel(wheel), indent=2, sort_keys=True) + "\n")


def describe_wheel(wheel: Path) -> Document:
    """Return the bill of materials: the environment's, with the hashes of the wheel and of the lock."""
    document = run_cyclonedx("environment", str(ENVIRONMENT), "--pyproject", str(ROOT / "pyproject.toml"))
    product = document["metadata"]["component"]
    product["purl"] = f"pkg:pypi/{product['name']}@{product['version']}"
    product["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}]
    locked = run_cyclonedx("requirements", str(ROOT / "requirements" / "package.txt"))
    downloads = {component["purl"]: component["externalReferences"] for component in locked["components"]}
    for component in document["components"]:
        component["externalReferences"] = [*component.get("externalReferences", ()), *downloads[component["purl"]]]
    return document


def run_cyclonedx(*arguments: str) -> Document:
    """Return the document that a command of cyclonedx-py writes, without times and random numbers."""
    options = ("--spec-version", "1.6", "--output-reproducible")
    finished = subprocess.run(
        (sys.executable, "-m", "cyclonedx_py", *arguments, *options), capture_output=True, text=True, check=True
    )
    document: Document = json.loads(finished.stdout)
    return document


if __name__ == "__main__":
    main()
